"""What the dashboard draws of tasks, replication instance and Aurora."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from constructs_lib.monitoring.metrics import dimensions
from constructs_lib.monitoring.widgets import Widget, graph
from facts import metrics
from facts.alarms import Statistic
from facts.metrics import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from facts.metrics import Metric
    from facts.names import Names


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a graph; one for each task where the metric is a task's.

    Args:
        metric: What is measured.
        label: How the legend names it, after the task's name where it is a task's.
        statistic: What becomes of several values in one period; the maximum by default: latencies
            and counts are worth their worst value.
        role: Which of the cluster's instances; all by default.
    """

    metric: Metric
    label: str
    statistic: Statistic = Statistic.MAXIMUM
    role: Role | None = None


def _by_role(metric: Metric, statistic: Statistic = Statistic.MAXIMUM) -> tuple[Line, ...]:
    return tuple(Line(metric, role.lower(), statistic, role) for role in Role)


_AVERAGE, _MINIMUM = Statistic.AVERAGE, Statistic.MINIMUM

# Rows of graphs from the top; a graph is its title, what its values count, and its lines.
_ROWS: tuple[dict[tuple[str, str], tuple[Line, ...]], ...] = (
    {
        ("Latency: how far behind", "seconds"): (
            Line(metrics.SOURCE_LATENCY, "source"),
            Line(metrics.TARGET_LATENCY, "target"),
        ),
        ("Full load", "rows per second"): (Line(metrics.FULL_LOAD_ROWS_WRITTEN, "written"),),
        ("Changes: throughput", "rows per second"): (
            Line(metrics.CDC_ROWS_READ, "read"),
            Line(metrics.CDC_ROWS_WRITTEN, "written"),
        ),
    },
    {
        ("Changes: waiting for Aurora", "rows"): (
            Line(metrics.CDC_INCOMING, "incoming"),
            Line(metrics.CDC_TARGET_MEMORY, "in memory"),
            Line(metrics.CDC_TARGET_DISK, "on disk"),
        ),
        ("Changes: waiting for their commit", "rows"): (
            Line(metrics.CDC_SOURCE_MEMORY, "in memory"),
            Line(metrics.CDC_SOURCE_DISK, "on disk"),
        ),
        ("Validation", "rows"): (
            Line(metrics.VALIDATION_FAILED, "failed"),
            Line(metrics.VALIDATION_PENDING, "pending"),
            Line(metrics.VALIDATION_SUSPENDED, "suspended"),
        ),
    },
    {
        ("DMS: CPU", "%"): (Line(metrics.DMS_CPU, "replication instance", _AVERAGE),),
        ("DMS: memory", "bytes"): (
            Line(metrics.DMS_FREEABLE_MEMORY, "freeable", _AVERAGE),
            Line(metrics.DMS_AVAILABLE_MEMORY, "available", _AVERAGE),
            Line(metrics.DMS_SWAP, "swap", _AVERAGE),
        ),
        ("DMS: storage", "bytes"): (Line(metrics.DMS_FREE_STORAGE, "free", _AVERAGE),),
    },
    {
        ("Aurora: CPU", "%"): _by_role(metrics.AURORA_CPU),
        ("Aurora: freeable memory", "bytes"): _by_role(metrics.AURORA_FREEABLE_MEMORY, _MINIMUM),
        ("Aurora: connections", "connections"): _by_role(metrics.AURORA_CONNECTIONS),
    },
    {
        ("Aurora: replica lag", "milliseconds"): (
            Line(metrics.AURORA_REPLICA_LAG, "slowest reader", role=Role.READER),
        ),
        ("Aurora: commits", "per second"): _by_role(metrics.AURORA_COMMITS),
        ("Aurora: deadlocks", "per second"): (
            Line(metrics.AURORA_DEADLOCKS, "writer", _AVERAGE, Role.WRITER),
        ),
    },
    {
        ("Aurora: disk of replication", "bytes"): (
            Line(metrics.AURORA_SLOT_DISK, "replication slots"),
            Line(metrics.AURORA_WAL_DISK, "write-ahead logs"),
        ),
        ("Aurora: free local storage", "bytes"): (
            Line(metrics.AURORA_FREE_LOCAL_STORAGE, "instance with the least", _MINIMUM),
        ),
        ("Aurora: volume", "bytes"): (Line(metrics.AURORA_VOLUME, "used", _AVERAGE),),
    },
)


def graphs(names: Names, *, region: str, task_names: Sequence[str]) -> list[list[Widget]]:
    """All graphs, row by row.

    Args:
        names: The environment's names.
        region: Where the metrics are.
        task_names: The tasks' own names, in the order of their lines; without any, nothing of DMS
            is drawn.
    """
    return [
        [
            graph(
                title,
                _drawn(lines, names, task_names),
                region=region,
                unit=unit,
            )
            for (title, unit), lines in row.items()
        ]
        for row in _ROWS
        if task_names or not _is_of_dms(row)
    ]


def _is_of_dms(row: Mapping[tuple[str, str], tuple[Line, ...]]) -> bool:
    return any(line.metric.namespace == metrics.DMS for lines in row.values() for line in lines)


def _drawn(lines: Sequence[Line], names: Names, task_names: Sequence[str]) -> Iterator[list[Any]]:
    """A graph's lines as CloudWatch takes them.

    Source:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    of_tasks = metrics.TASK in lines[0].metric.dimensions
    for task_name in task_names if of_tasks else (None,):
        for line in lines:
            measured = dimensions(line.metric, names, role=line.role, task_name=task_name)
            label = line.label if task_name is None else f"{task_name}: {line.label}"
            yield [
                line.metric.namespace,
                line.metric.name,
                *chain.from_iterable(measured.items()),
                {"label": label, "stat": line.statistic.value},
            ]
