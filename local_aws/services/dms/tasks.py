"""DMS replication tasks: their states, and what may be done in which."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from local_aws.answers import Answer, AwsError, ResponseMixin
from local_aws.services.dms.endpoints import OUTDATED
from local_aws.services.dms.movement import MOVEMENT, Movement
from local_aws.services.dms.reach import reached
from local_aws.services.dms.shelf import (
    Resource,
    already_exists,
    invalid_state,
    invalid_value,
    page,
)
from local_aws.services.dms.statistics import matches, reload_state, table_statistics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_aws.services.dms.backend import LocalDmsBackend

_TAKEN_AS_GIVEN = (
    "MigrationType",
    "TableMappings",
    "CdcStartPosition",
    "CdcStopPosition",
    "TaskData",
)
_STOP_POSITION = re.compile(r"(server|commit)_time:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_BUSY = ("starting", "running", "stopping", "modifying", "creating")
# What ends a full load, by the setting that asks for it.
# https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTask.html
_STOPS = {
    "StopTaskCachedChangesNotApplied": "Stop Reason STOPPED_AFTER_FULL_LOAD",
    "StopTaskCachedChangesApplied": "Stop Reason STOPPED_AFTER_CACHED_EVENTS",
}


class Tasks(ResponseMixin):
    """The calls about replication tasks and their tables."""

    dms_backend: LocalDmsBackend

    def create_replication_task(self) -> Answer:
        """CreateReplicationTask."""
        parameters = self.parameters()
        backend = self.dms_backend
        backend.endpoint_shelf.get(parameters["SourceEndpointArn"])
        backend.endpoint_shelf.get(parameters["TargetEndpointArn"])
        instance = backend.instances.get(parameters["ReplicationInstanceArn"])
        if instance.data["ReplicationInstanceStatus"] == "creating":
            raise invalid_state(f"Replication instance {instance.arn} is not available.")
        task = Resource(
            arn=backend.arn_with_resource_id("task", parameters.get("ResourceIdentifier")),
            data={
                "ReplicationTaskIdentifier": parameters["ReplicationTaskIdentifier"].lower(),
                "SourceEndpointArn": parameters["SourceEndpointArn"],
                "TargetEndpointArn": parameters["TargetEndpointArn"],
                "ReplicationInstanceArn": instance.arn,
                "ReplicationTaskCreationDate": datetime.now(UTC),
                "Status": "creating",
                "ReplicationTaskStats": {},
            },
            upcoming=["ready"],
        )
        task.data["ReplicationTaskArn"] = task.arn
        _apply(self.dms_backend, task, {"ReplicationTaskSettings": "{}", **parameters})
        backend.tasks.add(task)
        backend.tag(task.arn, parameters.get("Tags"))
        return Answer({"ReplicationTask": task.data})

    def describe_replication_tasks(self) -> Answer:
        """DescribeReplicationTasks."""
        parameters = self.parameters()
        tasks, marker = self.dms_backend.tasks.describe(parameters)
        if parameters.get("WithoutSettings"):
            left_out = ("ReplicationTaskSettings", "TableMappings")
            tasks = [{k: v for k, v in task.items() if k not in left_out} for task in tasks]
        return Answer({"ReplicationTasks": tasks, "Marker": marker})

    def modify_replication_task(self) -> Answer:
        """ModifyReplicationTask; refused while the task runs."""
        parameters = self.parameters()
        tasks = self.dms_backend.tasks
        task = tasks.get(parameters["ReplicationTaskArn"])
        status = task.data["Status"]
        if status in _BUSY:
            raise invalid_state(
                f"Replication Task, excluding logging severity task settings, cannot be modified "
                f"while it is {status} state"
            )
        if name := parameters.get("ReplicationTaskIdentifier"):
            other = tasks.by_name(name.lower())
            if other not in (None, task):
                raise already_exists(f"Replication task {name}")
            task.data["ReplicationTaskIdentifier"] = name.lower()
        _apply(self.dms_backend, task, parameters)
        task.data["Status"] = "modifying"
        task.upcoming = [status]
        return Answer({"ReplicationTask": task.data})

    def start_replication_task(self) -> Answer:
        """StartReplicationTask, with the start types that DMS takes in each state.

        Where the task's databases are on this machine, their connections have to be tested; elsewhere
        there is nothing that a test could find.
        """
        parameters = self.parameters()
        task = self.dms_backend.tasks.get(parameters["ReplicationTaskArn"])
        status, start_type = task.data["Status"], parameters["StartReplicationTaskType"]
        if status in _BUSY:
            raise invalid_state(f"Replication Task cannot be started, while it is {status} state")
        started = "ReplicationTaskStartDate" in task.data
        # A task of changes alone has nothing to load: it may start anew as often as one likes.
        if start_type == "start-replication" and started and task.data["MigrationType"] != "cdc":
            raise AwsError(
                "InvalidParameterCombinationException",
                "Start Type : START_REPLICATION, valid only for tasks running for the first time",
            )
        if start_type != "start-replication" and not started:
            name = start_type.replace("-", "_").upper()
            raise AwsError(
                "InvalidParameterCombinationException",
                f"Start Type : {name}, not valid for tasks running for the first time",
            )
        _require_positions(parameters)
        if self._job(task) and not self._is_tested(task):
            raise invalid_state(
                "Test connection for replication instance and endpoint should be successful for "
                "starting the replication task"
            )
        for key in ("CdcStartPosition", "CdcStopPosition"):
            if key in parameters:
                task.data[key] = parameters[key]
        _start(task)
        if job := self._job(task):
            movement = task.hidden.setdefault(
                MOVEMENT, Movement(backend=self.dms_backend, task=task)
            )
            task.upcoming = []
            task.data["ReplicationTaskStats"] |= {"FullLoadProgressPercent": 0, "TablesLoaded": 0}
            task.data.pop("StopReason", None)
            movement.start(job, fresh=start_type != "resume-processing")
        return Answer({"ReplicationTask": task.data})

    def _is_tested(self, task: Resource) -> bool:
        """Whether the last test of each of its connections was a success."""
        instance = task.data["ReplicationInstanceArn"]
        tests = [
            self.dms_backend.connection_tests.find(f"{instance} {task.data[end]}")
            for end in ("SourceEndpointArn", "TargetEndpointArn")
        ]
        return all(
            test and test.data["Status"] == "successful" and OUTDATED not in test.hidden
            for test in tests
        )

    def _job(self, task: Resource) -> dict[str, Any] | None:
        """What a worker is told of a task; None where its databases are nowhere to be reached."""
        backend = self.dms_backend
        source = reached(backend, backend.endpoint_shelf.get(task.data["SourceEndpointArn"]))
        target = reached(backend, backend.endpoint_shelf.get(task.data["TargetEndpointArn"]))
        if source is None or target is None:
            return None
        instance = backend.instances.get(task.data["ReplicationInstanceArn"])
        settings = backend.endpoint_shelf.get(task.data["SourceEndpointArn"]).data.get(
            "PostgreSQLSettings", {}
        )
        return {
            "task": task.arn.rpartition(":")[2],
            "server": instance.data["ReplicationInstanceIdentifier"],
            "migration_type": task.data["MigrationType"],
            "mappings": json.loads(task.data["TableMappings"]),
            "settings": json.loads(task.data["ReplicationTaskSettings"]),
            "source": source,
            "target": target,
            "position": task.data.get("CdcStartPosition"),
            "slot": settings.get("SlotName"),
            "engine_version": instance.data["EngineVersion"],
            "origin": task.arn,
            "stop_position": task.data.get("CdcStopPosition"),
        }

    def stop_replication_task(self) -> Answer:
        """StopReplicationTask."""
        task = self.dms_backend.tasks.get(self.parameters()["ReplicationTaskArn"])
        if task.data["Status"] not in ("starting", "running"):
            raise invalid_state(
                f"Replication Task cannot be stopped, while it is {task.data['Status']} state"
            )
        task.data |= {"Status": "stopping", "StopReason": "Stop Reason NORMAL"}
        task.data["ReplicationTaskStats"]["StopDate"] = datetime.now(UTC)
        if movement := task.hidden.get(MOVEMENT):
            movement.stop()
        else:
            task.upcoming = ["stopped"]
        return Answer({"ReplicationTask": task.data})

    def delete_replication_task(self) -> Answer:
        """DeleteReplicationTask; refused while the task runs."""
        task = self.dms_backend.tasks.get(self.parameters()["ReplicationTaskArn"])
        if task.data["Status"] in ("starting", "running", "stopping"):
            raise invalid_state(
                f"Replication Task cannot be deleted, while it is {task.data['Status']} state"
            )
        if movement := task.hidden.get(MOVEMENT):
            movement.forget()
        return Answer({"ReplicationTask": self.dms_backend.tasks.delete(task)})

    def describe_table_statistics(self) -> Answer:
        """DescribeTableStatistics; empty until the task was started."""
        parameters = self.parameters()
        task = self.dms_backend.tasks.get(parameters["ReplicationTaskArn"])
        found, marker = page(
            [row for row in table_statistics(task) if matches(row, parameters)], parameters
        )
        return Answer({"ReplicationTaskArn": task.arn, "TableStatistics": found, "Marker": marker})

    def reload_tables(self) -> Answer:
        """ReloadTables; only of a task that runs."""
        parameters = self.parameters()
        task = self.dms_backend.tasks.get(parameters["ReplicationTaskArn"])
        if task.data["Status"] != "running":
            raise invalid_state(
                f"Tables can be reloaded while the task is running, not {task.data['Status']}"
            )
        reload_state(task, parameters)
        if movement := task.hidden.get(MOVEMENT):
            movement.reload(
                [(each["SchemaName"], each["TableName"]) for each in parameters["TablesToReload"]]
            )
        return Answer({"ReplicationTaskArn": task.arn})


def _apply(backend: LocalDmsBackend, task: Resource, parameters: Mapping[str, Any]) -> None:
    _require_mappings(parameters)
    _require_positions(parameters)
    task.data |= {key: parameters[key] for key in _TAKEN_AS_GIVEN if key in parameters}
    if settings := parameters.get("ReplicationTaskSettings"):
        instance = backend.instances.get(task.data["ReplicationInstanceArn"])
        task.data["ReplicationTaskSettings"] = _with_log_names(
            settings,
            instance=instance.data["ReplicationInstanceIdentifier"],
            resource_id=task.arn.rpartition(":")[2],
        )


def _start(task: Resource) -> None:
    now = datetime.now(UTC)
    task.data |= {"Status": "starting", "ReplicationTaskStartDate": now}
    task.data.pop("StopReason", None)
    task.upcoming = ["running"]
    reason = _end_of_full_load(task.data)
    if reason:
        task.data["StopReason"] = reason
        task.upcoming.append("stopped")
    task.data["ReplicationTaskStats"] = {
        "FullLoadProgressPercent": 100,
        "ElapsedTimeMillis": 1000,
        "TablesLoaded": len(table_statistics(task)),
        "TablesLoading": 0,
        "TablesQueued": 0,
        "TablesErrored": 0,
        "FreshStartDate": now,
        "StartDate": now,
        "FullLoadStartDate": now,
        "FullLoadFinishDate": now,
    }


def _end_of_full_load(task: Mapping[str, Any]) -> str | None:
    if task["MigrationType"] == "cdc":
        return None
    if task["MigrationType"] == "full-load":
        return "Stop Reason FULL_LOAD_ONLY_FINISHED"
    full_load = json.loads(task["ReplicationTaskSettings"]).get("FullLoadSettings", {})
    return next((reason for key, reason in _STOPS.items() if full_load.get(key)), None)


def _require_mappings(parameters: Mapping[str, Any]) -> None:
    if "TableMappings" not in parameters:
        return
    rules = _json(parameters["TableMappings"], "table mappings").get("rules")
    if not isinstance(rules, list) or not any(r.get("rule-type") == "selection" for r in rules):
        raise invalid_value("Invalid table mappings: give at least one selection rule")


def _require_positions(parameters: Mapping[str, Any]) -> None:
    """See that changes begin and end where they can.

    PostgreSQL knows no position of a time. No source tells whether DMS refuses one in the call, as
    here, or fails the task.
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Task.CDC.html
    """
    if "CdcStartTime" in parameters:
        if "CdcStartPosition" in parameters:
            raise AwsError(
                "InvalidParameterCombinationException",
                "Give CdcStartTime or CdcStartPosition, not both",
            )
        raise invalid_value(
            "CdcStartTime: a PostgreSQL source has no position of a time; give CdcStartPosition, "
            "a log sequence number or a checkpoint"
        )
    stop = parameters.get("CdcStopPosition")
    if stop is not None and not _STOP_POSITION.fullmatch(stop):
        raise invalid_value(
            f"CdcStopPosition {stop}: give server_time: or commit_time: and a time of UTC, such as "
            "server_time:2026-02-09T12:12:12"
        )


def _with_log_names(settings: str, *, instance: str, resource_id: str) -> str:
    """The settings as DMS reads them back: with the log group and stream that it chose."""
    document = _json(settings, "task settings")
    logging = document.get("Logging")
    if isinstance(logging, dict) and logging.get("EnableLogging"):
        logging |= {
            "CloudWatchLogGroup": f"dms-tasks-{instance}",
            "CloudWatchLogStream": f"dms-task-{resource_id}",
        }
    return json.dumps(document)


def _json(text: str, what: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise invalid_value(f"Invalid {what}: {error}") from error
    if not isinstance(document, dict):
        raise invalid_value(f"Invalid {what}: give a JSON object")
    return document
