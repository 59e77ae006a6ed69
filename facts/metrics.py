"""The CloudWatch metrics that are looked at, with the dimensions that they really have.

CloudWatch finds nothing, and says nothing, unless it is asked for exactly the dimensions that a
metric is published with.

Sources:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html,
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

AURORA: Final = "AWS/RDS"
"""The namespace of Aurora's metrics."""

DMS: Final = "AWS/DMS"
"""The namespace of DMS's metrics."""

CLUSTER: Final = "DBClusterIdentifier"
"""The dimension that names a cluster."""

CLUSTER_INSTANCE: Final = "DBInstanceIdentifier"
"""The dimension that names one of a cluster's instances."""

ROLE: Final = "Role"
"""The dimension beside the cluster's that picks instances by what they are."""

REPLICATION_INSTANCE: Final = "ReplicationInstanceIdentifier"
"""The dimension that names a replication instance, by its identifier."""

TASK: Final = "ReplicationTaskIdentifier"
"""The dimension that names a task: not by its identifier, by what its ARN ends in."""


class Role(StrEnum):
    """Which of a cluster's instances: roles outlive a failover, the instances' names do not."""

    WRITER = "WRITER"
    READER = "READER"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric.

    Args:
        name: The metric's name, such as ``CPUUtilization``.
        namespace: CloudWatch's namespace.
        dimensions: The names of its dimensions. RDS publishes an instance's metrics under the
            cluster, and under the cluster and the role, too.
        most: The highest value that it can have, whatever the instance's class; None where there
            is none. None of the metrics is ever below zero.
        usual: What it reaches while all is well: an alarm above less is always on. The bounds are
            this project's.
    """

    name: str
    namespace: str
    dimensions: tuple[str, ...]
    most: float | None = None
    usual: float = 0


NAMESPACES: Final = frozenset({AURORA, DMS})
PUBLISHED_EVERY_SECONDS: Final = 60
"""How often these have a value at most: in shorter periods an alarm finds none."""

_PERCENT: Final = 100
_MOST_CONNECTIONS: Final = 262_143
"""PostgreSQL's limit of max_connections. Source:
https://www.postgresql.org/docs/current/runtime-config-connection.html"""

_TRANSACTION_IDS: Final = 2**31
_VOLUME_BYTES: Final = 256 * 1024**4
"""Aurora's largest volume. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html"""


_AT_REST_PERCENT: Final = 10
_AT_REST_CONNECTIONS: Final = 10
"""Those of RDS, of DMS and of whoever looks."""

_USUAL_LAG_MS: Final = 100
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html"""

_USUAL_LATENCY_SECONDS: Final = 10
_VACUUMED_AT: Final = 200_000_000
"""autovacuum_freeze_max_age: so old every database becomes before it is vacuumed for its age.

Source: https://www.postgresql.org/docs/15/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND"""

_SEGMENT_BYTES: Final = 64 * 1024**2


def _aurora(name: str, most: float | None = None, usual: float = 0) -> Metric:
    return Metric(name, AURORA, (CLUSTER,), most, usual)


def _instance(name: str, most: float | None = None, usual: float = 0) -> Metric:
    return Metric(name, DMS, (REPLICATION_INSTANCE,), most, usual)


def _task(name: str, usual: float = 0) -> Metric:
    return Metric(name, DMS, (REPLICATION_INSTANCE, TASK), usual=usual)


AURORA_CPU: Final = _aurora("CPUUtilization", _PERCENT, _AT_REST_PERCENT)
AURORA_FREEABLE_MEMORY: Final = _aurora("FreeableMemory")
AURORA_FREE_LOCAL_STORAGE: Final = _aurora("FreeLocalStorage")
AURORA_CONNECTIONS: Final = _aurora("DatabaseConnections", _MOST_CONNECTIONS, _AT_REST_CONNECTIONS)
AURORA_DEADLOCKS: Final = _aurora("Deadlocks")
AURORA_TRANSACTION_IDS: Final = _aurora("MaximumUsedTransactionIDs", _TRANSACTION_IDS, _VACUUMED_AT)
AURORA_REPLICA_LAG: Final = _aurora("AuroraReplicaLag", usual=_USUAL_LAG_MS)
AURORA_SLOT_DISK: Final = _aurora("ReplicationSlotDiskUsage", _VOLUME_BYTES, _SEGMENT_BYTES)
AURORA_WAL_DISK: Final = _aurora("TransactionLogsDiskUsage", _VOLUME_BYTES, _SEGMENT_BYTES)
AURORA_COMMITS: Final = _aurora("CommitThroughput")
AURORA_VOLUME: Final = _aurora("VolumeBytesUsed", _VOLUME_BYTES)

DMS_CPU: Final = _instance("CPUUtilization", _PERCENT, _AT_REST_PERCENT)
DMS_FREEABLE_MEMORY: Final = _instance("FreeableMemory")
DMS_AVAILABLE_MEMORY: Final = _instance("AvailableMemory")
DMS_SWAP: Final = _instance("SwapUsage")
DMS_FREE_STORAGE: Final = _instance("FreeStorageSpace")

SOURCE_LATENCY: Final = _task("CDCLatencySource", _USUAL_LATENCY_SECONDS)
TARGET_LATENCY: Final = _task("CDCLatencyTarget", _USUAL_LATENCY_SECONDS)
VALIDATION_FAILED: Final = _task("ValidationFailedOverallCount")
VALIDATION_PENDING: Final = _task("ValidationPendingOverallCount")
VALIDATION_SUSPENDED: Final = _task("ValidationSuspendedOverallCount")
FULL_LOAD_ROWS_WRITTEN: Final = _task("FullLoadThroughputRowsTarget")
CDC_ROWS_READ: Final = _task("CDCThroughputRowsSource")
CDC_ROWS_WRITTEN: Final = _task("CDCThroughputRowsTarget")
CDC_INCOMING: Final = _task("CDCIncomingChanges")
CDC_SOURCE_MEMORY: Final = _task("CDCChangesMemorySource")
CDC_SOURCE_DISK: Final = _task("CDCChangesDiskSource")
CDC_TARGET_MEMORY: Final = _task("CDCChangesMemoryTarget")
CDC_TARGET_DISK: Final = _task("CDCChangesDiskTarget")

METRICS: Final = tuple(it for it in list(vars().values()) if isinstance(it, Metric))
"""All of them."""
