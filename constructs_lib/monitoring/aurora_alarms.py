"""Alarms on the Aurora cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.monitoring.alarm import GIB, MIB, Row, Window, make_alarm
from facts import alarms, metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.protocols import Topic
    from facts.names import Names

_PER_MINUTE = 1 / 60

# RDS publishes every minute.
_AT_ONCE = Window(period_seconds=60, evaluation_periods=1, datapoints_to_alarm=1)
_FIVE_MINUTES = Window(period_seconds=60, evaluation_periods=5, datapoints_to_alarm=5)
_FIFTEEN_MINUTES = Window(period_seconds=300, evaluation_periods=3, datapoints_to_alarm=3)
_AN_HOUR = Window(period_seconds=900, evaluation_periods=4, datapoints_to_alarm=4)

_ROWS = {
    alarms.AURORA_CPU: Row(
        window=_FIVE_MINUTES,
        description="all instances together use more than {} % CPU. Database Insights shows the "
        "statements; a larger class helps all of them.",
    ),
    alarms.AURORA_WRITER_CPU: Row(
        window=_FIVE_MINUTES,
        description="the writer uses more than {} % CPU. In a full load, fewer tables at once help "
        "(full_load_sub_tasks); later, reads can go to the readers.",
    ),
    alarms.AURORA_FREEABLE_MEMORY: Row(
        unit=MIB,
        window=_FIFTEEN_MINUTES,
        description="an instance has less than {} MiB of freeable memory. Look at the number of "
        "connections and at work_mem, or take a larger class.",
    ),
    alarms.AURORA_FREE_LOCAL_STORAGE: Row(
        unit=GIB,
        window=_FIVE_MINUTES,
        description="an instance has less than {} GiB of local storage for sorts, temporary files "
        "and index builds. Look for large sorts, or take a larger class.",
    ),
    alarms.AURORA_CONNECTIONS: Row(
        window=_FIVE_MINUTES,
        description="an instance has more than {} connections. Look at pg_stat_activity for idle "
        "ones, before max_connections refuses new ones.",
    ),
    alarms.AURORA_DEADLOCKS: Row(
        unit=_PER_MINUTE,
        window=_AT_ONCE,
        description="more than {} deadlocks in a minute. PostgreSQL's log names the statements; "
        "with DMS among them, look for triggers and foreign keys on the target.",
    ),
    alarms.AURORA_TRANSACTION_IDS: Row(
        window=_AT_ONCE,
        description="the oldest transaction id not yet frozen is more than {:,} old; at "
        "2,146,483,648 the database stops writing. Look for old transactions, replication slots "
        "and autovacuum that lags.",
    ),
    alarms.AURORA_SLOT_DISK: Row(
        unit=GIB,
        window=_FIFTEEN_MINUTES,
        description="replication slots use more than {} GiB. Look at pg_replication_slots; drop a "
        "slot that nobody reads any more.",
    ),
    alarms.AURORA_WAL_DISK: Row(
        unit=GIB,
        window=_FIFTEEN_MINUTES,
        description="write-ahead logs use more than {} GiB. A replication slot holds them back: "
        "look at restart_lsn in pg_replication_slots.",
    ),
    alarms.AURORA_READER_CPU: Row(
        window=_FIVE_MINUTES,
        description="the busiest reader uses more than {} % CPU. See whether connections are "
        "spread over the readers.",
    ),
    alarms.AURORA_REPLICA_LAG: Row(
        window=_FIVE_MINUTES,
        description="a reader is more than {} milliseconds behind the writer. Look at the CPU of "
        "both and at long statements on the reader.",
    ),
    alarms.AURORA_ACU_SHARE: Row(
        window=_FIFTEEN_MINUTES,
        description="a serverless instance is at more than {} % of max_acu and can hardly grow any "
        "more. Database Insights shows the statements; a higher max_acu helps all of them.",
    ),
    alarms.AURORA_ACU: Row(
        window=_AN_HOUR,
        description="the serverless instances are on average larger than {} ACU for an hour, and "
        "paid for by it. See which load keeps them there, and whether min_acu is what you mean.",
    ),
}


class AuroraAlarms(Construct):
    """The alarms on the cluster and its roles.

    Never on single instances: a failover changes which instance writes. What silence means, by
    metric:

    - CPU, memory, local storage, connections, transaction ids, replica lag, capacity: unknown. The instances
      are not up, or stopped; RDS tells of that by events.
    - Deadlocks, disk of replication slots, disk of transaction logs: good. Aurora reports the two
      disks only while there is logical replication, and who is not up has no deadlocks.

    Sources:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/creating_alarms.html,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html

    Args:
        scope: The parent.
        id_: The construct's id.
        names: The environment's names.
        reader_count: How many readers the cluster has; without any, none of their alarms is made.
        is_serverless: Whether any of its instances is serverless; otherwise none of their alarms is
            made.
        thresholds: The last good values, by the alarms' names, in the metrics' own units; an alarm
            without one is not made. Those of memory, local storage and connections depend on the
            instance class.
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
        reader_count: int,
        is_serverless: bool,
        thresholds: Mapping[str, float],
        topic: Topic,
    ) -> None:
        super().__init__(scope, id_)
        self.alarm_names = [
            make_alarm(
                self,
                alarm,
                _ROWS[alarm],
                names=names,
                of=names.cluster,
                thresholds=thresholds,
                topic=topic,
            )
            for alarm in alarms.ALARMS
            if alarm.metric.namespace == metrics.AURORA
            and (reader_count or alarm.role is not metrics.Role.READER)
            and (is_serverless or not alarm.serverless)
            and alarm.name in thresholds
        ]
