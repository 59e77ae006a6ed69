"""Compares the tables of an environment."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from ferry.errors import FerryError, InputError
from ferry.migrate.reloading import parse
from ferry.migrate.verify import asking
from ferry.migrate.verify.comparing import (
    LEAST_SECONDS,
    MOST_KEYS,
    SECONDS_BETWEEN_TRIES,
    Compared,
    Verdict,
    compare,
)
from ferry.migrate.verify.gentle import Held, watching
from ferry.migrate.verify.kept import Kept, Ways
from ferry.migrate.verify.newer import compare_newer
from ferry.migrate.verify.pairing import NotCompared, left, pairs
from ferry.migrate.verify.ranges import compare_ranges, is_giant
from ferry.migrate.verify.sessions import Sessions
from ferry.migrate.verify.side_by_side import side_by_side
from ferry.migrate.ways import Direction
from ferry.postgres import NoAnswerError, PostgresError, UnreachableError, apart, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from ferry.mappings import Mappings, TableName
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.comparing import Settle
    from ferry.migrate.verify.expressions import Form
    from ferry.migrate.verify.pace import Pace
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.ways import Way
    from settings.databases import Database

_PURPOSE: Final = "compare its rows"
_UNLIKE: Final = "Both sides differ, and no time was left to see by which rows."


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A task of which nothing is compared.

    Args:
        task: Its name in the environment's file.
        mappings: What it carries forward.
        why: Why, in a sentence.
    """

    task: str
    mappings: Mappings
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What of one database is compared.

    Args:
        database: Its name in Aurora.
        sides: How both ends are reached.
        tasks: The tasks that carry it.
        direction: Where they do.
        plans: The tables that are compared.
        others: Those that cannot be.
        refused: The tasks whose tables are not.
        identity: Which servers and databases both sides are; or why a server does not say.
        ways: What changes with how each table is compared.
        trouble: Why none is known; None where they are.
    """

    database: str
    sides: Sides
    tasks: tuple[Task, ...]
    direction: Direction = Direction.FORWARD
    plans: tuple[Plan, ...] = ()
    others: tuple[NotCompared, ...] = ()
    refused: tuple[Refused, ...] = ()
    identity: Mapping[str, str] | str = ""
    ways: Ways = field(default_factory=Ways)
    trouble: FerryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What a table came to.

    Args:
        database: The database's name in Aurora.
        table: Its name at the source; None for all tables of the database, or of its tasks where some
            are named.
        tasks: The tasks that carry it.
        direction: Where they carry it.
        parts: What DMS carries of it, by the names where it reads.
        compared: What the comparison found; None where there was none.
        written_alike: The columns of which two values may have the same text, which is what was compared.
        held: The longest snapshot that it took.
        why: Why there was none.
    """

    database: str
    table: TableName | None
    tasks: tuple[str, ...] = ()
    direction: Direction = Direction.FORWARD
    parts: tuple[TableName, ...] = ()
    compared: Compared | None = None
    written_alike: tuple[str, ...] = ()
    held: Held = field(default_factory=Held)
    why: str = ""

    @property
    def verdict(self) -> Verdict:
        """What it came to."""
        return Verdict.NOT_VERIFIED if self.compared is None else self.compared.verdict

    def without_keys(self) -> Result:
        """The same without the rows that differ, which may be very many."""
        return replace(
            self, compared=self.compared and replace(self.compared, found=(), unproved=())
        )


class Settling(Protocol):
    """Picks what settles the suspects of a table; None where both sides are at rest."""

    def __call__(self, scope: Scope, plan: Plan, /) -> Settle | None:
        """What settles them."""


def look(
    database: str,
    sides: Sides,
    tasks: Sequence[Task],
    *,
    direction: Direction = Direction.FORWARD,
    forward: Mapping[str, Mappings] | None = None,
    refused: Sequence[Refused] = (),
) -> Scope:
    """What of a database there is to compare; what cannot be read is said in it.

    Args:
        database: Its name in Aurora.
        sides: How both ends are reached.
        tasks: The tasks that carry it.
        direction: Where they carry it.
        forward: Of the way back, what the tasks of the file carry that it turns round, by their names.
        refused: The tasks whose tables are not compared; no server is asked where there are no others.
    """
    scope = Scope(
        database=database,
        sides=sides,
        tasks=tuple(tasks),
        direction=direction,
        refused=tuple(refused),
    )
    if refused and not tasks:
        return scope
    try:
        with _open(sides) as sessions:
            source = asking.database(sessions.source)
            target = asking.database(sessions.target)
            form = asking.form(sessions, source, target)
            scope = replace(
                scope,
                identity=asking.identity(sessions),
                ways=Ways(files=(asking.files(sessions.source), asking.files(sessions.target))),
            )
    except FerryError as error:
        return replace(scope, trouble=error)
    carried = {it.name: it.mappings for it in tasks}
    read, written = (target, source) if direction is Direction.BACK else (source, target)
    found = list(pairs(read, written, carried, form=form, direction=direction))
    if direction is Direction.BACK:
        found += left(source, forward or {}, found)
    return replace(
        scope,
        plans=tuple(each for each in found if not isinstance(each, NotCompared)),
        others=tuple(each for each in found if isinstance(each, NotCompared)),
    )


def scopes(
    environment: str,
    ways: Sequence[Way],
    sides: Callable[[Database], Sides],
    direction: Direction,
) -> list[Scope]:
    """What there is to compare, by database; tasks of which nothing can be judged are refused by name.

    Args:
        environment: The environment's name.
        ways: What carries the tables of the file's tasks.
        sides: The way to both ends of a database.
        direction: Where they are carried.

    Raises:
        FerryError: A secret or a certificate is missing.
    """
    against = {way.task.name: way.against(environment, direction) for way in ways}
    found = []
    for database in dict.fromkeys(way.task.database for way in ways):
        those = [way for way in ways if way.task.database == database]
        judged = [way for way in those if not against[way.task.name]]
        found.append(
            look(
                database.aurora,
                sides(database),
                [task for way in judged if (task := way.of(direction))],
                direction=direction,
                forward={way.task.name: way.task.mappings for way in judged},
                refused=[
                    Refused(task=way.task.name, mappings=way.task.mappings, why=why)
                    for way in those
                    if (why := against[way.task.name])
                ],
            )
        )
    return found


def chosen(scopes: Sequence[Scope], names: Iterable[str]) -> tuple[Scope, ...]:
    """The tables of some names, all where none is named; a partition's name stands for the whole.

    Raises:
        InputError: No task carries one of them.
    """
    wanted: set[TableName] = set()
    for name in names:
        meant = set(parse(name))
        known = {
            table
            for scope in scopes
            for table in (
                *(it for plan in scope.plans for it in plan.called),
                *(it.table for it in scope.others),
            )
        } | {
            table
            for table in meant
            for scope in scopes
            for it in scope.refused
            if it.mappings.selects(table)
        }
        if not meant & known and not any(scope.trouble for scope in scopes):
            raise InputError(
                f"No task carries a table {name}; names are those of the source, letter by letter."
            )
        wanted |= meant
    if not wanted:
        return tuple(scopes)
    return tuple(
        replace(
            scope,
            plans=tuple(it for it in scope.plans if wanted.intersection(it.called)),
            others=tuple(it for it in scope.others if it.table in wanted),
            refused=tuple(it for it in scope.refused if any(map(it.mappings.selects, wanted))),
        )
        for scope in scopes
    )


class Listener(Protocol):
    """Is told what is being compared."""

    def begins(self, plan: Plan, /) -> None:
        """A table is looked at now."""

    def is_at(self, share: float, /) -> None:
        """So much of it has been scanned."""

    def waits(self, why: str, /) -> None:
        """It waits, and for what; an empty text when it goes on."""


class Nobody:
    """Listens to nothing."""

    def begins(self, plan: Plan, /) -> None:
        """A table is looked at now."""

    def is_at(self, share: float, /) -> None:
        """So much of it has been scanned."""

    def waits(self, why: str, /) -> None:
        """It waits, and for what; an empty text when it goes on."""


def verify(
    scopes: Iterable[Scope],
    *,
    settling: Settling,
    kept: Mapping[str, Kept] | None = None,
    pacing: Callable[[Scope], Pace] | None = None,
    listener: Listener | None = None,
    most_keys: int = MOST_KEYS,
    values_of: int = 0,
    is_delta: bool = False,
    at_once: int = 1,
    ends_at: float | None = None,
) -> Generator[Result]:
    """Compare tables, and say of each what it came to as soon as that is known.

    Args:
        scopes: The databases and their tables.
        settling: What settles the suspects of a table.
        kept: What is kept of runs, by the database's name; None keeps nothing.
        pacing: Picks what waits before the scans of a database; None waits for nothing.
        listener: Who is told what is being compared.
        most_keys: How many keys that differ are kept of a table.
        values_of: Of how many rows of a table that differ the values are read too.
        is_delta: Whether only what is newer than the last pass is compared, where there was one.
        at_once: How many tables of a database are compared at once, each by two sessions at each side.
        ends_at: When there is no time left, by the monotonic clock: of a table that is not compared by then
            nothing is said. None for never.
    """
    for scope in scopes:
        none = Result(database=scope.database, table=None, direction=scope.direction)
        if scope.trouble:
            yield replace(none, why=str(scope.trouble))
        for each in scope.refused:
            yield replace(none, tasks=(each.task,), why=each.why)
        for other in scope.others:
            yield replace(none, table=other.table, tasks=other.tasks, why=other.why)
        yield from _Run(
            scope=scope,
            kept=(kept or {}).get(scope.database) or Kept(progress=None),
            settling=settling,
            pace=pacing(scope) if pacing else None,
            listener=listener or Nobody(),
            most_keys=most_keys,
            values_of=values_of,
            is_delta=is_delta,
            at_once=at_once,
            ends_at=ends_at,
        ).results()


@dataclass(kw_only=True, slots=True)
class _Run:
    """Compares the tables of one database.

    Args:
        scope: The database.
        kept: What is kept of it.
        settling: What settles the suspects of a table.
        pace: What waits before a scan; None for nothing.
        listener: Who is told what is being compared.
        most_keys: How many keys that differ are kept of a table.
        values_of: Of how many rows the values are read.
        is_delta: Whether only what is newer than a pass is compared, where there was one.
        at_once: How many tables are compared at once.
        ends_at: When there is no time left, by the monotonic clock; None for never.
    """

    scope: Scope
    kept: Kept
    settling: Settling
    pace: Pace | None
    listener: Listener
    most_keys: int
    values_of: int
    is_delta: bool
    at_once: int
    ends_at: float | None

    def results(self) -> Iterator[Result]:
        """What each table came to; what somebody waited behind is tried again after the others."""
        over = [(plan, self.kept.over(plan)) for plan in self.scope.plans]
        is_whole = False
        try:
            for plan, compared in over:
                if compared:
                    yield replace(self.result(plan), compared=compared)
            left = [plan for plan, compared in over if not compared]
            is_whole = yield from self._compared(left)
        finally:
            self.kept.close(is_ended=is_whole)

    def _compared(self, plans: Sequence[Plan]) -> Generator[Result, None, bool]:
        """Compare tables; return whether all of them could be."""
        are_all = True
        with closing(self._outcomes(plans)) as found:
            for plan, result in found:
                if result.compared:
                    self.kept.take(plan, result.compared)
                are_all = are_all and result.compared is not None
                yield result
        return are_all

    def _outcomes(self, plans: Sequence[Plan]) -> Generator[tuple[Plan, Result]]:
        if self.ends_at is not None and time.monotonic() >= self.ends_at:
            return
        trying = deque(_Try(plan=plan) for plan in plans)
        if (number := min(self.at_once, len(plans))) > 1:
            yield from side_by_side(
                [_Comparer(run=self, trying=trying, answers=False) for _ in range(number)],
                ends_at=self.ends_at,
            )
        # All of them; or what somebody left who could not sign in.
        last = _Comparer(run=self, trying=trying)
        if self.ends_at is None:
            yield from last.work()
        elif time.monotonic() < self.ends_at:
            yield from side_by_side([last], ends_at=self.ends_at)

    def result(self, plan: Plan) -> Result:
        """Of a table, what is known before it is compared."""
        return Result(
            database=self.scope.database,
            table=plan.name,
            tasks=plan.tasks,
            direction=plan.direction,
            parts=plan.parts,
            written_alike=plan.written_alike,
        )


@dataclass(kw_only=True, slots=True)
class _Comparer:
    """Compares tables one after the other, by sessions that are made anew where they broke.

    Args:
        run: What is compared, and how.
        trying: The tables that are left; others may take of them, too.
        answers: Whether it says why a table is not compared where it has no session; otherwise it leaves the
            table to others.
    """

    run: _Run
    trying: deque[_Try]
    answers: bool = True
    _ends: threading.Event = field(default_factory=threading.Event)
    _stack: ExitStack = field(default_factory=ExitStack)
    _sessions: Sessions | None = None
    _gone: str = ""
    _is_unlike: bool = False

    def work(self) -> Generator[tuple[Plan, Result]]:
        """What each table came to that it has taken."""
        with self._stack:
            while not self._ends.is_set():
                try:
                    this = self.trying.popleft()
                except IndexError:
                    return
                result = self._tried(this)
                if self._ends.is_set() and not (isinstance(result, Result) and result.compared):
                    if self._is_unlike:  # Something is known of it: it is not left untold.
                        yield this.plan, replace(self.run.result(this.plan), why=_UNLIKE)
                    return
                if self._gone and not self.answers:
                    self.trying.append(this)
                    return
                if isinstance(result, _Try):
                    self.trying.append(result)
                    continue
                yield this.plan, result

    def cancel(self) -> None:
        """End what it compares, and take no more."""
        self._ends.set()
        if (sessions := self._sessions) is not None:
            sessions.source.cancel()
            sessions.target.cancel()

    def _tried(self, this: _Try) -> Result | _Try:
        plan = this.plan
        result = self.run.result(plan)
        if self._gone:
            return replace(result, why=self._gone)
        self._is_unlike = False
        self._let_pass(this)
        self.run.listener.begins(plan)
        try:
            sessions = self._connected(plan)
            sessions.begin()
            hold = partial(self._hold, sessions)
            hold()
            compared = self._newer(sessions, plan) or self._whole(sessions, plan, hold)
            if changed := _changed(sessions, plan):
                return replace(result, why=changed)
        except PostgresError as error:
            why = self._why(error, this)
            return why if isinstance(why, _Try) else replace(result, why=why)
        except FerryError as error:
            return replace(result, why=str(error))
        return replace(result, compared=compared, held=sessions.held)

    def _whole(self, sessions: Sessions, plan: Plan, hold: Callable[[], None]) -> Compared:
        run = self.run
        settle = run.settling(run.scope, plan)
        if not is_giant(plan):
            return compare(
                sessions,
                plan,
                settle=settle,
                most_keys=run.most_keys,
                values_of=run.values_of,
                differs=self._differs,
            )
        return compare_ranges(
            sessions,
            plan,
            run.kept.ranges_of(plan),
            settle=settle,
            most_keys=run.most_keys,
            values_of=run.values_of,
            far=run.listener.is_at,
            waits=run.listener.waits,
            hold=hold,
            differs=self._differs,
        )

    def _hold(self, sessions: Sessions) -> None:
        if self.run.pace:
            is_back = self.run.scope.direction is Direction.BACK
            self.run.pace.hold(sessions.turned() if is_back else sessions)

    def _newer(self, sessions: Sessions, plan: Plan) -> Compared | None:
        run = self.run
        last = run.kept.last_pass(plan) if run.is_delta else None
        if last is None:
            return None
        return compare_newer(
            sessions,
            plan,
            last,
            settle=run.settling(run.scope, plan),
            values_of=run.values_of,
            differs=self._differs,
        )

    def _differs(self) -> None:
        self._is_unlike = True

    def _connected(self, plan: Plan) -> Sessions:
        if self._sessions is None:
            self._stack.close()
            try:
                self._sessions = self._stack.enter_context(
                    _open(self.run.scope.sides, plan.source.form)
                )
            except FerryError as error:  # Nor will the next one reach it.
                self._gone = str(error)
                raise
        return self._sessions

    def _why(self, error: PostgresError, this: _Try) -> str | _Try:
        """Why a table could not be compared; when it is tried again, where that helps."""
        if (sessions := self._sessions) is None:
            return self._gone
        in_the_way, silence = sessions.in_the_way(error), sessions.silence()
        if isinstance(error, UnreachableError | NoAnswerError):
            self._sessions = None
        if in_the_way:
            return this.again() or f"{in_the_way} So were all {this.number} tries."
        if self._sessions is not None:
            with suppress(PostgresError):
                if changed := _changed(sessions, this.plan):
                    return changed
        return silence or str(error)

    def _let_pass(self, this: _Try) -> None:
        seconds = this.not_before - time.monotonic()
        if seconds > 0:
            waits = self.run.listener.waits
            waits(f"to let those pass who waited behind the scan of {this.plan.name}")
            self._ends.wait(seconds)
            waits("")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Try:
    """A table that is to be compared.

    Args:
        plan: It.
        number: For the how manieth time.
        not_before: When, by the monotonic clock.
    """

    plan: Plan
    number: int = 1
    not_before: float = 0.0

    def again(self) -> _Try | None:
        """The next try, after those who waited behind this one; None where it was the last."""
        if self.number > len(SECONDS_BETWEEN_TRIES):
            return None
        seconds = SECONDS_BETWEEN_TRIES[self.number - 1]
        return replace(self, number=self.number + 1, not_before=time.monotonic() + seconds)


def _changed(sessions: Sessions, plan: Plan) -> str:
    """That a side's table is another than was read at the start; empty where it is not.

    Raises:
        PostgresError: A server refuses, or does not answer in time.
    """
    shapes = sessions.both(plan.source.shape(), plan.target.shape(), seconds=LEAST_SECONDS)
    for now, reading, side in zip(
        shapes, (plan.source, plan.target), ("at the source", "in Aurora"), strict=True
    ):
        if not now:
            return f"{reading.table.name} is gone {side} since the run began; run this again."
        if now != [(reading.table.shape,)]:
            return f"{reading.table.name} was altered {side} since the run began; run this again."
    return ""


@contextmanager
def _open(sides: Sides, form: Form | None = None) -> Iterator[Sessions]:
    """A session at each side, prepared.

    Raises:
        FerryError: One of them cannot be reached, or both are the same database.
    """
    with (
        connect(sides.source.server, purpose=_PURPOSE) as source,
        connect(sides.target.server, purpose=_PURPOSE) as target,
    ):
        apart(source, target)
        sessions = Sessions(source=source, target=target)
        sessions.prepare(form)
        with watching([source, target]) as watches:
            yield replace(sessions, watches=watches)
