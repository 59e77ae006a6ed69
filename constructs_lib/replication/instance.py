"""The machine that carries the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.dms_replication_instance import DmsReplicationInstance
from cdktf_cdktf_provider_aws.dms_replication_subnet_group import DmsReplicationSubnetGroup
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.log_group import make_log_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import ITerraformDependable

    from constructs_lib.protocols import Key
    from facts.names import Names


class ReplicationInstance(Construct):
    """A private, encrypted DMS instance with its subnet group and its log group.

    The log group bears the name that DMS itself would give it and is made first, so that the logs
    are encrypted and kept for a time that is known; DMS would make it without either, and write
    into it for ever. The instance goes before the group does, so that DMS does not make it again.

    Sources: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.html and
    CHAP_Monitoring.html

    Args:
        scope: The parent.
        id_: The construct's id.
        names: The environment's names.
        subnet_ids: The subnets that it stands in.
        security_group_id: The security group that it bears.
        key: Encrypts its storage and its logs.
        depends_on: What proves that ``dms-vpc-role`` exists, such as its data source: without
            that role DMS can make no subnet group.
        engine_version: The DMS version, three numbers. It stays as it is until it is changed here.
        instance_class: Its class, such as ``dms.c5.2xlarge``.
        allocated_storage_gib: For logs and for changes that wait.
        multi_az: Whether a standby stands in another zone.
        maintenance_window: In UTC, as ``ddd:hh:mm-ddd:hh:mm``.
        apply_immediately: Whether a change is made at once, and with it all that wait for the
            window. Otherwise every plan until the window shows it again.
        log_retention_days: How long the tasks' logs are kept.
    """

    arn: str
    """The instance's ARN, known after apply."""

    identifier: str
    """The instance's identifier, as a reference: what uses it waits for the instance."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        subnet_ids: Sequence[str],
        security_group_id: str,
        key: Key,
        depends_on: Sequence[ITerraformDependable],
        engine_version: str,
        instance_class: str,
        allocated_storage_gib: int,
        multi_az: bool,
        maintenance_window: str,
        apply_immediately: bool,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, id_)
        log_group = make_log_group(
            self,
            "task-logs",
            name=names.task_log_group,
            key=key,
            retention_days=log_retention_days,
            reason=f"A migration's logs are of use while it lasts; {log_retention_days} days "
            "are what the environment asks for.",
        )
        subnet_group = DmsReplicationSubnetGroup(
            self,
            "subnet-group",
            replication_subnet_group_id=names.replication_subnet_group,
            replication_subnet_group_description=(
                f"Subnets of the DMS instance {names.replication_instance}"
            ),
            subnet_ids=list(subnet_ids),
            depends_on=list(depends_on),
        )
        instance = DmsReplicationInstance(
            self,
            "instance",
            replication_instance_id=names.replication_instance,
            replication_instance_class=instance_class,
            engine_version=engine_version,
            # The version is pinned: to change it is itself the decision, minor or major.
            allow_major_version_upgrade=True,
            auto_minor_version_upgrade=False,
            allocated_storage=allocated_storage_gib,
            multi_az=multi_az,
            publicly_accessible=False,
            kms_key_arn=key.arn,
            replication_subnet_group_id=subnet_group.id,
            vpc_security_group_ids=[security_group_id],
            preferred_maintenance_window=maintenance_window,
            apply_immediately=apply_immediately,
            depends_on=[log_group],
        )
        acknowledge(
            instance,
            "CKV_AWS_222",
            reason="The version is pinned: an upgrade behind Terraform's back stops running tasks, "
            "and the next plan would ask for a downgrade, which DMS refuses.",
        )
        self.arn = instance.replication_instance_arn
        self.identifier = instance.replication_instance_id
