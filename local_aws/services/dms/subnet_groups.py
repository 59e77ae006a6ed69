"""DMS replication subnet groups, of the subnets that EC2 has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends

from local_aws.answers import Answer, AwsError, ResponseMixin
from local_aws.services.dms.roles import require_vpc_role
from local_aws.services.dms.shelf import Resource

if TYPE_CHECKING:
    from local_aws.services.dms.backend import LocalDmsBackend

_FEWEST_ZONES = 2


class SubnetGroups(ResponseMixin):
    """The calls about subnet groups."""

    dms_backend: LocalDmsBackend

    def create_replication_subnet_group(self) -> Answer:
        """CreateReplicationSubnetGroup."""
        parameters = self.parameters()
        backend = self.dms_backend
        require_vpc_role(backend)
        name = parameters["ReplicationSubnetGroupIdentifier"].lower()
        resource = backend.subnet_groups.add(
            Resource(
                arn=backend.arn("subgrp", name),
                data={
                    "ReplicationSubnetGroupIdentifier": name,
                    "ReplicationSubnetGroupDescription": parameters[
                        "ReplicationSubnetGroupDescription"
                    ],
                    **_placement(backend, parameters["SubnetIds"]),
                },
            )
        )
        backend.tag(resource.arn, parameters.get("Tags"))
        return Answer({"ReplicationSubnetGroup": resource.data})

    def describe_replication_subnet_groups(self) -> Answer:
        """DescribeReplicationSubnetGroups."""
        groups, marker = self.dms_backend.subnet_groups.describe(self.parameters())
        return Answer({"ReplicationSubnetGroups": groups, "Marker": marker})

    def modify_replication_subnet_group(self) -> Answer:
        """ModifyReplicationSubnetGroup."""
        parameters = self.parameters()
        group = subnet_group(self.dms_backend, parameters["ReplicationSubnetGroupIdentifier"])
        group.data |= _placement(self.dms_backend, parameters["SubnetIds"])
        if description := parameters.get("ReplicationSubnetGroupDescription"):
            group.data["ReplicationSubnetGroupDescription"] = description
        return Answer({"ReplicationSubnetGroup": group.data})

    def delete_replication_subnet_group(self) -> Answer:
        """DeleteReplicationSubnetGroup; refused while an instance is in it."""
        backend = self.dms_backend
        group = subnet_group(backend, self.parameters()["ReplicationSubnetGroupIdentifier"])
        name = group.data["ReplicationSubnetGroupIdentifier"]
        for instance in backend.instances.all():
            used = instance.data["ReplicationSubnetGroup"]["ReplicationSubnetGroupIdentifier"]
            if used == name:
                raise AwsError(
                    "InvalidResourceStateFault",
                    f"Replication subnet group {name} is in use by {instance.arn}.",
                )
        backend.subnet_groups.delete(group)
        return Answer()


def subnet_group(backend: LocalDmsBackend, name: str) -> Resource:
    """The group of this name.

    Raises:
        AwsError: ResourceNotFoundFault.
    """
    return backend.subnet_groups.get(backend.arn("subgrp", name.lower()))


def default_subnet_group(backend: LocalDmsBackend) -> Resource:
    """The group that DMS makes of the default VPC's subnets where an instance names none."""
    if group := backend.subnet_groups.by_name("default"):
        return group
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnets = ec2.describe_subnets(filters={"default-for-az": "true"})
    return backend.subnet_groups.add(
        Resource(
            arn=backend.arn("subgrp", "default"),
            data={
                "ReplicationSubnetGroupIdentifier": "default",
                "ReplicationSubnetGroupDescription": "default",
                **_placement(backend, [subnet.id for subnet in subnets]),
            },
        )
    )


def _placement(backend: LocalDmsBackend, subnet_ids: list[str]) -> dict[str, Any]:
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    found = {subnet.id: subnet for subnet in ec2.describe_subnets()}
    if missing := [subnet_id for subnet_id in subnet_ids if subnet_id not in found]:
        raise AwsError("InvalidSubnet", f"The subnets {missing} do not exist.")
    subnets = [found[subnet_id] for subnet_id in subnet_ids]
    vpc_ids = {subnet.vpc_id for subnet in subnets}
    if len(vpc_ids) > 1:
        raise AwsError("InvalidSubnet", f"The subnets are of several VPCs: {sorted(vpc_ids)}.")
    if len({subnet.availability_zone for subnet in subnets}) < _FEWEST_ZONES:
        raise AwsError(
            "ReplicationSubnetGroupDoesNotCoverEnoughAZs",
            "The Replication Subnet Group doesn't meet Availability Zone (AZ) coverage "
            "requirement. Please add subnets to cover at least 2 AZs.",
        )
    return {
        "VpcId": vpc_ids.pop(),
        "SubnetGroupStatus": "Complete",
        "Subnets": [
            {
                "SubnetIdentifier": subnet.id,
                "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
                "SubnetStatus": "Active",
            }
            for subnet in subnets
        ],
        "SupportedNetworkTypes": ["IPV4"],
    }
