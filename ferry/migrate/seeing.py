"""Looks at where a migration stands: the deployment, DMS's tasks, both databases; changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.ferry_schema import ACCESS, SCHEMA
from ferry.deployment import NotDeployedError
from ferry.errors import FerryError
from ferry.findings import Level
from ferry.migrate import markers, target_tables
from ferry.migrate.cutover import standing
from ferry.migrate.finish.after import take_out
from ferry.migrate.reading import read_tasks, read_ways
from ferry.migrate.schema.work import works
from ferry.migrate.source_slots import in_the_slot
from ferry.migrate.starting import Start, Wish, how
from ferry.migrate.status import Course, Databases, Left, Seen
from ferry.migrate.watching.databases import control_tables
from ferry.migrate.watching.look import TaskLook
from ferry.migrate.watching.statistics import Budget, Statistics
from ferry.migrate.ways import carriers
from ferry.postgres import apart, connect
from ferry.words import capital
from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ferry.deployment import Deployment
    from ferry.findings import Finding
    from ferry.mappings import TableName
    from ferry.migrate.schema.phases import Phase
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.watching.tables import TableRow
    from ferry.postgres import Session
    from settings.databases import Database

_PURPOSE: Final = "say where the migration stands"

# Superusers are let be: no right of a database's keeps them out.
_REACHABLE: Final = (
    "select r.rolname::text from pg_catalog.pg_roles r where r.rolcanlogin and not r.rolsuper "
    "and pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database()::text, 'CONNECT') "
    "and not (r.rolname = any(%s)) and r.oid <> (select d.datdba from pg_catalog.pg_database d "
    "where d.datname = pg_catalog.current_database()) order by 1"
)


def see(deployment: Deployment, sides: Callable[[Database], Sides]) -> Seen:
    """Look at a migration; changes nothing.

    Args:
        deployment: The environment as it is deployed.
        sides: The way to both ends of a database.

    Raises:
        NoMigrationError: The environment is Aurora alone.
    """
    name = deployment.environment.name
    try:
        tasks = read_tasks(deployment)
    except NotDeployedError as error:
        return Seen(environment=name, not_deployed=error.why)
    except FerryError as error:
        return Seen(environment=name, trouble=error)
    try:
        course = _course(deployment, sides)
    except FerryError as error:
        return Seen(environment=name, tasks=tasks, trouble=error)
    if course is not None:
        return Seen(environment=name, tasks=tasks, course=course)
    databases: dict[str, Databases] = {}
    tables: dict[str, Mapping[TableName, TableRow]] = {}
    try:
        for task in tasks:
            tables[task.name] = rows = _tables(deployment, task)
            databases[task.name] = _databases(
                deployment, task, sides(task.database), beside=tasks, rows=rows
            )
    except FerryError as error:
        return Seen(environment=name, tasks=tasks, tables=tables, trouble=error)
    schema: Mapping[Phase, Left] = {}
    trouble = None
    try:
        schema = _left(deployment, sides)
    except FerryError as error:
        trouble = error
    return Seen(
        environment=name,
        tasks=tasks,
        databases=databases,
        tables=tables,
        schema=schema,
        schema_trouble=trouble,
    )


def _course(deployment: Deployment, sides: Callable[[Database], Sides]) -> Course | None:
    """The cutover or rollback that says where applications write, or was cut off; None for none.

    Raises:
        FerryError: A server refuses or does not answer, or the journals tell different things.
    """
    environment = deployment.environment
    _, runs = standing.look(environment.name, sides(environment.carried[0]))
    cut_off = runs[0] if runs and runs[0].is_cut_off else None
    run = cut_off or standing.half_taken_back(runs) or standing.standing(runs)
    if run is None:
        return None
    given = (environment.cutover or Cutover()).rollback
    following = carriers(read_ways(deployment), run.direction.other) if run.is_finished else ()
    return Course(
        run=run.id,
        direction=run.direction,
        step=run.step,
        is_beyond=run.is_beyond or run.is_given_up,
        may_be_taken_back=run.may_be_taken_back,
        is_given_up=run.is_given_up,
        is_finished=run.is_finished,
        goes_back=bool(environment.legs),
        carriers=tuple((task.name, task.status) for task in following),
        deadline=given.deadline or "",
        criteria=tuple(given.criteria),
        is_ending=run.is_ending,
        is_over=run.is_over,
        follows=f"{capital(take_out(environment))}; then: cdktf deploy {environment.name}",
    )


def _tables(deployment: Deployment, task: Task) -> Mapping[TableName, TableRow]:
    """The tables of a task that was started, as DMS counts them."""
    if not task.was_started:
        return {}
    dms = deployment.account.dms
    return Statistics(dms=dms, task_arn=task.arn, budget=Budget()).refresh(task)


def _left(deployment: Deployment, sides: Callable[[Database], Sides]) -> Mapping[Phase, Left]:
    """What is left of each phase of the schema: what `ferry schema` would do now."""
    found: dict[Phase, Left] = {}
    carried = works(deployment.environment, sides)
    for work in carried:
        where = f" in {work.sides.target.server.database}" if len(carried) > 1 else ""
        for phase, orders in work.left().items():
            before = found.get(phase, Left())
            found[phase] = Left(
                steps=(*before.steps, *(f"{step.what}{where}" for step in orders.steps)),
                wrong=(
                    *before.wrong,
                    *(
                        (f"{_because(it)}{where and f' That is{where}.'}", it.remedy)
                        for it in orders.findings
                        if it.level is Level.BLOCKED
                    ),
                ),
            )
    return found


def _because(finding: Finding) -> str:
    """What was found, and why it matters, which here alone says what differs."""
    return f"{finding.what} {finding.why[:1].upper()}{finding.why[1:]}".rstrip()


def _databases(
    deployment: Deployment,
    task: Task,
    sides: Sides,
    *,
    beside: Sequence[Task],
    rows: Mapping[TableName, TableRow],
) -> Databases:
    wish = Wish(environment=deployment.environment.name)
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
        ((remembers,),) = target.rows(
            "select pg_catalog.to_regclass(%s) is not null", [f"{SCHEMA}.{ACCESS}"]
        )
        there = all(marker.exists and marker.odd is None for marker in found)
        last = markers.newest(source, task.marker) if there else None
        return Databases(
            markers=found,
            remembers_access=remembers,
            tables=tables,
            carried=tuple(it.name for it in carried),
            is_open=is_open,
            unapplied=_unapplied(deployment, task, target, rows),
            let_in=tuple(role for (role,) in let_in),
            last=last.at if last else None,
            has_arrived=last is not None and markers.has_arrived(target, task.marker, last),
            slot=in_the_slot(start, wish, source=source, target=target, beside=beside)
            if isinstance(start, Start)
            else (),
        )


def _unapplied(
    deployment: Deployment, task: Task, target: Session, rows: Mapping[TableName, TableRow]
) -> int:
    """How many changes its tables lack; DMS says when these were loaded."""
    loaded = {
        task.mappings.target(name): row.loaded_at for name, row in rows.items() if row.loaded_at
    }
    look = TaskLook(
        environment=deployment.environment.name,
        task=task,
        tables=tuple(rows.values()),
        unapplied=control_tables(target, task, loaded=loaded).unapplied,
    )
    return sum(found.changes for found, _ in look.lacking)
