"""Where a migration stands, judged from what is there and from no journal; what comes next. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from facts.dms import is_own_table
from facts.ferry_schema import ACCESS, SCHEMA
from ferry.migrate.schema.phases import Phase
from ferry.migrate.starting import Marker, Refusal, Tables, Wish, onward
from ferry.migrate.tasks import Counts
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
from ferry.migrate.ways import Direction
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.errors import FerryError
    from ferry.mappings import TableName
    from ferry.migrate.tasks import Task
    from ferry.migrate.watching.tables import TableRow

_SECONDS_OF_A_MARKER: Final = 300.0
"""How old the last marker may be to say that changes arrive now; ferry watch writes one a minute."""


_CARRIES: Final = {
    Phase.AFTER_LOAD: "ferry schema {} after-load",
    Phase.BEFORE_CUTOVER: "ferry schema {} before-cutover",
}


class State(StrEnum):
    """How far a step is. The value is the word that is shown."""

    DONE = "done"
    NOW = "now"
    TO_COME = "to come"
    WRONG = "wrong"
    UNKNOWN = "not known"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step of the migration.

    Args:
        name: Its name, kebab-case and stable.
        state: How far it is.
        what: What is seen of it, one sentence.
        next: What to do, with the exact command; empty where nothing is.
    """

    name: str
    state: State
    what: str
    next: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Databases:
    """What both databases of a task say.

    Args:
        markers: Its marker on both sides.
        remembers_access: Whether Aurora has ferry's own table of who is to connect after the cutover.
        tables: Aurora's tables.
        carried: The source's tables that it carries, by the rules.
        is_open: Whether everybody may connect to Aurora's database.
        unapplied: How many changes the tables lack that DMS could not apply.
        let_in: Who may connect there, beside ferry, DMS, its owner and superusers.
        last: When the newest marker was written at the source; None where there is none.
        has_arrived: Whether that one is at Aurora.
        slot: What stands in the task's replication slot against going on, where it does not run.
    """

    markers: tuple[Marker, ...] = ()
    remembers_access: bool = True
    tables: Tables = field(default_factory=Tables)
    carried: tuple[TableName, ...] = ()
    is_open: bool = False
    let_in: tuple[str, ...] = ()
    unapplied: int = 0
    last: datetime | None = None
    has_arrived: bool = False
    slot: tuple[Refusal, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What is left of a phase of the schema, in all databases.

    Args:
        steps: What would be done, as `ferry schema` says it.
        wrong: What stands against it, and the remedy of each.
    """

    steps: tuple[str, ...] = ()
    wrong: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The cutover or the rollback that says where applications write, or that was cut off.

    Args:
        run: Its id.
        direction: Which way changes were carried before it.
        step: The last of its steps that was done; empty for none.
        is_beyond: Whether it is beyond its point of no return; otherwise it was cut off before.
        is_finished: Whether nothing of it is left to do.
        may_be_taken_back: Of a cutover, whether it can be taken back with nothing to be carried.
        is_given_up: Of a cutover, whether that is under way.
        goes_back: Of a cutover, whether what is written to Aurora is carried back.
        carriers: What carries what applications write now, with each task's status.
        deadline: When the way back is given up, as the file says; empty for never.
        criteria: What has to happen for a rollback, in the file's words.
        is_ending: Of a cutover, whether its migration is being finished, or is: nobody goes back.
        is_over: Whether that is done.
        follows: What comes after that.
    """

    run: str
    direction: Direction
    step: str = ""
    is_beyond: bool = True
    is_finished: bool = True
    may_be_taken_back: bool = False
    is_given_up: bool = False
    goes_back: bool = True
    carriers: tuple[tuple[str, str], ...] = ()
    deadline: str = ""
    criteria: tuple[str, ...] = ()
    is_ending: bool = False
    is_over: bool = False
    follows: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What is seen of a migration.

    Args:
        environment: The environment's name.
        tasks: DMS's tasks; None where nothing is deployed.
        databases: What both databases say, by task.
        tables: DMS's tables of each task that was started, ferry's and its own among them.
        schema: What is left of each phase of the schema; of one that is missing it is not known.
        trouble: Why something could not be told; None where all could.
        schema_trouble: Why it is not known what is left of the schema; None where it is.
        not_deployed: Why nothing is deployed; empty where it is.
        course: The cutover or rollback that counts; None where none has begun, or none that counts.
        at: When.
    """

    environment: str
    tasks: Sequence[Task] | None = None
    databases: dict[str, Databases] = field(default_factory=dict)
    tables: Mapping[str, Mapping[TableName, TableRow]] = field(default_factory=dict)
    schema: Mapping[Phase, Left] = field(default_factory=dict)
    trouble: FerryError | None = None
    schema_trouble: FerryError | None = None
    not_deployed: str = ""
    course: Course | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def counts(self, task: Task) -> Counts:
        """How far a task's tables are; ferry's and DMS's own are none of them, though DMS counts them.

        One of DMS's own that is not carried is told as any other, as `ferry watch` does.
        """
        counts = task.counts
        rows = self.tables.get(task.name, {}).values()
        states = [
            row.state
            for row in rows
            if row.name.is_ferrys or (is_own_table(row.name.table) and row.state not in GIVEN_UP)
        ]
        # Both were read one after the other, while DMS went on.
        return Counts(
            loaded=max(0, counts.loaded - states.count(COMPLETED)),
            loading=max(0, counts.loading - states.count(LOADING) - states.count(RELOADING)),
            queued=max(0, counts.queued - states.count(WAITING)),
            errored=max(0, counts.errored - states.count(ERROR) - states.count(CANCELLED)),
        )

    def marker(self, task: Task) -> str:
        """DMS's word for where the marker of a task is; empty where it shows none."""
        row = self.tables.get(task.name, {}).get(task.marker)
        return row.state if row else ""

    def not_carried(self, task: Task) -> Sequence[TableName]:
        """The source's tables that a task's rules select, and that DMS does not show or does not find."""
        if self.trouble:
            return ()
        shown = self.tables.get(task.name, {})
        return [
            name
            for name in self.databases[task.name].carried
            if name not in shown or shown[name].state == MISSING
        ]


def steps(seen: Seen) -> list[Step]:
    """The steps in their order; the first that is not done, or not known, says what comes next."""
    found = list(_steps(seen))
    shown: list[Step] = []
    waits = False
    for step in found:
        later = waits and step.state is State.NOW
        shown.append(Step(name=step.name, state=State.TO_COME, what=step.what) if later else step)
        waits = waits or step.state not in {State.DONE, State.TO_COME}
    return shown


def _steps(seen: Seen) -> Iterator[Step]:
    name = seen.environment
    if seen.tasks is None:
        if seen.trouble:
            yield _unknown(seen, "deployed", seen.trouble)
        else:
            yield Step(
                name="deployed",
                state=State.NOW,
                what=seen.not_deployed,
                next=f"cdktf deploy {name}",
            )
        return
    yield Step(
        name="deployed",
        state=State.DONE,
        what=f"DMS has the {'task' if len(seen.tasks) == 1 else 'tasks'} "
        f"{', '.join(task.name for task in seen.tasks)}.",
    )
    if seen.course is not None:
        yield from _course(seen, seen.course)
        return
    if seen.trouble:
        yield _unknown(seen, "databases", seen.trouble)
    else:
        yield _prepared(seen)
        yield _schema(seen)
        if seen.schema_trouble:
            yield _unknown(seen, "schema", seen.schema_trouble)
    yield from (_loaded(seen, task) for task in seen.tasks if task.loads)
    yield from _phase(seen, Phase.AFTER_LOAD)
    yield from (_replicating(seen, task) for task in seen.tasks if task.carries_changes)
    yield from _phase(seen, Phase.BEFORE_CUTOVER)
    yield Step(
        name="verified",
        state=State.NOW,
        what="Whether every row is the same on both sides is told by comparing them.",
        next=f"ferry verify {name}",
    )
    yield Step(
        name="cutover",
        state=State.TO_COME,
        what="Whether the applications can be switched to Aurora then is told by: "
        f"ferry cutover {name} --plan",
    )


def _course(seen: Seen, course: Course) -> Iterator[Step]:
    """Where a cutover or a rollback is; the phases before it are over."""
    name, command = seen.environment, course.direction.command
    step = f"; its last step that is done is {course.step}" if course.step else ""
    if not course.is_beyond:
        side = course.direction.ends[0]
        yield Step(
            name=command,
            state=State.WRONG,
            what=f"The {command} {course.run} was cut off, or is under way, before its point of no "
            f"return{step}: {side} may be closed.",
            next=f"Where nobody is at it, this opens {side}: ferry rollback {name}",
        )
        return
    if course.is_given_up:
        yield Step(
            name=command,
            state=State.NOW,
            what=f"The {command} {course.run} is being taken back{step}.",
            next=f"ferry rollback {name}",
        )
        return
    if not course.is_finished:
        back = (
            f"; or take it back, as Aurora was not opened: ferry rollback {name}"
            if course.may_be_taken_back
            else ""
        )
        yield Step(
            name=command,
            state=State.NOW,
            what=f"The {command} {course.run} is beyond its point of no return{step}.",
            next=f"ferry {command} {name}{back}",
        )
        return
    writes, follows = course.direction.ends[1], course.direction.ends[0]
    yield Step(
        name=command,
        state=State.DONE,
        what=f"The applications write to {writes}: the {command} {course.run} is done.",
    )
    if course.is_ending:
        yield Step(
            name="finish",
            state=State.DONE if course.is_over else State.NOW,
            what="The migration is finished: what it needed was dropped, and nobody goes back."
            if course.is_over
            else "The migration is being finished, and nobody goes back any more.",
            next=course.follows if course.is_over else f"ferry finish {name}",
        )
        return
    for task, status in course.carriers:
        runs = status == "running"
        yield Step(
            name=f"following {task}",
            state=State.DONE if runs else State.WRONG,
            what=f"The task {task} is {status}: what is written to {writes} "
            f"{'goes to' if runs else 'does not go to'} {follows}.",
            next=""
            if runs
            else f"See its log; it has to run before anybody goes back to {follows}.",
        )
    if course.direction is Direction.BACK:
        yield Step(
            name="cutover",
            state=State.NOW,
            what="Whether the applications can be switched to Aurora again is told by the gate; no load is "
            "needed.",
            next=f"ferry verify {name}; then: ferry cutover {name} --plan",
        )
        return
    criteria = f" When: {'; '.join(course.criteria)}." if course.criteria else ""
    until = f" until {course.deadline}" if course.deadline else ""
    yield Step(
        name="rollback",
        state=State.TO_COME,
        what=f"One can go back{until}: ferry rollback {name} --plan.{criteria}"
        if course.goes_back
        else "There is no way back: nothing carries what is written to Aurora.",
    )
    yield Step(
        name="finish",
        state=State.TO_COME,
        what="When nobody goes back any more, what the migration needed is dropped by: "
        f"ferry finish {name} --plan",
    )


def _unknown(seen: Seen, name: str, error: FerryError) -> Step:
    """That something could not be told: nothing comes next but to mend that."""
    again = f"ferry status {seen.environment}"
    return Step(
        name=name,
        state=State.UNKNOWN,
        what=error.why,
        next=f"{error.remedy} Then: {again}".lstrip() if error.remedy else again,
    )


def _prepared(seen: Seen) -> Step:
    prepare = f"ferry prepare-databases {seen.environment}"
    for task in seen.tasks or ():
        for marker in seen.databases[task.name].markers:
            if marker.odd:
                return Step(
                    name="databases-prepared",
                    state=State.WRONG,
                    what=f"{task.marker} at {marker.side} {marker.odd.what}.",
                    next=f"{marker.odd.remedy}; then: {prepare}",
                )
    lacking = [
        f"{task.marker} at {marker.side}"
        for task in seen.tasks or ()
        for marker in seen.databases[task.name].markers
        if not marker.exists or marker.lacking
    ]
    said = f"DMS cannot carry the markers yet: {', '.join(lacking)}." if lacking else ""
    if not said and not all(each.remembers_access for each in seen.databases.values()):
        said = f"Aurora has no table {SCHEMA}.{ACCESS} yet."
    if said:
        return Step(
            name="databases-prepared",
            state=State.NOW,
            what=said,
            next=prepare,
        )
    return Step(
        name="databases-prepared",
        state=State.DONE,
        what="The markers are on both sides, with DMS's rights.",
    )


def _schema(seen: Seen) -> Step:
    missing = [
        table
        for task in seen.tasks or ()
        if task.settings.preparation != "DROP_AND_CREATE"
        for table in seen.databases[task.name].tables.missing
    ]
    carried = sum(len(each.carried) for each in seen.databases.values())
    openly = any(each.is_open for each in seen.databases.values())
    let_in = sorted({role for each in seen.databases.values() for role in each.let_in})
    door = "closed to all but those who need it"
    if openly:
        door = "open to everybody"
    elif let_in:
        door = f"open to {', '.join(let_in)}"
    if missing:
        return Step(
            name="schema-before-load",
            state=State.NOW,
            what=f"Aurora lacks {len(missing)} of {counted(carried, 'table')}, such as {missing[0]}.",
            next=f"ferry schema {seen.environment} before-load",
        )
    every = "its one table" if carried == 1 else f"all {carried} tables"
    there = f"Aurora has {every}, and is {door}"
    left = seen.schema.get(Phase.BEFORE_LOAD, Left())
    made_by_dms = all(it.settings.preparation == "DROP_AND_CREATE" for it in seen.tasks or ())
    for what, remedy in left.wrong:
        return Step(
            name="schema-before-load", state=State.WRONG, what=f"{there}. {what}", next=remedy
        )
    if left.steps and not made_by_dms:
        return Step(
            name="schema-before-load",
            state=State.NOW,
            what=f"{there}; {_named(left)}.",
            next=f"ferry schema {seen.environment} before-load",
        )
    return Step(name="schema-before-load", state=State.DONE, what=f"{there}.")


def _phase(seen: Seen, phase: Phase) -> Iterator[Step]:
    """A later phase of the schema, where it is known what is left of it."""
    left = seen.schema.get(phase)
    if left is None:
        return
    name = f"schema-{phase}"
    if left.wrong:
        what, remedy = left.wrong[0]
        yield Step(name=name, state=State.WRONG, what=what, next=remedy)
    elif left.steps:
        yield Step(
            name=name,
            state=State.NOW,
            what=f"Of the phase {phase} {_named(left)}.",
            next=_CARRIES[phase].format(seen.environment),
        )
    else:
        yield Step(name=name, state=State.DONE, what=f"Of the phase {phase} nothing is left.")


def _named(left: Left) -> str:
    if len(left.steps) == 1:
        return f"one step is left: {left.steps[0]}"
    return f"{len(left.steps)} steps are left, such as: {left.steps[0]}"


def _loaded(seen: Seen, task: Task) -> Step:
    name, counts = seen.environment, seen.counts(task)
    total = counts.loaded + counts.loading + counts.queued + counts.errored
    step, far = f"loaded {task.name}", f"{counts.loaded} of {counted(total, 'table')}"
    loaded = f"{far} {'is' if total == 1 else 'are'} loaded"
    if task.status == "failed" or not task.was_started:
        return _at_rest(step, seen, task)
    if counts.errored:
        return Step(
            name=step,
            state=State.WRONG,
            what=f"Of the task {task.name} {counted(counts.errored, 'table')} "
            f"{'is' if counts.errored == 1 else 'are'} not carried; {loaded}.",
            next=f"ferry watch {name} --task {task.name}",
        )
    if not task.counts.loaded or counts.loading or counts.queued:
        onward = _onward(seen, task)
        if isinstance(onward, Refusal):
            return _refused(step, onward)
        return Step(
            name=step,
            state=State.NOW,
            what=f"The task {task.name} is {task.status}: {loaded}.",
            next=onward,
        )
    if lacking := seen.not_carried(task):
        return Step(
            name=step,
            state=State.WRONG,
            what=f"The source has {counted(len(lacking), 'table')} that the task {task.name} selects and "
            f"does not carry, such as {lacking[0]}; {loaded}.",
            next=f"ferry watch {name} --task {task.name}",
        )
    return Step(
        name=step,
        state=State.DONE,
        what=f"The task {task.name} has loaded {far}, by DMS's own word.",
    )


def _at_rest(step: str, seen: Seen, task: Task) -> Step:
    """A task that has failed, or was never started."""
    onward = _onward(seen, task)
    what = f"The task {task.name} was not started yet."
    if task.status == "failed":
        said = task.failure.rstrip(".") or task.stop_reason or "DMS does not say why"
        what = f"The task {task.name} has failed: {said}."
    elif isinstance(onward, Refusal):
        return _refused(step, onward)
    return Step(
        name=step,
        state=State.WRONG if task.status == "failed" else State.NOW,
        what=what,
        next=onward.remedy if isinstance(onward, Refusal) else onward,
    )


def _replicating(seen: Seen, task: Task) -> Step:
    step = f"replicating {task.name}"
    if task.status != "running":
        onward = _onward(seen, task)
        if isinstance(onward, Refusal):
            return _refused(step, onward)
        reason = f" ({task.stop_reason})" if task.stop_reason else ""
        return Step(
            name=step,
            state=State.NOW,
            what=f"The task {task.name} is {task.status}{reason}, and carries no changes.",
            next=onward,
        )
    return _runs(step, seen, task)


def _runs(step: str, seen: Seen, task: Task) -> Step:
    """Whether the changes of a task that runs arrive."""
    name = seen.environment
    if seen.trouble:
        return Step(
            name=step,
            state=State.UNKNOWN,
            what=f"The task {task.name} runs; whether its changes arrive is not known.",
        )
    watch, databases = f"ferry watch {name} --task {task.name}", seen.databases[task.name]
    marker = seen.marker(task)
    if marker in GIVEN_UP:
        return Step(
            name=step,
            state=State.WRONG,
            what=f"The task {task.name} does not carry its marker {task.marker} ({marker}): nobody can "
            "tell when changes arrive.",
            next=watch,
        )
    if databases.last is None:
        return Step(
            name=step,
            state=State.NOW,
            what=f"The task {task.name} runs; no marker was written yet.",
            next=watch,
        )
    age = round((seen.at - databases.last).total_seconds())
    if not databases.has_arrived:
        return Step(
            name=step,
            state=State.NOW,
            what=f"The last marker of the task {task.name}, {age} s old, is not at Aurora yet.",
            next=watch,
        )
    doubt = State.DONE
    said = f"The last marker of the task {task.name}, written {age} s ago, is at Aurora."
    if databases.unapplied:
        doubt = State.NOW
        said = (
            f"{counted(databases.unapplied, 'change')} of the task {task.name} "
            f"{'was' if databases.unapplied == 1 else 'were'} not applied; which tables lack them is seen "
            "by watching."
        )
    elif age > _SECONDS_OF_A_MARKER:
        doubt = State.UNKNOWN
        said = (
            f"The last marker of the task {task.name} is at Aurora, and was written {age} s ago; "
            "whether changes arrive since is not known."
        )
    return Step(name=step, state=doubt, what=said, next="" if doubt is State.DONE else watch)


def _onward(seen: Seen, task: Task) -> Refusal | str:
    """How a task is started that does not run, or what stands against it; how it is watched otherwise."""
    if task.status not in {"ready", "stopped", "failed"}:
        return f"ferry watch {seen.environment} --task {task.name}"
    slot = () if seen.trouble else seen.databases[task.name].slot
    return onward(task, Wish(environment=seen.environment), slot)


def _refused(step: str, refusal: Refusal) -> Step:
    return Step(
        name=step,
        state=State.UNKNOWN if refusal.unknown else State.WRONG,
        what=refusal.what,
        next=refusal.remedy,
    )
