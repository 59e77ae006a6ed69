"""Asks what is left of a migration: DMS's tasks, the journal, both servers' catalogs. Changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from facts.dms import DDL_AUDIT, HEARTBEAT, INTERCEPT_DDL, OWN_TABLES, TABLES_BEGIN_WITH
from facts.ferry_schema import SCHEMA, fence, fence_back
from facts.names import AGAIN, BACK
from ferry.errors import FerryError
from ferry.migrate.cutover import freezing, lowering, standing
from ferry.migrate.cutover.journal import State, last
from ferry.migrate.cutover.seen import NotNowError
from ferry.migrate.cutover.steps import POINT, VERIFY
from ferry.migrate.finish.gate import Seen
from ferry.migrate.finish.things import End, Function, Holder, Relation, Trigger, Wanted
from ferry.migrate.reading import read_ways
from ferry.migrate.reloading import parse
from ferry.migrate.source_slots import MAY_MAKE_AND_DROP, read_slots
from ferry.migrate.verify import kept
from ferry.migrate.verify.comparing import Verdict
from ferry.migrate.verify.verify import look
from ferry.migrate.ways import Direction
from ferry.own_tables import reading as own_tables
from ferry.postgres import PostgresError, UnreachableError, apart, connect, sql
from ferry.postgres.catalog.queries import PGLOGICAL_NODES
from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ferry.deployment import Deployment
    from ferry.migrate.cutover.journal import Record
    from ferry.migrate.cutover.standing import Run
    from ferry.migrate.cutover.switching.cname import Cname
    from ferry.migrate.sides import Side, Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.ways import Way
    from ferry.postgres import Session
    from settings.databases import Database
    from settings.environment import Environment

_PURPOSE: Final = "say what the migration has left"
_WORDS: Final = {
    "r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "f": "FOREIGN TABLE",
}  # fmt: skip
_TASK_NAME: Final = "task_name"
_SECONDS_TO_READ: Final = 300.0
"""Changes that could not be applied may be many."""
# Whoever owns a schema may drop what is in it: https://www.postgresql.org/docs/15/sql-droptable.html
_RELATIONS: Final = """
select c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text,
       pg_catalog.pg_get_userbyid(c.relowner)::text,
       (pg_catalog.pg_has_role(c.relowner, 'usage') or pg_catalog.pg_has_role(n.nspowner, 'usage'))
         and pg_catalog.has_schema_privilege(n.oid, 'usage')
         and pg_catalog.has_table_privilege(c.oid, 'select'),
       array(select a.attname::text from pg_catalog.pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_'
  and (pg_catalog.starts_with(c.relname, %s) or n.nspname = %s)
order by n.nspname <> %s, 2, 3"""
_TRIGGERS: Final = """
select e.evtname::text, n.nspname::text, p.proname::text,
       pg_catalog.pg_get_userbyid(e.evtowner)::text, pg_catalog.pg_has_role(e.evtowner, 'usage')
from pg_catalog.pg_event_trigger e join pg_catalog.pg_proc p on p.oid = e.evtfoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where %s in (e.evtname, p.proname) order by 1"""
_FUNCTIONS: Final = """
select n.nspname::text, pg_catalog.strpos(p.prosrc, %s) > 0,
       pg_catalog.pg_get_userbyid(p.proowner)::text,
       pg_catalog.pg_has_role(p.proowner, 'usage') or pg_catalog.pg_has_role(n.nspowner, 'usage')
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.proname = %s and p.pronargs = 0
  and p.prorettype = 'pg_catalog.event_trigger'::pg_catalog.regtype
order by 1"""
_HAS_PGLOGICAL: Final = "select from pg_catalog.pg_extension where extname = 'pglogical'"
_SCHEMAS: Final = """
select n.nspname::text, pg_catalog.pg_get_userbyid(n.nspowner)::text,
       pg_catalog.pg_has_role(n.nspowner, 'usage'),
       array(select array[coalesce(s.refobjid, case d.classid
                              when 'pg_catalog.pg_class'::pg_catalog.regclass then d.objid else 0 end)::text,
                          pg_catalog.pg_describe_object(d.classid, d.objid, 0)]
             from pg_catalog.pg_depend d
             left join pg_catalog.pg_depend s on s.classid = d.classid and s.objid = d.objid
               and s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
               and s.refclassid = s.classid and s.refobjsubid > 0 and s.deptype in ('a', 'i')
             where d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
               and d.refobjid = n.oid and d.deptype = 'n' order by 1)
from pg_catalog.pg_namespace n where n.nspname = any (%s::text[]) order by 1"""


def see(deployment: Deployment, sides: Callable[[Database], Sides]) -> Seen:
    """What is seen of a migration that is to be finished; nothing is changed.

    Args:
        deployment: The environment as it is deployed.
        sides: The way to both ends of a database.

    Raises:
        FerryError: DMS or a server does not answer or refuses, or the journals tell different things.
    """
    environment = deployment.environment
    ways = read_ways(deployment)
    records: Sequence[Record] = ()
    runs: Sequence[Run] = ()
    against: NotNowError | None
    try:
        records, runs = standing.look(environment.name, sides(environment.carried[0]))
        against = _against(environment.name, runs)
    except NotNowError as error:  # Another environment's run has closed a side.
        against = error
    run = standing.standing(runs)
    let_in: tuple[tuple[str, str], ...] = ()
    noise, uncompared = None, tuple[str, ...]()
    if run is not None and against is None and not run.is_ending:
        let_in, noise = _stragglers(sides(environment.carried[0]), run)
        uncompared = tuple(_uncompared(environment, sides, records, run))
    return Seen(
        environment=environment.name,
        at=datetime.now(UTC),
        tasks=tuple(_all(ways)),
        ends=tuple(
            end
            for database in environment.carried
            for end in _ends(environment, database, ways, sides(database), run)
        ),
        rollback=(environment.cutover or Cutover()).rollback,
        against=against,
        run=run.id if run else "",
        let_in=let_in,
        noise=noise,
        goes_back=bool(environment.legs),
        is_begun=run is not None and run.is_ending,
        is_over=run is not None and run.is_over,
        uncompared=uncompared,
        record=_record(environment, records),
    )


def _record(environment: Environment, records: Sequence[Record]) -> Cname | None:
    """The applications' record as it was before its TTL was lowered; None where it was not, or is not any more."""
    given = (environment.cutover or Cutover()).dns
    low = None if given is None else lowering.known(records, given)
    return low.before if low else None


def _uncompared(
    environment: Environment,
    sides: Callable[[Database], Sides],
    records: Sequence[Record],
    run: Run,
) -> Iterator[str]:
    """The tables for which a cutover's window had no time, and that nobody has seen to be the same since."""
    compared = last(records, run.id, VERIFY, State.KEPT)
    point = last(records, run.id, POINT, State.DONE)
    left = compared.detail.get("left", ()) if compared else ()
    for database in environment.carried:
        names = [name for it, name in left if it == database.aurora]
        if not names:
            continue
        scope = look(database.aurora, sides(database), ())
        since = kept.opened(
            scope.identity
            if isinstance(scope.identity, str)
            else kept.where(environment.name, scope.database, scope.identity, Direction.BACK),
            scope.plans,
            scope.ways,
            resume=True,
            is_run=False,
        )
        for name in names:
            found = [since.found_since(it, point.at) for it in parse(name)] if point else []
            if Verdict.SAME not in found:
                yield name


def _all(ways: Iterable[Way]) -> list[Task]:
    return [task for way in ways for task in (way.task, way.back, way.again) if task]


def _against(name: str, runs: Sequence[Run]) -> NotNowError | None:
    """Why it is not the time to finish a migration; None where it is."""
    if runs and runs[0].is_cut_off:
        it = runs[0]
        return NotNowError(
            f"The {it.direction.command} {it.id} of {name} was cut off, or is under way, before its point "
            f"of no return: {it.saved.side} may be closed.",
            f"Where nobody is at it, this opens {it.saved.side}: ferry rollback {name}",
        )
    run = standing.standing(runs)
    if run is None:
        return NotNowError(
            f"{name} is not cut over: the applications write to the source.",
            f"Where it stands: ferry status {name}",
        )
    if not run.is_finished:
        return NotNowError(
            f"The {run.direction.command} {run.id} of {name} is beyond its point of no return, and not done.",
            f"Let it end first: {run.saved.again}",
        )
    if run.direction is Direction.BACK:
        return NotNowError(
            f"{name} is rolled back: the applications write to the source, and it is carried to Aurora.",
            f"Cut over again, or end the migration as one that was given up: ferry status {name}",
        )
    return None


def _stragglers(sides: Sides, run: Run) -> tuple[tuple[tuple[str, str], ...], FerryError | None]:
    """Who may connect to the source that a cutover has closed, and that somebody is at work there."""
    with connect(sides.source.server, purpose=_PURPOSE) as session:
        let_in = tuple(freezing.may_still(session, run.saved))
        try:
            freezing.prove_silence(session, run.saved)
        except (PostgresError, UnreachableError):
            raise
        except FerryError as error:
            return let_in, error
    return let_in, None


def _ends(
    environment: Environment,
    database: Database,
    ways: Sequence[Way],
    sides: Sides,
    run: Run | None,
) -> list[End]:
    """What both ends of a database have."""
    found = []
    with (
        connect(sides.source.server, purpose=_PURPOSE) as source,
        connect(sides.target.server, purpose=_PURPOSE) as target,
    ):
        apart(source, target)
        for session, direction in ((source, Direction.FORWARD), (target, Direction.BACK)):
            side = sides.source if direction is Direction.FORWARD else sides.target
            wanted = _wanted(environment, database, ways, side=side, direction=direction, run=run)
            found.append(_end(session, database, side, wanted, direction))
    return found


def _wanted(
    environment: Environment,
    database: Database,
    ways: Sequence[Way],
    *,
    side: Side,
    direction: Direction,
    run: Run | None,
) -> Wanted:
    """What the migration makes of a database at the side where changes of a direction are read."""
    own = [it for it in ways if it.task.database == database]
    at_source = direction is Direction.FORWARD
    names, given = environment.names, environment.migration.source
    leg = AGAIN if at_source else BACK
    writing = [
        task
        for way in own
        for task in ((way.back,) if at_source else (way.task, way.again))
        if task is not None
    ]
    reading = [way.back for way in own if way.back] if not at_source else []
    # The way back keeps all that it makes in Aurora where DMS's own tables are.
    schemas = frozenset(it.settings.control_schema for it in (*writing, *reading))
    heart, audit = {given.heartbeat.schema_name}, {given.ddl_artifacts_schema}
    places = {name: schemas for name in OWN_TABLES if name != DDL_AUDIT}
    # A task that makes Aurora's tables itself carries those of the source that stand in its schemas.
    places[HEARTBEAT] = schemas | heart
    places[DDL_AUDIT] = frozenset(audit)
    roles = {side.server.username, side.dms_user}
    if at_source and run is not None and run.direction is direction:
        roles |= set(run.saved.dms)  # As whom DMS writes back, too.
    return Wanted(
        tasks=tuple(way.task for way in own) if at_source else (),
        slots=frozenset(names.slot(leg, way.task.name) for way in own),
        beside=tuple(_all(ways)),
        markers=frozenset(
            marker for way in own for marker in (fence(way.task.name), fence_back(way.task.name))
        ),
        places=places,
        audit=given.ddl_artifacts_schema if at_source else None,
        schemas=schemas,
        roles=frozenset(roles),
    )


def _end(
    session: Session, database: Database, side: Side, wanted: Wanted, direction: Direction
) -> End:
    with session.transaction(snapshot=True):
        return End(
            of=database,
            direction=direction,
            role=session.server.username,
            wanted=wanted,
            slots=read_slots(session),
            drops_slots=session.rows(f"select {MAY_MAKE_AND_DROP}") == [(True,)],
            relations=tuple(_relations(session, wanted)),
            markers=own_tables.read(session, side.dms_user),
            triggers=tuple(
                Trigger(name=name, function=(schema, function), owner=owner, may_drop=may)
                for name, schema, function, owner, may in session.rows(_TRIGGERS, [INTERCEPT_DDL])
            ),
            functions=tuple(
                Function(schema=schema, is_of_audit=is_of_audit, owner=owner, may_drop=may)
                for schema, is_of_audit, owner, may in session.rows(
                    _FUNCTIONS, [DDL_AUDIT, INTERCEPT_DDL]
                )
            ),
            schemas=tuple(
                Holder(
                    name=name,
                    owner=owner,
                    may_drop=may,
                    holds=tuple((int(of), what) for of, what in holds),
                )
                for name, owner, may, holds in session.rows(_SCHEMAS, [sorted(wanted.schemas)])
            ),
            nodes=tuple(name for (name,) in session.rows(PGLOGICAL_NODES))
            if session.rows(_HAS_PGLOGICAL)
            else (),
        )


def _relations(session: Session, wanted: Wanted) -> Iterable[Relation]:
    rows = session.rows(_RELATIONS, [TABLES_BEGIN_WITH, SCHEMA, SCHEMA])
    for oid, schema, name, kind, owner, may_drop, columns in rows:
        tasks: frozenset[str] = frozenset()
        lowered = frozenset(it.lower() for it in columns)
        if (
            may_drop
            and schema in wanted.places.get(name, ())
            and lowered == OWN_TABLES[name]
            and _TASK_NAME in lowered
        ):
            (column,) = (it for it in columns if it.lower() == _TASK_NAME)
            query = sql.SQL("select distinct {}::text from {}").format(
                sql.Identifier(column), sql.Identifier(schema, name)
            )
            named = session.rows(query, deadline_seconds=_SECONDS_TO_READ)
            tasks = frozenset(task for (task,) in named)
        yield Relation(
            oid=oid,
            schema=schema,
            name=name,
            is_table=kind == "r",
            word=_WORDS[kind],
            owner=owner,
            may_drop=may_drop,
            columns=lowered,
            tasks=tasks,
        )
