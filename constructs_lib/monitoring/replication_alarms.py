"""Alarms on the replication instance and its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.monitoring.alarm import (
    BYTES_IN_GIB,
    BYTES_IN_MIB,
    Alarm,
    Comparison,
    MissingData,
    Window,
    make_alarm,
)
from constructs_lib.monitoring.metrics import Statistic, instance_metric, task_metric
from constructs_lib.monitoring.thresholds import ReplicationThresholds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.monitoring.topic import AlarmTopic
    from constructs_lib.replication import ReplicationInstance, ReplicationTask

# Five minutes hold at least one value of every metric, whichever way DMS publishes it.
_AT_ONCE = Window(period_seconds=300, periods=1, bad_periods=1)
_TEN_MINUTES_OF_FIFTEEN = Window(period_seconds=300, periods=3, bad_periods=2)
_FIFTEEN_MINUTES = Window(period_seconds=300, periods=3, bad_periods=3)


class ReplicationAlarms(Construct):
    """Alarms named ``dms-METRIC-ENVIRONMENT`` and ``dms-METRIC-TASK-ENVIRONMENT``.

    What silence means, by metric:

    - The instance's CPU, memory, swap and storage: unknown. DMS tells by events that it failed,
      fails over or is maintained.
    - A task's latencies: unknown. A task that is not started has none, so that this is no alarm. One
      that stops or fails while it is late has none either, so that this is not "good again": the
      alarm goes to INSUFFICIENT_DATA, and the task's event subscription tells that it stopped or
      failed. A metric that says whether a task runs does not exist.
    - A task's validation failures: as before. Rows that differ still differ when the task stops.

    The source's latency falls to zero where nothing is changed that the task carries, and grows
    while a transaction at the source stays open: it is bad in two of three periods before it counts.

    As with :class:`AuroraAlarms`, the names have to be unique in the account and region.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html

    Args:
        scope: The parent.
        id_: The construct's id.
        environment: The environment's name, such as ``dev``; every alarm's name ends in it.
        instance: The replication instance.
        tasks: Its tasks by their own names, such as ``orders``.
        topic: Who is told.
        thresholds: The defaults of :class:`ReplicationThresholds` by default.
    """

    alarm_names: list[str]
    """The alarms' names."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: str,
        instance: ReplicationInstance,
        tasks: Mapping[str, ReplicationTask],
        topic: AlarmTopic,
        thresholds: ReplicationThresholds | None = None,
    ) -> None:
        super().__init__(scope, id_)
        thresholds = thresholds or ReplicationThresholds()
        alarms = [*_of_instance(instance, thresholds)]
        for task_name, task in tasks.items():
            alarms += _of_task(instance, task_name, task, thresholds)
        self.alarm_names = []
        for alarm in alarms:
            name = f"dms-{alarm.id_}-{environment}"
            make_alarm(self, alarm, name=name, topic=topic)
            self.alarm_names.append(name)


def _of_instance(
    instance: ReplicationInstance, thresholds: ReplicationThresholds
) -> Iterator[Alarm]:
    yield Alarm(
        id_="cpu-utilization",
        metric=instance_metric(instance, "CPUUtilization"),
        comparison=Comparison.ABOVE,
        threshold=thresholds.cpu_percent,
        window=_FIFTEEN_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{instance.identifier}: the replication instance uses more than "
        f"{thresholds.cpu_percent} % CPU. Load fewer tables at once, or take a larger class.",
    )
    yield Alarm(
        id_="freeable-memory",
        metric=instance_metric(instance, "FreeableMemory", statistic=Statistic.MINIMUM),
        comparison=Comparison.BELOW,
        threshold=thresholds.freeable_memory_mib * BYTES_IN_MIB,
        window=_FIFTEEN_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{instance.identifier}: the replication instance has less than "
        f"{thresholds.freeable_memory_mib} MiB of freeable memory. Look at large objects, batch "
        "apply and the number of tasks, or take a larger class.",
    )
    yield Alarm(
        id_="swap-usage",
        metric=instance_metric(instance, "SwapUsage"),
        comparison=Comparison.ABOVE,
        threshold=thresholds.swap_mib * BYTES_IN_MIB,
        window=_FIFTEEN_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{instance.identifier}: the replication instance swaps more than "
        f"{thresholds.swap_mib} MiB, and with that everything slows down. Take a larger class.",
    )
    yield Alarm(
        id_="free-storage-space",
        metric=instance_metric(instance, "FreeStorageSpace", statistic=Statistic.MINIMUM),
        comparison=Comparison.BELOW,
        threshold=thresholds.free_storage_gib * BYTES_IN_GIB,
        window=_AT_ONCE,
        missing_data=MissingData.UNKNOWN,
        description=f"{instance.identifier}: the replication instance has less than "
        f"{thresholds.free_storage_gib} GiB of storage; without any, all tasks fail. Logs and "
        "changes that wait fill it: look at CDCChangesDiskTarget, or enlarge it.",
    )


def _of_task(
    instance: ReplicationInstance,
    task_name: str,
    task: ReplicationTask,
    thresholds: ReplicationThresholds,
) -> Iterator[Alarm]:
    yield Alarm(
        id_=f"cdc-latency-source-{task_name}",
        metric=task_metric(instance, task, "CDCLatencySource"),
        comparison=Comparison.ABOVE,
        threshold=thresholds.source_latency_seconds,
        window=_TEN_MINUTES_OF_FIFTEEN,
        missing_data=MissingData.UNKNOWN,
        description=f"{task.identifier}: reading from the source is more than "
        f"{thresholds.source_latency_seconds} seconds behind. Look for a transaction that stays "
        "open at the source, for its load, and for the network.",
    )
    yield Alarm(
        id_=f"cdc-latency-target-{task_name}",
        metric=task_metric(instance, task, "CDCLatencyTarget"),
        comparison=Comparison.ABOVE,
        threshold=thresholds.target_latency_seconds,
        window=_TEN_MINUTES_OF_FIFTEEN,
        missing_data=MissingData.UNKNOWN,
        description=f"{task.identifier}: writing to Aurora is more than "
        f"{thresholds.target_latency_seconds} seconds behind. Look for tables without a primary "
        "key, for locks and triggers on the target, and at batch_apply.",
    )
    yield Alarm(
        id_=f"validation-failed-{task_name}",
        metric=task_metric(instance, task, "ValidationFailedOverallCount"),
        comparison=Comparison.ABOVE,
        threshold=thresholds.validation_failures,
        window=_AT_ONCE,
        missing_data=MissingData.AS_BEFORE,
        description=f"{task.identifier}: more than {thresholds.validation_failures} rows differ "
        "between source and target. awsdms_validation_failures_v1 in the control schema names "
        "them.",
    )
