"""Defects of the replication tasks."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment import tasks as checks
from ferry.check.deployment.expect import document
from tests.integration.defects.planting import defect, outputs_changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_dms.type_defs import ReplicationTaskTypeDef

    from ferry.check.deployment.deployed import Deployed


def _first(deployed: Deployed) -> ReplicationTaskTypeDef:
    return next(iter(checks.find_tasks(deployed).values()))


def _make(
    deployed: Deployed,
    like: ReplicationTaskTypeDef,
    **arguments: Any,  # noqa: ANN401 - boto3's
) -> str:
    """Make a task like another; its ARN."""
    settings = checks.read_settings(like)
    for chosen_by_dms in ("CloudWatchLogGroup", "CloudWatchLogStream"):
        settings["Logging"].pop(chosen_by_dms, None)
    made = deployed.dms.create_replication_task(
        **{
            "ReplicationTaskIdentifier": like.get("ReplicationTaskIdentifier", ""),
            "SourceEndpointArn": like.get("SourceEndpointArn", ""),
            "TargetEndpointArn": like.get("TargetEndpointArn", ""),
            "ReplicationInstanceArn": like.get("ReplicationInstanceArn", ""),
            "MigrationType": like.get("MigrationType", "cdc"),
            "TableMappings": like.get("TableMappings", ""),
            "ReplicationTaskSettings": json.dumps(settings),
            **arguments,
        }
    )["ReplicationTask"]
    return _settled(deployed, made.get("ReplicationTaskArn", ""))


def _settled(deployed: Deployed, arn: str, waiter: str = "replication_task_ready") -> str:
    deployed.dms.get_waiter(waiter).wait(  # type: ignore[call-overload]  # one of the waiters
        Filters=[{"Name": "replication-task-arn", "Values": [arn]}], WaiterConfig={"Delay": 1}
    )
    return arn


def _delete(deployed: Deployed, arn: str) -> None:
    deployed.dms.delete_replication_task(ReplicationTaskArn=arn)
    _settled(deployed, arn, "replication_task_deleted")


def _make_again(deployed: Deployed, task: ReplicationTaskTypeDef, tags: list[Any]) -> None:
    identifier = task.get("ReplicationTaskArn", "").rpartition(":")[2]
    _make(deployed, task, ResourceIdentifier=identifier, Tags=tags)


def _tags(deployed: Deployed, task: ReplicationTaskTypeDef) -> list[Any]:
    arn = task.get("ReplicationTaskArn", "")
    return list(deployed.dms.list_tags_for_resource(ResourceArn=arn)["TagList"])


@contextmanager
def _modified(
    deployed: Deployed, name: str, change: Callable[[dict[str, Any]], None]
) -> Iterator[None]:
    """Change a JSON document of the first task, and back."""
    task = dict(_first(deployed))
    arn, right = str(task["ReplicationTaskArn"]), document(str(task[name]))
    wrong = json.loads(json.dumps(right))
    change(wrong)
    for content in (wrong, right):
        if name == "ReplicationTaskSettings":
            for chosen_by_dms in ("CloudWatchLogGroup", "CloudWatchLogStream"):
                content["Logging"].pop(chosen_by_dms, None)
        arguments: dict[str, Any] = {name: json.dumps(content)}
        deployed.dms.modify_replication_task(ReplicationTaskArn=arn, **arguments)
        _settled(deployed, arn)
        if content is wrong:
            yield


@contextmanager
def _settings(deployed: Deployed, section: str, **wrong: object) -> Iterator[None]:
    with _modified(
        deployed, "ReplicationTaskSettings", lambda settings: settings[section].update(wrong)
    ):
        yield


@defect(checks.check_every_task_is_there)
def task_that_nobody_asked_for(deployed: Deployed) -> Iterator[None]:
    arn = _make(deployed, _first(deployed), ReplicationTaskIdentifier="unasked")
    yield
    _delete(deployed, arn)


@defect(checks.check_task_types_and_ends)
def task_of_another_type(deployed: Deployed) -> Iterator[None]:
    task = _first(deployed)
    tags = _tags(deployed, task)
    _delete(deployed, task.get("ReplicationTaskArn", ""))
    _make_again(deployed, {**task, "MigrationType": "full-load"}, tags)
    yield
    _delete(deployed, task.get("ReplicationTaskArn", ""))
    _make_again(deployed, task, tags)


@defect(checks.check_tasks_are_ready_and_not_started)
def started_task(deployed: Deployed) -> Iterator[None]:
    task = _first(deployed)
    arn, tags = task.get("ReplicationTaskArn", ""), _tags(deployed, task)
    deployed.dms.start_replication_task(
        ReplicationTaskArn=arn, StartReplicationTaskType="start-replication"
    )
    yield
    # A task that has run is never ready again; another takes its place.
    _settled(deployed, arn, "replication_task_running")
    deployed.dms.stop_replication_task(ReplicationTaskArn=arn)
    _settled(deployed, arn, "replication_task_stopped")
    _delete(deployed, arn)
    _make_again(deployed, task, tags)


@defect(checks.check_task_resource_identifiers)
def task_with_an_identifier_that_dms_chose(deployed: Deployed) -> Iterator[None]:
    (name, task), *others = checks.find_tasks(deployed).items()
    tags = _tags(deployed, task)
    _delete(deployed, task.get("ReplicationTaskArn", ""))
    arn = _make(deployed, task)
    arns = {name: arn, **{other: one.get("ReplicationTaskArn") for other, one in others}}
    with outputs_changed(deployed, **{outputs.DMS_TASK_ARNS: arns}):
        yield
    _delete(deployed, arn)
    _make_again(deployed, task, tags)


@defect(checks.check_table_mappings)
def task_that_leaves_tables_out(deployed: Deployed) -> Iterator[None]:
    def change(mappings: dict[str, Any]) -> None:
        mappings["rules"][0]["object-locator"]["table-name"] = "orders"

    with _modified(deployed, "TableMappings", change):
        yield


@defect(checks.check_full_load_settings)
def task_that_drops_tables(deployed: Deployed) -> Iterator[None]:
    with _settings(deployed, "FullLoadSettings", TargetTablePrepMode="DROP_AND_CREATE"):
        yield


@defect(checks.check_lob_settings)
def task_that_cuts_lobs_sooner(deployed: Deployed) -> Iterator[None]:
    with _settings(deployed, "TargetMetadata", LobMaxSize=1):
        yield


@defect(checks.check_validation_settings)
def task_that_compares_nothing(deployed: Deployed) -> Iterator[None]:
    with _settings(deployed, "ValidationSettings", EnableValidation=False):
        yield


@defect(checks.check_task_logging)
def task_that_logs_nothing(deployed: Deployed) -> Iterator[None]:
    with _settings(deployed, "Logging", EnableLogging=False):
        yield
