"""What a task does with a row or table that it cannot carry.

Source: https://docs.aws.amazon.com/dms/latest/userguide/
CHAP_Tasks.CustomizingTasks.TaskSettings.ErrorHandling.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ErrorPolicy(StrEnum):
    """What DMS does on an error, under DMS's own name."""

    IGNORE_RECORD = "IGNORE_RECORD"
    LOG_ERROR = "LOG_ERROR"
    SUSPEND_TABLE = "SUSPEND_TABLE"
    STOP_TASK = "STOP_TASK"


_TABLE_POLICIES = (ErrorPolicy.SUSPEND_TABLE, ErrorPolicy.STOP_TASK)


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorBehavior:
    """Errors of rows, of tables, and of changes that meet another state at the target.

    A task that finds no table always fails: DMS's own default lets it run and copy nothing.

    Args:
        data: A row that cannot be converted. SUSPEND_TABLE by default, where DMS would log it,
            leave it out and go on: a suspended table is seen in the table statistics.
        data_truncation: A value that would be cut. SUSPEND_TABLE by default, for the same reason.
        table: An error of a whole table, SUSPEND_TABLE (by default) or STOP_TASK.
        apply_insert: An INSERT whose row exists at the target. LOG_ERROR by default: a resumed task
            repeats changes, and repeats must not suspend tables. What is logged stands in
            ``awsdms_apply_exceptions`` in the control schema.
        apply_update: An UPDATE whose row is missing at the target. LOG_ERROR by default.
        apply_delete: A DELETE whose row is missing at the target. IGNORE_RECORD by default.

    Raises:
        ValueError: ``table`` is a policy that DMS knows for rows only.
    """

    data: ErrorPolicy = ErrorPolicy.SUSPEND_TABLE
    data_truncation: ErrorPolicy = ErrorPolicy.SUSPEND_TABLE
    table: ErrorPolicy = ErrorPolicy.SUSPEND_TABLE
    apply_insert: ErrorPolicy = ErrorPolicy.LOG_ERROR
    apply_update: ErrorPolicy = ErrorPolicy.LOG_ERROR
    apply_delete: ErrorPolicy = ErrorPolicy.IGNORE_RECORD

    def __post_init__(self) -> None:
        if self.table not in _TABLE_POLICIES:
            raise ValueError(
                f"error_behavior.table is {self.table}; allowed are "
                f"{' and '.join(_TABLE_POLICIES)}. The other policies are for single rows."
            )

    def document(self) -> dict[str, object]:
        """DMS's ``ErrorBehavior``."""
        return {
            "DataErrorPolicy": self.data,
            "DataTruncationErrorPolicy": self.data_truncation,
            "TableErrorPolicy": self.table,
            "ApplyErrorInsertPolicy": self.apply_insert,
            "ApplyErrorUpdatePolicy": self.apply_update,
            "ApplyErrorDeletePolicy": self.apply_delete,
            "FailOnNoTablesCaptured": True,
        }
