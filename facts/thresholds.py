"""Of each metric the thresholds with which an alarm tells something, on either side.

Within them an alarm is silent while all is well, and goes off while it can still help. Of what a row
does not say, nobody knows whether an alarm is always on.

What a metric is, AWS's pages say: those of `facts.metrics`. What it is while all is well they seldom
do; where a row names no page, its numbers are this project's own judgement, and wide on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts import metrics
from facts.metrics import AURORA, CLUSTER, DMS, REPLICATION_INSTANCE, Metric
from facts.serverless import LEAST_MAX_ACU, MOST_ACU

if TYPE_CHECKING:
    from collections.abc import Mapping

_AURORA_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"
_RECOMMENDED: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html"
)

OWN_JUDGEMENT: Final = "this project's own judgement"

Range = tuple[float, float]

_MIB: Final = 1024**2
_GIB: Final = 1024**3
_DAY_SECONDS: Final = 86_400
_DAY_MS: Final = 86_400_000
_MANY: Final = 1e9


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """A row of the table.

    Args:
        metric: The metric.
        above: The least and the most threshold of an alarm that goes off above it; None where a high
            value is no bad sign.
        below: The same of one that goes off below it. Of what an instance has a part of free, up to
            where every instance class has more.
        free: The share of what an instance has that is free while all is well, where the metric
            tells what is free; None for any other.
        is_silent: Whether it has no values while nothing is wrong.
        source: The page that gives the numbers, or `OWN_JUDGEMENT`.
    """

    metric: Metric
    above: Range | None = None
    below: Range | None = None
    free: float | None = None
    is_silent: bool = False
    source: str = OWN_JUDGEMENT


def _of_aurora(name: str, *, above: Range | None = None, below: Range | None = None) -> Thresholds:
    return Thresholds(metric=Metric(name, AURORA, (CLUSTER,)), above=above, below=below)


def _of_dms(name: str, above: Range) -> Thresholds:
    return Thresholds(metric=Metric(name, DMS, (REPLICATION_INSTANCE,)), above=above)


_BUSY_PERCENT: Final = (10, 100)
_LAG_MS: Final = (100, _DAY_MS)
_LATENCY_SECONDS: Final = (10, _DAY_SECONDS)
_ROWS_WAITING: Final = (100, _MANY)
_ROWS_A_SECOND: Final = (1_000, _MANY)
_IO_A_SECOND: Final = (100, 1e7)
_BYTES_A_SECOND: Final = (_MIB, 1e11)
_DISK_LATENCY: Final = (0.01, 100)
"""In seconds, or in milliseconds: AWS's pages said both of it."""

_SEGMENT_BYTES: Final = 64 * _MIB
_STORED_BYTES: Final = (_GIB, metrics.VOLUME_BYTES)
_SWAPPED_BYTES: Final = (64 * _MIB, 16 * _GIB)
"""Some may lie there unused. AWS looks whether it "increases or fluctuates":
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html"""

_LEAST_FREE_MEMORY: Final = 16 * _MIB
_LEAST_FREE_STORAGE: Final = 256 * _MIB

_ROWS: Final = (
    # What the stacks watch.
    Thresholds(metric=metrics.AURORA_CPU, above=_BUSY_PERCENT),
    Thresholds(
        # Aurora's cache takes half of the memory at least.
        metric=metrics.AURORA_FREEABLE_MEMORY,
        below=(_LEAST_FREE_MEMORY, 2 * _GIB),
        free=0.5,
        source="https://repost.aws/knowledge-center/rds-aurora-postgresql-shared-buffers",
    ),
    Thresholds(
        metric=metrics.AURORA_FREE_LOCAL_STORAGE, below=(_LEAST_FREE_STORAGE, 5 * _GIB), free=0.75
    ),
    Thresholds(
        # Those of RDS, of DMS and of whoever looks are always there.
        metric=metrics.AURORA_CONNECTIONS,
        above=(10, metrics.MOST_CONNECTIONS),
    ),
    Thresholds(metric=metrics.AURORA_ACU_SHARE, above=_BUSY_PERCENT),
    Thresholds(metric=metrics.AURORA_ACU, above=(LEAST_MAX_ACU, MOST_ACU)),
    Thresholds(metric=metrics.AURORA_DEADLOCKS, above=(0, 1_000), is_silent=True),
    Thresholds(
        # autovacuum_freeze_max_age: so old every database becomes before it is vacuumed for its age.
        metric=metrics.AURORA_TRANSACTION_IDS,
        above=(200_000_000, metrics.TRANSACTION_IDS),
        source="https://www.postgresql.org/docs/15/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND",
    ),
    Thresholds(
        metric=metrics.AURORA_REPLICA_LAG,
        above=_LAG_MS,
        is_silent=True,
        source=f"{_AURORA_GUIDE}/Aurora.Replication.html",
    ),
    Thresholds(
        metric=metrics.AURORA_SLOT_DISK,
        above=(_SEGMENT_BYTES, metrics.VOLUME_BYTES),
        is_silent=True,
    ),
    Thresholds(
        metric=metrics.AURORA_WAL_DISK,
        above=(_SEGMENT_BYTES, metrics.VOLUME_BYTES),
        is_silent=True,
    ),
    Thresholds(metric=metrics.DMS_CPU, above=_BUSY_PERCENT),
    Thresholds(metric=metrics.DMS_FREEABLE_MEMORY, below=(_LEAST_FREE_MEMORY, _GIB // 2), free=0.5),
    Thresholds(metric=metrics.DMS_SWAP, above=_SWAPPED_BYTES),
    Thresholds(metric=metrics.DMS_FREE_STORAGE, below=(_LEAST_FREE_STORAGE, 3 * _GIB), free=0.75),
    Thresholds(metric=metrics.SOURCE_LATENCY, above=_LATENCY_SECONDS, is_silent=True),
    Thresholds(metric=metrics.TARGET_LATENCY, above=_LATENCY_SECONDS, is_silent=True),
    Thresholds(metric=metrics.VALIDATION_FAILED, above=(0, _MANY), is_silent=True),
    # What their dashboards draw.
    Thresholds(metric=metrics.AURORA_COMMITS, above=(1, 1e6)),
    Thresholds(metric=metrics.AURORA_VOLUME, above=_STORED_BYTES),
    Thresholds(
        metric=metrics.DMS_AVAILABLE_MEMORY, below=(_LEAST_FREE_MEMORY, _GIB // 2), free=0.5
    ),
    Thresholds(metric=metrics.VALIDATION_PENDING, above=_ROWS_WAITING, is_silent=True),
    Thresholds(metric=metrics.VALIDATION_SUSPENDED, above=(0, _MANY), is_silent=True),
    *(
        Thresholds(metric=it, above=_ROWS_A_SECOND, is_silent=True)
        for it in (metrics.FULL_LOAD_ROWS_WRITTEN, metrics.CDC_ROWS_READ, metrics.CDC_ROWS_WRITTEN)
    ),
    *(
        Thresholds(metric=it, above=_ROWS_WAITING, is_silent=True)
        for it in (
            metrics.CDC_INCOMING,
            metrics.CDC_SOURCE_MEMORY,
            metrics.CDC_TARGET_MEMORY,
        )
    ),
    *(
        Thresholds(metric=it, above=(0, _MANY), is_silent=True)
        for it in (metrics.CDC_SOURCE_DISK, metrics.CDC_TARGET_DISK)
    ),
    # What else an alarm may watch.
    *(
        Thresholds(
            metric=Metric(it, AURORA, (CLUSTER,)),
            above=_LAG_MS,
            is_silent=True,
            source=f"{_AURORA_GUIDE}/Aurora.Replication.html",
        )
        for it in ("AuroraReplicaLagMaximum", "AuroraReplicaLagMinimum")
    ),
    *(
        Thresholds(metric=Metric(it, AURORA, (CLUSTER,)), above=_DISK_LATENCY, source=_RECOMMENDED)
        for it in ("ReadLatency", "WriteLatency")
    ),
    Thresholds(
        # Only small classes have it.
        metric=Metric("SwapUsage", AURORA, (CLUSTER,)),
        above=_SWAPPED_BYTES,
        is_silent=True,
        source=f"{_AURORA_GUIDE}/Aurora.AuroraMonitoring.Metrics.html",
    ),
    _of_aurora("BufferCacheHitRatio", below=(1, 99)),
    _of_aurora("CommitLatency", above=(1, 60_000)),
    _of_aurora("ConnectionAttempts", above=(10, 1e6)),
    _of_aurora("CPUCreditBalance", below=(1, 200)),
    _of_aurora("DBLoad", above=(1, 10_000)),
    _of_aurora("DBLoadCPU", above=(1, 10_000)),
    _of_aurora("DBLoadNonCPU", above=(1, 10_000)),
    _of_aurora("DiskQueueDepth", above=(1, 10_000)),
    _of_aurora("EngineUptime", below=(60, 3_600)),
    *(_of_aurora(it, above=_IO_A_SECOND) for it in ("ReadIOPS", "WriteIOPS")),
    *(
        _of_aurora(it, above=_BYTES_A_SECOND)
        for it in (
            "NetworkReceiveThroughput",
            "NetworkThroughput",
            "NetworkTransmitThroughput",
            "ReadThroughput",
            "StorageNetworkReceiveThroughput",
            "StorageNetworkThroughput",
            "StorageNetworkTransmitThroughput",
            "WriteThroughput",
        )
    ),
    *(
        _of_aurora(it, above=_STORED_BYTES)
        for it in (
            "BackupRetentionPeriodStorageUsed",
            "SnapshotStorageUsed",
            "TotalBackupStorageBilled",
        )
    ),
    *(_of_dms(it, _DISK_LATENCY) for it in ("ReadLatency", "WriteLatency")),
    *(_of_dms(it, _IO_A_SECOND) for it in ("ReadIOPS", "WriteIOPS")),
    *(
        _of_dms(it, _BYTES_A_SECOND)
        for it in (
            "NetworkReceiveThroughput",
            "NetworkTransmitThroughput",
            "ReadThroughput",
            "WriteThroughput",
        )
    ),
)

THRESHOLDS: Final[Mapping[tuple[str, str], Thresholds]] = {
    (it.metric.namespace, it.metric.name): it for it in _ROWS
}
"""The table, by namespace and name. What it does not hold is not known."""
