"""Applies changes at the target: in the source's order, each once, failures by the task's policies.

A group of transactions is applied in one transaction of the target, which also writes down the
position that it reaches. Whatever ends the worker, the next one goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from local_aws.dms_worker.databases import table_name
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
_KNOWN_POLICIES = ("LOG_ERROR", "IGNORE_RECORD", "SUSPEND_TABLE", "STOP_TASK")


class TaskFailed(Exception):  # noqa: N818 - it is what happened
    """The task cannot go on; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statement:
    """A change as SQL. `table` is the source's, for its state."""

    table: tuple[str, str]
    kind: str
    text: sql.Composed
    values: list[Value]


class _Refused(Exception):  # noqa: N818 - it is what happened
    """A change that no statement can be made of: the table's columns are others by now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Applying:
    """Applies the changes of a task's tables. `progress` holds their states, and is written."""

    job: Job
    tables: Mapping[tuple[str, str], CarriedTable]
    progress: Mapping[tuple[str, str], TableProgress]
    control: ControlTables
    voice: Voice

    def apply(
        self, connection: psycopg.Connection[Any], transactions: Sequence[Transaction]
    ) -> None:
        """Apply transactions, all of them or none.

        Raises:
            psycopg.OperationalError: The target is gone; nothing of them is applied.
            TaskFailed: A policy says STOP_TASK.
        """
        changes = [
            (change, transaction.lsn)
            for transaction in transactions
            for change in transaction.changes
            if self._is_carried(change, transaction.lsn)
        ]
        reached = transactions[-1].lsn
        try:
            statements = [self._statement(change) for change, _ in changes]
            with connection.transaction():
                with connection.pipeline():
                    for statement in statements:
                        connection.execute(statement.text, statement.values, prepare=True)
                self.control.reach(connection, reached)
        except (psycopg.Error, _Refused) as error:
            if connection.broken or connection.closed:
                raise
            if isinstance(error, psycopg.OperationalError):
                raise
            self._one_by_one(connection, [change for change, _ in changes], reached)
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
            and (change.kind == "INSERT" or bool(self._key(change)))
        )

    def _key(self, change: Change) -> tuple[str, ...]:
        """The columns by which a row is found: the key's, or those that the source says."""
        return self.tables[change.schema, change.table].table.key or tuple(change.old)

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
        # A row is found by what its key is now: the update of a key finds none, as DMS's does.
        old = {
            columns[name].target: columns[name].applied(
                change.old[name] if name not in change.new else change.new[name]
            )
            for name in self._key(change)
            if name in columns
        }
        if not table.table.key:
            old = {columns[name].target: value for name, value in change.old.items()}
        text, values = _sql(change.kind, table_name(table.target), new, old)
        return _Statement(table=source, kind=change.kind, text=text, values=values)

    def _too_long(self, table: CarriedTable, column: str) -> None:
        text = f"{'.'.join(table.source)}: a value of column {column} is longer than the limit"
        if self.job.source.fail_on_lob_truncation:
            raise TaskFailed(text)
        self.voice.log("W", f"{text}; it is truncated")

    def _one_by_one(
        self, connection: psycopg.Connection[Any], changes: Sequence[Change], reached: int
    ) -> None:
        with connection.transaction():
            for change in changes:
                if self.progress[change.schema, change.table].state == ERROR:
                    continue
                try:
                    with connection.transaction():
                        statement = self._statement(change)
                        connection.execute(statement.text, statement.values)
                except psycopg.OperationalError:
                    raise
                except (psycopg.Error, _Refused) as error:
                    self._failed(connection, change, error)
                else:
                    self._count((change.schema, change.table), change.kind)
            self.control.reach(connection, reached)

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


def _sql(
    kind: str, table: sql.Identifier, new: Mapping[str, Value], old: Mapping[str, Value]
) -> tuple[sql.Composed, list[Value]]:
    if kind == "INSERT":
        text = sql.SQL("insert into {} ({}) values ({})").format(
            table,
            sql.SQL(", ").join(sql.Identifier(name) for name in new),
            sql.SQL(", ").join(sql.Placeholder() for _ in new),
        )
        return text, list(new.values())
    where = sql.SQL(" and ").join(_comparisons(old))
    known: list[Value] = [value for value in old.values() if value is not None]
    if kind == "DELETE":
        return sql.SQL("delete from {} where {}").format(table, where), known
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder()) for name in new
    )
    text = sql.SQL("update {} set {} where {}").format(table, assignments, where)
    return text, [*new.values(), *known]


def _comparisons(row: Mapping[str, Value]) -> Iterator[sql.Composed]:
    for name, value in row.items():
        if value is None:
            yield sql.SQL("{} is null").format(sql.Identifier(name))
        else:
            yield sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder())


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
