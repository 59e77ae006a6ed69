"""The instances of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance

from constructs_lib.acknowledge import acknowledge
from constructs_lib.aurora.enhanced_monitoring import EnhancedMonitoringRole
from facts.aurora import ENGINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
    from constructs import Construct

    from constructs_lib.protocols import Instance, Key
    from facts.names import Names
    from facts.placement import Placement


def make_instances(
    scope: Construct,
    cluster: RdsCluster,
    *,
    names: Names,
    placement: Placement,
    key: Key,
    instances: Sequence[Instance],
    parameter_group_name: str,
    performance_insights_retention_days: int,
    monitoring_interval_seconds: int,
    maintenance_window: str,
    apply_immediately: bool,
    ca_certificate_identifier: str,
) -> list[RdsClusterInstance]:
    """The writer and the readers; of whatever class, each may have to take the writer's place.

    The names say how the instances began: after a failover a reader writes and the writer reads;
    the cluster's endpoints follow, the names do not.

    The first instance of a cluster becomes its writer, so the readers wait for it. A failover
    prefers the lowest promotion tier. A change of the class, or of anything else
    that restarts an instance, is made to the writer first and then to all readers at once: with
    ``apply_immediately`` that is a failover and a moment without readers. Terraform cannot do it
    one by one; fail over by hand first where that matters.

    The version is the cluster's: instances do not state one. Performance Insights is the cluster's
    as well; the instances repeat it, as the provider sends it to the cluster only where no snapshot
    is restored, and a value that differs from the cluster's would be refused.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_PerfInsights.Enabling.html

    Args:
        scope: The construct that they belong to; their ids are ``writer``, ``reader-1`` and so on.
        cluster: The cluster.
        names: The environment's names.
        placement: The account and region.
        key: The key that encrypts Performance Insights.
        instances: The class and promotion tier of each, the writer's first.
        parameter_group_name: The instances' parameter group.
        performance_insights_retention_days: How long Performance Insights keeps.
        monitoring_interval_seconds: Seconds between two values of enhanced monitoring; 0 is off.
        maintenance_window: When AWS may maintain them.
        apply_immediately: Whether changes are made at once.
        ca_certificate_identifier: The authority that signs their certificates.
    """
    role = (
        EnhancedMonitoringRole(scope, "monitoring-role", names=names, placement=placement)
        if monitoring_interval_seconds
        else None
    )
    made: list[RdsClusterInstance] = []
    for number, each in enumerate(instances):
        id_, identifier = (
            (f"reader-{number}", names.reader(number)) if number else ("writer", names.writer)
        )
        instance = RdsClusterInstance(
            scope,
            id_,
            identifier=identifier,
            cluster_identifier=cluster.id,
            engine=ENGINE,
            instance_class=each.instance_class,
            promotion_tier=each.promotion_tier,
            publicly_accessible=False,
            db_parameter_group_name=parameter_group_name,
            ca_cert_identifier=ca_certificate_identifier,
            auto_minor_version_upgrade=False,
            apply_immediately=apply_immediately,
            preferred_maintenance_window=maintenance_window,
            copy_tags_to_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            performance_insights_retention_period=performance_insights_retention_days,
            monitoring_interval=monitoring_interval_seconds,
            monitoring_role_arn=role.arn if role else None,
            tags={"Name": identifier},
            depends_on=[*(role.ready if role else ()), *made[:1]],
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
        made.append(instance)
    return made
