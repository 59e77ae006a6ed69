"""A replication task's settings, one by one: a task that does not run, so that nothing else is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Danger
from tests.unit.ferry.review.plans import dangers, effects, reviewed, update
from tests.unit.ferry.review.replication_examples import TASK, settings

if TYPE_CHECKING:
    from ferry.review import Review
    from ferry.review.plan.values import Json


def changed(section: str, name: str, before: Json, after: Json) -> Review:
    """The review of a setting that changes; None takes it out."""
    sides = [
        json.loads(settings(**{section: {} if it is None else {name: it}}))
        for it in (before, after)
    ]
    for side, it in zip(sides, (before, after), strict=True):
        if it is None:
            side[section].pop(name, None)
    texts = [json.dumps(it) for it in sides]
    was = {"status": "stopped", "replication_task_settings": texts[0]}
    return reviewed(update(TASK, was, replication_task_settings=texts[1]))


@pytest.mark.parametrize(
    ("section", "name", "before", "after"),
    [
        ("FullLoadSettings", "MaxFullLoadSubTasks", 8, 16),
        ("FullLoadSettings", "CommitRate", 10000, 50000),
        ("FullLoadSettings", "TargetTablePrepMode", "DROP_AND_CREATE", "DO_NOTHING"),
        ("FullLoadSettings", "StopTaskCachedChangesApplied", True, False),
        ("TargetMetadata", "LobMaxSize", 32, 1024),
        ("TargetMetadata", "BatchApplyEnabled", True, False),
        ("Logging", "EnableLogging", False, True),
        ("ChangeProcessingTuning", "CommitTimeout", 1, 5),
        ("ChangeProcessingTuning", "MemoryLimitTotal", 1024, 4096),
        ("ChangeProcessingTuning", "CommitTimeout", 1, None),  # DMS's default
        ("ErrorBehavior", "DataErrorPolicy", "LOG_ERROR", "SUSPEND_TABLE"),
        ("ErrorBehavior", "DataErrorPolicy", "SUSPEND_TABLE", "STOP_TASK"),
        ("ErrorBehavior", "ApplyErrorInsertPolicy", "IGNORE_RECORD", "LOG_ERROR"),
        ("ValidationSettings", "ThreadCount", 5, 10),
        ("ValidationSettings", "EnableValidation", False, True),
        ("ValidationSettings", "PartitionSize", None, 20_000),
        ("ValidationSettings", "RecordFailureDelayInMinutes", None, 10),
        ("ValidationSettings", "RecordFailureDelayLimitInMinutes", None, 10),
        ("ValidationSettings", "RecordSuspendDelayInMinutes", None, 15),
        ("ValidationSettings", "ValidationQueryCdcDelaySeconds", None, 60),
        ("ValidationSettings", "MaxKeyColumnSize", None, 8096),
        ("ValidationSettings", "ValidationPartialLobSize", None, 0),
        ("ControlTablesSettings", "HistoryTimeslotInMinutes", 5, 10),
        ("Logging", "CloudWatchLogStream", "dms-task", None),  # DMS reports it
        ("BeforeImageSettings", "EnableBeforeImage", False, None),  # says nothing
    ],
)
def test_a_setting_that_does_no_harm(section: str, name: str, before: Json, after: Json) -> None:
    assert changed(section, name, before, after).exit_code == 0


@pytest.mark.parametrize(
    ("section", "name", "before", "after", "danger"),
    [
        ("FullLoadSettings", "TargetTablePrepMode", "DO_NOTHING", "TRUNCATE_BEFORE_LOAD", Danger.IRREVERSIBLE),
        ("FullLoadSettings", "TargetTablePrepMode", "DO_NOTHING", None, Danger.IRREVERSIBLE),
        ("FullLoadSettings", "TargetTablePrepMode", "DO_NOTHING", "ELSE", Danger.IRREVERSIBLE),
        ("FullLoadSettings", "StopTaskCachedChangesNotApplied", False, True, Danger.REPLICATION_STOP),
        ("FullLoadSettings", "MaxFullLoadSubTasks", 8, 50, Danger.UNCLEAR),
        ("FullLoadSettings", "MaxFullLoadSubTasks", 8, "16", Danger.UNCLEAR),
        ("FullLoadSettings", "CreatePkAfterFullLoad", False, True, Danger.UNCLEAR),
        ("TargetMetadata", "SupportLobs", True, False, Danger.REPLICATION_STOP),
        ("TargetMetadata", "LobMaxSize", 1024, 32, Danger.REPLICATION_STOP),
        ("TargetMetadata", "LimitedSizeLobMode", False, True, Danger.REPLICATION_STOP),
        ("TargetMetadata", "LimitedSizeLobMode", True, False, Danger.REPLICATION_STOP),
        ("TargetMetadata", "BatchApplyEnabled", False, True, Danger.REPLICATION_STOP),
        ("TargetMetadata", "TargetSchema", "", "other", Danger.REPLICATION_STOP),
        ("TargetMetadata", "TaskRecoveryTableEnabled", True, False, Danger.REPLICATION_STOP),
        ("TargetMetadata", "ParallelApplyThreads", 0, 4, Danger.UNCLEAR),
        ("Logging", "EnableLogging", True, False, Danger.UNWATCHED),
        ("Logging", "EnableLogging", True, None, Danger.UNWATCHED),
        ("ControlTablesSettings", "ControlSchema", "awsdms_control", "public", Danger.REPLICATION_STOP),
        ("ControlTablesSettings", "StatusTableEnabled", True, False, Danger.UNWATCHED),
        ("ChangeProcessingDdlHandlingPolicy", "HandleSourceTableAltered", True, False, Danger.REPLICATION_STOP),
        ("ErrorBehavior", "DataErrorPolicy", "SUSPEND_TABLE", "LOG_ERROR", Danger.REPLICATION_STOP),
        ("ErrorBehavior", "DataErrorPolicy", "STOP_TASK", "SUSPEND_TABLE", Danger.REPLICATION_STOP),
        ("ErrorBehavior", "ApplyErrorUpdatePolicy", "LOG_ERROR", "IGNORE_RECORD", Danger.REPLICATION_STOP),
        ("ErrorBehavior", "ApplyErrorUpdatePolicy", "LOG_ERROR", "UPDATE_RECORD", Danger.REPLICATION_STOP),
        ("ErrorBehavior", "FailOnNoTablesCaptured", True, False, Danger.UNWATCHED),
        ("ErrorBehavior", "RecoverableErrorCount", -1, 0, Danger.UNCLEAR),
        ("ChangeProcessingTuning", "CommitTimeout", 1, 100000, Danger.UNCLEAR),
        ("ChangeProcessingTuning", "CommitTimeout", 5, True, Danger.UNCLEAR),
        ("ValidationSettings", "EnableValidation", True, False, Danger.UNWATCHED),
        ("ValidationSettings", "ValidationOnly", False, True, Danger.REPLICATION_STOP),
        ("ValidationSettings", "SkipLobColumns", False, True, Danger.UNWATCHED),
        ("NeverHeardOf", "Setting", 1, 2, Danger.UNCLEAR),
        ("BeforeImageSettings", "EnableBeforeImage", True, None, Danger.UNCLEAR),
    ],
)  # fmt: skip
def test_a_setting_that_does_harm(
    section: str, name: str, before: Json, after: Json, danger: Danger
) -> None:
    found = changed(section, name, before, after)
    assert dangers(found) == {danger}
    assert {it.attribute for it in found.findings} == {"replication_task_settings"}


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("LOGGER_SEVERITY_DEBUG", {Danger.UNWATCHED}),
        ("LOGGER_SEVERITY_WARNING", set()),
        ("LOGGER_SEVERITY_ERROR", {Danger.UNWATCHED}),
        ("LOGGER_SEVERITY_DETAILED_DEBUG", {Danger.UNWATCHED}),
        ("LOUD", {Danger.UNWATCHED}),
    ],
)
def test_how_much_a_part_of_dms_logs(severity: str, expected: set[Danger]) -> None:
    component = [{"Id": "TARGET_APPLY", "Severity": severity}]
    was = {"status": "stopped", "replication_task_settings": settings()}
    after = settings(Logging={"LogComponents": component})
    assert dangers(reviewed(update(TASK, was, replication_task_settings=after))) == expected


@pytest.mark.parametrize("components", ["all", [7], [{"Id": "NEW", "Severity": "ON"}]])
def test_parts_that_are_named_in_another_way(components: Json) -> None:
    was = {"status": "stopped", "replication_task_settings": settings()}
    after = settings(Logging={"LogComponents": components})
    found = reviewed(update(TASK, was, replication_task_settings=after))
    assert dangers(found) == {Danger.UNCLEAR}


def test_a_section_that_is_none() -> None:
    was = {"status": "stopped", "replication_task_settings": settings()}
    after = json.dumps({**json.loads(settings()), "BeforeImageSettings": "all"})
    found = reviewed(update(TASK, was, replication_task_settings=after))
    assert effects(found) == [
        'No rule says that "all" is harmless for BeforeImageSettings; it was (not set).'
    ]


def test_what_harm_a_setting_does_stands_in_words() -> None:
    assert effects(changed("TargetMetadata", "LobMaxSize", 1024, 32)) == [
        "Values larger than 32 KB are cut, or fail the task; it was 1024 KB."
    ]
    assert effects(changed("FullLoadSettings", "MaxFullLoadSubTasks", 8, 50)) == [
        "No rule says that 50 is harmless for FullLoadSettings.MaxFullLoadSubTasks; it was 8."
    ]


def test_more_settings_than_are_told_are_counted() -> None:
    was = {"status": "stopped", "replication_task_settings": settings()}
    many = settings(Strange={f"Setting{number}": 1 for number in range(9)})
    (effect,) = effects(reviewed(update(TASK, was, replication_task_settings=many)))
    assert effect.count("No rule says") == 5
    assert effect.endswith(" Of 4 more no rule says that it is harmless.")


def test_a_hidden_setting_is_not_shown() -> None:
    was = {"status": "stopped", "replication_task_settings": settings()}
    after = settings(FullLoadSettings={"MaxFullLoadSubTasks": 4711})
    item: dict[str, Any] = update(TASK, was, replication_task_settings=after)
    item["change"]["after_sensitive"] = {"replication_task_settings": True}
    assert effects(reviewed(item)) == [
        "No rule says that (sensitive) is harmless for (sensitive); it was (sensitive)."
    ]
