from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, cast

import boto3
import pytest
from botocore.exceptions import ClientError

from ferry.account import sign_in
from ferry.migrate.report.measuring import read
from tests.unit.ferry.conftest import ACCOUNT, REGION
from tests.unit.ferry.environments import environment
from tests.unit.ferry.migrate.tasks import task

if TYPE_CHECKING:
    from ferry.account import Account
    from ferry.migrate.report.told import Chart

HOUR = timedelta(hours=1)


def charts(account: Account, *, tasks: int = 1, since: timedelta = HOUR) -> dict[str, Chart]:
    named = [
        task(name=f"t{number}", arn=f"arn:aws:dms:eu-central-1:1:task:T{number}")
        for number in range(tasks)
    ]
    found = read(environment(), account, named, since=datetime.now(UTC) - since)
    return {it.name: it for it in found}


@dataclass
class CloudWatch:
    """One that knows what it was asked, and has a value of each line, or refuses."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    refuses: bool = False

    def get_paginator(self, _: str) -> Self:
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any of the call's
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetMetricData")
        self.asked.append(asked)
        at = datetime(2027, 1, 1, tzinfo=UTC)
        return [
            {"MetricDataResults": [{"Id": it["Id"], "Timestamps": [at], "Values": [float(place)]}]}
            for place, it in enumerate(asked["MetricDataQueries"])
        ]


@dataclass
class Refusing:
    cloudwatch: CloudWatch = field(default_factory=CloudWatch)


@pytest.mark.usefixtures("aws")
def test_what_cloudwatch_has_is_a_line_and_the_rest_says_that_there_is_none() -> None:
    at = datetime.now(UTC) - timedelta(minutes=20)
    client = boto3.client("cloudwatch", region_name=REGION)
    for metric, value in (("CDCLatencySource", 1.5), ("CDCLatencyTarget", 7.0)):
        client.put_metric_data(
            Namespace="AWS/DMS",
            MetricData=[
                {
                    "MetricName": metric,
                    "Dimensions": [
                        {"Name": "ReplicationInstanceIdentifier", "Value": "aurora-ferry-dev"},
                        {"Name": "ReplicationTaskIdentifier", "Value": "T0"},
                    ],
                    "Timestamp": at,
                    "Value": value,
                }
            ],
        )

    found = charts(sign_in(environment="dev", account_id=ACCOUNT, region=REGION))

    assert [(it.name, [value for _, value in it.points]) for it in found["latency"].series] == [
        ("t0: reading", [1.5]),
        ("t0: writing", [7.0]),
    ]
    assert found["latency"].why == ""
    assert found["processors"].series == ()
    assert found["processors"].why.startswith("CloudWatch has no value since ")


def test_what_is_refused_is_said() -> None:
    account = Refusing(CloudWatch(refuses=True))

    found = charts(cast("Account", account))

    assert all("read what CloudWatch measured" in it.why for it in found.values())


def test_of_many_tasks_the_highest_values_are_one_line() -> None:
    account = Refusing()

    found = charts(cast("Account", account), tasks=30)

    (line,) = found["latency"].series
    assert line.name == "the highest of 60 lines"
    assert [len(it["MetricDataQueries"]) for it in account.cloudwatch.asked] == [100, 52]


@pytest.mark.parametrize(
    ("since", "seconds"),
    [
        (timedelta(minutes=1), 60),
        (timedelta(hours=5, minutes=50), 120),
        (timedelta(days=14) - HOUR, 5040),
        (timedelta(days=30) - HOUR, 10_800),
        (timedelta(days=100) - HOUR, 36_000),
        (timedelta(days=900), 165_600),
    ],
)
def test_a_period_is_one_that_cloudwatch_keeps(since: timedelta, seconds: int) -> None:
    account = Refusing()

    charts(cast("Account", account), since=since)

    (asked,) = account.cloudwatch.asked
    assert {it["MetricStat"]["Period"] for it in asked["MetricDataQueries"]} == {seconds}
    assert asked["EndTime"] - asked["StartTime"] < timedelta(days=456)
