"""The instances of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance

from constructs_lib.acknowledge import acknowledge
from constructs_lib.aurora.engine import ENGINE
from constructs_lib.aurora.enhanced_monitoring import EnhancedMonitoringRole

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
    from constructs import Construct

    from constructs_lib.aurora.settings import AuroraMaintenance, AuroraMonitoring
    from constructs_lib.encryption import EnvironmentKey
    from facts.placement import Placement

_MOST_READERS = 15


def instance_identifiers(name: str, *, reader_count: int) -> list[str]:
    """``NAME-writer``, ``NAME-reader-1`` and so on.

    The names say how the instances began. After a failover a reader writes and ``NAME-writer``
    reads; the cluster's endpoints follow, the names do not.

    Args:
        name: The environment's prefix.
        reader_count: How many readers.

    Raises:
        ValueError: A cluster cannot have as many readers.
    """
    if not 0 <= reader_count <= _MOST_READERS:
        raise ValueError(
            f"the Aurora cluster {name} has reader_count {reader_count}; allowed are 0 to"
            f" {_MOST_READERS}."
        )
    return [f"{name}-writer", *(f"{name}-reader-{n}" for n in range(1, reader_count + 1))]


def make_instances(
    cluster: Construct,
    resource: RdsCluster,
    *,
    name: str,
    placement: Placement,
    key: EnvironmentKey,
    instance_class: str,
    reader_count: int,
    parameter_group_name: str,
    monitoring: AuroraMonitoring,
    maintenance: AuroraMaintenance,
) -> list[RdsClusterInstance]:
    """The writer and the readers, all of one class, so that each can take the writer's place.

    The first instance of a cluster becomes its writer, so the readers wait for it. A failover
    prefers the readers in their order (promotion tiers). A change of the class, or of anything else
    that restarts an instance, is made to the writer first and then to all readers at once: with
    ``apply_immediately`` that is a failover and a moment without readers. Terraform cannot do it
    one by one; fail over by hand first where that matters.

    The version is the cluster's: instances do not state one. Performance Insights is the cluster's
    as well; the instances repeat it, as the provider sends it to the cluster only where no snapshot
    is restored, and a value that differs from the cluster's would be refused.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_PerfInsights.Enabling.html

    Args:
        cluster: The construct that they belong to; their ids are ``writer``, ``reader-1`` and so on.
        resource: The cluster.
        name: The environment's prefix.
        placement: The account and region.
        key: The key that encrypts Performance Insights.
        instance_class: Their class.
        reader_count: How many readers, 0 to 15.
        parameter_group_name: The instances' parameter group.
        monitoring: What is measured.
        maintenance: When and how they change.

    Raises:
        ValueError: A cluster cannot have as many readers.
    """
    role = (
        EnhancedMonitoringRole(cluster, "monitoring-role", name=name, placement=placement)
        if monitoring.monitoring_interval_seconds
        else None
    )
    instances: list[RdsClusterInstance] = []
    for tier, identifier in enumerate(instance_identifiers(name, reader_count=reader_count)):
        instance = RdsClusterInstance(
            cluster,
            identifier.removeprefix(f"{name}-"),
            identifier=identifier,
            cluster_identifier=resource.id,
            engine=ENGINE,
            instance_class=instance_class,
            promotion_tier=tier,
            publicly_accessible=False,
            db_parameter_group_name=parameter_group_name,
            ca_cert_identifier=maintenance.ca_certificate_identifier,
            auto_minor_version_upgrade=False,
            apply_immediately=maintenance.apply_immediately,
            preferred_maintenance_window=maintenance.window,
            copy_tags_to_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            performance_insights_retention_period=monitoring.performance_insights_retention_days,
            monitoring_interval=monitoring.monitoring_interval_seconds,
            monitoring_role_arn=role.arn if role else None,
            tags={"Name": identifier},
            depends_on=[*([role.policy] if role else []), *instances[:1]],
        )
        acknowledge(
            instance,
            "CKV_AWS_226",
            reason="The version is stated: an upgrade behind Terraform's back makes the next plan"
            " ask for a downgrade, which RDS refuses",
        )
        if role is None:
            acknowledge(
                instance,
                "CKV_AWS_118",
                reason="The environment's settings turn enhanced monitoring off",
            )
        instances.append(instance)
    return instances
