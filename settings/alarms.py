"""[alarms]: who is told, and from which value on."""

from typing import Annotated, Final

from pydantic import Field

from facts import alarms
from facts.serverless import MOST_ACU
from settings.fields import Email, TopicArn, WebHost
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
    """E-mail addresses that get every alarm and event; each must confirm."""

    https_hosts: Annotated[List[WebHost], Field(max_length=10)] = ()
    """Hosts of on-call services, such as PagerDuty, that get every alarm and event by https. Their
    URLs are secrets, so none stands here: `ferry subscribe ENV` asks for one and gives it to SNS
    alone. The service has to confirm by itself; incoming web hooks of Slack do not
    (https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html)."""

    topic_arn: TopicArn | None = None
    """The SNS topic of your own that gets every alarm and event, of this account and region, in
    place of one that is made. Its receivers, its policy and its key are yours: `ferry policies ENV
    topic` writes what its policy has to say. Default: none, a topic is made."""

    aurora_cpu_percent: int = Field(default=80, ge=1, le=100)
    """CPU of the cluster, of its writer and of its readers."""

    aurora_freeable_memory_mib: int = Field(default=512, ge=1, le=1_048_576)
    """Freeable memory of an instance; alarm below it."""

    aurora_free_local_storage_gib: int = Field(default=5, ge=1, le=65_536)
    """Free local storage of an instance, for sorts and temporary files; alarm below it."""

    aurora_connections: int = Field(default=1000, ge=1, le=262_143)
    """Connections to an instance; set it below the instance class's max_connections."""

    aurora_deadlocks_per_minute: int = Field(default=0, ge=0, le=100_000)
    """Deadlocks in a minute; 0 is an alarm for each."""

    aurora_transaction_ids: int = Field(default=1_000_000_000, ge=1, le=_MOST_TRANSACTION_IDS)
    """Age of the oldest transaction id not yet frozen; the default is half of the way to
    wraparound."""

    aurora_replica_lag_ms: int = Field(default=2000, ge=1, le=3_600_000)
    """How far the readers are behind the writer."""

    aurora_replication_slot_disk_gib: int = Field(default=20, ge=1, le=131_072)
    """Disk that the cluster's replication slots hold back."""

    aurora_transaction_logs_disk_gib: int = Field(default=20, ge=1, le=131_072)
    """Disk of write-ahead logs that a replication slot holds back."""

    aurora_acu_percent: int = Field(default=90, ge=1, le=99)
    """What the largest serverless instance is, of `aurora.serverless.max_acu`; where there are
    serverless instances."""

    aurora_acu: int | None = Field(default=None, ge=1, le=MOST_ACU, examples=[8])
    """What the serverless instances are on average for an hour, in Aurora capacity units: an alarm
    on what they cost. Default: none, no such alarm is made."""

    dms_source_latency_seconds: int = Field(default=300, ge=1, le=86_400)
    """How far reading from the source is behind."""

    dms_target_latency_seconds: int = Field(default=300, ge=1, le=86_400)
    """How far writing to Aurora is behind."""

    dms_cpu_percent: int = Field(default=80, ge=1, le=100)
    """CPU of the replication instance."""

    dms_freeable_memory_mib: int = Field(default=512, ge=1, le=1_048_576)
    """Freeable memory of the replication instance; alarm below it."""

    dms_swap_mib: int = Field(default=256, ge=1, le=1_048_576)
    """Swap that the replication instance uses."""

    dms_free_storage_gib: int = Field(default=20, ge=1, le=6143)
    """Free storage of the replication instance; alarm below it. It has to be less than the whole,
    `dms.allocated_storage_gib`."""

    dms_validation_failures: int = Field(default=0, ge=0, le=1_000_000)
    """Rows that failed validation; 0 is an alarm for the first."""

    @property
    def thresholds(self) -> dict[str, float]:
        """The thresholds of `facts.alarms`, by name, in the metrics' own units; none for no alarm."""
        # RDS rounds the metric, a rate per second: the line is drawn half a deadlock further on.
        deadlocks = round((self.aurora_deadlocks_per_minute + 0.5) / _SECONDS_IN_A_MINUTE, 6)
        rows: dict[alarms.Alarm, float | None] = {
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
            alarms.AURORA_ACU_SHARE: self.aurora_acu_percent,
            alarms.AURORA_ACU: self.aurora_acu,
            alarms.DMS_CPU: self.dms_cpu_percent,
            alarms.DMS_FREEABLE_MEMORY: self.dms_freeable_memory_mib * _MIB,
            alarms.DMS_SWAP: self.dms_swap_mib * _MIB,
            alarms.DMS_FREE_STORAGE: self.dms_free_storage_gib * _GIB,
            alarms.SOURCE_LATENCY: self.dms_source_latency_seconds,
            alarms.TARGET_LATENCY: self.dms_target_latency_seconds,
            alarms.VALIDATION_FAILED: self.dms_validation_failures,
        }
        found = {alarm.name: rows[alarm] for alarm in alarms.ALARMS}
        return {name: threshold for name, threshold in found.items() if threshold is not None}
