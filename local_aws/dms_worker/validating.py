"""Validation: the rows of tables with a key, compared between source and target.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html

A table is compared once it is loaded, and again after changes: the whole of it, which takes at most
a tenth of the task's time. A row that differs is pending until all is applied that the source had
when it was read; it failed if it still differs and the source has not changed it. So
RecordFailureDelayInMinutes is not needed, and is not waited for. What suspends validation
(FailureMaxCount and its like) is not there. Columns that are added are not compared.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from local_aws.dms_worker.databases import names, passes, rows_of, wal_end
from local_aws.dms_worker.job import COMPLETED, ERROR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local_aws.dms_worker.job import TableId
    from local_aws.dms_worker.sides import Sides

Key = tuple[str | None, ...]
Rows = dict[Key, int | None]
_REST = 9


@dataclass(kw_only=True, slots=True)
class Validating:
    """Validates the tables of a task; their progress is written.

    Of rows that differed `_pending` holds what the source had, and from which position on that
    counts. A table is compared anew once it no longer stands where it did (`_compared`).
    """

    sides: Sides
    _turns: dict[TableId, float] = field(default_factory=dict)
    _not_before: float = 0.0
    _pending: dict[TableId, tuple[Rows, int]] = field(default_factory=dict)
    _compared: dict[TableId, str] = field(default_factory=dict)

    def step(self, position: int, *, at_once: bool = False) -> bool:
        """Do what is due at one table, with all applied up to a position; whether anything was.

        Raises:
            psycopg.Error: A server is gone.
        """
        began = time.monotonic()
        if not self.sides.job.validates or (began < self._not_before and not at_once):
            return False
        # The table that had no turn for the longest comes first: one that always changes holds up none.
        for key in sorted(self.sides.tables, key=lambda each: self._turns.get(each, 0.0)):
            if self._step(key, position):
                ended = self._turns[key] = time.monotonic()
                self._not_before = ended + _REST * (ended - began)
                return True
        return False

    def _step(self, key: TableId, position: int) -> bool:
        table, progress = self.sides.tables[key], self.sides.progress.get(key)
        if progress is None or progress.state not in (COMPLETED, ERROR):
            return False
        keys = table.table.key
        if progress.state == ERROR or not keys or table.left_out.intersection(keys):
            state = ERROR if progress.state == ERROR else "No primary key"
            self._say(key, state)
            return False
        stands = repr((progress.valid_from, progress.counts))
        pending, applied = self._pending.get(key, (None, 0))
        if position < applied or (pending is None and self._compared.get(key) == stands):
            return False
        if pending is None:
            self._compared[key] = stands
        self._pending.pop(key, None)
        try:
            self._compare(key, pending)
        except psycopg.Error as error:
            if passes(error):
                raise
            self._say(key, "Error")
        return True

    def _compare(self, key: TableId, pending: Rows | None) -> None:
        """Compare a table, or of it the rows that were pending: they failed, or have moved again."""
        target, waiting = self.sides.tables[key].target, Rows()
        failed = self.sides.progress[key].validation["failed"]
        if pending is None:
            self.sides.control.forget_failures(target)
            failed = 0
        for row, (there, here) in self._both(key).items():
            if there == here or (pending is not None and row not in pending):
                continue
            if pending is None or pending[row] not in (there, here):
                waiting[row] = there
            elif pending[row] == there:
                failed += 1
                kind = "MISSING_TARGET" if here is None else "RECORD_DIFF"
                self.sides.control.note_failure(
                    target,
                    key="{" + ",".join(map(str, row)) + "}",
                    kind="MISSING_SOURCE" if there is None else kind,
                )
        if waiting:
            self._pending[key] = waiting, wal_end(self.sides.source)
        ended = "Mismatched records" if failed else "Validated"
        self._say(key, "Pending records" if waiting else ended, len(waiting), failed)

    def _say(self, key: TableId, state: str, pending: int = 0, failed: int = 0) -> None:
        said = {"state": state, "pending": pending, "failed": failed}
        self.sides.progress[key].validation = said

    def _both(self, key: TableId) -> dict[Key, tuple[int | None, int | None]]:
        """Each row's hash at the source, as it would be carried, and at the target."""
        table, cut = self.sides.tables[key], Counter[str]()
        skips = self.sides.job.setting("ValidationSettings", "SkipLobColumns", default=False)
        targets = {
            each.column.name: each.target
            for each in table.columns
            if each.column.name in table.table.key or not (skips and each.column.is_lob)
        }
        keys = [targets[name] for name in table.table.key]

        def hashes(rows: Iterable[dict[str, str | None]]) -> Rows:
            return {tuple(row[name] for name in keys): hash((*row.values(),)) for row in rows}

        query = sql.SQL("select {} from {} where {}")
        read = query.format(names(targets.values()), sql.Identifier(*table.target), sql.SQL("true"))
        found = rows_of(self.sides.target, read)
        here = hashes(dict(zip(targets.values(), row, strict=True)) for row in found)
        passing = table.filter.of_the_load() if table.filter else sql.SQL("true")
        read = query.format(names(targets), sql.Identifier(*key), passing)
        found = rows_of(self.sides.source, read)
        there = hashes(table.carried(dict(zip(targets, row, strict=True)), cut) for row in found)
        return {row: (there.get(row), here.get(row)) for row in there.keys() | here.keys()}
