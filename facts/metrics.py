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

from facts.serverless import MOST_ACU

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
            is none.
        least: The lowest value that it can have.
    """

    name: str
    namespace: str
    dimensions: tuple[str, ...]
    most: float | None = None
    least: float = 0


NAMESPACES: Final = frozenset({AURORA, DMS})
PUBLISHED_EVERY_SECONDS: Final = 60
"""How often these have a value at most: in shorter periods an alarm finds none."""

_PERCENT: Final = 100
MOST_CONNECTIONS: Final = 262_143
"""PostgreSQL's limit of max_connections. Source:
https://www.postgresql.org/docs/current/runtime-config-connection.html"""

TRANSACTION_IDS: Final = 2**31 - 1_000_000
"""How old the oldest transaction ID may become: then PostgreSQL takes no writes any more."""

VOLUME_BYTES: Final = 256 * 1024**4
"""Aurora's largest volume. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html"""


_NO_LOGS: Final = -1
"""What `TransactionLogsDiskUsage` is where nothing needs a write-ahead log."""


def _aurora(name: str, most: float | None = None, least: float = 0) -> Metric:
    return Metric(name, AURORA, (CLUSTER,), most, least)


def _instance(name: str, most: float | None = None) -> Metric:
    return Metric(name, DMS, (REPLICATION_INSTANCE,), most)


def _task(name: str) -> Metric:
    return Metric(name, DMS, (REPLICATION_INSTANCE, TASK))


AURORA_CPU: Final = _aurora("CPUUtilization", _PERCENT)
AURORA_FREEABLE_MEMORY: Final = _aurora("FreeableMemory")
AURORA_FREE_LOCAL_STORAGE: Final = _aurora("FreeLocalStorage")
AURORA_CONNECTIONS: Final = _aurora("DatabaseConnections", MOST_CONNECTIONS)
AURORA_ACU_SHARE: Final = _aurora("ACUUtilization", _PERCENT)
"""What a serverless instance is, of the most that it may become."""

AURORA_ACU: Final = _aurora("ServerlessDatabaseCapacity", MOST_ACU)
"""What a serverless instance is, in Aurora capacity units; it is paid for by them."""

AURORA_DEADLOCKS: Final = _aurora("Deadlocks")
AURORA_TRANSACTION_IDS: Final = _aurora("MaximumUsedTransactionIDs", TRANSACTION_IDS)
AURORA_REPLICA_LAG: Final = _aurora("AuroraReplicaLag")
AURORA_SLOT_DISK: Final = _aurora("ReplicationSlotDiskUsage", VOLUME_BYTES)
AURORA_WAL_DISK: Final = _aurora("TransactionLogsDiskUsage", VOLUME_BYTES, _NO_LOGS)
AURORA_COMMITS: Final = _aurora("CommitThroughput")
AURORA_VOLUME: Final = _aurora("VolumeBytesUsed", VOLUME_BYTES)

DMS_CPU: Final = _instance("CPUUtilization", _PERCENT)
DMS_FREEABLE_MEMORY: Final = _instance("FreeableMemory")
DMS_AVAILABLE_MEMORY: Final = _instance("AvailableMemory")
DMS_SWAP: Final = _instance("SwapUsage")
DMS_FREE_STORAGE: Final = _instance("FreeStorageSpace")

SOURCE_LATENCY: Final = _task("CDCLatencySource")
TARGET_LATENCY: Final = _task("CDCLatencyTarget")
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
