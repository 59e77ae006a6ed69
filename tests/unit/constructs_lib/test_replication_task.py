"""A task that is made ready, never started, and known by name before it exists."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import Token

from constructs_lib.replication import (
    AfterFullLoad,
    BatchApply,
    ChangeProcessing,
    FullLoad,
    LimitedLobs,
    MigrationType,
    ReplicationTask,
    Selection,
    TableLobMode,
    TableLobs,
    TableMappings,
    TableSettings,
    TaskSettings,
)
from tests.unit.template import Template

if TYPE_CHECKING:
    from cdktf import TerraformStack

ORDERS = TableMappings(selections=[Selection(schema="orders")])
WITH_DOCUMENTS = TableMappings(
    selections=[Selection(schema="orders")],
    table_settings=[
        TableSettings(
            schema="orders",
            table="documents",
            lobs=TableLobs(mode=TableLobMode.UNLIMITED, bulk_max_size_kb=0),
        )
    ],
)


def arn(resource: str) -> SimpleNamespace:
    return SimpleNamespace(arn=f"arn:aws:dms:eu-central-1:111122223333:{resource}")


@pytest.fixture
def arguments() -> dict[str, Any]:
    """What a task needs, as the other constructs would give it."""
    return {
        "name": "aurora-ferry-dev",
        "task_name": "orders",
        "instance": arn("rep:1"),
        "source": arn("endpoint:1"),
        "target": arn("endpoint:2"),
        "table_mappings": ORDERS,
    }


def task(stack: TerraformStack) -> dict[str, Any]:
    return Template.of(stack).only("aws_dms_replication_task")


def test_by_default_it_copies_and_follows_and_is_not_started(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    ReplicationTask(stack, "orders", **arguments)
    written = task(stack)
    assert written == {
        "replication_task_id": "aurora-ferry-dev-orders",
        "resource_identifier": "aurora-ferry-dev-orders",
        "migration_type": "full-load-and-cdc",
        "replication_instance_arn": "arn:aws:dms:eu-central-1:111122223333:rep:1",
        "source_endpoint_arn": "arn:aws:dms:eu-central-1:111122223333:endpoint:1",
        "target_endpoint_arn": "arn:aws:dms:eu-central-1:111122223333:endpoint:2",
        "table_mappings": ORDERS.to_json(),
        "replication_task_settings": TaskSettings().to_json(),
        "start_replication_task": False,
        "lifecycle": {"ignore_changes": ["resource_identifier"]},
    }


def test_its_names_are_plain_text(stack: TerraformStack, arguments: dict[str, Any]) -> None:
    made = ReplicationTask(stack, "orders", **arguments)
    assert made.identifier == "aurora-ferry-dev-orders"
    assert made.resource_identifier == "aurora-ferry-dev-orders"
    assert Token.is_unresolved(made.arn)


def test_what_has_to_wait_for_it_finds_the_resource(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    made = ReplicationTask(stack, "orders", **arguments)
    assert Token.is_unresolved(made.task.replication_task_id)


def test_a_long_name_is_shortened_in_the_arn_only(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    made = ReplicationTask(stack, "orders", **{**arguments, "task_name": "orders-and-customers"})
    written = task(stack)
    assert written["replication_task_id"] == "aurora-ferry-dev-orders-and-customers"
    assert written["resource_identifier"] == made.resource_identifier
    assert len(made.resource_identifier) <= 31


def test_settings_and_type_reach_dms(stack: TerraformStack, arguments: dict[str, Any]) -> None:
    settings = TaskSettings(lobs=LimitedLobs(max_size_kb=64))
    ReplicationTask(
        stack, "orders", **arguments, settings=settings, migration_type=MigrationType.FULL_LOAD
    )
    written = task(stack)
    assert written["migration_type"] == "full-load"
    assert json.loads(written["replication_task_settings"])["TargetMetadata"]["LobMaxSize"] == 64


def test_batches_and_a_table_with_unlimited_lobs_are_refused(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    batches = TaskSettings(change_processing=ChangeProcessing(batch_apply=BatchApply()))
    with pytest.raises(ValueError, match="in batches") as refused:
        ReplicationTask(
            stack,
            "orders",
            **{**arguments, "table_mappings": WITH_DOCUMENTS},
            settings=batches,
        )
    assert str(refused.value) == (
        "task orders applies changes in batches, and orders.documents has unlimited LOBs; DMS "
        "applies changes in batches with limited LOBs only. Make those limited, leave batch_apply "
        "out, or carry the table by a task of its own."
    )


def test_batches_alone_and_unlimited_lobs_alone_are_taken(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    batches = TaskSettings(change_processing=ChangeProcessing(batch_apply=BatchApply()))
    ReplicationTask(stack, "batches", **arguments, settings=batches)
    ReplicationTask(
        stack,
        "documents",
        **{**arguments, "task_name": "documents", "table_mappings": WITH_DOCUMENTS},
    )
    assert len(Template.of(stack).resources("aws_dms_replication_task")) == 2


@pytest.mark.parametrize("migration_type", [MigrationType.FULL_LOAD, MigrationType.CDC])
def test_a_stop_between_two_phases_needs_two_phases(
    stack: TerraformStack, arguments: dict[str, Any], migration_type: MigrationType
) -> None:
    stopping = TaskSettings(full_load=FullLoad(after=AfterFullLoad.STOP_BEFORE_CACHED_CHANGES))
    with pytest.raises(ValueError, match="the two to stop at") as refused:
        ReplicationTask(
            stack, "orders", **arguments, settings=stopping, migration_type=migration_type
        )
    assert str(refused.value) == (
        f"task orders is {migration_type} and full_load.after is stop-before-cached-changes; only "
        "a full-load-and-cdc task has a place between the two to stop at. Leave full_load.after "
        "out, or change the migration type."
    )


def test_a_task_of_two_phases_may_stop_between_them(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    stopping = TaskSettings(full_load=FullLoad(after=AfterFullLoad.STOP_AFTER_CACHED_CHANGES))
    ReplicationTask(stack, "orders", **arguments, settings=stopping)
    assert json.loads(task(stack)["replication_task_settings"])["FullLoadSettings"][
        "StopTaskCachedChangesApplied"
    ]


def test_a_name_that_dms_refuses_is_refused(
    stack: TerraformStack, arguments: dict[str, Any]
) -> None:
    with pytest.raises(
        ValueError, match="the replication task identifier is 'aurora-ferry-dev-Orders'"
    ):
        ReplicationTask(stack, "orders", **{**arguments, "task_name": "Orders"})
