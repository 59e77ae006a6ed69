"""The alarms: what each is called, looks at, and takes for bad.

From which value on is the environment's to say (`settings.alarms`); the words for the one who gets
the mail stand beside the construct that makes the alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from facts import metrics
from facts.metrics import Metric, Role


class Comparison(StrEnum):
    """On which side of the threshold it is bad; the threshold itself is still good."""

    ABOVE = "GreaterThanThreshold"
    BELOW = "LessThanThreshold"


class MissingData(StrEnum):
    """What periods without data mean.

    None of the alarms takes silence for bad: metrics begin minutes after a deployment and stop
    whenever somebody stops a task or a cluster, and each time that would be a false alarm. That a
    thing fails, fails over or stops is an event, and the event subscriptions tell of those. Source:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """

    UNKNOWN = "missing"
    """Nobody knows: the alarm goes to INSUFFICIENT_DATA, neither bad nor, falsely, good again."""

    GOOD = "notBreaching"
    """Nothing to report is good: what the metric counts or holds is not there."""

    AS_BEFORE = "ignore"
    """What was bad stays bad: the cause does not go away with the one who measures."""


class Statistic(StrEnum):
    """What becomes of several values in one period."""

    AVERAGE = "Average"
    MAXIMUM = "Maximum"
    MINIMUM = "Minimum"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """An alarm, without threshold and words.

    Args:
        name: What its name begins with; `facts.names.Names.alarm` makes the whole.
        metric: What it looks at; of each task where the metric is one of a task.
        role: Which of the cluster's instances; all by default. Alarms on readers are there only
            where the cluster has any.
        statistic: What becomes of several values in one period.
        comparison: On which side of the threshold it is bad.
        missing_data: What silence means.
        serverless: Whether it is there only where the cluster has serverless instances.
    """

    name: str
    metric: Metric
    role: Role | None = None
    statistic: Statistic
    comparison: Comparison = Comparison.ABOVE
    missing_data: MissingData = MissingData.UNKNOWN
    serverless: bool = False

    @property
    def is_of_a_task(self) -> bool:
        """Whether each task has one."""
        return metrics.TASK in self.metric.dimensions


AURORA_CPU: Final = Alarm(
    name="aurora-cpu-utilization",
    metric=metrics.AURORA_CPU,
    statistic=Statistic.AVERAGE,
)
AURORA_WRITER_CPU: Final = Alarm(
    name="aurora-cpu-utilization-writer",
    metric=metrics.AURORA_CPU,
    role=Role.WRITER,
    statistic=Statistic.MAXIMUM,
)
AURORA_FREEABLE_MEMORY: Final = Alarm(
    name="aurora-freeable-memory",
    metric=metrics.AURORA_FREEABLE_MEMORY,
    statistic=Statistic.MINIMUM,
    comparison=Comparison.BELOW,
)
AURORA_FREE_LOCAL_STORAGE: Final = Alarm(
    name="aurora-free-local-storage",
    metric=metrics.AURORA_FREE_LOCAL_STORAGE,
    statistic=Statistic.MINIMUM,
    comparison=Comparison.BELOW,
)
AURORA_CONNECTIONS: Final = Alarm(
    name="aurora-database-connections",
    metric=metrics.AURORA_CONNECTIONS,
    statistic=Statistic.MAXIMUM,
)
AURORA_ACU_SHARE: Final = Alarm(
    name="aurora-acu-utilization",
    metric=metrics.AURORA_ACU_SHARE,
    statistic=Statistic.MAXIMUM,
    serverless=True,
)
AURORA_ACU: Final = Alarm(
    name="aurora-serverless-capacity",
    metric=metrics.AURORA_ACU,
    statistic=Statistic.AVERAGE,
    serverless=True,
)
AURORA_DEADLOCKS: Final = Alarm(
    name="aurora-deadlocks",
    metric=metrics.AURORA_DEADLOCKS,
    role=Role.WRITER,
    statistic=Statistic.AVERAGE,
    missing_data=MissingData.GOOD,
)
AURORA_TRANSACTION_IDS: Final = Alarm(
    name="aurora-maximum-used-transaction-ids",
    metric=metrics.AURORA_TRANSACTION_IDS,
    statistic=Statistic.MAXIMUM,
)
AURORA_SLOT_DISK: Final = Alarm(
    name="aurora-replication-slot-disk-usage",
    metric=metrics.AURORA_SLOT_DISK,
    statistic=Statistic.MAXIMUM,
    missing_data=MissingData.GOOD,
)
AURORA_WAL_DISK: Final = Alarm(
    name="aurora-transaction-logs-disk-usage",
    metric=metrics.AURORA_WAL_DISK,
    statistic=Statistic.MAXIMUM,
    missing_data=MissingData.GOOD,
)
AURORA_READER_CPU: Final = Alarm(
    name="aurora-cpu-utilization-reader",
    metric=metrics.AURORA_CPU,
    role=Role.READER,
    statistic=Statistic.MAXIMUM,
)
AURORA_REPLICA_LAG: Final = Alarm(
    name="aurora-replica-lag",
    metric=metrics.AURORA_REPLICA_LAG,
    role=Role.READER,
    statistic=Statistic.MAXIMUM,
)
DMS_CPU: Final = Alarm(
    name="dms-cpu-utilization", metric=metrics.DMS_CPU, statistic=Statistic.AVERAGE
)
DMS_FREEABLE_MEMORY: Final = Alarm(
    name="dms-freeable-memory",
    metric=metrics.DMS_FREEABLE_MEMORY,
    statistic=Statistic.MINIMUM,
    comparison=Comparison.BELOW,
)
DMS_SWAP: Final = Alarm(name="dms-swap-usage", metric=metrics.DMS_SWAP, statistic=Statistic.AVERAGE)
DMS_FREE_STORAGE: Final = Alarm(
    name="dms-free-storage-space",
    metric=metrics.DMS_FREE_STORAGE,
    statistic=Statistic.MINIMUM,
    comparison=Comparison.BELOW,
)
SOURCE_LATENCY: Final = Alarm(
    name="dms-cdc-latency-source",
    metric=metrics.SOURCE_LATENCY,
    statistic=Statistic.MAXIMUM,
)
TARGET_LATENCY: Final = Alarm(
    name="dms-cdc-latency-target",
    metric=metrics.TARGET_LATENCY,
    statistic=Statistic.MAXIMUM,
)
VALIDATION_FAILED: Final = Alarm(
    name="dms-validation-failed",
    metric=metrics.VALIDATION_FAILED,
    statistic=Statistic.MAXIMUM,
    missing_data=MissingData.AS_BEFORE,
)

ALARMS: Final = (
    AURORA_CPU,
    AURORA_WRITER_CPU,
    AURORA_FREEABLE_MEMORY,
    AURORA_FREE_LOCAL_STORAGE,
    AURORA_CONNECTIONS,
    AURORA_DEADLOCKS,
    AURORA_TRANSACTION_IDS,
    AURORA_SLOT_DISK,
    AURORA_WAL_DISK,
    AURORA_READER_CPU,
    AURORA_REPLICA_LAG,
    AURORA_ACU_SHARE,
    AURORA_ACU,
    DMS_CPU,
    DMS_FREEABLE_MEMORY,
    DMS_SWAP,
    DMS_FREE_STORAGE,
    SOURCE_LATENCY,
    TARGET_LATENCY,
    VALIDATION_FAILED,
)
"""All alarms of an environment, in the order in which they are made."""

NEEDED: Final = {
    metrics.CLUSTER: (
        (metrics.AURORA_TRANSACTION_IDS,),
        (metrics.AURORA_FREE_LOCAL_STORAGE,),
        (metrics.AURORA_FREEABLE_MEMORY,),
        (metrics.AURORA_CPU,),
        (metrics.AURORA_CONNECTIONS,),
        # A slot keeps WAL; which of the two shows it is a matter of taste.
        (metrics.AURORA_SLOT_DISK, metrics.AURORA_WAL_DISK),
    ),
    metrics.REPLICATION_INSTANCE: (
        (metrics.DMS_FREE_STORAGE,),
        (metrics.DMS_FREEABLE_MEMORY, metrics.DMS_AVAILABLE_MEMORY),
    ),
    # The target's latency includes the source's.
    metrics.TASK: (
        (metrics.SOURCE_LATENCY, metrics.TARGET_LATENCY),
        (metrics.VALIDATION_FAILED,),
    ),
}
"""What has to be watched, by the dimension that names it: of each group one metric at least.

When it is not, the database or the replication stops, grows or copies wrongly unannounced. Which these are is this project's
own judgement.
"""
