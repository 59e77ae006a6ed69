"""An Aurora PostgreSQL cluster with its instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.rds_cluster import (
    RdsCluster,
    RdsClusterServerlessv2ScalingConfiguration,
    RdsClusterTimeouts,
)
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.aurora.engine import EngineVersionCheck
from constructs_lib.aurora.final_snapshot import FinalSnapshotName
from constructs_lib.aurora.instances import make_instances
from constructs_lib.aurora.parameter_groups import ParameterGroups
from constructs_lib.log_group import make_log_group
from facts.aurora import ENGINE, release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.aurora.parameters import Parameter
    from constructs_lib.protocols import Capacity, Instance, Key, MasterUser
    from facts.names import Names
    from facts.placement import Placement

_PATIENCE = "4h"


class AuroraCluster(Construct):
    """An encrypted, private cluster, in all of the network's zones for Aurora.

    - The zones are the subnets': ``availability_zones`` is left out, as Aurora always uses three and
      a list of fewer makes Terraform replace the cluster.
    - The master password is the master user's; IAM authentication is on beside it.
    - PostgreSQL's log goes to a log group that is made first: made by RDS, it would be neither
      encrypted with the key nor ever emptied.
    - Minor versions are not applied by AWS, as the version is stated. Where AWS enforces one all
      the same, the next plan asks for a downgrade, which RDS refuses: state what runs.
    - ``snapshot_identifier`` makes the cluster from a snapshot. RDS takes only a part of the
      settings then: apply once more afterwards. User and database must be called what they are
      called in the snapshot; once the cluster is there, the argument may be dropped, but a change
      of it replaces the cluster.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.CreateInstance.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.Considerations.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/extended-support.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.requirements.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region.
        subnet_ids: The subnets.
        security_group_id: The group that admits clients and DMS.
        key: The key that encrypts data, log and Performance Insights.
        master_user: The master user and password.
        database_name: The database that is made with the cluster.
        engine_version: Aurora PostgreSQL's version, or its release alone.
        instances: The writer, then the readers in their order.
        capacity: Between what instances of ``db.serverless`` scale; None where there are none. The
            cluster has it before its instances, which RDS refuses without.
        port: The TCP port.
        storage_type: ``aurora`` (I/O is billed) or ``aurora-iopt1``.
        snapshot_identifier: The name or ARN of a snapshot to start from; None for an empty cluster.
        log_statement: Which statements PostgreSQL logs: ``none``, ``ddl``, ``mod`` or ``all``.
            Passwords in statements are logged with them.
        log_min_duration_statement_ms: Statements that take as long are logged; 0 for every one, -1
            for none.
        parameters: Further parameters of the cluster's group, by name.
        instance_parameters: Parameters of the instances' group, which come before the cluster's.
        performance_insights_retention_days: How long Performance Insights keeps.
        database_insights_mode: ``standard`` or ``advanced``.
        monitoring_interval_seconds: Seconds between two values of enhanced monitoring; 0 is off.
        log_retention_days: How long CloudWatch keeps PostgreSQL's log.
        backup_retention_days: How long automated backups are kept.
        backup_window: When they start every day, in UTC.
        maintenance_window: When AWS may maintain the cluster, in UTC, apart from the backups' window.
        apply_immediately: Whether changes are made at once and not in the window; until then every
            plan shows what waits. A change of the password never waits.
        allow_major_version_upgrade: Whether the version may be of another major release than what
            runs. Such an upgrade needs ``apply_immediately`` as well: while it waits, the parameter
            groups before it are in use and cannot be deleted.
        engine_lifecycle_support: Whether RDS Extended Support is bought when the release's standard
            support ends.
        ca_certificate_identifier: The authority that signs the instances' certificates.
        prevent_destroy: Whether Terraform refuses to destroy the cluster.
        deletion_protection: Whether RDS refuses to delete it.
        final_snapshot: Whether RDS takes a snapshot before it deletes it.
    """

    arn: str
    """The cluster's ARN, known after apply."""

    identifier: str
    """The cluster's identifier, as a reference: what uses it waits for the cluster."""

    endpoint: str
    """The writer's host name."""

    reader_endpoint: str
    """The host name behind which the readers take turns; the writer where there are none."""

    port: int
    database_name: str

    writer_identifier: str
    """The identifier, as a reference, of the instance that is made first and begins as the writer."""

    reader_identifiers: list[str]
    """Those of the other instances, in their order."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        placement: Placement,
        subnet_ids: Sequence[str],
        security_group_id: str,
        key: Key,
        master_user: MasterUser,
        database_name: str,
        engine_version: str,
        instances: Sequence[Instance],
        capacity: Capacity | None,
        port: int,
        storage_type: str,
        snapshot_identifier: str | None,
        log_statement: str,
        log_min_duration_statement_ms: int,
        parameters: Mapping[str, Parameter],
        instance_parameters: Mapping[str, Parameter],
        performance_insights_retention_days: int,
        database_insights_mode: str,
        monitoring_interval_seconds: int,
        log_retention_days: int,
        backup_retention_days: int,
        backup_window: str,
        maintenance_window: str,
        apply_immediately: bool,
        allow_major_version_upgrade: bool,
        engine_lifecycle_support: str,
        ca_certificate_identifier: str,
        prevent_destroy: bool,
        deletion_protection: bool,
        final_snapshot: bool,
    ) -> None:
        super().__init__(scope, id_)
        if engine_version != str(release(engine_version)):  # RDS offers some version of a release
            EngineVersionCheck(
                self, "engine-version", placement=placement, engine_version=engine_version
            )
        groups = ParameterGroups(
            self,
            "parameters",
            names=names,
            engine_version=engine_version,
            log_statement=log_statement,
            log_min_duration_statement_ms=log_min_duration_statement_ms,
            parameters=parameters,
            instance_parameters=instance_parameters,
        )
        subnet_group = DbSubnetGroup(
            self,
            "subnet-group",
            name=names.cluster,
            description=f"Subnets of the Aurora cluster {names.cluster}",
            subnet_ids=list(subnet_ids),
            tags={"Name": names.cluster},
        )
        log_group = make_log_group(
            self,
            "log",
            name=names.postgresql_log_group,
            key=key,
            retention_days=log_retention_days,
            reason="The environment's settings say how long PostgreSQL's log is worth keeping",
        )
        snapshot_name = None
        if final_snapshot:
            snapshot_name = FinalSnapshotName(
                self,
                "final-snapshot",
                names=names,
                keepers={
                    "database_name": database_name,
                    "kms_key_id": key.arn,
                    "master_username": master_user.username,
                    "snapshot_identifier": snapshot_identifier or "",
                },
            ).value
        cluster = RdsCluster(
            self,
            "cluster",
            cluster_identifier=names.cluster,
            engine=ENGINE,
            engine_version=engine_version,
            engine_lifecycle_support=engine_lifecycle_support,
            allow_major_version_upgrade=allow_major_version_upgrade,
            database_name=database_name,
            port=port,
            snapshot_identifier=snapshot_identifier,
            master_username=master_user.username,
            master_password_wo=master_user.password_reference,
            master_password_wo_version=master_user.password_version,
            iam_database_authentication_enabled=True,
            db_subnet_group_name=subnet_group.name,
            vpc_security_group_ids=[security_group_id],
            db_cluster_parameter_group_name=groups.cluster_group_name,
            # RDS takes it with an upgrade to another release alone.
            db_instance_parameter_group_name=(
                groups.instance_group_name if allow_major_version_upgrade else None
            ),
            serverlessv2_scaling_configuration=(
                RdsClusterServerlessv2ScalingConfiguration(
                    min_capacity=capacity.min_acu, max_capacity=capacity.max_acu
                )
                if capacity
                else None
            ),
            storage_type=storage_type,
            storage_encrypted=True,
            kms_key_id=key.arn,
            backup_retention_period=backup_retention_days,
            preferred_backup_window=backup_window,
            preferred_maintenance_window=maintenance_window,
            apply_immediately=apply_immediately,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=["postgresql"],
            database_insights_mode=database_insights_mode,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            performance_insights_retention_period=performance_insights_retention_days,
            deletion_protection=deletion_protection,
            skip_final_snapshot=not final_snapshot,
            final_snapshot_identifier=snapshot_name,
            tags={"Name": names.cluster},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=prevent_destroy),
            # A snapshot of terabytes, taken or restored, outlasts the provider's two hours.
            timeouts=RdsClusterTimeouts(create=_PATIENCE, update=_PATIENCE, delete=_PATIENCE),
            depends_on=[log_group],
        )
        acknowledge(
            cluster,
            "CKV2_AWS_8",
            reason="Aurora's own continuous backups cover the retention that the settings ask for",
        )
        if not deletion_protection:
            acknowledge(
                cluster,
                "CKV_AWS_139",
                reason="The environment's settings say that it may be deleted",
            )
        writer, *readers = make_instances(
            self,
            cluster,
            names=names,
            placement=placement,
            key=key,
            instances=instances,
            parameter_group_name=groups.instance_group_name,
            performance_insights_retention_days=performance_insights_retention_days,
            monitoring_interval_seconds=monitoring_interval_seconds,
            maintenance_window=maintenance_window,
            apply_immediately=apply_immediately,
            ca_certificate_identifier=ca_certificate_identifier,
        )
        self.arn = cluster.arn
        self.identifier = cluster.cluster_identifier
        self.endpoint = cluster.endpoint
        self.reader_endpoint = cluster.reader_endpoint
        self.port = port
        self.database_name = database_name
        self.writer_identifier = writer.identifier
        self.reader_identifiers = [reader.identifier for reader in readers]
