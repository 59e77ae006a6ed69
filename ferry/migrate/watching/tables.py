"""A task's tables as DMS counts them, as frozen rows. Pure; `statistics` asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.mappings import TableName

if TYPE_CHECKING:
    from datetime import datetime

    from types_boto3_dms.type_defs import TableStatisticsTypeDef

COMPLETED: Final = "Table completed"
LOADING: Final = "Full load"
WAITING: Final = "Before load"
RELOADING: Final = "Table is being reloaded"
ERROR: Final = "Table error"
MISSING: Final = "Table does not exist"
CANCELLED: Final = "Table cancelled"

GIVEN_UP: Final = frozenset({ERROR, CANCELLED, MISSING})
"""The states of tables that are not carried."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableRow:
    """A table of a task, as DMS counts it.

    Args:
        name: Its name at the source.
        state: DMS's word for where it is.
        rows: How many rows were loaded.
        changes: How many inserts, updates and deletes were applied.
        validation: DMS's word for its comparison.
        pending: Rows whose comparison is not done.
        failed: Rows that differ.
        suspended: Rows that cannot be compared.
        loaded_at: When its last load ended; None where none has.
    """

    name: TableName
    state: str
    rows: int = 0
    changes: int = 0
    validation: str = "Not enabled"
    pending: int = 0
    failed: int = 0
    suspended: int = 0
    loaded_at: datetime | None = None


def row_of(found: TableStatisticsTypeDef) -> TableRow:
    """A row of what DMS shows."""
    return TableRow(
        name=TableName(found.get("SchemaName", ""), found.get("TableName", "")),
        state=found.get("TableState", ""),
        rows=found.get("FullLoadRows", 0),
        changes=found.get("AppliedInserts", found.get("Inserts", 0))
        + found.get("AppliedUpdates", found.get("Updates", 0))
        + found.get("AppliedDeletes", found.get("Deletes", 0)),
        validation=found.get("ValidationState", "Not enabled"),
        pending=found.get("ValidationPendingRecords", 0),
        failed=found.get("ValidationFailedRecords", 0),
        suspended=found.get("ValidationSuspendedRecords", 0),
        loaded_at=found.get("FullLoadEndTime"),
    )
