"""Which parameters the project knows: for all others a file says how they are applied.

The names alone; what else is known of them, and from where, stands beside the constructs. A test
holds the two together.
"""

from typing import Final

STATIC: Final = frozenset(
    {
        "autovacuum_freeze_max_age",
        "autovacuum_max_workers",
        "max_connections",
        "max_locks_per_transaction",
        "max_logical_replication_workers",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "pg_stat_statements.max",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "track_activity_query_size",
    }
)
"""Parameters that take effect with a reboot."""

DYNAMIC: Final = frozenset(
    {
        "autovacuum",
        "autovacuum_analyze_scale_factor",
        "autovacuum_naptime",
        "autovacuum_vacuum_cost_limit",
        "autovacuum_vacuum_scale_factor",
        "deadlock_timeout",
        "default_statistics_target",
        "effective_cache_size",
        "idle_in_transaction_session_timeout",
        "lock_timeout",
        "log_autovacuum_min_duration",
        "log_connections",
        "log_disconnections",
        "log_error_verbosity",
        "log_lock_waits",
        "log_min_duration_statement",
        "log_min_error_statement",
        "log_statement",
        "log_temp_files",
        "logical_decoding_work_mem",
        "maintenance_work_mem",
        "max_parallel_workers",
        "max_parallel_workers_per_gather",
        "pg_stat_statements.track",
        "random_page_cost",
        "rds.force_ssl",
        "rds.log_retention_period",
        "session_replication_role",
        "statement_timeout",
        "timezone",
        "track_functions",
        "track_io_timing",
        "wal_sender_timeout",
        "work_mem",
    }
)
"""Parameters that take effect at once."""
