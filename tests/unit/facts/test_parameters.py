"""The parameters: each static one typed by hand, as PostgreSQL and Aurora say."""

from __future__ import annotations

import re

import pytest

from facts.parameters import (
    ALWAYS_SET,
    OF_CLUSTERS_ALONE,
    PARAMETERS,
    Kind,
    is_harmless,
    is_static,
)

# What `select name, context from pg_settings` says in PostgreSQL 15.18, for the table's
# parameters; auto_explain.* and pg_stat_statements.* with the modules loaded.
PG_SETTINGS = {
    "auto_explain.log_min_duration": "superuser",
    "autovacuum": "sighup",
    "autovacuum_analyze_scale_factor": "sighup",
    "autovacuum_freeze_max_age": "postmaster",
    "autovacuum_max_workers": "postmaster",
    "autovacuum_multixact_freeze_max_age": "postmaster",
    "autovacuum_naptime": "sighup",
    "autovacuum_vacuum_cost_limit": "sighup",
    "autovacuum_vacuum_scale_factor": "sighup",
    "client_encoding": "user",
    "deadlock_timeout": "superuser",
    "default_statistics_target": "user",
    "default_transaction_read_only": "user",
    "effective_cache_size": "user",
    "huge_pages": "postmaster",
    "idle_in_transaction_session_timeout": "user",
    "idle_session_timeout": "user",
    "lock_timeout": "user",
    "log_autovacuum_min_duration": "sighup",
    "log_connections": "superuser-backend",
    "log_disconnections": "superuser-backend",
    "log_error_verbosity": "superuser",
    "log_line_prefix": "sighup",
    "log_lock_waits": "superuser",
    "log_min_duration_statement": "superuser",
    "log_min_error_statement": "superuser",
    "log_statement": "superuser",
    "log_temp_files": "superuser",
    "logical_decoding_work_mem": "user",
    "maintenance_work_mem": "user",
    "max_connections": "postmaster",
    "max_files_per_process": "postmaster",
    "max_locks_per_transaction": "postmaster",
    "max_logical_replication_workers": "postmaster",
    "max_parallel_workers": "user",
    "max_parallel_workers_per_gather": "user",
    "max_pred_locks_per_transaction": "postmaster",
    "max_prepared_transactions": "postmaster",
    "max_replication_slots": "postmaster",
    "max_wal_senders": "postmaster",
    "max_worker_processes": "postmaster",
    "pg_stat_statements.max": "postmaster",
    "pg_stat_statements.track": "superuser",
    "random_page_cost": "user",
    "session_replication_role": "superuser",
    "shared_buffers": "postmaster",
    "shared_preload_libraries": "postmaster",
    "ssl_min_protocol_version": "sighup",
    "statement_timeout": "user",
    "superuser_reserved_connections": "postmaster",
    "tcp_keepalives_count": "user",
    "tcp_keepalives_idle": "user",
    "tcp_keepalives_interval": "user",
    "timezone": "user",
    "track_activity_query_size": "postmaster",
    "track_commit_timestamp": "postmaster",
    "track_counts": "superuser",
    "track_functions": "superuser",
    "track_io_timing": "superuser",
    "wal_buffers": "postmaster",
    "wal_sender_timeout": "user",
    "work_mem": "user",
}
# Those of them that Aurora's default group changes, in every release.
DEFAULTS = {
    "autovacuum_analyze_scale_factor": "0.05",
    "autovacuum_naptime": "5",
    "autovacuum_vacuum_scale_factor": "0.1",
    "idle_in_transaction_session_timeout": "86400000",
    "log_autovacuum_min_duration": "10000",
    "ssl_min_protocol_version": "TLSv1.2",
    "timezone": "UTC",
    "track_functions": "pl",
    "track_io_timing": "1",
}
# Aurora's own, by its documentation.
AURORA = {
    "rds.force_ssl": Kind.DYNAMIC,
    "rds.log_retention_period": Kind.DYNAMIC,
    "rds.logical_replication": Kind.STATIC,
}


@pytest.mark.parametrize("name", PG_SETTINGS)
def test_static_is_what_postgresql_reads_at_its_start(name: str) -> None:
    assert is_static(name) is (PG_SETTINGS[name] == "postmaster")


@pytest.mark.parametrize("name", AURORA)
def test_auroras_own_parameters_are_as_documented(name: str) -> None:
    assert PARAMETERS[name].kind is AURORA[name]


def test_the_table_holds_no_other_parameter() -> None:
    assert set(PARAMETERS) == {*PG_SETTINGS, *AURORA}


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_row_has_a_source(name: str) -> None:
    assert re.fullmatch(
        r"https://(www\.postgresql\.org/docs/15|docs\.aws\.amazon\.com|aws\.amazon\.com/blogs)/\S+",
        PARAMETERS[name].source,
    )


def test_a_row_of_postgresqls_leads_to_the_parameter() -> None:
    assert PARAMETERS["log_min_duration_statement"].source == (
        "https://www.postgresql.org/docs/15/runtime-config-logging.html"
        "#GUC-LOG-MIN-DURATION-STATEMENT"
    )
    assert PARAMETERS["pg_stat_statements.max"].source == (
        "https://www.postgresql.org/docs/15/pgstatstatements.html"
    )


def test_what_the_table_does_not_hold_is_not_known() -> None:
    assert is_static("brand_new") is None


def test_auroras_default_is_that_of_the_release() -> None:
    force_ssl = PARAMETERS["rds.force_ssl"]

    assert [force_ssl.default(release) for release in (15, 16, 17, 18)] == ["0", "0", "1", "1"]
    assert PARAMETERS["rds.logical_replication"].default(15) == "0"
    assert PARAMETERS["rds.log_retention_period"].default(15) == "4320"


@pytest.mark.parametrize("name", PG_SETTINGS)
def test_aurora_changes_some_of_postgresqls_defaults(name: str) -> None:
    assert {PARAMETERS[name].default(release) for release in (15, 18)} == {DEFAULTS.get(name)}


def test_what_rds_takes_from_the_clusters_group_alone() -> None:
    assert set(PARAMETERS) > OF_CLUSTERS_ALONE
    assert {"autovacuum", "rds.force_ssl", "max_replication_slots", "timezone"} < OF_CLUSTERS_ALONE
    assert OF_CLUSTERS_ALONE.isdisjoint(
        {
            *(
                "deadlock_timeout",
                "idle_session_timeout",
                "log_min_duration_statement",
                "log_statement",
            ),
            *("maintenance_work_mem", "max_connections", "pg_stat_statements.track"),
            *(
                "rds.log_retention_period",
                "shared_preload_libraries",
                "statement_timeout",
                "work_mem",
            ),
        }
    )


def test_what_every_cluster_has() -> None:
    assert ALWAYS_SET == {
        "rds.logical_replication": "1",
        "shared_preload_libraries": "pg_stat_statements",
        "rds.force_ssl": "1",
    }


@pytest.mark.parametrize(
    ("name", "harmless", "not_said"),
    [
        ("work_mem", ("4096", "65536"), ("4095", "65537", "64MB", "", "6e4", "8192.5", "08192")),
        ("logical_decoding_work_mem", ("65536", "262144"), ("4096", "1048576")),
        ("max_parallel_workers_per_gather", ("0", "4"), ("5", "16")),
        ("autovacuum_vacuum_scale_factor", ("0.01", "0.2"), ("0", "0.000001", "0.21")),
        ("autovacuum_analyze_scale_factor", ("0.01", "0.1"), ("0", "0.000001", "0.11")),
        ("statement_timeout", ("0", "3600000"), ("1", "3599999", "-1")),
        ("random_page_cost", ("1", "1.1", "4.0"), ("0.1", "4.1", "1.1.1")),
        ("log_statement", ("none", "DDL", "mod", "all"), ("everything", "1")),
        ("log_min_duration_statement", ("-1", "100", "2147483647"), ("0", "99", "-2", "2147483648")),
        ("log_autovacuum_min_duration", ("-1", "0", "2147483647"), ("-2",)),
        ("auto_explain.log_min_duration", ("-1", "1000"), ("0", "999")),
        ("log_temp_files", ("-1", "0", "2147483647"), ("-2",)),
        ("idle_session_timeout", ("0", "86400000"), ("3600000",)),
        ("maintenance_work_mem", ("65536", "524288"), ("2097152",)),
        ("default_transaction_read_only", ("0", "off", "OFF", "false"), ("1", "on", "true")),
        ("rds.force_ssl", ("1",), ("0", "off", "")),
        ("rds.logical_replication", ("1",), ("0",)),
        ("autovacuum", ("1", "on"), ("0", "off")),
        ("track_counts", ("1", "on"), ("0", "off")),
        ("session_replication_role", ("origin",), ("replica", "local")),
        ("rds.log_retention_period", ("4320", "10080"), ("1440",)),
        ("shared_preload_libraries", ("pg_stat_statements", "pg_stat_statements, pgaudit"),
         ("", "pg_stat_statements,another")),
        ("max_connections", (), ("100", "5000")),
        ("ssl_min_protocol_version", ("TLSv1.2",), ("", "TLSv1", "TLSv1.1", "TLSv1.3")),
        ("brand_new", (), ("0",)),
    ],
)  # fmt: skip
def test_only_what_is_said_is_harmless(
    name: str, harmless: tuple[str, ...], not_said: tuple[str, ...]
) -> None:
    assert [it for it in harmless if not is_harmless(name, it)] == []
    assert [it for it in not_said if is_harmless(name, it)] == []


def test_defaults_of_auroras_are_harmless_where_anything_is() -> None:
    """But for the two by which a default opens or refuses something."""
    refused = {
        row.name
        for row in PARAMETERS.values()
        if row.harmless and not all(map(row.harmless.hold, row.defaults.values()))
    }
    assert refused == {"rds.force_ssl", "rds.logical_replication"}
