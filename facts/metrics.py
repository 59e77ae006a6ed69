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
        unit: What its values count.
    """

    name: str
    namespace: str
    dimensions: tuple[str, ...]
    unit: str


def _aurora(name: str, unit: str) -> Metric:
    return Metric(name, AURORA, (CLUSTER,), unit)


def _instance(name: str, unit: str) -> Metric:
    return Metric(name, DMS, (REPLICATION_INSTANCE,), unit)


def _task(name: str, unit: str) -> Metric:
    return Metric(name, DMS, (REPLICATION_INSTANCE, TASK), unit)


AURORA_CPU: Final = _aurora("CPUUtilization", "%")
AURORA_FREEABLE_MEMORY: Final = _aurora("FreeableMemory", "bytes")
AURORA_FREE_LOCAL_STORAGE: Final = _aurora("FreeLocalStorage", "bytes")
AURORA_CONNECTIONS: Final = _aurora("DatabaseConnections", "connections")
AURORA_DEADLOCKS: Final = _aurora("Deadlocks", "per second")
AURORA_TRANSACTION_IDS: Final = _aurora("MaximumUsedTransactionIDs", "transaction ids")
AURORA_REPLICA_LAG: Final = _aurora("AuroraReplicaLag", "milliseconds")
AURORA_SLOT_DISK: Final = _aurora("ReplicationSlotDiskUsage", "bytes")
AURORA_WAL_DISK: Final = _aurora("TransactionLogsDiskUsage", "bytes")
AURORA_COMMITS: Final = _aurora("CommitThroughput", "per second")
AURORA_VOLUME: Final = _aurora("VolumeBytesUsed", "bytes")

DMS_CPU: Final = _instance("CPUUtilization", "%")
DMS_FREEABLE_MEMORY: Final = _instance("FreeableMemory", "bytes")
DMS_AVAILABLE_MEMORY: Final = _instance("AvailableMemory", "bytes")
DMS_SWAP: Final = _instance("SwapUsage", "bytes")
DMS_FREE_STORAGE: Final = _instance("FreeStorageSpace", "bytes")

SOURCE_LATENCY: Final = _task("CDCLatencySource", "seconds")
TARGET_LATENCY: Final = _task("CDCLatencyTarget", "seconds")
VALIDATION_FAILED: Final = _task("ValidationFailedOverallCount", "rows")
VALIDATION_PENDING: Final = _task("ValidationPendingOverallCount", "rows")
VALIDATION_SUSPENDED: Final = _task("ValidationSuspendedOverallCount", "rows")
FULL_LOAD_ROWS_WRITTEN: Final = _task("FullLoadThroughputRowsTarget", "rows per second")
CDC_ROWS_READ: Final = _task("CDCThroughputRowsSource", "rows per second")
CDC_ROWS_WRITTEN: Final = _task("CDCThroughputRowsTarget", "rows per second")
CDC_INCOMING: Final = _task("CDCIncomingChanges", "rows")
CDC_SOURCE_MEMORY: Final = _task("CDCChangesMemorySource", "rows")
CDC_SOURCE_DISK: Final = _task("CDCChangesDiskSource", "rows")
CDC_TARGET_MEMORY: Final = _task("CDCChangesMemoryTarget", "rows")
CDC_TARGET_DISK: Final = _task("CDCChangesDiskTarget", "rows")
