"""The replication tasks: what they carry, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts import outputs
from facts.dms import STOPS
from facts.ferry_schema import SCHEMA, fence, left_out
from facts.names import BACK
from ferry.check.deployment import statuses
from ferry.check.deployment.expect import document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_dms.type_defs import ReplicationTaskTypeDef

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect
    from settings.dms import Task
    from settings.table_mappings import Filter, Table, Transformation

_ENDED: Final = frozenset({"stopped", "failed", "failed-move"})
_DONE: Final = frozenset(
    {
        "FULL_LOAD_ONLY_FINISHED",
        "STOPPED_AFTER_CACHED_EVENTS",
        "STOPPED_AFTER_FULL_LOAD",
        "STOPPED_AT_COMMIT_TIME",
        "STOPPED_AT_SERVER_TIME",
    }
)
"""Reasons why a task stopped where it did what it was asked for."""

_PART: Final = "It may have carried only a part of the tables."
_SLOT: Final = (
    "While it is stopped, its replication slot holds back write-ahead logs at the source, until the "
    "disk there is full."
)


def _pairs(deployed: Deployed) -> Iterator[tuple[Task, ReplicationTaskTypeDef]]:
    """Each task of the file, and of its ways back, beside DMS's; one that is missing is another check's."""
    for wanted in (*deployed.migration.dms.tasks, *(it.task for it in deployed.migration.legs)):
        if wanted.name in deployed.tasks:
            yield wanted, deployed.tasks[wanted.name]


def check_every_task_is_there(deployed: Deployed, expect: Expect) -> None:
    """The replication instance has the file's tasks, and no others."""
    names = [task.name for task in deployed.migration.dms.tasks]
    legs = [leg.task.name for leg in deployed.migration.legs]
    expect.same_items("The replication instance's tasks", deployed.tasks, [*names, *legs])
    first, arns = names[0], deployed.outputs[outputs.DMS_TASK_ARNS]
    found = deployed.outputs[outputs.DMS_TASK_ARN]
    expect.equal(f"The output {outputs.DMS_TASK_ARN}", found, arns.get(first))


def check_task_types_and_ends(deployed: Deployed, expect: Expect) -> None:
    """Every task is of the file's type, leads from its database's source to its target, begins there."""
    databases = {task.name: database for task, database in deployed.migration.tasks}
    for wanted, task in _pairs(deployed):
        what = f"The task {wanted.name}"
        expect.equal(f"{what}, its type", task.get("MigrationType"), wanted.migration_type)
        if wanted.name not in databases:
            continue  # a leg's
        database = databases[wanted.name]
        source = deployed.endpoint_arn("source", database)
        target = deployed.endpoint_arn("target", database)
        expect.equal(f"{what}, its source", task.get("SourceEndpointArn"), source)
        expect.equal(f"{what}, its target", task.get("TargetEndpointArn"), target)
        _begins(expect, what, task.get("CdcStartPosition"), wanted, status=task.get("Status"))
    _ends_of_legs(deployed, expect)


def _ends_of_legs(deployed: Deployed, expect: Expect) -> None:
    """Every task of a way back leads from and to where it should, by a slot of its own."""
    names = deployed.names
    for leg in deployed.migration.legs:
        found = deployed.leg_endpoints
        what, task = f"The task {leg.task.name}", deployed.tasks.get(leg.task.name, {})
        source = found.get(names.leg_endpoint(leg.leg, "source", leg.of.name), {})
        back = found.get(names.leg_endpoint(leg.leg, "target", leg.of.name), {}).get("EndpointArn")
        target = back if leg.leg == BACK else deployed.endpoint_arn("target", leg.database)
        settings = source.get("PostgreSQLSettings", {})
        secret, database = (
            (outputs.SECRET_ARN, leg.database.aurora)
            if leg.leg == BACK
            else (outputs.SOURCE_SECRET_ARN, leg.database.source)
        )
        expect.equal(
            f"{what}, its source", task.get("SourceEndpointArn"), source.get("EndpointArn")
        )
        expect.equal(f"{what}, its target", task.get("TargetEndpointArn"), target)
        slot = names.slot(leg.leg, leg.of.name)
        expect.equal(f"{what}, its slot", settings.get("SlotName"), slot)
        expect.equal(f"{what}, its database", settings.get("DatabaseName"), database)
        of_source = settings.get("SecretsManagerSecretId")
        expect.equal(f"{what}, its source's secret", of_source, deployed.outputs[secret])


def _begins(
    expect: Expect, what: str, found: str | None, wanted: Task, *, status: str | None
) -> None:
    """Whether a task begins to read where the file says; one that has run may have begun elsewhere."""
    if wanted.cdc_start_position is not None:
        expect.equal(f"{what}, its first position", found, wanted.cdc_start_position)
    elif found is not None and status == "ready":
        expect.differs(
            f"{what} will begin at {found}, of which the file says nothing.",
            why="Terraform takes no position away that it once gave.",
            remedy="Give the task another name, which makes it anew, or write the position.",
        )


def check_tasks_carry_on(deployed: Deployed, expect: Expect) -> None:
    """Every task runs, waits for its start, or is done with what it was asked for.

    A task that stopped or failed is no fault of what is deployed: it is a warning, with what to
    look at. Sources: the statuses' page, and for errors of single tables
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
    """
    for wanted, task in _pairs(deployed):
        what, status = f"The task {wanted.name}", task.get("Status")
        if status in _ENDED:
            _ended(deployed, expect, what, task)
        else:
            expect.status(what, status, statuses.TASK)
        errors = task.get("ReplicationTaskStats", {}).get("TablesErrored", 0)
        if errors:
            expect.look(
                f"{what}: tables in error: {errors}.",
                why="DMS goes on without them.",
                remedy=f"See which, and why: aws dms describe-table-statistics "
                f"--replication-task-arn {task.get('ReplicationTaskArn')} "
                f'--filters Name=table-state,Values="Table error"; then reload them.',
            )


def _ended(deployed: Deployed, expect: Expect, what: str, task: ReplicationTaskTypeDef) -> None:
    reason = task.get("StopReason", "").removeprefix("Stop Reason ")
    failure = task.get("LastFailureMessage", "").strip()
    look = f"See its log: aws logs tail {deployed.names.task_log_group}"
    if task.get("Status") != "stopped":
        happened = "could not be moved" if task.get("Status") == "failed-move" else "has failed"
        expect.look(
            f"{what} {happened}: {failure or reason or 'DMS says no more'}.",
            why="What is deployed is right, but this task carries nothing.",
            remedy=f"{look}; then mend the cause, and start or resume it.",
        )
    elif reason not in _DONE:
        expect.look(
            f"{what} is stopped ({reason or 'without a reason'}{f': {failure}' if failure else ''}).",
            why=_PART if task.get("MigrationType") == "full-load" else _SLOT,
            remedy=f"Resume it, unless somebody stopped it on purpose. {look}.",
        )


def check_task_resource_identifiers(deployed: Deployed, expect: Expect) -> None:
    """Every task's ARN ends as was known beforehand, so that its alarms look at it."""
    for wanted, task in _pairs(deployed):
        identifier = task.get("ReplicationTaskArn", "").rpartition(":")[2]
        known = deployed.names.task_resource_identifier(wanted.name)
        if identifier != known:
            expect.differs(
                f"The task {wanted.name}: its ARN ends in {identifier}, should end in {known}.",
                why="CloudWatch knows a task by this, and its alarms see no data.",
            )


def check_table_mappings(deployed: Deployed, expect: Expect) -> None:
    """Every task carries the file's tables, transformed as the file says, and its own marker."""
    for wanted, task in _pairs(deployed):
        what = f"The task {wanted.name}"
        rules = document(task.get("TableMappings", "{}"))["rules"]
        by_type = {
            kind: [_without_names(rule) for rule in rules if rule["rule-type"] == kind]
            for kind in ("selection", "transformation", "table-settings")
        }
        selections, transformations = by_type["selection"], by_type["transformation"]
        wanted_selections = [*_ferrys(wanted, deployed), *map(_selection, wanted.tables)]
        expect.equal(f"{what}, its selections", selections, wanted_selections)
        expect.equal(
            f"{what}, its transformations",
            transformations,
            [*map(_transformation, wanted.transformations)],
        )
        expect.same_items(
            f"{what}, its tables with settings of their own",
            [rule["object-locator"]["table-name"] for rule in by_type["table-settings"]],
            [it.name or it.table for it in wanted.tables if it.parallel_load or it.lob],
        )
        known = sum(map(len, by_type.values()))
        expect.equal(f"{what}, the number of its rules", len(rules), known)


def _without_names(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key not in {"rule-id", "rule-name"}}


def _ferrys(task: Task, deployed: Deployed) -> Iterator[dict[str, Any]]:
    """The task's marker, and what else of ferry's its patterns match."""
    included = [it.patterns for it in task.tables if it.action == "include"]
    migration = deployed.migration
    carries = {it.name: (fence(it.name), of) for it, of in migration.tasks}
    carries |= {leg.task.name: (leg.marker, leg.database) for leg in migration.legs}
    marker, database = carries[task.name]
    yield _selects("explicit", SCHEMA, marker)
    for name in left_out(included, beside=migration.beside(marker, database)):
        yield _selects("exclude", SCHEMA, name)


def _selection(table: Table) -> dict[str, Any]:
    order = {} if table.load_order is None else {"load-order": str(table.load_order)}
    return {
        **_selects(
            table.action if table.name is None else "explicit",
            table.schema_name,
            table.name or table.table,
        ),
        **order,
        **({"filters": [*map(_filter, table.filters)]} if table.filters else {}),
    }


def _selects(action: str, schema: str, name: str) -> dict[str, Any]:
    return {
        "rule-type": "selection",
        "rule-action": action,
        "object-locator": {"schema-name": schema, "table-name": name},
    }


def _filter(rows: Filter) -> dict[str, Any]:
    names = {
        "filter-operator": "operator",
        "value": "value",
        "start-value": "start_value",
        "end-value": "end_value",
    }
    return {
        "filter-type": "source",
        "column-name": rows.column,
        "filter-conditions": [_as_dms_has_it(condition, names) for condition in rows.conditions],
    }


def _as_dms_has_it(given: object, names: Mapping[str, str]) -> dict[str, Any]:
    """What is set, by DMS's names of it."""
    values = {name: getattr(given, setting) for name, setting in names.items()}
    return {name: value for name, value in values.items() if value is not None}


def _transformation(rule: Transformation) -> dict[str, Any]:
    locator = {"schema-name": rule.schema_name}
    if rule.target != "schema":
        locator["table-name"] = rule.table
    if rule.column is not None:
        locator["column-name"] = rule.column
    names = {"value": "value", "old-value": "old_value", "expression": "expression"}
    made: dict[str, Any] = {}
    if rule.data_type is not None:
        parts = dict.fromkeys(("type", "length", "precision", "scale"))
        made["data-type"] = _as_dms_has_it(rule.data_type, {name: name for name in parts})
    if rule.primary_key is not None:
        key = rule.primary_key
        made["primary-key-def"] = {
            "name": key.name,
            "origin": key.origin,
            "columns": list(key.columns),
        }
    if rule.before_image is not None:
        image = rule.before_image
        made["before-image-def"] = {
            "column-filter": image.column_filter,
            "column-prefix": image.column_prefix or "",
            "column-suffix": image.column_suffix or "",
        }
    return {
        "rule-type": "transformation",
        "rule-target": rule.target,
        "rule-action": rule.action,
        "object-locator": locator,
        **_as_dms_has_it(rule, names),
        **made,
    }


def read_settings(task: ReplicationTaskTypeDef) -> dict[str, Any]:
    """A task's settings."""
    return document(task.get("ReplicationTaskSettings", "{}"))


def check_full_load_settings(deployed: Deployed, expect: Expect) -> None:
    """Every task loads as the file says, keeps its own tables in its schema, and has its extras."""
    for wanted, task in _pairs(deployed):
        extra = document(wanted.extra_settings or "{}")
        expect.includes(f"The task {wanted.name}, its extra settings", read_settings(task), extra)
        expect.includes(
            f"The task {wanted.name}, its settings",
            read_settings(task),
            {
                "FullLoadSettings": {
                    "TargetTablePrepMode": wanted.target_table_preparation_mode,
                    "MaxFullLoadSubTasks": wanted.full_load_sub_tasks,
                    "CommitRate": wanted.commit_rate,
                    **{name: wanted.after_full_load == end for name, end in STOPS.items()},
                },
                "ControlTablesSettings": {"ControlSchema": wanted.control_schema},
            },
        )


def check_lob_settings(deployed: Deployed, expect: Expect) -> None:
    """Every task carries large objects, and applies changes, as the file says."""
    for wanted, task in _pairs(deployed):
        limited, size_kb = wanted.lob_mode == "limited", wanted.lob_max_size_kb
        expect.includes(
            f"The task {wanted.name}, its LOB settings",
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


def check_validation_settings(deployed: Deployed, expect: Expect) -> None:
    """Every task compares what it carried as the file says."""
    for wanted, task in _pairs(deployed):
        validation = wanted.validation
        expect.includes(
            f"The task {wanted.name}, its validation",
            read_settings(task)["ValidationSettings"],
            {
                "EnableValidation": validation.enabled,
                "ThreadCount": validation.thread_count,
                "FailureMaxCount": validation.failure_max_count,
                "TableFailureMaxCount": validation.table_failure_max_count,
                "SkipLobColumns": validation.skip_lob_columns,
            },
        )


def check_task_logging(deployed: Deployed, expect: Expect) -> None:
    """Every task writes a log, as detailed as the file says."""
    for wanted, task in _pairs(deployed):
        logging = read_settings(task)["Logging"]
        what = f"The task {wanted.name}, its log"
        expect.equal(what, logging["EnableLogging"], wanted=True)
        found = {component["Id"]: component["Severity"] for component in logging["LogComponents"]}
        default = dict.fromkeys(found, "LOGGER_SEVERITY_DEFAULT")
        expect.equal(f"{what}'s severities", found, default | dict(wanted.log_severities))
