"""DMS replication instances."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends

from local_aws.answers import Answer, AwsError, ResponseMixin
from local_aws.services.dms import offers
from local_aws.services.dms.roles import require_vpc_role
from local_aws.services.dms.shelf import Resource, invalid_state, invalid_value
from local_aws.services.dms.subnet_groups import default_subnet_group, subnet_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_aws.services.dms.backend import LocalDmsBackend

# https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html
_IDENTIFIER = re.compile(r"(?!.*--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DEFAULT_WINDOW = "sun:06:00-sun:14:00"
_TAKEN_AS_GIVEN = (
    "AllocatedStorage",
    "AutoMinorVersionUpgrade",
    "EngineVersion",
    "MultiAZ",
    "NetworkType",
    "PreferredMaintenanceWindow",
    "ReplicationInstanceClass",
)


class Instances(ResponseMixin):
    """The calls about replication instances."""

    dms_backend: LocalDmsBackend

    def create_replication_instance(self) -> Answer:
        """CreateReplicationInstance."""
        parameters = self.parameters()
        backend = self.dms_backend
        require_vpc_role(backend)
        name = parameters["ReplicationInstanceIdentifier"].lower()
        if not _IDENTIFIER.fullmatch(name):
            raise invalid_value(
                f"Invalid replication instance identifier {name!r}: give 1 to 63 letters, digits "
                "and single hyphens, a letter first, no hyphen last"
            )
        _require_offered(parameters)
        group_name = parameters.get("ReplicationSubnetGroupIdentifier")
        group = subnet_group(backend, group_name) if group_name else default_subnet_group(backend)
        resource = backend.instances.add(
            Resource(
                arn=backend.arn_with_resource_id("rep", parameters.get("ResourceIdentifier")),
                data={
                    "ReplicationInstanceIdentifier": name,
                    "ReplicationInstanceStatus": "creating",
                    **_defaults(),
                    **_placement(backend, group.data, parameters),
                    **_given(parameters),
                    "KmsKeyId": parameters.get("KmsKeyId", backend.default_key_arn()),
                    "PubliclyAccessible": parameters.get("PubliclyAccessible", True),
                },
                upcoming=["available"],
            )
        )
        resource.data["ReplicationInstanceArn"] = resource.arn
        backend.tag(resource.arn, parameters.get("Tags"))
        return Answer({"ReplicationInstance": resource.data})

    def describe_replication_instances(self) -> Answer:
        """DescribeReplicationInstances."""
        instances, marker = self.dms_backend.instances.describe(self.parameters())
        return Answer({"ReplicationInstances": instances, "Marker": marker})

    def describe_pending_maintenance_actions(self) -> Answer:
        """DescribePendingMaintenanceActions: nothing waits, since every change acts at once."""
        return Answer({"PendingMaintenanceActions": []})

    def modify_replication_instance(self) -> Answer:
        """ModifyReplicationInstance; acts at once, whatever ApplyImmediately says."""
        parameters = self.parameters()
        instance = self.dms_backend.instances.get(parameters["ReplicationInstanceArn"])
        _require_offered(parameters)
        _require_allowed_upgrade(instance.data["EngineVersion"], parameters)
        instance.data |= _given(parameters)
        if group_ids := parameters.get("VpcSecurityGroupIds"):
            instance.data["VpcSecurityGroups"] = _security_groups(group_ids)
        if name := parameters.get("ReplicationInstanceIdentifier"):
            instance.data["ReplicationInstanceIdentifier"] = name.lower()
        instance.data["ReplicationInstanceStatus"] = "modifying"
        instance.upcoming = ["available"]
        return Answer({"ReplicationInstance": instance.data})

    def delete_replication_instance(self) -> Answer:
        """DeleteReplicationInstance; refused while it has tasks."""
        backend = self.dms_backend
        instance = backend.instances.get(self.parameters()["ReplicationInstanceArn"])
        if any(task.data["ReplicationInstanceArn"] == instance.arn for task in backend.tasks.all()):
            raise invalid_state(
                f"Replication instance {instance.arn} cannot be deleted: it has replication tasks."
            )
        for test in backend.connection_tests.all():
            if test.data["ReplicationInstanceArn"] == instance.arn:
                backend.connection_tests.delete(test)
        return Answer({"ReplicationInstance": backend.instances.delete(instance)})


def _require_offered(parameters: Mapping[str, Any]) -> None:
    version = parameters.get("EngineVersion", offers.DEFAULT_ENGINE_VERSION)
    if version not in offers.ENGINE_VERSIONS:
        raise invalid_value(
            f"No replication engine found with version: {version}; "
            f"there are {', '.join(offers.ENGINE_VERSIONS)}"
        )
    instance_class = parameters.get("ReplicationInstanceClass")
    if instance_class and instance_class not in offers.INSTANCE_CLASSES:
        raise invalid_value(f"The replication instance class {instance_class} is not on offer.")
    storage_gib = parameters.get("AllocatedStorage", offers.DEFAULT_STORAGE_GIB)
    if not offers.SMALLEST_STORAGE_GIB <= storage_gib <= offers.LARGEST_STORAGE_GIB:
        raise invalid_value(
            f"Invalid storage size: {storage_gib}; give "
            f"{offers.SMALLEST_STORAGE_GIB} to {offers.LARGEST_STORAGE_GIB} GiB"
        )


def _require_allowed_upgrade(current: str, parameters: Mapping[str, Any]) -> None:
    wanted = parameters.get("EngineVersion", current)
    major = wanted.rpartition(".")[0] != current.rpartition(".")[0]
    if major and not parameters.get("AllowMajorVersionUpgrade"):
        raise AwsError(
            "InvalidParameterCombinationException",
            f"Upgrading from {current} to {wanted} is a major upgrade: "
            "AllowMajorVersionUpgrade must be true",
        )


def _defaults() -> dict[str, Any]:
    return {
        "AllocatedStorage": offers.DEFAULT_STORAGE_GIB,
        "AutoMinorVersionUpgrade": True,
        "EngineVersion": offers.DEFAULT_ENGINE_VERSION,
        "InstanceCreateTime": utcnow(),
        "MultiAZ": False,
        "NetworkType": "IPV4",
        "PendingModifiedValues": {},
        "PreferredMaintenanceWindow": _DEFAULT_WINDOW,
    }


def _given(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {key: parameters[key] for key in _TAKEN_AS_GIVEN if key in parameters}


def _security_groups(group_ids: list[str]) -> list[dict[str, str]]:
    return [{"VpcSecurityGroupId": group_id, "Status": "active"} for group_id in group_ids]


def _placement(
    backend: LocalDmsBackend, group: Mapping[str, Any], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnets = group["Subnets"]
    zones = [subnet["SubnetAvailabilityZone"]["Name"] for subnet in subnets]
    zone = parameters.get("AvailabilityZone") or zones[0]
    if zone not in zones:
        raise invalid_value(f"No subnet of the group is in {zone}; there are {sorted(set(zones))}")
    subnet = ec2.get_subnet(subnets[zones.index(zone)]["SubnetIdentifier"])
    address = str(ipaddress.ip_network(subnet.cidr_block)[-10])
    default_group = ec2.get_default_security_group(group["VpcId"])
    public = ["198.51.100.10"] if parameters.get("PubliclyAccessible", True) else []
    return {
        "AvailabilityZone": zone,
        "SecondaryAvailabilityZone": next(
            (other for other in zones if other != zone and parameters.get("MultiAZ")), None
        ),
        "ReplicationInstancePrivateIpAddress": address,
        "ReplicationInstancePrivateIpAddresses": [address],
        "ReplicationInstancePublicIpAddress": public[0] if public else None,
        "ReplicationInstancePublicIpAddresses": public,
        "ReplicationSubnetGroup": dict(group),
        "VpcSecurityGroups": _security_groups(
            parameters.get("VpcSecurityGroupIds") or [default_group.id]
        ),
    }
