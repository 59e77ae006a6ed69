"""The replication tasks: what they carry, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment.expect import document, equal, includes, same_items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dms.type_defs import ReplicationTaskTypeDef

    from settings.dms import Task
    from settings.table_mappings import Table, Transformation
    from ferry.check.deployment.deployed import Deployed

_LONGEST_RESOURCE_IDENTIFIER = 31


def find_tasks(deployed: Deployed) -> Mapping[str, ReplicationTaskTypeDef]:
    """The tasks of the replication instance, by the names that the environment gives them."""
    arns = deployed.outputs[outputs.DMS_TASK_ARNS]
    instance_arn = deployed.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]
    pages = deployed.dms.get_paginator("describe_replication_tasks").paginate(
        Filters=[{"Name": "replication-instance-arn", "Values": [instance_arn]}]
    )
    found = {
        task.get("ReplicationTaskArn"): task
        for page in pages
        for task in page.get("ReplicationTasks", [])
    }
    same_items("the replication instance's tasks", found, arns.values())
    return {name: found[arn] for name, arn in arns.items()}


def wanted_tasks(deployed: Deployed) -> Mapping[str, Task]:
    """The tasks in the environment's file."""
    return {task.name: task for task in deployed.environment.dms.tasks}


def check_every_task_is_there(deployed: Deployed) -> None:
    same_items("tasks", find_tasks(deployed), wanted_tasks(deployed))
    first = next(iter(wanted_tasks(deployed)))
    arn = deployed.outputs[outputs.DMS_TASK_ARNS][first]
    equal("the output of the first task", deployed.outputs[outputs.DMS_TASK_ARN], arn)


def check_task_types_and_ends(deployed: Deployed) -> None:
    for name, task in find_tasks(deployed).items():
        wanted = wanted_tasks(deployed)[name].migration_type
        equal(f"{name}'s type", task.get("MigrationType"), wanted)
        source = deployed.outputs[outputs.DMS_SOURCE_ENDPOINT_ARN]
        equal(f"{name}'s source", task.get("SourceEndpointArn"), source)
        target = deployed.outputs[outputs.DMS_TARGET_ENDPOINT_ARN]
        equal(f"{name}'s target", task.get("TargetEndpointArn"), target)


def check_tasks_are_ready_and_not_started(deployed: Deployed) -> None:
    for name, task in find_tasks(deployed).items():
        status = task.get("Status")
        equal(f"{name}'s status before somebody starts it", status, "ready")
        started = task.get("ReplicationTaskStartDate")
        assert started is None, f"{name} was started at {started}; nobody should have yet"


def check_task_resource_identifiers(deployed: Deployed) -> None:
    for name, task in find_tasks(deployed).items():
        identifier = task.get("ReplicationTaskArn", "").rpartition(":")[2]
        assert len(identifier) <= _LONGEST_RESOURCE_IDENTIFIER, f"{identifier} is too long for DMS"
        # An identifier that DMS chose is 26 random capitals and digits.
        beginning = task.get("ReplicationTaskIdentifier", "")[:10]
        assert identifier.startswith(beginning), (
            f"{name}'s ARN ends in {identifier}, which DMS chose; alarms cannot know it beforehand"
        )


def check_table_mappings(deployed: Deployed) -> None:
    for name, task in find_tasks(deployed).items():
        wanted = wanted_tasks(deployed)[name]
        rules = document(task.get("TableMappings", "{}"))["rules"]
        by_type = {
            kind: [_without_names(rule) for rule in rules if rule["rule-type"] == kind]
            for kind in ("selection", "transformation", "table-settings")
        }
        equal(f"{name}'s selections", by_type["selection"], [*map(_selection, wanted.tables)])
        equal(
            f"{name}'s transformations",
            by_type["transformation"],
            [*map(_transformation, wanted.transformations)],
        )
        same_items(
            f"tables of {name} with settings of their own",
            [rule["object-locator"]["table-name"] for rule in by_type["table-settings"]],
            [table.table for table in wanted.tables if table.parallel_load or table.lob],
        )
        equal(f"the number of {name}'s rules", len(rules), sum(map(len, by_type.values())))


def _without_names(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key not in {"rule-id", "rule-name"}}


def _selection(table: Table) -> dict[str, Any]:
    order = {} if table.load_order is None else {"load-order": str(table.load_order)}
    return {
        "rule-type": "selection",
        "rule-action": table.action,
        "object-locator": {"schema-name": table.schema_name, "table-name": table.table},
        **order,
    }


def _transformation(rule: Transformation) -> dict[str, Any]:
    locator = {"schema-name": rule.schema_name}
    if rule.target != "schema":
        locator["table-name"] = rule.table
    if rule.column is not None:
        locator["column-name"] = rule.column
    value = {} if rule.value is None else {"value": rule.value}
    return {
        "rule-type": "transformation",
        "rule-target": rule.target,
        "rule-action": rule.action,
        "object-locator": locator,
        **value,
    }


def read_settings(task: ReplicationTaskTypeDef) -> dict[str, Any]:
    """A task's settings."""
    return document(task.get("ReplicationTaskSettings", "{}"))


def check_full_load_settings(deployed: Deployed) -> None:
    for name, task in find_tasks(deployed).items():
        wanted = wanted_tasks(deployed)[name]
        includes(
            f"{name}'s settings",
            read_settings(task),
            {
                "FullLoadSettings": {
                    "TargetTablePrepMode": wanted.target_table_preparation_mode,
                    "MaxFullLoadSubTasks": wanted.full_load_sub_tasks,
                    "CommitRate": wanted.commit_rate,
                    "StopTaskCachedChangesApplied": (
                        wanted.after_full_load == "stop-after-cached-changes"
                    ),
                    "StopTaskCachedChangesNotApplied": (
                        wanted.after_full_load == "stop-before-cached-changes"
                    ),
                },
                "ControlTablesSettings": {"ControlSchema": wanted.control_schema},
            },
        )


def check_lob_settings(deployed: Deployed) -> None:
    for name, task in find_tasks(deployed).items():
        wanted = wanted_tasks(deployed)[name]
        limited, size_kb = wanted.lob_mode == "limited", wanted.lob_max_size_kb
        includes(
            f"{name}'s LOB settings",
            read_settings(task)["TargetMetadata"],
            {
                "SupportLobs": True,
                "LimitedSizeLobMode": limited,
                "FullLobMode": not limited,
                "LobMaxSize": size_kb if limited else 0,
                "InlineLobMaxSize": size_kb if wanted.lob_mode == "inline" else 0,
                "BatchApplyEnabled": wanted.batch_apply,
            },
        )


def check_validation_settings(deployed: Deployed) -> None:
    for name, task in find_tasks(deployed).items():
        wanted = wanted_tasks(deployed)[name].validation
        includes(
            f"{name}'s validation",
            read_settings(task)["ValidationSettings"],
            {
                "EnableValidation": wanted.enabled,
                "ThreadCount": wanted.thread_count,
                "FailureMaxCount": wanted.failure_max_count,
                "TableFailureMaxCount": wanted.table_failure_max_count,
                "SkipLobColumns": wanted.skip_lob_columns,
            },
        )


def check_task_logging(deployed: Deployed) -> None:
    for name, task in find_tasks(deployed).items():
        logging = read_settings(task)["Logging"]
        equal(f"{name}'s logging", logging["EnableLogging"], wanted=True)
        found = {component["Id"]: component["Severity"] for component in logging["LogComponents"]}
        wanted = dict.fromkeys(found, "LOGGER_SEVERITY_DEFAULT")
        severities = wanted | dict(wanted_tasks(deployed)[name].log_severities)
        equal(f"the severities of {name}'s log", found, severities)
