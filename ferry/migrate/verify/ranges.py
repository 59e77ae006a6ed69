"""Compares a giant table by ranges of its integer key, so that no snapshot is held for long.

Each range is compared as a table is. Those that were the same are kept, so that only the others are
scanned where the comparison did not end. A range begins and ends at a multiple of 256: what is kept of
it is no row's key.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from ferry.migrate.verify.comparing import (
    BYTES_A_SECOND,
    LEAST_SECONDS,
    MOST_KEYS,
    SECONDS_BETWEEN_TRIES,
    Compared,
    Verdict,
    compare,
    cut,
)
from ferry.migrate.verify.scans import LEAST_SHIFT
from ferry.postgres import PostgresError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ferry.migrate.verify.comparing import Settle
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.scans import Buckets
    from ferry.migrate.verify.sessions import Sessions

BYTES_OF_A_RANGE: Final = 6 * 2**30
"""Larger tables are scanned by ranges of their key, the first of this size: of ten megabytes a second
that is `SECONDS_OF_A_SNAPSHOT`."""
SECONDS_OF_A_SNAPSHOT: Final = 600.0
"""How long a range may take: the next is made as large as half of it allows."""

_SECONDS: Final = LEAST_SECONDS + 2 * BYTES_OF_A_RANGE / BYTES_A_SECOND
_MOST_GROWTH: Final = 2.0
_WHOLE: Final = 2**64
_BEYOND: Final = 2**63
"""No key is as large."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """A range that was the same.

    Args:
        first: The least key that it may have; None for the table's first.
        end: The least that it may not have any more; None where it goes on to the table's last.
        rows: How many rows source and Aurora had.
        hashes: The sums of their hashes, sixteen digits.
        scanned_at: When both scans began.
        seconds: How long it took.
        xmins: Of source and Aurora, the oldest transaction that ran when it began.
    """

    first: int | None
    end: int | None
    rows: tuple[int, int]
    hashes: tuple[str, str]
    scanned_at: datetime
    seconds: float
    xmins: tuple[int, int]


class Ranges(Protocol):
    """The ranges of a table that were the same, and need not be scanned again."""

    def at(self, first: int | None, /) -> Range | None:
        """The one that begins there; None for none."""

    def next(self, first: int | None, /) -> int | None:
        """Where the next one begins; None for none."""

    def keep(self, found: Range, /) -> None:
        """One more was the same."""


def is_giant(plan: Plan) -> bool:
    """Whether a table is compared by ranges."""
    return plan.bytes > BYTES_OF_A_RANGE and plan.key is not None and plan.key.is_integer


def compare_ranges(
    sessions: Sessions,
    plan: Plan,
    known: Ranges,
    *,
    settle: Settle | None = None,
    most_keys: int = MOST_KEYS,
    values_of: int = 0,
    far: Callable[[float], None] = lambda _share: None,
    waits: Callable[[str], None] = lambda _why: None,
    hold: Callable[[], None] = lambda: None,
    differs: Callable[[], None] = lambda: None,
) -> Compared:
    """Compare a giant table.

    Args:
        sessions: A session at each side, prepared.
        plan: The table.
        known: Its ranges that were the same; more are added.
        settle: What tells differences from what is on its way; None for sides at rest.
        most_keys: How many keys that differ are kept.
        values_of: Of how many rows that differ the values are read too.
        far: Is told which share of the table has been scanned.
        waits: Is told what is waited for; an empty text when that has ended.
        hold: Comes back when a further range may be scanned.
        differs: Is called where sides at rest are seen to differ, before it is known by which rows.

    Raises:
        PostgresError: A server refuses, or does not answer in time.
    """
    buckets = cut(sessions, plan, _SECONDS)
    rows = max(1, plan.rows * BYTES_OF_A_RANGE // plan.bytes)
    found: list[Compared] = []
    first: int | None = None
    while True:
        over = known.at(first)
        if over:
            end = over.end
            found.append(_compared(plan, over))
        else:
            end = _end(sessions, plan, first, rows, known.next(first))
            range_ = replace(
                plan,
                source=plan.source.between(first, end),
                target=plan.target.between(first, end),
            )
            began = time.monotonic()
            hold()
            seen = sum(len(it.found) for it in found)
            one = _patiently(
                sessions,
                range_,
                buckets,
                settle=settle,
                most_keys=max(0, most_keys - seen),
                values_of=max(0, values_of - seen),
                waits=waits,
                differs=differs,
            )
            found.append(one)
            if one.verdict in {Verdict.SAME, Verdict.IN_PART}:
                known.keep(_range(first, end, one))
            took = max(time.monotonic() - began, 1e-3)
            rows = max(1, int(rows * min(_MOST_GROWTH, SECONDS_OF_A_SNAPSHOT / 2 / took)))
        if end is None:
            return _whole(found)
        far(min(1.0, sum(max(it.rows) for it in found) / max(plan.rows, 1)))
        first = end


def _end(
    sessions: Sessions, plan: Plan, first: int | None, rows: int, following: int | None
) -> int | None:
    """Where a range of so many rows ends, or the next begins that need not be scanned."""
    found = sessions.source.rows(plan.source.boundary(first, rows), deadline_seconds=_SECONDS)
    if not found:
        return following
    end = (int(found[0][0]) >> LEAST_SHIFT) + 1 << LEAST_SHIFT
    if end >= _BEYOND:
        return following
    return end if following is None else min(end, following)


def _patiently(
    sessions: Sessions,
    range_: Plan,
    buckets: Buckets,
    *,
    settle: Settle | None,
    most_keys: int,
    values_of: int,
    waits: Callable[[str], None],
    differs: Callable[[], None],
) -> Compared:
    """A range, tried again where somebody waited behind it: what came before is not lost."""

    def once() -> Compared:
        return compare(
            sessions,
            range_,
            settle=settle,
            most_keys=most_keys,
            values_of=values_of,
            buckets=buckets,
            seconds=_SECONDS,
            differs=differs,
        )

    for seconds in SECONDS_BETWEEN_TRIES:
        try:
            return once()
        except PostgresError as error:
            if not (why := sessions.in_the_way(error)):
                raise
            waits(why)
            time.sleep(seconds)
            waits("")
            sessions.begin()
    return once()


def _range(first: int | None, end: int | None, found: Compared) -> Range:
    return Range(
        first=first,
        end=end,
        rows=found.rows,
        hashes=found.hashes,
        scanned_at=found.scanned_at,
        seconds=found.seconds,
        xmins=found.xmins,
    )


def _compared(plan: Plan, over: Range) -> Compared:
    return Compared(
        rows=over.rows,
        hashes=over.hashes,
        left_out=plan.left_out,
        scanned_at=over.scanned_at,
        seconds=over.seconds,
        xmins=over.xmins,
        is_taken_over=True,
    )


def _whole(found: list[Compared]) -> Compared:
    """What a table came to by its ranges."""
    source, target = (
        f"{sum(int(it.hashes[side], 16) for it in found) % _WHOLE:016x}" for side in (0, 1)
    )
    return Compared(
        rows=(sum(it.rows[0] for it in found), sum(it.rows[1] for it in found)),
        hashes=(source, target),
        counts=sum((Counter(it.counts) for it in found), Counter()),
        columns=sum((Counter(it.columns) for it in found), Counter()),
        outside=sum((Counter(it.outside) for it in found), Counter()),
        cut=tuple(dict.fromkeys(column for it in found for column in it.cut)),
        found=tuple(each for it in found for each in it.found),
        moving=sum(it.moving for it in found),
        unproved=tuple(each for it in found for each in it.unproved),
        is_exact=all(it.is_exact for it in found),
        why=next((it.why for it in found if it.why), ""),
        left_out=found[0].left_out,
        scanned_at=min(it.scanned_at for it in found),
        seconds=sum(it.seconds for it in found),
        xmins=(min(it.xmins[0] for it in found), min(it.xmins[1] for it in found)),
        ranges=(len(found), sum(it.is_taken_over for it in found)),
    )
