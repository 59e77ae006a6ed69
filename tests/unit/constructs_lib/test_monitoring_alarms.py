"""Every alarm, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider

from constructs_lib.monitoring import AuroraAlarms, ReplicationAlarms
from tests.unit.constructs_lib.examples import NAMES, TOPIC_ARN, topic
from tests.unit.template import Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CLUSTER = {"DBClusterIdentifier": "aurora-ferry-dev"}
WRITER = {**CLUSTER, "Role": "WRITER"}
READER = {**CLUSTER, "Role": "READER"}
INSTANCE = {"ReplicationInstanceIdentifier": "aurora-ferry-dev"}
TASK = {**INSTANCE, "ReplicationTaskIdentifier": "aurora-ferry-dev-order-6d5e3994"}
MIB = 1024**2
GIB = 1024**3

# Period in seconds, periods that are looked at, periods that have to be bad.
MINUTE, FIVE_MINUTES, FIFTEEN_MINUTES = (60, 1, 1), (60, 5, 5), (300, 3, 3)
AN_HOUR = (900, 4, 4)
ONE_OF_DMS, TEN_OF_FIFTEEN_MINUTES = (300, 1, 1), (300, 3, 2)


@dataclass(frozen=True, slots=True)
class Expected:
    name: str
    metric: str
    dimensions: dict[str, str]
    statistic: str
    sign: str
    threshold: float
    window: tuple[int, int, int]
    missing_data: str
    described: str


AURORA = [
    Expected("aurora-cpu-utilization-dev", "CPUUtilization", CLUSTER, "Average", ">", 71, FIVE_MINUTES, "missing", "aurora-ferry-dev: all instances together use more than 71 % CPU."),
    Expected("aurora-cpu-utilization-writer-dev", "CPUUtilization", WRITER, "Maximum", ">", 71, FIVE_MINUTES, "missing", "aurora-ferry-dev: the writer uses more than 71 % CPU."),
    Expected("aurora-freeable-memory-dev", "FreeableMemory", CLUSTER, "Minimum", "<", 256 * MIB, FIFTEEN_MINUTES, "missing", "aurora-ferry-dev: an instance has less than 256 MiB of freeable memory."),
    Expected("aurora-free-local-storage-dev", "FreeLocalStorage", CLUSTER, "Minimum", "<", 2 * GIB, FIVE_MINUTES, "missing", "aurora-ferry-dev: an instance has less than 2 GiB of local storage"),
    Expected("aurora-database-connections-dev", "DatabaseConnections", CLUSTER, "Maximum", ">", 300, FIVE_MINUTES, "missing", "aurora-ferry-dev: an instance has more than 300 connections."),
    Expected("aurora-deadlocks-dev", "Deadlocks", WRITER, "Average", ">", 0.108333, MINUTE, "notBreaching", "aurora-ferry-dev: more than 6 deadlocks in a minute."),
    Expected("aurora-maximum-used-transaction-ids-dev", "MaximumUsedTransactionIDs", CLUSTER, "Maximum", ">", 500_000_000, MINUTE, "missing", "aurora-ferry-dev: the oldest transaction id not yet frozen is more than 500,000,000 old;"),
    Expected("aurora-replication-slot-disk-usage-dev", "ReplicationSlotDiskUsage", CLUSTER, "Maximum", ">", 10 * GIB, FIFTEEN_MINUTES, "notBreaching", "aurora-ferry-dev: replication slots use more than 10 GiB."),
    Expected("aurora-transaction-logs-disk-usage-dev", "TransactionLogsDiskUsage", CLUSTER, "Maximum", ">", 11 * GIB, FIFTEEN_MINUTES, "notBreaching", "aurora-ferry-dev: write-ahead logs use more than 11 GiB."),
]  # fmt: skip
AURORA_READERS = [
    Expected("aurora-cpu-utilization-reader-dev", "CPUUtilization", READER, "Maximum", ">", 71, FIVE_MINUTES, "missing", "aurora-ferry-dev: the busiest reader uses more than 71 % CPU."),
    Expected("aurora-replica-lag-dev", "AuroraReplicaLag", READER, "Maximum", ">", 1500, FIVE_MINUTES, "missing", "aurora-ferry-dev: a reader is more than 1500 milliseconds behind the writer."),
]  # fmt: skip
SERVERLESS = [
    Expected("aurora-acu-utilization-dev", "ACUUtilization", CLUSTER, "Maximum", ">", 85, FIFTEEN_MINUTES, "missing", "aurora-ferry-dev: a serverless instance is at more than 85 % of max_acu"),
    Expected("aurora-serverless-capacity-dev", "ServerlessDatabaseCapacity", CLUSTER, "Average", ">", 8, AN_HOUR, "missing", "aurora-ferry-dev: the serverless instances are on average larger than 8 ACU for an hour"),
]  # fmt: skip
DMS = [
    Expected("dms-cpu-utilization-dev", "CPUUtilization", INSTANCE, "Average", ">", 72, FIFTEEN_MINUTES, "missing", "aurora-ferry-dev: the replication instance uses more than 72 % CPU."),
    Expected("dms-freeable-memory-dev", "FreeableMemory", INSTANCE, "Minimum", "<", 4096 * MIB, FIFTEEN_MINUTES, "missing", "aurora-ferry-dev: the replication instance has less than 4096 MiB of freeable memory."),
    Expected("dms-swap-usage-dev", "SwapUsage", INSTANCE, "Average", ">", 64 * MIB, FIFTEEN_MINUTES, "missing", "aurora-ferry-dev: the replication instance swaps more than 64 MiB,"),
    Expected("dms-free-storage-space-dev", "FreeStorageSpace", INSTANCE, "Minimum", "<", 100 * GIB, ONE_OF_DMS, "missing", "aurora-ferry-dev: the replication instance has less than 100 GiB of storage;"),
]  # fmt: skip
DMS_TASK = [
    Expected("dms-cdc-latency-source-orders-and-items-dev", "CDCLatencySource", TASK, "Maximum", ">", 60, TEN_OF_FIFTEEN_MINUTES, "missing", "aurora-ferry-dev-orders-and-items: reading from the source is more than 60 seconds behind."),
    Expected("dms-cdc-latency-target-orders-and-items-dev", "CDCLatencyTarget", TASK, "Maximum", ">", 90, TEN_OF_FIFTEEN_MINUTES, "missing", "aurora-ferry-dev-orders-and-items: writing to Aurora is more than 90 seconds behind."),
    Expected("dms-validation-failed-orders-and-items-dev", "ValidationFailedOverallCount", TASK, "Maximum", ">", 5, ONE_OF_DMS, "ignore", "aurora-ferry-dev-orders-and-items: more than 5 rows differ between source and target."),
]  # fmt: skip


THRESHOLDS = {
    each.name.removesuffix("-dev").removesuffix("-orders-and-items"): each.threshold
    for each in (*AURORA, *AURORA_READERS, *SERVERLESS, *DMS, *DMS_TASK)
}


def made(
    *,
    readers: int = 2,
    is_serverless: bool = False,
    thresholds: Mapping[str, float] = THRESHOLDS,
    tasks: Sequence[str] = ("orders-and-items",),
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The alarms by their names, and the names that the dashboard is told."""
    stack = TerraformStack(Testing.app(), "test")
    AwsProvider(stack, "aws", region="eu-central-1")
    aurora = AuroraAlarms(
        stack,
        "aurora-alarms",
        names=NAMES,
        reader_count=readers,
        is_serverless=is_serverless,
        thresholds=thresholds,
        topic=topic(),
    )
    replication = ReplicationAlarms(
        stack,
        "replication-alarms",
        names=NAMES,
        task_names=tasks,
        thresholds=THRESHOLDS,
        topic=topic(),
    )
    found = Template.of(stack).resources("aws_cloudwatch_metric_alarm").values()
    alarms = {alarm["alarm_name"]: alarm for alarm in found}
    return alarms, [*aurora.alarm_names, *replication.alarm_names]


@pytest.fixture(scope="module")
def alarms() -> dict[str, dict[str, Any]]:
    return made(is_serverless=True)[0]


@pytest.mark.parametrize(
    "expected",
    [*AURORA, *AURORA_READERS, *SERVERLESS, *DMS, *DMS_TASK],
    ids=lambda expected: expected.name,
)
def test_an_alarm(alarms: dict[str, dict[str, Any]], expected: Expected) -> None:
    alarm = dict(alarms[expected.name])
    period_seconds, looked_at, bad = expected.window
    description = alarm.pop("alarm_description")
    assert description.startswith(expected.described)
    assert len(description) <= 1024
    assert alarm == {
        "alarm_name": expected.name,
        "namespace": "AWS/DMS" if expected.name.startswith("dms") else "AWS/RDS",
        "metric_name": expected.metric,
        "dimensions": expected.dimensions,
        "statistic": expected.statistic,
        "comparison_operator": {">": "GreaterThanThreshold", "<": "LessThanThreshold"}[
            expected.sign
        ],
        "threshold": expected.threshold,
        "period": period_seconds,
        "evaluation_periods": looked_at,
        "datapoints_to_alarm": bad,
        "treat_missing_data": expected.missing_data,
        "actions_enabled": True,
        "alarm_actions": [TOPIC_ARN],
        "ok_actions": [TOPIC_ARN],
    }


def test_there_are_these_alarms_and_no_other_and_the_dashboard_is_told_of_all() -> None:
    alarms, told = made()

    assert told == [each.name for each in (*AURORA, *AURORA_READERS, *DMS, *DMS_TASK)]
    assert set(alarms) == set(told)


def test_without_readers_nothing_is_said_of_readers() -> None:
    assert made(readers=0)[1] == [each.name for each in (*AURORA, *DMS, *DMS_TASK)]


def test_of_serverless_instances_there_are_two_more() -> None:
    told = made(is_serverless=True)[1]

    assert [it for it in told if it not in made()[1]] == [each.name for each in SERVERLESS]


def test_an_alarm_without_a_threshold_is_not_made() -> None:
    thresholds = {
        name: it for name, it in THRESHOLDS.items() if name != "aurora-serverless-capacity"
    }
    told = made(is_serverless=True, thresholds=thresholds)[1]

    assert [it for it in told if it not in made()[1]] == ["aurora-acu-utilization-dev"]


def test_each_task_has_alarms_of_its_own() -> None:
    alarms, told = made(tasks=("orders", "rest"))

    assert told[-6:] == [
        "dms-cdc-latency-source-orders-dev",
        "dms-cdc-latency-target-orders-dev",
        "dms-validation-failed-orders-dev",
        "dms-cdc-latency-source-rest-dev",
        "dms-cdc-latency-target-rest-dev",
        "dms-validation-failed-rest-dev",
    ]
    for task in ("orders", "rest"):
        dimensions = alarms[f"dms-validation-failed-{task}-dev"]["dimensions"]
        assert dimensions["ReplicationTaskIdentifier"] == f"aurora-ferry-dev-{task}"
