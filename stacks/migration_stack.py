"""One environment: network, Aurora, DMS, secrets, alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformOutput, TerraformStack

from constructs_lib.account_roles import AccountRolesLookup
from constructs_lib.aurora import AuroraCluster
from constructs_lib.credentials import (
    ConnectionSecret,
    EnvironmentSourceSecret,
    GivenSourceSecret,
    MasterCredentials,
    SecretAccessRole,
    SourceSecret,
)
from constructs_lib.encryption import EnvironmentKey
from constructs_lib.monitoring import (
    AlarmTopic,
    AuroraAlarms,
    EventSubscriptions,
    MigrationDashboard,
    ReplicationAlarms,
)
from constructs_lib.provider import configure_terraform
from constructs_lib.replication import (
    ReplicationInstance,
    ReplicationTask,
    SourceCertificate,
    SourceEndpoint,
    TargetEndpoint,
)
from facts import names, outputs
from facts.placement import Placement
from stacks import aurora_mapping
from stacks.network_mapping import make_network

if TYPE_CHECKING:
    from constructs import Construct

    from settings.environment import Environment


class MigrationStack(TerraformStack):
    """A network, an Aurora cluster, and a DMS replication that carries a database into it.

    Its plan fails at once, and says what to run, where the account's roles or the source's secret
    are missing.

    Args:
        scope: The app.
        environment: The environment's settings.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, names.environment_stack(environment.name))
        self._environment = environment
        self._placement = Placement(
            account_id=environment.aws.account_id, region=environment.aws.region
        )
        self._configure_terraform()
        self._account_roles = AccountRolesLookup(
            self,
            "account-roles",
            account_stack_name=names.account_stack(environment.aws.account_id),
        )
        self._key = EnvironmentKey(
            self,
            "key",
            name=environment.prefix,
            placement=self._placement,
            deletion_window_days=environment.protection.kms_deletion_window_days,
            prevent_destroy=environment.protection.prevent_destroy,
        )
        self._network = make_network(self, environment, placement=self._placement, key=self._key)
        self._source_secret = self._find_source_secret()
        self._credentials = self._make_credentials()
        self._aurora = self._make_aurora()
        self._target_secret = self._make_target_secret()
        self._replication_instance = self._make_replication_instance()
        self._source, self._target = self._make_endpoints()
        self._tasks = self._make_tasks()
        self._topic = AlarmTopic(
            self,
            "alarm-topic",
            names=environment.names,
            placement=self._placement,
            key=self._key,
            emails=environment.alarms.emails,
        )
        self._dashboard = self._make_monitoring()
        self._add_outputs()

    def _configure_terraform(self) -> None:
        environment = self._environment
        configure_terraform(
            self,
            placement=self._placement,
            provider_version=environment.aws.provider_version,
            default_tags={
                "project": environment.tags.project,
                "environment": environment.name,
                "repository": environment.tags.repository,
                **environment.tags.extra,
            },
            state_bucket=environment.state_bucket,
            state_key=environment.state_key,
            state_region=environment.aws.home_region,
        )

    def _find_source_secret(self) -> SourceSecret:
        if self._environment.source.secret_arn is not None:
            return GivenSourceSecret(self, "source-secret", arn=self._environment.source.secret_arn)
        return EnvironmentSourceSecret(
            self,
            "source-secret",
            name=self._environment.prefix,
            environment=self._environment.name,
            placement=self._placement,
        )

    def _make_credentials(self) -> MasterCredentials:
        return MasterCredentials(
            self,
            "master-credentials",
            name=self._environment.prefix,
            key=self._key,
            username=self._environment.aurora.master_username,
            version=self._environment.aurora.master_password_version,
            recovery_window_days=self._environment.protection.secret_recovery_window_days,
            prevent_destroy=self._environment.protection.prevent_destroy,
        )

    def _make_aurora(self) -> AuroraCluster:
        aurora = self._environment.aurora
        return AuroraCluster(
            self,
            "aurora",
            name=self._environment.prefix,
            placement=self._placement,
            network=self._network.network,
            security_groups=self._network.security_groups,
            key=self._key,
            credentials=self._credentials,
            database_name=aurora.database_name,
            engine_version=aurora.engine_version,
            instance_class=aurora.instance_class,
            reader_count=aurora.reader_count,
            port=aurora.port,
            storage_type=aurora.storage_type,
            snapshot_identifier=aurora.snapshot_identifier,
            parameters=aurora_mapping.parameters(aurora),
            monitoring=aurora_mapping.monitoring(aurora),
            backups=aurora_mapping.backups(aurora),
            maintenance=aurora_mapping.maintenance(aurora),
            protection=aurora_mapping.protection(self._environment.protection),
        )

    def _make_target_secret(self) -> ConnectionSecret:
        return ConnectionSecret(
            self,
            "target-secret",
            name=self._environment.prefix,
            key=self._key,
            credentials=self._credentials,
            cluster=self._aurora,
            recovery_window_days=self._environment.protection.secret_recovery_window_days,
            prevent_destroy=self._environment.protection.prevent_destroy,
        )

    def _make_replication_instance(self) -> ReplicationInstance:
        dms = self._environment.dms
        return ReplicationInstance(
            self,
            "replication",
            names=self._environment.names,
            subnet_ids=self._network.network.dms_subnet_ids,
            security_group_id=self._network.security_groups.dms_id,
            key=self._key,
            depends_on=self._account_roles.ready,
            engine_version=dms.engine_version,
            instance_class=dms.instance_class,
            allocated_storage_gib=dms.allocated_storage_gib,
            multi_az=dms.multi_az,
            maintenance_window=dms.maintenance_window,
            apply_immediately=dms.apply_immediately,
            log_retention_days=dms.log_retention_days,
        )

    def _make_endpoints(self) -> tuple[SourceEndpoint, TargetEndpoint]:
        environment = self._environment
        access_role = SecretAccessRole(
            self,
            "secret-access",
            name=environment.prefix,
            placement=self._placement,
            key=self._key,
            secrets=[self._source_secret, self._target_secret],
            source_key_arn=environment.source.secret_kms_key_arn,
        )
        source = SourceEndpoint(
            self,
            "source",
            names=environment.names,
            secret=self._source_secret,
            access_role=access_role,
            key=self._key,
            secrets_manager_endpoint=self._network.secretsmanager_dns_name,
            database_name=environment.source.database,
            ssl_mode=environment.source.ssl_mode,
            certificate=self._make_certificate(),
            plugin_name=environment.source.plugin_name,
            slot_name=environment.source.slot_name,
            capture_ddls=environment.source.capture_ddls,
            ddl_artifacts_schema=environment.source.ddl_artifacts_schema,
            heartbeat=environment.source.heartbeat.enabled,
            heartbeat_frequency_minutes=environment.source.heartbeat.frequency_minutes,
            heartbeat_schema=environment.source.heartbeat.schema_name,
            execute_timeout_seconds=environment.source.execute_timeout_seconds,
            map_unbounded_numeric_as_string=environment.dms.map_unbounded_numeric_as_string,
        )
        target = TargetEndpoint(
            self,
            "target",
            names=environment.names,
            secret=self._target_secret,
            access_role=access_role,
            key=self._key,
            secrets_manager_endpoint=self._network.secretsmanager_dns_name,
            database_name=environment.aurora.database_name,
            after_connect_script=environment.dms.target.after_connect_script,
            execute_timeout_seconds=environment.dms.target.execute_timeout_seconds,
            map_unbounded_numeric_as_string=environment.dms.map_unbounded_numeric_as_string,
        )
        return source, target

    def _make_certificate(self) -> SourceCertificate | None:
        pem = self._environment.source_ca_certificate_pem
        if pem is None:
            return None
        return SourceCertificate(
            self, "source-ca", names=self._environment.names, certificate_pem=pem
        )

    def _make_tasks(self) -> dict[str, ReplicationTask]:
        return {
            task.name: ReplicationTask(
                self,
                f"task-{task.name}",
                names=self._environment.names,
                task=task,
                instance=self._replication_instance,
                source=self._source,
                target=self._target,
            )
            for task in self._environment.dms.tasks
        }

    def _make_monitoring(self) -> MigrationDashboard:
        environment, names = self._environment, self._environment.names
        task_names = list(self._tasks)
        thresholds = environment.alarms.thresholds
        aurora_alarms = AuroraAlarms(
            self,
            "aurora-alarms",
            names=names,
            reader_count=environment.aurora.reader_count,
            thresholds=thresholds,
            topic=self._topic,
        )
        replication_alarms = ReplicationAlarms(
            self,
            "replication-alarms",
            names=names,
            task_names=task_names,
            thresholds=thresholds,
            topic=self._topic,
        )
        EventSubscriptions(
            self,
            "events",
            names=names,
            cluster=self._aurora.cluster.cluster_identifier,
            cluster_instances=[
                each.identifier for each in (self._aurora.writer, *self._aurora.readers)
            ],
            replication_instance=self._replication_instance.identifier,
            tasks={name: task.identifier for name, task in self._tasks.items()},
            topic=self._topic,
        )
        return MigrationDashboard(
            self,
            "dashboard",
            names=names,
            placement=self._placement,
            task_names=task_names,
            alarm_names=[*aurora_alarms.alarm_names, *replication_alarms.alarm_names],
        )

    def _add_outputs(self) -> None:
        aurora, network = self._aurora, self._network
        groups = network.security_groups
        task_arns = {name: task.arn for name, task in self._tasks.items()}
        values: dict[str, object] = {
            outputs.CLUSTER_ID: aurora.cluster_identifier,
            outputs.CLUSTER_ARN: aurora.cluster.arn,
            outputs.CLUSTER_ENDPOINT: aurora.endpoint,
            outputs.READER_ENDPOINT: aurora.reader_endpoint,
            outputs.CLUSTER_PORT: aurora.port,
            outputs.DATABASE_NAME: aurora.database_name,
            outputs.WRITER_INSTANCE_ID: aurora.writer.identifier,
            outputs.READER_INSTANCE_IDS: [reader.identifier for reader in aurora.readers],
            **{
                outputs.reader_instance_id(number): reader.identifier
                for number, reader in enumerate(aurora.readers, start=1)
            },
            outputs.SECRET_ARN: self._target_secret.arn,
            outputs.MASTER_SECRET_ARN: self._credentials.secret_arn,
            outputs.SOURCE_SECRET_ARN: self._source_secret.arn,
            outputs.KMS_KEY_ARN: self._key.arn,
            outputs.DMS_REPLICATION_INSTANCE_ARN: self._replication_instance.arn,
            outputs.DMS_SOURCE_ENDPOINT_ARN: self._source.arn,
            outputs.DMS_TARGET_ENDPOINT_ARN: self._target.arn,
            outputs.DMS_TASK_ARN: next(iter(task_arns.values())),
            outputs.DMS_TASK_ARNS: task_arns,
            outputs.VPC_ID: network.network.vpc_id,
            outputs.AURORA_SUBNET_IDS: list(network.network.aurora_subnet_ids),
            outputs.DMS_SUBNET_IDS: list(network.network.dms_subnet_ids),
            outputs.AURORA_SECURITY_GROUP_ID: groups.aurora_id,
            outputs.DMS_SECURITY_GROUP_ID: groups.dms_id,
            outputs.CLIENTS_SECURITY_GROUP_ID: groups.clients_id,
            outputs.ALARM_TOPIC_ARN: self._topic.arn,
            outputs.DASHBOARD_URL: self._dashboard.url,
        }
        for name, value in values.items():
            # Outputs keep the plain name: it is what people and `ferry` ask for.
            TerraformOutput(self, name, value=value).override_logical_id(name)
