"""A task that is made ready, never started, and known by name before it exists."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from constructs_lib.replication import ReplicationTask
from constructs_lib.replication.table_mappings import table_mappings
from constructs_lib.replication.task_settings import task_settings
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.constructs_lib.replication_examples import Table, Task
from tests.unit.template import Template

if TYPE_CHECKING:
    from cdktf import TerraformStack


def made(stack: TerraformStack, task: Task) -> ReplicationTask:
    def arn(resource: str) -> Any:  # noqa: ANN401 (stands for a construct)
        return SimpleNamespace(arn=f"arn:aws:dms:eu-central-1:111122223333:{resource}")

    return ReplicationTask(
        stack,
        "orders",
        names=NAMES,
        task=task,
        marker="fence_orders",
        beside=["fence_archive"],
        instance=arn("rep:1"),
        source=arn("endpoint:1"),
        target=arn("endpoint:2"),
    )


def written(stack: TerraformStack) -> dict[str, Any]:
    return Template.of(stack).only("aws_dms_replication_task")


def test_it_is_made_ready_and_not_started(stack: TerraformStack) -> None:
    task = Task(migration_type="full-load", batch_apply=True, tables=[Table("%")])

    made(stack, task)

    assert written(stack) == {
        "replication_task_id": "aurora-ferry-dev-orders",
        "resource_identifier": "aurora-ferry-dev-orders",
        "migration_type": "full-load",
        "replication_instance_arn": "arn:aws:dms:eu-central-1:111122223333:rep:1",
        "source_endpoint_arn": "arn:aws:dms:eu-central-1:111122223333:endpoint:1",
        "target_endpoint_arn": "arn:aws:dms:eu-central-1:111122223333:endpoint:2",
        "table_mappings": table_mappings(task, marker="fence_orders", beside=["fence_archive"]),
        "replication_task_settings": task_settings(task),
        "start_replication_task": False,
        "lifecycle": {"ignore_changes": ["resource_identifier"]},
    }


def test_what_uses_it_waits_for_it(stack: TerraformStack) -> None:
    task = made(stack, Task())
    (name,) = Template.of(stack).resources("aws_dms_replication_task")

    address = f"aws_dms_replication_task.{name}"
    assert resolved(task.arn, stack) == f"${{{address}.replication_task_arn}}"
    assert resolved(task.identifier, stack) == f"${{{address}.replication_task_id}}"


def test_a_long_name_is_shortened_in_the_arn_only(stack: TerraformStack) -> None:
    made(stack, Task(name="orders-and-items"))

    task = written(stack)
    assert task["replication_task_id"] == "aurora-ferry-dev-orders-and-items"
    assert task["resource_identifier"] == "aurora-ferry-dev-order-6d5e3994"


def test_a_task_of_changes_may_begin_at_a_position(stack: TerraformStack) -> None:
    made(stack, Task(migration_type="cdc", cdc_start_position="0/3D000028"))

    assert written(stack)["cdc_start_position"] == "0/3D000028"


def test_settings_in_dmss_own_words_are_data(stack: TerraformStack) -> None:
    made(stack, Task(extra_settings='{"TTSettings": {"x": "${path.module}"}}'))

    assert '"x": "$${path.module}"' in written(stack)["replication_task_settings"]
