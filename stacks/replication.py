"""An environment's replication: DMS, its access to the secrets, its endpoints and tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from constructs_lib.account_roles import AccountRolesLookup
from constructs_lib.credentials import (
    EnvironmentSourceSecret,
    GivenSourceSecret,
    ReverseSecret,
    SecretAccessRole,
)
from constructs_lib.replication import (
    ReplicationInstance,
    ReplicationTask,
)
from facts import outputs
from facts.ferry_schema import fence
from facts.names import AGAIN, BACK
from stacks.endpoints import make_certificate, make_endpoints
from stacks.way_back import make_way_back

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_lib.credentials import ConnectionSecret
    from constructs_lib.protocols import Key
    from facts.placement import Placement
    from settings.environment import Environment
    from stacks.network import EnvironmentNetwork


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentReplication:
    """What alarms and outputs are made of."""

    instance: ReplicationInstance
    tasks: Mapping[str, ReplicationTask]
    """By the tasks' own names."""
    outputs: Mapping[str, object]
    """The values of the stack's outputs, by name."""


def make_replication(
    scope: Construct,
    environment: Environment,
    *,
    placement: Placement,
    key: Key,
    network: EnvironmentNetwork,
    target_secret: ConnectionSecret,
) -> EnvironmentReplication:
    """Make the replication of an environment that has a migration, and find what it stands on.

    Raises:
        NoMigrationError: The environment is Aurora alone.
    """
    names, migration = environment.names, environment.migration
    source, dms = migration.source, migration.dms
    # Where something is carried, the network has a group for DMS.
    dms_security_group_id = cast("str", network.security_groups.dms_id)
    account_roles = AccountRolesLookup(scope, "account-roles", placement=placement)
    source_secret = (
        EnvironmentSourceSecret(scope, "source-secret", names=names, placement=placement)
        if source.secret_arn is None
        else GivenSourceSecret(scope, "source-secret", arn=source.secret_arn)
    )
    instance = ReplicationInstance(
        scope,
        "replication",
        names=names,
        subnet_ids=network.vpc.dms_subnet_ids,
        security_group_id=dms_security_group_id,
        key=key,
        depends_on=account_roles.ready,
        engine_version=dms.engine_version,
        instance_class=dms.instance_class,
        allocated_storage_gib=dms.allocated_storage_gib,
        multi_az=dms.multi_az,
        maintenance_window=dms.maintenance_window,
        apply_immediately=dms.apply_immediately,
        log_retention_days=dms.log_retention_days,
    )
    reverse_secret = (
        ReverseSecret(scope, "reverse-secret", names=names, placement=placement)
        if dms.rollback
        else None
    )
    access_role = SecretAccessRole(
        scope,
        "secret-access",
        names=names,
        placement=placement,
        key=key,
        secrets=[source_secret, target_secret, *([reverse_secret] if reverse_secret else [])],
        source_key_arn=source.secret_kms_key_arn,
    )
    certificate = make_certificate(scope, environment)
    endpoints = make_endpoints(
        scope,
        environment,
        source_secret=source_secret,
        target_secret=target_secret,
        access_role=access_role,
        key=key,
        secrets_manager_endpoint=network.secretsmanager_dns_name,
        certificate=certificate,
    )
    tasks = {
        task.name: ReplicationTask(
            scope,
            f"task-{task.name}",
            names=names,
            task=task,
            marker=fence(task.name),
            beside=migration.beside(fence(task.name), database),
            instance=instance,
            source=endpoints[database.aurora].source,
            target=endpoints[database.aurora].target,
        )
        for task, database in migration.tasks
    }
    legs = (
        make_way_back(
            scope,
            environment,
            source_secret=source_secret,
            reverse_secret=reverse_secret,
            target_secret=target_secret,
            access_role=access_role,
            key=key,
            secrets_manager_endpoint=network.secretsmanager_dns_name,
            certificate=certificate,
            instance=instance,
            endpoints=endpoints,
        )
        if reverse_secret
        else []
    )
    of_a_way_back = {
        outputs.DMS_BACK_TASK_ARNS: {it.of: it.task.arn for it in legs if it.leg == BACK},
        outputs.DMS_AGAIN_TASK_ARNS: {it.of: it.task.arn for it in legs if it.leg == AGAIN},
        outputs.REVERSE_SECRET_ARN: reverse_secret and reverse_secret.arn,
    }
    task_arns = {name: task.arn for name, task in tasks.items()}
    of_the_cluster, *further = endpoints.values()
    of_several = {
        outputs.DMS_SOURCE_ENDPOINT_ARNS: {name: it.source.arn for name, it in endpoints.items()},
        outputs.DMS_TARGET_ENDPOINT_ARNS: {name: it.target.arn for name, it in endpoints.items()},
    }
    return EnvironmentReplication(
        instance=instance,
        tasks={**tasks, **{it.name: it.task for it in legs}},
        outputs={
            outputs.SOURCE_SECRET_ARN: source_secret.arn,
            outputs.DMS_REPLICATION_INSTANCE_ARN: instance.arn,
            outputs.DMS_SOURCE_ENDPOINT_ARN: of_the_cluster.source.arn,
            outputs.DMS_TARGET_ENDPOINT_ARN: of_the_cluster.target.arn,
            outputs.DMS_TASK_ARN: next(iter(task_arns.values())),
            outputs.DMS_TASK_ARNS: task_arns,
            outputs.DMS_SECURITY_GROUP_ID: dms_security_group_id,
            **(of_several if further else {}),
            **(of_a_way_back if reverse_secret else {}),
        },
    )
