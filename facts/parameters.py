"""The parameters that migrations set: which Aurora changes at once, and which need a reboot.

RDS refuses to apply a static parameter immediately, and says so only when the parameter group is
written. Which ones are static it tells through DescribeDBClusterParameters alone. For PostgreSQL's
own parameters static is what the view ``pg_settings`` of PostgreSQL 15 calls ``postmaster``: set when
the server starts.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/parameter-groups-overview.html,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html,
https://www.postgresql.org/docs/15/view-pg-settings.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_AURORA = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
_BLOG = "https://aws.amazon.com/blogs/database/amazon-aurora-postgresql-parameters-part-2-replication-security-and-logging/"


FORCE_SSL: Final = "rds.force_ssl"
LOGICAL_REPLICATION: Final = "rds.logical_replication"
PRELOADED: Final = "shared_preload_libraries"

STATISTICS_LIBRARY: Final = "pg_stat_statements"
"""The library with the statistics of statements."""

ALWAYS_SET: Final[Mapping[str, str]] = {
    LOGICAL_REPLICATION: "1",  # a way back: Aurora can be a source itself
    PRELOADED: STATISTICS_LIBRARY,
    FORCE_SSL: "1",
}
"""What every cluster has; a file may preload more libraries, and changes no other."""


class Kind(Enum):
    """When Aurora takes a parameter's new value."""

    DYNAMIC = auto()
    """At once, without a reboot."""

    STATIC = auto()
    """When the instance is rebooted, which Terraform never does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A row of the table.

    Args:
        name: The parameter's name.
        kind: Whether it is static or dynamic.
        source: The page that describes it.
        defaults: Values that Aurora's own default group holds, by the first release that has them.
    """

    name: str
    kind: Kind
    source: str
    defaults: Mapping[int, str] = field(default_factory=dict)

    def default(self, release: int) -> str | None:
        """Aurora's default in a PostgreSQL release, or nothing where PostgreSQL's own applies."""
        until = [first for first in self.defaults if first <= release]
        return self.defaults[max(until)] if until else None


def _aurora(name: str, kind: Kind, source: str, *, defaults: Mapping[int, str]) -> Parameter:
    return Parameter(name=name, kind=kind, source=source, defaults=defaults)


def _postgresql(name: str, kind: Kind, page: str, *, aurora: str | None = None) -> Parameter:
    """A parameter of PostgreSQL; ``aurora`` is the value that Aurora's default group holds."""
    anchor = f"GUC-{name.upper().replace('_', '-')}" if page.startswith("runtime-config") else ""
    return Parameter(
        name=name,
        kind=kind,
        source=f"https://www.postgresql.org/docs/15/{page}.html#{anchor}".rstrip("#"),
        defaults={} if aurora is None else {0: aurora},
    )


_LOGGING = "runtime-config-logging"
_CLIENT = "runtime-config-client"
_RESOURCE = "runtime-config-resource"
_QUERY = "runtime-config-query"
_VACUUM = "runtime-config-autovacuum"
_REPLICATION = "runtime-config-replication"
_STATISTICS = "runtime-config-statistics"

_ROWS = (
    # What the project itself sets.
    _postgresql("log_statement", Kind.DYNAMIC, _LOGGING),
    _postgresql("log_min_duration_statement", Kind.DYNAMIC, _LOGGING),
    _postgresql(PRELOADED, Kind.STATIC, _CLIENT),
    _aurora(
        LOGICAL_REPLICATION,
        Kind.STATIC,
        f"{_AURORA}AuroraPostgreSQL.Replication.Logical.Configure.html",
        defaults={0: "0"},
    ),
    _aurora(FORCE_SSL, Kind.DYNAMIC, _BLOG, defaults={0: "0", 17: "1"}),
    # Logs.
    _postgresql("log_autovacuum_min_duration", Kind.DYNAMIC, _LOGGING, aurora="10000"),
    _postgresql("log_connections", Kind.DYNAMIC, _LOGGING),
    _postgresql("log_disconnections", Kind.DYNAMIC, _LOGGING),
    _postgresql("log_error_verbosity", Kind.DYNAMIC, _LOGGING),
    _postgresql("log_lock_waits", Kind.DYNAMIC, _LOGGING),
    _postgresql("log_min_error_statement", Kind.DYNAMIC, _LOGGING),
    _postgresql("log_temp_files", Kind.DYNAMIC, _LOGGING),
    _aurora(
        "rds.log_retention_period",
        Kind.DYNAMIC,
        f"{_AURORA}USER_LogAccess.Concepts.PostgreSQL.html",
        defaults={0: "4320"},
    ),
    # Time limits.
    _postgresql("statement_timeout", Kind.DYNAMIC, _CLIENT),
    _postgresql("lock_timeout", Kind.DYNAMIC, _CLIENT),
    _postgresql(
        "idle_in_transaction_session_timeout",
        Kind.DYNAMIC,
        _CLIENT,
        aurora="86400000",
    ),
    _postgresql("deadlock_timeout", Kind.DYNAMIC, "runtime-config-locks"),
    # Memory, connections and workers.
    _postgresql("work_mem", Kind.DYNAMIC, _RESOURCE),
    _postgresql("maintenance_work_mem", Kind.DYNAMIC, _RESOURCE),
    _postgresql("logical_decoding_work_mem", Kind.DYNAMIC, _RESOURCE),
    _postgresql("shared_buffers", Kind.STATIC, _RESOURCE),
    _postgresql("max_prepared_transactions", Kind.STATIC, _RESOURCE),
    _postgresql("max_worker_processes", Kind.STATIC, _RESOURCE),
    _postgresql("max_parallel_workers", Kind.DYNAMIC, _RESOURCE),
    _postgresql("max_parallel_workers_per_gather", Kind.DYNAMIC, _RESOURCE),
    _postgresql("max_connections", Kind.STATIC, "runtime-config-connection"),
    _postgresql("superuser_reserved_connections", Kind.STATIC, "runtime-config-connection"),
    _postgresql("max_files_per_process", Kind.STATIC, _RESOURCE),
    _postgresql("huge_pages", Kind.STATIC, _RESOURCE),
    _postgresql("wal_buffers", Kind.STATIC, "runtime-config-wal"),
    _postgresql("max_locks_per_transaction", Kind.STATIC, "runtime-config-locks"),
    _postgresql("max_pred_locks_per_transaction", Kind.STATIC, "runtime-config-locks"),
    # The planner.
    _postgresql("effective_cache_size", Kind.DYNAMIC, _QUERY),
    _postgresql("random_page_cost", Kind.DYNAMIC, _QUERY),
    _postgresql("default_statistics_target", Kind.DYNAMIC, _QUERY),
    # Vacuum.
    _postgresql("autovacuum", Kind.DYNAMIC, _VACUUM),
    _postgresql("autovacuum_analyze_scale_factor", Kind.DYNAMIC, _VACUUM, aurora="0.05"),
    _postgresql("autovacuum_freeze_max_age", Kind.STATIC, _VACUUM),
    _postgresql("autovacuum_multixact_freeze_max_age", Kind.STATIC, _VACUUM),
    _postgresql("autovacuum_max_workers", Kind.STATIC, _VACUUM),
    _postgresql("autovacuum_naptime", Kind.DYNAMIC, _VACUUM, aurora="5"),
    _postgresql("autovacuum_vacuum_cost_limit", Kind.DYNAMIC, _VACUUM),
    _postgresql("autovacuum_vacuum_scale_factor", Kind.DYNAMIC, _VACUUM, aurora="0.1"),
    # Replication.
    _postgresql("max_logical_replication_workers", Kind.STATIC, _REPLICATION),
    _postgresql("max_replication_slots", Kind.STATIC, _REPLICATION),
    _postgresql("max_wal_senders", Kind.STATIC, _REPLICATION),
    _postgresql("track_commit_timestamp", Kind.STATIC, _REPLICATION),
    _postgresql("wal_sender_timeout", Kind.DYNAMIC, _REPLICATION),
    _postgresql("session_replication_role", Kind.DYNAMIC, _CLIENT),
    # Statistics.
    _postgresql("track_activity_query_size", Kind.STATIC, _STATISTICS),
    _postgresql("track_functions", Kind.DYNAMIC, _STATISTICS, aurora="pl"),
    _postgresql("track_io_timing", Kind.DYNAMIC, _STATISTICS, aurora="1"),
    _postgresql("pg_stat_statements.max", Kind.STATIC, "pgstatstatements"),
    _postgresql("pg_stat_statements.track", Kind.DYNAMIC, "pgstatstatements"),
    # The rest.
    _postgresql("timezone", Kind.DYNAMIC, _CLIENT, aurora="UTC"),
)

PARAMETERS: Mapping[str, Parameter] = {row.name: row for row in _ROWS}
"""The table, by name. What it does not hold is not known: neither static nor dynamic."""


def is_static(name: str) -> bool | None:
    """Whether a parameter waits for a reboot; None for one that the table does not hold."""
    row = PARAMETERS.get(name)
    return None if row is None else row.kind is Kind.STATIC
