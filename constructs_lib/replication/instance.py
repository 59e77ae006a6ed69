"""The machine that carries the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.dms_replication_instance import DmsReplicationInstance
from cdktf_cdktf_provider_aws.dms_replication_subnet_group import DmsReplicationSubnetGroup
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.replication.checks import check_identifier, check_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import ITerraformDependable

    from constructs_lib.encryption import EnvironmentKey
    from constructs_lib.network import Network, SecurityGroups

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_LONGEST_IDENTIFIER = 63
_DAYS_THAT_CHECKOV_ASKS_FOR = 365


class ReplicationInstance(Construct):
    """A private, encrypted DMS instance with its subnet group and its log group.

    The log group bears the name that DMS itself would give it (``dms-tasks-`` and the instance's
    identifier) and is made first, so that the logs are encrypted and kept for a time that is known;
    DMS would make it without either, and write into it for ever. The instance goes before the group
    does, so that DMS does not make it again.

    Sources: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.html and
    CHAP_Monitoring.html

    Args:
        scope: The parent.
        id_: The construct's id.
        name: The environment's prefix, such as ``aurora-ferry-dev``; the instance's identifier.
        network: Whose DMS subnets it stands in.
        security_groups: Of which it bears DMS's.
        key: Encrypts its storage and its logs.
        depends_on: What proves that ``dms-vpc-role`` exists, such as its data source: without
            that role DMS can make no subnet group.
        engine_version: The DMS version, three numbers; 3.5.4 by default. It stays as it is
            until it is changed here.
        instance_class: ``dms.c5.2xlarge`` by default.
        allocated_storage_gib: For logs and for changes that wait, 5 to 6144 GiB; 100 by default.
        multi_az: Whether a standby stands in another zone; true by default.
        maintenance_window: In UTC, as ``ddd:hh:mm-ddd:hh:mm``; Sunday from 03:00 to 04:00 by
            default.
        apply_immediately: Whether a change is made at once, and with it all that wait for the
            window; true by default. Otherwise every plan until the window shows it again.
        log_retention_days: How long the tasks' logs are kept; 30 by default.

    Raises:
        ValueError: The name, the version or the storage is not as DMS takes it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        network: Network,
        security_groups: SecurityGroups,
        key: EnvironmentKey,
        depends_on: Sequence[ITerraformDependable] = (),
        engine_version: str = "3.5.4",
        instance_class: str = "dms.c5.2xlarge",
        allocated_storage_gib: int = 100,
        multi_az: bool = True,
        maintenance_window: str = "sun:03:00-sun:04:00",
        apply_immediately: bool = True,
        log_retention_days: int = 30,
    ) -> None:
        super().__init__(scope, id_)
        check_identifier("replication instance", name, longest=_LONGEST_IDENTIFIER)
        check_range(
            "allocated_storage_gib",
            allocated_storage_gib,
            lowest=5,
            highest=6144,
            unit="GiB",
            remedy="DMS has no instance with less or more",
        )
        if not _VERSION.fullmatch(engine_version):
            raise ValueError(
                f"the DMS engine_version is {engine_version!r}; allowed are three numbers, such as "
                "3.5.4. See aws dms describe-orderable-replication-instances for what is on offer."
            )
        self._identifier = name
        log_group = CloudwatchLogGroup(
            self,
            "task-logs",
            name=f"dms-tasks-{name}",
            retention_in_days=log_retention_days,
            kms_key_id=key.arn,
        )
        if log_retention_days < _DAYS_THAT_CHECKOV_ASKS_FOR:
            acknowledge(
                log_group,
                "CKV_AWS_338",
                reason=f"A migration's logs are of use while it lasts; {log_retention_days} days "
                "are what the environment asks for.",
            )
        subnet_group = DmsReplicationSubnetGroup(
            self,
            "subnet-group",
            replication_subnet_group_id=f"{name}-dms",
            replication_subnet_group_description=f"Subnets of the DMS instance {name}",
            subnet_ids=list(network.dms_subnet_ids),
            depends_on=list(depends_on),
        )
        self._instance = DmsReplicationInstance(
            self,
            "instance",
            replication_instance_id=name,
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
            vpc_security_group_ids=[security_groups.dms_id],
            preferred_maintenance_window=maintenance_window,
            apply_immediately=apply_immediately,
            depends_on=[log_group],
        )
        acknowledge(
            self._instance,
            "CKV_AWS_222",
            reason="The version is pinned: an upgrade behind Terraform's back stops running tasks, "
            "and the next plan would ask for a downgrade, which DMS refuses.",
        )

    @property
    def arn(self) -> str:
        """The instance's ARN, known after apply."""
        return self._instance.replication_instance_arn

    @property
    def identifier(self) -> str:
        """The instance's identifier, which is CloudWatch's ReplicationInstanceIdentifier."""
        return self._identifier

    @property
    def instance(self) -> DmsReplicationInstance:
        """The instance itself, for what has to wait for it."""
        return self._instance
