"""The metrics that no alarm looks at, typed by hand; test_alarms.py holds the others."""

from facts import metrics
from facts.alarms import ALARMS
from facts.metrics import Metric

CLUSTER = ("DBClusterIdentifier",)
INSTANCE = ("ReplicationInstanceIdentifier",)
TASK = ("ReplicationInstanceIdentifier", "ReplicationTaskIdentifier")


def test_what_the_dashboard_alone_draws() -> None:
    found = {name: it for name, it in vars(metrics).items() if isinstance(it, Metric)}
    of_alarms = {alarm.metric for alarm in ALARMS}

    assert {name: it for name, it in found.items() if it not in of_alarms} == {
        "AURORA_COMMITS": Metric("CommitThroughput", "AWS/RDS", CLUSTER),
        "AURORA_VOLUME": Metric("VolumeBytesUsed", "AWS/RDS", CLUSTER, 281_474_976_710_656),
        "DMS_AVAILABLE_MEMORY": Metric("AvailableMemory", "AWS/DMS", INSTANCE),
        "VALIDATION_PENDING": Metric("ValidationPendingOverallCount", "AWS/DMS", TASK),
        "VALIDATION_SUSPENDED": Metric("ValidationSuspendedOverallCount", "AWS/DMS", TASK),
        "FULL_LOAD_ROWS_WRITTEN": Metric("FullLoadThroughputRowsTarget", "AWS/DMS", TASK),
        "CDC_ROWS_READ": Metric("CDCThroughputRowsSource", "AWS/DMS", TASK),
        "CDC_ROWS_WRITTEN": Metric("CDCThroughputRowsTarget", "AWS/DMS", TASK),
        "CDC_INCOMING": Metric("CDCIncomingChanges", "AWS/DMS", TASK),
        "CDC_SOURCE_MEMORY": Metric("CDCChangesMemorySource", "AWS/DMS", TASK),
        "CDC_SOURCE_DISK": Metric("CDCChangesDiskSource", "AWS/DMS", TASK),
        "CDC_TARGET_MEMORY": Metric("CDCChangesMemoryTarget", "AWS/DMS", TASK),
        "CDC_TARGET_DISK": Metric("CDCChangesDiskTarget", "AWS/DMS", TASK),
    }


def test_what_no_metric_exceeds() -> None:
    known = [it for it in vars(metrics).values() if isinstance(it, Metric)]
    assert {(it.namespace, it.name): it.most for it in known if it.most is not None} == {
        ("AWS/RDS", "CPUUtilization"): 100,
        ("AWS/RDS", "ACUUtilization"): 100,
        ("AWS/RDS", "ServerlessDatabaseCapacity"): 256,
        ("AWS/RDS", "DatabaseConnections"): 262_143,
        ("AWS/RDS", "MaximumUsedTransactionIDs"): 2_146_483_648,
        ("AWS/RDS", "ReplicationSlotDiskUsage"): 281_474_976_710_656,
        ("AWS/RDS", "TransactionLogsDiskUsage"): 281_474_976_710_656,
        ("AWS/RDS", "VolumeBytesUsed"): 281_474_976_710_656,
        ("AWS/DMS", "CPUUtilization"): 100,
    }
    assert {it.name: it.least for it in known if it.least} == {"TransactionLogsDiskUsage": -1}
