"""How findings name many things, sizes and times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.postgres.catalog import UnreadError
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ferry.check.source.measure import Measured
    from ferry.postgres.catalog.rows import Relation

MOST_NAMED: Final = 5
"""How many things a finding names; of the rest it says how many there are."""

_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB")
_KIB: Final = 1024
_THREE_DIGITS: Final = 100
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAYS_FROM: Final = 48


def listed(names: Iterable[str]) -> str:
    """Some names, and how many more there are: `a, b and 7 more`."""
    every = list(dict.fromkeys(names))
    shown, more = every[:MOST_NAMED], len(every) - MOST_NAMED
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def size(number: float) -> str:
    """A number of bytes: `64 MiB`."""
    unit = 0
    while abs(number) >= _KIB and unit < len(_UNITS) - 1:
        number, unit = number / _KIB, unit + 1
    return (
        f"{number:.3g} {_UNITS[unit]}" if number < _THREE_DIGITS else f"{number:.0f} {_UNITS[unit]}"
    )


def duration(seconds: float) -> str:
    """A time of seconds: `20 s`, `12 minutes`, `36 hours`, `5 days`."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} minutes"
    if seconds < _DAYS_FROM * _HOUR:
        return f"{seconds / _HOUR:.0f} hours"
    return f"{seconds / 24 / _HOUR:,.0f} days"


def not_read(tables: Sequence[Relation], measured: Measured, *, of: str = "") -> UnreadError:
    """That tables were not read to the end, why, and what to do.

    Args:
        tables: The tables, all of them missing.
        measured: What was measured.
        of: What they are of, such as `task all`; empty where that is said elsewhere.
    """
    reasons = dict.fromkeys(measured.missing[each.oid] for each in tables)
    return UnreadError(
        f"{counted(len(tables), 'table')}{f' of {of}' if of else ''} not read to the end: "
        f"{listed(each.sql for each in tables)}. {' '.join(list(reasons)[:MOST_NAMED])}",
        "Give more --seconds, or mend what is said."
        if measured.unkept
        else "Run this again: it goes on from there. Or mend what is said.",
    )
