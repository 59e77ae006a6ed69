"""The two phases of a task: the full load, and the changes that follow it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from constructs_lib.replication.checks import check_range

_NO_LIMIT = 2**31 - 1
_NO_NEGATIVE = "Give a number that is not negative"


class TargetTablePreparation(StrEnum):
    """What DMS does with a target table before it loads it."""

    DO_NOTHING = "DO_NOTHING"
    DROP_AND_CREATE = "DROP_AND_CREATE"
    TRUNCATE_BEFORE_LOAD = "TRUNCATE_BEFORE_LOAD"


class AfterFullLoad(StrEnum):
    """Whether a task stops between the full load and the changes.

    A stop leaves time to build secondary indexes before changes are applied.
    """

    CONTINUE = "continue"
    STOP_BEFORE_CACHED_CHANGES = "stop-before-cached-changes"
    STOP_AFTER_CACHED_CHANGES = "stop-after-cached-changes"


@dataclass(frozen=True, kw_only=True, slots=True)
class FullLoad:
    """How the rows that exist are copied.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/
    CHAP_Tasks.CustomizingTasks.TaskSettings.FullLoad.html

    Args:
        target_table_preparation: DO_NOTHING by default: the schema is carried over beforehand, with
            what DMS would not make (defaults, constraints, indexes), and a table that a foreign key
            points to can be neither dropped nor truncated.
        after: CONTINUE with the changes by default.
        max_sub_tasks: How many tables are loaded at a time, 1 to 49; 8 by default.
        transaction_consistency_timeout_seconds: How long DMS waits for transactions that are open
            at the source before it begins; 600 by default.
        commit_rate: How many rows are transferred together, 1 to 50000; 10000 by default.

    Raises:
        ValueError: A number is out of range.
    """

    target_table_preparation: TargetTablePreparation = TargetTablePreparation.DO_NOTHING
    after: AfterFullLoad = AfterFullLoad.CONTINUE
    max_sub_tasks: int = 8
    transaction_consistency_timeout_seconds: int = 600
    commit_rate: int = 10_000

    def __post_init__(self) -> None:
        check_range(
            "full_load.max_sub_tasks",
            self.max_sub_tasks,
            lowest=1,
            highest=49,
            unit="tables",
            remedy="Share the tables out over several tasks for more",
        )
        check_range(
            "full_load.transaction_consistency_timeout_seconds",
            self.transaction_consistency_timeout_seconds,
            lowest=0,
            highest=_NO_LIMIT,
            unit="seconds",
            remedy=_NO_NEGATIVE,
        )
        check_range(
            "full_load.commit_rate",
            self.commit_rate,
            lowest=1,
            highest=50_000,
            unit="rows",
            remedy="DMS transfers no more rows together",
        )

    def document(self) -> dict[str, object]:
        """DMS's ``FullLoadSettings``."""
        return {
            "TargetTablePrepMode": self.target_table_preparation,
            "StopTaskCachedChangesApplied": (self.after is AfterFullLoad.STOP_AFTER_CACHED_CHANGES),
            "StopTaskCachedChangesNotApplied": (
                self.after is AfterFullLoad.STOP_BEFORE_CACHED_CHANGES
            ),
            "MaxFullLoadSubTasks": self.max_sub_tasks,
            "TransactionConsistencyTimeout": self.transaction_consistency_timeout_seconds,
            "CommitRate": self.commit_rate,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchApply:
    """Changes applied in batches: faster, without the order of the transactions inside a batch.

    Tables need a primary key, and at the target no further unique constraint.

    Args:
        timeout_min_seconds: The least time between two batches; 1 by default.
        timeout_max_seconds: The most time between two batches; 30 by default.
        memory_limit_mb: Memory for preparing a batch, in MB; 500 by default.
        split_size: Changes in one statement; 0, no limit, by default.

    Raises:
        ValueError: A number is negative, or the least time is longer than the most.
    """

    timeout_min_seconds: int = 1
    timeout_max_seconds: int = 30
    memory_limit_mb: int = 500
    split_size: int = 0

    def __post_init__(self) -> None:
        for field in (
            "timeout_min_seconds",
            "timeout_max_seconds",
            "memory_limit_mb",
            "split_size",
        ):
            check_range(
                f"batch_apply.{field}",
                getattr(self, field),
                lowest=0,
                highest=_NO_LIMIT,
                remedy=_NO_NEGATIVE,
            )
        if self.timeout_min_seconds > self.timeout_max_seconds:
            raise ValueError(
                f"batch_apply.timeout_min_seconds is {self.timeout_min_seconds} and "
                f"timeout_max_seconds is {self.timeout_max_seconds}; the first may not exceed the "
                "second. Lower the first or raise the second."
            )

    def document(self) -> dict[str, object]:
        """The batch keys of DMS's ``ChangeProcessingTuning``."""
        return {
            "BatchApplyTimeoutMin": self.timeout_min_seconds,
            "BatchApplyTimeoutMax": self.timeout_max_seconds,
            "BatchApplyMemoryLimit": self.memory_limit_mb,
            "BatchSplitSize": self.split_size,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeProcessing:
    """How changes are applied.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/
    CHAP_Tasks.CustomizingTasks.TaskSettings.ChangeProcessingTuning.html

    Args:
        batch_apply: Batches; none by default, so that transactions keep their order.
        memory_limit_total_mb: Memory for transactions before they go to disk, in MB; 1024 by
            default.
        memory_keep_time_seconds: How long a transaction stays in memory; 60 by default.
        min_transaction_size: Changes in one transaction at the target at least; 1000 by default.
        commit_timeout_seconds: How long DMS collects them at most; 1 by default.
        statement_cache_size: Prepared statements kept at the target, 0 to 200; 50 by default.
        handle_source_table_dropped: Drop the target's table when the source's is; true by default.
        handle_source_table_truncated: The same for TRUNCATE; true by default.
        handle_source_table_altered: The same for ALTER TABLE; true by default.

    Raises:
        ValueError: A number is out of range.
    """

    batch_apply: BatchApply | None = None
    memory_limit_total_mb: int = 1024
    memory_keep_time_seconds: int = 60
    min_transaction_size: int = 1000
    commit_timeout_seconds: int = 1
    statement_cache_size: int = 50
    handle_source_table_dropped: bool = True
    handle_source_table_truncated: bool = True
    handle_source_table_altered: bool = True

    def __post_init__(self) -> None:
        for field in (
            "memory_limit_total_mb",
            "memory_keep_time_seconds",
            "min_transaction_size",
            "commit_timeout_seconds",
        ):
            check_range(
                f"change_processing.{field}",
                getattr(self, field),
                lowest=0,
                highest=_NO_LIMIT,
                remedy=_NO_NEGATIVE,
            )
        check_range(
            "change_processing.statement_cache_size",
            self.statement_cache_size,
            lowest=0,
            highest=200,
            unit="statements",
            remedy="DMS keeps no more",
        )

    def tuning_document(self) -> dict[str, object]:
        """DMS's ``ChangeProcessingTuning``.

        The batch keys are there without batches too: leaving them out later would not be sent.
        """
        return {
            **(self.batch_apply or BatchApply()).document(),
            "MinTransactionSize": self.min_transaction_size,
            "CommitTimeout": self.commit_timeout_seconds,
            "MemoryLimitTotal": self.memory_limit_total_mb,
            "MemoryKeepTime": self.memory_keep_time_seconds,
            "StatementCacheSize": self.statement_cache_size,
        }

    def ddl_document(self) -> dict[str, object]:
        """DMS's ``ChangeProcessingDdlHandlingPolicy``."""
        return {
            "HandleSourceTableDropped": self.handle_source_table_dropped,
            "HandleSourceTableTruncated": self.handle_source_table_truncated,
            "HandleSourceTableAltered": self.handle_source_table_altered,
        }
