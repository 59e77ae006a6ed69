"""DMS's table statistics, read within its limit of calls: what has not changed is not asked again.

DMS lets an account have about a hundred calls at once and four a second after that, over all that
call it. A page has 500 tables at most. Source:
https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeTableStatistics.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ferry.account import explained
from ferry.migrate.watching.tables import COMPLETED, ERROR, LOADING, RELOADING, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from types_boto3_dms import DatabaseMigrationServiceClient

    from ferry.mappings import TableName
    from ferry.migrate.tasks import Counts, Task
    from ferry.migrate.watching.tables import TableRow

CALLS_A_SECOND: Final = 2.0
"""Half of what DMS allows: the other half is for everybody else."""

_CALLS_AT_ONCE: Final = 10.0
_TABLES_A_PAGE: Final = 500
_NAMES_A_CALL: Final = 50
_SECONDS_BETWEEN_SWEEPS: Final = 30.0
_SECONDS_UNTIL_A_SWEEP: Final = 300.0


@dataclass(kw_only=True)
class Budget:
    """Calls that may be made: some at once, then so many a second. It counts what was made.

    Args:
        a_second: How many a second.
        at_once: How many more where none was made for a while.
        clock: The time in seconds.
        sleep: Waits so many seconds.
    """

    a_second: float = CALLS_A_SECOND
    at_once: float = _CALLS_AT_ONCE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    made: int = 0

    def __post_init__(self) -> None:
        """Begin with all that may be made at once."""
        self._left, self._at = self.at_once, self.clock()

    def take(self) -> None:
        """Wait until one more call may be made."""
        while True:
            now = self.clock()
            self._left = min(self.at_once, self._left + (now - self._at) * self.a_second)
            self._at = now
            if self._left >= 1:
                break
            self.sleep((1 - self._left) / self.a_second)
        self._left -= 1
        self.made += 1


@dataclass(kw_only=True)
class Statistics:
    """The tables of one task, as they were when they were last read.

    Args:
        dms: DMS.
        task_arn: The task.
        budget: The calls that may be made.
        clock: The time in seconds.
    """

    dms: DatabaseMigrationServiceClient
    task_arn: str
    budget: Budget
    clock: Callable[[], float] = time.monotonic
    rows: dict[TableName, TableRow] = field(default_factory=dict)
    _counts: Counts | None = None
    _swept: float = float("-inf")

    def refresh(self, task: Task) -> Mapping[TableName, TableRow]:
        """Read what has changed since the last time, by the task's own counts.

        Raises:
            FerryError: DMS does not answer.
        """
        with explained(f"read the tables of the task {task.name}"):
            self._refresh(task)
        return dict(self.rows)

    def read(self, name: TableName) -> TableRow | None:
        """One table as it is now; None where the task has none of that name.

        Raises:
            FerryError: DMS does not answer.
        """
        with explained(f"read the state of {name}"):
            self._read_named([name])
        return self.rows.get(name)

    def _refresh(self, task: Task) -> None:
        age = self.clock() - self._swept
        if age > _SECONDS_UNTIL_A_SWEEP:
            self._sweep(task)
            return
        before = {name for name, row in self.rows.items() if row.state in {LOADING, RELOADING}}
        if task.counts.loading or before:
            now = self._read({"table-state": [LOADING, RELOADING]})
            self._read_named(before - now)
        if task.counts != self._counts and not self._agrees(task.counts):
            if age > _SECONDS_BETWEEN_SWEEPS or len(self.rows) <= _TABLES_A_PAGE:
                self._sweep(task)
        elif task.status == "running" and len(self.rows) <= _TABLES_A_PAGE:
            self._sweep(task)  # One call: changes that were applied, rows that differ.

    def _agrees(self, counts: Counts) -> bool:
        states = [row.state for row in self.rows.values()]
        return (states.count(COMPLETED), states.count(ERROR)) == (counts.loaded, counts.errored)

    def _sweep(self, task: Task) -> None:
        self._read({})
        self._counts, self._swept = task.counts, self.clock()

    def _read_named(self, names: Iterable[TableName]) -> None:
        wanted = sorted({name.table for name in names})
        for first in range(0, len(wanted), _NAMES_A_CALL):
            self._read({"table-name": wanted[first : first + _NAMES_A_CALL]})

    def _read(self, filters: Mapping[str, list[str]]) -> set[TableName]:
        """Read the rows that pass filters. Return their names."""
        found: set[TableName] = set()
        marker = ""
        while True:
            self.budget.take()
            more: dict[str, Any] = {"Marker": marker} if marker else {}
            if filters:
                more["Filters"] = [
                    {"Name": name, "Values": values} for name, values in filters.items()
                ]
            answer = self.dms.describe_table_statistics(
                ReplicationTaskArn=self.task_arn, MaxRecords=_TABLES_A_PAGE, **more
            )
            for each in answer["TableStatistics"]:
                row = row_of(each)
                self.rows[row.name] = row
                found.add(row.name)
            marker = answer.get("Marker") or ""
            if not marker:
                return found
