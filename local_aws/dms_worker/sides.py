"""What a task's try works with: both connections, the tables, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from local_aws.dms_worker.catalog import read_tables
from local_aws.dms_worker.job import log, say_table

if TYPE_CHECKING:
    import threading

    import psycopg

    from local_aws.dms_worker.carried import CarriedTable
    from local_aws.dms_worker.control_tables import ControlTables
    from local_aws.dms_worker.job import Job, TableId, TableProgress
    from local_aws.dms_worker.mappings import Mappings


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """Source and target. `told` is what was said last of each table of `progress`."""

    job: Job
    mappings: Mappings
    stopping: threading.Event
    source: psycopg.Connection[Any]
    target: psycopg.Connection[Any]
    control: ControlTables
    tables: dict[TableId, CarriedTable]
    progress: dict[TableId, TableProgress]
    told: dict[TableId, str]

    def set(self, key: TableId, progress: TableProgress) -> None:
        """Write down and say where a table stands."""
        if self.job.validates and progress.validation["state"] == "Not enabled":
            progress.validation["state"] = "Pending validation"
        self.progress[key] = progress
        say_table(key, progress)
        self.told[key] = repr(progress)

    def tell(self) -> None:
        """Say where tables stand of which something else was said."""
        for key, progress in self.progress.items():
            if self.told.get(key) != repr(progress):
                self.set(key, progress)

    def narrow(self) -> None:
        """Leave out the columns that the target does not have, with a word, as DMS does."""
        there = read_tables(self.target)
        for key, table in self.tables.items():
            if table.target not in there:
                continue
            names = {column.name for column in there[table.target].columns}
            missing = {each.column.name for each in table.columns if each.target not in names}
            added = {each.target for each in table.added if each.target not in names}
            for name in sorted(missing | added):
                log("W", f"{table.table}: column {name} is removed: the target does not have it")
            self.tables[key] = replace(
                table,
                columns=[each for each in table.columns if each.target in names],
                added=[each for each in table.added if each.target in names],
                left_out=table.left_out | missing,
            )
