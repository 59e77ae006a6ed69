"""Defects of the replication tasks, and a task as it is in the course of a migration."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ferry.check.deployment.expect import document
from ferry.check.deployment.tasks import read_settings
from ferry.findings import Level
from tests.integration.defects.planting import Defect, Plant, output_says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_dms.type_defs import ReplicationTaskTypeDef

    from ferry.check.deployment.deployed import Deployed

TASK = "all"


def make(deployed: Deployed, like: ReplicationTaskTypeDef, **arguments: Any) -> str:  # noqa: ANN401 - boto3's
    """Make a task like another; its ARN."""
    made = deployed.account.dms.create_replication_task(
        **{
            "ReplicationTaskIdentifier": like.get("ReplicationTaskIdentifier", ""),
            "SourceEndpointArn": like.get("SourceEndpointArn", ""),
            "TargetEndpointArn": like.get("TargetEndpointArn", ""),
            "ReplicationInstanceArn": like.get("ReplicationInstanceArn", ""),
            "MigrationType": like.get("MigrationType", "cdc"),
            "TableMappings": like.get("TableMappings", ""),
            "ReplicationTaskSettings": json.dumps(without_dmss_own(read_settings(like))),
            **arguments,
        }
    )["ReplicationTask"]
    arn = made.get("ReplicationTaskArn", "")
    wait(deployed, arn, "replication_task_ready")
    return arn


def without_dmss_own(settings: dict[str, Any]) -> dict[str, Any]:
    """A task's settings without those that DMS adds, and refuses to be told."""
    for chosen_by_dms in ("CloudWatchLogGroup", "CloudWatchLogStream"):
        settings["Logging"].pop(chosen_by_dms, None)
    return settings


def wait(deployed: Deployed, arn: str, waiter: str) -> None:
    deployed.account.dms.get_waiter(waiter).wait(  # type: ignore[call-overload]  # one of the waiters
        Filters=[{"Name": "replication-task-arn", "Values": [arn]}], WaiterConfig={"Delay": 1}
    )


def delete(deployed: Deployed, arn: str) -> None:
    deployed.account.dms.delete_replication_task(ReplicationTaskArn=arn)
    wait(deployed, arn, "replication_task_deleted")


@contextmanager
def replaced(deployed: Deployed, **arguments: object) -> Iterator[str]:
    """Another task in the place of the first, and back: its ARN."""
    task, dms = deployed.tasks[TASK], deployed.account.dms
    arn = task.get("ReplicationTaskArn", "")
    tags = dms.list_tags_for_resource(ResourceArn=arn)["TagList"]
    delete(deployed, arn)
    other = make(deployed, task, **arguments)
    yield other
    delete(deployed, other)
    make(deployed, task, ResourceIdentifier=arn.rpartition(":")[2], Tags=tags)


@contextmanager
def started(deployed: Deployed) -> Iterator[str]:
    """The first task runs. One that has run is never ready again: another takes its place."""
    identifier = deployed.names.task_resource_identifier(TASK)
    with replaced(deployed, ResourceIdentifier=identifier) as arn:
        deployed.account.dms.start_replication_task(
            ReplicationTaskArn=arn, StartReplicationTaskType="start-replication"
        )
        wait(deployed, arn, "replication_task_running")
        yield arn
        stop(deployed, arn)


def stop(deployed: Deployed, arn: str) -> None:
    found = deployed.account.dms.describe_replication_tasks(
        Filters=[{"Name": "replication-task-arn", "Values": [arn]}]
    )["ReplicationTasks"]
    if found[0].get("Status") == "running":
        deployed.account.dms.stop_replication_task(ReplicationTaskArn=arn)
        wait(deployed, arn, "replication_task_stopped")


@contextmanager
def stopped(deployed: Deployed) -> Iterator[None]:
    with started(deployed) as arn:
        stop(deployed, arn)
        yield


@contextmanager
def unasked(deployed: Deployed) -> Iterator[None]:
    arn = make(deployed, deployed.tasks[TASK], ReplicationTaskIdentifier="unasked")
    yield
    delete(deployed, arn)


@contextmanager
def of_another_type(deployed: Deployed) -> Iterator[None]:
    identifier = deployed.names.task_resource_identifier(TASK)
    with replaced(deployed, ResourceIdentifier=identifier, MigrationType="full-load"):
        yield


@contextmanager
def named_by_dms(deployed: Deployed) -> Iterator[None]:
    with (
        replaced(deployed) as arn,
        output_says("dms_task_arns", lambda _: {TASK: arn})(deployed),
    ):
        yield


def modified(name: str, change: Callable[[dict[str, Any]], object]) -> Plant:
    """Change a JSON document of the first task."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        task = dict(deployed.tasks[TASK])
        arn, right = str(task["ReplicationTaskArn"]), document(str(task[name]))
        wrong = json.loads(json.dumps(right))
        change(wrong)
        modify: Callable[..., object] = deployed.account.dms.modify_replication_task
        for content in (wrong, right):
            if name == "ReplicationTaskSettings":
                without_dmss_own(content)
            modify(ReplicationTaskArn=arn, **{name: json.dumps(content)})
            wait(deployed, arn, "replication_task_ready")
            if content is wrong:
                yield

    return plant


def settings(section: str, **wrong: object) -> Plant:
    """Change a section of the first task's settings."""
    return modified("ReplicationTaskSettings", lambda found: found[section].update(wrong))


DEFECTS = (
    Defect(
        "every-task-is-there",
        "The replication instance's tasks: found [\"arn:aws:dms:eu-central-1:111122223333:task:",
        unasked,
    ),
    Defect(
        "task-types-and-ends",
        'The task all, its type: found "full-load", should be "full-load-and-cdc".',
        of_another_type,
    ),
    Defect("tasks-carry-on", "The task all is stopped (NORMAL).", stopped, level=Level.WARNING),
    Defect(
        "task-resource-identifiers",
        "The task all: its ARN ends in ",
        named_by_dms,
    ),
    Defect(
        "table-mappings",
        "The task all, its selections: found [{",
        modified(
            "TableMappings",
            lambda found: found["rules"][0]["object-locator"].update({"table-name": "orders"}),
        ),
    ),
    Defect(
        "full-load-settings",
        "The task all, its settings, FullLoadSettings, TargetTablePrepMode: found "
        '"DROP_AND_CREATE", should be ',
        settings("FullLoadSettings", TargetTablePrepMode="DROP_AND_CREATE"),
    ),
    Defect(
        "lob-settings",
        "The task all, its LOB settings, LobMaxSize: found 1, should be ",
        settings("TargetMetadata", LobMaxSize=1),
    ),
    Defect(
        "validation-settings",
        "The task all, its validation, EnableValidation: found false, should be true.",
        settings("ValidationSettings", EnableValidation=False),
    ),
    Defect(
        "task-logging",
        "The task all, its log: found false, should be true.",
        settings("Logging", EnableLogging=False),
    ),
)
