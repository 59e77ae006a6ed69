"""Asks CloudWatch how late the tasks were, what they carried, and how busy both ends of DMS were."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from facts import metrics
from ferry.account import explained
from ferry.errors import FerryError
from ferry.migrate.report.charts import KINDS
from ferry.migrate.report.told import Chart, Series

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from facts.metrics import Metric
    from ferry.account import Account
    from ferry.migrate.tasks import Task
    from settings.environment import Environment

_POINTS: Final = 240
"""As many as a chart can show."""
_QUERIES_A_CALL: Final = 100
# Older ones are kept in longer periods only:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
_KEPT: Final = ((timedelta(days=15), 60), (timedelta(days=63), 300), (timedelta(days=455), 3600))

Points = tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A line of a chart, and the metrics that it is made of.

    Args:
        chart: The chart.
        name: What it is.
        metric: The metric.
        of: The values of its dimensions, in their order.
    """

    chart: str
    name: str
    metric: Metric
    of: tuple[str, ...]


_TITLES: Final = {
    "latency": ("How late changes are", "s"),
    "changes": ("Changes that were carried", "rows/s"),
    "load": ("Rows that the full load wrote", "rows/s"),
    "processors": ("Processors", "%"),
}


def read(
    environment: Environment, account: Account, tasks: Sequence[Task], *, since: datetime
) -> tuple[Chart, ...]:
    """The charts; of one that has no values it is said why.

    Args:
        environment: The environment.
        account: Its account.
        tasks: Its tasks.
        since: From when on; CloudWatch keeps fifteen months.
    """
    wanted = list(_wanted(environment, tasks))
    until = datetime.now(UTC)
    since = max(since, until - _KEPT[-1][0])
    why = f"CloudWatch has no value since {since:%Y-%m-%d %H:%M} UTC"
    values: list[Points] = [()] * len(wanted)
    try:
        values = _values(account, wanted, since, until)
    except FerryError as error:
        why = error.why.rstrip(".")
    made = []
    for name, (title, unit) in _TITLES.items():
        found = [
            Series(name=line.name, points=points)
            for line, points in zip(wanted, values, strict=True)
            if line.chart == name and points
        ]
        made.append(
            Chart(
                name=name,
                title=title,
                unit=unit,
                series=_told_apart(found),
                why="" if found else why,
            )
        )
    return tuple(made)


def _wanted(environment: Environment, tasks: Sequence[Task]) -> Iterator[_Line]:
    instance, cluster = environment.names.replication_instance, environment.names.cluster
    for task in tasks:
        of = (instance, task.identifier)
        yield _Line(
            chart="latency", name=f"{task.name}: reading", metric=metrics.SOURCE_LATENCY, of=of
        )
        yield _Line(
            chart="latency", name=f"{task.name}: writing", metric=metrics.TARGET_LATENCY, of=of
        )
        yield _Line(chart="changes", name=f"{task.name}: read", metric=metrics.CDC_ROWS_READ, of=of)
        yield _Line(
            chart="changes", name=f"{task.name}: written", metric=metrics.CDC_ROWS_WRITTEN, of=of
        )
        if task.loads:
            yield _Line(chart="load", name=task.name, metric=metrics.FULL_LOAD_ROWS_WRITTEN, of=of)
    yield _Line(
        chart="processors", name="replication instance", metric=metrics.DMS_CPU, of=(instance,)
    )
    yield _Line(chart="processors", name="Aurora", metric=metrics.AURORA_CPU, of=(cluster,))


def _told_apart(found: Sequence[Series]) -> tuple[Series, ...]:
    """Lines that can be told apart; of many tasks the highest values are one line."""
    if len(found) <= KINDS:
        return tuple(found)
    highest: dict[datetime, float] = {}
    for line in found:
        for at, value in line.points:
            highest[at] = max(value, highest.get(at, value))
    name = f"the highest of {len(found)} lines"
    return (Series(name=name, points=tuple(sorted(highest.items()))),)


def _values(
    account: Account, wanted: Sequence[_Line], since: datetime, until: datetime
) -> list[Points]:
    period = _period(since, until)
    found: dict[str, list[tuple[datetime, float]]] = {}
    for first in range(0, len(wanted), _QUERIES_A_CALL):
        queries: list[Any] = [
            {
                "Id": f"line_{first + place}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": line.metric.namespace,
                        "MetricName": line.metric.name,
                        "Dimensions": [
                            {"Name": name, "Value": value}
                            for name, value in zip(line.metric.dimensions, line.of, strict=True)
                        ],
                    },
                    "Period": period,
                    "Stat": "Maximum",
                },
            }
            for place, line in enumerate(wanted[first : first + _QUERIES_A_CALL])
        ]
        with explained("read what CloudWatch measured of the migration"):
            pages = account.cloudwatch.get_paginator("get_metric_data").paginate(
                MetricDataQueries=queries,
                StartTime=since,
                EndTime=until,
                ScanBy="TimestampAscending",
            )
            for page in pages:
                for result in page["MetricDataResults"]:
                    points = zip(
                        result.get("Timestamps", []), result.get("Values", []), strict=False
                    )
                    found.setdefault(result.get("Id", ""), []).extend(points)
    return [tuple(sorted(found.get(f"line_{place}", []))) for place in range(len(wanted))]


def _period(since: datetime, until: datetime) -> int:
    """The seconds between two points: as long as CloudWatch keeps, and no more points than are shown."""
    least = next((it for age, it in _KEPT if until - since < age), _KEPT[-1][1])
    return math.ceil((until - since).total_seconds() / _POINTS / least) * least or least
