"""The alarms' thresholds, in the units of their metrics."""

from settings.alarms import Alarms

_MIB = 1_048_576
_GIB = 1_073_741_824


def test_a_threshold_is_in_its_metrics_own_unit() -> None:
    alarms = Alarms(
        aurora_cpu_percent=1,
        aurora_freeable_memory_mib=2,
        aurora_free_local_storage_gib=3,
        aurora_connections=4,
        aurora_deadlocks_per_minute=5,
        aurora_transaction_ids=6,
        aurora_replica_lag_ms=7,
        aurora_replication_slot_disk_gib=8,
        aurora_transaction_logs_disk_gib=9,
        aurora_acu_percent=17,
        aurora_acu=18,
        dms_source_latency_seconds=10,
        dms_target_latency_seconds=11,
        dms_cpu_percent=12,
        dms_freeable_memory_mib=13,
        dms_swap_mib=14,
        dms_free_storage_gib=15,
        dms_validation_failures=16,
    )

    assert alarms.thresholds == {
        "aurora-cpu-utilization": 1,
        "aurora-cpu-utilization-writer": 1,
        "aurora-cpu-utilization-reader": 1,
        "aurora-freeable-memory": 2 * _MIB,
        "aurora-free-local-storage": 3 * _GIB,
        "aurora-database-connections": 4,
        "aurora-deadlocks": 0.091667,  # five and a half in a minute, per second
        "aurora-maximum-used-transaction-ids": 6,
        "aurora-replica-lag": 7,
        "aurora-replication-slot-disk-usage": 8 * _GIB,
        "aurora-transaction-logs-disk-usage": 9 * _GIB,
        "aurora-acu-utilization": 17,
        "aurora-serverless-capacity": 18,
        "dms-cpu-utilization": 12,
        "dms-freeable-memory": 13 * _MIB,
        "dms-swap-usage": 14 * _MIB,
        "dms-free-storage-space": 15 * _GIB,
        "dms-cdc-latency-source": 10,
        "dms-cdc-latency-target": 11,
        "dms-validation-failed": 16,
    }


def test_of_what_costs_there_is_an_alarm_where_the_file_says_from_where_on() -> None:
    assert "aurora-serverless-capacity" not in Alarms().thresholds
