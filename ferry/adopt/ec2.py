"""How EC2's resources are found: they have no names of their own, so each has a `Name` tag.

The tag is one that no other resource of the environment's kind has. What is deleted stays visible
for about an hour, and is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from types_boto3_ec2 import EC2Client
    from types_boto3_ec2.type_defs import FilterTypeDef

    Describe = Callable[[EC2Client, Sequence[FilterTypeDef]], list[str]]

_GONE: Final = frozenset({"deleted", "deleting", "expired", "failed", "rejected"})


def ids(ec2: EC2Client, type_: str, name: str) -> list[str]:
    """The ids of the resources of a type that have the tag.

    Args:
        ec2: Where to look.
        type_: One of `DESCRIBE`.
        name: The value of the tag `Name`.
    """
    return DESCRIBE[type_](ec2, [{"Name": "tag:Name", "Values": [name]}])


def _attachments(ec2: EC2Client, tagged: Sequence[FilterTypeDef]) -> list[str]:
    found = ec2.describe_transit_gateway_vpc_attachments(Filters=tagged)
    return [
        one["TransitGatewayAttachmentId"]
        for one in found["TransitGatewayVpcAttachments"]
        if one["State"] not in _GONE
    ]


def _nat_gateways(ec2: EC2Client, tagged: Sequence[FilterTypeDef]) -> list[str]:
    found = ec2.describe_nat_gateways(Filters=tagged)["NatGateways"]
    return [one["NatGatewayId"] for one in found if one["State"] not in _GONE]


def _peerings(ec2: EC2Client, tagged: Sequence[FilterTypeDef]) -> list[str]:
    found = ec2.describe_vpc_peering_connections(Filters=tagged)["VpcPeeringConnections"]
    return [
        one["VpcPeeringConnectionId"] for one in found if one["Status"].get("Code") not in _GONE
    ]


def _endpoints(ec2: EC2Client, tagged: Sequence[FilterTypeDef]) -> list[str]:
    found = ec2.describe_vpc_endpoints(Filters=tagged)["VpcEndpoints"]
    return [one["VpcEndpointId"] for one in found if str(one["State"]).lower() not in _GONE]


def _rules(ec2: EC2Client, tagged: Sequence[FilterTypeDef]) -> list[str]:
    found = ec2.describe_security_group_rules(Filters=tagged)["SecurityGroupRules"]
    return [one["SecurityGroupRuleId"] for one in found]


DESCRIBE: Final[Mapping[str, Describe]] = {
    "aws_ec2_transit_gateway_vpc_attachment": _attachments,
    "aws_eip": lambda ec2, tagged: [
        one["AllocationId"] for one in ec2.describe_addresses(Filters=tagged)["Addresses"]
    ],
    "aws_flow_log": lambda ec2, tagged: [
        one["FlowLogId"] for one in ec2.describe_flow_logs(Filters=tagged)["FlowLogs"]
    ],
    "aws_internet_gateway": lambda ec2, tagged: [
        one["InternetGatewayId"]
        for one in ec2.describe_internet_gateways(Filters=tagged)["InternetGateways"]
    ],
    "aws_nat_gateway": _nat_gateways,
    "aws_route_table": lambda ec2, tagged: [
        one["RouteTableId"] for one in ec2.describe_route_tables(Filters=tagged)["RouteTables"]
    ],
    "aws_security_group": lambda ec2, tagged: [
        one["GroupId"] for one in ec2.describe_security_groups(Filters=tagged)["SecurityGroups"]
    ],
    "aws_subnet": lambda ec2, tagged: [
        one["SubnetId"] for one in ec2.describe_subnets(Filters=tagged)["Subnets"]
    ],
    "aws_vpc": lambda ec2, tagged: [
        one["VpcId"] for one in ec2.describe_vpcs(Filters=tagged)["Vpcs"]
    ],
    "aws_vpc_endpoint": _endpoints,
    "aws_vpc_peering_connection": _peerings,
    "aws_vpc_security_group_egress_rule": _rules,
    "aws_vpc_security_group_ingress_rule": _rules,
}
"""How each type is described. Its page's "Import" section takes the id."""
