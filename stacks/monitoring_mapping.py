"""Settings to alarms: from which value on somebody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.monitoring import AuroraThresholds, ReplicationThresholds

if TYPE_CHECKING:
    from settings.alarms import Alarms


def aurora_thresholds(alarms: Alarms) -> AuroraThresholds:
    """The cluster's."""
    return AuroraThresholds(
        cpu_percent=alarms.aurora_cpu_percent,
        freeable_memory_mib=alarms.aurora_freeable_memory_mib,
        free_local_storage_gib=alarms.aurora_free_local_storage_gib,
        connections=alarms.aurora_connections,
        deadlocks_per_minute=alarms.aurora_deadlocks_per_minute,
        transaction_ids=alarms.aurora_transaction_ids,
        replica_lag_ms=alarms.aurora_replica_lag_ms,
        replication_slot_disk_gib=alarms.aurora_replication_slot_disk_gib,
        transaction_logs_disk_gib=alarms.aurora_transaction_logs_disk_gib,
    )


def replication_thresholds(alarms: Alarms) -> ReplicationThresholds:
    """The replication's."""
    return ReplicationThresholds(
        source_latency_seconds=alarms.dms_source_latency_seconds,
        target_latency_seconds=alarms.dms_target_latency_seconds,
        cpu_percent=alarms.dms_cpu_percent,
        freeable_memory_mib=alarms.dms_freeable_memory_mib,
        swap_mib=alarms.dms_swap_mib,
        free_storage_gib=alarms.dms_free_storage_gib,
        validation_failures=alarms.dms_validation_failures,
    )
