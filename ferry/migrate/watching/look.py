"""What is seen of tasks at one moment. Pure: frozen values, and what follows from them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ferry.migrate.starting import Refusal, Wish, again, lowered, onward, resumed
from ferry.migrate.watching.tables import (
    CANCELLED,
    COMPLETED,
    ERROR,
    GIVEN_UP,
    LOADING,
    MISSING,
    RELOADING,
    WAITING,
)
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ferry.mappings import TableName
    from ferry.migrate.tasks import Task
    from ferry.migrate.transactions import HeldUp
    from ferry.migrate.watching.tables import TableRow

_LEAST_SHARE: Final = 0.01
_LONGEST: Final = 365 * 86_400.0
_LOOKS_REFUSED: Final = 3
"""After how many looks in a row a refusal is taken for one that stays."""


class Phase(StrEnum):
    """Where a task is. The value is the word that is shown."""

    NOT_STARTED = "not started"
    STARTING = "starting"
    LOADING = "loading"
    COUNTING = "counting"
    """DMS says that all is loaded; the rows of both sides are counted."""
    CATCHING_UP = "catching up"
    """All is loaded; a marker is on its way."""
    LOADED = "loaded"
    """All is loaded, and the task carries no changes, or not yet."""
    REPLICATING = "replicating"
    """All is loaded, and a marker has arrived since."""
    UNPROVABLE = "cannot be proved"
    """All is loaded, and its marker is not carried."""
    DIFFERS = "differs"
    """DMS says that all is loaded, and the rows of both sides are not as many."""
    STOPPED = "stopped"
    FAILED = "failed"
    BUSY = "busy"
    """In a state that passes by itself, such as being modified."""


DONE: Final[Mapping[str, frozenset[Phase]]] = {
    "loaded": frozenset({Phase.LOADED, Phase.CATCHING_UP, Phase.REPLICATING}),
    "replicating": frozenset({Phase.LOADED, Phase.REPLICATING}),
}
"""The phases in which a task is as far as one waits for."""

_AFTER_A_LOAD: Final = frozenset(
    {"FULL_LOAD_ONLY_FINISHED", "STOPPED_AFTER_FULL_LOAD", "STOPPED_AFTER_CACHED_EVENTS"}
)
"""Why a task stops that has loaded what it was asked for."""

_LOADING: Final = frozenset({LOADING, WAITING, RELOADING})
"""The states of tables that wait for their load or its end."""

_AT_WORK: Final = frozenset(
    {Phase.STARTING, Phase.LOADING, Phase.COUNTING, Phase.CATCHING_UP, Phase.BUSY}
)
"""The phases that pass by themselves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A table whose rows are not as many on both sides.

    Args:
        table: Its name at the source.
        source: How many the source has.
        target: How many Aurora has.
        is_filtered: Whether only those were counted that pass its filter.
    """

    table: TableName
    source: int
    target: int
    is_filtered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Uncounted:
    """A table whose rows cannot be counted.

    Args:
        table: Its name at the source.
        why: Why, as a clause without its full stop.
    """

    table: TableName
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unapplied:
    """Changes of one table that DMS could not apply; it goes on without them.

    Args:
        table: The table, as DMS names it in its control table.
        changes: How many.
        last: When the last one was, by Aurora's clock.
    """

    table: TableName
    changes: int
    last: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What was proved of a task that DMS says has loaded.

    Args:
        counted: How many tables were counted, and had as many rows.
        of: How many are to be counted.
        differs: Those that have not, though nothing moves.
        moving: How many have not, but are written to all the while.
        left_out: Those that cannot be counted.
        marker_seconds: How long the last marker took to arrive; None where none has.
        marker_waits: For how many seconds a marker is on its way by now; None where none is.
        trouble: Why nothing could be proved; empty where it could.
        trouble_stays: Whether that is so until somebody mends it.
    """

    counted: int = 0
    of: int = 0
    differs: tuple[Difference, ...] = ()
    moving: int = 0
    left_out: tuple[Uncounted, ...] = ()
    marker_seconds: float | None = None
    marker_waits: float | None = None
    trouble: str = ""
    trouble_stays: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether all that can be counted was, and has as many rows."""
        return self.counted + len(self.left_out) >= self.of and not self.differs


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """A table that is not carried as it should be, and what to do.

    Args:
        table: Its name at the source.
        what: What is wrong with it.
        remedy: What to do, with the exact command.
    """

    table: TableName
    what: str
    remedy: str


def _not_applied(changes: int) -> str:
    return f"{counted(changes, 'change')} {'was' if changes == 1 else 'were'} not applied"


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskLook:
    """A task at one moment.

    Args:
        environment: The environment's name.
        task: The task.
        tables: Its tables, as DMS counts them; ferry's own left out.
        marker: Its marker, as DMS counts it; None where DMS has not begun.
        expected: How many rows PostgreSQL expects the source's tables to have, by their names.
        proof: What was proved of it.
        rows_a_second: How fast it loads; None where that is not known.
        loading_seconds: For how long it has been loading; None where it is not.
        source_latency: DMS's latency in seconds at the source; None where CloudWatch has none.
        target_latency: The same at Aurora.
        unapplied: Changes that could not be applied, by the control table; None where not known.
        suspended: Tables that DMS has given up, by the control table.
        slot: What stands in its replication slot against going on, where it does not run.
        allowed_seconds: How long the load may take; None for any time.
        arrives_at: Where it writes, within a sentence.
        is_leg: Whether it is the way back, or goes forward again: no command of ferry's starts it.
        is_the_only_task: Whether the environment has no other.
    """

    environment: str
    task: Task
    tables: tuple[TableRow, ...] = ()
    marker: TableRow | None = None
    expected: Mapping[TableName, int | None] = field(default_factory=dict)
    proof: Proof = field(default_factory=Proof)
    rows_a_second: float | None = None
    loading_seconds: float | None = None
    source_latency: float | None = None
    target_latency: float | None = None
    unapplied: tuple[Unapplied, ...] | None = None
    suspended: tuple[TableName, ...] = ()
    slot: tuple[Refusal, ...] = ()
    allowed_seconds: float | None = None
    arrives_at: str = "Aurora"
    is_leg: bool = False
    is_the_only_task: bool = True

    @property
    def exceptions(self) -> int | None:
        """How many changes the tables lack that could not be applied; None where that is not known."""
        if self.unapplied is None:
            return None
        return sum(found.changes for found, _ in self.lacking)

    @property
    def lacking(self) -> list[tuple[Unapplied, TableName]]:
        """Changes that could not be applied, and the names of their tables at the source.

        A load brings what was not applied before it: of a table that is being loaded again, or was
        loaded since, they are history.
        """
        loads = {self.task.mappings.target(row.name): row for row in self.tables}
        found = []
        for each in self.unapplied or ():
            if each.table == self.task.mappings.target(self.task.marker):
                continue  # Ferry's own: whether markers arrive tells.
            row = loads.get(each.table)
            is_history = row is not None and (
                row.state in _LOADING or (row.loaded_at and each.last < row.loaded_at)
            )
            if not is_history:
                found.append((each, row.name if row else each.table))
        return found

    @property
    def rows(self) -> int:
        """How many rows are loaded."""
        return sum(table.rows for table in self.tables)

    @property
    def expected_rows(self) -> int | None:
        """How many rows there are to load; None where a table was never analyzed.

        A table that is loaded has as many as it has: the estimate is older. So has one that DMS has
        given up.
        """
        total = 0
        for table in self.tables:
            expected = self.expected.get(table.name)
            if table.state in {COMPLETED, *GIVEN_UP}:
                expected = table.rows
            if expected is None:
                return None
            total += max(expected, table.rows)
        return total

    @property
    def share(self) -> float | None:
        """Which share of the rows is loaded, 1 at most; None where that is not known."""
        expected = self.expected_rows
        if expected is None:
            return None
        return min(1.0, self.rows / expected) if expected else 1.0

    @property
    def seconds_left(self) -> float | None:
        """How long the load will take from now on; None below 1 %, beyond a year, or where it stands."""
        if self.phase is not Phase.LOADING or self.loading_seconds is None:
            return None
        if self.rows_a_second == 0:
            return None
        share = self.share
        if share is None or share < _LEAST_SHARE:
            return None
        left = self.loading_seconds / share * (1 - share)
        return left if left <= _LONGEST else None

    @property
    def late_seconds(self) -> float | None:
        """How long the load will take in all where that is longer than allowed; None otherwise."""
        if self.allowed_seconds is None or self.phase is not Phase.LOADING:
            return None
        total = (self.loading_seconds or 0.0) + (self.seconds_left or 0.0)
        return total if total > self.allowed_seconds else None

    def count(self, *states: str) -> int:
        """How many tables are in some states."""
        return sum(table.state in states for table in self.tables)

    @property
    def is_loaded(self) -> bool:
        """Whether DMS says that no table waits for its load any more."""
        counts = self.task.counts
        pending = self.count(*_LOADING)
        known = self.tables or self.marker
        return bool(known) and not (pending or counts.loading or counts.queued)

    @property
    def phase(self) -> Phase:
        """Where the task is."""
        status = self.task.status
        if status == "running":
            return self._running()
        if status == "stopped":
            return self._stopped()
        if status == "ready":
            return Phase.STOPPED if self.task.was_started else Phase.NOT_STARTED
        return {"failed": Phase.FAILED, "starting": Phase.STARTING}.get(status, Phase.BUSY)

    def _running(self) -> Phase:
        if self.task.loads:
            loaded = self._loaded()
            if loaded is not Phase.LOADED:
                return loaded
        if not self.task.carries_changes:
            return Phase.LOADED
        if self._lacks_marker or (self.marker is not None and self.marker.state in GIVEN_UP):
            return Phase.UNPROVABLE
        return Phase.CATCHING_UP if self.proof.marker_seconds is None else Phase.REPLICATING

    @property
    def _lacks_marker(self) -> bool:
        """Whether its rules select no marker, as those of a task that was deployed before there were any."""
        task = self.task
        runs = task.status == "running" and task.carries_changes
        return runs and not task.mappings.selects(task.marker)

    def _stopped(self) -> Phase:
        if self.task.stop_reason not in _AFTER_A_LOAD or not self.is_loaded:
            return Phase.STOPPED
        return self._loaded()

    def _loaded(self) -> Phase:
        """How far its load is."""
        if not self.is_loaded:
            return Phase.LOADING
        if self.proof.differs:
            return Phase.DIFFERS
        return Phase.LOADED if self.proof.is_counted else Phase.COUNTING

    @property
    def waiting(self) -> str:
        """What is waited for, or what to do; empty where nothing is."""
        task, proof = self.task, self.proof
        counting = f"both sides are counted: {proof.counted:,} of {counted(proof.of, 'table')}"
        if proof.moving:
            counting += f", {counted(proof.moving, 'table changes', 'tables change')} all the while"
        marker = f"for its marker to arrive at {self.arrives_at}"
        if proof.marker_waits is not None:
            marker = f"for its marker, written {proof.marker_waits:.0f} s ago, to arrive"
            counting += f"; {marker}"
        planned = task.stop_reason.startswith("STOPPED_AFTER")
        return {
            Phase.NOT_STARTED: self._to_go_on("for its start"),
            Phase.STARTING: "DMS is starting it",
            Phase.LOADING: self._loading(),
            Phase.COUNTING: proof.trouble or counting,
            Phase.CATCHING_UP: proof.trouble or marker,
            Phase.STOPPED: self._to_go_on(
                f"for somebody to go on ({task.stop_reason or task.status})"
            ),
            Phase.FAILED: self._failed(),
            Phase.LOADED: self._to_go_on("for its next start, as after_full_load says")
            if planned
            else "",
            Phase.BUSY: f"DMS: it is {task.status}",
        }.get(self.phase, "")

    @property
    def onward(self) -> Refusal | str:
        """What to type for it to go on where it does not run, or what stands against that."""
        if self.is_leg:
            return resumed(self.task)
        return onward(self.task, Wish(environment=self.environment), self.slot)

    @property
    def is_lost(self) -> bool:
        """Whether it does not run, and cannot go on from where it stands."""
        return any(not (it.unknown or it.passes) for it in self.slot)

    def _to_go_on(self, why: str) -> str:
        """Why it waits, and what to type: what `ferry start` itself would not refuse."""
        found = self.onward
        if isinstance(found, Refusal):
            return f"{why}; {lowered(found.what)} {found.remedy}"
        return f"{why}: {found}" if found else why

    def _failed(self) -> str:
        task, found = self.task, self.onward
        said = task.failure.rstrip(".") or task.stop_reason or "DMS does not say why"
        if isinstance(found, str):
            return f"it has failed: {said}. Mend it, then: {found}"
        # Where its failure is what stands against it, that is said once.
        slot = f"{found.what} " if found in self.slot else ""
        return f"it has failed: {said}. {slot}{found.remedy}"

    def _loading(self) -> str:
        if not (self.tables or self.marker):
            return "DMS is reading which tables there are"
        if self.count(LOADING, RELOADING):
            return ""
        return "DMS has begun no table's load yet"

    @property
    def troubles(self) -> Iterator[Trouble]:
        """The tables that are not carried as they should be, each with what to do."""
        yield from self._of_the_marker()
        for table in self.tables:
            if table.state in {ERROR, CANCELLED}:
                yield self._given_up(table.name, table.state)
            elif table.state == MISSING:
                yield Trouble(
                    table=table.name,
                    what=table.state,
                    remedy=f"make it at both sides, then {self._anew}",
                )
            elif table.state not in {COMPLETED, *_LOADING}:
                yield Trouble(
                    table=table.name,
                    what=f"DMS says '{table.state}', which says not that it is carried",
                    remedy=f"see the task's log, then {self._reload(table.name)}",
                )
            if table.failed or table.suspended:
                yield Trouble(
                    table=table.name,
                    what=f"DMS's validation: {counted(table.failed, 'row differs', 'rows differ')}, "
                    f"{table.suspended:,} could "
                    "not be compared",
                    remedy=f"see which, then {self._reload(table.name)}",
                )
        for suspended in self.suspended:
            if suspended not in self._in_error:
                yield self._given_up(suspended, "suspended by DMS")
        yield from self._unknown_to_dms()
        yield from self._not_applied()
        for differs in self.proof.differs:
            yield Trouble(
                table=differs.table,
                what=f"{counted(differs.source, 'row')}"
                f"{' that pass its filter' if differs.is_filtered else ''} at the source, "
                f"{differs.target:,} at Aurora",
                remedy=f"load it again: {self._reload(differs.table)}",
            )

    @property
    def _in_error(self) -> frozenset[TableName]:
        return frozenset(it.name for it in self.tables if it.state in {ERROR, CANCELLED})

    def _given_up(self, table: TableName, what: str) -> Trouble:
        """A table that is carried no more; what was not applied of it before is brought by the same load."""
        changes = sum(it.changes for it, name in self.lacking if name == table and self.task.loads)
        return Trouble(
            table=table,
            what=f"{what}; {_not_applied(changes)}" if changes else what,
            remedy=f"its reason is in {self._exceptions if changes else 'the log'}; mend it, then "
            f"{self._reload(table)}",
        )

    def _of_the_marker(self) -> Iterator[Trouble]:
        """A marker that is not carried."""
        if self._lacks_marker:
            yield Trouble(
                table=self.task.marker,
                what="the task's rules do not select it: nobody can tell when changes arrive",
                remedy=f"{self._typed('stop')}; deploy it with its marker: cdktf deploy "
                f"{self.environment}; then {self._typed('start')}",
            )
        if self.marker is not None and self.marker.state in GIVEN_UP:
            yield Trouble(
                table=self.marker.name,
                what=f"{self.marker.state}: nobody can tell when changes arrive",
                remedy=f"make it: ferry prepare-databases {self.environment}; then {self._anew}",
            )
        elif self.proof.marker_waits is not None:
            target = self.task.mappings.target(self.task.marker)
            for each in self.unapplied or ():
                if each.table == target:
                    yield Trouble(
                        table=self.task.marker,
                        what=f"{_not_applied(each.changes)}: nobody can tell when others are",
                        remedy=f"see why in {self._exceptions}, and mend it at {self.arrives_at}; what it holds "
                        "may be deleted there. Then watch again",
                    )

    def _unknown_to_dms(self) -> Iterator[Trouble]:
        """The source's tables that the rules select, and DMS does not show: made since the start."""
        if not (self.task.loads and self.is_loaded):
            return
        for table in sorted(self.expected.keys() - {row.name for row in self.tables}):
            yield Trouble(
                table=table,
                what="the task's rules select it, and DMS does not carry it",
                remedy=f"make it at Aurora (ferry schema {self.environment} before-load), then "
                f"{self._anew}",
            )

    def _not_applied(self) -> Iterator[Trouble]:
        """Tables that lack changes."""
        exceptions = self._exceptions
        told = self._in_error.union(self.suspended) if self.task.loads else frozenset()
        for found, table in self.lacking:
            if table in told:
                continue
            yield Trouble(
                table=table,
                what=_not_applied(found.changes),
                remedy=f"see why in {exceptions}, mend it, then {self._reload(table)}"
                if self.task.loads
                else f"see why in {exceptions}, mend these rows at {self.arrives_at} by hand, then delete what "
                "it says of them",
            )

    @property
    def _exceptions(self) -> str:
        return f"{self.task.settings.control_schema}.awsdms_apply_exceptions"

    def _typed(self, command: str) -> str:
        return f"ferry {command} {self.environment} --task {self.task.name}"

    @property
    def _anew(self) -> str:
        """What has DMS read anew which tables there are."""
        if self._runs:
            return f"{self._typed('stop')} and {self._typed('start')}"
        found = self.onward
        return lowered(found.remedy) if isinstance(found, Refusal) else found

    @property
    def _runs(self) -> bool:
        return self.task.status in {"running", "starting"}

    def _reload(self, table: TableName) -> str:
        """How a table is mended whose rows are wrong, in the state that its task is in."""
        if not self.task.loads:
            return f"mend its rows at {self.arrives_at} by hand: a task of changes alone loads none again"
        command = f"ferry reload {self.environment} {shlex.quote(str(table))}"
        # Two databases may have tables of one name.
        command = command if self.is_the_only_task else f"{command} --task {self.task.name}"
        if self._runs:
            return command
        found = self.onward
        if isinstance(found, Refusal):
            return lowered(found.remedy)
        if not found:  # It is done, and a start of it does nothing.
            return lowered(again(self.task, Wish(environment=self.environment)))
        return f"{found}, then {command}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A replication slot of the source's.

    Args:
        name: Its name.
        active: Whether somebody reads it.
        kept_bytes: How much write-ahead log it keeps.
        status: PostgreSQL's word: `reserved`, `extended`, `unreserved`, `lost`.
        safe_bytes: How much more may be written before it is lost; None without a limit.
        seconds_left: How long that will take, as fast as it is written now; None where not known.
    """

    name: str
    active: bool
    kept_bytes: int
    status: str
    safe_bytes: int | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """A warning or an error of a task's log.

    Args:
        task: The task's name.
        severity: `W` or `E`.
        text: What it says.
    """

    task: str
    severity: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What is seen at one moment.

    Args:
        environment: The environment's name.
        at: When.
        tasks: The tasks.
        slots: The replication slots of the source's databases.
        held_up: What slots wait for that are being made.
        course: What a cutover or a rollback has to do with it, a sentence each.
        alarms: The alarms that fire.
        log: What the tasks' logs have said new since the last look.
        unanswered: What could not be told now, and why, a sentence each.
        refused: How many looks in a row, this one the last, something was refused that has to be told:
            a password, a right, AWS credentials. That stays until somebody mends it.
        calls: How many calls of DMS's were made so far.
    """

    environment: str
    at: datetime
    tasks: tuple[TaskLook, ...] = ()
    slots: tuple[Slot, ...] = ()
    held_up: tuple[HeldUp, ...] = ()
    course: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    log: tuple[LogLine, ...] = ()
    unanswered: tuple[str, ...] = ()
    refused: int = 0
    calls: int = 0

    @property
    def left_out(self) -> list[tuple[TaskLook, Uncounted]]:
        """The tables that could not be counted, each with its task."""
        return [(task, each) for task in self.tasks for each in task.proof.left_out]

    @property
    def troubles(self) -> list[tuple[TaskLook, Trouble]]:
        """All tables that are not carried as they should be, each with its task."""
        return [(task, trouble) for task in self.tasks for trouble in task.troubles]


class Ending(StrEnum):
    """How watching ends."""

    REACHED = "reached"
    """All tasks are as far as one waited for."""
    IN_PART = "in part"
    """The same, but for tables that could not be counted."""
    UNTOLD = "untold"
    """The same, but something that was asked has not answered, and might say otherwise."""
    REFUSED = "refused"
    """Something is refused until somebody mends it: it cannot be told how far the tasks are."""
    STILL = "still"
    """Nothing goes on by itself: somebody has to act."""
    BAD = "bad"
    """A task has failed, or a table is not carried."""


def ending(look: Look, *, until: str | None) -> Ending | None:
    """How watching ends with a look; None where it goes on.

    Args:
        look: The look.
        until: What is waited for, of `DONE`; None to watch until something is wrong.
    """
    found = _ending(look, until)
    return Ending.REFUSED if found is None and look.refused >= _LOOKS_REFUSED else found


def _ending(look: Look, until: str | None) -> Ending | None:
    phases = [task.phase for task in look.tasks]
    if Phase.FAILED in phases or any(task.is_lost for task in look.tasks):
        return Ending.BAD
    if not phases or any(phase in _AT_WORK - _done(until) for phase in phases):
        return None
    if look.troubles:
        return Ending.BAD
    if until is not None and all(phase in DONE[until] for phase in phases):
        return _reached(look)
    if until is None and Phase.REPLICATING in phases:
        return None
    return None if any(phase in _AT_WORK for phase in phases) else Ending.STILL


def _reached(look: Look) -> Ending:
    if look.unanswered:
        return Ending.UNTOLD
    return Ending.IN_PART if look.left_out else Ending.REACHED


def _done(until: str | None) -> frozenset[Phase]:
    return DONE.get(until or "", frozenset())
