"""Where a migration stands, judged from what is there and from no journal; what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ferry.deployment import NotDeployedError
from ferry.errors import FerryError
from ferry.migrate import markers, target_tables
from ferry.migrate.reading import read_tasks
from ferry.migrate.source_slots import in_the_slot
from ferry.migrate.starting import Marker, Refusal, Start, Tables, Wish, how
from ferry.migrate.watching.databases import control_tables
from ferry.postgres import apart, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferry.deployment import Deployment
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task

_PURPOSE: Final = "say where the migration stands"
_SECONDS_OF_A_MARKER: Final = 300.0
"""How old the last marker may be to say that changes arrive now; ferry watch writes one a minute."""

# Superusers are let be: no right of a database's keeps them out.
_REACHABLE: Final = (
    "select r.rolname::text from pg_catalog.pg_roles r where r.rolcanlogin and not r.rolsuper "
    "and pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database()::text, 'CONNECT') "
    "and not (r.rolname = any(%s)) and r.oid <> (select d.datdba from pg_catalog.pg_database d "
    "where d.datname = pg_catalog.current_database()) order by 1"
)


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
        tables: Aurora's tables.
        carried: How many tables of the source it carries.
        is_open: Whether everybody may connect to Aurora's database.
        unapplied: How many changes DMS could not apply, ever.
        let_in: Who may connect there, beside ferry, DMS, its owner and superusers.
        last: When the newest marker was written at the source; None where there is none.
        has_arrived: Whether that one is at Aurora.
        slot: What stands in the task's replication slot against going on, where it does not run.
    """

    markers: tuple[Marker, ...] = ()
    tables: Tables = field(default_factory=Tables)
    carried: int = 0
    is_open: bool = False
    let_in: tuple[str, ...] = ()
    unapplied: int = 0
    last: datetime | None = None
    has_arrived: bool = False
    slot: tuple[Refusal, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What is seen of a migration.

    Args:
        environment: The environment's name.
        tasks: DMS's tasks; None where nothing is deployed.
        databases: What both databases say, by task.
        trouble: Why something could not be told, and how to mend that; empty where all could.
        not_deployed: Why nothing is deployed; empty where it is.
        at: When.
    """

    environment: str
    tasks: Sequence[Task] | None = None
    databases: dict[str, Databases] = field(default_factory=dict)
    trouble: str = ""
    not_deployed: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def steps(seen: Seen) -> list[Step]:
    """The steps in their order; the first that is not done says what comes next."""
    found = list(_steps(seen))
    shown: list[Step] = []
    waits = False
    for step in found:
        later = waits and step.state is State.NOW
        shown.append(Step(name=step.name, state=State.TO_COME, what=step.what) if later else step)
        waits = waits or step.state in {State.NOW, State.WRONG}
    return shown


def _steps(seen: Seen) -> Iterator[Step]:
    name = seen.environment
    if seen.tasks is None:
        yield Step(
            name="deployed",
            state=State.NOW if seen.not_deployed else State.UNKNOWN,
            what=seen.not_deployed or seen.trouble,
            next=f"cdktf deploy {name}" if seen.not_deployed else "",
        )
        return
    yield Step(
        name="deployed",
        state=State.DONE,
        what=f"DMS has the tasks {', '.join(task.name for task in seen.tasks)}.",
    )
    if seen.trouble:
        yield Step(name="databases", state=State.UNKNOWN, what=seen.trouble)
    else:
        yield _prepared(seen)
        yield _schema(seen)
    yield from (_loaded(seen, task) for task in seen.tasks if task.loads)
    yield from (_replicating(seen, task) for task in seen.tasks if task.carries_changes)


def _prepared(seen: Seen) -> Step:
    lacking = [
        f"{task.marker} at {marker.side}"
        for task in seen.tasks or ()
        for marker in seen.databases[task.name].markers
        if not marker.exists or marker.lacking
    ]
    if lacking:
        return Step(
            name="databases-prepared",
            state=State.NOW,
            what=f"DMS cannot carry the markers yet: {', '.join(lacking)}.",
            next=f"ferry prepare-databases {seen.environment}",
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
    carried = sum(each.carried for each in seen.databases.values())
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
            what=f"Aurora lacks {len(missing)} of {carried} tables, such as {missing[0]}.",
            next=f"ferry schema {seen.environment} before-load",
        )
    return Step(
        name="schema-before-load",
        state=State.DONE,
        what=f"Aurora has all {carried} tables, and is {door}.",
    )


def _loaded(seen: Seen, task: Task) -> Step:
    name, counts = seen.environment, task.counts
    total = counts.loaded + counts.loading + counts.queued + counts.errored
    step, far = f"loaded {task.name}", f"{counts.loaded} of {total} tables"
    start = _start(seen, task)
    if task.status == "failed":
        said = task.failure.rstrip(".") or task.stop_reason or "DMS does not say why"
        return Step(
            name=step,
            state=State.WRONG,
            what=f"The task {task.name} has failed: {said}.",
            next=start,
        )
    if not task.was_started:
        return Step(
            name=step,
            state=State.NOW,
            what=f"The task {task.name} was not started yet.",
            next=start,
        )
    if counts.errored:
        return Step(
            name=step,
            state=State.WRONG,
            what=f"{counts.errored} tables of the task {task.name} are not carried; {far} are loaded.",
            next=f"ferry watch {name} --task {task.name}",
        )
    if counts.loading or counts.queued or not counts.loaded:
        stopped = task.status in {"stopped", "ready"}
        return Step(
            name=step,
            state=State.NOW,
            what=f"The task {task.name} is {task.status}: {far} are loaded.",
            next=start if stopped else f"ferry watch {name} --task {task.name}",
        )
    carried = 0 if seen.trouble else seen.databases[task.name].carried
    more = carried - (total - task.mappings.selects(task.marker))
    if more > 0:
        return Step(
            name=step,
            state=State.WRONG,
            what=f"The source has {more} tables that the task {task.name} selects and does not carry; "
            f"{far} are loaded.",
            next=f"ferry watch {name} --task {task.name}",
        )
    return Step(
        name=step,
        state=State.DONE,
        what=f"The task {task.name} has loaded {far}, by DMS's own word.",
    )


def _replicating(seen: Seen, task: Task) -> Step:
    name, step = seen.environment, f"replicating {task.name}"
    if task.status != "running":
        for refusal in () if seen.trouble else seen.databases[task.name].slot:
            return Step(
                name=step,
                state=State.UNKNOWN if refusal.unknown else State.WRONG,
                what=refusal.what,
                next=refusal.remedy,
            )
        reason = f" ({task.stop_reason})" if task.stop_reason else ""
        return Step(
            name=step,
            state=State.NOW,
            what=f"The task {task.name} is {task.status}{reason}, and carries no changes.",
            next=_start(seen, task),
        )
    if seen.trouble:
        return Step(
            name=step,
            state=State.UNKNOWN,
            what=f"The task {task.name} runs; whether its changes arrive is not known.",
        )
    watch, databases = f"ferry watch {name} --task {task.name}", seen.databases[task.name]
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
            f"{databases.unapplied} changes of the task {task.name} were not applied; which tables "
            "lack them still is seen by watching."
        )
    elif age > _SECONDS_OF_A_MARKER:
        doubt = State.UNKNOWN
        said = (
            f"The last marker of the task {task.name} is at Aurora, and was written {age} s ago; "
            "whether changes arrive since is not known."
        )
    return Step(name=step, state=doubt, what=said, next="" if doubt is State.DONE else watch)


def _start(seen: Seen, task: Task) -> str:
    """How a task is started that does not run, or what has to be done before."""
    decided = how(task, Wish(environment=seen.environment))
    if isinstance(decided, Refusal):
        return decided.remedy
    return f"ferry start {seen.environment} --task {task.name}"


def see(deployment: Deployment, sides: Callable[[Task], Sides]) -> Seen:
    """Look at a migration; changes nothing.

    Raises:
        NoMigrationError: The environment is Aurora alone.
    """
    name = deployment.environment.name
    try:
        tasks = read_tasks(deployment)
    except NotDeployedError as error:
        return Seen(environment=name, not_deployed=error.why)
    except FerryError as error:
        return Seen(environment=name, trouble=str(error))
    databases: dict[str, Databases] = {}
    try:
        for task in tasks:
            databases[task.name] = _databases(
                deployment.environment.name, task, sides(task), beside=tasks
            )
    except FerryError as error:
        return Seen(environment=name, tasks=tasks, trouble=str(error))
    return Seen(environment=name, tasks=tasks, databases=databases)


def _databases(environment: str, task: Task, sides: Sides, *, beside: Sequence[Task]) -> Databases:
    wish = Wish(environment=environment)
    start = how(task, wish)
    with (
        connect(sides.source.server, purpose=_PURPOSE) as source,
        connect(sides.target.server, purpose=_PURPOSE) as target,
    ):
        apart(source, target)
        found = (
            markers.state(source, task.marker, user=sides.source.dms_user, at_source=True),
            markers.state(target, task.marker, user=sides.target.dms_user, at_source=False),
        )
        carried = target_tables.carried(source, task.mappings)
        tables = target_tables.look(target, (task.mappings.target(it.name) for it in carried))
        ((is_open,),) = target.rows(
            "select pg_catalog.has_database_privilege('public', "
            "pg_catalog.current_database()::text, 'CONNECT')"
        )
        keepers = [sides.target.dms_user, sides.target.server.username]
        let_in = target.rows(_REACHABLE, [keepers])
        there = all(marker.exists for marker in found)
        last = markers.newest(source, task.marker) if there else None
        return Databases(
            markers=found,
            tables=tables,
            carried=len(carried),
            is_open=is_open,
            unapplied=sum(it.changes for it in control_tables(target, task).unapplied),
            let_in=tuple(role for (role,) in let_in),
            last=last.at if last else None,
            has_arrived=last is not None and markers.has_arrived(target, task.marker, last),
            slot=in_the_slot(start, wish, source=source, target=target, beside=beside)
            if isinstance(start, Start)
            else (),
        )
