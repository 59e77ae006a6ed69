"""What the databases themselves say: slots, expected rows, DMS's control tables."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ferry.errors import FerryError
from ferry.mappings import TableName
from ferry.migrate import target_tables
from ferry.migrate.source_slots import held_up, read_slots, recorded
from ferry.migrate.watching.look import Slot, Unapplied
from ferry.postgres import connect, sql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from ferry.migrate.slots import Slot as DmsSlot
    from ferry.migrate.tasks import Task
    from ferry.migrate.transactions import HeldUp
    from ferry.postgres import Server, Session

_SECONDS: Final = 8.0
_SECONDS_BETWEEN_ESTIMATES: Final = 300.0
_LEAST_SECONDS_OF_A_RATE: Final = 1.0

# Of a standby the position that it has replayed: it writes none itself.
_SLOTS: Final = (
    "with here as (select case when pg_catalog.pg_is_in_recovery() "
    "then pg_catalog.pg_last_wal_replay_lsn() "
    "else pg_catalog.pg_current_wal_insert_lsn() end as lsn) "
    "select slot_name, active, coalesce(wal_status, ''), safe_wal_size, "
    "pg_catalog.pg_wal_lsn_diff(here.lsn, restart_lsn)::bigint, "
    "pg_catalog.pg_wal_lsn_diff(here.lsn, '0/0')::bigint "
    "from here left join pg_catalog.pg_replication_slots on slot_type = 'logical' "
    "and database = pg_catalog.current_database() and not temporary order by 1"
)
_THERE: Final = "select pg_catalog.to_regclass(pg_catalog.format('%%I.%%I', %s::text, %s::text))"


@dataclass(kw_only=True)
class Held:
    """A session that is kept from look to look, and made anew where it broke.

    Args:
        server: Where.
        purpose: What it is for, after "could not".
        read_only: Whether the server refuses whatever writes.
    """

    server: Server
    purpose: str
    read_only: bool = True
    _stack: ExitStack | None = None
    _session: Session | None = None

    def session(self) -> Session:
        """The session; it is made where there is none.

        Raises:
            FerryError: There is no way, or the server refuses.
        """
        if self._session is None:
            stack = ExitStack()
            self._session = stack.enter_context(
                connect(self.server, purpose=self.purpose, read_only=self.read_only)
            )
            self._stack = stack
        return self._session

    def drop(self) -> None:
        """Close it; the next one is made when it is asked for."""
        stack, self._stack, self._session = self._stack, None, None
        if stack is not None:
            stack.close()


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceSeen:
    """What a database of the source says.

    Args:
        slots: Its logical replication slots.
        readable: Those that DMS may read, as a start judges them.
        held_up: What its slots wait for that are being made.
        expected: How many rows PostgreSQL expects each carried table to have, by task and table.
    """

    slots: tuple[Slot, ...]
    readable: tuple[DmsSlot, ...]
    held_up: tuple[HeldUp, ...]
    expected: Mapping[str, Mapping[TableName, int | None]]


@dataclass(kw_only=True)
class SourceDatabase:
    """A database of the source.

    Args:
        server: Where it is.
        tasks: The tasks that carry it.
        clock: The time in seconds.
    """

    server: Server
    tasks: Sequence[Task]
    clock: Callable[[], float] = time.monotonic
    _wal: tuple[float, int] | None = None
    _rate: float | None = None
    _expected: dict[str, dict[TableName, int | None]] = field(default_factory=dict)
    _estimated: float = float("-inf")

    def __post_init__(self) -> None:
        """Nothing is open yet."""
        self._held = Held(server=self.server, purpose="say what its slots keep")

    def look(self) -> SourceSeen:
        """What it says now.

        Raises:
            FerryError: It cannot be reached, or refuses.
        """
        try:
            return self._look(self._held.session())
        except FerryError:
            self._held.drop()
            raise

    def close(self) -> None:
        """Close its session."""
        self._held.drop()

    def _look(self, session: Session) -> SourceSeen:
        if self.clock() - self._estimated > _SECONDS_BETWEEN_ESTIMATES:
            self._expected = {
                task.name: target_tables.expected(session, task.mappings) for task in self.tasks
            }
            self._estimated = self.clock()
        rows = session.rows(_SLOTS, deadline_seconds=_SECONDS)
        if rows:
            self._measure(rows[0][5])
        return SourceSeen(
            slots=tuple(self._slot(row) for row in rows if row[0] is not None),
            readable=read_slots(session),
            held_up=held_up(session),
            expected={name: dict(tables) for name, tables in self._expected.items()},
        )

    def _measure(self, end: int) -> None:
        """How fast write-ahead log is written: from one look to the next."""
        now = self.clock()
        if self._wal is None:
            self._wal = (now, end)
        elif now - self._wal[0] >= _LEAST_SECONDS_OF_A_RATE:
            self._rate = max(0.0, (end - self._wal[1]) / (now - self._wal[0]))
            self._wal = (now, end)

    def _slot(self, row: tuple[Any, ...]) -> Slot:
        name, active, status, safe, kept, _ = row
        left = None if safe is None or not self._rate else max(0.0, safe / self._rate)
        return Slot(
            name=name,
            active=active,
            kept_bytes=kept or 0,
            status=status,
            safe_bytes=safe,
            seconds_left=left,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetSeen:
    """What DMS's control tables say of a task.

    Args:
        unapplied: Changes that could not be applied, by table.
        suspended: Tables that are not carried any more.
        recorded: Up to where it has carried changes; None where that is not known.
    """

    unapplied: tuple[Unapplied, ...]
    suspended: tuple[TableName, ...]
    recorded: int | None = None


@dataclass(kw_only=True)
class TargetDatabase:
    """A database of Aurora.

    Args:
        server: Where it is.
        tasks: The tasks that carry into it.
        loaded: When a task's tables were loaded last, by DMS, as far as that is known.
    """

    server: Server
    tasks: Sequence[Task]
    loaded: Callable[[Task], Mapping[TableName, datetime]] = lambda _task: {}

    def __post_init__(self) -> None:
        """Nothing is open yet."""
        self._held = Held(server=self.server, purpose="say what DMS could not apply")

    def look(self) -> dict[str, TargetSeen]:
        """What is said of each task, by its name.

        Raises:
            FerryError: It cannot be reached, or refuses.
        """
        try:
            session = self._held.session()
            return {
                task.name: control_tables(session, task, loaded=self.loaded(task))
                for task in self.tasks
            }
        except FerryError:
            self._held.drop()
            raise

    def close(self) -> None:
        """Close its session."""
        self._held.drop()


def control_tables(
    session: Session, task: Task, *, loaded: Mapping[TableName, datetime] | None = None
) -> TargetSeen:
    """What DMS's own tables say of a task; one that is not there yet says nothing.

    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html

    Args:
        session: A session at Aurora.
        task: The task.
        loaded: When tables were loaded last: what could not be applied before is left out, for the load
            has brought it.
    """
    times = sorted((loaded or {}).items())
    schema = task.settings.control_schema
    exceptions, suspended = "awsdms_apply_exceptions", "awsdms_suspended_tables"
    counted: list[tuple[Any, ...]] = []
    given_up: list[tuple[Any, ...]] = []
    if _is_there(session, schema, exceptions):
        counted = session.rows(
            # DMS writes its times without a zone: UTC.
            sql.SQL(
                'select "TABLE_OWNER", "TABLE_NAME", pg_catalog.count(*), '
                "pg_catalog.max(\"ERROR_TIME\") at time zone 'UTC' from {} left join "
                "unnest(%s::text[], %s::text[], %s::timestamptz[]) "
                'loaded(owner, name, at) on owner = "TABLE_OWNER" and name = "TABLE_NAME" '
                'where "TASK_NAME" = %s and '
                "(at is null or at <= \"ERROR_TIME\" at time zone 'UTC') "
                "group by 1, 2 order by 1, 2"
            ).format(sql.Identifier(schema, exceptions)),
            [
                [table.schema for table, _ in times],
                [table.table for table, _ in times],
                [at for _, at in times],
                task.identifier,
            ],
            deadline_seconds=_SECONDS,
        )
    if _is_there(session, schema, suspended):
        given_up = session.rows(
            sql.SQL("select table_owner, table_name from {} where task_name = %s").format(
                sql.Identifier(schema, suspended)
            ),
            [task.identifier],
            deadline_seconds=_SECONDS,
        )
    return TargetSeen(
        unapplied=tuple(
            Unapplied(table=TableName(owner, table), changes=changes, last=last)
            for owner, table, changes, last in counted
        ),
        suspended=tuple(sorted({TableName(*row) for row in given_up})),
        recorded=recorded(session, task),
    )


def _is_there(session: Session, schema: str, table: str) -> bool:
    return session.rows(_THERE, [schema, table], deadline_seconds=_SECONDS)[0][0] is not None
