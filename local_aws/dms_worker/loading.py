"""The full load: tables as one moment of the source shows them, several at a time."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from local_aws.dms_worker.databases import (
    connect_source,
    connect_target,
    first_line,
    names,
    passes,
    rows_of,
)
from local_aws.dms_worker.job import COMPLETED, ERROR, TableProgress, log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local_aws.dms_worker.carried import CarriedTable
    from local_aws.dms_worker.job import TableId
    from local_aws.dms_worker.mappings import Segment
    from local_aws.dms_worker.sides import Sides

LOADING = "Full load"
_SUB_TASKS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A moment of the source: its name, and the position that all before it has."""

    name: str
    lsn: int


def load(sides: Sides, snapshot: Snapshot, keys: Iterable[TableId]) -> None:
    """Load tables, those of a higher load order first.

    A table that cannot be loaded ends with its error; the others go on.

    Raises:
        TaskFailed: A large object is longer than the limit, and this fails the task.
        psycopg.Error: A server is gone.
    """
    ready = [key for key in keys if _is_ready(sides, key)]
    sides.narrow()
    ready.sort(key=lambda key: -sides.mappings.load_order(*key))
    threads = sides.job.setting("FullLoadSettings", "MaxFullLoadSubTasks", default=_SUB_TASKS)
    given_up = threading.Event()

    def stops() -> bool:
        return sides.stopping.is_set() or given_up.is_set()

    with ThreadPoolExecutor(max_workers=threads) as pool:
        loads = {pool.submit(_load, sides, snapshot, key, stops): key for key in ready}
        try:
            for done in as_completed(loads):
                if (ended := done.result()) is not None:
                    _end(sides, loads[done], *ended)
        finally:
            given_up.set()
    minutes = sides.job.setting("ControlTablesSettings", "HistoryTimeslotInMinutes", default=5)
    records = sum(sides.progress[key].rows for key in ready)
    sides.control.history("FULL LOAD", minutes=minutes, latency=0, records=records)


def empty(target: psycopg.Connection[Any], table: CarriedTable) -> None:
    """Delete a table's rows; unlike TRUNCATE, also where another table refers to it.

    The lock waits for a worker that was killed and whose session still carries out its COMMIT.
    """
    name = sql.Identifier(*table.target)
    with target.transaction():
        target.execute(sql.SQL("lock table {} in exclusive mode").format(name))
        target.execute(sql.SQL("delete from {}").format(name))


def _is_ready(sides: Sides, key: TableId) -> bool:
    """Make a table ready to be loaded, or tell why it is not."""
    table = sides.tables[key]
    full_lob = sides.job.setting("TargetMetadata", "FullLobMode", default=False)
    mode = sides.job.setting("FullLoadSettings", "TargetTablePrepMode", default="DO_NOTHING")
    reason = table.why_not(full_lob=full_lob)
    try:
        if not reason:
            _prepare(sides.target, table, mode=mode)
    except psycopg.Error as error:
        if passes(error):
            raise
        reason = first_line(error)
    if reason:
        _end(sides, key, 0, reason)
    return not reason


def _prepare(target: psycopg.Connection[Any], table: CarriedTable, *, mode: str) -> None:
    """Do what TargetTablePrepMode says.

    DMS 3.5.4 makes a table that is missing in DO_NOTHING as well: its columns and its primary key,
    nothing else.
    """
    name = sql.Identifier(*table.target)
    if mode == "DROP_AND_CREATE":
        target.execute(sql.SQL("drop table if exists {}").format(name))
    exists = "select pg_catalog.to_regclass(%s) is not null"
    if target.execute(exists, [name.as_string()]).fetchone() == (True,):
        if mode == "TRUNCATE_BEFORE_LOAD":
            target.execute(sql.SQL("truncate table {}").format(name))
        return
    parts = [
        # The type is the catalog's own text, written by format_type.
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(type_))
        for column, type_ in table.written.items()
    ]
    targets = {column.column.name: column.target for column in table.columns}
    if table.key and all(key in targets for key in table.key):
        parts.append(sql.SQL("primary key ({})").format(names(targets[key] for key in table.key)))
    target.execute(sql.SQL("create table {} ({})").format(name, sql.SQL(", ").join(parts)))


def _end(sides: Sides, key: TableId, rows: int, error: str) -> None:
    progress = sides.progress.setdefault(key, TableProgress(state=LOADING))
    progress.rows = rows
    progress.state = ERROR if error else COMPLETED
    sides.control.resume(key)
    if error:
        log("E", f"{sides.tables[key].table}: {error}")
        sides.control.suspend(key)
    sides.set(key, progress)


def _load(
    sides: Sides, snapshot: Snapshot, key: TableId, stops: Callable[[], bool]
) -> tuple[int, str] | None:
    """The rows of a table that were loaded, or the error; None where the task is stopped before."""
    if stops():
        return None
    sides.set(key, TableProgress(state=LOADING, valid_from=snapshot.lsn))
    rows = None
    try:
        with (
            connect_source(sides.job.source, sides.stopping) as source,
            connect_target(sides.job.target, sides.stopping) as target,
        ):
            source.execute("begin isolation level repeatable read read only")
            source.execute(
                sql.SQL("set transaction snapshot {}").format(sql.Literal(snapshot.name))
            )
            with target.transaction():
                rows = _copy(sides, key, source, target, stops)
                if rows is None:
                    raise psycopg.Rollback
    except psycopg.Error as error:
        if passes(error):
            raise
        return 0, first_line(error)
    return None if rows is None else (rows, "")


def _copy(
    sides: Sides,
    key: TableId,
    source: psycopg.Connection[Any],
    target: psycopg.Connection[Any],
    stops: Callable[[], bool],
) -> int | None:
    table, rows = sides.tables[key], 0
    segments: list[Segment | None] = [*sides.mappings.segments(*key)]
    cut: Counter[str] = Counter()
    write = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*table.target), names(table.written)
    )
    with target.cursor() as cursor, cursor.copy(write) as copied:
        for segment in segments or [None]:
            read = sql.SQL("select {} from {} where {}").format(
                names(table.read), sql.Identifier(*key), _condition(table, segment)
            )
            for values in rows_of(source, read):
                if stops():
                    return None
                row = dict(zip(table.read, values, strict=True))
                copied.write_row([*(table.carried(row, cut) | table.computed(row)).values()])
                rows += 1
    table.tell_cut(cut, fails=sides.job.source.fail_on_lob_truncation)
    return rows


def _condition(table: CarriedTable, segment: Segment | None) -> sql.Composable:
    """The rows of a segment that pass. Values are compared as the columns' own types."""
    parts = [table.filter.of_the_load() if table.filter else sql.SQL("true")]
    if segment:
        for operator, bound in ((">", segment.after), ("<=", segment.upto)):
            if bound is not None:
                values = sql.SQL(", ").join(map(sql.Literal, bound))
                compared = sql.SQL(f"({{}}) {operator} ({{}})")
                parts.append(compared.format(names(segment.columns), values))
    return sql.SQL(" and ").join(parts)
