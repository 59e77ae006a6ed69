from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local_aws.aws import Aws, refused
from tests.unit.local_aws.dms.conftest import MAPPINGS, Tasks

if TYPE_CHECKING:
    from collections.abc import Callable


# Creation


def test_it_is_created_then_ready(tasks: Tasks) -> None:
    made = tasks.make()
    assert made["Status"] == "creating"
    assert tasks.read(made["ReplicationTaskArn"])["Status"] == "ready"


def test_its_arn_ends_in_a_resource_id_not_in_its_name(tasks: Tasks) -> None:
    last = tasks.make("orders")["ReplicationTaskArn"].rpartition(":")[2]
    assert last != "orders"
    assert len(last) == 26
    assert last == last.upper()


def test_or_in_the_resource_identifier_that_was_given(aws: Aws, tasks: Tasks) -> None:
    made = tasks.make(ResourceIdentifier="ferry-dev-orders")
    assert made["ReplicationTaskArn"] == (
        f"arn:aws:dms:eu-central-1:{aws.account}:task:ferry-dev-orders"
    )


def test_what_was_given_reads_back(tasks: Tasks) -> None:
    settings = {"FullLoadSettings": {"MaxFullLoadSubTasks": 8}}
    arn = tasks.ready(ReplicationTaskSettings=json.dumps(settings), CdcStartPosition="now")
    found = tasks.read(arn)
    assert json.loads(found["ReplicationTaskSettings"]) == settings
    assert json.loads(found["TableMappings"]) == MAPPINGS
    assert found["MigrationType"] == "full-load-and-cdc"
    assert found["CdcStartPosition"] == "now"
    assert isinstance(found["ReplicationTaskCreationDate"], datetime)
    assert "ReplicationTaskStartDate" not in found


def test_dms_adds_the_log_group_and_stream_where_logging_is_on(tasks: Tasks) -> None:
    settings = json.dumps({"Logging": {"EnableLogging": True}})
    arn = tasks.ready(ReplicationTaskSettings=settings, ResourceIdentifier="res")
    assert json.loads(tasks.read(arn)["ReplicationTaskSettings"])["Logging"] == {
        "EnableLogging": True,
        "CloudWatchLogGroup": "dms-tasks-ferry-dev",
        "CloudWatchLogStream": "dms-task-res",
    }
    off = tasks.make("o", ReplicationTaskSettings='{"Logging": {"EnableLogging": false}}')
    assert "CloudWatchLogGroup" not in off["ReplicationTaskSettings"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"TableMappings": "{"}, "Invalid table mappings: Expecting property name"),
        ({"TableMappings": "[]"}, "Invalid table mappings: give a JSON object"),
        ({"TableMappings": "{}"}, "Invalid table mappings: give at least one selection rule"),
        ({"TableMappings": '{"rules": []}'}, "give at least one selection rule"),
        ({"ReplicationTaskSettings": "{"}, "Invalid task settings: Expecting property name"),
        ({"ResourceIdentifier": "a" * 32}, "Invalid ResourceIdentifier"),
        ({"ResourceIdentifier": "a_b"}, "Invalid ResourceIdentifier"),
        ({"CdcStartTime": datetime(2026, 1, 1, tzinfo=UTC)}, "a PostgreSQL source has no position"),
        (
            {"CdcStopPosition": "2026-01-01T00:00:00"},
            "give server_time: or commit_time: and a time",
        ),
    ],
)
def test_what_dms_refuses(tasks: Tasks, arguments: dict[str, Any], message: str) -> None:
    with refused("InvalidParameterValueException", message):
        tasks.make(**arguments)


@pytest.mark.parametrize(
    "what", ["SourceEndpointArn", "TargetEndpointArn", "ReplicationInstanceArn"]
)
def test_its_parts_must_exist(tasks: Tasks, what: str) -> None:
    with refused("ResourceNotFoundFault", "arn:none not found"):
        tasks.make(**{what: "arn:none"})


def test_its_instance_must_be_available(aws: Aws, tasks: Tasks, subnet_group: str) -> None:
    instance = aws.dms.create_replication_instance(
        ReplicationInstanceIdentifier="new",
        ReplicationInstanceClass="dms.t3.medium",
        ReplicationSubnetGroupIdentifier=subnet_group,
    )["ReplicationInstance"]
    with refused("InvalidResourceStateFault", "is not available"):
        tasks.make(ReplicationInstanceArn=instance["ReplicationInstanceArn"])


def test_a_second_of_its_name_is_refused(tasks: Tasks) -> None:
    tasks.make("orders")
    with refused("ResourceAlreadyExistsFault", "Replication task orders already exists"):
        tasks.make("Orders")


def test_a_task_keeps_its_instance_from_deletion(aws: Aws, tasks: Tasks) -> None:
    tasks.make()
    with refused("InvalidResourceStateFault", "cannot be deleted: it has replication tasks"):
        aws.dms.delete_replication_instance(ReplicationInstanceArn=tasks.instance_arn)


# States


def test_it_starts_runs_and_stops(tasks: Tasks) -> None:
    arn = tasks.ready()
    assert tasks.start(arn) == "starting"
    running = tasks.read(arn)
    assert running["Status"] == "running"
    assert isinstance(running["ReplicationTaskStartDate"], datetime)
    assert running["ReplicationTaskStats"]["FullLoadProgressPercent"] == 100
    assert running["ReplicationTaskStats"]["TablesLoaded"] == 2
    assert "StopReason" not in running
    assert tasks.stop(arn) == "stopping"
    stopped = tasks.read(arn)
    assert stopped["Status"] == "stopped"
    assert stopped["StopReason"] == "Stop Reason NORMAL"
    assert isinstance(stopped["ReplicationTaskStats"]["StopDate"], datetime)


def test_it_cannot_start_from_the_beginning_twice(tasks: Tasks) -> None:
    arn = tasks.running()
    tasks.stop(arn)
    tasks.read(arn)
    with refused(
        "InvalidParameterCombinationException",
        "Start Type : START_REPLICATION, valid only for tasks running for the first time",
    ):
        tasks.start(arn, "start-replication")
    tasks.start(arn, "resume-processing")
    assert tasks.read(arn)["Status"] == "running"
    tasks.stop(arn)
    tasks.read(arn)
    assert tasks.start(arn, "reload-target") == "starting"


@pytest.mark.parametrize("start_type", ["resume-processing", "reload-target"])
def test_it_cannot_resume_what_never_ran(tasks: Tasks, start_type: str) -> None:
    name = start_type.upper().replace("-", "_")
    with refused("InvalidParameterCombinationException", f"Start Type : {name}, not valid"):
        tasks.start(tasks.ready(), start_type)


def test_a_time_and_a_position_do_not_go_together(tasks: Tasks) -> None:
    with refused("InvalidParameterCombinationException", "Give CdcStartTime or CdcStartPosition"):
        tasks.make(CdcStartTime=datetime(2026, 1, 1, tzinfo=UTC), CdcStartPosition="0/1")


def test_a_task_of_changes_alone_may_start_anew_elsewhere(tasks: Tasks) -> None:
    arn = tasks.running(MigrationType="cdc")
    tasks.stop(arn)
    tasks.read(arn)
    tasks.start(arn, CdcStartPosition="0/1", CdcStopPosition="server_time:2026-01-01T00:00:00")
    assert tasks.read(arn)["CdcStartPosition"] == "0/1"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"MigrationType": "full-load"}, "FULL_LOAD_ONLY_FINISHED"),
        (
            {
                "ReplicationTaskSettings": json.dumps(
                    {"FullLoadSettings": {"StopTaskCachedChangesApplied": True}}
                )
            },
            "STOPPED_AFTER_CACHED_EVENTS",
        ),
        (
            {
                "ReplicationTaskSettings": json.dumps(
                    {"FullLoadSettings": {"StopTaskCachedChangesNotApplied": True}}
                )
            },
            "STOPPED_AFTER_FULL_LOAD",
        ),
    ],
)
def test_a_load_that_ends_stops_the_task(
    tasks: Tasks, arguments: dict[str, Any], reason: str
) -> None:
    arn = tasks.running(**arguments)
    stopped = tasks.read(arn)
    assert (stopped["Status"], stopped["StopReason"]) == ("stopped", f"Stop Reason {reason}")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda t, arn: t.start(arn), "cannot be started, while it is running state"),
        (
            lambda t, arn: t.aws.dms.modify_replication_task(
                ReplicationTaskArn=arn, MigrationType="cdc"
            ),
            "cannot be modified while it is running state",
        ),
        (
            lambda t, arn: t.aws.dms.delete_replication_task(ReplicationTaskArn=arn),
            "cannot be deleted, while it is running state",
        ),
    ],
)
def test_what_a_running_task_refuses(
    tasks: Tasks, act: Callable[[Tasks, str], object], message: str
) -> None:
    arn = tasks.running()
    with refused("InvalidResourceStateFault", message):
        act(tasks, arn)
    assert tasks.read(arn)["Status"] == "running"


def test_a_task_that_does_not_run_cannot_stop(tasks: Tasks) -> None:
    arn = tasks.ready()
    with refused("InvalidResourceStateFault", "cannot be stopped, while it is ready state"):
        tasks.stop(arn)


@pytest.mark.parametrize("operation", ["start", "stop"])
def test_a_task_that_is_not_there(tasks: Tasks, operation: str) -> None:
    with refused("ResourceNotFoundFault", "Replication task arn:none not found"):
        getattr(tasks, operation)("arn:none")


# Modification


def test_it_reads_back_and_the_task_is_ready_again(aws: Aws, tasks: Tasks) -> None:
    arn = tasks.ready()
    answer = aws.dms.modify_replication_task(
        ReplicationTaskArn=arn,
        ReplicationTaskIdentifier="Renamed",
        ReplicationTaskSettings='{"ValidationSettings": {"EnableValidation": true}}',
        MigrationType="cdc",
    )["ReplicationTask"]
    assert answer["Status"] == "modifying"
    found = tasks.read(arn)
    assert found["Status"] == "ready"
    assert found["ReplicationTaskIdentifier"] == "renamed"
    assert found["MigrationType"] == "cdc"
    assert json.loads(found["ReplicationTaskSettings"]) == {
        "ValidationSettings": {"EnableValidation": True}
    }
    assert json.loads(found["TableMappings"]) == MAPPINGS


def test_a_stopped_task_stays_stopped(aws: Aws, tasks: Tasks) -> None:
    arn = tasks.running()
    tasks.stop(arn)
    tasks.read(arn)
    aws.dms.modify_replication_task(ReplicationTaskArn=arn, TableMappings=json.dumps(MAPPINGS))
    assert tasks.read(arn)["Status"] == "stopped"


def test_it_cannot_take_anothers_name(aws: Aws, tasks: Tasks) -> None:
    tasks.ready("one")
    arn = tasks.ready("two")
    with refused("ResourceAlreadyExistsFault", "Replication task one already exists"):
        aws.dms.modify_replication_task(ReplicationTaskArn=arn, ReplicationTaskIdentifier="one")
    aws.dms.modify_replication_task(ReplicationTaskArn=arn, ReplicationTaskIdentifier="two")


# Description


def test_tasks_are_found(aws: Aws, tasks: Tasks) -> None:
    tasks.make("a")
    tasks.make("b", MigrationType="cdc")

    def found(name: str, value: str) -> list[str]:
        answer = aws.dms.describe_replication_tasks(Filters=[{"Name": name, "Values": [value]}])
        return [task["ReplicationTaskIdentifier"] for task in answer["ReplicationTasks"]]

    assert found("replication-task-id", "a") == ["a"]
    assert found("migration-type", "cdc") == ["b"]
    assert found("endpoint-arn", tasks.endpoint_arns[1]) == ["a", "b"]
    assert found("replication-instance-arn", tasks.instance_arn) == ["a", "b"]


def test_no_match_is_not_found_and_no_task_is_an_empty_list(aws: Aws) -> None:
    assert aws.dms.describe_replication_tasks()["ReplicationTasks"] == []
    with refused("ResourceNotFoundFault", "No Replication task found matching"):
        aws.dms.describe_replication_tasks(
            Filters=[{"Name": "replication-task-id", "Values": ["gone"]}]
        )


def test_settings_can_be_left_out(aws: Aws, tasks: Tasks) -> None:
    tasks.make()
    [task] = aws.dms.describe_replication_tasks(WithoutSettings=True)["ReplicationTasks"]
    assert "ReplicationTaskSettings" not in task
    assert "TableMappings" not in task


def test_it_is_deleted(aws: Aws, tasks: Tasks) -> None:
    arn = tasks.ready()
    answer = aws.dms.delete_replication_task(ReplicationTaskArn=arn)["ReplicationTask"]
    assert answer["Status"] == "deleting"
    assert aws.dms.describe_replication_tasks()["ReplicationTasks"] == []
    for endpoint_arn in tasks.endpoint_arns:
        aws.dms.delete_endpoint(EndpointArn=endpoint_arn)


# Table statistics


def rows(aws: Aws, arn: str, **arguments: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any of the call's
    answer = aws.dms.describe_table_statistics(ReplicationTaskArn=arn, **arguments)
    assert answer["ReplicationTaskArn"] == arn
    found: list[dict[str, Any]] = answer["TableStatistics"]
    return found


def test_there_are_none_before_the_start(aws: Aws, tasks: Tasks) -> None:
    assert rows(aws, tasks.ready()) == []


def test_there_is_one_for_each_table_that_is_included_by_name(aws: Aws, tasks: Tasks) -> None:
    found = rows(aws, tasks.running())
    assert [(row["SchemaName"], row["TableName"]) for row in found] == [
        ("public", "orders"),
        ("public", "items"),
    ]
    assert {row["TableState"] for row in found} == {"Table completed"}
    assert {row["ValidationState"] for row in found} == {"Not enabled"}
    assert {row["FullLoadRows"] for row in found} == {0}


def test_validation_shows(aws: Aws, tasks: Tasks) -> None:
    arn = tasks.running(
        ReplicationTaskSettings='{"ValidationSettings": {"EnableValidation": true}}'
    )
    assert {row["ValidationState"] for row in rows(aws, arn)} == {"Validated"}


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("table-name", "orders", 1),
        ("schema-name", "public", 2),
        ("table-state", "Table error", 0),
    ],
)
def test_statistics_are_found(aws: Aws, tasks: Tasks, name: str, value: str, found: int) -> None:
    assert len(rows(aws, tasks.running(), Filters=[{"Name": name, "Values": [value]}])) == found


def test_a_filter_of_another_name_is_refused(aws: Aws, tasks: Tasks) -> None:
    arn = tasks.running()
    with refused("InvalidParameterValueException", "colour; there are schema-name, table-name"):
        rows(aws, arn, Filters=[{"Name": "colour", "Values": ["red"]}])


def reload(aws: Aws, arn: str, table: str, option: str = "data-reload") -> None:
    aws.dms.reload_tables(
        ReplicationTaskArn=arn,
        TablesToReload=[{"SchemaName": "public", "TableName": table}],
        ReloadOption=option,
    )


def test_tables_are_reloaded(aws: Aws, tasks: Tasks) -> None:
    arn = tasks.running()
    reload(aws, arn, "orders")
    reload(aws, arn, "items", "validate-only")
    reloaded = {row["TableName"]: row["FullLoadReloaded"] for row in rows(aws, arn)}
    assert reloaded == {"orders": True, "items": False}


def test_a_table_that_the_task_does_not_have_is_refused(aws: Aws, tasks: Tasks) -> None:
    with refused("InvalidParameterValueException", "does not have the table public.audit"):
        reload(aws, tasks.running(), "audit")


def test_only_a_running_task_reloads(aws: Aws, tasks: Tasks) -> None:
    with refused("InvalidResourceStateFault", "while the task is running, not ready"):
        reload(aws, tasks.ready(), "orders")
