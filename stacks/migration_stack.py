"""One environment: network, Aurora, secrets, alarms, and DMS where something is carried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformOutput, TerraformStack

from constructs_lib.aurora import AuroraCluster
from constructs_lib.credentials import ConnectionSecret, MasterCredentials
from constructs_lib.encryption import EnvironmentKey, OwnKey
from constructs_lib.monitoring import (
    AlarmTopic,
    AuroraAlarms,
    EventSubscriptions,
    MigrationDashboard,
    OwnTopic,
    ReplicationAlarms,
)
from constructs_lib.permissions_boundary import bound_roles
from constructs_lib.provider import configure_terraform
from constructs_lib.role_path import place_roles
from facts import outputs
from facts.names import environment_stack
from facts.placement import Placement
from stacks.network import make_network
from stacks.replication import make_replication

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_lib.protocols import Key, Topic
    from settings.environment import Environment


class MigrationStack(TerraformStack):
    """A network, an Aurora cluster, and a DMS replication that carries a database into it.

    Without a migration there is nothing of DMS. With one, the plan fails at once, and says what to
    run, where the account's roles or the source's secret are missing.

    Args:
        scope: The app.
        environment: The environment's settings.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, environment_stack(environment.name))
        names, aws = environment.names, environment.aws
        aurora, protection = environment.aurora, environment.protection
        placement = Placement(account_id=aws.account_id, region=aws.region)
        configure_terraform(
            self,
            placement=placement,
            provider_version=aws.provider_version,
            assume_role=aws.assume_role,
            default_tags={
                "project": environment.tags.project,
                "environment": environment.name,
                "repository": environment.tags.repository,
                **environment.tags.extra,
            },
            state_bucket=environment.state_bucket,
            state_key=environment.state_key,
            state_region=aws.home_region,
        )
        key: Key
        if aws.kms_key_arn is not None:
            key = OwnKey(arn=aws.kms_key_arn)
        else:
            key = EnvironmentKey(
                self,
                "key",
                names=names,
                placement=placement,
                deletion_window_days=protection.kms_deletion_window_days,
                prevent_destroy=protection.prevent_destroy,
            )
        network = make_network(self, environment, placement=placement, key=key)
        credentials = MasterCredentials(
            self,
            "master-credentials",
            names=names,
            key=key,
            username=aurora.master_username,
            version=aurora.master_password_version,
            recovery_window_days=protection.secret_recovery_window_days,
            prevent_destroy=protection.prevent_destroy,
        )
        cluster = AuroraCluster(
            self,
            "aurora",
            names=names,
            placement=placement,
            subnet_ids=network.vpc.aurora_subnet_ids,
            security_group_id=network.security_groups.aurora_id,
            key=key,
            master_user=credentials,
            database_name=aurora.database_name,
            engine_version=aurora.engine_version,
            instances=aurora.instances,
            capacity=aurora.serverless,
            port=aurora.port,
            storage_type=aurora.storage_type,
            snapshot_identifier=aurora.snapshot_identifier,
            log_statement=aurora.log_statement,
            log_min_duration_statement_ms=aurora.log_min_duration_statement_ms,
            parameters=aurora.parameters,
            instance_parameters=aurora.instance_parameters,
            performance_insights_retention_days=aurora.performance_insights_retention_days,
            database_insights_mode=aurora.database_insights_mode,
            monitoring_interval_seconds=aurora.monitoring_interval_seconds,
            log_retention_days=aurora.log_retention_days,
            backup_retention_days=aurora.backup_retention_days,
            backup_window=aurora.backup_window,
            maintenance_window=aurora.maintenance_window,
            apply_immediately=aurora.apply_immediately,
            allow_major_version_upgrade=aurora.allow_major_version_upgrade,
            engine_lifecycle_support=aurora.engine_lifecycle_support,
            ca_certificate_identifier=aurora.ca_certificate_identifier,
            prevent_destroy=protection.prevent_destroy,
            deletion_protection=protection.deletion_protection,
            final_snapshot=protection.final_snapshot,
        )
        target_secret = ConnectionSecret(
            self,
            "target-secret",
            names=names,
            key=key,
            credentials=credentials,
            cluster=cluster,
            recovery_window_days=protection.secret_recovery_window_days,
            prevent_destroy=protection.prevent_destroy,
        )
        replication = None
        if environment.has_migration:
            replication = make_replication(
                self,
                environment,
                placement=placement,
                key=key,
                network=network,
                target_secret=target_secret,
            )
        topic: Topic
        if environment.alarms.topic_arn is not None:
            topic = OwnTopic(arn=environment.alarms.topic_arn)
        else:
            topic = AlarmTopic(
                self,
                "alarm-topic",
                names=names,
                placement=placement,
                key=key,
                emails=environment.alarms.emails,
            )
        aurora_alarms = AuroraAlarms(
            self,
            "aurora-alarms",
            names=names,
            reader_count=len(aurora.instances) - 1,
            is_serverless=aurora.is_serverless,
            thresholds=environment.alarms.thresholds,
            topic=topic,
        )
        tasks = {} if replication is None else replication.tasks
        alarm_names = list(aurora_alarms.alarm_names)
        if replication is not None:
            alarm_names += ReplicationAlarms(
                self,
                "replication-alarms",
                names=names,
                task_names=list(tasks),
                thresholds=environment.alarms.thresholds,
                topic=topic,
            ).alarm_names
        EventSubscriptions(
            self,
            "events",
            names=names,
            cluster=cluster.identifier,
            cluster_instances=[cluster.writer_identifier, *cluster.reader_identifiers],
            replication_instance=None if replication is None else replication.instance.identifier,
            tasks={name: task.identifier for name, task in tasks.items()},
            topic=topic,
        )
        dashboard = MigrationDashboard(
            self,
            "dashboard",
            names=names,
            placement=placement,
            task_names=list(tasks),
            alarm_names=alarm_names,
        )
        place_roles(self, path=aws.role_path)
        if aws.permissions_boundary_arn is not None:
            bound_roles(self, policy_arn=aws.permissions_boundary_arn)
        self._add_outputs(
            {
                outputs.CLUSTER_ID: names.cluster,
                outputs.CLUSTER_ARN: cluster.arn,
                outputs.CLUSTER_ENDPOINT: cluster.endpoint,
                outputs.READER_ENDPOINT: cluster.reader_endpoint,
                outputs.CLUSTER_PORT: cluster.port,
                outputs.DATABASE_NAME: cluster.database_name,
                outputs.WRITER_INSTANCE_ID: cluster.writer_identifier,
                outputs.READER_INSTANCE_IDS: cluster.reader_identifiers,
                **{
                    outputs.reader_instance_id(number): identifier
                    for number, identifier in enumerate(cluster.reader_identifiers, start=1)
                },
                outputs.SECRET_ARN: target_secret.arn,
                outputs.MASTER_SECRET_ARN: credentials.arn,
                outputs.KMS_KEY_ARN: key.arn,
                outputs.VPC_ID: network.vpc.vpc_id,
                outputs.AURORA_SUBNET_IDS: list(network.vpc.aurora_subnet_ids),
                outputs.DMS_SUBNET_IDS: list(network.vpc.dms_subnet_ids),
                outputs.AURORA_SECURITY_GROUP_ID: network.security_groups.aurora_id,
                outputs.CLIENTS_SECURITY_GROUP_ID: network.security_groups.clients_id,
                outputs.ALARM_TOPIC_ARN: topic.arn,
                outputs.DASHBOARD_URL: dashboard.url,
            }
        )
        if replication is not None:
            self._add_outputs(replication.outputs)

    def _add_outputs(self, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            # Outputs keep the plain name: it is what people and `ferry` ask for.
            TerraformOutput(self, name, value=value).override_logical_id(name)
