"""The instances of the Aurora cluster, the writer's and the readers'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.cluster import find_cluster
from ferry.check.deployment.expect import equal, same_items

if TYPE_CHECKING:
    from types_boto3_rds.type_defs import DBInstanceTypeDef

    from ferry.check.deployment.deployed import Deployed


def instance_identifiers(deployed: Deployed) -> list[str]:
    """The instances that the outputs name, the first writer first."""
    found = deployed.outputs
    return [found[outputs.WRITER_INSTANCE_ID], *found[outputs.READER_INSTANCE_IDS]]


def find_instances(deployed: Deployed) -> list[DBInstanceTypeDef]:
    """The cluster's instances, in the order of the outputs."""
    filters = [{"Name": "db-cluster-id", "Values": [deployed.outputs[outputs.CLUSTER_ID]]}]
    pages = deployed.rds.get_paginator("describe_db_instances").paginate(Filters=filters)  # type: ignore[arg-type]  # plain dictionaries are of the shape
    found = {
        instance.get("DBInstanceIdentifier", ""): instance
        for page in pages
        for instance in page["DBInstances"]
    }
    wanted = instance_identifiers(deployed)
    same_items("the cluster's instances", found, wanted)
    return [found[identifier] for identifier in wanted]


def check_every_instance_is_available(deployed: Deployed) -> None:
    for instance in find_instances(deployed):
        name = instance.get("DBInstanceIdentifier")
        equal(f"{name}'s status", instance.get("DBInstanceStatus"), "available")


def check_one_writer_and_the_wanted_readers(deployed: Deployed) -> None:
    members = find_cluster(deployed).get("DBClusterMembers", [])
    roles = [member.get("IsClusterWriter") for member in members]
    wanted = [True, *[False] * deployed.environment.aurora.reader_count]
    same_items("members of the cluster that write", roles, wanted)


def check_readers_have_their_own_outputs(deployed: Deployed) -> None:
    readers = deployed.outputs[outputs.READER_INSTANCE_IDS]
    singly = [
        deployed.outputs.get(outputs.reader_instance_id(number))
        for number in range(1, len(readers) + 1)
    ]
    equal("the outputs of single readers", singly, readers)
    equal("the number of readers", len(readers), deployed.environment.aurora.reader_count)
    tiers = [instance.get("PromotionTier") for instance in find_instances(deployed)]
    equal("the promotion tiers, the writer's first", tiers, list(range(len(tiers))))


def check_instance_classes(deployed: Deployed) -> None:
    aurora = deployed.environment.aurora
    for instance in find_instances(deployed):
        name = instance.get("DBInstanceIdentifier")
        equal(f"{name}'s class", instance.get("DBInstanceClass"), aurora.instance_class)
        equal(f"{name}'s version", instance.get("EngineVersion"), aurora.engine_version)
        equal(
            f"{name}'s automatic minor upgrades",
            instance.get("AutoMinorVersionUpgrade"),
            wanted=False,
        )
        window = instance.get("PreferredMaintenanceWindow")
        equal(f"{name}'s maintenance window", window, aurora.maintenance_window)
        equal(
            f"{name}'s certificate authority",
            instance.get("CACertificateIdentifier"),
            aurora.ca_certificate_identifier,
        )


def check_instances_are_in_different_zones(deployed: Deployed) -> None:
    subnets = deployed.ec2.describe_subnets(SubnetIds=deployed.outputs[outputs.AURORA_SUBNET_IDS])
    zones = {subnet.get("AvailabilityZone") for subnet in subnets["Subnets"]}
    instances = find_instances(deployed)
    taken = {
        instance.get("DBInstanceIdentifier"): instance.get("AvailabilityZone")
        for instance in instances
    }
    foreign = {name: zone for name, zone in taken.items() if zone not in zones}
    assert not foreign, f"zones without a subnet for Aurora: {foreign}; there are {zones}"
    if len(instances) > 1:
        assert len(set(taken.values())) > 1, f"all instances are lost with one zone: {taken}"


def check_instances_are_private(deployed: Deployed) -> None:
    for instance in find_instances(deployed):
        name = instance.get("DBInstanceIdentifier")
        equal(f"{name}'s public access", instance.get("PubliclyAccessible"), wanted=False)


def check_instances_insights(deployed: Deployed) -> None:
    key = deployed.outputs[outputs.KMS_KEY_ARN]
    days = deployed.environment.aurora.performance_insights_retention_days
    for instance in find_instances(deployed):
        name = instance.get("DBInstanceIdentifier")
        enabled = instance.get("PerformanceInsightsEnabled")
        equal(f"{name}'s Performance Insights", enabled, wanted=True)
        equal(
            f"{name}'s Performance Insights key", instance.get("PerformanceInsightsKMSKeyId"), key
        )
        equal(
            f"{name}'s Performance Insights retention in days",
            instance.get("PerformanceInsightsRetentionPeriod"),
            days,
        )


def check_enhanced_monitoring(deployed: Deployed) -> None:
    seconds = deployed.environment.aurora.monitoring_interval_seconds
    for instance in find_instances(deployed):
        name = instance.get("DBInstanceIdentifier")
        interval = instance.get("MonitoringInterval", 0)
        equal(f"{name}'s seconds between values of enhanced monitoring", interval, seconds)
        has_role = bool(instance.get("MonitoringRoleArn"))
        equal(f"{name} has a role for enhanced monitoring", has_role, seconds > 0)
