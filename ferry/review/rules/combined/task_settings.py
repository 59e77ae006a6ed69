"""A replication task's settings: for which values each of them is harmless.

Source of the settings, their defaults and their bounds:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from facts.dms import LOG_COMPONENTS, STOPS
from ferry.review.rules.combined.settings import (
    Setting,
    another,
    is_boolean,
    is_false,
    is_true,
    lowered,
    only,
    read_object,
    within,
)
from ferry.review.rules.dangers import Danger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.values import Json

_TOLERANT: Final = ("IGNORE_RECORD", "LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK")
"""What is done with a row that does not fit, from the most silent to the strictest."""

_READ_ONLY: Final = frozenset(
    {
        "ControlTablesSettings.historyTimeslotInMinutes",
        "Logging.CloudWatchLogGroup",
        "Logging.CloudWatchLogStream",
        "Logging.EnableLogContext",
    }
)
"""DMS reports it and nobody sets it: the provider takes it out. Source: provider 5.100.0,
replication_task.go."""


def task_settings(value: Json) -> Mapping[str, Json] | None:
    """A task's settings by section and name; None where they cannot be read."""
    sections = read_object(value)
    if sections is None:
        return None
    found: dict[str, Any] = {}
    for section, settings in sections.items():
        if not isinstance(settings, dict):
            found[section] = settings
            continue
        for name, setting in settings.items():
            found |= _components(setting) if name == "LogComponents" else {}
            if name != "LogComponents" or not isinstance(setting, list):
                found[f"{section}.{name}"] = setting
    found |= _lob_modes(found)
    return {name: it for name, it in found.items() if name not in _READ_ONLY}


_LOB_MODES: Final = "FullLobMode, LimitedSizeLobMode and LobMaxSize"
_ONE_MODE: Final = "one of both"
_TOGETHER: Final = {
    "both": "DMS carries large values whole or up to a size, and this task is told both.",
    "none": "DMS is told neither to carry large values whole nor up to which size.",
    "limited to nothing": "DMS carries large values up to a size, which is zero.",
}
"""What the settings of large values say together that DMS takes for no one way, or refuses. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.LOBSupport.html"""


def _lob_modes(said: Mapping[str, Json]) -> dict[str, str]:
    """What the settings of large values say together, where that is not one way to carry them."""
    values = {name: said.get(f"TargetMetadata.{name}", it.default) for name, it in _TARGET.items()}
    full, limited = values["FullLobMode"], values["LimitedSizeLobMode"]
    together = ""
    if full is True and limited is True:
        together = "both"
    elif full is False and limited is False and values["SupportLobs"] is not False:
        together = "none"
    elif limited is True and values["LobMaxSize"] == 0:
        together = "limited to nothing"
    return {f"TargetMetadata.{_LOB_MODES}": together} if together else {}


def _components(setting: Json) -> dict[str, Json]:
    """How much each part of DMS writes to the log."""
    items = setting if isinstance(setting, list) else []
    return {
        f"Logging.{it.get('Id')}" if isinstance(it, dict) else "Logging.LogComponents": it.get(
            "Severity"
        )
        if isinstance(it, dict)
        else it
        for it in items
    }


def _tolerance(least: str, *, default: str) -> Setting:
    """What happens to a row or a table that does not fit: the stricter the better."""

    def rank(value: Json) -> int:
        return _TOLERANT.index(value) if value in _TOLERANT else -1

    return Setting(
        harmless=lambda value: rank(value) >= _TOLERANT.index(least),
        default=default,
        danger=Danger.REPLICATION_STOP,
        effect="{setting} is {after}: rows that do not fit can be missing at Aurora while the task "
        "runs on.",
        worse=lambda before, after: rank(after) < rank(before),
    )


def _on(effect: str, *, default: bool, danger: Danger = Danger.REPLICATION_STOP) -> Setting:
    return Setting(harmless=is_true, default=default, danger=danger, effect=effect)


def _off(effect: str, *, danger: Danger = Danger.REPLICATION_STOP) -> Setting:
    return Setting(harmless=is_false, default=False, danger=danger, effect=effect)


def _number(low: int, high: int, *, default: int) -> Setting:
    return Setting(harmless=within(low, high), default=default)


def _either(*, default: bool) -> Setting:
    return Setting(harmless=is_boolean, default=default)


def _as_ever(default: Json) -> Setting:
    """Only DMS's default is known to be harmless."""
    return Setting(harmless=only(default), default=default)


def _compared_until(*, default: int, what: str) -> Setting:
    """After how many differences DMS compares no more."""
    return Setting(
        harmless=within(default, 1_000_000),
        default=default,
        danger=Danger.UNWATCHED,
        effect=f"{{setting}} is {{after}}: after so many differences {what} no more.",
    )


def _kept(what: str) -> Setting:
    effect = f"DMS does not write down at Aurora {what}."
    return _on(effect, default=False, danger=Danger.UNWATCHED)


def _followed(what: str) -> Setting:
    return _on(f"Where a table of the source {what}, Aurora's stays as it is.", default=True)


_FULL_LOAD: Final = {
    "TargetTablePrepMode": Setting(
        harmless=only("DO_NOTHING"),
        default="DROP_AND_CREATE",
        danger=Danger.IRREVERSIBLE,
        effects={
            "DROP_AND_CREATE": "When it is started or reloaded, the task drops Aurora's tables and "
            "makes them without their indexes and constraints.",
            "TRUNCATE_BEFORE_LOAD": "When it is started or reloaded, the task empties Aurora's "
            "tables.",
        },
    ),
    "CreatePkAfterFullLoad": _as_ever(default=False),
    **{
        name: _off(f"The task stops when the full load is done ({end.replace('-', ' ')}).")
        for name, end in STOPS.items()
    },
    "MaxFullLoadSubTasks": _number(1, 49, default=8),
    "TransactionConsistencyTimeout": _number(60, 86_400, default=600),
    "CommitRate": _number(1000, 50_000, default=10_000),
}

_LEAST_LOB_KB: Final = 32
"""DMS's default: a task that carries less cuts what others carry. Zero stands beside full mode."""

_TARGET: Final = {
    "TargetSchema": Setting(
        harmless=only("", None),
        default="",
        danger=Danger.REPLICATION_STOP,
        effect="All tables are written to another schema, {after}.",
    ),
    "SupportLobs": _on(
        "Columns of large values, text and JSON among them, are not copied.", default=True
    ),
    "FullLobMode": _either(default=False),
    "LimitedSizeLobMode": Setting(
        harmless=is_boolean,
        default=True,
        danger=Danger.REPLICATION_STOP,
        effect="Values larger than LobMaxSize are cut, or fail the task.",
        worse=lambda _, after: after is True,
    ),
    "LobMaxSize": Setting(
        harmless=lambda value: value == 0 or within(_LEAST_LOB_KB, 102_400)(value),
        default=_LEAST_LOB_KB,
        danger=Danger.REPLICATION_STOP,
        effect="Values larger than {after} KB are cut, or fail the task; it was {before} KB.",
        made="Values larger than {after} KB are cut, or fail the task.",
        worse=lowered,
    ),
    _LOB_MODES: Setting(
        harmless=only(_ONE_MODE),
        default=_ONE_MODE,
        danger=Danger.REPLICATION_STOP,
        effects=_TOGETHER,
    ),
    "InlineLobMaxSize": _number(0, 102_400, default=0),
    "LobChunkSize": _number(0, 1024, default=64),
    "BatchApplyEnabled": _off(
        "Changes are written in batches, out of their order; a table with a primary key and another "
        "unique index fails."
    ),
    "TaskRecoveryTableEnabled": _on(
        "The position is not kept at Aurora: no other task can go on from there.", default=False
    ),
    **{
        name: _as_ever(0)
        for name in (
            "LoadMaxFileSize",
            "ParallelApplyBufferSize",
            "ParallelApplyQueuesPerThread",
            "ParallelApplyThreads",
            "ParallelLoadBufferSize",
            "ParallelLoadQueuesPerThread",
            "ParallelLoadThreads",
        )
    },
}

# That debugging writes rows of data is what operators report; no page of AWS's was found that says it.
_LOGGING: Final[Mapping[str, Setting]] = {
    "EnableLogging": _on(
        "The task writes no log: an error leaves no trace.", default=False, danger=Danger.UNWATCHED
    ),
    **{
        component: Setting(
            harmless=only(*(f"LOGGER_SEVERITY_{it}" for it in ("DEFAULT", "INFO", "WARNING"))),
            default="LOGGER_SEVERITY_DEFAULT",
            danger=Danger.UNWATCHED,
            effects={
                "LOGGER_SEVERITY_ERROR": "Warnings of {setting}, such as that a value was cut, are "
                "not logged.",
                **{
                    f"LOGGER_SEVERITY_{it}": "{setting} writes rows of data into the log, and so much "
                    "that the instance's disk can be full."
                    for it in ("DEBUG", "DETAILED_DEBUG")
                },
            },
        )
        for component in LOG_COMPONENTS
    },
}

_CONTROL_TABLES: Final = {
    "ControlSchema": Setting(
        harmless=lambda value: isinstance(value, str),
        default="",
        danger=Danger.REPLICATION_STOP,
        effect="DMS begins with empty control tables in {after}: what it noted in {before}, the "
        "position among it, it no longer sees.",
        made="DMS keeps its control tables in {after}, which is no name of a schema.",
        worse=another,
    ),
    "StatusTableEnabled": _kept("how the task is"),
    "HistoryTableEnabled": _kept("how the task was"),
    "SuspendedTablesTableEnabled": _kept("which tables are suspended"),
    "FullLoadExceptionTableEnabled": _kept("what failed in the full load"),
    "HistoryTimeslotInMinutes": _number(1, 1440, default=5),
}

_ERRORS: Final = {
    "DataErrorPolicy": _tolerance("SUSPEND_TABLE", default="LOG_ERROR"),
    "DataTruncationErrorPolicy": _tolerance("SUSPEND_TABLE", default="LOG_ERROR"),
    "TableErrorPolicy": _tolerance("SUSPEND_TABLE", default="SUSPEND_TABLE"),
    "ApplyErrorDeletePolicy": _tolerance("IGNORE_RECORD", default="IGNORE_RECORD"),
    "ApplyErrorInsertPolicy": _tolerance("LOG_ERROR", default="LOG_ERROR"),
    "ApplyErrorUpdatePolicy": _tolerance("LOG_ERROR", default="LOG_ERROR"),
    "FailOnNoTablesCaptured": _on(
        "A task that finds no table runs, and looks healthy.",
        default=False,
        danger=Danger.UNWATCHED,
    ),
    "ApplyErrorEscalationCount": _as_ever(0),
    "ApplyErrorEscalationPolicy": _as_ever("LOG_ERROR"),
    "ApplyErrorFailOnTruncationDdl": _as_ever(default=False),
    "DataErrorEscalationCount": _as_ever(0),
    "DataErrorEscalationPolicy": _as_ever("SUSPEND_TABLE"),
    "EventErrorPolicy": Setting(harmless=only("IGNORE", "STOP_TASK", None)),
    "FailOnTransactionConsistencyBreached": _as_ever(default=False),
    "FullLoadIgnoreConflicts": _either(default=True),
    "RecoverableErrorCount": _as_ever(-1),
    "RecoverableErrorInterval": _as_ever(5),
    "RecoverableErrorThrottling": _as_ever(default=True),
    "RecoverableErrorThrottlingMax": _as_ever(1800),
    "RecoverableErrorStopRetryAfterThrottlingMax": _as_ever(default=True),
    "TableErrorEscalationCount": _as_ever(0),
    "TableErrorEscalationPolicy": _as_ever("STOP_TASK"),
}

_TUNING: Final = {
    "BatchApplyMemoryLimit": _number(100, 2000, default=500),
    "BatchApplyPreserveTransaction": _either(default=True),
    "BatchApplyTimeoutMax": _number(1, 300, default=30),
    "BatchApplyTimeoutMin": _number(1, 60, default=1),
    "BatchSplitSize": _as_ever(0),
    "CommitTimeout": _number(1, 60, default=1),
    "MemoryKeepTime": _number(60, 600, default=60),
    "MemoryLimitTotal": _number(1024, 8192, default=1024),
    "MinTransactionSize": _number(1, 10_000, default=1000),
    "StatementCacheSize": _number(50, 200, default=50),
}

_VALIDATION: Final = {
    "EnableValidation": _on(
        "Nobody compares source and Aurora.", default=False, danger=Danger.UNWATCHED
    ),
    "SkipLobColumns": _off("Large values are not compared.", danger=Danger.UNWATCHED),
    "ValidationOnly": _off("The task copies nothing, it only compares."),
    "ValidationMode": Setting(harmless=only("ROW_LEVEL", "GROUP_LEVEL", None)),
    "HandleCollationDiff": _either(default=False),
    "ThreadCount": _number(1, 20, default=5),
    "FailureMaxCount": _compared_until(default=10_000, what="the task's rows are compared"),
    "TableFailureMaxCount": _compared_until(default=1000, what="the table is compared"),
    # How it is compared, and after how many minutes a difference is told.
    "PartitionSize": _number(1_000, 100_000, default=10_000),
    "RecordFailureDelayInMinutes": _number(0, 60, default=5),
    "RecordFailureDelayLimitInMinutes": _number(0, 60, default=0),
    "RecordSuspendDelayInMinutes": _number(0, 60, default=30),
    "ValidationQueryCdcDelaySeconds": _number(0, 3_600, default=0),
    "MaxKeyColumnSize": _as_ever(8096),
    "ValidationPartialLobSize": _as_ever(0),
}

SETTINGS: Final[Mapping[str, Setting]] = {
    f"{section}.{name}": setting
    for section, settings in {
        "FullLoadSettings": _FULL_LOAD,
        "TargetMetadata": _TARGET,
        "Logging": _LOGGING,
        "ControlTablesSettings": _CONTROL_TABLES,
        "ChangeProcessingDdlHandlingPolicy": {
            "HandleSourceTableDropped": _followed("is dropped"),
            "HandleSourceTableTruncated": _followed("is emptied"),
            "HandleSourceTableAltered": _followed("gets other columns"),
        },
        "ErrorBehavior": _ERRORS,
        "ChangeProcessingTuning": _TUNING,
        "ValidationSettings": _VALIDATION,
        "StreamBufferSettings": {
            "StreamBufferCount": _as_ever(3),
            "StreamBufferSizeInMB": _as_ever(8),
            "CtrlStreamBufferSizeInMB": _as_ever(5),
        },
    }.items()
    for name, setting in settings.items()
}
"""Each setting by section and name, with what DMS does where it is not named."""

_CHOSEN: Final = {
    setting: replace(SETTINGS[setting], harmless=harmless)
    for setting, harmless in {
        "FullLoadSettings.TargetTablePrepMode": only(
            "DO_NOTHING", "DROP_AND_CREATE", "TRUNCATE_BEFORE_LOAD"
        ),
        **{f"FullLoadSettings.{it}": is_boolean for it in STOPS},
        "TargetMetadata.BatchApplyEnabled": is_boolean,
        "ValidationSettings.SkipLobColumns": is_boolean,
    }.items()
}

OF_AN_EMPTY_CLUSTER: Final[Mapping[str, Setting]] = {**SETTINGS, **_CHOSEN}
"""The same of a new task whose cluster holds nothing yet: what is chosen there drops and stops nothing."""
