"""Applies changes at the target: in the source's order, each once, failures by the task's policies.

A group of transactions is applied in one transaction of the target, which also writes down the
position that it reaches. Whatever ends the worker, the next one goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from local_aws.dms_worker.databases import passes, table_name
from local_aws.dms_worker.test_decoding import Unchanged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local_aws.dms_worker.carried import CarriedTable
    from local_aws.dms_worker.control_tables import ControlTables
    from local_aws.dms_worker.grouping import Transaction
    from local_aws.dms_worker.job import Job, TableProgress, Voice
    from local_aws.dms_worker.test_decoding import Change, Value

ERROR = "Table error"
_LOST = (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable)
_POLICIES = {
    "INSERT": ("ApplyErrorInsertPolicy", "LOG_ERROR", "Inserts"),
    "UPDATE": ("ApplyErrorUpdatePolicy", "LOG_ERROR", "Updates"),
    "DELETE": ("ApplyErrorDeletePolicy", "IGNORE_RECORD", "Deletes"),
}
_SHAPES = 10_000
_KNOWN_POLICIES = ("LOG_ERROR", "IGNORE_RECORD", "SUSPEND_TABLE", "STOP_TASK")


class TaskFailed(Exception):  # noqa: N818 - it is what happened
    """The task cannot go on; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statement:
    """A change as SQL. `table` is the source's, for its state."""

    table: tuple[str, str]
    kind: str
    text: str
    values: list[Value]


class _Refused(Exception):  # noqa: N818 - it is what happened
    """A change that no statement can be made of: the table's columns are others by now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Applying:
    """Applies the changes of a task's tables. `progress` holds their states, and is written."""

    job: Job
    source: psycopg.Connection[Any]
    tables: Mapping[tuple[str, str], CarriedTable]
    progress: Mapping[tuple[str, str], TableProgress]
    control: ControlTables
    voice: Voice

    def apply(
        self, connection: psycopg.Connection[Any], transactions: Sequence[Transaction]
    ) -> None:
        """Apply transactions, all of them or none.

        Raises:
            psycopg.Error: The target is gone; nothing of them is applied.
            TaskFailed: A policy says STOP_TASK.
        """
        carried = [
            change
            for transaction in transactions
            for change in transaction.changes
            if self._is_carried(change, transaction.lsn)
        ]
        changes = [(change, self._made(change)) for change in self._passing(carried)]
        reached = transactions[-1].lsn
        try:
            statements = [_given(made) for _, made in changes]
            with connection.transaction():
                # Its placeholders are PostgreSQL's own: a name may hold a percent sign.
                with connection.pipeline(), psycopg.RawCursor(connection) as cursor:
                    for statement in statements:
                        cursor.execute(statement.text, statement.values, prepare=True)
                self.control.reach(connection, reached)
        except (psycopg.Error, _Refused) as error:
            if connection.closed or passes(error):
                raise
            try:
                self._one_by_one(connection, changes, reached)
            except psycopg.IntegrityError:
                # A constraint that is checked at the end fails all; now it is to fail its row.
                self._one_by_one(connection, changes, reached, at_once=True)
        else:
            for statement in statements:
                self._count(statement.table, statement.kind)

    def _is_carried(self, change: Change, lsn: int) -> bool:
        table = (change.schema, change.table)
        progress = self.progress.get(table)
        return (
            table in self.tables
            and progress is not None
            and progress.state not in (ERROR, "Table does not exist")
            and lsn > progress.valid_from
            # Without a key DMS carries no update and no deletion, and counts neither as an error.
            and (change.kind == "INSERT" or bool(self._row(change)))
            and (change.kind != "UPDATE" or self._sets(change))
        )

    def _passing(self, changes: Sequence[Change]) -> Iterator[Change]:
        """The changes of rows that the filters of their tables let pass."""
        filtered: dict[tuple[str, str], list[Change]] = {}
        for change in changes:
            if self.tables[change.schema, change.table].filter:
                filtered.setdefault((change.schema, change.table), []).append(change)
        answers = {
            table: iter(row_filter.passing(self.source, each))
            for table, each in filtered.items()
            if (row_filter := self.tables[table].filter)
        }
        for change in changes:
            answer = answers.get((change.schema, change.table))
            if answer is None or next(answer):
                yield change

    def _sets(self, change: Change) -> bool:
        """Whether an update says a value that is carried."""
        left_out = self.tables[change.schema, change.table].left_out
        return any(
            name not in left_out and not isinstance(value, Unchanged)
            for name, value in change.new.items()
        )

    def _row(self, change: Change) -> dict[str, Value]:
        """The columns, and their values, by which a row is found; none where it cannot be.

        That is the primary key, by what it is now: the update of a key finds no row, as DMS's does.
        Where the source's replica identity does not tell it, and without one, it is what that
        identity says of the row before. A part of these columns alone would find other rows: where
        a transformation leaves one out, the table is as one without a key. Of DMS no source says
        what it does there.
        """
        carried = self.tables[change.schema, change.table]
        now = {
            name: value for name, value in change.new.items() if not isinstance(value, Unchanged)
        }
        before = dict(change.old)
        for names, values in (
            (carried.table.key, before | now),
            (carried.table.identity, now | before),
            (tuple(before), before),
        ):
            if names and all(name in values and name not in carried.left_out for name in names):
                return {name: values[name] for name in names}
        return {}

    def _made(self, change: Change) -> _Statement | _Refused:
        try:
            return self._statement(change)
        except _Refused as refused:
            return refused

    def _statement(self, change: Change) -> _Statement:
        source = (change.schema, change.table)
        table = self.tables[source]
        columns = {column.column.name: column for column in table.columns}
        new: dict[str, Value] = {}
        for name, value in change.new.items():
            if name in table.left_out or isinstance(value, Unchanged):
                continue
            if name not in columns:
                raise _Refused(f"the column {name} is not known")
            if columns[name].cuts(value):
                self._too_long(table, name)
            new[columns[name].target] = columns[name].applied(value)
        old: dict[str, Value] = {}
        if change.kind != "INSERT":
            for name, value in self._row(change).items():
                if name not in columns:
                    raise _Refused(f"the column {name} is not known")
                old[columns[name].target] = columns[name].applied(value)
        text = _sql(
            change.kind,
            table.target,
            tuple(new),
            tuple((name, value is None) for name, value in old.items()),
        )
        known = [value for value in old.values() if value is not None]
        return _Statement(table=source, kind=change.kind, text=text, values=[*new.values(), *known])

    def _too_long(self, table: CarriedTable, column: str) -> None:
        text = f"{'.'.join(table.source)}: a value of column {column} is longer than the limit"
        if self.job.source.fail_on_lob_truncation:
            raise TaskFailed(text)
        self.voice.log("W", f"{text}; it is truncated")

    def _one_by_one(
        self,
        connection: psycopg.Connection[Any],
        changes: Sequence[tuple[Change, _Statement | _Refused]],
        reached: int,
        *,
        at_once: bool = False,
    ) -> None:
        applied = []
        with connection.transaction(), psycopg.RawCursor(connection) as cursor:
            if at_once:
                cursor.execute("set constraints all immediate")
            for change, made in changes:
                if self.progress[change.schema, change.table].state == ERROR:
                    continue
                try:
                    with connection.transaction():
                        statement = _given(made)
                        cursor.execute(statement.text, statement.values)
                except (psycopg.Error, _Refused) as error:
                    if passes(error):
                        raise
                    self._failed(connection, change, error)
                else:
                    applied.append(statement)
            self.control.reach(connection, reached)
        for statement in applied:
            self._count(statement.table, statement.kind)

    def _failed(
        self, connection: psycopg.Connection[Any], change: Change, error: Exception
    ) -> None:
        setting, default, _ = _POLICIES[change.kind]
        policy = self.job.setting("ErrorBehavior", setting, default)
        table = (change.schema, change.table)
        if isinstance(error, (*_LOST, _Refused)):
            policy = "SUSPEND_TABLE"
        if policy not in _KNOWN_POLICIES:
            raise TaskFailed(f"{setting} {policy} is not there: {', '.join(_KNOWN_POLICIES)} are")
        said = f"{change.kind} of {'.'.join(table)}: {_first_line(error)}"
        if policy == "IGNORE_RECORD":
            return
        if policy == "STOP_TASK":
            raise TaskFailed(said)
        self.control.note_exception(
            connection,
            self.tables[table].target,
            statement=f"{change.kind} {'.'.join(self.tables[table].target)}",
            error=_first_line(error),
        )
        self.voice.log("E", said)
        if policy == "SUSPEND_TABLE":
            self.suspend(connection, table)

    def suspend(self, connection: psycopg.Connection[Any], table: tuple[str, str]) -> None:
        """Carry a table no longer, and say so."""
        self.progress[table].state = ERROR
        self.control.suspend(connection, table)
        self.voice.table(*table, self.progress[table])

    def _count(self, table: tuple[str, str], kind: str) -> None:
        counted = _POLICIES[kind][2]
        counts = self.progress[table].counts
        counts[counted] += 1
        counts[f"Applied{counted}"] += 1


def _given(made: _Statement | _Refused) -> _Statement:
    if isinstance(made, _Refused):
        raise made
    return made


@lru_cache(maxsize=_SHAPES)
def _sql(
    kind: str,
    table: tuple[str, str],
    new: tuple[str, ...],
    old: tuple[tuple[str, bool], ...],
) -> str:
    """The statement of a change; `old` says of each column by which a row is found if it is NULL."""
    name = table_name(table).as_string()
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


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
