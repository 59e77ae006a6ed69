"""Compares one table: one scan of both sides at once, and a closer look only where they differ."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, Self

from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.mappings.columns import is_lob
from ferry.migrate.verify.scans import XMIN, Buckets
from ferry.migrate.verify.scans import buckets as buckets_of
from ferry.migrate.verify.sessions import of_keys
from ferry.migrate.ways import Direction
from ferry.postgres import sql
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ferry.migrate.verify.expressions import LeftOut
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.sessions import Key, Rows, Sessions

MOST_KEYS: Final = 100_000
"""How many keys of a table that differ are kept; how many there are is counted on."""

LEAST_SECONDS: Final = 120.0
BYTES_A_SECOND: Final = 2**20
"""The slowest scan that is waited for."""
SECONDS_BETWEEN_TRIES: Final = (10.0, 30.0)
"""How long a scan that somebody waited behind lets him, before it is tried again."""
_SMALL: Final = 50_000
"""Up to so many rows an integer key has few ranges however its values lie."""
_SLICE: Final = 250_000
"""How many rows of a side come here at once."""
_SLICES: Final = 40
_SHARE_TO_SCAN: Final = 0.3
"""From which share of the rows on a scan is cheaper than the index."""
_VALUES_AT_ONCE: Final = 200_000
_KEYS_AT_ONCE: Final = 20_000
_ROWS_TO_CUT: Final = 20
"""Of how many rows it is told whether large objects were cut."""
_LENGTHS: Final = 5
_LEAST_CUT: Final = 256
"""Characters: no limit is below a kilobyte, and a character has four bytes at most."""
# In bytes that are the same whatever the database's encoding is.
_DIGEST: Final = "pg_catalog.md5(pg_catalog.textsend({}))"
_CHARACTERS: Final = 200
_WHOLE: Final = 2**64


_Totals = dict[int, tuple[int, int]]
"""By bucket, how many rows, and the sum of their hashes."""


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

    def turned(self) -> Self:
        """The same with both sides in each other's place."""
        return replace(self, source=self.target, target=self.source)

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

    def turned(self) -> Self:
        """The same with both sides in each other's place."""
        return replace(
            self,
            proved=tuple(each.turned() for each in self.proved),
            moving=tuple(each.turned() for each in self.moving),
        )


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
        is_outside: Whether the side that lacks it has the row, and the task's filter does not let it pass.
    """

    key: Key
    kind: Kind
    columns: tuple[str, ...] = ()
    values: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    times: tuple[int, int] | None = None
    is_outside: bool = False


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
        outside: How many of `found` the other side has outside the task's filter, by kind.
        cut: The columns of which the side that tasks write to has only the beginning of a value, by their
            names at the source; as far as the first that differ show it.
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
        ranges: By how many ranges of its key it was compared, and how many of them had been scanned before
            the comparison was interrupted; none where it was scanned at once.
    """

    rows: tuple[int, int]
    hashes: tuple[str, str]
    counts: Mapping[Kind, int] = field(default_factory=dict)
    columns: Mapping[str, int] = field(default_factory=dict)
    outside: Mapping[Kind, int] = field(default_factory=dict)
    cut: tuple[str, ...] = ()
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
    ranges: tuple[int, int] = (0, 0)

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
        by_index: Of source and Aurora, what an index led to, by the buckets that it was asked for.
    """

    suspects: list[Suspect] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)
    kept: int = 0
    is_exact: bool = True
    by_index: tuple[_Totals, _Totals] = field(default_factory=lambda: ({}, {}))


def compare(
    sessions: Sessions,
    plan: Plan,
    *,
    settle: Settle | None = None,
    most_keys: int = MOST_KEYS,
    values_of: int = 0,
    buckets: Buckets | None = None,
    seconds: float | None = None,
    differs: Callable[[], None] = lambda: None,
) -> Compared:
    """Compare a table, or a range of one.

    Args:
        sessions: A session at each side, prepared.
        plan: The table.
        settle: What tells differences from what is on its way; None, the default, for sides at rest,
            where all that is unlike differs.
        most_keys: How many keys that differ are kept.
        values_of: Of how many rows that differ the values are read too.
        buckets: How it is cut; None asks both sides.
        seconds: For how long a statement may take; None goes by the table's size.
        differs: Is called where sides at rest are seen to differ, before it is known by which rows.

    Raises:
        PostgresError: A server refuses, or does not answer in time.
    """
    began, at = time.monotonic(), datetime.now(UTC)
    # Whole ones: a server is told each deadline that is not the last one's.
    seconds = LEAST_SECONDS + plan.bytes // BYTES_A_SECOND if seconds is None else seconds
    xmins = oldest_running(sessions)
    buckets = buckets or cut(sessions, plan, seconds)
    here, there = (
        _totals(rows)
        for rows in sessions.both(
            plan.source.totals(buckets), plan.target.totals(buckets), seconds=seconds
        )
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
        if settle is None:
            differs()
        look = partial(
            _descend, sessions, plan, buckets, unlike, most_keys=most_keys, seconds=seconds
        )
        seen = look(rows=max(result.rows))
        damaged = _damaged(sessions, plan, buckets, seen, (here, there), seconds=seconds)
        if settle is None and (damaged or not seen.suspects):
            # At rest what is unlike stays so: an index has not led to it.
            seen = look(rows=0)
        elif damaged:
            raise FerryError(damaged, "REINDEX the table, and run this again.")
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
    if settle is not None and plan.key is not None:
        _require_absent(sessions, plan, settled.proved, seconds)
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
        outside=Counter(each.kind for each in described if each.is_outside),
        cut=_cut_short(sessions, plan, described, seconds),
        found=described,
        unproved=settled.moving,
        moving=sum(it.rows for it in settled.moving) + (beyond if settle else 0),
        is_exact=seen.is_exact,
        why=settled.why,
    )


_NONE: Final = (0, 0)


def cut(sessions: Sessions, plan: Plan, seconds: float) -> Buckets:
    """How a table is cut into buckets; asks both sides for the ends of an integer key.

    Raises:
        PostgresError: A server refuses, or does not answer in time.
    """
    if plan.key is None or not plan.key.is_integer:
        return buckets_of(rows=plan.rows, span=None)
    if 0 < plan.rows <= _SMALL:
        return buckets_of(rows=plan.rows, span=0)
    found = sessions.both(plan.source.ends(), plan.target.ends(), seconds=seconds)
    ends = [end for ((least, most),) in found for end in (least, most) if end is not None]
    return buckets_of(rows=plan.rows, span=max(ends) - min(ends) if ends else 0)


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
        if by_index and cut.shift is not None:
            for known, rows_ in zip(seen.by_index, (here, there), strict=True):
                known.update(_led_to(rows_, wanted, cut.shift))
        for suspect in suspects_of(here, there, has_key=plan.key is not None):
            seen.counts[suspect.kind] += suspect.rows
            if len(seen.suspects) < most_keys:
                seen.suspects.append(suspect)
                seen.kept += suspect.rows
    return seen


def _led_to(rows: Rows, wanted: Iterable[int], shift: int) -> _Totals:
    """What rows come to, by their buckets."""
    found = dict.fromkeys(wanted, _NONE)
    for row, key in rows:
        count, total = found.get(int(key) >> shift, _NONE)
        found[int(key) >> shift] = (count + 1, total + row)
    return found


def _damaged(
    sessions: Sessions,
    plan: Plan,
    cut: Buckets,
    seen: Descent,
    totals: tuple[_Totals, _Totals],
    *,
    seconds: float,
) -> str:
    """That an index does not lead to all rows, so that what is unlike may look the same; empty otherwise.

    What the scan has seen otherwise may have been written since, so that those buckets are counted again
    on each side, by the index and without it. Counting costs a twentieth of what hashing does.

    Raises:
        PostgresError: A server refuses, or does not answer in time.
    """
    doubtful = sorted(
        {
            bucket
            for known, all_ in zip(seen.by_index, totals, strict=True)
            for bucket, found in known.items()
            if found != all_.get(bucket, _NONE)
        }
    )
    if not doubtful:
        return ""
    counts = sessions.both(
        plan.source.agreement(cut, doubtful), plan.target.agreement(cut, doubtful), seconds=seconds
    )
    for ((by_index, rows),), side in zip(counts, ("at the source", "in Aurora"), strict=True):
        if by_index != rows:
            return (
                f"Of the rows looked at {side} there are {rows:,}, and the index of its key leads to "
                f"{by_index:,}: it is damaged."
            )
    return ""


def _require_absent(
    sessions: Sessions, plan: Plan, proved: Sequence[Suspect], seconds: float
) -> None:
    """Make sure that a side has no row of the keys that were proved to be on the other alone.

    They were asked for by their key, as often as it takes; now the table is, once.

    Raises:
        FerryError: It has, and its index does not lead to it.
        PostgresError: A server refuses, or does not answer in time.
    """
    for kind, session, reading, side in (
        (Kind.EXTRA, sessions.source, plan.source, "at the source"),
        (Kind.MISSING, sessions.target, plan.target, "in Aurora"),
    ):
        keys = [each.key for each in proved if each.kind is kind]
        for first in range(0, len(keys), _KEYS_AT_ONCE):
            some = keys[first : first + _KEYS_AT_ONCE]
            found = of_keys(session, reading.hidden, some, seconds=seconds)
            if (more := sum(number for (number,) in found)) > 0:
                raise FerryError(
                    f"The index of its key does not lead to {counted(more, 'row')} {side}: it is damaged.",
                    "REINDEX the table, and run this again.",
                )


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
    """The rows of both sides that are unlike.

    Raises:
        FerryError: A key has more than one row on a side: nobody could tell which is the one.
    """
    if has_key:
        source, target = ({tuple(key): row for row, *key in rows} for rows in (here, there))
        for rows, known, side in ((here, source, "at the source"), (there, target, "in Aurora")):
            if more := len(rows) - len(known):
                raise FerryError(
                    f"{more:,} of the rows looked at {side} have the key of another row there, which its "
                    "unique index should not allow: it is damaged, as an index of texts may be by "
                    "another version of the system's collations.",
                    "Look for what else is with the extension amcheck, have one row of each key, "
                    "REINDEX the table, and run this again.",
                )
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
    columns: Mapping[Key, tuple[str, ...]] = {}
    outside: set[Key] = set()
    if plan.key is not None:
        keys = [each.key for each in proved if each.kind is Kind.DIFFERENT]
        columns = _columns(sessions, plan, keys, seconds)
        outside = _outside(sessions, plan, proved, seconds) if plan.is_filtered else set()
    found = [
        Difference(
            key=each.key,
            kind=each.kind,
            columns=columns.get(each.key, ()),
            times=(each.source or 0, each.target or 0) if each.is_counted else None,
            is_outside=each.key in outside,
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


def _outside(sessions: Sessions, plan: Plan, proved: Sequence[Suspect], seconds: float) -> set[Key]:
    """The rows that a side lacks only because the task's filter does not let its own pass."""
    found: set[Key] = set()
    for kind, session, reading in (
        (Kind.EXTRA, sessions.source, plan.source),
        (Kind.MISSING, sessions.target, plan.target),
    ):
        keys = [each.key for each in proved if each.kind is kind]
        for first in range(0, len(keys), _KEYS_AT_ONCE):
            rows = of_keys(
                session,
                partial(replace(reading, where=None).by_key, sql.SQL("true")),
                keys[first : first + _KEYS_AT_ONCE],
                seconds=seconds,
            )
            found.update(tuple(key) for _, *key in rows)
    return found


def _cut_short(
    sessions: Sessions, plan: Plan, found: Sequence[Difference], seconds: float
) -> tuple[str, ...]:
    """The columns of large objects of which the side that is written to has only the beginning of a value.

    DMS cuts what is larger than the limit that a task is given, and a load cuts it again.
    """
    lobs = [each for each in plan.compared if is_lob(each.source)]
    names = [each.source.name for each in lobs]
    keys = [each.key for each in found if set(names).intersection(each.columns)][:_ROWS_TO_CUT]
    if not keys:
        return ()
    if plan.direction is Direction.BACK:
        sessions, plan, lobs = sessions.turned(), plan.turned(), [it.turned() for it in lobs]
    columns = [(each.source.name, each.target.name) for each in lobs]
    lengths = sessions.target.rows(
        plan.target.by_key(_of_texts("pg_catalog.length({c})", [it for _, it in columns]), keys),
        deadline_seconds=seconds,
    )
    cut: set[str] = set()
    most = Counter(it for row, *_ in lengths for it in row if it and it >= _LEAST_CUT)
    for length, _ in most.most_common(_LENGTHS):
        beginning = f"pg_catalog.left({{c}}, {length})"
        begins = (
            f"case when pg_catalog.length({{c}}) > {length} then {_DIGEST.format(beginning)} end"
        )
        here, there = (
            {tuple(key): row for row, *key in rows}
            for rows in sessions.both(
                plan.source.by_key(_of_texts(begins, [it for it, _ in columns]), keys),
                plan.target.by_key(
                    _of_texts(_DIGEST.format("{c}"), [it for _, it in columns]), keys
                ),
                seconds=seconds,
            )
        )
        for key in here.keys() & there.keys():
            pairs = zip(names, here[key], there[key], strict=True)
            cut.update(name for name, one, other in pairs if one and one == other)
    return tuple(name for name in names if name in cut)


def _of_texts(what: str, names: Sequence[str]) -> sql.Composed:
    """Something of the texts of columns, in an array."""
    texts = [sql.SQL("pg_catalog.concat({})").format(sql.Identifier("t", it)) for it in names]
    return sql.SQL("array[{}]").format(
        sql.SQL(", ").join(sql.SQL(what).format(c=it) for it in texts)
    )


def _values(
    sessions: Sessions, plan: Plan, shown: Sequence[Difference], seconds: float
) -> dict[Key, dict[str, tuple[str | None, str | None]]]:
    """By key and column, both values; of a table without a key, and of rows on one side, of all."""
    names = [each.source.name for each in plan.compared]
    keys = [each.key for each in shown]
    found = []
    for session, reading in ((sessions.source, plan.source), (sessions.target, plan.target)):
        what = reading.values(range(len(names)), most=_CHARACTERS)
        # There may be millions of them, all alike.
        of_hashes = sql.SQL("distinct {}").format(what)
        rows = (
            session.rows(
                reading.by_hash(of_hashes, [int(key) for (key,) in keys]), deadline_seconds=seconds
            )
            if plan.key is None
            else of_keys(session, partial(reading.by_key, what), keys, seconds=seconds)
        )
        found.append({tuple(key): values for values, *key in rows})
    here, there = found
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
