"""Every alarm on DMS, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.monitoring import ReplicationAlarms, ReplicationThresholds
from tests.unit.constructs_lib.monitoring_examples import TOPIC_ARN, instance, tasks, topic
from tests.unit.template import Template

if TYPE_CHECKING:
    from cdktf import TerraformStack

INSTANCE = {"ReplicationInstanceIdentifier": "aurora-ferry-dev"}
TASK = {**INSTANCE, "ReplicationTaskIdentifier": "arn-of-orders"}
MIB = 1024**2
GIB = 1024**3
ABOVE, BELOW = "GreaterThanThreshold", "LessThanThreshold"
AT_ONCE, TEN_OF_FIFTEEN_MINUTES, FIFTEEN_MINUTES = (300, 1, 1), (300, 3, 2), (300, 3, 3)


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
    described_of: str


TABLE = [
    Expected(
        name="dms-cpu-utilization-dev",
        metric="CPUUtilization",
        dimensions=INSTANCE,
        statistic="Average",
        threshold=80,
        window=FIFTEEN_MINUTES,
        missing_data="missing",
        described_of="aurora-ferry-dev",
    ),
    Expected(
        name="dms-freeable-memory-dev",
        metric="FreeableMemory",
        dimensions=INSTANCE,
        statistic="Minimum",
        comparison=BELOW,
        threshold=512 * MIB,
        window=FIFTEEN_MINUTES,
        missing_data="missing",
        described_of="aurora-ferry-dev",
    ),
    Expected(
        name="dms-swap-usage-dev",
        metric="SwapUsage",
        dimensions=INSTANCE,
        statistic="Average",
        threshold=256 * MIB,
        window=FIFTEEN_MINUTES,
        missing_data="missing",
        described_of="aurora-ferry-dev",
    ),
    Expected(
        name="dms-free-storage-space-dev",
        metric="FreeStorageSpace",
        dimensions=INSTANCE,
        statistic="Minimum",
        comparison=BELOW,
        threshold=20 * GIB,
        window=AT_ONCE,
        missing_data="missing",
        described_of="aurora-ferry-dev",
    ),
    Expected(
        name="dms-cdc-latency-source-orders-dev",
        metric="CDCLatencySource",
        dimensions=TASK,
        statistic="Maximum",
        threshold=300,
        window=TEN_OF_FIFTEEN_MINUTES,
        missing_data="missing",
        described_of="aurora-ferry-dev-orders",
    ),
    Expected(
        name="dms-cdc-latency-target-orders-dev",
        metric="CDCLatencyTarget",
        dimensions=TASK,
        statistic="Maximum",
        threshold=300,
        window=TEN_OF_FIFTEEN_MINUTES,
        missing_data="missing",
        described_of="aurora-ferry-dev-orders",
    ),
    Expected(
        name="dms-validation-failed-orders-dev",
        metric="ValidationFailedOverallCount",
        dimensions=TASK,
        statistic="Maximum",
        threshold=0,
        window=AT_ONCE,
        missing_data="ignore",
        described_of="aurora-ferry-dev-orders",
    ),
]


def alarms(
    stack: TerraformStack,
    *task_names: str,
    thresholds: ReplicationThresholds | None = None,
) -> dict[str, dict[str, Any]]:
    """The alarms by their names."""
    ReplicationAlarms(
        stack,
        "replication-alarms",
        environment="dev",
        instance=instance(),
        tasks=tasks(*task_names),
        topic=topic(),
        thresholds=thresholds,
    )
    made = Template.of(stack).resources("aws_cloudwatch_metric_alarm").values()
    return {alarm["alarm_name"]: alarm for alarm in made}


@pytest.mark.parametrize("expected", TABLE, ids=lambda expected: expected.name)
def test_an_alarm(stack: TerraformStack, expected: Expected) -> None:
    alarm = alarms(stack, "orders")[expected.name]
    period_seconds, periods, bad_periods = expected.window
    description = alarm.pop("alarm_description")
    assert description.startswith(f"{expected.described_of}: ")
    assert len(description) <= 1024
    assert alarm == {
        "alarm_name": expected.name,
        "namespace": "AWS/DMS",
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
    assert set(alarms(stack, "orders")) == {expected.name for expected in TABLE}


def test_no_alarm_asks_for_a_unit(stack: TerraformStack) -> None:
    """With one, an alarm sees only data that were published with the same."""
    assert not [name for name, alarm in alarms(stack, "orders").items() if "unit" in alarm]


def test_each_task_has_alarms_of_its_own(stack: TerraformStack) -> None:
    made = alarms(stack, "orders", "rest")
    for task in ("orders", "rest"):
        for metric in ("cdc-latency-source", "cdc-latency-target", "validation-failed"):
            alarm = made[f"dms-{metric}-{task}-dev"]
            assert alarm["dimensions"]["ReplicationTaskIdentifier"] == f"arn-of-{task}"


def test_without_tasks_the_instance_has_alarms(stack: TerraformStack) -> None:
    assert set(alarms(stack)) == {
        expected.name for expected in TABLE if expected.dimensions == INSTANCE
    }


@pytest.mark.parametrize(
    ("thresholds", "name", "threshold", "said"),
    [
        (
            ReplicationThresholds(source_latency_seconds=60),
            "cdc-latency-source-orders",
            60,
            "more than 60 seconds behind",
        ),
        (
            ReplicationThresholds(target_latency_seconds=60),
            "cdc-latency-target-orders",
            60,
            "more than 60 seconds behind",
        ),
        (ReplicationThresholds(cpu_percent=70), "cpu-utilization", 70, "more than 70 % CPU"),
        (
            ReplicationThresholds(freeable_memory_mib=4096),
            "freeable-memory",
            4096 * MIB,
            "less than 4096 MiB",
        ),
        (ReplicationThresholds(swap_mib=64), "swap-usage", 64 * MIB, "more than 64 MiB"),
        (
            ReplicationThresholds(free_storage_gib=100),
            "free-storage-space",
            100 * GIB,
            "less than 100 GiB",
        ),
        (
            ReplicationThresholds(validation_failures=5),
            "validation-failed-orders",
            5,
            "more than 5 rows",
        ),
    ],
)
def test_a_threshold_reaches_its_alarm_and_its_description(
    stack: TerraformStack,
    thresholds: ReplicationThresholds,
    name: str,
    threshold: float,
    said: str,
) -> None:
    alarm = alarms(stack, "orders", thresholds=thresholds)[f"dms-{name}-dev"]
    assert alarm["threshold"] == threshold
    assert said in alarm["alarm_description"]


def test_the_names_are_known_to_the_dashboard(stack: TerraformStack) -> None:
    made = ReplicationAlarms(
        stack,
        "replication-alarms",
        environment="dev",
        instance=instance(),
        tasks=tasks("orders"),
        topic=topic(),
    )
    assert made.alarm_names == [expected.name for expected in TABLE]
