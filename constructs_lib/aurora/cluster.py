"""An Aurora PostgreSQL cluster with its instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster, RdsClusterTimeouts
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.aurora.engine import ENGINE, EngineVersionCheck
from constructs_lib.aurora.final_snapshot import FinalSnapshotName
from constructs_lib.aurora.instances import instance_identifiers, make_instances
from constructs_lib.aurora.parameter_groups import ParameterGroups
from constructs_lib.aurora.settings import (
    AuroraBackups,
    AuroraMaintenance,
    AuroraMonitoring,
    AuroraParameters,
    AuroraProtection,
)

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance

    from constructs_lib.credentials import MasterCredentials
    from constructs_lib.encryption import EnvironmentKey
    from constructs_lib.network import Network, SecurityGroups
    from facts.placement import Placement

_YEAR_DAYS = 365
_PATIENCE = "4h"


class AuroraCluster(Construct):
    """The cluster ``NAME``: encrypted, private, in all of the network's zones for Aurora.

    - The zones are the subnets': ``availability_zones`` is left out, as Aurora always uses three and
      a list of fewer makes Terraform replace the cluster.
    - The master password comes from :class:`MasterCredentials`; IAM authentication is on beside it.
    - PostgreSQL's log goes to the log group ``/aws/rds/cluster/NAME/postgresql``, which is made
      first: made by RDS, it would be neither encrypted with the key nor ever emptied.
    - Minor versions are not applied by AWS, as the version is stated. Where AWS enforces one all
      the same, the next plan asks for a downgrade, which RDS refuses: state what runs.
    - ``snapshot_identifier`` makes the cluster from a snapshot. RDS takes only a part of the
      settings then: apply once more afterwards. User and database must be called what they are
      called in the snapshot; once the cluster is there, the argument may be dropped, but a change
      of it replaces the cluster.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.CreateInstance.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        name: The environment's prefix; the cluster's identifier.
        placement: The account and region.
        network: The subnets.
        security_groups: The group that admits clients and DMS.
        key: The key that encrypts data, log and Performance Insights.
        credentials: The master user and password.
        database_name: The database that is made with the cluster.
        engine_version: Aurora PostgreSQL's version; 15.8 by default.
        instance_class: The class of the writer and the readers, such as ``db.r6g.large``.
        reader_count: How many readers, 0 to 15; 2 by default.
        port: The TCP port; 5432 by default.
        storage_type: ``aurora`` (the default; I/O is billed) or ``aurora-iopt1``.
        snapshot_identifier: The name or ARN of a snapshot to start from; none by default.
        parameters: PostgreSQL's parameters.
        monitoring: What is measured and logged.
        backups: Automated backups.
        maintenance: When and how the cluster changes.
        protection: What stands between a mistake and the data.

    Raises:
        ValueError: The version is none of Aurora PostgreSQL, there are too many readers, or a
            parameter is not given as RDS takes it.
    """

    cluster: RdsCluster
    cluster_identifier: str
    endpoint: str
    """The writer's host name."""

    reader_endpoint: str
    """The host name behind which the readers take turns; the writer where there are none."""

    port: int
    database_name: str
    instance_identifiers: list[str]
    """The identifiers of all instances, the writer's first; known before Terraform runs."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        placement: Placement,
        network: Network,
        security_groups: SecurityGroups,
        key: EnvironmentKey,
        credentials: MasterCredentials,
        database_name: str,
        engine_version: str = "15.8",
        instance_class: str,
        reader_count: int = 2,
        port: int = 5432,
        storage_type: str = "aurora",
        snapshot_identifier: str | None = None,
        parameters: AuroraParameters | None = None,
        monitoring: AuroraMonitoring | None = None,
        backups: AuroraBackups | None = None,
        maintenance: AuroraMaintenance | None = None,
        protection: AuroraProtection | None = None,
    ) -> None:
        super().__init__(scope, id_)
        monitoring = monitoring or AuroraMonitoring()
        backups = backups or AuroraBackups()
        maintenance = maintenance or AuroraMaintenance()
        protection = protection or AuroraProtection()
        self.cluster_identifier = name
        self.port = port
        self.database_name = database_name
        EngineVersionCheck(
            self, "engine-version", placement=placement, engine_version=engine_version
        )
        groups = ParameterGroups(
            self,
            "parameters",
            name=name,
            engine_version=engine_version,
            parameters=parameters or AuroraParameters(),
        )
        subnet_group = DbSubnetGroup(
            self,
            "subnet-group",
            name=name,
            description=f"Subnets of the Aurora cluster {name}",
            subnet_ids=list(network.aurora_subnet_ids),
            tags={"Name": name},
        )
        log_group = self._log_group(key, retention_days=monitoring.log_retention_days)
        self.cluster = RdsCluster(
            self,
            "cluster",
            cluster_identifier=name,
            engine=ENGINE,
            engine_version=engine_version,
            engine_lifecycle_support=maintenance.engine_lifecycle_support,
            allow_major_version_upgrade=maintenance.allow_major_version_upgrade,
            database_name=database_name,
            port=port,
            snapshot_identifier=snapshot_identifier,
            master_username=credentials.username,
            master_password_wo=credentials.password_reference,
            master_password_wo_version=credentials.password_version,
            iam_database_authentication_enabled=True,
            db_subnet_group_name=subnet_group.name,
            vpc_security_group_ids=[security_groups.aurora_id],
            db_cluster_parameter_group_name=groups.cluster_group_name,
            # RDS takes it with an upgrade to another release alone.
            db_instance_parameter_group_name=(
                groups.instance_group_name if maintenance.allow_major_version_upgrade else None
            ),
            storage_type=storage_type,
            storage_encrypted=True,
            kms_key_id=key.arn,
            backup_retention_period=backups.retention_days,
            preferred_backup_window=backups.window,
            preferred_maintenance_window=maintenance.window,
            apply_immediately=maintenance.apply_immediately,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=["postgresql"],
            database_insights_mode=monitoring.database_insights_mode,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            performance_insights_retention_period=monitoring.performance_insights_retention_days,
            deletion_protection=protection.deletion_protection,
            skip_final_snapshot=not protection.final_snapshot,
            final_snapshot_identifier=(
                self._final_snapshot_name(key, credentials, snapshot_identifier)
                if protection.final_snapshot
                else None
            ),
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protection.prevent_destroy),
            # A snapshot of terabytes, taken or restored, outlasts the provider's two hours.
            timeouts=RdsClusterTimeouts(create=_PATIENCE, update=_PATIENCE, delete=_PATIENCE),
            depends_on=[log_group],
        )
        self._acknowledge(protection)
        self.endpoint = self.cluster.endpoint
        self.reader_endpoint = self.cluster.reader_endpoint
        self._instances = make_instances(
            self,
            self.cluster,
            name=name,
            placement=placement,
            key=key,
            instance_class=instance_class,
            reader_count=reader_count,
            parameter_group_name=groups.instance_group_name,
            monitoring=monitoring,
            maintenance=maintenance,
        )
        self.instance_identifiers = instance_identifiers(name, reader_count=reader_count)

    @property
    def writer(self) -> RdsClusterInstance:
        """The instance that is made first, and so begins as the writer."""
        return self._instances[0]

    @property
    def readers(self) -> list[RdsClusterInstance]:
        """The other instances, in the order in which a failover prefers them."""
        return self._instances[1:]

    def _log_group(self, key: EnvironmentKey, *, retention_days: int) -> CloudwatchLogGroup:
        group = CloudwatchLogGroup(
            self,
            "log",
            name=f"/aws/rds/cluster/{self.cluster_identifier}/postgresql",
            retention_in_days=retention_days,
            kms_key_id=key.arn,
        )
        if retention_days < _YEAR_DAYS:
            acknowledge(
                group,
                "CKV_AWS_338",
                reason="The environment's settings say how long PostgreSQL's log is worth keeping",
            )
        return group

    def _final_snapshot_name(
        self, key: EnvironmentKey, credentials: MasterCredentials, snapshot_identifier: str | None
    ) -> str:
        return FinalSnapshotName(
            self,
            "final-snapshot",
            name=self.cluster_identifier,
            keepers={
                "database_name": self.database_name,
                "kms_key_id": key.arn,
                "master_username": credentials.username,
                "snapshot_identifier": snapshot_identifier or "",
            },
        ).value

    def _acknowledge(self, protection: AuroraProtection) -> None:
        acknowledge(
            self.cluster,
            "CKV2_AWS_8",
            reason="Aurora's own continuous backups cover the retention that the settings ask for",
        )
        if not protection.deletion_protection:
            acknowledge(
                self.cluster,
                "CKV_AWS_139",
                reason="The environment's settings say that it may be deleted",
            )
