"""A task's settings: the JSON that DMS takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.replication.task_settings import task_settings
from tests.unit.constructs_lib.replication_examples import Task, Validation

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

EVERYTHING_DIFFERENT = Task(
    target_table_preparation_mode="TRUNCATE_BEFORE_LOAD",
    lob_max_size_kb=64,
    full_load_sub_tasks=16,
    after_full_load="stop-after-cached-changes",
    commit_rate=50_000,
    batch_apply=True,
    validation=Validation(
        enabled=False,
        thread_count=2,
        failure_max_count=10,
        table_failure_max_count=5,
        skip_lob_columns=True,
    ),
    control_schema="dms",
    log_severities={"SORTER": "LOGGER_SEVERITY_DEBUG"},
)


def document(task: Task) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(task_settings(task))
    return parsed


@pytest.mark.parametrize(
    "task", [Task(), EVERYTHING_DIFFERENT, Task(lob_mode="full"), Task(lob_mode="inline")]
)
def test_whatever_is_set_the_same_keys_are_written_and_all_of_them_dms_gives_back(
    task: Task,
) -> None:
    """A key that comes and goes would not be taken back; one that DMS lacks would never rest."""
    types = {
        section: {key: type(value) for key, value in values.items()}
        for section, values in document(task).items()
    }
    assert types == GIVEN_BACK


def test_an_ordinary_task() -> None:
    written = document(Task())
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
    expected: dict[str, Any] = {
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
            "TransactionConsistencyTimeout": 600,
            "CommitRate": 50000,
        },
        "ControlTablesSettings": {
            "ControlSchema": "dms",
            "HistoryTimeslotInMinutes": 5,
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
    }
    assert {section: written[section] for section in expected} == expected


def test_equal_settings_give_equal_text_with_sorted_keys() -> None:
    text = task_settings(Task())
    assert text == task_settings(Task())
    assert text == json.dumps(json.loads(text), sort_keys=True)


@pytest.mark.parametrize(
    ("mode", "written"),
    [
        ("limited", (False, True, 48, 64, 0)),
        ("full", (True, False, 0, 64, 0)),
        ("inline", (True, False, 0, 64, 48)),
    ],
)
def test_a_lob_mode_sets_all_lob_keys(mode: str, written: tuple[bool, bool, int, int, int]) -> None:
    metadata = document(Task(lob_mode=mode, lob_max_size_kb=48))["TargetMetadata"]
    keys = ("FullLobMode", "LimitedSizeLobMode", "LobMaxSize", "LobChunkSize", "InlineLobMaxSize")
    assert tuple(metadata[key] for key in keys) == written
    assert metadata["SupportLobs"] is True


@pytest.mark.parametrize(
    ("after", "applied", "not_applied"),
    [
        ("continue", False, False),
        ("stop-before-cached-changes", False, True),
        ("stop-after-cached-changes", True, False),
    ],
)
def test_a_task_stops_at_one_place_or_none(after: str, *, applied: bool, not_applied: bool) -> None:
    full_load = document(Task(after_full_load=after))["FullLoadSettings"]
    assert full_load["StopTaskCachedChangesApplied"] is applied
    assert full_load["StopTaskCachedChangesNotApplied"] is not_applied


def test_every_component_logs_at_its_default_unless_told_otherwise() -> None:
    components = document(Task(log_severities={"TARGET_APPLY": "LOGGER_SEVERITY_INFO"}))["Logging"][
        "LogComponents"
    ]
    severities = {component["Id"]: component["Severity"] for component in components}
    assert severities.pop("TARGET_APPLY") == "LOGGER_SEVERITY_INFO"
    assert set(severities.values()) == {"LOGGER_SEVERITY_DEFAULT"}
    assert len(severities) == 18


def test_settings_in_dmss_own_words_are_merged_last() -> None:
    extra = {
        "TTSettings": {"EnableTT": True},
        "ErrorBehavior": {"RecoverableErrorCount": 5},
        "FailTaskWhenCleanTaskResourceFailed": False,
    }
    usual = json.loads(task_settings(Task()))

    assert json.loads(task_settings(Task(extra_settings=json.dumps(extra)))) == {
        **usual,
        "TTSettings": {"EnableTT": True},
        "ErrorBehavior": {**usual["ErrorBehavior"], "RecoverableErrorCount": 5},
        "FailTaskWhenCleanTaskResourceFailed": False,
    }
