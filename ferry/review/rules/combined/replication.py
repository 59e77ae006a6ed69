"""DMS: what a change does to tasks that run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.shown import joined
from ferry.review.plan.values import UNKNOWN, Hidden, document
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_GUIDE: Final = "https://docs.aws.amazon.com/dms/latest/userguide"
_PROVIDER: Final = (
    "https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dms/"
    "replication_task.go"
)
_MODIFY_ENDPOINT: Final = (
    "https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyEndpoint.html"
)
_FULL_LOAD: Final = f"{_GUIDE}/CHAP_Tasks.CustomizingTasks.TaskSettings.FullLoad.html"

_SENT: Final = (
    "cdc_start_position",
    "cdc_start_time",
    "migration_type",
    "replication_instance_arn",
    "replication_task_settings",
    "table_mappings",
)
_EMPTYING: Final = {
    "DROP_AND_CREATE": "drops Aurora's tables and makes them without their indexes and constraints",
    "TRUNCATE_BEFORE_LOAD": "empties Aurora's tables",
}
_IDLE: Final = frozenset({"ready", "created", "stopped", "failed"})
_ENDPOINT_ATTRIBUTES: Final = (
    "certificate_arn",
    "database_name",
    "endpoint_type",
    "engine_name",
    "extra_connection_attributes",
    "password",
    "port",
    "secrets_manager_access_role_arn",
    "secrets_manager_arn",
    "server_name",
    "service_access_role",
    "ssl_mode",
    "username",
)


def task_changes(plan: Plan) -> Iterator[Finding]:
    """A task is changed: a running one is stopped, and goes on only where Terraform starts it."""
    for change in plan.of("aws_dms_replication_task"):
        if change.action is not Action.UPDATE:
            continue
        sent = [name for name in _SENT if change.changes(name)]
        if sent:
            yield Finding(
                danger=Danger.REPLICATION_STOP,
                change=change,
                attribute=", ".join(sent),
                effect=Phrase(f"{_what_stops(change)}{_what_else(sent)}"),
                when=moment(change, Timing.NOW),
                lasts=_until(change),
                remedy=Phrase("")
                if _starts(change)
                else Phrase("Resume it afterwards, if it ran: resume-processing."),
                source=_PROVIDER,
            )
        if change.changes("start_replication_task"):
            yield _start_setting(change)
        if change.changes("replication_task_settings"):
            yield from _empties(change)


def _what_stops(change: Change) -> str:
    status = change.before.get("status")
    if status in _IDLE:
        return f"The task is {status}: nothing stops."
    if _starts(change):
        return "A running task is stopped, changed and resumed."
    return "A running task is stopped and stays so: Terraform did not start it."


def _what_else(sent: list[str]) -> str:
    if "cdc_start_position" in sent or "cdc_start_time" in sent:
        return " It reads the source from another position: changes can be missed or repeated."
    if "replication_instance_arn" in sent:
        return (
            " It is moved to another replication instance, which must have the same version of DMS "
            "or a later one."
        )
    if "table_mappings" in sent:
        return " Tables that are added are loaded only by a reload; what was copied stays."
    return ""


def _until(change: Change) -> str:
    if change.before.get("status") in _IDLE:
        return ""
    return "a minute or two" if _starts(change) else "until somebody resumes it"


def _starts(change: Change) -> bool:
    return change.after.get("start_replication_task") is True


def _start_setting(change: Change) -> Finding:
    starts = change.after.get("start_replication_task") is not False
    return Finding(
        danger=Danger.REPLICATION_STOP,
        change=change,
        attribute="start_replication_task",
        effect=Phrase(
            "Terraform starts the task: before the schema is carried over, it copies into nothing."
            if starts
            else "Terraform stops the task, and no longer starts it."
        ),
        when=moment(change, Timing.NOW),
        lasts="" if starts else "until somebody resumes it",
        source=_PROVIDER,
    )


def task_starts(plan: Plan) -> Iterator[Finding]:
    """A new task: whether it starts by itself, and what it does to tables that are there."""
    for change in plan.of("aws_dms_replication_task"):
        if change.comes:
            if change.after.get("start_replication_task") is True:
                yield _start_setting(change)
            yield from _empties(change)


def _empties(change: Change) -> Iterator[Finding]:
    mode = preparation_mode(change.after)
    if mode in _EMPTYING and (change.comes or preparation_mode(change.before) != mode):
        yield Finding(
            danger=Danger.IRREVERSIBLE,
            change=change,
            attribute="replication_task_settings",
            effect=Phrase(f"When it is started or reloaded, the task {_EMPTYING[mode]}."),
            remedy=Phrase("Sure that nothing in them is needed? DO_NOTHING keeps them."),
            source=_FULL_LOAD,
        )


def preparation_mode(side: Mapping[str, Any]) -> str:
    """A task's TargetTablePrepMode; empty where it does not say."""
    settings = document(side.get("replication_task_settings")) or {}
    full_load = settings.get("FullLoadSettings")
    mode = full_load.get("TargetTablePrepMode") if isinstance(full_load, dict) else None
    return mode if isinstance(mode, str) else ""


def endpoint_changes(plan: Plan) -> Iterator[Finding]:
    """An endpoint is changed in place: DMS refuses that while a task that uses it runs."""
    for change in plan.of("aws_dms_endpoint"):
        changed = [name for name in _ENDPOINT_ATTRIBUTES if change.changes(name)]
        if change.action is not Action.UPDATE or not changed:
            continue
        tasks = _tasks_of(plan, change)
        running = [task for task in tasks if task.before.get("status") not in _IDLE]
        pauses = change.after.get("pause_replication_tasks") is True
        names = {"tasks": joined(map(_name, running))}
        if running and not pauses:
            danger = Danger.REFUSED
            effect = "DMS changes no endpoint while a task uses it: {tasks} may be running."
        elif running:
            danger = Danger.REPLICATION_STOP
            effect = "{tasks} are stopped meanwhile. Whether they are started again is not certain."
        else:
            danger = Danger.REPLICATION_STOP
            effect = f"DMS connects in another way from now on. {_what_breaks(changed)}"
        yield Finding(
            danger=danger,
            change=change,
            attribute=", ".join(changed),
            effect=Phrase(effect.rstrip(), names),
            when=moment(change, Timing.NOW),
            remedy=Phrase("Stop the tasks before, test the connection and resume them after.")
            if running
            else Phrase("Test the connection afterwards."),
            source=_MODIFY_ENDPOINT,
        )


def _tasks_of(plan: Plan, endpoint: Change) -> list[Change]:
    """The tasks that exist and use an endpoint; where that is not known, all that might."""
    arn = endpoint.before.get("endpoint_arn")
    return [
        task
        for task in plan.of("aws_dms_replication_task")
        if task.before
        and any(
            task.before.get(name) == arn or isinstance(task.before.get(name), Hidden)
            for name in ("source_endpoint_arn", "target_endpoint_arn")
        )
    ]


def _name(task: Change) -> Shown:
    name = task.before.get("replication_task_id")
    return task.shown(name, "replication_task_id") if isinstance(name, str) else task.shown_address


def _what_breaks(changed: list[str]) -> str:
    if {"certificate_arn", "ssl_mode"} & set(changed):
        return "With a certificate that does not fit, the tasks cannot connect."
    if {"server_name", "port", "database_name", "secrets_manager_arn"} & set(changed):
        return "At another server or database, a task's position means nothing: reload it."
    return ""


def secrets_in_use(plan: Plan) -> Iterator[Finding]:
    """A secret that DMS reads is made anew: until it has a value, tasks cannot connect."""
    for change in plan.of("aws_secretsmanager_secret"):
        if not change.goes:
            continue
        arn = change.before.get("arn")
        readers = [
            it for it in plan.of("aws_dms_endpoint") if it.before.get("secrets_manager_arn") == arn
        ]
        if readers and arn is not None and arn is not UNKNOWN:
            yield Finding(
                danger=Danger.REPLICATION_STOP,
                change=change,
                effect=Phrase(
                    "DMS signs in with this secret: {endpoints} cannot connect without it.",
                    {"endpoints": joined(it.shown_place for it in readers)},
                ),
                when=moment(change, Timing.NOW),
                lasts="until the endpoints name the new one and it holds a value",
                source=f"{_GUIDE}/security_iam_secretsmanager.html",
            )
