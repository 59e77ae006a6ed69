"""Gathers what a report tells, from the journal, both databases, DMS, CloudWatch; changes nothing.

Whatever does not answer is a gap, and the rest is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from facts import outputs
from facts.dms import is_own_table
from ferry.errors import FerryError
from ferry.mappings import TableName
from ferry.migrate.cutover import freezing, journal
from ferry.migrate.reading import read_tasks
from ferry.migrate.report import evidence, measuring
from ferry.migrate.report.timeline import runs
from ferry.migrate.report.told import Ending, Gap, Report, Skipped, Stand
from ferry.migrate.seeing import see
from ferry.migrate.status import steps
from ferry.migrate.verify.verify import look
from ferry.migrate.watching.statistics import Budget, Statistics
from ferry.postgres import PostgresError, connect
from ferry.redaction.redacting import redacted
from ferry.version import version
from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferry.deployment import Deployment
    from ferry.migrate.cutover.journal import Record
    from ferry.migrate.report.told import Chart, Run, Table
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.watching.tables import TableRow
    from ferry.postgres import Session
    from settings.databases import Database
    from settings.environment import Environment

_PURPOSE: Final = "say what a report tells of it"
_NO_JOURNAL: Final = "42P01"
"""Undefined table, which a missing schema is too: no cutover has begun."""
_BEFORE: Final = timedelta(minutes=30)
_WITHOUT_A_START: Final = timedelta(days=1)
_VERSION: Final = "select pg_catalog.current_setting('server_version')"
_TABLES: Final = """
select n.nspname::text, c.relname::text
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by 1, 2"""
# What a task carries is told table by table, and a filter's values are values of rows.
_NOT_SHOWN: Final = frozenset({"tables", "transformations"})


@dataclass(kw_only=True, slots=True)
class _Found:
    """What was gathered so far."""

    tasks: tuple[Task, ...] = ()
    rows: dict[str, dict[TableName, TableRow]] = field(default_factory=dict)
    """By the database's name in Aurora, its tables as DMS counts them."""
    records: dict[str, Record] = field(default_factory=dict)
    phases: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """By the side that was asked, the phases of the runs that it knows."""
    versions: dict[str, str] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def miss(self, what: str, error: FerryError | str) -> None:
        """Note what could not be told."""
        gap = Gap(what=what, why=redacted(str(error)))
        if gap not in self.gaps:
            self.gaps.append(gap)


def gather(deployment: Deployment, sides: Callable[[Database], Sides]) -> Report:
    """Gather a report.

    Args:
        deployment: The environment as it is deployed.
        sides: The way to both ends of a database.
    """
    environment, account = deployment.environment, deployment.account
    found = _Found()
    _of_dms(deployment, found)
    _local_journal(environment.name, found)
    for database in environment.carried:
        _of_servers(environment, database, sides, found)
    records = journal.own(environment.name, found.records.values())
    told = runs(records, found.phases)
    done = [it for it in told if it.ending in {Ending.FINISHED, Ending.BEYOND}]
    for database in environment.carried:
        _of_rows(environment, database, sides, done[-1] if done else None, found)
    try:
        target = str(deployment.outputs[outputs.CLUSTER_ENDPOINT])
    except FerryError as error:
        target = ""
        found.miss("Aurora's endpoint", error)
    cutover = environment.cutover or Cutover()
    migration = environment.migration
    return Report(
        environment=environment.name,
        account_id=account.account_id,
        region=account.region,
        source=f"{migration.source.host}:{migration.source.port}",
        target=target,
        at=datetime.now(UTC),
        by=account.caller,
        max_outage_seconds=cutover.max_outage_seconds,
        goes_back=migration.dms.rollback,
        way_back=tuple(_way_back(cutover)),
        versions=(
            ("ferry, which made this page", version()),
            ("PostgreSQL at the source", found.versions.get("source", "")),
            ("PostgreSQL in Aurora", found.versions.get("target", "")),
            ("Aurora, by the file", environment.aurora.engine_version),
            ("DMS, by the file", migration.dms.engine_version),
        ),
        settings=tuple(_settings(environment)),
        runs=told,
        tables=tuple(found.tables),
        skipped=tuple(found.skipped),
        charts=_charts(deployment, found, told),
        stands=() if done else _stands(deployment, sides),
        gaps=tuple(found.gaps),
        is_asked=bool(found.phases),
    )


def _of_dms(deployment: Deployment, found: _Found) -> None:
    try:
        found.tasks = read_tasks(deployment)
    except FerryError as error:
        found.miss("What DMS does", error)
        return
    for task in found.tasks:
        if not task.was_started:
            continue
        statistics = Statistics(dms=deployment.account.dms, task_arn=task.arn, budget=Budget())
        try:
            rows = statistics.refresh(task)
        except FerryError as error:
            found.miss(f"What DMS has carried by the task {task.name}", error)
        else:
            found.rows.setdefault(task.database.aurora, {}).update(rows)


def _local_journal(name: str, found: _Found) -> None:
    try:
        _take(journal.read(journal.file_of(name)), "on this machine", found)
    except FerryError as error:
        found.miss("The journal on this machine", error)


def _take(records: Sequence[Record], where: str, found: _Found) -> None:
    for record in records:
        if found.records.setdefault(record.id, record) != record:
            found.miss(
                f"Whether the journal {where} is right",
                f"its record {record.id} is another than elsewhere: one was changed by hand",
            )


def _of_servers(
    environment: Environment,
    database: Database,
    sides: Callable[[Database], Sides],
    found: _Found,
) -> None:
    """What both servers say: their versions, the journal, the tables that no task carries."""
    is_first = database == environment.carried[0]
    try:
        both = sides(database)
    except FerryError as error:
        found.miss(f"How the database {database.aurora} is reached", error)
        return
    for side, where, server in (
        ("source", "at the source", both.source.server),
        ("target", "in Aurora", both.target.server),
    ):
        try:
            with connect(server, purpose=_PURPOSE) as session:
                found.versions.setdefault(side, session.rows(_VERSION)[0][0])
                if is_first:
                    _journal(session, side, where, found)
                if side == "source":
                    _not_carried(session, database, found)
        except FerryError as error:
            found.miss(f"What the database {server.database} {where} says", error)


def _journal(session: Session, side: str, where: str, found: _Found) -> None:
    records: Sequence[Record] = ()
    phases: dict[str, str | None] = {}
    try:
        records = journal.of_database(session)
        for run in dict.fromkeys(it.run for it in records):
            phases[run] = freezing.phase(session, run)
    except PostgresError as error:
        if error.sqlstate != _NO_JOURNAL:
            raise
    found.phases[side] = phases
    _take(records, where, found)


def _not_carried(session: Session, database: Database, found: _Found) -> None:
    """The source's tables that no task carries."""
    if not found.tasks:
        return
    tasks = [it for it in found.tasks if it.database == database]
    for schema, table in session.rows(_TABLES):
        name = TableName(schema, table)
        if name.is_ferrys or is_own_table(table) or any(it.mappings.selects(name) for it in tasks):
            continue
        found.skipped.append(
            Skipped(what=f"the table {name}", why="no task carries it", is_meant=False)
        )


def _of_rows(
    environment: Environment,
    database: Database,
    sides: Callable[[Database], Sides],
    run: Run | None,
    found: _Found,
) -> None:
    try:
        both = sides(database)
    except FerryError:
        return  # That is a gap already.
    tasks = [it for it in found.tasks if it.database == database]
    told = evidence.of_database(
        environment.name,
        look(database.aurora, both, tasks),
        found.rows.get(database.aurora, {}),
        run,
    )
    found.tables += told.tables
    found.skipped += told.skipped
    for gap in told.gaps:
        found.miss(gap.what, gap.why)


def _charts(deployment: Deployment, found: _Found, told: Sequence[Run]) -> tuple[Chart, ...]:
    starts = [
        at for task in found.tasks for at in (task.load_began, task.started_at) if at is not None
    ]
    starts += [step.at for run in told for step in run.steps[:1]]
    begun = min(starts, default=datetime.now(UTC) - _WITHOUT_A_START)
    return measuring.read(
        deployment.environment, deployment.account, found.tasks, since=begun - _BEFORE
    )


def _stands(deployment: Deployment, sides: Callable[[Database], Sides]) -> tuple[Stand, ...]:
    return tuple(
        Stand(step=it.name, state=it.state, what=redacted(it.what))
        for it in steps(see(deployment, sides))
    )


def _way_back(cutover: Cutover) -> Iterator[str]:
    if cutover.rollback.deadline:
        yield f"until {cutover.rollback.deadline}"
    yield from (f"where {redacted(it)}" for it in cutover.rollback.criteria)


def _settings(environment: Environment) -> Iterator[tuple[str, str]]:
    """What the file says of the source, of DMS and of the cutover, in its own words; no password is in it."""
    for section in ("source", "databases", "dms", "cutover"):
        value = getattr(environment, section)
        if value:
            dumped = (
                [it.model_dump(mode="json") for it in value]
                if isinstance(value, tuple)
                else value.model_dump(mode="json")
            )
            yield from _flat(section, dumped)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - what JSON has
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in _NOT_SHOWN:
                yield from _flat(f"{name}.{key}", each)
    elif isinstance(value, list) and any(isinstance(it, dict) for it in value):
        for place, each in enumerate(value):
            yield from _flat(f"{name}[{each.get('name', place)}]", each)
    elif value not in (None, [], ""):
        said = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield name, _without_secret(name, said)


def _without_secret(name: str, value: str) -> str:
    """A value without what looks like a secret by its name or by itself."""
    begun = f"{name} = "
    return redacted(f"{begun}{value}").removeprefix(begun)
