"""Which values of a parameter log, measure or guard less, typed by hand."""

from __future__ import annotations

import pytest

from facts.parameter_guards import GUARDS, What, strength
from facts.parameters import PARAMETERS

# Values from the least to the most; nothing stands for what holds where no group says a value.
LEAST_FIRST: dict[str, tuple[str | None, ...]] = {
    "auto_explain.log_min_duration": (None, "5000", "1000"),
    "log_autovacuum_min_duration": ("-1", "3600000", None, "1000", "0"),
    "log_connections": ("off", "on"),
    "log_disconnections": ("0", "1"),
    "log_error_verbosity": ("terse", None, "verbose"),
    "log_lock_waits": (None, "true"),
    "log_min_duration_statement": (None, "600000", "1000", "0"),
    "log_min_error_statement": ("panic", "fatal", "log", None, "WARNING", "notice", "info", "debug1", "debug5"),
    "log_statement": (None, "ddl", "mod", "all"),
    "log_temp_files": (None, "10240", "0"),
    "rds.log_retention_period": ("1440", None, "10080"),
    "track_functions": ("none", None, "all"),
    "track_io_timing": ("off", None),
    "pg_stat_statements.track": ("none", None, "all"),
    "deadlock_timeout": ("60000", None, "100"),
    "idle_in_transaction_session_timeout": ("0", None, "300000"),
    "idle_session_timeout": (None, "86400000"),
    "lock_timeout": (None, "2147483647", "60000"),
    "statement_timeout": (None, "3600000"),
    "autovacuum_analyze_scale_factor": ("0.1", None, "0.01"),
    "autovacuum_naptime": ("60", None, "1"),
    "autovacuum_vacuum_cost_limit": ("100", None, "1000"),
    "autovacuum_vacuum_scale_factor": ("0.2", None, "0.02"),
    "default_statistics_target": ("10", None, "1000"),
    "logical_decoding_work_mem": ("64", None, "262144"),
    "maintenance_work_mem": ("1024", None, "524288"),
    "max_parallel_workers": ("2", None, "64"),
    "max_parallel_workers_per_gather": ("0", None, "4"),
    "work_mem": ("64", None, "65536"),
}  # fmt: skip


@pytest.mark.parametrize("name", GUARDS)
def test_which_values_do_more(name: str) -> None:
    found = [strength(name, value) for value in LEAST_FIRST[name]]
    known = [it for it in found if it is not None]
    assert len(known) == len(found) == len(set(found))
    assert known == sorted(known)


@pytest.mark.parametrize("name", GUARDS)
def test_what_is_no_value(name: str) -> None:
    assert strength(name, "sometimes") is None
    assert name in PARAMETERS


def test_what_is_said_by_default() -> None:
    assert strength("log_connections", None) == strength("log_connections", "no")
    assert strength("log_min_duration_statement", None) == strength(
        "log_min_duration_statement", "-1"
    )
    assert strength("autovacuum_vacuum_cost_limit", None) == strength(
        "autovacuum_vacuum_cost_limit", "-1"
    )
    assert {it.what for it in GUARDS.values()} == {*What}


def test_what_logs_and_what_ends_is_in_the_table() -> None:
    """Whatever of these comes into the table of parameters has a direction."""
    known = {
        it for it in PARAMETERS if it.startswith(("log_", "track_")) or it.endswith("_timeout")
    }
    assert known - GUARDS.keys() == {
        "log_line_prefix",  # no value is harmless: each change is told
        "track_counts",  # off is told as what ends autovacuum
        "track_activity_query_size",  # static: each change is told
        "track_commit_timestamp",  # static: each change is told
        "wal_sender_timeout",  # it cuts replication off
    }
