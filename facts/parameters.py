"""The parameters that migrations set: which Aurora changes at once, and which need a reboot.

RDS refuses to apply a static parameter immediately, and says so only when the parameter group is
written. Which ones are static it tells through DescribeDBClusterParameters alone. For PostgreSQL's
own parameters static is what the view ``pg_settings`` of PostgreSQL 15 calls ``postmaster``: set when
the server starts.

Which values are harmless is said of some: they end no session and no statement, refuse no client, use
up no memory. Whether they log or guard less than before, `facts.parameter_guards` says. The bounds
within PostgreSQL's own are this project's.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/parameter-groups-overview.html,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html,
https://www.postgresql.org/docs/15/view-pg-settings.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]{0,9})")
_NUMBER: Final = re.compile(rf"{_WHOLE.pattern}(\.[0-9]{{1,9}})?")
_AURORA = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
_BLOG = "https://aws.amazon.com/blogs/database/amazon-aurora-postgresql-parameters-part-2-replication-security-and-logging/"


WORK_MEM: Final = "work_mem"
LOG_STATEMENT: Final = "log_statement"
FORCE_SSL: Final = "rds.force_ssl"
LOGICAL_REPLICATION: Final = "rds.logical_replication"
PRELOADED: Final = "shared_preload_libraries"

STATISTICS_LIBRARY: Final = "pg_stat_statements"
"""The library with the statistics of statements."""

OF_CLUSTERS_ALONE: Final = frozenset(
    {
        *("autovacuum", "autovacuum_analyze_scale_factor", "autovacuum_freeze_max_age"),
        *("autovacuum_max_workers", "autovacuum_multixact_freeze_max_age", "autovacuum_naptime"),
        *("autovacuum_vacuum_cost_limit", "autovacuum_vacuum_scale_factor", "client_encoding"),
        *("huge_pages", "log_autovacuum_min_duration", "max_logical_replication_workers"),
        *("max_prepared_transactions", "max_replication_slots", "max_wal_senders", FORCE_SSL),
        *(LOGICAL_REPLICATION, "ssl_min_protocol_version", "timezone", "track_commit_timestamp"),
        *("wal_buffers", "wal_sender_timeout"),
    }
)
"""Of the table those that stand among the cluster's parameters and not among an instance's: RDS refuses
them in a group of instances. Source:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html"""

ALWAYS_SET: Final[Mapping[str, str]] = {
    LOGICAL_REPLICATION: "1",  # a way back: Aurora can be a source itself
    PRELOADED: STATISTICS_LIBRARY,
    FORCE_SSL: "1",
}
"""What every cluster has. A file may preload more libraries and, where nothing is carried, turn
logical replication off; it changes no other."""


class Kind(Enum):
    """When Aurora takes a parameter's new value."""

    DYNAMIC = auto()
    """At once, without a reboot."""

    STATIC = auto()
    """When the instance is rebooted, which Terraform never does."""


@dataclass(frozen=True, slots=True)
class Values:
    """Values of a parameter.

    Args:
        words: Texts, in lower case.
        between: The least and the most of a number; by default no number is among them.
        fractions: Whether the number may be none that is whole: PostgreSQL refuses 0.5 of an integer.
    """

    words: frozenset[str] = frozenset()
    between: tuple[float, float] | None = None
    fractions: bool = False

    def hold(self, value: str) -> bool:
        """Whether a value is among them."""
        if value.lower() in self.words:
            return True
        form = _NUMBER if self.fractions else _WHOLE
        if self.between is None or not form.fullmatch(value):
            return False
        least, most = self.between
        return least <= float(value) <= most


@dataclass(frozen=True, slots=True)
class Lists:
    """Values that are lists of some items, separated by commas."""

    items: frozenset[str]

    def hold(self, value: str) -> bool:
        """Whether a value is such a list."""
        return all(item.strip() in self.items for item in value.split(","))


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A row of the table.

    Args:
        name: The parameter's name.
        kind: Whether it is static or dynamic.
        source: The page that describes it.
        defaults: Values that Aurora's own default group holds, by the first release that has them.
        harmless: The values that are harmless, Aurora's and PostgreSQL's default among them; None
            where that is not said.
    """

    name: str
    kind: Kind
    source: str
    defaults: Mapping[int, str] = field(default_factory=dict)
    harmless: Values | Lists | None = None

    def default(self, release: int) -> str | None:
        """Aurora's default in a PostgreSQL release, or nothing where PostgreSQL's own applies."""
        until = [first for first in self.defaults if first <= release]
        return self.defaults[max(until)] if until else None


def _words(*words: str) -> Values:
    return Values(frozenset(words))


def _numbers(least: float, most: float, *, also: str = "") -> Values:
    return Values(frozenset({also} - {""}), (least, most))


def _fractions(least: float, most: float) -> Values:
    return Values(between=(least, most), fractions=True)


_ON: Final = _words("1", "on", "true", "yes")
_SWITCH: Final = _words("0", "1", "on", "off", "true", "false", "yes", "no")


def _aurora(
    name: str,
    kind: Kind,
    source: str,
    *,
    defaults: Mapping[int, str],
    harmless: Values | None = None,
) -> Parameter:
    return Parameter(name=name, kind=kind, source=source, defaults=defaults, harmless=harmless)


def _postgresql(
    name: str,
    kind: Kind,
    page: str,
    *,
    aurora: str | None = None,
    harmless: Values | Lists | None = None,
) -> Parameter:
    """A parameter of PostgreSQL; ``aurora`` is the value that Aurora's default group holds."""
    anchor = f"GUC-{name.upper().replace('_', '-')}" if page.startswith("runtime-config") else ""
    return Parameter(
        name=name,
        kind=kind,
        source=f"https://www.postgresql.org/docs/15/{page}.html#{anchor}".rstrip("#"),
        defaults={} if aurora is None else {0: aurora},
        harmless=harmless,
    )


_MOST = 2_147_483_647
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_LIBRARIES = frozenset(
    {
        STATISTICS_LIBRARY,
        "auto_explain",
        "pg_cron",
        "pg_hint_plan",
        "pg_partman_bgw",
        "pg_prewarm",
        "pgaudit",
        "pglogical",
    }
)
"""Of those that Aurora can preload. Source: its page of supported extensions,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Extensions.html"""

_LOGGING = "runtime-config-logging"
_CLIENT = "runtime-config-client"
_CONNECTION = "runtime-config-connection"
_RESOURCE = "runtime-config-resource"
_QUERY = "runtime-config-query"
_VACUUM = "runtime-config-autovacuum"
_REPLICATION = "runtime-config-replication"
_STATISTICS = "runtime-config-statistics"

_ROWS = (
    # What the project itself sets.
    _postgresql(
        LOG_STATEMENT, Kind.DYNAMIC, _LOGGING, harmless=_words("none", "ddl", "mod", "all")
    ),
    _postgresql(
        "log_min_duration_statement",
        Kind.DYNAMIC,
        _LOGGING,
        harmless=_numbers(100, _MOST, also="-1"),
    ),
    _postgresql(PRELOADED, Kind.STATIC, _CLIENT, harmless=Lists(_LIBRARIES)),
    _aurora(
        LOGICAL_REPLICATION,
        Kind.STATIC,
        f"{_AURORA}AuroraPostgreSQL.Replication.Logical.Configure.html",
        defaults={0: "0"},
        harmless=_ON,
    ),
    _aurora(FORCE_SSL, Kind.DYNAMIC, _BLOG, defaults={0: "0", 17: "1"}, harmless=_ON),
    _postgresql(
        # No other version is harmless: an older one is weaker, of a later one clients must be capable.
        "ssl_min_protocol_version",
        Kind.DYNAMIC,
        _CONNECTION,
        aurora="TLSv1.2",
        harmless=_words("tlsv1.2"),
    ),
    # Logs.
    _postgresql(
        "log_autovacuum_min_duration",
        Kind.DYNAMIC,
        _LOGGING,
        aurora="10000",
        harmless=_numbers(0, _MOST, also="-1"),
    ),
    _postgresql(
        # Without the library in shared_preload_libraries it says nothing.
        "auto_explain.log_min_duration",
        Kind.DYNAMIC,
        "auto-explain",
        harmless=_numbers(1000, _MOST, also="-1"),
    ),
    _postgresql("log_connections", Kind.DYNAMIC, _LOGGING, harmless=_SWITCH),
    _postgresql("log_disconnections", Kind.DYNAMIC, _LOGGING, harmless=_SWITCH),
    _postgresql(
        "log_error_verbosity",
        Kind.DYNAMIC,
        _LOGGING,
        harmless=_words("terse", "default", "verbose"),
    ),
    _postgresql("log_lock_waits", Kind.DYNAMIC, _LOGGING, harmless=_SWITCH),
    _postgresql(
        "log_min_error_statement",
        Kind.DYNAMIC,
        _LOGGING,
        harmless=_words(
            "debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error"
        ),
    ),
    _postgresql("log_temp_files", Kind.DYNAMIC, _LOGGING, harmless=_numbers(0, _MOST, also="-1")),
    _aurora(
        "rds.log_retention_period",
        Kind.DYNAMIC,
        f"{_AURORA}USER_LogAccess.Concepts.PostgreSQL.html",
        defaults={0: "4320"},
        harmless=_numbers(4_320, 10_080),
    ),
    _postgresql("log_line_prefix", Kind.DYNAMIC, _LOGGING),
    # Time limits.
    _postgresql(
        "statement_timeout", Kind.DYNAMIC, _CLIENT, harmless=_numbers(_HOUR_MS, _MOST, also="0")
    ),
    _postgresql("lock_timeout", Kind.DYNAMIC, _CLIENT, harmless=_numbers(60_000, _MOST, also="0")),
    _postgresql(
        "idle_in_transaction_session_timeout",
        Kind.DYNAMIC,
        _CLIENT,
        aurora="86400000",
        harmless=_numbers(300_000, _MOST, also="0"),
    ),
    _postgresql(
        "deadlock_timeout", Kind.DYNAMIC, "runtime-config-locks", harmless=_numbers(100, 60_000)
    ),
    _postgresql(
        # DMS's own connection may be idle for a night.
        "idle_session_timeout",
        Kind.DYNAMIC,
        _CLIENT,
        harmless=_numbers(_DAY_MS, _MOST, also="0"),
    ),
    _postgresql(
        "default_transaction_read_only",
        Kind.DYNAMIC,
        _CLIENT,
        harmless=_words("0", "off", "false", "no"),
    ),
    # How soon a client that is gone is noticed; 0 is the operating system's own.
    _postgresql(
        "tcp_keepalives_count", Kind.DYNAMIC, _CONNECTION, harmless=_numbers(2, 100, also="0")
    ),
    _postgresql(
        "tcp_keepalives_idle", Kind.DYNAMIC, _CONNECTION, harmless=_numbers(30, 7_200, also="0")
    ),
    _postgresql(
        "tcp_keepalives_interval", Kind.DYNAMIC, _CONNECTION, harmless=_numbers(5, 75, also="0")
    ),
    # Memory, connections and workers.
    _postgresql(WORK_MEM, Kind.DYNAMIC, _RESOURCE, harmless=_numbers(4_096, 65_536)),
    _postgresql(
        # Each of the workers of autovacuum, three by default, takes as much.
        "maintenance_work_mem",
        Kind.DYNAMIC,
        _RESOURCE,
        harmless=_numbers(65_536, 524_288),
    ),
    _postgresql(
        # Each replication slot's process takes as much.
        "logical_decoding_work_mem",
        Kind.DYNAMIC,
        _RESOURCE,
        harmless=_numbers(65_536, 262_144),
    ),
    _postgresql("shared_buffers", Kind.STATIC, _RESOURCE),
    _postgresql("max_prepared_transactions", Kind.STATIC, _RESOURCE),
    _postgresql("max_worker_processes", Kind.STATIC, _RESOURCE, harmless=_numbers(8, 1_000)),
    _postgresql("max_parallel_workers", Kind.DYNAMIC, _RESOURCE, harmless=_numbers(2, 64)),
    _postgresql(
        "max_parallel_workers_per_gather", Kind.DYNAMIC, _RESOURCE, harmless=_numbers(0, 4)
    ),
    _postgresql("max_connections", Kind.STATIC, _CONNECTION),
    _postgresql("superuser_reserved_connections", Kind.STATIC, _CONNECTION),
    _postgresql("max_files_per_process", Kind.STATIC, _RESOURCE),
    _postgresql("huge_pages", Kind.STATIC, _RESOURCE),
    _postgresql("wal_buffers", Kind.STATIC, "runtime-config-wal"),
    _postgresql(
        "max_locks_per_transaction",
        Kind.STATIC,
        "runtime-config-locks",
        harmless=_numbers(64, 1_024),
    ),
    _postgresql("max_pred_locks_per_transaction", Kind.STATIC, "runtime-config-locks"),
    # The planner.
    _postgresql("effective_cache_size", Kind.DYNAMIC, _QUERY),
    _postgresql("random_page_cost", Kind.DYNAMIC, _QUERY, harmless=_fractions(1, 4)),
    _postgresql("default_statistics_target", Kind.DYNAMIC, _QUERY, harmless=_numbers(100, 1_000)),
    # Vacuum.
    _postgresql("autovacuum", Kind.DYNAMIC, _VACUUM, harmless=_ON),
    _postgresql(
        "autovacuum_analyze_scale_factor",
        Kind.DYNAMIC,
        _VACUUM,
        aurora="0.05",
        harmless=_fractions(0.01, 0.1),
    ),
    _postgresql("autovacuum_freeze_max_age", Kind.STATIC, _VACUUM),
    _postgresql("autovacuum_multixact_freeze_max_age", Kind.STATIC, _VACUUM),
    _postgresql("autovacuum_max_workers", Kind.STATIC, _VACUUM),
    _postgresql("autovacuum_naptime", Kind.DYNAMIC, _VACUUM, aurora="5", harmless=_numbers(1, 60)),
    _postgresql(
        "autovacuum_vacuum_cost_limit",
        Kind.DYNAMIC,
        _VACUUM,
        harmless=_numbers(200, 10_000, also="-1"),
    ),
    _postgresql(
        "autovacuum_vacuum_scale_factor",
        Kind.DYNAMIC,
        _VACUUM,
        aurora="0.1",
        harmless=_fractions(0.01, 0.2),
    ),
    # Replication.
    _postgresql(
        "max_logical_replication_workers", Kind.STATIC, _REPLICATION, harmless=_numbers(4, 1_000)
    ),
    _postgresql("max_replication_slots", Kind.STATIC, _REPLICATION, harmless=_numbers(10, 1_000)),
    _postgresql("max_wal_senders", Kind.STATIC, _REPLICATION, harmless=_numbers(10, 1_000)),
    _postgresql("track_commit_timestamp", Kind.STATIC, _REPLICATION),
    _postgresql(
        "wal_sender_timeout", Kind.DYNAMIC, _REPLICATION, harmless=_numbers(30_000, _MOST, also="0")
    ),
    _postgresql("session_replication_role", Kind.DYNAMIC, _CLIENT, harmless=_words("origin")),
    # Statistics.
    _postgresql("track_counts", Kind.DYNAMIC, _STATISTICS, harmless=_ON),
    _postgresql(
        "track_activity_query_size", Kind.STATIC, _STATISTICS, harmless=_numbers(1_024, 102_400)
    ),
    _postgresql(
        "track_functions",
        Kind.DYNAMIC,
        _STATISTICS,
        aurora="pl",
        harmless=_words("none", "pl", "all"),
    ),
    _postgresql("track_io_timing", Kind.DYNAMIC, _STATISTICS, aurora="1", harmless=_SWITCH),
    _postgresql(
        "pg_stat_statements.max", Kind.STATIC, "pgstatstatements", harmless=_numbers(5_000, 50_000)
    ),
    _postgresql(
        "pg_stat_statements.track", Kind.DYNAMIC, "pgstatstatements", harmless=_words("top", "all")
    ),
    # The rest.
    _postgresql("client_encoding", Kind.DYNAMIC, _CLIENT),
    _postgresql("timezone", Kind.DYNAMIC, _CLIENT, aurora="UTC", harmless=_words("utc")),
)

PARAMETERS: Mapping[str, Parameter] = {row.name: row for row in _ROWS}
"""The table, by name. What it does not hold is not known: neither static nor dynamic."""


def is_harmless(name: str, value: str) -> bool:
    """Whether a parameter is known to be harmless with a value."""
    row = PARAMETERS.get(name)
    return row is not None and row.harmless is not None and row.harmless.hold(value)


def is_static(name: str) -> bool | None:
    """Whether a parameter waits for a reboot; None for one that the table does not hold."""
    row = PARAMETERS.get(name)
    return None if row is None else row.kind is Kind.STATIC
