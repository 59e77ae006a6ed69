"""Applies changes at the target: in the source's order, each once, failures by the task's policies.

A group of transactions is applied in one transaction of the target, which also writes down the
position that it reaches. Whatever ends the worker, the next one goes on from there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from local_aws.dms_worker.databases import first_line, passes
from local_aws.dms_worker.job import ERROR, TaskFailed, log
from local_aws.dms_worker.test_decoding import Unchanged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local_aws.dms_worker.job import TableId
    from local_aws.dms_worker.sides import Sides
    from local_aws.dms_worker.stream import Transaction
    from local_aws.dms_worker.test_decoding import Change, Value

    Cut = defaultdict[TableId, Counter[str]]

NOT_THERE = "Table does not exist"
_LOST = (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable)
_POLICIES = {
    "INSERT": ("ApplyErrorInsertPolicy", "LOG_ERROR"),
    "UPDATE": ("ApplyErrorUpdatePolicy", "LOG_ERROR"),
    "DELETE": ("ApplyErrorDeletePolicy", "IGNORE_RECORD"),
}
_COUNTS = {"INSERT": "Inserts", "UPDATE": "Updates", "DELETE": "Deletes"}
_SHAPES = 10_000
_KNOWN_POLICIES = ("LOG_ERROR", "IGNORE_RECORD", "SUSPEND_TABLE", "STOP_TASK")


class _Unknown(Exception):  # noqa: N818 - it is what happened
    """A column that the table did not have when the task began."""


def apply(sides: Sides, transactions: Sequence[Transaction]) -> None:
    """Apply transactions, all of them or none.

    Raises:
        psycopg.Error: A server is gone; nothing of them is applied.
        TaskFailed: A policy says STOP_TASK.
    """
    changes = [
        change
        for transaction in transactions
        for change in transaction.changes
        if _is_carried(sides, change, transaction.lsn)
    ]
    reached = transactions[-1].lsn
    try:
        _together(sides, changes, reached)
    except (psycopg.Error, _Unknown) as error:
        if sides.target.closed or passes(error):
            raise
        try:
            changes = _one_by_one(sides, changes, reached)
        except psycopg.IntegrityError:
            # A constraint that is checked at the end fails all; now it is to fail its row.
            changes = _one_by_one(sides, changes, reached, at_once=True)
    for change in changes:
        counts, what = sides.progress[change.table].counts, _COUNTS[change.kind]
        counts[what] += 1
        counts[f"Applied{what}"] += 1


def _is_carried(sides: Sides, change: Change, lsn: int) -> bool:
    table, progress = sides.tables.get(change.table), sides.progress.get(change.table)
    if table is None or progress is None or progress.state in (ERROR, NOT_THERE):
        return False
    sets = any(
        name not in table.left_out and not isinstance(value, Unchanged)
        for name, value in change.new.items()
    )
    return (
        lsn > progress.valid_from
        # Without a key DMS carries no update and no deletion, and counts neither as an error.
        and (change.kind == "INSERT" or bool(_row(sides, change)))
        and (change.kind != "UPDATE" or sets)
        and (table.filter is None or table.filter.lets_pass(sides.source, change))
    )


def _row(sides: Sides, change: Change) -> Mapping[str, Value]:
    """The columns, and their values, by which a row is found; none where it cannot be.

    That is the primary key, by what it is now: the update of a key finds no row, as DMS's does.
    Where the source's replica identity does not tell it, and without one, it is what that identity
    says of the row before. A part of these columns alone would find other rows: where a
    transformation leaves one out, the table is as one without a key. Of DMS no source says what it
    does there.
    """
    carried = sides.tables[change.table]
    now = {name: value for name, value in change.new.items() if not isinstance(value, Unchanged)}
    before = dict(change.old)
    for names, values in (
        (carried.table.key, before | now),
        (carried.table.identity, now | before),
        (tuple(before), before),
    ):
        if names and all(name in values and name not in carried.left_out for name in names):
            return {name: values[name] for name in names}
    return {}


def _together(sides: Sides, changes: Sequence[Change], reached: int) -> None:
    cut: Cut = defaultdict(Counter)
    statements = [_statement(sides, change, cut) for change in changes]
    with sides.target.transaction():
        # Its placeholders are PostgreSQL's own: a name may hold a percent sign.
        with sides.target.pipeline(), psycopg.RawCursor(sides.target) as cursor:
            for text, values in statements:
                cursor.execute(text, values, prepare=True)
        _finish(sides, cut, reached)


def _one_by_one(
    sides: Sides, changes: Sequence[Change], reached: int, *, at_once: bool = False
) -> list[Change]:
    """Apply changes, each in a savepoint; those that were applied."""
    applied = []
    cut: Cut = defaultdict(Counter)
    with sides.target.transaction(), psycopg.RawCursor(sides.target) as cursor:
        if at_once:
            cursor.execute("set constraints all immediate")
        for change in changes:
            if sides.progress[change.table].state == ERROR:
                continue
            try:
                with sides.target.transaction():
                    cursor.execute(*_statement(sides, change, cut))
            except (psycopg.Error, _Unknown) as error:
                if passes(error):
                    raise
                _fail(sides, change, error)
            else:
                applied.append(change)
        _finish(sides, cut, reached)
    return applied


def _finish(sides: Sides, cut: Cut, reached: int) -> None:
    for table, columns in cut.items():
        sides.tables[table].tell_cut(columns, fails=sides.job.source.fail_on_lob_truncation)
    sides.control.reach(reached)


def _fail(sides: Sides, change: Change, error: Exception) -> None:
    """Do what the task's policy says of a change that could not be applied."""
    setting, default = _POLICIES[change.kind]
    policy = sides.job.setting("ErrorBehavior", setting, default)
    if isinstance(error, (*_LOST, _Unknown)):
        policy = "SUSPEND_TABLE"
    if policy not in _KNOWN_POLICIES:
        raise TaskFailed(f"{setting} {policy} is not there: {', '.join(_KNOWN_POLICIES)} are")
    if policy == "IGNORE_RECORD":
        return
    table = sides.tables[change.table]
    said = f"{change.kind} of {table.table}: {first_line(error)}"
    if policy == "STOP_TASK":
        raise TaskFailed(said)
    statement = f"{change.kind} {'.'.join(table.target)}"
    sides.control.note_exception(table.target, statement=statement, error=first_line(error))
    log("E", said)
    if policy == "SUSPEND_TABLE":
        sides.control.suspend(change.table)
        sides.progress[change.table].state = ERROR
        sides.tell()


def _statement(sides: Sides, change: Change, cut: Cut) -> tuple[str, list[str | None]]:
    """A change as SQL, and its values.

    Raises:
        _Unknown: The source's table has got another column.
    """
    table = sides.tables[change.table]
    row = {} if change.kind == "INSERT" else _row(sides, change)
    known = {column.column.name for column in table.columns} | table.left_out
    if unknown := [name for name in (*change.new, *row) if name not in known]:
        raise _Unknown(f"the column {unknown[0]} is not known")
    new = table.carried(change.new, cut[change.table])
    if new:
        new |= table.computed(change.new)
    old = table.carried(row, Counter())
    absent = tuple((name, value is None) for name, value in old.items())
    values = [*new.values(), *(value for value in old.values() if value is not None)]
    return _sql(change.kind, table.target, tuple(new), absent), values


@lru_cache(maxsize=_SHAPES)
def _sql(kind: str, table: TableId, new: tuple[str, ...], old: tuple[tuple[str, bool], ...]) -> str:
    """The statement of a change; `old` says of each column by which a row is found if it is NULL."""
    name = sql.Identifier(*table).as_string()
    columns = [sql.Identifier(each).as_string() for each in new]
    values = [f"${number}" for number in range(1, len(new) + 1)]
    if kind == "INSERT":
        if not columns:
            return f"insert into {name} default values"
        return f"insert into {name} ({', '.join(columns)}) values ({', '.join(values)})"  # noqa: S608 - names are quoted
    where = " and ".join(_comparisons(old, len(new)))
    if kind == "DELETE":
        return f"delete from {name} where {where}"  # noqa: S608 - names are quoted
    pairs = zip(columns, values, strict=True)
    assignments = ", ".join(f"{column} = {value}" for column, value in pairs)
    return f"update {name} set {assignments} where {where}"  # noqa: S608 - names are quoted


def _comparisons(row: Sequence[tuple[str, bool]], number: int) -> Iterator[str]:
    for name, is_null in row:
        if is_null:
            yield f"{sql.Identifier(name).as_string()} is null"
        else:
            number += 1
            yield f"{sql.Identifier(name).as_string()} = ${number}"
