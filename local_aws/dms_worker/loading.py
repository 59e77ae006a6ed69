"""The full load: tables as one moment of the source shows them, several at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from local_aws.dms_worker.carried import LobTooLarge, column_list
from local_aws.dms_worker.databases import connect_source, connect_target, passes, table_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local_aws.dms_worker.carried import CarriedTable
    from local_aws.dms_worker.job import Job, Voice
    from local_aws.dms_worker.mappings import Mappings, Segment

_SUB_TASKS = 8
_AT_SOURCE = "begin isolation level repeatable read read only"


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """How a table's load ended: its rows, or why it is not carried."""

    table: CarriedTable
    rows: int
    error: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Loading:
    """Loads tables from one snapshot. `stopping` ends it between two blocks of rows."""

    job: Job
    mappings: Mappings
    voice: Voice
    snapshot: str
    stopping: threading.Event
    given_up: threading.Event = field(default_factory=threading.Event)

    def load(
        self,
        tables: Sequence[CarriedTable],
        *,
        began: Callable[[CarriedTable], None],
        ended: Callable[[Loaded], None],
    ) -> None:
        """Load the tables, those of a higher load order first; tell when each begins and has ended.

        `began` is called by the threads that load.

        A table that cannot be loaded ends with its error; the others go on.

        Raises:
            LobTooLarge: A large object is longer than the limit, and this fails the task.
            psycopg.Error: A server is gone.
        """
        ordered = sorted(tables, key=lambda each: -self.mappings.load_order(*each.source))
        threads = self.job.setting("FullLoadSettings", "MaxFullLoadSubTasks", default=_SUB_TASKS)
        with ThreadPoolExecutor(max_workers=threads) as pool:
            try:
                for done in as_completed(
                    [pool.submit(self._load, table, began) for table in ordered]
                ):
                    if loaded := done.result():
                        ended(loaded)
            finally:
                self.given_up.set()

    @property
    def _is_stopping(self) -> bool:
        return self.stopping.is_set() or self.given_up.is_set()

    def _load(self, table: CarriedTable, began: Callable[[CarriedTable], None]) -> Loaded | None:
        """One table; None where the task is stopped before it is done."""
        if self._is_stopping:
            return None
        began(table)
        try:
            with (
                connect_source(self.job.source, self.stopping) as source,
                connect_target(self.job.target, self.stopping, task=self.job.task) as target,
            ):
                source.execute(_AT_SOURCE)
                source.execute(
                    sql.SQL("set transaction snapshot {}").format(sql.Literal(self.snapshot))
                )
                self._check_lobs(source, table)
                with target.transaction():
                    segments: list[Segment | None] = [*self.mappings.segments(*table.source)]
                    rows = 0
                    for segment in segments or [None]:
                        rows += self._copy(source, target, table, segment)
        except _Stopped:
            return None
        except psycopg.Error as error:
            if passes(error):
                raise
            return Loaded(table=table, rows=0, error=str(error).strip())
        return Loaded(table=table, rows=rows, error=None)

    def _copy(
        self,
        source: psycopg.Connection[Any],
        target: psycopg.Connection[Any],
        table: CarriedTable,
        segment: Segment | None,
    ) -> int:
        read = sql.SQL("copy (select {} from {} {}) to stdout").format(
            sql.SQL(", ").join(column.selected() for column in table.columns),
            table_name(table.source),
            _condition(table, segment),
        )
        write = sql.SQL("copy {} ({}) from stdin").format(
            table_name(table.target), column_list([column.target for column in table.columns])
        )
        with source.cursor() as reading, target.cursor() as writing:
            with reading.copy(read) as rows, writing.copy(write) as copied:
                for block in rows:
                    if self._is_stopping:
                        raise _Stopped
                    copied.write(block)
            return writing.rowcount

    def _check_lobs(self, source: psycopg.Connection[Any], table: CarriedTable) -> None:
        """Tell of values that will be cut; where the endpoint says so, that ends the task."""
        limited = [column for column in table.columns if column.limit_bytes is not None]
        if not limited:
            return
        counts = source.execute(
            sql.SQL("select {} from {} {}").format(
                sql.SQL(", ").join(
                    sql.SQL("count(*) filter (where {})").format(column.too_long())
                    for column in limited
                ),
                table_name(table.source),
                _condition(table, None),
            )
        ).fetchone()
        for column, count in zip(limited, counts or (), strict=True):
            if not count:
                continue
            text = (
                f"{'.'.join(table.source)}: {count} values of column {column.column.name} are "
                f"longer than {column.limit_bytes} bytes"
            )
            if self.job.source.fail_on_lob_truncation:
                raise LobTooLarge(text)
            self.voice.log("W", f"{text}; they are truncated")


class _Stopped(Exception):  # noqa: N818 - no error
    """The task is stopped while a table is copied."""


def prepare(target: psycopg.Connection[Any], table: CarriedTable, *, mode: str) -> None:
    """Make a table ready for its load, as TargetTablePrepMode says.

    DMS 3.5.4 makes a table that is missing in DO_NOTHING as well: its columns and its primary key,
    nothing else.

    Raises:
        psycopg.Error: The target refuses, such as to empty a table that another refers to.
    """
    name = table_name(table.target)
    if mode == "DROP_AND_CREATE":
        target.execute(sql.SQL("drop table if exists {}").format(name))
    elif mode == "TRUNCATE_BEFORE_LOAD" and _exists(target, table):
        target.execute(sql.SQL("truncate table {}").format(name))
    if _exists(target, table):
        return
    names = {column.column.name: column.target for column in table.columns}
    parts = [
        # The type is the catalog's own text, written by format_type.
        sql.SQL("{} ").format(sql.Identifier(column.target)) + sql.SQL(column.type)
        for column in table.columns
    ]
    if table.key and all(key in names for key in table.key):
        parts.append(
            sql.SQL("primary key ({})").format(column_list([names[key] for key in table.key]))
        )
    target.execute(sql.SQL("create table {} ({})").format(name, sql.SQL(", ").join(parts)))


def empty(target: psycopg.Connection[Any], table: CarriedTable) -> None:
    """Delete a table's rows; unlike TRUNCATE, also where another table refers to it."""
    target.execute(sql.SQL("delete from {}").format(table_name(table.target)))


def _exists(target: psycopg.Connection[Any], table: CarriedTable) -> bool:
    row = target.execute(
        "select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n "
        "on n.oid = c.relnamespace where n.nspname = %s and c.relname = %s",
        list(table.target),
    ).fetchone()
    return row is not None


def _condition(table: CarriedTable, segment: Segment | None) -> sql.Composable:
    """The rows of a segment that pass. Values are compared as the columns' own types."""
    parts: list[sql.Composable] = [table.filter.of_the_load()] if table.filter else []
    if segment is None:
        return sql.SQL("where ") + parts[0] if parts else sql.SQL("")
    columns = sql.SQL("({})").format(column_list(segment.columns))
    for operator, bound in ((">", segment.after), ("<=", segment.upto)):
        if bound is not None:
            values = sql.SQL(", ").join(sql.Literal(value) for value in bound)
            parts.append(sql.SQL(f"{{}} {operator} ({{}})").format(columns, values))
    return sql.SQL("where ") + sql.SQL(" and ").join(parts)
