"""Every alarm, typed by hand: what it looks at, of whom, and what it takes for bad."""

from __future__ import annotations

import pytest

from facts.alarms import ALARMS, Alarm

CLUSTER = ("DBClusterIdentifier",)
INSTANCE = ("ReplicationInstanceIdentifier",)
TASK = ("ReplicationInstanceIdentifier", "ReplicationTaskIdentifier")

# name: namespace, metric, dimensions, role, statistic, comparison, missing data
TABLE = {
    "aurora-cpu-utilization": ("AWS/RDS", "CPUUtilization", CLUSTER, None, "Average", ">", "missing"),
    "aurora-cpu-utilization-writer": ("AWS/RDS", "CPUUtilization", CLUSTER, "WRITER", "Maximum", ">", "missing"),
    "aurora-cpu-utilization-reader": ("AWS/RDS", "CPUUtilization", CLUSTER, "READER", "Maximum", ">", "missing"),
    "aurora-freeable-memory": ("AWS/RDS", "FreeableMemory", CLUSTER, None, "Minimum", "<", "missing"),
    "aurora-free-local-storage": ("AWS/RDS", "FreeLocalStorage", CLUSTER, None, "Minimum", "<", "missing"),
    "aurora-database-connections": ("AWS/RDS", "DatabaseConnections", CLUSTER, None, "Maximum", ">", "missing"),
    "aurora-deadlocks": ("AWS/RDS", "Deadlocks", CLUSTER, "WRITER", "Average", ">", "notBreaching"),
    "aurora-maximum-used-transaction-ids": ("AWS/RDS", "MaximumUsedTransactionIDs", CLUSTER, None, "Maximum", ">", "missing"),
    "aurora-replica-lag": ("AWS/RDS", "AuroraReplicaLag", CLUSTER, "READER", "Maximum", ">", "missing"),
    "aurora-replication-slot-disk-usage": ("AWS/RDS", "ReplicationSlotDiskUsage", CLUSTER, None, "Maximum", ">", "notBreaching"),
    "aurora-transaction-logs-disk-usage": ("AWS/RDS", "TransactionLogsDiskUsage", CLUSTER, None, "Maximum", ">", "notBreaching"),
    "aurora-acu-utilization": ("AWS/RDS", "ACUUtilization", CLUSTER, None, "Maximum", ">", "missing"),
    "aurora-serverless-capacity": ("AWS/RDS", "ServerlessDatabaseCapacity", CLUSTER, None, "Average", ">", "missing"),
    "dms-cpu-utilization": ("AWS/DMS", "CPUUtilization", INSTANCE, None, "Average", ">", "missing"),
    "dms-freeable-memory": ("AWS/DMS", "FreeableMemory", INSTANCE, None, "Minimum", "<", "missing"),
    "dms-swap-usage": ("AWS/DMS", "SwapUsage", INSTANCE, None, "Average", ">", "missing"),
    "dms-free-storage-space": ("AWS/DMS", "FreeStorageSpace", INSTANCE, None, "Minimum", "<", "missing"),
    "dms-cdc-latency-source": ("AWS/DMS", "CDCLatencySource", TASK, None, "Maximum", ">", "missing"),
    "dms-cdc-latency-target": ("AWS/DMS", "CDCLatencyTarget", TASK, None, "Maximum", ">", "missing"),
    "dms-validation-failed": ("AWS/DMS", "ValidationFailedOverallCount", TASK, None, "Maximum", ">", "ignore"),
}  # fmt: skip


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)
def test_an_alarm_stays_as_it_is(alarm: Alarm) -> None:
    sign = {"GreaterThanThreshold": ">", "LessThanThreshold": "<"}[alarm.comparison]

    assert TABLE[alarm.name] == (
        alarm.metric.namespace,
        alarm.metric.name,
        alarm.metric.dimensions,
        alarm.role,
        alarm.statistic,
        sign,
        alarm.missing_data,
    )


def test_no_alarm_is_left_out() -> None:
    assert sorted(alarm.name for alarm in ALARMS) == sorted(TABLE)


def test_the_iam_documents_find_alarms_by_how_their_names_begin() -> None:
    assert all(alarm.name.startswith(("aurora-", "dms-")) for alarm in ALARMS)


def test_each_task_has_the_alarms_on_a_tasks_metrics() -> None:
    assert [alarm.name for alarm in ALARMS if alarm.is_of_a_task] == [
        "dms-cdc-latency-source",
        "dms-cdc-latency-target",
        "dms-validation-failed",
    ]


def test_what_serverless_instances_alone_have() -> None:
    assert [alarm.name for alarm in ALARMS if alarm.serverless] == [
        "aurora-acu-utilization",
        "aurora-serverless-capacity",
    ]
