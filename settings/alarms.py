"""[alarms]: who is told, and from which value on."""

from typing import Annotated, Final

from pydantic import Field

from facts import alarms
from settings.fields import Email
from settings.section import List, Section

_MIB: Final = 1024**2
_GIB: Final = 1024**3
_SECONDS_IN_A_MINUTE: Final = 60
_MOST_TRANSACTION_IDS: Final = (
    2_146_483_647  # PostgreSQL stops writing a million before the wraparound.
)


class Alarms(Section):
    """Receivers and thresholds.

    An alarm goes off above its threshold; those of free memory and free storage go off below.
    """

    emails: Annotated[List[Email], Field(max_length=50)] = ()
    """E-mail addresses that get every alarm and event; each must confirm. Default: none."""

    aurora_cpu_percent: int = Field(default=80, ge=1, le=100)
    """CPU of the writer and of the readers, percent. Default: 80."""

    aurora_freeable_memory_mib: int = Field(default=512, ge=1, le=1_048_576)
    """Freeable memory of an instance, MiB; alarm below it. Default: 512."""

    aurora_free_local_storage_gib: int = Field(default=5, ge=1, le=65_536)
    """Free local storage of an instance (sorts, temporary files), GiB; alarm below it. Default:
    5."""

    aurora_connections: int = Field(default=1000, ge=1, le=262_143)
    """Connections to an instance. Default: 1000; set it below the instance class's
    max_connections."""

    aurora_deadlocks_per_minute: int = Field(default=0, ge=0, le=100_000)
    """Deadlocks in a minute. Default: 0, an alarm for each."""

    aurora_transaction_ids: int = Field(default=1_000_000_000, ge=1, le=_MOST_TRANSACTION_IDS)
    """Age of the oldest transaction id not yet frozen. Default: 1,000,000,000, half of the way to
    wraparound."""

    aurora_replica_lag_ms: int = Field(default=2000, ge=1, le=3_600_000)
    """Lag of the readers behind the writer, milliseconds. Default: 2000."""

    aurora_replication_slot_disk_gib: int = Field(default=20, ge=1, le=131_072)
    """Disk that the cluster's replication slots hold back, GiB. Default: 20."""

    aurora_transaction_logs_disk_gib: int = Field(default=20, ge=1, le=131_072)
    """Disk of write-ahead logs that a replication slot holds back, GiB. Default: 20."""

    dms_source_latency_seconds: int = Field(default=300, ge=1, le=86_400)
    """How far reading from the source is behind, seconds. Default: 300."""

    dms_target_latency_seconds: int = Field(default=300, ge=1, le=86_400)
    """How far writing to Aurora is behind, seconds. Default: 300."""

    dms_cpu_percent: int = Field(default=80, ge=1, le=100)
    """CPU of the replication instance, percent. Default: 80."""

    dms_freeable_memory_mib: int = Field(default=512, ge=1, le=1_048_576)
    """Freeable memory of the replication instance, MiB; alarm below it. Default: 512."""

    dms_swap_mib: int = Field(default=256, ge=1, le=1_048_576)
    """Swap that the replication instance uses, MiB. Default: 256."""

    dms_free_storage_gib: int = Field(default=20, ge=1, le=6143)
    """Free storage of the replication instance, GiB, below its whole storage; alarm below it.
    Default: 20."""

    dms_validation_failures: int = Field(default=0, ge=0, le=1_000_000)
    """Rows that failed validation. Default: 0, an alarm for the first."""

    @property
    def thresholds(self) -> dict[str, float]:
        """The threshold of every alarm of `facts.alarms`, by its name, in its metric's own unit."""
        # RDS rounds the metric, a rate per second: the line is drawn half a deadlock further on.
        deadlocks = round((self.aurora_deadlocks_per_minute + 0.5) / _SECONDS_IN_A_MINUTE, 6)
        rows: dict[alarms.Alarm, float] = {
            alarms.AURORA_CPU: self.aurora_cpu_percent,
            alarms.AURORA_WRITER_CPU: self.aurora_cpu_percent,
            alarms.AURORA_READER_CPU: self.aurora_cpu_percent,
            alarms.AURORA_FREEABLE_MEMORY: self.aurora_freeable_memory_mib * _MIB,
            alarms.AURORA_FREE_LOCAL_STORAGE: self.aurora_free_local_storage_gib * _GIB,
            alarms.AURORA_CONNECTIONS: self.aurora_connections,
            alarms.AURORA_DEADLOCKS: deadlocks,
            alarms.AURORA_TRANSACTION_IDS: self.aurora_transaction_ids,
            alarms.AURORA_REPLICA_LAG: self.aurora_replica_lag_ms,
            alarms.AURORA_SLOT_DISK: self.aurora_replication_slot_disk_gib * _GIB,
            alarms.AURORA_WAL_DISK: self.aurora_transaction_logs_disk_gib * _GIB,
            alarms.DMS_CPU: self.dms_cpu_percent,
            alarms.DMS_FREEABLE_MEMORY: self.dms_freeable_memory_mib * _MIB,
            alarms.DMS_SWAP: self.dms_swap_mib * _MIB,
            alarms.DMS_FREE_STORAGE: self.dms_free_storage_gib * _GIB,
            alarms.SOURCE_LATENCY: self.dms_source_latency_seconds,
            alarms.TARGET_LATENCY: self.dms_target_latency_seconds,
            alarms.VALIDATION_FAILED: self.dms_validation_failures,
        }
        return {alarm.name: rows[alarm] for alarm in alarms.ALARMS}
