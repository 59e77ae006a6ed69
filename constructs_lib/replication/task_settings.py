"""A task's settings, as the JSON that DMS takes and gives back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from facts.dms import LOG_COMPONENTS, STOPS

if TYPE_CHECKING:
    from constructs_lib.replication.protocols import Task

_LOB_CHUNK_KB = 64
"""What AWS recommends; more can fail a task."""


def task_settings(task: Task) -> str:
    """The settings of a task; equal ones give equal text.

    The JSON names every setting that is given here, also where it equals DMS's default. The
    provider takes a key that is left out for "as it is", so a value that went back to its default
    by being left out would never reach DMS. It names nothing else: a key that DMS does not give
    back would be a difference in every plan. What the task adds in DMS's own words comes last.
    Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
    """
    settings: dict[str, Any] = {
        "TargetMetadata": {
            **_lobs(task),
            "BatchApplyEnabled": task.batch_apply,
            "TaskRecoveryTableEnabled": True,
        },
        "FullLoadSettings": _full_load(task),
        "ChangeProcessingTuning": _CHANGE_PROCESSING,
        "ChangeProcessingDdlHandlingPolicy": {
            "HandleSourceTableDropped": True,
            "HandleSourceTableTruncated": True,
            "HandleSourceTableAltered": True,
        },
        "ControlTablesSettings": _control_tables(task),
        "ValidationSettings": _validation(task),
        "ErrorBehavior": _ERROR_BEHAVIOR,
        "Logging": _logging(task),
    }
    for section, extra in json.loads(task.extra_settings or "{}").items():
        settings[section] = (
            {**settings.get(section, {}), **extra} if isinstance(extra, dict) else extra
        )
    return json.dumps(settings, sort_keys=True)


_CHANGE_PROCESSING = {
    # The batch keys are there without batches too: leaving them out later would not be sent.
    "BatchApplyTimeoutMin": 1,
    "BatchApplyTimeoutMax": 30,
    "BatchApplyMemoryLimit": 500,
    "BatchSplitSize": 0,
    "MinTransactionSize": 1000,
    "CommitTimeout": 1,
    "MemoryLimitTotal": 1024,
    "MemoryKeepTime": 60,
    "StatementCacheSize": 50,
}
"""How changes are applied: DMS's own defaults. Memory is in MB, times are in seconds. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ChangeProcessingTuning.html"""

_ERROR_BEHAVIOR = {
    # DMS's default logs such a row, leaves it out and goes on; a suspended table is seen in the
    # table statistics.
    "DataErrorPolicy": "SUSPEND_TABLE",
    "DataTruncationErrorPolicy": "SUSPEND_TABLE",
    "TableErrorPolicy": "SUSPEND_TABLE",
    # A resumed task repeats changes, and repeats must not suspend tables. What is logged stands in
    # awsdms_apply_exceptions in the control schema.
    "ApplyErrorInsertPolicy": "LOG_ERROR",
    "ApplyErrorUpdatePolicy": "LOG_ERROR",
    "ApplyErrorDeletePolicy": "IGNORE_RECORD",
    # DMS's default lets a task without tables run and copy nothing.
    "FailOnNoTablesCaptured": True,
}
"""What a task does with a row or table that it cannot carry. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ErrorHandling.html"""


def _lobs(task: Task) -> dict[str, object]:
    """How large objects are carried.

    DMS counts text, citext, bytea, json, jsonb, xml, arrays, composites and hstore as large
    objects. Limited mode is the fastest: every one travels with its row, and a larger one fails the
    task, because the source endpoint says so. Full mode looks each up on its own. Inline mode
    carries small ones with their row in the full load, and looks up larger ones. There is no mode
    that leaves them out: DMS would then drop those columns without a word. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.LOBSupport.html
    """
    limited = task.lob_mode == "limited"
    return {
        "SupportLobs": True,
        "FullLobMode": not limited,
        "LimitedSizeLobMode": limited,
        "LobMaxSize": task.lob_max_size_kb if limited else 0,
        "LobChunkSize": _LOB_CHUNK_KB,
        "InlineLobMaxSize": task.lob_max_size_kb if task.lob_mode == "inline" else 0,
    }


def _full_load(task: Task) -> dict[str, object]:
    """How the rows that exist are copied.

    A stop between them and the changes leaves time to build secondary indexes. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.FullLoad.html
    """
    return {
        "TargetTablePrepMode": task.target_table_preparation_mode,
        **{name: task.after_full_load == end for name, end in STOPS.items()},
        "MaxFullLoadSubTasks": task.full_load_sub_tasks,
        # Seconds that DMS waits for transactions that are open at the source; its own default.
        "TransactionConsistencyTimeout": 600,
        "CommitRate": task.commit_rate,
    }


def _control_tables(task: Task) -> dict[str, object]:
    """The tables at the target in which DMS keeps account of a task.

    Status, history, suspended tables, errors of the full load and the recovery checkpoint
    (``awsdms_txn_state``) are kept. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
    """
    return {
        "ControlSchema": task.control_schema,
        "HistoryTimeslotInMinutes": 5,
        "HistoryTableEnabled": True,
        "SuspendedTablesTableEnabled": True,
        "StatusTableEnabled": True,
        "FullLoadExceptionTableEnabled": True,
    }


def _validation(task: Task) -> dict[str, object]:
    """The comparison of rows; it needs primary keys, and reads both databases once more.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html
    """
    return {
        "EnableValidation": task.validation.enabled,
        "ThreadCount": task.validation.thread_count,
        "FailureMaxCount": task.validation.failure_max_count,
        "TableFailureMaxCount": task.validation.table_failure_max_count,
        # Aurora sorts text by its own libraries.
        "HandleCollationDiff": True,
        "SkipLobColumns": task.validation.skip_lob_columns,
    }


def _logging(task: Task) -> dict[str, object]:
    """The log; always on, for a failed task cannot be understood without it.

    Every component is named, so that taking one back to its default is a change that Terraform
    sees. CloudWatchLogGroup and CloudWatchLogStream are DMS's to say: the provider refuses them.
    """
    return {
        "EnableLogging": True,
        "LogComponents": [
            {
                "Id": component,
                "Severity": task.log_severities.get(component, "LOGGER_SEVERITY_DEFAULT"),
            }
            for component in LOG_COMPONENTS
        ],
    }
