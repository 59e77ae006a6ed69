"""The JSON that DMS takes, and the settings that it would refuse."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.replication import (
    AfterFullLoad,
    BatchApply,
    ChangeProcessing,
    ControlTables,
    ErrorBehavior,
    ErrorPolicy,
    FullLoad,
    FullLobs,
    InlineLobs,
    LimitedLobs,
    LogComponent,
    Logging,
    LogSeverity,
    TargetTablePreparation,
    TaskSettings,
    Validation,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.replication import Lobs

# What DMS 3.5 gives back for a task, with the types of the values. The provider reports a
# difference in every plan for a key that is not here, for another type, and for any list besides
# LogComponents.
GIVEN_BACK: dict[str, dict[str, type]] = {
    "TargetMetadata": {
        "SupportLobs": bool,
        "FullLobMode": bool,
        "LobChunkSize": int,
        "LimitedSizeLobMode": bool,
        "LobMaxSize": int,
        "InlineLobMaxSize": int,
        "BatchApplyEnabled": bool,
        "TaskRecoveryTableEnabled": bool,
    },
    "FullLoadSettings": {
        "TargetTablePrepMode": str,
        "StopTaskCachedChangesApplied": bool,
        "StopTaskCachedChangesNotApplied": bool,
        "MaxFullLoadSubTasks": int,
        "TransactionConsistencyTimeout": int,
        "CommitRate": int,
    },
    "Logging": {"EnableLogging": bool, "LogComponents": list},
    "ControlTablesSettings": {
        "ControlSchema": str,
        "HistoryTimeslotInMinutes": int,
        "HistoryTableEnabled": bool,
        "SuspendedTablesTableEnabled": bool,
        "StatusTableEnabled": bool,
        "FullLoadExceptionTableEnabled": bool,
    },
    "ChangeProcessingDdlHandlingPolicy": {
        "HandleSourceTableDropped": bool,
        "HandleSourceTableTruncated": bool,
        "HandleSourceTableAltered": bool,
    },
    "ErrorBehavior": {
        "DataErrorPolicy": str,
        "DataTruncationErrorPolicy": str,
        "TableErrorPolicy": str,
        "ApplyErrorDeletePolicy": str,
        "ApplyErrorInsertPolicy": str,
        "ApplyErrorUpdatePolicy": str,
        "FailOnNoTablesCaptured": bool,
    },
    "ChangeProcessingTuning": {
        "BatchApplyTimeoutMin": int,
        "BatchApplyTimeoutMax": int,
        "BatchApplyMemoryLimit": int,
        "BatchSplitSize": int,
        "MinTransactionSize": int,
        "CommitTimeout": int,
        "MemoryLimitTotal": int,
        "MemoryKeepTime": int,
        "StatementCacheSize": int,
    },
    "ValidationSettings": {
        "EnableValidation": bool,
        "ThreadCount": int,
        "FailureMaxCount": int,
        "TableFailureMaxCount": int,
        "HandleCollationDiff": bool,
        "SkipLobColumns": bool,
    },
}

EVERYTHING_DIFFERENT = TaskSettings(
    lobs=LimitedLobs(max_size_kb=64),
    full_load=FullLoad(
        target_table_preparation=TargetTablePreparation.TRUNCATE_BEFORE_LOAD,
        after=AfterFullLoad.STOP_AFTER_CACHED_CHANGES,
        max_sub_tasks=16,
        transaction_consistency_timeout_seconds=60,
        commit_rate=50_000,
    ),
    change_processing=ChangeProcessing(
        batch_apply=BatchApply(
            timeout_min_seconds=2, timeout_max_seconds=20, memory_limit_mb=900, split_size=10
        ),
        memory_limit_total_mb=2048,
        memory_keep_time_seconds=120,
        min_transaction_size=10,
        commit_timeout_seconds=2,
        statement_cache_size=200,
        handle_source_table_dropped=False,
        handle_source_table_truncated=False,
        handle_source_table_altered=False,
    ),
    control_tables=ControlTables(schema="dms", history_timeslot_minutes=1),
    validation=Validation(
        enabled=False,
        thread_count=2,
        failure_max_count=10,
        table_failure_max_count=5,
        skip_lob_columns=True,
    ),
    error_behavior=ErrorBehavior(
        data=ErrorPolicy.STOP_TASK,
        data_truncation=ErrorPolicy.STOP_TASK,
        table=ErrorPolicy.STOP_TASK,
        apply_insert=ErrorPolicy.SUSPEND_TABLE,
        apply_update=ErrorPolicy.SUSPEND_TABLE,
        apply_delete=ErrorPolicy.SUSPEND_TABLE,
    ),
    logging=Logging(severities={LogComponent.SORTER: LogSeverity.DEBUG}),
)


def document(settings: TaskSettings) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(settings.to_json())
    return parsed


@pytest.mark.parametrize(
    "settings",
    [
        TaskSettings(),
        EVERYTHING_DIFFERENT,
        TaskSettings(lobs=FullLobs()),
        TaskSettings(lobs=InlineLobs()),
    ],
)
def test_whatever_is_set_the_same_keys_are_written_and_all_of_them_dms_gives_back(
    settings: TaskSettings,
) -> None:
    """A key that comes and goes would not be taken back; one that DMS lacks would never rest."""
    types = {
        section: {key: type(value) for key, value in values.items()}
        for section, values in document(settings).items()
    }
    assert types == GIVEN_BACK


def test_the_defaults_suit_a_migration_from_postgresql_to_aurora() -> None:
    written = document(TaskSettings())
    written["Logging"].pop("LogComponents")
    assert written == {
        "TargetMetadata": {
            "SupportLobs": True,
            "FullLobMode": False,
            "LimitedSizeLobMode": True,
            "LobMaxSize": 32,
            "LobChunkSize": 64,
            "InlineLobMaxSize": 0,
            "BatchApplyEnabled": False,
            "TaskRecoveryTableEnabled": True,
        },
        "FullLoadSettings": {
            "TargetTablePrepMode": "DO_NOTHING",
            "StopTaskCachedChangesApplied": False,
            "StopTaskCachedChangesNotApplied": False,
            "MaxFullLoadSubTasks": 8,
            "TransactionConsistencyTimeout": 600,
            "CommitRate": 10000,
        },
        "ChangeProcessingTuning": {
            "BatchApplyTimeoutMin": 1,
            "BatchApplyTimeoutMax": 30,
            "BatchApplyMemoryLimit": 500,
            "BatchSplitSize": 0,
            "MinTransactionSize": 1000,
            "CommitTimeout": 1,
            "MemoryLimitTotal": 1024,
            "MemoryKeepTime": 60,
            "StatementCacheSize": 50,
        },
        "ChangeProcessingDdlHandlingPolicy": {
            "HandleSourceTableDropped": True,
            "HandleSourceTableTruncated": True,
            "HandleSourceTableAltered": True,
        },
        "ControlTablesSettings": {
            "ControlSchema": "awsdms_control",
            "HistoryTimeslotInMinutes": 5,
            "HistoryTableEnabled": True,
            "SuspendedTablesTableEnabled": True,
            "StatusTableEnabled": True,
            "FullLoadExceptionTableEnabled": True,
        },
        "ValidationSettings": {
            "EnableValidation": True,
            "ThreadCount": 5,
            "FailureMaxCount": 10000,
            "TableFailureMaxCount": 1000,
            "HandleCollationDiff": True,
            "SkipLobColumns": False,
        },
        "ErrorBehavior": {
            "DataErrorPolicy": "SUSPEND_TABLE",
            "DataTruncationErrorPolicy": "SUSPEND_TABLE",
            "TableErrorPolicy": "SUSPEND_TABLE",
            "ApplyErrorInsertPolicy": "LOG_ERROR",
            "ApplyErrorUpdatePolicy": "LOG_ERROR",
            "ApplyErrorDeletePolicy": "IGNORE_RECORD",
            "FailOnNoTablesCaptured": True,
        },
        "Logging": {"EnableLogging": True},
    }


def test_every_setting_reaches_the_json() -> None:
    written = document(EVERYTHING_DIFFERENT)
    written["Logging"].pop("LogComponents")
    assert written == {
        "TargetMetadata": {
            "SupportLobs": True,
            "FullLobMode": False,
            "LimitedSizeLobMode": True,
            "LobMaxSize": 64,
            "LobChunkSize": 64,
            "InlineLobMaxSize": 0,
            "BatchApplyEnabled": True,
            "TaskRecoveryTableEnabled": True,
        },
        "FullLoadSettings": {
            "TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD",
            "StopTaskCachedChangesApplied": True,
            "StopTaskCachedChangesNotApplied": False,
            "MaxFullLoadSubTasks": 16,
            "TransactionConsistencyTimeout": 60,
            "CommitRate": 50000,
        },
        "ChangeProcessingTuning": {
            "BatchApplyTimeoutMin": 2,
            "BatchApplyTimeoutMax": 20,
            "BatchApplyMemoryLimit": 900,
            "BatchSplitSize": 10,
            "MinTransactionSize": 10,
            "CommitTimeout": 2,
            "MemoryLimitTotal": 2048,
            "MemoryKeepTime": 120,
            "StatementCacheSize": 200,
        },
        "ChangeProcessingDdlHandlingPolicy": {
            "HandleSourceTableDropped": False,
            "HandleSourceTableTruncated": False,
            "HandleSourceTableAltered": False,
        },
        "ControlTablesSettings": {
            "ControlSchema": "dms",
            "HistoryTimeslotInMinutes": 1,
            "HistoryTableEnabled": True,
            "SuspendedTablesTableEnabled": True,
            "StatusTableEnabled": True,
            "FullLoadExceptionTableEnabled": True,
        },
        "ValidationSettings": {
            "EnableValidation": False,
            "ThreadCount": 2,
            "FailureMaxCount": 10,
            "TableFailureMaxCount": 5,
            "HandleCollationDiff": True,
            "SkipLobColumns": True,
        },
        "ErrorBehavior": {
            "DataErrorPolicy": "STOP_TASK",
            "DataTruncationErrorPolicy": "STOP_TASK",
            "TableErrorPolicy": "STOP_TASK",
            "ApplyErrorInsertPolicy": "SUSPEND_TABLE",
            "ApplyErrorUpdatePolicy": "SUSPEND_TABLE",
            "ApplyErrorDeletePolicy": "SUSPEND_TABLE",
            "FailOnNoTablesCaptured": True,
        },
        "Logging": {"EnableLogging": True},
    }


def test_equal_settings_give_equal_text_with_sorted_keys() -> None:
    text = TaskSettings().to_json()
    assert text == TaskSettings().to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True)


@pytest.mark.parametrize(
    ("lobs", "written"),
    [
        (LimitedLobs(max_size_kb=102_400), (False, True, 102_400, 64, 0)),
        (FullLobs(chunk_size_kb=32), (True, False, 0, 32, 0)),
        (InlineLobs(inline_max_size_kb=16, chunk_size_kb=8), (True, False, 0, 8, 16)),
    ],
)
def test_a_lob_mode_sets_all_lob_keys(
    lobs: Lobs, written: tuple[bool, bool, int, int, int]
) -> None:
    metadata = document(TaskSettings(lobs=lobs))["TargetMetadata"]
    keys = ("FullLobMode", "LimitedSizeLobMode", "LobMaxSize", "LobChunkSize", "InlineLobMaxSize")
    assert tuple(metadata[key] for key in keys) == written
    assert metadata["SupportLobs"] is True


@pytest.mark.parametrize(
    ("after", "applied", "not_applied"),
    [
        (AfterFullLoad.CONTINUE, False, False),
        (AfterFullLoad.STOP_BEFORE_CACHED_CHANGES, False, True),
        (AfterFullLoad.STOP_AFTER_CACHED_CHANGES, True, False),
    ],
)
def test_a_task_stops_at_one_place_or_none(
    after: AfterFullLoad, *, applied: bool, not_applied: bool
) -> None:
    full_load = document(TaskSettings(full_load=FullLoad(after=after)))["FullLoadSettings"]
    assert full_load["StopTaskCachedChangesApplied"] is applied
    assert full_load["StopTaskCachedChangesNotApplied"] is not_applied


def test_every_component_logs_at_its_default_unless_told_otherwise() -> None:
    components = document(
        TaskSettings(logging=Logging(severities={LogComponent.TARGET_APPLY: LogSeverity.INFO}))
    )["Logging"]["LogComponents"]
    severities = {component["Id"]: component["Severity"] for component in components}
    assert severities.pop("TARGET_APPLY") == "LOGGER_SEVERITY_INFO"
    assert set(severities.values()) == {"LOGGER_SEVERITY_DEFAULT"}
    assert len(severities) == len(LogComponent) - 1 == 18


@pytest.mark.parametrize("lobs", [FullLobs(), InlineLobs()])
def test_batches_with_other_than_limited_lobs_are_refused(lobs: FullLobs | InlineLobs) -> None:
    with pytest.raises(
        ValueError,
        match=re.escape(
            f"change_processing.batch_apply is set and lobs is {type(lobs).__name__}; DMS applies "
            "changes in batches with LimitedLobs only. Use LimitedLobs, or leave batch_apply out."
        ),
    ):
        TaskSettings(lobs=lobs, change_processing=ChangeProcessing(batch_apply=BatchApply()))


@pytest.mark.parametrize("policy", [ErrorPolicy.IGNORE_RECORD, ErrorPolicy.LOG_ERROR])
def test_a_table_cannot_be_treated_like_a_row(policy: ErrorPolicy) -> None:
    with pytest.raises(
        ValueError,
        match=re.escape(
            f"error_behavior.table is {policy}; allowed are SUSPEND_TABLE and STOP_TASK. The other "
            "policies are for single rows."
        ),
    ):
        ErrorBehavior(table=policy)


def test_a_least_time_longer_than_the_most_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match=re.escape(
            "batch_apply.timeout_min_seconds is 31 and timeout_max_seconds is 30; the first may "
            "not exceed the second. Lower the first or raise the second."
        ),
    ):
        BatchApply(timeout_min_seconds=31)


NOT_NEGATIVE = "allowed are 0 to 2147483647. Give a number that is not negative."
COMPARE_NOTHING = "allowed are 1 to 2147483647. Set validation.enabled to false to compare nothing."


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: LimitedLobs(max_size_kb=102_401),
            (
                "lobs.max_size_kb is 102401 KB; allowed are 1 to 102400 KB. Use full or inline LOB mode "
                "for larger ones."
            ),
        ),
        (
            lambda: FullLobs(chunk_size_kb=65),
            (
                "lobs.chunk_size_kb is 65 KB; allowed are 1 to 64 KB. AWS recommends 64 KB; more can "
                "fail the task."
            ),
        ),
        (
            lambda: InlineLobs(inline_max_size_kb=0),
            (
                "lobs.inline_max_size_kb is 0 KB; allowed are 1 to 102400 KB. Larger ones are looked up "
                "one by one, whatever this says."
            ),
        ),
        (
            lambda: InlineLobs(chunk_size_kb=0),
            (
                "lobs.chunk_size_kb is 0 KB; allowed are 1 to 64 KB. AWS recommends 64 KB; more can "
                "fail the task."
            ),
        ),
        (
            lambda: FullLoad(max_sub_tasks=50),
            (
                "full_load.max_sub_tasks is 50 tables; allowed are 1 to 49 tables. Share the tables out "
                "over several tasks for more."
            ),
        ),
        (
            lambda: FullLoad(transaction_consistency_timeout_seconds=-1),
            (
                "full_load.transaction_consistency_timeout_seconds is -1 seconds; allowed are 0 to "
                "2147483647 seconds. Give a number that is not negative."
            ),
        ),
        (
            lambda: FullLoad(commit_rate=50_001),
            (
                "full_load.commit_rate is 50001 rows; allowed are 1 to 50000 rows. DMS transfers no "
                "more rows together."
            ),
        ),
        (
            lambda: BatchApply(timeout_min_seconds=-1),
            f"batch_apply.timeout_min_seconds is -1; {NOT_NEGATIVE}",
        ),
        (
            lambda: BatchApply(timeout_max_seconds=-1),
            f"batch_apply.timeout_max_seconds is -1; {NOT_NEGATIVE}",
        ),
        (
            lambda: BatchApply(memory_limit_mb=-1),
            f"batch_apply.memory_limit_mb is -1; {NOT_NEGATIVE}",
        ),
        (lambda: BatchApply(split_size=-1), f"batch_apply.split_size is -1; {NOT_NEGATIVE}"),
        (
            lambda: ChangeProcessing(memory_limit_total_mb=-1),
            f"change_processing.memory_limit_total_mb is -1; {NOT_NEGATIVE}",
        ),
        (
            lambda: ChangeProcessing(memory_keep_time_seconds=-1),
            f"change_processing.memory_keep_time_seconds is -1; {NOT_NEGATIVE}",
        ),
        (
            lambda: ChangeProcessing(min_transaction_size=-1),
            f"change_processing.min_transaction_size is -1; {NOT_NEGATIVE}",
        ),
        (
            lambda: ChangeProcessing(commit_timeout_seconds=-1),
            f"change_processing.commit_timeout_seconds is -1; {NOT_NEGATIVE}",
        ),
        (
            lambda: ChangeProcessing(statement_cache_size=201),
            (
                "change_processing.statement_cache_size is 201 statements; allowed are 0 to 200 "
                "statements. DMS keeps no more."
            ),
        ),
        (
            lambda: ControlTables(history_timeslot_minutes=0),
            (
                "control_tables.history_timeslot_minutes is 0 minutes; allowed are 1 to 2147483647 "
                "minutes. Give at least one minute."
            ),
        ),
        (
            lambda: ControlTables(schema="DMS"),
            (
                "control_tables.schema is 'DMS'; allowed are 1 to 63 lower-case letters, digits and "
                "underscores, no digit first, and not pg_ first. Choose a name that needs no quotes."
            ),
        ),
        (
            lambda: Validation(thread_count=0),
            f"validation.thread_count is 0; {COMPARE_NOTHING}",
        ),
        (
            lambda: Validation(failure_max_count=0),
            f"validation.failure_max_count is 0; {COMPARE_NOTHING}",
        ),
        (
            lambda: Validation(table_failure_max_count=0),
            f"validation.table_failure_max_count is 0; {COMPARE_NOTHING}",
        ),
    ],
)
def test_a_number_or_name_that_dms_refuses_is_refused(
    build: Callable[[], object], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        build()
