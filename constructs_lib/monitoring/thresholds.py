"""From which values on there is an alarm."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class AuroraThresholds:
    """The last good values of a cluster.

    Memory, local storage and connections depend on the instance class; the defaults suit small
    classes. A good start is 10 % of the class's memory and three quarters of its
    ``max_connections``, which Aurora takes from the memory
    (``LEAST({DBInstanceClassMemory/9531392},5000)``).

    Sources:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html

    Args:
        cpu_percent: CPU; 80 by default.
        freeable_memory_mib: Memory left to an instance, bad below; 512 MiB by default.
        free_local_storage_gib: Room left to an instance for sorts and temporary files, bad below;
            5 GiB by default. It too depends on the class.
        connections: Connections to one instance; 1000 by default.
        deadlocks_per_minute: Deadlocks in one minute; 0 by default, so that each is told.
        transaction_ids: The age of the oldest transaction id that is not yet frozen; a thousand
            million by default, half of the way to where PostgreSQL stops writing.
        replica_lag_ms: How far a reader is behind, in milliseconds; 2000 by default. Aurora's
            readers share the writer's storage, and are usually under 100.
        replication_slot_disk_gib: Disk of replication slots; 20 GiB by default.
        transaction_logs_disk_gib: Disk of write-ahead logs that a replication slot holds back;
            20 GiB by default.
    """

    cpu_percent: int = 80
    freeable_memory_mib: int = 512
    free_local_storage_gib: int = 5
    connections: int = 1000
    deadlocks_per_minute: int = 0
    transaction_ids: int = 1_000_000_000
    replica_lag_ms: int = 2000
    replication_slot_disk_gib: int = 20
    transaction_logs_disk_gib: int = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationThresholds:
    """The last good values of a replication instance and its tasks.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html

    Args:
        source_latency_seconds: How old the last change is that was read; 300 by default.
        target_latency_seconds: How old the last change is that was written; 300 by default. It
            includes the source's latency.
        cpu_percent: CPU of the instance; 80 by default.
        freeable_memory_mib: Memory left to the instance, bad below; 512 MiB by default, which suits
            small classes. A good start is 10 % of the class's memory.
        swap_mib: Swap in use; 256 MiB by default.
        free_storage_gib: Storage left to the instance, bad below; 20 GiB by default.
        validation_failures: Rows that differ between source and target; 0 by default, so that the
            first is told.
    """

    source_latency_seconds: int = 300
    target_latency_seconds: int = 300
    cpu_percent: int = 80
    freeable_memory_mib: int = 512
    swap_mib: int = 256
    free_storage_gib: int = 20
    validation_failures: int = 0
