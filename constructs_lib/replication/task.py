"""What is carried, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dms_replication_task import DmsReplicationTask
from constructs import Construct

from constructs_lib.replication.table_mappings import table_mappings
from constructs_lib.replication.task_settings import task_settings
from facts.templates import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.replication.endpoints import SourceEndpoint, TargetEndpoint
    from constructs_lib.replication.instance import ReplicationInstance
    from constructs_lib.replication.protocols import Task
    from facts.names import Names


class ReplicationTask(Construct):
    """A task that is made ready and never started by Terraform.

    A change of its settings or mappings stops it where it runs, and it stays stopped: resume it
    after the apply. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.html

    Args:
        scope: The parent.
        id_: The construct's id.
        names: The environment's names.
        task: What it carries, and how.
        marker: Its marker, in schema ferry, by which ferry sees what has arrived.
        beside: The markers of the other tasks that carry the same database.
        instance: The instance that runs it.
        source: Where it reads.
        target: Where it writes.
    """

    arn: str
    """The task's ARN, known after apply."""

    identifier: str
    """The task's identifier, as a reference: what uses it waits for the task."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        task: Task,
        marker: str,
        beside: Iterable[str],
        instance: ReplicationInstance,
        source: SourceEndpoint,
        target: TargetEndpoint,
    ) -> None:
        super().__init__(scope, id_)
        made = DmsReplicationTask(
            self,
            "task",
            replication_task_id=names.task(task.name),
            resource_identifier=names.task_resource_identifier(task.name),
            migration_type=task.migration_type,
            replication_instance_arn=instance.arn,
            source_endpoint_arn=source.arn,
            target_endpoint_arn=target.arn,
            table_mappings=plain(table_mappings(task, marker=marker, beside=beside)),
            replication_task_settings=plain(task_settings(task)),
            cdc_start_position=task.cdc_start_position,
            start_replication_task=False,
            # The provider does not read it back, so a task that `ferry adopt` brings in would be
            # replaced. It is made of the identifier: a change of it still reaches a new task.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["resource_identifier"]),
        )
        self.arn = made.replication_task_arn
        self.identifier = made.replication_task_id
