"""What comparisons keep between runs: what a run has done that did not end, and when tables were the same.

A run that ended is not gone on with: the next one looks at all again. Of one that did not end (Ctrl-C, a
server that was lost) the next takes over the tables that were the same, as long as they are compared the
same way. What differed or was not proved is looked at again.

Of each table: what it came to, both sides' counts and hashes, when it was scanned, and when it differed; of a giant one whose
comparison did not end the same of each range of its key. Of rows that may have been on their way, up to
`MOST_MOVING` a table, the keys, until the table is the same; never another key, and never a value.
"""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ferry.errors import FerryError
from ferry.migrate.verify.comparing import Compared, Verdict
from ferry.migrate.verify.ranges import Range
from ferry.migrate.verify.scans import Buckets
from ferry.migrate.ways import Direction
from ferry.progress import NewerError, Progress, UnusableError
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ferry.mappings import TableName
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.ranges import Ranges
    from ferry.migrate.verify.sessions import Key

VERSION: Final = 1
MOST_MOVING: Final = 10_000
"""Of how many rows of a table that may be on their way the keys are kept."""

_SECONDS_BETWEEN_WRITES: Final = 2.0
_CLEAN: Final = (Verdict.SAME, Verdict.IN_PART)
_TIMES: Final = 20
"""How many times that a table differed are kept."""
_ANY: Final = Buckets(shift=None, mask=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pass:
    """When a table was the same, but for rows that were on their way.

    Args:
        at: When it was scanned.
        xmins: Of source and Aurora, the oldest transaction that ran then: what any later one has
            written was perhaps not seen.
        moving: The keys of rows that were unlike, and may have been on their way.
    """

    at: datetime
    xmins: tuple[int, int]
    moving: tuple[Key, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """What changes with how each table is compared, and when one is emptied or loaded again.

    It is made out once for each: a table of thirty columns takes milliseconds.

    Args:
        files: Of source and Aurora, the files of each table, by its name there: others after it was emptied
            or loaded again.
    """

    files: tuple[Mapping[TableName, str], Mapping[TableName, str]] = ({}, {})
    _known: dict[int, tuple[Plan, str]] = field(default_factory=dict, compare=False)

    def of(self, plan: Plan) -> str:
        """That of a table."""
        if (known := self._known.get(id(plan))) is None:
            # With the plan, whose id is no other's as long as it is there.
            known = self._known[id(plan)] = plan, self._made_out(plan)
        return known[1]

    def _made_out(self, plan: Plan) -> str:
        statements = [each.totals(_ANY).as_string(None) for each in (plan.source, plan.target)]
        tables = (plan.source.table.name, plan.target.table.name)
        files = [known.get(name, "") for known, name in zip(self.files, tables, strict=True)]
        shapes = [each.table.shape for each in (plan.source, plan.target)]
        text = "\n".join([*statements, *files, *shapes])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(kw_only=True, slots=True)
class Kept:
    """What is kept of one database.

    Args:
        progress: Where; None where nothing can be kept.
        trouble: Why nothing that was kept is used, or nothing can be kept; empty where that is not so.
        began: When the run began that is gone on with, or this one.
        is_resumed: Whether an earlier run is gone on with.
        is_ended: Whether the run ended.
        is_run: Whether this is a run of all tables, or some are looked at beside it.
        done: What tables came to in the run, by their names.
        passes: When tables were the same, by their names, and both sides' transactions then.
        ways: What changes with how each table is compared.
        ranges: The ranges that were the same, of tables whose comparison did not end, by their names.
        differed: When tables differed, by their names, over all runs: the latest times last.
        moving: When tables were the same but for rows that may have been on their way, by their names,
            both sides' transactions then, and the keys of these rows.
        apart: What tables came to that are not in `done`, by their names: of the run before, or looked at
            beside a run. It is evidence, and nothing goes on from it.
    """

    progress: Progress | None
    trouble: str = ""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    is_resumed: bool = False
    is_ended: bool = False
    is_run: bool = True
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    passes: dict[str, dict[str, Any]] = field(default_factory=dict)
    ways: Ways = field(default_factory=Ways)
    ranges: dict[str, dict[str, Any]] = field(default_factory=dict)
    differed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    moving: dict[str, dict[str, Any]] = field(default_factory=dict)
    apart: dict[str, dict[str, Any]] = field(default_factory=dict)
    _written_at: float = field(default_factory=time.monotonic)
    _is_changed: bool = False
    # Several tables may be compared at once.
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def over(self, plan: Plan) -> Compared | None:
        """What an earlier run found of a table that need not be looked at again."""
        found = self.done.get(_name(plan)) if self.is_resumed else None
        if not found or found["way"] != self.ways.of(plan) or found["verdict"] not in _CLEAN:
            return None
        return Compared(
            rows=(found["rows"][0], found["rows"][1]),
            hashes=(found["hashes"][0], found["hashes"][1]),
            left_out=plan.left_out,
            has_key=plan.key is not None,
            scanned_at=datetime.fromisoformat(found["scanned_at"]),
            seconds=found["seconds"],
            is_taken_over=True,
        )

    def said(self, plans: Sequence[Plan]) -> Iterator[str]:
        """What is taken over and from when, or why nothing is; nothing where there is nothing."""
        if self.trouble:
            yield f"Nothing of an earlier run is taken over: {self.trouble}"
        over = [found for plan in plans if (found := self.over(plan))]
        if over:
            first, last = (
                f"{end(it.scanned_at for it in over):%Y-%m-%d %H:%M}" for end in (min, max)
            )
            yield (
                f"Goes on with the run of {self.began:%Y-%m-%d %H:%M} UTC, which did not end: "
                f"{len(over):,} of {counted(len(plans), 'table')} "
                f"{'was' if len(over) == 1 else 'were'} the same, scanned from {first} to {last} "
                "UTC. --from-start looks at all again."
            )
        for plan in plans:
            if not self.over(plan) and (ranges := self.known_ranges(plan)):
                first, last = (f"{end(it['at'] for it in ranges)[:16]}" for end in (min, max))
                yield (
                    f"The comparison of {plan.name} did not end: {counted(len(ranges), 'range')} of its "
                    f"key {'was' if len(ranges) == 1 else 'were'} "
                    f"the same, scanned from {first.replace('T', ' ')} to {last.replace('T', ' ')} UTC. "
                    "--from-start looks at all again."
                )

    def ranges_of(self, plan: Plan) -> Ranges:
        """The ranges of a table that were the same in a comparison that did not end."""
        return _Ranges(kept=self, plan=plan)

    def known_ranges(self, plan: Plan) -> list[dict[str, Any]]:
        """What is kept of the ranges of a table, as it is compared now."""
        found = self.ranges.get(_name(plan))
        if not found or found["way"] != self.ways.of(plan):
            return []
        return list(found["ranges"])

    def add(self, plan: Plan, range_: Range) -> None:
        """Keep a range that was the same; on the disk within two seconds, or at `close`."""
        kept = {
            "first": range_.first,
            "end": range_.end,
            "rows": list(range_.rows),
            "hashes": list(range_.hashes),
            "at": range_.scanned_at.isoformat(),
            "seconds": range_.seconds,
            "xmins": list(range_.xmins),
        }
        with self._lock:
            self.ranges[_name(plan)] = {
                "way": self.ways.of(plan),
                "ranges": [*self.known_ranges(plan), kept],
            }
            self._changed()

    def last_pass(self, plan: Plan) -> Pass | None:
        """When a table was the same the last time, but for rows on their way; None where it never was, as it is now."""
        found = self.passes.get(_name(plan)) or self.moving.get(_name(plan))
        if not found or found["way"] != self.ways.of(plan):
            return None
        return Pass(
            at=datetime.fromisoformat(found["at"]),
            xmins=(found["source"], found["target"]),
            moving=tuple(tuple(key) for key in found.get("keys", ())),
        )

    def last_found(self, plan: Plan) -> tuple[Verdict, datetime] | None:
        """What a table came to when it was compared last, and when it was scanned.

        None where it never was, as it is now, or a look at what is newer has found it unlike since.
        """
        if passed := self.last_pass(plan):
            if passed.moving:
                return Verdict.NOT_PROVED, passed.at
            in_part = any(not each.is_meant for each in plan.left_out)
            return (Verdict.IN_PART if in_part else Verdict.SAME), passed.at
        found = self.done.get(_name(plan))
        if not found or found["way"] != self.ways.of(plan) or found["verdict"] in _CLEAN:
            return None
        return Verdict(found["verdict"]), datetime.fromisoformat(found["scanned_at"])

    def found_since(self, table: TableName, at: datetime) -> Verdict | None:
        """Whether a table was the same or different when it was compared last, if that was since then."""
        key = _key(table)
        times, passed = self.differed.get(key), self.passes.get(key)
        if times and times[-1]["same_at"] is None and _is_since(times[-1]["last_at"], at):
            return Verdict.DIFFERENT
        return Verdict.SAME if passed and _is_since(passed["at"], at) else None

    def take(self, plan: Plan, compared: Compared) -> None:
        """Keep what a table came to; on the disk within two seconds, or at `close`."""
        with self._lock:
            self._take(plan, compared)

    def _take(self, plan: Plan, compared: Compared) -> None:
        name, way = _name(plan), self.ways.of(plan)
        self.passes.pop(name, None)
        self.moving.pop(name, None)
        self._note(name, compared)
        if compared.newer is None:
            self.ranges.pop(name, None)
        passed = {
            "way": way,
            "at": compared.scanned_at.isoformat(),
            "source": compared.xmins[0],
            "target": compared.xmins[1],
        }
        if compared.verdict in _CLEAN:
            self.passes[name] = passed
        elif _are_told_by_keys(compared):
            self.moving[name] = {**passed, "keys": [list(it.key) for it in compared.unproved]}
        if compared.verdict not in _CLEAN and compared.newer is not None:
            self.done.pop(name, None)
        if compared.newer is None:
            self.apart.pop(name, None)
            into = self.done if self.is_run or name in self.done else self.apart
            into[name] = {
                "way": way,
                "verdict": str(compared.verdict),
                "rows": list(compared.rows),
                "hashes": list(compared.hashes),
                "not_compared": [each.column for each in compared.left_out],
                "scanned_at": compared.scanned_at.isoformat(),
                "seconds": compared.seconds,
            }
        self._changed()

    def _note(self, name: str, compared: Compared) -> None:
        """Keep that a table differs, or that one that did is the same again."""
        times = self.differed.get(name, [])
        is_open = bool(times) and times[-1]["same_at"] is None
        at = compared.scanned_at.isoformat()
        if compared.verdict is Verdict.DIFFERENT:
            if not is_open:
                times = [*times, {"at": at, "same_at": None}][-_TIMES:]
            times[-1] |= {
                "last_at": at,
                "counts": {
                    it.name.lower(): count for it, count in compared.counts.items() if count
                },
            }
        elif compared.verdict in _CLEAN and is_open:
            times[-1]["same_at"] = at
        else:
            return
        self.differed[name] = times

    def close(self, *, is_ended: bool) -> None:
        """Write what there is.

        Args:
            is_ended: Whether all tables were compared: the next run begins anew.
        """
        if self._is_changed:
            self.is_ended = is_ended if self.is_run else self.is_ended
            self._write()

    def _changed(self) -> None:
        self._is_changed = True
        if time.monotonic() - self._written_at > _SECONDS_BETWEEN_WRITES:
            self._write()

    def _write(self) -> None:
        if self.progress is None:
            return
        try:
            self.progress.write(
                {
                    "began": self.began.isoformat(),
                    "is_ended": self.is_ended,
                    "tables": self.done,
                    "passes": self.passes,
                    "ranges": self.ranges,
                    "differed": self.differed,
                    "apart": self.apart,
                    "moving": self.moving,
                }
            )
        except FerryError as error:
            self.progress, self.trouble = None, str(error)
        self._written_at = time.monotonic()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ranges:
    """Those of one table."""

    kept: Kept
    plan: Plan

    def at(self, first: int | None, /) -> Range | None:
        """The one that begins there; None for none."""
        return next((it for it in self._all() if it.first == first), None)

    def next(self, first: int | None, /) -> int | None:
        """Where the next one begins; None for none."""
        begins = (it.first for it in self._all() if it.first is not None)
        return min((it for it in begins if first is None or it > first), default=None)

    def keep(self, found: Range, /) -> None:
        """One more was the same."""
        self.kept.add(self.plan, found)

    def _all(self) -> Iterator[Range]:
        for it in self.kept.known_ranges(self.plan):
            yield Range(
                first=it["first"],
                end=it["end"],
                rows=(it["rows"][0], it["rows"][1]),
                hashes=(it["hashes"][0], it["hashes"][1]),
                scanned_at=datetime.fromisoformat(it["at"]),
                seconds=it["seconds"],
                xmins=(it["xmins"][0], it["xmins"][1]),
            )


def opened(
    progress: Progress | str,
    plans: Iterable[Plan],
    ways: Ways,
    *,
    resume: bool,
    is_run: bool,
) -> Kept:
    """What is kept of a database.

    Args:
        progress: Where; or why nothing can be.
        plans: Its tables.
        ways: What changes with how each table is compared.
        resume: Whether a run that did not end is gone on with, and the comparison of a giant table.
        is_run: Whether all tables are looked at, each as a whole.
    """
    if isinstance(progress, str):
        return Kept(progress=None, trouble=progress, is_run=is_run)
    trouble, found = "", None
    try:
        found = progress.read()
    except UnusableError as error:
        if isinstance(error, NewerError):
            return Kept(progress=None, trouble=str(error), is_run=is_run)
        trouble = str(error)
    except FerryError as error:
        return Kept(progress=None, trouble=str(error), is_run=is_run)
    kept = Kept(progress=progress, trouble=trouble, is_run=is_run, ways=ways)
    if not found:
        return kept
    kept.passes = dict(found["passes"])
    kept.differed = dict(found.get("differed", {}))
    kept.apart = dict(found.get("apart", {}))
    kept.moving = dict(found.get("moving", {}))
    if resume:
        kept.ranges = dict(found.get("ranges", {}))
    if is_run and (found["is_ended"] or not resume):
        kept.apart |= found["tables"]
        return kept
    kept.began = datetime.fromisoformat(found["began"])
    kept.is_ended = found["is_ended"]
    kept.done = dict(found["tables"])
    kept.is_resumed = is_run
    if is_run and not any(map(kept.over, plans)):
        kept.apart |= kept.done
        kept.began, kept.done, kept.is_resumed = datetime.now(UTC), {}, False
    return kept


def where(
    environment: str,
    database: str,
    identity: Mapping[str, str],
    direction: Direction = Direction.FORWARD,
) -> Progress:
    """Where what is kept of a database is; of each direction apart.

    Args:
        environment: The environment's name.
        database: The database's name in Aurora.
        identity: Which servers and databases it is about.
        direction: Where it is carried.
    """
    command = f"verify{direction.option}".replace(" --", "-")
    return Progress(
        environment=environment, command=command, database=database, version=VERSION, of=identity
    )


def _are_told_by_keys(compared: Compared) -> bool:
    """Whether the keys of all rows that were unlike are known, and these are few: all others are the same."""
    return (
        compared.verdict is Verdict.NOT_PROVED
        and compared.is_exact
        and compared.has_key
        and len(compared.unproved) == compared.moving <= MOST_MOVING
    )


def _is_since(what: str, at: datetime) -> bool:
    return datetime.fromisoformat(what) >= at


def _name(plan: Plan) -> str:
    return _key(plan.name)


def _key(table: TableName) -> str:
    return f"{table.schema}\n{table.table}"
