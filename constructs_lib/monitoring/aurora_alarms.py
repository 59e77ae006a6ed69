"""Alarms on the Aurora cluster."""

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
from constructs_lib.monitoring.metrics import Role, Statistic, aurora_metric
from constructs_lib.monitoring.thresholds import AuroraThresholds

if TYPE_CHECKING:
    from constructs_lib.aurora import AuroraCluster
    from constructs_lib.monitoring.topic import AlarmTopic

_SECONDS_IN_A_MINUTE = 60
# RDS publishes every minute.
_AT_ONCE = Window(period_seconds=60, periods=1, bad_periods=1)
_FIVE_MINUTES = Window(period_seconds=60, periods=5, bad_periods=5)
_FIFTEEN_MINUTES = Window(period_seconds=300, periods=3, bad_periods=3)


class AuroraAlarms(Construct):
    """Alarms named ``aurora-METRIC-ENVIRONMENT``, such as ``aurora-cpu-utilization-dev``.

    They look at the cluster and at its roles, never at single instances: a failover changes which
    instance writes. What silence means, by metric:

    - CPU, memory, local storage, connections, transaction ids, replica lag: unknown. The instances
      are not up, or stopped; RDS tells of that by events.
    - Deadlocks, disk of replication slots, disk of transaction logs: good. Aurora reports the two
      disks only while there is logical replication, and who is not up has no deadlocks.

    CloudWatch's names are unique in an account and region, and making an alarm that exists
    overwrites it without a word. The names say the environment and not the project: two projects
    in one account and region need environments of different names.

    Sources:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/creating_alarms.html,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html

    Args:
        scope: The parent.
        id_: The construct's id.
        environment: The environment's name, such as ``dev``; every alarm's name ends in it.
        cluster: The cluster. Alarms on readers are made only where it has any.
        topic: Who is told.
        thresholds: The defaults of :class:`AuroraThresholds` by default.
    """

    alarm_names: list[str]
    """The alarms' names."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: str,
        cluster: AuroraCluster,
        topic: AlarmTopic,
        thresholds: AuroraThresholds | None = None,
    ) -> None:
        super().__init__(scope, id_)
        thresholds = thresholds or AuroraThresholds()
        alarms = [
            _cpu(cluster, thresholds),
            _writer_cpu(cluster, thresholds),
            _freeable_memory(cluster, thresholds),
            _free_local_storage(cluster, thresholds),
            _connections(cluster, thresholds),
            _deadlocks(cluster, thresholds),
            _transaction_ids(cluster, thresholds),
            _replication_slot_disk(cluster, thresholds),
            _transaction_logs_disk(cluster, thresholds),
        ]
        if cluster.readers:
            alarms += [_reader_cpu(cluster, thresholds), _replica_lag(cluster, thresholds)]
        self.alarm_names = []
        for alarm in alarms:
            name = f"aurora-{alarm.id_}-{environment}"
            make_alarm(self, alarm, name=name, topic=topic)
            self.alarm_names.append(name)


def _cpu(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="cpu-utilization",
        metric=aurora_metric(cluster, "CPUUtilization"),
        comparison=Comparison.ABOVE,
        threshold=thresholds.cpu_percent,
        window=_FIVE_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{cluster.cluster_identifier}: all instances together use more than "
        f"{thresholds.cpu_percent} % CPU. Database Insights shows the statements; a larger class "
        "helps all of them.",
    )


def _writer_cpu(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="cpu-utilization-writer",
        metric=aurora_metric(
            cluster, "CPUUtilization", role=Role.WRITER, statistic=Statistic.MAXIMUM
        ),
        comparison=Comparison.ABOVE,
        threshold=thresholds.cpu_percent,
        window=_FIVE_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{cluster.cluster_identifier}: the writer uses more than "
        f"{thresholds.cpu_percent} % CPU. In a full load, fewer tables at once help "
        "(full_load_sub_tasks); later, reads can go to the readers.",
    )


def _reader_cpu(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="cpu-utilization-reader",
        metric=aurora_metric(
            cluster, "CPUUtilization", role=Role.READER, statistic=Statistic.MAXIMUM
        ),
        comparison=Comparison.ABOVE,
        threshold=thresholds.cpu_percent,
        window=_FIVE_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{cluster.cluster_identifier}: the busiest reader uses more than "
        f"{thresholds.cpu_percent} % CPU. See whether connections are spread over the readers.",
    )


def _freeable_memory(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="freeable-memory",
        metric=aurora_metric(cluster, "FreeableMemory", statistic=Statistic.MINIMUM),
        comparison=Comparison.BELOW,
        threshold=thresholds.freeable_memory_mib * BYTES_IN_MIB,
        window=_FIFTEEN_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{cluster.cluster_identifier}: an instance has less than "
        f"{thresholds.freeable_memory_mib} MiB of freeable memory. Look at the number of "
        "connections and at work_mem, or take a larger class.",
    )


def _free_local_storage(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="free-local-storage",
        metric=aurora_metric(cluster, "FreeLocalStorage", statistic=Statistic.MINIMUM),
        comparison=Comparison.BELOW,
        threshold=thresholds.free_local_storage_gib * BYTES_IN_GIB,
        window=_FIVE_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{cluster.cluster_identifier}: an instance has less than "
        f"{thresholds.free_local_storage_gib} GiB of local storage for sorts, temporary files and "
        "index builds. Look for large sorts, or take a larger class.",
    )


def _connections(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="database-connections",
        metric=aurora_metric(cluster, "DatabaseConnections", statistic=Statistic.MAXIMUM),
        comparison=Comparison.ABOVE,
        threshold=thresholds.connections,
        window=_FIVE_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{cluster.cluster_identifier}: an instance has more than "
        f"{thresholds.connections} connections. Look at pg_stat_activity for idle ones, before "
        "max_connections refuses new ones.",
    )


def _deadlocks(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    # The metric is a rate by the second; RDS rounds it, so the line is half a deadlock further on.
    per_second = (thresholds.deadlocks_per_minute + 0.5) / _SECONDS_IN_A_MINUTE
    return Alarm(
        id_="deadlocks",
        metric=aurora_metric(cluster, "Deadlocks", role=Role.WRITER),
        comparison=Comparison.ABOVE,
        threshold=round(per_second, 6),
        window=_AT_ONCE,
        missing_data=MissingData.GOOD,
        description=f"{cluster.cluster_identifier}: more than "
        f"{thresholds.deadlocks_per_minute} deadlocks in a minute. PostgreSQL's log names the "
        "statements; with DMS among them, look for triggers and foreign keys on the target.",
    )


def _transaction_ids(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="maximum-used-transaction-ids",
        metric=aurora_metric(cluster, "MaximumUsedTransactionIDs", statistic=Statistic.MAXIMUM),
        comparison=Comparison.ABOVE,
        threshold=thresholds.transaction_ids,
        window=_AT_ONCE,
        missing_data=MissingData.UNKNOWN,
        description=f"{cluster.cluster_identifier}: the oldest transaction id not yet frozen is "
        f"more than {thresholds.transaction_ids:,} old; at 2,146,483,648 the database stops "
        "writing. Look for old transactions, replication slots and autovacuum that lags.",
    )


def _replica_lag(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="replica-lag",
        metric=aurora_metric(
            cluster, "AuroraReplicaLag", role=Role.READER, statistic=Statistic.MAXIMUM
        ),
        comparison=Comparison.ABOVE,
        threshold=thresholds.replica_lag_ms,
        window=_FIVE_MINUTES,
        missing_data=MissingData.UNKNOWN,
        description=f"{cluster.cluster_identifier}: a reader is more than "
        f"{thresholds.replica_lag_ms} milliseconds behind the writer. Look at the CPU of both and "
        "at long statements on the reader.",
    )


def _replication_slot_disk(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="replication-slot-disk-usage",
        metric=aurora_metric(cluster, "ReplicationSlotDiskUsage", statistic=Statistic.MAXIMUM),
        comparison=Comparison.ABOVE,
        threshold=thresholds.replication_slot_disk_gib * BYTES_IN_GIB,
        window=_FIFTEEN_MINUTES,
        missing_data=MissingData.GOOD,
        description=f"{cluster.cluster_identifier}: replication slots use more than "
        f"{thresholds.replication_slot_disk_gib} GiB. Look at pg_replication_slots; drop a slot "
        "that nobody reads any more.",
    )


def _transaction_logs_disk(cluster: AuroraCluster, thresholds: AuroraThresholds) -> Alarm:
    return Alarm(
        id_="transaction-logs-disk-usage",
        metric=aurora_metric(cluster, "TransactionLogsDiskUsage", statistic=Statistic.MAXIMUM),
        comparison=Comparison.ABOVE,
        threshold=thresholds.transaction_logs_disk_gib * BYTES_IN_GIB,
        window=_FIFTEEN_MINUTES,
        missing_data=MissingData.GOOD,
        description=f"{cluster.cluster_identifier}: write-ahead logs use more than "
        f"{thresholds.transaction_logs_disk_gib} GiB. A replication slot holds them back: look at "
        "restart_lsn in pg_replication_slots.",
    )
