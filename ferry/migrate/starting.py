"""Whether a task is started, how, and what has to be done first. Pure.

DMS's start types and what each does:
https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTask.html
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ferry.migrate.tasks import MigrationType
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ferry.mappings import TableName
    from ferry.migrate.tasks import Task
    from ferry.own_tables.shape import Oddity


class StartType(StrEnum):
    """How a task is started, in DMS's words."""

    FIRST = "start-replication"
    """For the first time: loads, then carries changes."""

    RESUME = "resume-processing"
    """From where it stands: what is not loaded yet, then the changes since."""

    RELOAD = "reload-target"
    """From the beginning: all tables are loaded again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """The decision to start a task.

    Args:
        task: The task.
        type: How.
        why: What is to be known of it, one sentence; empty where nothing is.
    """

    task: Task
    type: StartType
    why: str = ""

    @property
    def loads(self) -> bool:
        """Whether it begins with a load of all its tables."""
        return self.task.loads and self.type is not StartType.RESUME


@dataclass(frozen=True, kw_only=True, slots=True)
class Nothing:
    """The decision that nothing is to be done.

    Args:
        task: The task.
        why: Why, one sentence.
    """

    task: Task
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A reason for which a task is not started.

    Args:
        check: Its name, kebab-case and stable.
        task: The task's name.
        what: What was found, one sentence.
        why: Why that matters, one sentence.
        remedy: What mends it, with the exact command where there is one.
        unknown: Whether it is not known to be wrong: it could not be told.
        passes: Whether it may pass by itself.
    """

    check: str
    task: str
    what: str
    why: str
    remedy: str
    unknown: bool = False
    passes: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What was asked for.

    Args:
        environment: The environment's name.
        reload: Whether all tables are to be loaded again.
        into: Tables of the target that may hold rows, by their names there.
        despite_drift: Whether the schemas of both ends may differ.
        despite_slot: Whether a task may go on from a slot of which it cannot be told that it has all.
    """

    environment: str
    reload: bool = False
    into: frozenset[str] = frozenset()
    despite_drift: bool = False
    despite_slot: bool = False

    def typed(self, task: Task) -> str:
        """The command that wishes this of a task."""
        into = [f"--into {shlex.quote(name)}" for name in sorted(self.into)]
        options = {
            "--reload": self.reload,
            "--despite-drift": self.despite_drift,
            "--despite-slot": self.despite_slot,
        }
        given = [option for option, is_given in options.items() if is_given]
        return " ".join([f"ferry start {self.environment} --task {task.name}", *given, *into])


_PASSING: Final = frozenset({"creating", "deleting", "modifying", "moving", "stopping", "testing"})
"""Statuses that pass by themselves, in all of which DMS refuses a start."""

_GONE: Final = re.compile(
    r"slot .* does not exist|invalidated|has already been removed|can no longer be "
    r"(?:accessed|read)|obsolete",
    re.IGNORECASE,
)
"""PostgreSQL's words for a slot that is gone, or has lost what it kept: nothing to resume from."""


def how(task: Task, wish: Wish) -> Start | Nothing | Refusal:
    """What a task's state and what was asked for come to. Nothing is ever loaded again unasked."""
    if task.status in _PASSING:
        return Refusal(
            check="task-state",
            task=task.name,
            what=f"The task {task.name} is {task.status}.",
            why="DMS starts no task in that state; it passes by itself.",
            remedy=f"In a moment: {wish.typed(task)}",
            passes=True,
        )
    if wish.reload and task.was_started and not task.loads:
        return _changes_alone(task, wish)
    if task.status in {"starting", "running"}:
        return _running(task, wish)
    if task.status in {"ready", "stopped", "failed"}:
        return _idle(task, wish)
    return Refusal(
        check="task-state",
        task=task.name,
        what=f"The task {task.name} is {task.status}{_said(task)}.",
        why="DMS starts no task in that state.",
        remedy=f"See what happened to it: ferry check deployment {wish.environment}",
    )


def _idle(task: Task, wish: Wish) -> Start | Nothing | Refusal:
    if not task.was_started:
        return Start(task=task, type=StartType.FIRST)
    if wish.reload:
        return Start(task=task, type=StartType.RELOAD)
    return _resume(task, wish)


def _running(task: Task, wish: Wish) -> Nothing | Refusal:
    is_so = "runs" if task.status == "running" else "is starting"
    if not wish.reload:
        return Nothing(task=task, why=f"The task {task.name} {is_so} already.")
    return Refusal(
        check="task-state",
        task=task.name,
        what=f"The task {task.name} {is_so}.",
        why="DMS loads all tables again of a task that is stopped, and of no other.",
        remedy=f"Stop it first: ferry stop {wish.environment} --task {task.name}; for single "
        f"tables: ferry reload {wish.environment} TABLE",
    )


def _changes_alone(task: Task, wish: Wish) -> Refusal:
    on = (
        f"ferry {'watch' if task.status in {'starting', 'running'} else 'start'} {wish.environment}"
    )
    return Refusal(
        check="task-type",
        task=task.name,
        what=f"The task {task.name} carries changes alone.",
        why="It has no load that could begin again.",
        remedy=f"Let it go on: {on} --task {task.name}",
    )


def _resume(task: Task, wish: Wish) -> Start | Nothing | Refusal:
    if task.status == "failed" and _GONE.search(task.failure):
        return Refusal(
            check="slot-gone",
            task=task.name,
            what=f"The task {task.name} has failed{_said(task)}.",
            why="Its replication slot has lost changes that were not carried: it cannot be resumed.",
            remedy=again(task, wish),
        )
    if task.status == "failed" and not task.checkpoint and not task.counts.loaded:
        return Refusal(
            check="nothing-to-resume",
            task=task.name,
            what=f"The task {task.name} has failed before it had loaded a table{_said(task)}.",
            why="DMS has no position to resume it from.",
            remedy=f"Mend what it says, then {lowered(again(task, wish))}",
        )
    if task.stop_reason == "FULL_LOAD_ONLY_FINISHED":
        return Nothing(
            task=task,
            why=f"The task {task.name} has loaded its tables, and carries no changes.",
        )
    failed = f"It had failed{_said(task)}." if task.status == "failed" else ""
    return Start(task=task, type=StartType.RESUME, why=failed)


def onward(task: Task, wish: Wish, slot: Sequence[Refusal] = ()) -> Refusal | str:
    """What to type for a task to go on that does not run, or what stands against that, with its remedy.

    Args:
        task: The task.
        wish: What is wished of it.
        slot: What stands against it in its replication slot, where that was looked at.
    """
    decided = how(task, wish)
    if isinstance(decided, Nothing):
        return ""
    if isinstance(decided, Refusal):
        return decided
    return min(slot, key=lambda it: it.passes, default=None) or wish.typed(task)


def again(task: Task, wish: Wish) -> str:
    """How a task begins anew whose slot cannot be gone on with."""
    if task.migration_type is MigrationType.CHANGES:
        return (
            "Make a slot that holds what is missing, name it in source.slot_name, and its position "
            f"in the task's cdc_start_position: cdktf deploy {wish.environment}"
        )
    anew = replace(wish, reload=True, despite_slot=False)
    return f"Load all its tables again: {anew.typed(task)}"


def lowered(sentence: str) -> str:
    """A sentence that goes on another."""
    return sentence[:1].lower() + sentence[1:]


def _said(task: Task) -> str:
    return f": {task.failure.rstrip('.')}" if task.failure else ""


def to_run(task: Task, wish: Wish) -> str:
    """How a task comes to run, or what loads its tables where it does not any more."""
    found = onward(task, wish)
    if isinstance(found, Refusal):
        return found.remedy
    if found:
        return f"Start it: {found}"
    if task.status == "starting":
        return f"See when it runs: ferry watch {wish.environment} --task {task.name}"
    return again(task, wish)  # It has loaded all, and a start of it does nothing.


def resumed(task: Task) -> str:
    """What lets a leg go on from where it stands: it was started from a slot, which no command of ferry's does."""
    return (
        f"aws dms start-replication-task --replication-task-arn {task.arn} --start-replication-task-type "
        "resume-processing"
    )


def after_stop(tasks: Sequence[Task], stopped: Sequence[str], environment: str) -> str:
    """What comes next after tasks were stopped; empty where nothing does.

    Args:
        tasks: All tasks of the environment.
        stopped: The names of those that were to be stopped.
        environment: The environment's name.
    """
    wish = Wish(environment=environment)
    found = [(task, how(task, wish)) for task in tasks if task.name in stopped and task.was_started]
    on = [task for task, it in found if isinstance(it, Start)]
    if len(on) < sum(not isinstance(it, Nothing) for _, it in found) or not all(
        task.checkpoint or task.counts.loaded for task in on
    ):
        return f"see from where they can go on: ferry status {environment}"
    if not on:
        return ""
    start = f"ferry start {environment}"
    if len(on) < len(tasks):
        start += "".join(f" --task {task.name}" for task in on)
    if any(task.carries_changes for task in on):
        return f"before the source's disk is full of write-ahead logs: {start}"
    return start


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """How the test of one of DMS's connections ended.

    Args:
        side: Within a sentence: `the source`, `Aurora`.
        status: DMS's word: `successful`, `failed`; `testing` where it has not ended in time.
        said: What DMS says of a failure.
    """

    side: str
    status: str
    said: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Marker:
    """A task's marker on one side.

    Args:
        side: Within a sentence: `the source`, `Aurora`.
        exists: Whether something of its name is there.
        odd: What is wrong with it; None where it is as ferry makes it.
        lacking: The rights on it that DMS's user has not.
    """

    side: str
    exists: bool
    odd: Oddity | None = None
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """The target's tables of a task, where it loads.

    Args:
        missing: Those that are not there.
        filled: Those that hold rows.
        referring: Foreign keys of others for which PostgreSQL does not empty or drop what is to be:
            their tables and names.
        depending: What else it does not drop tables for, in its words.
    """

    missing: tuple[TableName, ...] = ()
    filled: tuple[TableName, ...] = ()
    referring: tuple[tuple[TableName, str], ...] = ()
    depending: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Parent:
    """A table that a task selects and others are part of.

    Args:
        name: Its name at the source.
        partitioned: Whether these are its partitions; otherwise they inherit from it.
        carried: Those of them that the task carries too.
    """

    name: TableName
    partitioned: bool
    carried: tuple[TableName, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What was found beside a task's own state.

    Args:
        connections: How the tests of its two connections ended.
        markers: Its marker on both sides.
        tables: The target's tables, where it loads.
        parents: The source's tables that it selects and others are part of.
        drift: What stands against a start because the schemas differ.
        slot: What stands against it in the task's replication slot.
    """

    connections: tuple[Connection, ...] = ()
    markers: tuple[Marker, ...] = ()
    tables: Tables = field(default_factory=Tables)
    parents: tuple[Parent, ...] = ()
    drift: tuple[Refusal, ...] = ()
    slot: tuple[Refusal, ...] = ()


def refusals(start: Start, facts: Facts, wish: Wish) -> Iterator[Refusal]:
    """All reasons for which a task is not started now, not only the first."""
    yield from _connections(start.task, facts.connections, wish)
    yield from _markers(start.task, facts.markers, wish)
    if start.loads:
        yield from _tables(start, facts.tables, wish)
    yield from _parents(start, facts.parents, wish)
    yield from facts.slot
    # What carries the tables carries the rest too, and no --despite-drift starts without them.
    carries_first = start.loads and facts.tables.missing and not _is_made_by_dms(start.task)
    yield from (it for it in facts.drift if not (carries_first and it.check == "schema-missing"))


def _is_made_by_dms(task: Task) -> bool:
    return task.settings.preparation == "DROP_AND_CREATE"


def _connections(task: Task, connections: Sequence[Connection], wish: Wish) -> Iterator[Refusal]:
    for it in connections:
        if it.status == "successful":
            continue
        still = it.status == "testing"
        yield Refusal(
            check="connection",
            task=task.name,
            what=f"The test of DMS's connection to {it.side} has not ended in time."
            if still
            else f"DMS cannot connect to {it.side}: {(it.said or it.status).rstrip('.')}.",
            why="A task starts only where both its connections work.",
            remedy=f"Run this again: {wish.typed(task)}"
            if still
            else f"See what is wrong with it: ferry check deployment {wish.environment}",
            unknown=still,
        )


_UNSEEN: Final = "DMS would not carry it, and nobody could tell when the last change has arrived."


def _markers(task: Task, markers: Sequence[Marker], wish: Wish) -> Iterator[Refusal]:
    prepare = f"ferry prepare-databases {wish.environment}"
    if not task.mappings.selects(task.marker):
        yield Refusal(
            check="marker-carried",
            task=task.name,
            what=f"The task {task.name} does not carry its marker {task.marker}.",
            why="Without it nobody can tell when the last change has arrived.",
            remedy=f"Deploy it with its marker: cdktf deploy {wish.environment}",
        )
    if gone := [it.side for it in markers if not it.exists]:
        yield Refusal(
            check="marker",
            task=task.name,
            what=f"The marker {task.marker} is not there at {' and at '.join(gone)}.",
            why=_UNSEEN,
            remedy=f"Make the markers and their grants: {prepare}",
        )
    for it in markers:
        remedy = f"Make the markers and their grants: {prepare}"
        if it.odd:
            what = f"{task.marker} at {it.side} {it.odd.what}."
            remedy = f"{it.odd.remedy}; then: {prepare}"
        elif it.lacking:
            what = f"DMS's user lacks {', '.join(it.lacking)} on the marker {task.marker} at {it.side}."
        else:
            continue
        yield Refusal(
            check="marker",
            task=task.name,
            what=what,
            why=_UNSEEN,
            remedy=remedy,
        )


_SHOWN: Final = 5
_DROPS: Final = "DMS drops each table before it loads, without CASCADE; PostgreSQL none on which something depends."
"""https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html: DROP fails there."""


def _tables(start: Start, tables: Tables, wish: Wish) -> Iterator[Refusal]:
    task = start.task
    makes = _is_made_by_dms(task)
    if tables.missing and not makes:
        yield Refusal(
            check="target-tables",
            task=task.name,
            what=f"Aurora lacks {_named(tables.missing)}.",
            why="DMS would make what is missing itself, without defaults, indexes and foreign keys.",
            remedy=f"Carry the schema first: ferry schema {wish.environment} before-load",
        )
    filled = _unwished(tables.filled, wish)
    empties = task.settings.preparation != "DO_NOTHING"
    if tables.referring:
        yield Refusal(
            check="target-referred",
            task=task.name,
            what="Foreign keys of other tables refer to what is to be "
            f"{'dropped' if makes else 'emptied'} at Aurora: {keys(tables.referring)}.",
            why=_DROPS
            if makes
            else "DMS truncates each table before it loads; PostgreSQL none to which another refers."
            if empties
            else "PostgreSQL truncates no table to which another refers.",
            remedy=f"{drops(task, tables.referring)} {remade(wish.environment)}",
        )
    if tables.depending:
        yield Refusal(
            check="target-depended",
            task=task.name,
            what="Other things depend on what is to be dropped at Aurora: "
            f"{listed(tables.depending)}.",
            why=_DROPS,
            remedy=kept(task, wish.environment),
        )
    if not filled or (wish.reload and empties):
        return
    if wish.reload:
        yield Refusal(
            check="target-filled",
            task=task.name,
            what=f"Aurora's {_named(filled)} hold rows.",
            why="target_table_preparation_mode is DO_NOTHING: DMS would load beside what is there.",
            remedy=f"Empty them at Aurora: truncate table {_statement(filled)}; or keep their rows: "
            f"{_into(task, filled, wish)}",
        )
        return
    yield Refusal(
        check="target-filled",
        task=task.name,
        what=f"Aurora's {_named(filled)} hold rows already.",
        why="DMS would empty them before it loads."
        if empties
        else "DMS would load beside what is there, and fail where keys are alike.",
        remedy=f"See what they are. Where that is right: {_into(task, filled, wish)}",
    )


def _parents(start: Start, parents: Sequence[Parent], wish: Wish) -> Iterator[Refusal]:
    """What would be loaded twice, or whose changes bear names that the task does not carry.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, "Working with
    partitioned tables": DMS reads the root as a view is read; WAL knows the partitions alone.
    """
    task = start.task
    twice = [it for it in parents if start.loads and it.partitioned and it.carried]
    alone = [it for it in parents if task.carries_changes and it.partitioned and not it.carried]
    heirs = [it for it in parents if start.loads and not it.partitioned]
    remedy = (
        f"The line that leaves it out of the task: ferry check source {wish.environment}; then: cdktf "
        f"deploy {wish.environment}"
    )
    suggested = (
        f"ferry suggest tasks {wish.environment} --write; then: cdktf deploy {wish.environment}"
    )
    for found, what, why, mend in (
        (
            twice,
            "carries partitioned tables and their partitions",
            "DMS reads both: each row is loaded twice, or the load fails with duplicate keys.",
            f"Leave the parents out of the file: {suggested}",
        ),
        (
            alone,
            "carries partitioned tables without their partitions",
            "Changes bear the partitions' names: the load passes, and nothing after it arrives.",
            remedy,
        ),
        (
            heirs,
            "carries tables that others inherit from",
            "DMS reads them without ONLY: the rows of those that inherit are loaded into them too.",
            remedy,
        ),
    ):
        if found:
            yield Refusal(
                check="parents",
                task=task.name,
                what=f"The task {task.name} {what}: {_named([it.name for it in found])}.",
                why=why,
                remedy=mend,
            )


def _named(tables: Sequence[TableName]) -> str:
    shown = ", ".join(map(str, tables[:_SHOWN]))
    more = len(tables) - _SHOWN
    return f"{shown} and {counted(more, 'more table')}" if more > 0 else shown


def listed(names: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def kept(task: Task, environment: str) -> str:
    """How DMS leaves Aurora's tables as they are, with all that depends on them."""
    return (
        f'Set target_table_preparation_mode = "DO_NOTHING" for the task {task.name} in {environment}.toml, '
        f"then: cdktf deploy {environment}; DMS leaves the tables as they are then, and what depends on "
        "them."
    )


def _statement(tables: Sequence[TableName]) -> str:
    return ", ".join(map(_quoted, tables))


def _quoted(name: Iterable[str]) -> str:
    return ".".join('"{}"'.format(part.replace('"', '""')) for part in name)


def _unwished(filled: Sequence[TableName], wish: Wish) -> list[TableName]:
    return [it for it in filled if str(it) not in wish.into]


def emptied(
    task: Task, tables: Sequence[TableName], filled: Sequence[TableName], wish: Wish
) -> list[list[TableName]]:
    """What is emptied or dropped before a load, those together that one statement empties.

    Args:
        task: The task.
        tables: Aurora's tables that it loads.
        filled: Those that hold rows.
        wish: What was asked for.
    """
    if task.settings.preparation != "DO_NOTHING":
        return [[it] for it in tables]
    return [_unwished(filled, wish)] if wish.reload else []


def keys(found: Sequence[tuple[TableName, str]]) -> str:
    """Foreign keys, named."""
    return ", ".join(f"{name} of {table}" for table, name in found)


def drops(task: Task, found: Sequence[tuple[TableName, str]]) -> str:
    """How foreign keys in Aurora are dropped."""
    statements = " ".join(
        f"ALTER TABLE {_quoted(table)} DROP CONSTRAINT {_quoted([name])};" for table, name in found
    )
    return f"Drop them in Aurora's database {task.database.aurora}: {statements}"


def remade(environment: str) -> str:
    """How they are there again."""
    return (
        f"When the tables are loaded: ferry schema {environment} before-cutover; it makes the keys "
        "again."
    )


def _into(task: Task, tables: Sequence[TableName], wish: Wish) -> str:
    return replace(wish, into=wish.into.union(map(str, tables))).typed(task)
