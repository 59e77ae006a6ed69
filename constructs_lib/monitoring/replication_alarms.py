"""Alarms on the replication instance and its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.monitoring.alarm import GIB, MIB, Row, Window, make_alarm
from facts import alarms, metrics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.protocols import Topic
    from facts.names import Names

# Five minutes hold at least one value of every metric, whichever way DMS publishes it.
_AT_ONCE = Window(period_seconds=300, evaluation_periods=1, datapoints_to_alarm=1)
_TEN_MINUTES_OF_FIFTEEN = Window(period_seconds=300, evaluation_periods=3, datapoints_to_alarm=2)
_FIFTEEN_MINUTES = Window(period_seconds=300, evaluation_periods=3, datapoints_to_alarm=3)

_ROWS = {
    alarms.DMS_CPU: Row(
        window=_FIFTEEN_MINUTES,
        description="the replication instance uses more than {} % CPU. Load fewer tables at once, "
        "or take a larger class.",
    ),
    alarms.DMS_FREEABLE_MEMORY: Row(
        unit=MIB,
        window=_FIFTEEN_MINUTES,
        description="the replication instance has less than {} MiB of freeable memory. Look at "
        "large objects, batch apply and the number of tasks, or take a larger class.",
    ),
    alarms.DMS_SWAP: Row(
        unit=MIB,
        window=_FIFTEEN_MINUTES,
        description="the replication instance swaps more than {} MiB, and with that everything "
        "slows down. Take a larger class.",
    ),
    alarms.DMS_FREE_STORAGE: Row(
        unit=GIB,
        window=_AT_ONCE,
        description="the replication instance has less than {} GiB of storage; without any, all "
        "tasks fail. Logs and changes that wait fill it: look at CDCChangesDiskTarget, or enlarge "
        "it.",
    ),
    alarms.SOURCE_LATENCY: Row(
        window=_TEN_MINUTES_OF_FIFTEEN,
        description="reading from the source is more than {} seconds behind. Look for a "
        "transaction that stays open at the source, for its load, and for the network.",
    ),
    alarms.TARGET_LATENCY: Row(
        window=_TEN_MINUTES_OF_FIFTEEN,
        description="writing to Aurora is more than {} seconds behind. Look for tables without a "
        "primary key, for locks and triggers on the target, and at batch_apply.",
    ),
    alarms.VALIDATION_FAILED: Row(
        window=_AT_ONCE,
        description="more than {} rows differ between source and target. "
        "awsdms_validation_failures_v1 in the control schema names them.",
    ),
}


class ReplicationAlarms(Construct):
    """The alarms on the replication instance, and those on each task.

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

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html

    Args:
        scope: The parent.
        id_: The construct's id.
        names: The environment's names.
        task_names: The tasks' own names, such as ``orders``.
        thresholds: The last good values, by the alarms' names, in the metrics' own units. That of memory depends on the instance
            class; the target's latency includes the source's.
        topic: Who is told.
    """

    alarm_names: list[str]
    """The alarms' names."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        task_names: Sequence[str],
        thresholds: Mapping[str, float],
        topic: Topic,
    ) -> None:
        super().__init__(scope, id_)
        of_dms = [each for each in alarms.ALARMS if each.metric.namespace == metrics.DMS]
        self.alarm_names = [
            make_alarm(
                self,
                alarm,
                _ROWS[alarm],
                names=names,
                of=names.replication_instance,
                thresholds=thresholds,
                topic=topic,
            )
            for alarm in of_dms
            if not alarm.is_of_a_task
        ] + [
            make_alarm(
                self,
                alarm,
                _ROWS[alarm],
                names=names,
                of=names.task(task_name),
                thresholds=thresholds,
                topic=topic,
                task_name=task_name,
            )
            for task_name in task_names
            for alarm in of_dms
            if alarm.is_of_a_task
        ]
