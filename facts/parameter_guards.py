"""Of PostgreSQL's parameters those that log, measure, guard or give: which values do more of it.

A value may be harmless by itself, as `facts.parameters` says, and still do less than the one before.

Sources: https://www.postgresql.org/docs/15/runtime-config-logging.html,
https://www.postgresql.org/docs/15/runtime-config-client.html,
https://www.postgresql.org/docs/15/runtime-config-autovacuum.html,
https://www.postgresql.org/docs/15/runtime-config-query.html,
https://www.postgresql.org/docs/15/runtime-config-resource.html,
https://www.postgresql.org/docs/15/runtime-config-statistics.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from facts.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NUMBER: Final = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,9})?")
_NEVER: Final = float("-inf")


class What(Enum):
    """What a parameter does more or less of."""

    LOGS = auto()
    KEEPS_LOGS = auto()
    MEASURES = auto()
    ENDS_WHAT_HANGS = auto()
    VACUUMS = auto()
    GIVES = auto()
    """Memory, workers or statistics, to what runs faster with more of them."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A row of the table.

    Args:
        what: What the parameter does.
        initial: PostgreSQL's own value, which holds where neither a group nor Aurora says one; the
            least of those where Aurora reckons it from the instance's class.
        strength: How much of it a value does, the more the higher; None for what is no value.
    """

    what: What
    initial: str
    strength: Callable[[str], float | None]


def _words(*least_first: str) -> Callable[[str], float | None]:
    order = {word: place for place, word in enumerate(least_first)}
    return lambda value: order.get(value.lower())


def _switch(value: str) -> float | None:
    on, off = (
        value.lower() in {"1", "on", "true", "yes"},
        value.lower()
        in {
            "0",
            "off",
            "false",
            "no",
        },
    )
    return float(on) if on or off else None


def _more(value: str) -> float | None:
    return float(value) if _NUMBER.fullmatch(value) else None


def _less(never: str = "") -> Callable[[str], float | None]:
    """The smaller the number, the more; but for one that stands for never."""

    def strength(value: str) -> float | None:
        number = _more(value)
        return _NEVER if value == never else None if number is None else -number

    return strength


def _cost_limit(value: str) -> float | None:
    """-1 stands for vacuum_cost_limit, which is 200."""
    return 200.0 if value == "-1" else _more(value)


_LOGS_FROM: Final = _less(never="-1")
_ENDS_AFTER: Final = _less(never="0")
_KEPT: Final = "rds.log_retention_period"

GUARDS: Final[Mapping[str, Guard]] = {
    "auto_explain.log_min_duration": Guard(What.LOGS, "-1", _LOGS_FROM),
    "log_autovacuum_min_duration": Guard(What.LOGS, "600000", _LOGS_FROM),
    "log_connections": Guard(What.LOGS, "off", _switch),
    "log_disconnections": Guard(What.LOGS, "off", _switch),
    "log_error_verbosity": Guard(What.LOGS, "default", _words("terse", "default", "verbose")),
    "log_lock_waits": Guard(What.LOGS, "off", _switch),
    "log_min_duration_statement": Guard(What.LOGS, "-1", _LOGS_FROM),
    "log_min_error_statement": Guard(
        What.LOGS,
        "error",
        _words("panic", "fatal", "log", "error", "warning", "notice", "info", "debug1", "debug2",
               "debug3", "debug4", "debug5"),
    ),
    "log_statement": Guard(What.LOGS, "none", _words("none", "ddl", "mod", "all")),
    "log_temp_files": Guard(What.LOGS, "-1", _LOGS_FROM),
    _KEPT: Guard(What.KEEPS_LOGS, "4320", _more),
    "track_functions": Guard(What.MEASURES, "none", _words("none", "pl", "all")),
    "track_io_timing": Guard(What.MEASURES, "off", _switch),
    "pg_stat_statements.track": Guard(What.MEASURES, "top", _words("none", "top", "all")),
    "deadlock_timeout": Guard(What.ENDS_WHAT_HANGS, "1000", _less()),
    "idle_in_transaction_session_timeout": Guard(What.ENDS_WHAT_HANGS, "0", _ENDS_AFTER),
    "idle_session_timeout": Guard(What.ENDS_WHAT_HANGS, "0", _ENDS_AFTER),
    "lock_timeout": Guard(What.ENDS_WHAT_HANGS, "0", _ENDS_AFTER),
    "statement_timeout": Guard(What.ENDS_WHAT_HANGS, "0", _ENDS_AFTER),
    "autovacuum_analyze_scale_factor": Guard(What.VACUUMS, "0.1", _less()),
    "autovacuum_naptime": Guard(What.VACUUMS, "60", _less()),
    "autovacuum_vacuum_cost_limit": Guard(What.VACUUMS, "200", _cost_limit),
    "autovacuum_vacuum_scale_factor": Guard(What.VACUUMS, "0.2", _less()),
    "default_statistics_target": Guard(What.GIVES, "100", _more),
    "logical_decoding_work_mem": Guard(What.GIVES, "65536", _more),
    "maintenance_work_mem": Guard(What.GIVES, "65536", _more),
    "max_parallel_workers": Guard(What.GIVES, "8", _more),
    "max_parallel_workers_per_gather": Guard(What.GIVES, "2", _more),
    "work_mem": Guard(What.GIVES, "4096", _more),
}  # fmt: skip
"""The table, by name; what it does not hold guards nothing, or by a danger of its own.
What Aurora reckons from the class stands on
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html"""


def strength(name: str, value: str | None) -> float | None:
    """How much a parameter does with a value, or with none; None for what is no value of its.

    Args:
        name: One of `GUARDS`.
        value: The value; None where no group says one.
    """
    if value is None:
        value = next(iter(PARAMETERS[name].defaults.values()), GUARDS[name].initial)
    return GUARDS[name].strength(value)
