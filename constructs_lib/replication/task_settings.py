"""A task's settings, as the JSON that DMS takes and gives back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.replication.checks import check_postgresql_name, check_range
from constructs_lib.replication.error_behavior import ErrorBehavior
from constructs_lib.replication.lobs import LimitedLobs
from constructs_lib.replication.phases import ChangeProcessing, FullLoad
from constructs_lib.replication.task_logging import Logging

if TYPE_CHECKING:
    from constructs_lib.replication.lobs import Lobs

_NO_LIMIT = 2**31 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlTables:
    """The tables at the target in which DMS keeps account of a task.

    Status, history, suspended tables, errors of the full load and the recovery checkpoint
    (``awsdms_txn_state``) are kept. Source: https://docs.aws.amazon.com/dms/latest/userguide/
    CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html

    Args:
        schema: Their schema, ``awsdms_control`` by default; DMS's own default is ``public``, among
            the application's tables.
        history_timeslot_minutes: The length of a history record, in minutes; 5 by default.

    Raises:
        ValueError: The schema's name needs quotes, or the length is not positive.
    """

    schema: str = "awsdms_control"
    history_timeslot_minutes: int = 5

    def __post_init__(self) -> None:
        check_postgresql_name("control_tables.schema", self.schema)
        check_range(
            "control_tables.history_timeslot_minutes",
            self.history_timeslot_minutes,
            lowest=1,
            highest=_NO_LIMIT,
            unit="minutes",
            remedy="Give at least one minute",
        )

    def document(self) -> dict[str, object]:
        """DMS's ``ControlTablesSettings``."""
        return {
            "ControlSchema": self.schema,
            "HistoryTimeslotInMinutes": self.history_timeslot_minutes,
            "HistoryTableEnabled": True,
            "SuspendedTablesTableEnabled": True,
            "StatusTableEnabled": True,
            "FullLoadExceptionTableEnabled": True,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Validation:
    """The comparison, by DMS, of each row at the source with its row at the target.

    It needs a primary key, and it reads both databases once more. Differing collations are always
    allowed for: Aurora sorts text by its own libraries. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html

    Args:
        enabled: Whether rows are compared; true by default.
        thread_count: How many threads compare, 1 or more; 5 by default.
        failure_max_count: After how many failures of the task comparing stops; 10000 by default.
        table_failure_max_count: The same for one table; 1000 by default.
        skip_lob_columns: Leave LOBs out of the comparison; false by default.

    Raises:
        ValueError: A number is not positive.
    """

    enabled: bool = True
    thread_count: int = 5
    failure_max_count: int = 10_000
    table_failure_max_count: int = 1_000
    skip_lob_columns: bool = False

    def __post_init__(self) -> None:
        for name in ("thread_count", "failure_max_count", "table_failure_max_count"):
            check_range(
                f"validation.{name}",
                getattr(self, name),
                lowest=1,
                highest=_NO_LIMIT,
                remedy="Set validation.enabled to false to compare nothing",
            )

    def document(self) -> dict[str, object]:
        """DMS's ``ValidationSettings``."""
        return {
            "EnableValidation": self.enabled,
            "ThreadCount": self.thread_count,
            "FailureMaxCount": self.failure_max_count,
            "TableFailureMaxCount": self.table_failure_max_count,
            "HandleCollationDiff": True,
            "SkipLobColumns": self.skip_lob_columns,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskSettings:
    """All settings of one task; every one has a default that suits PostgreSQL to Aurora.

    The JSON names every setting that this class knows, also where it equals DMS's default. The
    provider takes a key that is left out for "as it is", so a value that went back to its default
    by being left out would never reach DMS. It names nothing else: a key that DMS does not give
    back would be a difference in every plan. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html

    Args:
        lobs: How large objects travel; limited to 32 KB by default.
        full_load: How existing rows are copied.
        change_processing: How changes are applied.
        control_tables: Where DMS keeps account.
        validation: Whether and how rows are compared.
        error_behavior: What happens to rows and tables that cannot be carried.
        logging: What is logged.

    Raises:
        ValueError: Changes are to be applied in batches, and LOBs not in limited mode.
    """

    lobs: Lobs = field(default_factory=LimitedLobs)
    full_load: FullLoad = field(default_factory=FullLoad)
    change_processing: ChangeProcessing = field(default_factory=ChangeProcessing)
    control_tables: ControlTables = field(default_factory=ControlTables)
    validation: Validation = field(default_factory=Validation)
    error_behavior: ErrorBehavior = field(default_factory=ErrorBehavior)
    logging: Logging = field(default_factory=Logging)

    def __post_init__(self) -> None:
        if self.batch_apply_enabled and not isinstance(self.lobs, LimitedLobs):
            raise ValueError(
                f"change_processing.batch_apply is set and lobs is {type(self.lobs).__name__}; DMS "
                "applies changes in batches with LimitedLobs only. Use LimitedLobs, or leave "
                "batch_apply out."
            )

    @property
    def batch_apply_enabled(self) -> bool:
        """Whether changes are applied in batches."""
        return self.change_processing.batch_apply is not None

    def to_json(self) -> str:
        """The settings for DMS; equal settings give equal text."""
        return json.dumps(
            {
                "TargetMetadata": {
                    **self.lobs.document(),
                    "BatchApplyEnabled": self.batch_apply_enabled,
                    "TaskRecoveryTableEnabled": True,
                },
                "FullLoadSettings": self.full_load.document(),
                "ChangeProcessingTuning": self.change_processing.tuning_document(),
                "ChangeProcessingDdlHandlingPolicy": self.change_processing.ddl_document(),
                "ControlTablesSettings": self.control_tables.document(),
                "ValidationSettings": self.validation.document(),
                "ErrorBehavior": self.error_behavior.document(),
                "Logging": self.logging.document(),
            },
            sort_keys=True,
        )
