"""The instances of the Aurora cluster, the writer's and the readers'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts import outputs
from ferry.check.deployment import statuses
from ferry.check.deployment.deployed import ADDED_BY_AUTO_SCALING
from ferry.check.deployment.expect import as_wanted

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

_SEVERAL: Final = 2


def check_every_instance_is_available(deployed: Deployed, expect: Expect) -> None:
    """Every instance is available."""
    for name, instance in deployed.instances.items():
        status = instance.get("DBInstanceStatus")
        expect.status(f"The instance {name}", status, statuses.CLUSTER_INSTANCE)


def check_one_writer_and_the_wanted_readers(deployed: Deployed, expect: Expect) -> None:
    """The cluster's instances are those of the state, and one of them writes.

    Any may: a failover makes a reader the writer, and the names stay as they were. Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html
    """
    added = [name for name in deployed.instances if name.startswith(ADDED_BY_AUTO_SCALING)]
    others = [name for name in deployed.instances if name not in added]
    expect.same_items("The cluster's instances", others, deployed.instance_identifiers)
    for name in added:
        expect.look(
            f"{name} was added by Aurora's auto scaling.",
            why=f"{expect.environment}.toml knows nothing of it, and its alarms and events neither.",
            remedy="Ask who registered the cluster: aws application-autoscaling "
            "describe-scaling-policies --service-namespace rds.",
        )
    cluster = deployed.cluster
    writers = [
        member.get("DBInstanceIdentifier")
        for member in cluster.get("DBClusterMembers", [])
        if member.get("IsClusterWriter")
    ]
    if cluster.get("Status") not in statuses.CLUSTER.passing.split():
        expect.equal("The number of the cluster's writers", len(writers), 1)


def check_readers_have_their_own_outputs(deployed: Deployed, expect: Expect) -> None:
    """There are as many readers as the file asks for, each as soon in line as it says."""
    readers, instances = (
        deployed.outputs[outputs.READER_INSTANCE_IDS],
        deployed.environment.aurora.instances,
    )
    singly = [
        deployed.outputs.get(outputs.reader_instance_id(number))
        for number in range(1, len(readers) + 1)
    ]
    expect.equal("The outputs of single readers", singly, readers)
    expect.equal("The number of readers", len(readers), len(instances) - 1)
    for name, wanted in zip(deployed.instance_identifiers, instances, strict=False):
        if name in deployed.instances:  # one that is missing is another check's
            found = deployed.instances[name].get("PromotionTier")
            expect.equal(f"{name}'s promotion tier", found, wanted.promotion_tier)


def check_instance_classes(deployed: Deployed, expect: Expect) -> None:
    """Every instance's class, version, window and certificate authority are the file's."""
    aurora = deployed.environment.aurora
    names = deployed.names
    classes = {
        names.reader(place) if place else names.writer: it.instance_class
        for place, it in enumerate(aurora.instances)
    }
    for name, instance in deployed.settled_instances.items():
        pending = instance.get("PendingModifiedValues", {})
        expect.equal(
            f"{name}'s class",
            instance.get("DBInstanceClass"),
            classes.get(name, aurora.instance_class),
            pending=pending.get("DBInstanceClass"),
        )
        expect.equal(
            f"{name}'s version",
            as_wanted(instance.get("EngineVersion"), aurora.engine_version),
            aurora.engine_version,
            pending=as_wanted(pending.get("EngineVersion"), aurora.engine_version),
        )
        expect.equal(
            f"{name}'s automatic minor upgrades",
            instance.get("AutoMinorVersionUpgrade"),
            wanted=False,
        )
        window = instance.get("PreferredMaintenanceWindow")
        expect.equal(f"{name}'s maintenance window", window, aurora.maintenance_window)
        expect.equal(
            f"{name}'s certificate authority",
            instance.get("CACertificateIdentifier"),
            aurora.ca_certificate_identifier,
            pending=pending.get("CACertificateIdentifier"),
        )


def check_instances_are_in_different_zones(deployed: Deployed, expect: Expect) -> None:
    """The instances are in Aurora's zones, and not all in one."""
    subnets = deployed.account.ec2.describe_subnets(
        SubnetIds=deployed.outputs[outputs.AURORA_SUBNET_IDS]
    )["Subnets"]
    zones = {subnet.get("AvailabilityZone") for subnet in subnets}
    taken = {
        name: instance.get("AvailabilityZone")
        for name, instance in deployed.settled_instances.items()
    }
    for name, zone in taken.items():
        expect.that(zone in zones, f"{name} is in {zone}, where Aurora has no subnet.")
    expect.that(
        len(taken) < _SEVERAL or len(set(taken.values())) > 1,
        f"All instances are in {', '.join(map(str, set(taken.values())))}, and are lost with it.",
    )


def check_instances_are_private(deployed: Deployed, expect: Expect) -> None:
    """No instance has a public address."""
    for name, instance in deployed.settled_instances.items():
        expect.equal(f"{name}'s public access", instance.get("PubliclyAccessible"), wanted=False)


def check_instances_insights(deployed: Deployed, expect: Expect) -> None:
    """Every instance's Performance Insights are the file's."""
    key = deployed.outputs[outputs.KMS_KEY_ARN]
    days = deployed.environment.aurora.performance_insights_retention_days
    for name, instance in deployed.settled_instances.items():
        what = f"{name}'s Performance Insights"
        expect.equal(what, instance.get("PerformanceInsightsEnabled"), wanted=True)
        expect.equal(f"{what}, the key", instance.get("PerformanceInsightsKMSKeyId"), key)
        retention = instance.get("PerformanceInsightsRetentionPeriod")
        expect.equal(f"{what}, the retention in days", retention, days)


def check_enhanced_monitoring(deployed: Deployed, expect: Expect) -> None:
    """Every instance's enhanced monitoring is the file's."""
    seconds = deployed.environment.aurora.monitoring_interval_seconds
    for name, instance in deployed.settled_instances.items():
        interval, role = instance.get("MonitoringInterval", 0), instance.get("MonitoringRoleArn")
        expect.equal(f"{name}'s seconds between values of enhanced monitoring", interval, seconds)
        expect.equal(f"{name} has a role for enhanced monitoring", bool(role), seconds > 0)
