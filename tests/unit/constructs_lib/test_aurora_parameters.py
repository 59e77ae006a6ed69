import re

import pytest

from constructs_lib.aurora.known_parameters import KNOWN_PARAMETERS, Kind
from constructs_lib.aurora.parameters import ApplyMethod, Parameter, with_apply_methods

# What `select name, context, unit from pg_settings` says in PostgreSQL 15.18, for the table's
# parameters; pg_stat_statements.* with the module loaded.
PG_SETTINGS = {
    "autovacuum": ("sighup", None),
    "autovacuum_analyze_scale_factor": ("sighup", None),
    "autovacuum_freeze_max_age": ("postmaster", None),
    "autovacuum_max_workers": ("postmaster", None),
    "autovacuum_naptime": ("sighup", "s"),
    "autovacuum_vacuum_cost_limit": ("sighup", None),
    "autovacuum_vacuum_scale_factor": ("sighup", None),
    "deadlock_timeout": ("superuser", "ms"),
    "default_statistics_target": ("user", None),
    "effective_cache_size": ("user", "8kB"),
    "idle_in_transaction_session_timeout": ("user", "ms"),
    "lock_timeout": ("user", "ms"),
    "log_autovacuum_min_duration": ("sighup", "ms"),
    "log_connections": ("superuser-backend", None),
    "log_disconnections": ("superuser-backend", None),
    "log_error_verbosity": ("superuser", None),
    "log_lock_waits": ("superuser", None),
    "log_min_duration_statement": ("superuser", "ms"),
    "log_min_error_statement": ("superuser", None),
    "log_statement": ("superuser", None),
    "log_temp_files": ("superuser", "kB"),
    "logical_decoding_work_mem": ("user", "kB"),
    "maintenance_work_mem": ("user", "kB"),
    "max_connections": ("postmaster", None),
    "max_locks_per_transaction": ("postmaster", None),
    "max_logical_replication_workers": ("postmaster", None),
    "max_parallel_workers": ("user", None),
    "max_parallel_workers_per_gather": ("user", None),
    "max_prepared_transactions": ("postmaster", None),
    "max_replication_slots": ("postmaster", None),
    "max_wal_senders": ("postmaster", None),
    "max_worker_processes": ("postmaster", None),
    "pg_stat_statements.max": ("postmaster", None),
    "pg_stat_statements.track": ("superuser", None),
    "random_page_cost": ("user", None),
    "session_replication_role": ("superuser", None),
    "shared_buffers": ("postmaster", "8kB"),
    "shared_preload_libraries": ("postmaster", None),
    "statement_timeout": ("user", "ms"),
    "timezone": ("user", None),
    "track_activity_query_size": ("postmaster", "B"),
    "track_functions": ("superuser", None),
    "track_io_timing": ("superuser", None),
    "wal_sender_timeout": ("user", "ms"),
    "work_mem": ("user", "kB"),
}
# Aurora's own, by its documentation.
AURORA = {
    "rds.force_ssl": Kind.DYNAMIC,
    "rds.log_retention_period": Kind.DYNAMIC,
    "rds.logical_replication": Kind.STATIC,
}


def method(name: str, value: str = "x", *, engine_version: str = "15.8") -> ApplyMethod | None:
    """The method that follows for a parameter that states none."""
    (applied,) = with_apply_methods(
        [Parameter(name=name, value=value)], engine_version=engine_version
    )
    return applied.apply_method


@pytest.mark.parametrize("name", PG_SETTINGS)
def test_static_is_what_postgresql_reads_at_its_start(name: str) -> None:
    context, unit = PG_SETTINGS[name]

    known = KNOWN_PARAMETERS[name]
    assert known.kind is (Kind.STATIC if context == "postmaster" else Kind.DYNAMIC)
    assert known.unit == unit


@pytest.mark.parametrize("name", AURORA)
def test_auroras_own_parameters_are_as_documented(name: str) -> None:
    assert KNOWN_PARAMETERS[name].kind is AURORA[name]


def test_the_table_holds_no_other_parameter() -> None:
    assert set(KNOWN_PARAMETERS) == {*PG_SETTINGS, *AURORA}


@pytest.mark.parametrize("name", KNOWN_PARAMETERS)
def test_each_row_has_a_source(name: str) -> None:
    assert re.fullmatch(
        r"https://(www\.postgresql\.org/docs/15|docs\.aws\.amazon\.com|aws\.amazon\.com/blogs)/\S+",
        KNOWN_PARAMETERS[name].source,
    )


def test_a_row_of_postgresqls_leads_to_the_parameter() -> None:
    assert KNOWN_PARAMETERS["log_min_duration_statement"].source == (
        "https://www.postgresql.org/docs/15/runtime-config-logging.html"
        "#GUC-LOG-MIN-DURATION-STATEMENT"
    )
    assert KNOWN_PARAMETERS["pg_stat_statements.max"].source == (
        "https://www.postgresql.org/docs/15/pgstatstatements.html"
    )


def test_a_dynamic_parameter_is_applied_immediately() -> None:
    assert method("log_statement") is ApplyMethod.IMMEDIATE


def test_a_static_parameter_waits_for_a_reboot() -> None:
    assert method("rds.logical_replication") is ApplyMethod.PENDING_REBOOT


def test_auroras_own_default_is_stated_as_rds_gives_it_back() -> None:
    assert method("autovacuum_naptime", "5") is ApplyMethod.PENDING_REBOOT
    assert method("autovacuum_naptime", "6") is ApplyMethod.IMMEDIATE


def test_a_default_is_that_of_the_release() -> None:
    assert method("rds.force_ssl", "1", engine_version="15.8") is ApplyMethod.IMMEDIATE
    assert method("rds.force_ssl", "1", engine_version="17.4") is ApplyMethod.PENDING_REBOOT
    assert method("rds.force_ssl", "0", engine_version="17.4") is ApplyMethod.IMMEDIATE


def test_a_stated_method_is_taken() -> None:
    given = Parameter(name="log_statement", value="ddl", apply_method=ApplyMethod.PENDING_REBOOT)

    assert with_apply_methods([given], engine_version="15.8") == [given]


def test_an_unknown_parameter_with_its_method_is_taken() -> None:
    given = Parameter(name="brand_new", value="on", apply_method=ApplyMethod.IMMEDIATE)

    assert with_apply_methods([given], engine_version="15.8") == [given]


def test_the_order_is_that_of_the_names() -> None:
    given = [Parameter(name=name, value="1") for name in ("work_mem", "autovacuum", "jit")]
    given[2] = Parameter(name="jit", value="0", apply_method=ApplyMethod.IMMEDIATE)

    applied = with_apply_methods(given, engine_version="15.8")

    assert [parameter.name for parameter in applied] == ["autovacuum", "jit", "work_mem"]


def test_fails_on_an_unknown_parameter_without_a_method() -> None:
    with pytest.raises(ValueError, match="brand_new") as error:
        method("brand_new", engine_version="16.4")

    assert str(error.value) == (
        "the parameter brand_new has no apply_method, and the table of known parameters does not"
        " hold it; allowed are immediate (for a dynamic one) and pending-reboot (for a static one)."
        " To see which it is: aws rds describe-engine-default-cluster-parameters"
        " --db-parameter-group-family aurora-postgresql16"
        " --query \"EngineDefaults.Parameters[?ParameterName=='brand_new'].ApplyType\""
    )


def test_fails_on_a_static_parameter_to_be_applied_immediately() -> None:
    given = Parameter(name="max_connections", value="99", apply_method=ApplyMethod.IMMEDIATE)

    with pytest.raises(ValueError, match="max_connections") as error:
        with_apply_methods([given], engine_version="15.8")

    assert str(error.value) == (
        "the parameter max_connections is static and its apply_method is immediate, which RDS"
        " refuses; allowed is pending-reboot. Leave apply_method out: it follows by itself."
    )


def test_fails_on_a_parameter_that_is_given_twice() -> None:
    given = [Parameter(name="work_mem", value=value) for value in ("1", "2")]

    with pytest.raises(ValueError, match="work_mem") as error:
        with_apply_methods(given, engine_version="15.8")

    assert str(error.value) == (
        "the parameter work_mem is given twice; a parameter group holds one value of each."
        " Leave one out."
    )
