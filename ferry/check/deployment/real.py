"""The dimensions under which AWS publishes the environment's metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.instances import find_instances
from ferry.check.deployment.replication import find_replication_instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.check.deployment.deployed import Deployed


@dataclass(frozen=True, kw_only=True, slots=True)
class RealDimensions:
    """What AWS's own answers say that metrics are of.

    Args:
        cluster: The cluster's dimensions.
        instances: The identifiers of its instances.
        replication_instance: The replication instance's dimensions.
        tasks: The last segments of the tasks' ARNs, which CloudWatch knows them by.
    """

    cluster: Mapping[str, str]
    instances: frozenset[str]
    replication_instance: Mapping[str, str]
    tasks: frozenset[str]

    def are_dimensions_of(self, namespace: str, dimensions: Mapping[str, str]) -> bool:
        """Whether AWS publishes metrics of a namespace with exactly these dimensions."""
        rest = dict(dimensions)
        if namespace == "AWS/RDS":
            instance, role = rest.pop("DBInstanceIdentifier", None), rest.pop("Role", None)
            if instance is not None:
                return instance in self.instances and not rest and role is None
            return rest == self.cluster and role in {None, "WRITER", "READER"}
        if namespace == "AWS/DMS":
            task = rest.pop("ReplicationTaskIdentifier", None)
            return rest == self.replication_instance and (task is None or task in self.tasks)
        return False


def real_dimensions(deployed: Deployed) -> RealDimensions:
    """Ask RDS and DMS."""
    instance = find_replication_instance(deployed)
    return RealDimensions(
        cluster={"DBClusterIdentifier": deployed.outputs[outputs.CLUSTER_ID]},
        instances=frozenset(
            one.get("DBInstanceIdentifier", "") for one in find_instances(deployed)
        ),
        replication_instance={
            "ReplicationInstanceIdentifier": instance.get("ReplicationInstanceIdentifier", "")
        },
        tasks=frozenset(
            arn.rpartition(":")[2] for arn in deployed.outputs[outputs.DMS_TASK_ARNS].values()
        ),
    )
