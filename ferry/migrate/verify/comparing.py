"""Compares one table: one scan of both sides at once, and a closer look only where they differ."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from ferry.findings import ExitStatus
from ferry.migrate.verify.scans import XMIN, Buckets, buckets
from ferry.postgres import PostgresError, sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ferry.migrate.verify.expressions import LeftOut
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.sessions import Rows, Sessions

MOST_KEYS: Final = 100_000
"""How many keys of a table that differ are kept; how many there are is counted on."""

LEAST_SECONDS: Final = 120.0
BYTES_A_SECOND: Final = 2**20
"""The slowest scan that is waited for."""
BYTES_OF_A_PIECE: Final = 6 * 2**30
"""Larger tables are scanned by ranges of their key, the first of this size: of ten megabytes a second
that is `SECONDS_OF_A_SNAPSHOT`."""
SECONDS_OF_A_SNAPSHOT: Final = 600.0
"""How long a range may take: the next is made as large as half of it allows."""
SECONDS_BETWEEN_TRIES: Final = (10.0, 30.0)
"""How long a scan that somebody waited behind lets him, before it is tried again."""
_SECONDS_OF_A_PIECE: Final = LEAST_SECONDS + 2 * BYTES_OF_A_PIECE / BYTES_A_SECOND
_MOST_GROWTH: Final = 2.0
_SMALL: Final = 50_000
"""Up to so many rows an integer key has few ranges however its values lie."""
_SLICE: Final = 250_000
"""How many rows of a side come here at once."""
_SLICES: Final = 40
_SHARE_TO_SCAN: Final = 0.3
"""From which share of the rows on a scan is cheaper than the index."""
_VALUES_AT_ONCE: Final = 200_000
_CHARACTERS: Final = 200
_WHOLE: Final = 2**64

Key = tuple[str, ...]
"""A key's values as text; of a table without a key the row's hash."""


class Kind(StrEnum):
    """How a row differs."""

    MISSING = "missing in Aurora"
    EXTRA = "extra in Aurora"
    DIFFERENT = "different"
    COUNT = "not as often"
    """Of a table without a key: the two sides have the row, but not as many times."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspect:
    """A row that a look at both sides found unlike: it differs, or is on its way.

    Args:
        key: Its key.
        source: Its hash at the source, None where it is not there. Of a table without a key: how many
            rows have the hash.
        target: The same in Aurora.
        is_counted: Whether it is one of a table without a key.
    """

    key: Key
    source: int | None
    target: int | None
    is_counted: bool = False

    @property
    def kind(self) -> Kind:
        """How it differs."""
        if not self.target:
            return Kind.MISSING
        if not self.source:
            return Kind.EXTRA
        return Kind.COUNT if self.is_counted else Kind.DIFFERENT

    @property
    def rows(self) -> int:
        """How many rows that are."""
        return abs((self.source or 0) - (self.target or 0)) if self.is_counted else 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What became of suspects; those that are in neither are cleared.

    Args:
        proved: Those that differ.
        moving: Those that could be told neither way.
        why: Why these could not; empty where there are none.
    """

    proved: tuple[Suspect, ...] = ()
    moving: tuple[Suspect, ...] = ()
    why: str = ""


class Settle(Protocol):
    """Tells what differs from what is on its way, while changes are carried."""

    def __call__(self, sessions: Sessions, plan: Plan, suspects: Sequence[Suspect], /) -> Settled:
        """Settle the suspects of a table.

        Args:
            sessions: A session at each side.
            plan: The table.
            suspects: Its suspects, `MOST_KEYS` at most.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A row that differs.

    Args:
        key: Its key.
        kind: How.
        columns: Which columns, by their names at the source; empty unless it is `DIFFERENT`.
        values: By column, both values as text, cut; only where they were asked for.
        times: How many rows are as this one, at the source and in Aurora; of tables without a key.
    """

    key: Key
    kind: Kind
    columns: tuple[str, ...] = ()
    values: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    times: tuple[int, int] | None = None


class Verdict(StrEnum):
    """What a table came to."""

    SAME = "same"
    DIFFERENT = "different"
    IN_PART = "same in part"
    """Some column could not be compared, and the rest is the same."""
    NOT_PROVED = "not proved"
    """Rows are unlike, and may be on their way."""
    NOT_VERIFIED = "not verified"

    @property
    def status(self) -> ExitStatus:
        """What a command ends with whose worst table this is."""
        if self is Verdict.SAME:
            return ExitStatus.GOOD
        return ExitStatus.STOP if self is Verdict.DIFFERENT else ExitStatus.NOT_DONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """What the comparison of a table found.

    Args:
        rows: How many rows source and Aurora have.
        hashes: The sum of all their hashes, sixteen digits.
        counts: How many rows differ, by kind; all of them, where `is_exact`.
        columns: In how many of `found` each column differs, by its name at the source.
        found: Those that differ, `MOST_KEYS` at most.
        moving: How many are unlike and may be on their way.
        unproved: These, `MOST_KEYS` at most.
        is_exact: Whether all that is unlike was counted.
        why: What stands in the way of an answer; empty where nothing does.
        left_out: The columns that were not compared.
        has_key: Whether rows are told apart by a key.
        scanned_at: When both scans began: what changed later was not seen.
        seconds: How long it took.
        xmins: Of source and Aurora, the oldest transaction that ran when it began.
        newer: Where only rows newer than an earlier pass were compared: how many that were on each side.
        since: When all of it was the same, of which those are newer.
        is_taken_over: Whether an earlier run has found it.
    """

    rows: tuple[int, int]
    hashes: tuple[str, str]
    counts: Mapping[Kind, int] = field(default_factory=dict)
    columns: Mapping[str, int] = field(default_factory=dict)
    found: tuple[Difference, ...] = ()
    moving: int = 0
    unproved: tuple[Suspect, ...] = ()
    is_exact: bool = True
    why: str = ""
    left_out: tuple[LeftOut, ...] = ()
    has_key: bool = True
    scanned_at: datetime
    seconds: float = 0.0
    xmins: tuple[int, int] = (0, 0)
    newer: tuple[int, int] | None = None
    since: datetime | None = None
    is_taken_over: bool = False

    @property
    def verdict(self) -> Verdict:
        """What it came to."""
        if any(self.counts.values()):
            return Verdict.DIFFERENT
        if self.moving or not self.is_exact:
            return Verdict.NOT_PROVED
        if any(not each.is_meant for each in self.left_out):
            return Verdict.IN_PART
        return Verdict.SAME


@dataclass(kw_only=True, slots=True)
class Descent:
    """What a closer look found.

    Args:
        suspects: The rows that are unlike, as many as are kept.
        counts: All of them, by kind.
        kept: How many rows the suspects are.
        is_exact: Whether all were looked at.
    """

    suspects: list[Suspect] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)
    kept: int = 0
    is_exact: bool = True


def compare(
    sessions: Sessions,
    plan: Plan,
    *,
    settle: Settle | None = None,
    most_keys: int = MOST_KEYS,
    values_of: int = 0,
    far: Callable[[float], None] = lambda _share: None,
    waits: Callable[[str], None] = lambda _why: None,
    hold: Callable[[], None] = lambda: None,
) -> Compared:
    """Compare a table.

    Args:
        sessions: A session at each side, prepared.
        plan: The table.
        settle: What tells differences from what is on its way; None, the default, for sides at rest,
            where all that is unlike differs.
        most_keys: How many keys that differ are kept.
        values_of: Of how many rows that differ the values are read too.
        far: Is told which share of the table has been scanned.
        waits: Is told what is waited for; an empty text when that has ended.
        hold: Comes back when a further scan of it may begin.

    Raises:
        PostgresError: A server refuses, or does not answer in time.
    """
    began, at = time.monotonic(), datetime.now(UTC)
    # Whole ones: a server is told each deadline that is not the last one's.
    seconds = LEAST_SECONDS + plan.bytes // BYTES_A_SECOND
    xmins = oldest_running(sessions)
    cut = _cut(sessions, plan, seconds)
    here, there = (
        _in_pieces(sessions, plan, cut, far, partial(_patiently, waits=waits, hold=hold))
        if plan.bytes > BYTES_OF_A_PIECE and plan.key is not None and plan.key.is_integer
        else _scanned(sessions, plan, cut, seconds)
    )
    result = Compared(
        rows=(_count(here), _count(there)),
        hashes=(_sum(here), _sum(there)),
        left_out=plan.left_out,
        has_key=plan.key is not None,
        scanned_at=at,
        xmins=xmins,
    )
    unlike = {
        bucket: max(here.get(bucket, _NONE)[0], there.get(bucket, _NONE)[0])
        for bucket in here.keys() | there.keys()
        if here.get(bucket) != there.get(bucket)
    }
    if unlike:
        seen = _descend(
            sessions,
            plan,
            cut,
            unlike,
            rows=max(result.rows),
            most_keys=most_keys,
            seconds=seconds,
        )
        result = conclude(
            sessions, plan, result, seen, settle=settle, values_of=values_of, seconds=seconds
        )
    return replace(result, seconds=time.monotonic() - began)


def oldest_running(sessions: Sessions) -> tuple[int, int]:
    """Of source and Aurora, the oldest transaction that runs.

    Raises:
        PostgresError: A server refuses, or does not answer in time.
    """
    ((source,),), ((target,),) = sessions.both(XMIN, XMIN, seconds=LEAST_SECONDS)
    return source, target


def conclude(
    sessions: Sessions,
    plan: Plan,
    result: Compared,
    seen: Descent,
    *,
    settle: Settle | None,
    values_of: int,
    seconds: float,
) -> Compared:
    """What a comparison came to, once what was unlike is settled.

    Args:
        sessions: A session at each side, prepared.
        plan: The table.
        result: What is known of it so far.
        seen: What is unlike.
        settle: What tells differences from what is on its way; None for sides at rest.
        values_of: Of how many rows that differ the values are read too.
        seconds: For how long a statement may take.

    Raises:
        PostgresError: A server refuses, or does not answer in time.
    """
    settled = (
        Settled(proved=tuple(seen.suspects))
        if settle is None
        else settle(sessions, plan, seen.suspects)
    )
    beyond = seen.counts.total() - seen.kept
    counts = seen.counts
    if settle is not None:
        counts = Counter()
        for each in settled.proved:
            counts[each.kind] += each.rows
    described = _described(sessions, plan, settled.proved, values_of, seconds)
    return replace(
        result,
        counts=counts,
        columns=Counter(column for each in described for column in each.columns),
        found=described,
        unproved=settled.moving,
        moving=sum(it.rows for it in settled.moving) + (beyond if settle else 0),
        is_exact=seen.is_exact,
        why=settled.why,
    )


_Totals = dict[int, tuple[int, int]]
_NONE: Final = (0, 0)


def _cut(sessions: Sessions, plan: Plan, seconds: float) -> Buckets:
    if plan.key is None or not plan.key.is_integer:
        return buckets(rows=plan.rows, span=None)
    if 0 < plan.rows <= _SMALL:
        return buckets(rows=plan.rows, span=0)
    found = sessions.both(plan.source.ends(), plan.target.ends(), seconds=seconds)
    ends = [end for ((least, most),) in found for end in (least, most) if end is not None]
    return buckets(rows=plan.rows, span=max(ends) - min(ends) if ends else 0)


def _scanned(
    sessions: Sessions, plan: Plan, cut: Buckets, seconds: float
) -> tuple[_Totals, _Totals]:
    """What both sides' buckets come to."""
    here, there = sessions.both(plan.source.totals(cut), plan.target.totals(cut), seconds=seconds)
    return _totals(here), _totals(there)


def _in_pieces(
    sessions: Sessions,
    plan: Plan,
    cut: Buckets,
    far: Callable[[float], None],
    scan: Callable[[Sessions, Plan, Buckets], tuple[_Totals, _Totals]],
) -> tuple[_Totals, _Totals]:
    """The same of a giant table, by several statements: none of them holds a snapshot for long."""
    whole: tuple[_Totals, _Totals] = ({}, {})
    rows = max(1, plan.rows * BYTES_OF_A_PIECE // plan.bytes)
    first: int | None = None
    scanned = 0
    while True:
        ends = sessions.source.rows(
            plan.source.boundary(first, rows), deadline_seconds=_SECONDS_OF_A_PIECE
        )
        end = int(ends[0][0]) if ends else None
        piece = replace(
            plan,
            source=plan.source.between(first, end),
            target=plan.target.between(first, end),
        )
        began = time.monotonic()
        for total, found in zip(whole, scan(sessions, piece, cut), strict=True):
            for bucket, (count, sum_) in found.items():
                known = total.get(bucket, _NONE)
                total[bucket] = (known[0] + count, known[1] + sum_)
        if end is None:
            return whole
        scanned += rows
        far(min(1.0, scanned / max(plan.rows, 1)))
        first = end
        took = max(time.monotonic() - began, 1e-3)
        rows = max(1, int(rows * min(_MOST_GROWTH, SECONDS_OF_A_SNAPSHOT / 2 / took)))


def _patiently(
    sessions: Sessions,
    piece: Plan,
    cut: Buckets,
    *,
    waits: Callable[[str], None],
    hold: Callable[[], None],
) -> tuple[_Totals, _Totals]:
    """A piece, tried again where somebody waited behind it: what came before is not lost."""
    hold()
    for seconds in SECONDS_BETWEEN_TRIES:
        try:
            return _scanned(sessions, piece, cut, _SECONDS_OF_A_PIECE)
        except PostgresError as error:
            if not (why := sessions.in_the_way(error)):
                raise
            waits(why)
            time.sleep(seconds)
            waits("")
            sessions.begin()
    return _scanned(sessions, piece, cut, _SECONDS_OF_A_PIECE)


def _totals(rows: Rows) -> _Totals:
    return {bucket: (count, int(total)) for bucket, count, total in rows}


def _count(totals: _Totals) -> int:
    return sum(count for count, _ in totals.values())


def _sum(totals: _Totals) -> str:
    return f"{sum(total for _, total in totals.values()) % _WHOLE:016x}"


def _descend(
    sessions: Sessions,
    plan: Plan,
    cut: Buckets,
    unlike: Mapping[int, int],
    *,
    rows: int,
    most_keys: int,
    seconds: float,
) -> Descent:
    seen = Descent()
    for number, (wanted, size) in enumerate(_slices(unlike)):
        if number == _SLICES:
            seen.is_exact = False
            break
        by_index = size < rows * _SHARE_TO_SCAN
        here, there = sessions.both(
            plan.source.hashes(cut, wanted, by_index=by_index),
            plan.target.hashes(cut, wanted, by_index=by_index),
            seconds=seconds,
        )
        for suspect in suspects_of(here, there, has_key=plan.key is not None):
            seen.counts[suspect.kind] += suspect.rows
            if len(seen.suspects) < most_keys:
                seen.suspects.append(suspect)
                seen.kept += suspect.rows
    return seen


def _slices(unlike: Mapping[int, int]) -> Iterator[tuple[list[int], int]]:
    """Buckets that come here at once, and how many rows they have."""
    wanted: list[int] = []
    size = 0
    for bucket in sorted(unlike):
        if wanted and size + unlike[bucket] > _SLICE:
            yield wanted, size
            wanted, size = [], 0
        wanted.append(bucket)
        size += unlike[bucket]
    yield wanted, size


def suspects_of(here: Rows, there: Rows, *, has_key: bool) -> Iterator[Suspect]:
    """The rows of both sides that are unlike."""
    if has_key:
        source, target = ({tuple(key): row for row, *key in rows} for rows in (here, there))
    else:
        source, target = ({(str(row),): times for row, times in rows} for rows in (here, there))
    for key in sorted(source.keys() | target.keys()):
        if source.get(key) != target.get(key):
            yield Suspect(
                key=key, source=source.get(key), target=target.get(key), is_counted=not has_key
            )


def _described(
    sessions: Sessions, plan: Plan, proved: Sequence[Suspect], values_of: int, seconds: float
) -> tuple[Difference, ...]:
    """What differs, with columns, and the first with values."""
    if plan.key is None:
        columns = {}
    else:
        keys = [each.key for each in proved if each.kind is Kind.DIFFERENT]
        columns = _columns(sessions, plan, keys, seconds)
    found = [
        Difference(
            key=each.key,
            kind=each.kind,
            columns=columns.get(each.key, ()),
            times=(each.source or 0, each.target or 0) if each.is_counted else None,
        )
        for each in proved
    ]
    shown = found[:values_of]
    if not shown:
        return tuple(found)
    values = _values(sessions, plan, shown, seconds)
    return (
        *(replace(each, values=values.get(each.key, {})) for each in shown),
        *found[values_of:],
    )


def _columns(
    sessions: Sessions, plan: Plan, keys: Sequence[Key], seconds: float
) -> dict[Key, tuple[str, ...]]:
    at_once = max(1, _VALUES_AT_ONCE // len(plan.compared))
    names = [each.source.name for each in plan.compared]
    found: dict[Key, tuple[str, ...]] = {}
    for first in range(0, len(keys), at_once):
        wanted = keys[first : first + at_once]
        here, there = (
            {tuple(key): hashes for hashes, *key in rows}
            for rows in sessions.both(
                plan.source.by_key(plan.source.column_hashes(), wanted),
                plan.target.by_key(plan.target.column_hashes(), wanted),
                seconds=seconds,
            )
        )
        for key in here.keys() & there.keys():
            pairs = zip(names, here[key], there[key], strict=True)
            found[key] = tuple(name for name, one, other in pairs if one != other)
    return found


def _values(
    sessions: Sessions, plan: Plan, shown: Sequence[Difference], seconds: float
) -> dict[Key, dict[str, tuple[str | None, str | None]]]:
    """By key and column, both values; of a table without a key, and of rows on one side, of all."""
    names = [each.source.name for each in plan.compared]
    asked = []
    for reading in (plan.source, plan.target):
        what = reading.values(range(len(names)), most=_CHARACTERS)
        keys = [each.key for each in shown]
        asked.append(
            # There may be millions of them, all alike.
            reading.by_hash(sql.SQL("distinct {}").format(what), [int(key[0]) for key in keys])
            if plan.key is None
            else reading.by_key(what, keys)
        )
    here, there = (
        {tuple(key): values for values, *key in rows}
        for rows in sessions.both(*asked, seconds=seconds)
    )
    none: list[str | None] = [None] * len(names)
    return {
        each.key: {
            name: (one, other)
            for name, one, other in zip(
                names, here.get(each.key, none), there.get(each.key, none), strict=True
            )
            if not each.columns or name in each.columns
        }
        for each in shown
    }
