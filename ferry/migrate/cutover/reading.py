"""Asks what has to be known before a cutover or a rollback: DMS, RDS, Secrets Manager, both servers.

Changes nothing; how far a task is behind is measured by a row of its marker, as ferry watch writes them.
Each thing is asked by itself: what does not answer is unknown, and the rest is judged.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from facts import outputs
from facts.application_secrets import CURRENT_STAGE, NEXT_STAGE
from facts.aurora import MOST_READERS
from facts.dms import is_own_table
from facts.ferry_schema import JOURNAL, JOURNAL_COLUMNS, SCHEMA
from facts.providers import signs_in_for_provider
from ferry import environments
from ferry.account import explained
from ferry.deployment.servers import source_user_of_way_back
from ferry.errors import FerryError
from ferry.mappings import TableName
from ferry.migrate import markers, target_tables
from ferry.migrate.connections import outcomes
from ferry.migrate.cutover import lowering, sequences, standing
from ferry.migrate.cutover.checks import LONG_SECONDS
from ferry.migrate.cutover.running import begun_after, moves_back, record_back
from ferry.migrate.cutover.seen import (
    DatabaseSeen,
    Dns,
    Hook,
    Jobs,
    Lag,
    Led,
    Open,
    Pending,
    Prepared,
    Schema,
    Secret,
    Seen,
    Sequence,
    Side,
    TaskSeen,
    Verified,
    beside,
)
from ferry.migrate.cutover.switching import dns, hooks, secrets
from ferry.migrate.cutover.switching.signing_in import sign_in
from ferry.migrate.reading import read_ways
from ferry.migrate.schema.phases import Phase
from ferry.migrate.schema.work import works
from ferry.migrate.source_slots import MAY_MAKE_AND_DROP
from ferry.migrate.verify import kept
from ferry.migrate.verify import verify as verifying
from ferry.migrate.verify.comparing import Verdict
from ferry.migrate.watching.databases import control_tables
from ferry.migrate.watching.look import TaskLook
from ferry.migrate.watching.statistics import Budget, Statistics
from ferry.migrate.ways import Direction, carriers
from ferry.postgres import PostgresError, UnreachableError, apart, connect
from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Sequence as Many

    from ferry.deployment import Deployment
    from ferry.migrate.cutover.switching.signed import SignIn
    from ferry.migrate.schema.work import Work
    from ferry.migrate.sides import Side as End
    from ferry.migrate.sides import Sides
    from ferry.migrate.starting import Connection
    from ferry.migrate.tasks import Task
    from ferry.migrate.ways import Way
    from ferry.postgres import Server, Session
    from settings.databases import Database
    from settings.environment import Environment

_T = TypeVar("_T")

_PURPOSE: Final = "say whether it can begin"
_HOOKS_BACK: Final = ("switch", "after_switch")
"""Those that run where a cutover is taken back."""
_SECONDS_BETWEEN_LOOKS: Final = 0.05
_SECONDS_BETWEEN_TESTS: Final = 1.0

_SELF: Final = f"""
select current_user::text, d.datname::text, pg_catalog.pg_get_userbyid(d.datdba)::text,
       pg_catalog.pg_has_role(d.datdba, 'usage'),
       pg_catalog.pg_has_role('pg_signal_backend', 'usage'),
       pg_catalog.pg_has_role('pg_read_all_stats', 'usage'),
       exists (select from pg_catalog.pg_extension where extname = 'dblink'), {MAY_MAKE_AND_DROP}
from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()"""  # noqa: S608 - ferry's own text
_HAS_JOURNAL: Final = """
select %s = pg_catalog.count(*) from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = %s and c.relname = %s and c.relkind = 'r' and a.attname = any (%s)
  and pg_catalog.has_table_privilege(c.oid, 'insert') and pg_catalog.has_table_privilege(c.oid, 'update')"""
# What DMS makes in the control schema belongs to the role that it writes as.
_READS: Final = """
select current_user::text, pg_catalog.pg_has_role(r.oid, 'usage')
       or exists (select from pg_catalog.pg_roles a where a.rolname = 'pg_read_all_data'
                  and pg_catalog.pg_has_role(a.oid, 'usage'))
from pg_catalog.pg_roles r where r.rolname = %s"""
# What a session is for is not shown to everybody: one of which that is not known is taken for a client's.
_OTHERS: Final = """
from pg_catalog.pg_stat_activity a join pg_catalog.pg_roles r on r.oid = a.usesysid
where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid()
  and coalesce(a.backend_type, '') !~ '^(walsender|autovacuum|parallel worker|logical replication)'
  and r.rolname <> %s"""
_OPEN: Final = f"""
select a.pid, pg_catalog.concat_ws(', ', r.rolname, nullif(a.application_name, '')),
       extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8 {_OTHERS}
  and a.xact_start < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => %s)
order by a.xact_start"""  # noqa: S608 - text of this file alone
_PREPARED: Final = """
select gid, owner::text from pg_catalog.pg_prepared_xacts
where database = pg_catalog.current_database() order by prepared"""
_SUPERUSERS: Final = f"""
select r.rolname::text, pg_catalog.concat_ws(', ', nullif(a.application_name, ''),
       pg_catalog.host(a.client_addr)), pg_catalog.count(*) {_OTHERS} and r.rolsuper
  and not (r.rolname = current_user and a.application_name ~ '^ferry(:|$)')
group by 1, 2 order by 1, 2"""
_FOREIGN: Final = f"""
select pg_catalog.count(*) {_OTHERS} and a.application_name = 'postgres_fdw'"""
_WRITTEN_BY: Final = """
select n.nspname::text, c.relname::text
from pg_catalog.pg_roles r, pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where r.rolname = %s and c.relkind in ('r', 'p') and n.nspname !~ '^pg_'
  and n.nspname <> all (array['information_schema', %s])
  and pg_catalog.has_table_privilege(r.oid, c.oid, 'insert, update, delete, truncate')
order by 1, 2"""
_SUBSCRIPTIONS: Final = """
select s.subname::text from pg_catalog.pg_subscription s where s.subenabled and s.subdbid =
  (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
order by 1"""
# https://github.com/citusdata/pg_cron: one database of a server has the table of jobs.
_CRON: Final = """
select coalesce(pg_catalog.current_setting('cron.database_name', true), ''),
       exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'cron' and c.relname = 'job')"""
_JOBS: Final = """
select pg_catalog.count(*) from cron.job
where active and database = pg_catalog.current_database()"""
_ALWAYS: Final = """
select n.nspname::text, c.relname::text, a.attname::text
from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where a.attidentity = 'a' and c.relkind in ('r', 'p') and not a.attisdropped and n.nspname !~ '^pg_'
order by 1, 2, a.attnum"""
_KEYLESS: Final = """
select n.nspname::text, c.relname::text
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary)
order by 1, 2"""
# As session_replication_role `replica`, which DMS writes as, these alone are set off:
# https://www.postgresql.org/docs/15/sql-altertable.html
_FIRING: Final = """
select n.nspname::text, c.relname::text, f.kind, f.name::text
from (select tgrelid, 'TRIGGER', tgname from pg_catalog.pg_trigger where tgenabled in ('A', 'R')
      union all
      select ev_class, 'RULE', rulename from pg_catalog.pg_rewrite where ev_enabled in ('A', 'R'))
     f (relation, kind, name)
join pg_catalog.pg_class c on c.oid = f.relation and c.relkind in ('r', 'p')
join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_'
order by 1, 2, 4"""
_SEQUENCES: Final = f"""
select pg_catalog.format('%%s.%%s', n.nspname, c.relname),
       pg_catalog.has_sequence_privilege(c.oid, 'select'),
       pg_catalog.has_sequence_privilege(c.oid, 'update') {sequences.COUNTED} order by 1"""


def see(
    deployment: Deployment,
    sides: Callable[[Database], Sides],
    direction: Direction = Direction.FORWARD,
    accepted: frozenset[TableName] = frozenset(),
    one_way: frozenset[str] = frozenset(),
) -> Seen:
    """What is seen of an environment.

    Args:
        deployment: The environment as it is deployed.
        sides: The way to both ends of a database.
        direction: Where changes are carried: forward before a cutover, back before a rollback.
        accepted: The tables that may differ after a rollback.
        one_way: The tasks that may have no way back, and the tables of which DMS does not carry all back.

    Raises:
        FerryError: DMS does not say which tasks there are; a secret or a certificate is missing.
    """
    environment = deployment.environment
    ends = _known(lambda: _standing(deployment, sides, direction))
    led: tuple[Led, ...] | FerryError = ()
    if direction is Direction.BACK and isinstance(ends, standing.Run):
        led = _known(partial(_led, deployment, sides, ends))
        if ends.may_be_taken_back:
            return Seen(
                environment=environment,
                at=datetime.now(UTC),
                tasks=(),
                databases=(),
                hooks=tuple(it for it in _hooks(deployment) if it.name in _HOOKS_BACK),
                direction=direction,
                led=led,
                accepted=accepted,
                named=_known(lambda: _named(deployment, sides, Direction.FORWARD))
                if accepted
                else frozenset(),
                takes_back=True,
            )
    ways = read_ways(deployment)
    tasks = carriers(ways, direction)
    carried = list(zip(environment.carried, works(environment, sides), strict=True))
    behind = _behind(environment, carried, tasks, direction)
    return Seen(
        environment=environment,
        tasks=tuple(
            TaskSeen(
                task=task,
                look=_known(partial(_look, deployment, task, sides, direction)),
                lag=behind.get(task.name),
            )
            for task in tasks
        ),
        databases=tuple(
            _database(environment.name, database, work, ways, direction)
            for database, work in carried
        ),
        pending=_known(lambda: _pending(deployment)),
        secrets=tuple(
            _secrets(
                deployment,
                lambda: [sides(database).target.server for database in environment.carried],
            )
        ),
        dns=_dns(deployment, sides),
        hooks=tuple(_hooks(deployment)),
        carried_back=_known(partial(_carried_back, deployment)),
        unread=_known(partial(_unread, deployment, sides)),
        beside=_known(lambda: tuple(beside(environment, environments.every()))),
        connections=_known(partial(_connections, deployment, ways, direction)),
        at=datetime.now(UTC),
        direction=direction,
        accepted=accepted,
        one_way=one_way,
        named=_known(lambda: _named(deployment, sides, direction))
        if accepted or one_way
        else frozenset(),
        stands=ends if isinstance(ends, FerryError) else None,
        led=led,
    )


def lags(
    deployment: Deployment, sides: Callable[[Database], Sides], direction: Direction
) -> dict[str, Lag | FerryError]:
    """How far each task is behind that carries changes now, by a row of its marker that is written for it.

    Args:
        deployment: The environment as it is deployed.
        sides: The way to both ends of a database.
        direction: Where changes are carried.

    Raises:
        FerryError: DMS does not say which tasks there are; a secret or a certificate is missing.
    """
    environment = deployment.environment
    carried = zip(environment.carried, works(environment, sides), strict=True)
    return _behind(environment, carried, carriers(read_ways(deployment), direction), direction)


def _behind(
    environment: Environment,
    carried: Iterable[tuple[Database, Work]],
    tasks: Many[Task],
    direction: Direction,
) -> dict[str, Lag | FerryError]:
    return {
        name: lag
        for database, work in carried
        for name, lag in _lags(
            work.sides if direction is Direction.FORWARD else work.sides.turned(),
            [it for it in tasks if it.database == database],
            most_seconds=(environment.cutover or Cutover()).max_lag_seconds,
        )
    }


def _standing(
    deployment: Deployment, sides: Callable[[Database], Sides], direction: Direction
) -> standing.Run | None:
    """The run of the other direction that is undone; None where none is.

    Raises:
        NotNowError: It is not the time for it.
        FerryError: A server refuses, or the journals tell different things.
    """
    _, runs = standing.look(deployment.environment.name, sides(deployment.environment.carried[0]))
    return begun_after(deployment.environment, runs, direction)


def _named(
    deployment: Deployment, sides: Callable[[Database], Sides], direction: Direction
) -> frozenset[str]:
    """What could be accepted by name: the file's tasks, and the tables that they carry, at the source."""
    environment = deployment.environment
    names = {task.name for task in environment.tasks}
    for scope in verifying.scopes(environment.name, read_ways(deployment), sides, direction):
        if scope.trouble:
            raise scope.trouble
        if scope.refused:
            raise FerryError(" ".join(each.why for each in scope.refused))
        names |= {str(name) for plan in scope.plans for name in plan.called}
        names |= {str(each.table) for each in scope.others}
    return frozenset(names)


def _led(
    deployment: Deployment, sides: Callable[[Database], Sides], undone: standing.Run
) -> tuple[Led, ...]:
    records, _ = standing.look(
        deployment.environment.name, sides(deployment.environment.carried[0])
    )
    client = deployment.account.secretsmanager
    found = [
        Led(what=f"The secret {move.arn}", trouble=_trouble(partial(secrets.look, client, move)))
        for move in moves_back(records, undone.id)
    ]
    given = deployment.environment.cutover
    if given is not None and given.dns is not None:
        back = record_back(records, undone.id)
        look = partial(
            dns.look, deployment.account.route53, given.dns, before=back[0], after=back[1]
        )
        found.append(Led(what=f"The record {given.dns.name}", trouble=_trouble(look)))
    return tuple(found)


def _trouble(look: Callable[[], None]) -> FerryError | None:
    """Why a look has not found what it should; None where it has."""
    return _known(look)


def _known(ask: Callable[[], _T]) -> _T | FerryError:
    """The answer, or why there is none."""
    try:
        return ask()
    except FerryError as error:
        return error


def _lags(
    sides: Sides, tasks: Many[Task], *, most_seconds: float
) -> Iterator[tuple[str, Lag | FerryError]]:
    """How far a database's tasks are behind that carry changes and a marker now."""
    carrying = [
        task
        for task in tasks
        if task.status == "running" and task.carries_changes and task.mappings.selects(task.marker)
    ]
    found = _known(lambda: _measured(sides, carrying, most_seconds=most_seconds))
    for task in carrying:
        yield task.name, found if isinstance(found, FerryError) else found[task.name]


def _measured(sides: Sides, tasks: Many[Task], *, most_seconds: float) -> dict[str, Lag]:
    if not tasks:
        return {}
    found: dict[str, Lag] = {}
    with (
        connect(sides.source.server, purpose="write a marker", read_only=False) as source,
        connect(sides.target.server, purpose=_PURPOSE) as target,
    ):
        apart(source, target)
        written = [(task, markers.write(source, task.marker)) for task in tasks]
        since = time.monotonic()
        while len(found) < len(written):
            # What is asked after the time is up has had all of it.
            waited = time.monotonic() - since
            for task, marker in written:
                if task.name in found:
                    continue
                has_arrived = markers.has_arrived(target, task.marker, marker)
                if has_arrived or waited > most_seconds:
                    seconds = time.monotonic() - since if has_arrived else waited
                    found[task.name] = Lag(seconds=seconds, has_arrived=has_arrived)
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    return found


def _look(
    deployment: Deployment, task: Task, ways: Callable[[Database], Sides], direction: Direction
) -> TaskLook:
    """A task's tables by DMS's statistics, its control tables and the catalog of the side that it reads."""
    dms, sides = deployment.account.dms, ways(task.database)
    if direction is Direction.BACK:
        sides = sides.turned()
    rows = (
        Statistics(dms=dms, task_arn=task.arn, budget=Budget()).refresh(task)
        if task.was_started
        else {}
    )
    loaded = {
        task.mappings.target(name): row.loaded_at for name, row in rows.items() if row.loaded_at
    }
    with connect(sides.source.server, purpose=_PURPOSE) as source:
        expected = {
            table.name: table.rows for table in target_tables.carried(source, task.mappings)
        }
    with connect(sides.target.server, purpose=_PURPOSE) as target:
        said = control_tables(target, task, loaded=loaded)
    return TaskLook(
        environment=deployment.environment.name,
        task=task,
        tables=tuple(row for _, row in sorted(rows.items()) if not row.name.is_ferrys),
        marker=rows.get(task.marker),
        expected=expected,
        unapplied=said.unapplied,
        suspended=said.suspended,
        arrives_at=direction.ends[1],
        is_leg=task.name in {leg.task.name for leg in deployment.environment.legs},
        is_the_only_task=len(deployment.environment.tasks) == 1,
    )


def _database(
    environment: str,
    database: Database,
    work: Work,
    ways: Many[Way],
    direction: Direction,
) -> DatabaseSeen:
    sides = work.sides
    source, target = (_known(partial(_side, side)) for side in (sides.source, sides.target))
    those = [way for way in ways if way.task.database == database]
    is_forward = direction is Direction.FORWARD
    return DatabaseSeen(
        name=database.aurora,
        source=source,
        target=target,
        schema=_known(lambda: _schema(work, those))
        if is_forward
        else _known(lambda: Schema(left={}, drift=work.drift(Phase.CUTOVER))),
        closed=_known(lambda: tuple(work.closed())) if is_forward else (),
        verified=_known(lambda: _verified(environment, sides, those, direction)),
    )


def _side(end: End) -> Side:
    server = end.server
    with connect(server, purpose=_PURPOSE) as session:
        ((user, database, owner, is_owner, may_signal, sees_others, has_dblink, may_slots),) = (
            session.rows(_SELF)
        )
        ((foreign,),) = session.rows(_FOREIGN, [end.dms_user])
        columns = [name for name, _ in JOURNAL_COLUMNS]
        ((has_journal,),) = session.rows(_HAS_JOURNAL, [len(columns), SCHEMA, JOURNAL, columns])
        return Side(
            at=server.side,
            database=database,
            user=user,
            owner=owner,
            is_owner=is_owner,
            may_signal=may_signal,
            may_make_slots=may_slots,
            sees_others=sees_others,
            has_journal=has_journal,
            open=tuple(
                Open(pid=pid, who=who, seconds=seconds)
                for pid, who, seconds in session.rows(_OPEN, [end.dms_user, LONG_SECONDS])
            ),
            prepared=tuple(
                Prepared(gid=gid, owner=owner) for gid, owner in session.rows(_PREPARED)
            ),
            superusers=tuple(
                f"{name} ({count}{f', {where}' if where else ''})"
                for name, where, count in session.rows(_SUPERUSERS, [end.dms_user])
                if not signs_in_for_provider(name)
            ),
            dms=end.dms_user,
            written_by_dms=tuple(
                TableName(schema, table)
                for schema, table in session.rows(_WRITTEN_BY, [end.dms_user, SCHEMA])
                if not is_own_table(table)
            ),
            subscriptions=tuple(name for (name,) in session.rows(_SUBSCRIPTIONS)),
            jobs=_jobs(session, database),
            has_dblink=has_dblink,
            always=tuple(
                (TableName(schema, table), column)
                for schema, table, column in session.rows(_ALWAYS)
            ),
            keyless=tuple(
                TableName(schema, table)
                for schema, table in session.rows(_KEYLESS)
                if not is_own_table(table)
            ),
            firing=tuple(
                (TableName(schema, table), kind, name)
                for schema, table, kind, name in session.rows(_FIRING)
            ),
            foreign=foreign,
            sequences=tuple(
                Sequence(name=name, is_readable=readable, is_settable=settable)
                for name, readable, settable in session.rows(_SEQUENCES, sequences.OF)
            ),
        )


def _jobs(session: Session, database: str) -> Jobs | None:
    ((elsewhere, is_here),) = session.rows(_CRON)
    if not is_here:
        is_loaded = elsewhere not in {"", database}
        return Jobs(database=elsewhere, active=None) if is_loaded else None
    try:
        ((active,),) = session.rows(_JOBS)
    except UnreachableError:
        raise
    except PostgresError:  # Its rows are hidden from all but superusers, each his own aside.
        active = None
    return Jobs(database=database, active=active)


def _schema(work: Work, ways: Many[Way]) -> Schema:
    left, drift = work.standing(Phase.BEFORE_CUTOVER)
    return Schema(
        left=left,
        drift=drift,
        is_made_by_dms=all(way.task.settings.preparation == "DROP_AND_CREATE" for way in ways),
    )


def _verified(environment: str, sides: Sides, ways: Many[Way], direction: Direction) -> Verified:
    (scope,) = verifying.scopes(environment, ways, lambda _: sides, direction)
    if scope.refused:
        raise FerryError(" ".join(each.why for each in scope.refused))
    if scope.trouble:
        raise scope.trouble
    if isinstance(scope.identity, str):
        raise FerryError(f"What was compared of {scope.database} is not known: {scope.identity}")
    known = kept.opened(
        kept.where(environment, scope.database, scope.identity, direction),
        scope.plans,
        scope.ways,
        resume=True,
        is_run=False,
    )
    if known.progress is None:
        raise FerryError(f"What was compared of {scope.database} is not known: {known.trouble}")
    found = {str(plan.name): known.last_found(plan) for plan in scope.plans}

    def those(verdict: Verdict) -> tuple[str, ...]:
        return tuple(name for name, last in found.items() if last and last[0] is verdict)

    return Verified(
        tables=len(found),
        oldest=min((last[1] for last in found.values() if last), default=None),
        different=those(Verdict.DIFFERENT),
        in_part=those(Verdict.IN_PART),
        moving=those(Verdict.NOT_PROVED),
        never=tuple(name for name, last in found.items() if last is None),
        others=tuple((str(each.table), each.why) for each in scope.others),
    )


def _pending(deployment: Deployment) -> tuple[Pending, ...]:
    """Maintenance that AWS has announced of the cluster, its instances and the replication instance."""
    account, names = deployment.account, deployment.environment.names
    readers = (names.reader(number) for number in range(1, MOST_READERS + 1))
    own = {f"cluster:{names.cluster}", *(f"db:{name}" for name in (names.writer, *readers))}
    instance = deployment.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]
    with explained("read what maintenance RDS has announced"):
        of_aurora = [
            found
            for page in account.rds.get_paginator("describe_pending_maintenance_actions").paginate()
            for found in page["PendingMaintenanceActions"]
            if ":".join(found.get("ResourceIdentifier", "").split(":")[5:]) in own
        ]
    with explained("read what maintenance DMS has announced"):
        of_dms = account.dms.describe_pending_maintenance_actions(ReplicationInstanceArn=instance)
    return tuple(
        Pending(
            of_dms=is_dms,
            resource="the replication instance"
            if is_dms
            else found.get("ResourceIdentifier", "").rpartition(":")[2],
            action=each.get("Action", ""),
            at=min(
                filter(None, (each.get("CurrentApplyDate"), each.get("ForcedApplyDate"))),
                default=None,
            ),
            after=each.get("AutoAppliedAfterDate"),
            opted=each.get("OptInStatus", ""),
        )
        for is_dms, those in (
            (False, of_aurora),
            (True, of_dms.get("PendingMaintenanceActions", [])),
        )
        for found in those
        for each in found.get("PendingMaintenanceActionDetails", [])
    )


def _carried_back(deployment: Deployment) -> frozenset[str]:
    """The tasks beside which a way back is deployed; none where the file has none."""
    if not deployment.environment.migration.dms.rollback:
        return frozenset()
    return frozenset(deployment.outputs[outputs.DMS_BACK_TASK_ARNS])


def _unread(deployment: Deployment, sides: Callable[[Database], Sides]) -> tuple[str, str] | None:
    """The roles of ferry and of DMS's way back at the source, where ferry may not read what that makes."""
    environment = deployment.environment
    if not environment.legs:
        return None
    back = source_user_of_way_back(environment, deployment.account)
    with connect(sides(environment.carried[0]).source.server, purpose=_PURPOSE) as session:
        found = session.rows(_READS, [back])
    # Where there is no such role, no connection of it is a success.
    return None if not found or found[0][1] else (found[0][0], back)


def _connections(
    deployment: Deployment, ways: Many[Way], direction: Direction
) -> tuple[Connection, ...]:
    """How DMS's tests of the connections ended by which the next way is carried: none without one.

    Nobody else has them tested: a deployment does not, and `ferry start` leaves the legs alone.
    """
    reads, writes = direction.other.ends
    legs = [way.back if direction is Direction.FORWARD else way.again for way in ways]
    endpoints = {
        arn: side
        for leg in legs
        if leg is not None
        for arn, side in ((leg.source_endpoint_arn, reads), (leg.target_endpoint_arn, writes))
    }
    if not endpoints:
        return ()
    found = outcomes(
        deployment.account.dms,
        instance_arn=deployment.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN],
        endpoints=endpoints,
        pause_seconds=_SECONDS_BETWEEN_TESTS,
    )
    return tuple(found.values())


def _secrets(deployment: Deployment, targets: Callable[[], Many[Server]]) -> Iterator[Secret]:
    given = deployment.environment.cutover
    for arn in given.application_secret_arns if given else ():
        stages = _known(partial(_stages, deployment, arn))
        if isinstance(stages, FerryError):
            yield Secret(arn=arn, has_next=stages)
            continue
        has_next = NEXT_STAGE in stages
        yield Secret(
            arn=arn,
            has_next=has_next,
            is_current=has_next and stages[NEXT_STAGE] == stages.get(CURRENT_STAGE),
            sign_in=_known(partial(_sign_in, deployment, arn, targets)) if has_next else None,
        )


def _stages(deployment: Deployment, arn: str) -> dict[str, str]:
    """The ids of a secret's versions, by their labels."""
    with explained(f"read which versions the secret {arn} has"):
        found = deployment.account.secretsmanager.describe_secret(SecretId=arn)
    return {
        label: version
        for version, labels in found.get("VersionIdsToStages", {}).items()
        for label in labels
    }


def _sign_in(deployment: Deployment, arn: str, targets: Callable[[], Many[Server]]) -> SignIn:
    return sign_in(deployment.account.secretsmanager, arn, targets())


def _dns(deployment: Deployment, sides: Callable[[Database], Sides]) -> Dns | None:
    given = deployment.environment.cutover
    if given is None or given.dns is None:
        return None
    first = sides(deployment.environment.carried[0])
    # Where the journal does not answer, it is said of where the applications write.
    journal = _known(lambda: standing.look(deployment.environment.name, first))
    low = None if isinstance(journal, FerryError) else lowering.known(journal[0], given.dns)
    return Dns(
        name=given.dns.name,
        ttl_seconds=given.dns.ttl_seconds,
        endpoint=str(deployment.outputs[outputs.CLUSTER_ENDPOINT]),
        found=_known(partial(dns.read, deployment.account.route53, given.dns)),
        lowered=low.lowered if low else None,
    )


def _hooks(deployment: Deployment) -> Iterator[Hook]:
    given = (deployment.environment.cutover or Cutover()).hooks
    for name, command in given:
        if command:
            yield Hook(name=name, obstacle=hooks.obstacle(command, environments.FOLDER.parent))
