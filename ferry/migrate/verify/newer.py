"""Compares of a table what was written since it was the same, on either side, and the counts of both.

Rows that may have been on their way then are compared by their keys, whenever they were written.

A row that was changed in Aurora alone is newer there; a row that is gone on one side alone is seen by
the counts, whereupon the table is compared as a whole. What cannot be seen: a row gone on one side, and
for it another one gone on the other, both older; and what was changed behind PostgreSQL's back.

Source: https://www.postgresql.org/docs/15/ddl-system-columns.html (xmin) and, of their numbers that
begin again, https://www.postgresql.org/docs/15/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from ferry.migrate.verify.comparing import (
    BYTES_A_SECOND,
    LEAST_SECONDS,
    MOST_KEYS,
    Compared,
    Descent,
    Kind,
    conclude,
    oldest_running,
    suspects_of,
)
from ferry.migrate.verify.sessions import of_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from ferry.migrate.verify.comparing import Settle
    from ferry.migrate.verify.kept import Pass
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.sessions import Key, Rows, Sessions

MOST_NEWER: Final = 200_000
"""Beyond so many rows of a side a table is compared as a whole."""

_MOST_AGE: Final = 2**31 - 2**24
"""How many transactions back the age of a row tells which is the newer."""
_KEYS_AT_ONCE: Final = 20_000


def compare_newer(
    sessions: Sessions,
    plan: Plan,
    last: Pass,
    *,
    settle: Settle | None = None,
    values_of: int = 0,
    differs: Callable[[], None] = lambda: None,
) -> Compared | None:
    """Compare what was written since a table was the same; None where all of it is to be compared.

    Args:
        sessions: A session at each side, prepared.
        plan: The table.
        last: When it was the same.
        settle: What tells differences from what is on its way; None for sides at rest.
        values_of: Of how many rows that differ the values are read too.
        differs: Is called where sides at rest are seen to differ, before it is known by which rows.

    Raises:
        PostgresError: A server refuses, or does not answer in time.
    """
    began, at = time.monotonic(), datetime.now(UTC)
    xmins = oldest_running(sessions)
    ages = [now - then for now, then in zip(xmins, last.xmins, strict=True)]
    if not _tells(plan) or not all(0 <= age < _MOST_AGE for age in ages):
        return None
    seconds = LEAST_SECONDS + plan.bytes / BYTES_A_SECOND
    found = sessions.both(
        plan.source.newer(last.xmins[0], MOST_NEWER + 1),
        plan.target.newer(last.xmins[1], MOST_NEWER + 1),
        seconds=seconds,
    )
    counts = [next(row[1] for row in rows if row[0]) for rows in found]
    newer = [{tuple(key): row for is_count, row, *key in rows if not is_count} for rows in found]
    if max(map(len, newer)) > MOST_NEWER:
        return None
    here, there = _with_others(
        sessions, plan, dict(newer[0]), dict(newer[1]), moving=last.moving, seconds=seconds
    )
    seen = Descent(suspects=list(suspects_of(here, there, has_key=True)))
    seen.counts = Counter(each.kind for each in seen.suspects)
    seen.kept = len(seen.suspects)
    if settle is None and (seen.suspects or counts[0] != counts[1]):
        differs()
    if counts[0] - counts[1] != seen.counts[Kind.MISSING] - seen.counts[Kind.EXTRA]:
        return None
    if seen.kept > MOST_KEYS:
        return None
    result = Compared(
        rows=(counts[0], counts[1]),
        hashes=("", ""),
        left_out=plan.left_out,
        scanned_at=at,
        xmins=xmins,
        newer=(len(newer[0]), len(newer[1])),
        since=last.at,
    )
    if seen.suspects:
        result = conclude(
            sessions, plan, result, seen, settle=settle, values_of=values_of, seconds=seconds
        )
    return replace(result, seconds=time.monotonic() - began)


def _tells(plan: Plan) -> bool:
    """Whether a row's `xmin` may be read, and tells when the row has become another."""
    # Rights on columns are none on it. And no row is written because what a value names is renamed.
    return (
        plan.key is not None
        and not (plan.source.table.by_columns or plan.target.table.by_columns)
        and not any(each.source.holds_names for each in plan.compared)
    )


def _with_others(
    sessions: Sessions,
    plan: Plan,
    here: dict[Key, int],
    there: dict[Key, int],
    *,
    moving: Iterable[Key],
    seconds: float,
) -> tuple[Rows, Rows]:
    """The rows of both sides that are newer on either, or were on their way."""
    wanted = here.keys() | there.keys() | set(moving)
    keys = sorted(wanted)
    for first in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[first : first + _KEYS_AT_ONCE]
        for known, session, reading in (
            (here, sessions.source, plan.source),
            (there, sessions.target, plan.target),
        ):
            rows = of_keys(session, partial(reading.by_key, reading.row), some, seconds=seconds)
            known.update({key: row for key, row in _by_key(rows, wanted) if key not in known})
    return [(row, *key) for key, row in here.items()], [(row, *key) for key, row in there.items()]


def _by_key(rows: Rows, wanted: Collection[Key]) -> list[tuple[Key, int]]:
    return [(tuple(key), row) for row, *key in rows if tuple(key) in wanted]
