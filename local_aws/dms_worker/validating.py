"""Validation: the rows of tables with a key, compared between source and target.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html

A table is compared once it is loaded, and again after changes: the whole of it, by hashes of its
rows, which takes at most a tenth of the task's time. A row that differs is pending until all is
applied that the source had when it was read; it failed if it still differs and the source has not
changed it. So RecordFailureDelayInMinutes is not needed, and is not waited for. What suspends
validation (FailureMaxCount and its like) is not there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from local_aws.dms_worker.databases import passes, table_name, wal_end

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local_aws.dms_worker.carried import CarriedTable
    from local_aws.dms_worker.control_tables import ControlTables
    from local_aws.dms_worker.job import Job, TableProgress

TableId = tuple[str, str]
_LOADED = "Table completed"
_ERROR = "Table error"
_REST = 9


@dataclass(kw_only=True, slots=True)
class _Pending:
    """Rows that differed, as the source had them, and from where on that counts."""

    rows: dict[str, str | None]
    applied: int


@dataclass(kw_only=True, slots=True)
class Validating:
    """Validates the tables of a task, where its settings say so. `progress` is written."""

    job: Job
    tables: Mapping[TableId, CarriedTable]
    progress: Mapping[TableId, TableProgress]
    control: ControlTables
    source: psycopg.Connection[Any]
    target: psycopg.Connection[Any]
    _turns: dict[TableId, float] = field(default_factory=dict)
    _not_before: float = 0.0
    _pending: dict[TableId, _Pending] = field(default_factory=dict)
    _validated: dict[TableId, str] = field(default_factory=dict)

    def step(self, position: int, *, at_once: bool = False) -> bool:
        """Do what is due at one table, with all applied up to a position; whether anything was.

        Raises:
            psycopg.Error: A server is gone.
        """
        if not self.job.setting("ValidationSettings", "EnableValidation", default=False):
            return False
        began = time.monotonic()
        if began < self._not_before and not at_once:
            return False
        # The table that had no turn for the longest comes first: one that always changes holds up none.
        for key in sorted(self.tables, key=lambda each: self._turns.get(each, 0.0)):
            if self._step(key, position):
                ended = self._turns[key] = time.monotonic()
                self._not_before = ended + _REST * (ended - began)
                return True
        return False

    def _step(self, key: TableId, position: int) -> bool:
        table, progress = self.tables[key], self.progress.get(key)
        if progress is None or progress.state not in (_LOADED, _ERROR):
            return False
        state = self._cannot(table, progress)
        if state:
            progress.validation = {"state": state, "pending": 0, "failed": 0}
            return False
        stands = repr((progress.valid_from, progress.counts))
        pending = self._pending.get(key)
        try:
            if pending and position >= pending.applied:
                self._decide(table, pending)
            elif not pending and self._validated.get(key) != stands:
                self._validated[key] = stands
                self._compare(table)
            else:
                return False
        except psycopg.Error as error:
            if passes(error):
                raise
            self._pending.pop(key, None)
            progress.validation = {"state": "Error", "pending": 0, "failed": 0}
        return True

    def _cannot(self, table: CarriedTable, progress: TableProgress) -> str | None:
        if progress.state == _ERROR:
            return _ERROR
        keys = table.table.key
        return None if keys and not table.left_out.intersection(keys) else "No primary key"

    def _compare(self, table: CarriedTable) -> None:
        target = self._hashes(self.target, table, at_source=False)
        source = self._hashes(self.source, table, at_source=True)
        differing = {
            key: source.get(key)
            for key in source.keys() | target.keys()
            if source.get(key) != target.get(key)
        }
        with self.target.transaction():
            self.control.forget_failures(self.target, table.target)
        self._say(table, pending=differing, failed=0)

    def _decide(self, table: CarriedTable, pending: _Pending) -> None:
        """Tell what failed of the rows that were pending, and wait for those that moved."""
        keys = list(pending.rows)
        target = self._hashes(self.target, table, keys, at_source=False)
        source = self._hashes(self.source, table, keys, at_source=True)
        moved: dict[str, str | None] = {}
        failed = self.progress[table.source].validation["failed"]
        with self.target.transaction():
            for key, before in pending.rows.items():
                there, here = source.get(key), target.get(key)
                if here in (there, before):
                    continue
                if there != before:
                    moved[key] = there
                    continue
                failed += 1
                kind = "RECORD_DIFF"
                if here is None or there is None:
                    kind = "MISSING_TARGET" if here is None else "MISSING_SOURCE"
                self.control.note_failure(self.target, table.target, key=key, kind=kind)
        self._say(table, pending=moved, failed=failed)

    def _say(self, table: CarriedTable, *, pending: dict[str, str | None], failed: int) -> None:
        self._pending.pop(table.source, None)
        if pending:
            applied = wal_end(self.source)
            self._pending[table.source] = _Pending(rows=pending, applied=applied)
        state = "Mismatched records" if failed else "Validated"
        self.progress[table.source].validation = {
            "state": "Pending records" if pending else state,
            "pending": len(pending),
            "failed": failed,
        }

    def _hashes(
        self,
        connection: psycopg.Connection[Any],
        table: CarriedTable,
        keys: Sequence[str] | None = None,
        *,
        at_source: bool,
    ) -> dict[str, str]:
        """Each row's hash by its key, of what the source has as it would be carried."""
        skips = self.job.setting("ValidationSettings", "SkipLobColumns", default=False)
        values = {
            each.column.name: sql.SQL("{}::text").format(
                each.selected() if at_source else sql.Identifier(each.target)
            )
            for each in table.columns
            if each.column.name in table.table.key or not (skips and each.column.is_lob)
        }
        key = sql.SQL("array[{}]::text").format(
            sql.SQL(", ").join(values[name] for name in table.table.key)
        )
        conditions: list[sql.Composable] = [sql.SQL("true")]
        if keys is not None:
            conditions.append(sql.SQL("{} = any({})").format(key, sql.Literal(list(keys))))
        if at_source and table.filter:
            conditions.append(table.filter.of_the_load())
        query = sql.SQL("select {}, md5(array[{}]::text) from {} where {}").format(
            key,
            sql.SQL(", ").join(values.values()),
            table_name(table.source if at_source else table.target),
            sql.SQL(" and ").join(conditions),
        )
        return dict(connection.execute(query).fetchall())
