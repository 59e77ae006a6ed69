"""The CloudWatch metrics that alarms and dashboard read, with the dimensions they really have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.aurora import AuroraCluster
    from constructs_lib.replication import ReplicationInstance, ReplicationTask


class Statistic(StrEnum):
    """What becomes of several values in one period."""

    AVERAGE = "Average"
    MAXIMUM = "Maximum"
    MINIMUM = "Minimum"


class Role(StrEnum):
    """Which of a cluster's instances: roles outlive a failover, the instances' names do not."""

    WRITER = "WRITER"
    READER = "READER"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One metric of one thing.

    Args:
        namespace: CloudWatch's namespace, such as ``AWS/RDS``.
        name: The metric's name, such as ``CPUUtilization``.
        dimensions: What it is measured of. CloudWatch finds nothing, and says nothing, unless these
            are exactly the dimensions that the metric is published with.
        statistic: What becomes of several values in one period.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: Statistic

    def line(self, label: str) -> list[Any]:
        """The metric as a line of a dashboard's graph.

        Source:
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html

        Args:
            label: How the legend names it.
        """
        dimensions = [part for dimension in self.dimensions.items() for part in dimension]
        options = {"label": label, "stat": str(self.statistic)}
        return [self.namespace, self.name, *dimensions, options]


def aurora_metric(
    cluster: AuroraCluster,
    name: str,
    *,
    role: Role | None = None,
    statistic: Statistic = Statistic.AVERAGE,
) -> Metric:
    """A metric of a cluster's instances: of all of them, or of those with a role.

    RDS publishes an instance's metrics under the cluster and under the cluster and the role too, so
    that ``Maximum`` and ``Minimum`` speak of the instance that is worst off.

    Sources:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/creating_alarms.html

    Args:
        cluster: The cluster.
        name: The metric's name.
        role: Which instances; all by default.
        statistic: The average over the instances by default.
    """
    dimensions = {"DBClusterIdentifier": cluster.cluster_identifier}
    if role is not None:
        dimensions["Role"] = str(role)
    return Metric(namespace="AWS/RDS", name=name, dimensions=dimensions, statistic=statistic)


def instance_metric(
    instance: ReplicationInstance, name: str, *, statistic: Statistic = Statistic.AVERAGE
) -> Metric:
    """A metric of the machine that DMS runs on; its dimension is the instance's identifier.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html

    Args:
        instance: The replication instance.
        name: The metric's name.
        statistic: The average by default.
    """
    return Metric(
        namespace="AWS/DMS",
        name=name,
        dimensions={"ReplicationInstanceIdentifier": instance.identifier},
        statistic=statistic,
    )


def task_metric(
    instance: ReplicationInstance,
    task: ReplicationTask,
    name: str,
    *,
    statistic: Statistic = Statistic.MAXIMUM,
) -> Metric:
    """A metric of a task, which DMS publishes with two dimensions.

    The task's is not its identifier: it is what its ARN ends in.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html

    Args:
        instance: The replication instance that runs the task.
        task: The task.
        name: The metric's name.
        statistic: The maximum by default: latencies and counts are worth their worst value.
    """
    return Metric(
        namespace="AWS/DMS",
        name=name,
        dimensions={
            "ReplicationInstanceIdentifier": instance.identifier,
            "ReplicationTaskIdentifier": task.resource_identifier,
        },
        statistic=statistic,
    )
