"""What is carried, and how."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dms_replication_task import DmsReplicationTask
from constructs import Construct

from constructs_lib.replication.checks import check_identifier
from constructs_lib.replication.identifiers import task_resource_identifier
from constructs_lib.replication.phases import AfterFullLoad
from constructs_lib.replication.task_settings import TaskSettings

if TYPE_CHECKING:
    from constructs_lib.replication.endpoints import SourceEndpoint, TargetEndpoint
    from constructs_lib.replication.instance import ReplicationInstance
    from constructs_lib.replication.table_mappings import TableMappings

_LONGEST_IDENTIFIER = 255


class MigrationType(StrEnum):
    """Which phases a task has. DMS refuses to change it later: make another task."""

    FULL_LOAD = "full-load"
    CDC = "cdc"
    FULL_LOAD_AND_CDC = "full-load-and-cdc"


class ReplicationTask(Construct):
    """A task that is made ready and never started by Terraform.

    A change of its settings or mappings stops it where it runs, and it stays stopped: resume it
    after the apply. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.html

    Args:
        scope: The parent.
        id_: The construct's id.
        name: The environment's prefix, such as ``aurora-ferry-dev``.
        task_name: The task's own name, such as ``orders``; no other of the environment has it.
        instance: The instance that runs it.
        source: Where it reads.
        target: Where it writes.
        table_mappings: What it carries.
        settings: The defaults of :class:`TaskSettings` by default.
        migration_type: The full load and the changes after it by default.

    Raises:
        ValueError: The name is not as DMS takes it, or the settings do not suit the mappings or
            the migration type.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        task_name: str,
        instance: ReplicationInstance,
        source: SourceEndpoint,
        target: TargetEndpoint,
        table_mappings: TableMappings,
        settings: TaskSettings | None = None,
        migration_type: MigrationType = MigrationType.FULL_LOAD_AND_CDC,
    ) -> None:
        super().__init__(scope, id_)
        settings = settings or TaskSettings()
        self._identifier = f"{name}-{task_name}"
        check_identifier("replication task", self._identifier, longest=_LONGEST_IDENTIFIER)
        self._resource_identifier = task_resource_identifier(name, task_name)
        _check_batch_apply(task_name, settings, table_mappings)
        _check_stop(task_name, settings, migration_type)
        self._task = DmsReplicationTask(
            self,
            "task",
            replication_task_id=self._identifier,
            resource_identifier=self._resource_identifier,
            migration_type=migration_type,
            replication_instance_arn=instance.arn,
            source_endpoint_arn=source.arn,
            target_endpoint_arn=target.arn,
            table_mappings=table_mappings.to_json(),
            replication_task_settings=settings.to_json(),
            start_replication_task=False,
            # The provider does not read it back, so a task that `ferry adopt` brings in would be
            # replaced. It is made of the identifier: a change of it still reaches a new task.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["resource_identifier"]),
        )

    @property
    def arn(self) -> str:
        """The task's ARN, known after apply."""
        return self._task.replication_task_arn

    @property
    def identifier(self) -> str:
        """The task's identifier, by which events and people name it."""
        return self._identifier

    @property
    def resource_identifier(self) -> str:
        """What its ARN ends in, which is CloudWatch's ReplicationTaskIdentifier."""
        return self._resource_identifier

    @property
    def task(self) -> DmsReplicationTask:
        """The task itself, for what has to wait for it."""
        return self._task


def _check_batch_apply(
    task_name: str, settings: TaskSettings, table_mappings: TableMappings
) -> None:
    tables = table_mappings.unlimited_lob_tables
    if settings.batch_apply_enabled and tables:
        raise ValueError(
            f"task {task_name} applies changes in batches, and {', '.join(tables)} has unlimited "
            "LOBs; DMS applies changes in batches with limited LOBs only. Make those limited, leave "
            "batch_apply out, or carry the table by a task of its own."
        )


def _check_stop(task_name: str, settings: TaskSettings, migration_type: MigrationType) -> None:
    after = settings.full_load.after
    if after is AfterFullLoad.CONTINUE or migration_type is MigrationType.FULL_LOAD_AND_CDC:
        return
    raise ValueError(
        f"task {task_name} is {migration_type} and full_load.after is {after}; only a "
        f"{MigrationType.FULL_LOAD_AND_CDC} task has a place between the two to stop at. Leave "
        "full_load.after out, or change the migration type."
    )
