"""Every alarm on Aurora, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.monitoring import AuroraAlarms, AuroraThresholds
from tests.unit.constructs_lib.monitoring_examples import TOPIC_ARN, cluster, topic
from tests.unit.template import Template

if TYPE_CHECKING:
    from cdktf import TerraformStack

CLUSTER = {"DBClusterIdentifier": "aurora-ferry-dev"}
WRITER = {**CLUSTER, "Role": "WRITER"}
READER = {**CLUSTER, "Role": "READER"}
MIB = 1024**2
GIB = 1024**3
ABOVE, BELOW = "GreaterThanThreshold", "LessThanThreshold"
AT_ONCE, FIVE_MINUTES, FIFTEEN_MINUTES = (60, 1, 1), (60, 5, 5), (300, 3, 3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    name: str
    metric: str
    dimensions: dict[str, str]
    statistic: str
    comparison: str = ABOVE
    threshold: float
    window: tuple[int, int, int]
    missing_data: str


TABLE = [
    Expected(
        name="aurora-cpu-utilization-dev",
        metric="CPUUtilization",
        dimensions=CLUSTER,
        statistic="Average",
        threshold=80,
        window=FIVE_MINUTES,
        missing_data="missing",
    ),
    Expected(
        name="aurora-cpu-utilization-writer-dev",
        metric="CPUUtilization",
        dimensions=WRITER,
        statistic="Maximum",
        threshold=80,
        window=FIVE_MINUTES,
        missing_data="missing",
    ),
    Expected(
        name="aurora-cpu-utilization-reader-dev",
        metric="CPUUtilization",
        dimensions=READER,
        statistic="Maximum",
        threshold=80,
        window=FIVE_MINUTES,
        missing_data="missing",
    ),
    Expected(
        name="aurora-freeable-memory-dev",
        metric="FreeableMemory",
        dimensions=CLUSTER,
        statistic="Minimum",
        comparison=BELOW,
        threshold=512 * MIB,
        window=FIFTEEN_MINUTES,
        missing_data="missing",
    ),
    Expected(
        name="aurora-free-local-storage-dev",
        metric="FreeLocalStorage",
        dimensions=CLUSTER,
        statistic="Minimum",
        comparison=BELOW,
        threshold=5 * GIB,
        window=FIVE_MINUTES,
        missing_data="missing",
    ),
    Expected(
        name="aurora-database-connections-dev",
        metric="DatabaseConnections",
        dimensions=CLUSTER,
        statistic="Maximum",
        threshold=1000,
        window=FIVE_MINUTES,
        missing_data="missing",
    ),
    Expected(
        name="aurora-deadlocks-dev",
        metric="Deadlocks",
        dimensions=WRITER,
        statistic="Average",
        threshold=0.008333,
        window=AT_ONCE,
        missing_data="notBreaching",
    ),
    Expected(
        name="aurora-maximum-used-transaction-ids-dev",
        metric="MaximumUsedTransactionIDs",
        dimensions=CLUSTER,
        statistic="Maximum",
        threshold=1_000_000_000,
        window=AT_ONCE,
        missing_data="missing",
    ),
    Expected(
        name="aurora-replica-lag-dev",
        metric="AuroraReplicaLag",
        dimensions=READER,
        statistic="Maximum",
        threshold=2000,
        window=FIVE_MINUTES,
        missing_data="missing",
    ),
    Expected(
        name="aurora-replication-slot-disk-usage-dev",
        metric="ReplicationSlotDiskUsage",
        dimensions=CLUSTER,
        statistic="Maximum",
        threshold=20 * GIB,
        window=FIFTEEN_MINUTES,
        missing_data="notBreaching",
    ),
    Expected(
        name="aurora-transaction-logs-disk-usage-dev",
        metric="TransactionLogsDiskUsage",
        dimensions=CLUSTER,
        statistic="Maximum",
        threshold=20 * GIB,
        window=FIFTEEN_MINUTES,
        missing_data="notBreaching",
    ),
]
OF_READERS = {"aurora-cpu-utilization-reader-dev", "aurora-replica-lag-dev"}


def alarms(
    stack: TerraformStack, *, readers: int = 2, thresholds: AuroraThresholds | None = None
) -> dict[str, dict[str, Any]]:
    """The alarms by their names."""
    AuroraAlarms(
        stack,
        "aurora-alarms",
        environment="dev",
        cluster=cluster(readers=readers),
        topic=topic(),
        thresholds=thresholds,
    )
    made = Template.of(stack).resources("aws_cloudwatch_metric_alarm").values()
    return {alarm["alarm_name"]: alarm for alarm in made}


@pytest.mark.parametrize("expected", TABLE, ids=lambda expected: expected.name)
def test_an_alarm(stack: TerraformStack, expected: Expected) -> None:
    alarm = alarms(stack)[expected.name]
    period_seconds, periods, bad_periods = expected.window
    description = alarm.pop("alarm_description")
    assert description.startswith("aurora-ferry-dev: ")
    assert len(description) <= 1024
    assert alarm == {
        "alarm_name": expected.name,
        "namespace": "AWS/RDS",
        "metric_name": expected.metric,
        "dimensions": expected.dimensions,
        "statistic": expected.statistic,
        "comparison_operator": expected.comparison,
        "threshold": expected.threshold,
        "period": period_seconds,
        "evaluation_periods": periods,
        "datapoints_to_alarm": bad_periods,
        "treat_missing_data": expected.missing_data,
        "actions_enabled": True,
        "alarm_actions": [TOPIC_ARN],
        "ok_actions": [TOPIC_ARN],
    }


def test_there_are_these_alarms_and_no_other(stack: TerraformStack) -> None:
    assert set(alarms(stack)) == {expected.name for expected in TABLE}


def test_no_alarm_asks_for_a_unit(stack: TerraformStack) -> None:
    """With one, an alarm sees only data that were published with the same."""
    assert not [name for name, alarm in alarms(stack).items() if "unit" in alarm]


def test_without_readers_nothing_is_said_of_readers(stack: TerraformStack) -> None:
    assert set(alarms(stack, readers=0)) == {expected.name for expected in TABLE} - OF_READERS


@pytest.mark.parametrize(
    ("thresholds", "name", "threshold", "said"),
    [
        (AuroraThresholds(cpu_percent=70), "cpu-utilization", 70, "more than 70 % CPU"),
        (AuroraThresholds(cpu_percent=70), "cpu-utilization-writer", 70, "more than 70 % CPU"),
        (AuroraThresholds(cpu_percent=70), "cpu-utilization-reader", 70, "more than 70 % CPU"),
        (
            AuroraThresholds(freeable_memory_mib=256),
            "freeable-memory",
            256 * MIB,
            "less than 256 MiB",
        ),
        (
            AuroraThresholds(free_local_storage_gib=2),
            "free-local-storage",
            2 * GIB,
            "less than 2 GiB",
        ),
        (
            AuroraThresholds(connections=300),
            "database-connections",
            300,
            "more than 300 connections",
        ),
        (
            AuroraThresholds(deadlocks_per_minute=6),
            "deadlocks",
            0.108333,
            "more than 6 deadlocks in a minute",
        ),
        (
            AuroraThresholds(transaction_ids=500_000_000),
            "maximum-used-transaction-ids",
            500_000_000,
            "more than 500,000,000 old",
        ),
        (
            AuroraThresholds(replica_lag_ms=1000),
            "replica-lag",
            1000,
            "more than 1000 milliseconds",
        ),
        (
            AuroraThresholds(replication_slot_disk_gib=10),
            "replication-slot-disk-usage",
            10 * GIB,
            "more than 10 GiB",
        ),
        (
            AuroraThresholds(transaction_logs_disk_gib=10),
            "transaction-logs-disk-usage",
            10 * GIB,
            "more than 10 GiB",
        ),
    ],
)
def test_a_threshold_reaches_its_alarm_and_its_description(
    stack: TerraformStack, thresholds: AuroraThresholds, name: str, threshold: float, said: str
) -> None:
    alarm = alarms(stack, thresholds=thresholds)[f"aurora-{name}-dev"]
    assert alarm["threshold"] == threshold
    assert said in alarm["alarm_description"]


@pytest.mark.parametrize("deadlocks", [0, 1, 59])
def test_as_many_deadlocks_as_allowed_are_good_and_one_more_is_not(
    stack: TerraformStack, deadlocks: int
) -> None:
    """The metric counts by the second, and AWS rounds it."""
    thresholds = AuroraThresholds(deadlocks_per_minute=deadlocks)
    threshold = alarms(stack, thresholds=thresholds)["aurora-deadlocks-dev"]["threshold"]
    assert round(deadlocks / 60, 3) < threshold < round((deadlocks + 1) / 60, 3)


def test_the_names_are_known_to_the_dashboard(stack: TerraformStack) -> None:
    made = AuroraAlarms(stack, "aurora-alarms", environment="dev", cluster=cluster(), topic=topic())
    assert set(made.alarm_names) == {expected.name for expected in TABLE}
    assert len(made.alarm_names) == len(TABLE)
