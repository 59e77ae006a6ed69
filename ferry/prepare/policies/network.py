"""Making and changing the network.

EC2 draws the ids, so what is the environment's own is told by its tags; what the file names by an
id is told by that. Which action knows which tag: the Service Authorization Reference of EC2,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.prepare.policies.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.prepare.policies.statements import Scope

_CREATE: Final = (
    (
        "CreateVpcAndAddresses",
        ("ec2:AllocateAddress", "ec2:CreateVpc"),
        ("elastic-ip", "vpc"),
    ),
    (
        "CreateInVpc",
        ("ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet"),
        ("route-table", "security-group", "subnet"),
    ),
    ("CreateFlowLogs", ("ec2:CreateFlowLogs",), ("vpc-flow-log",)),
    (
        "CreateWays",
        (
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:CreateInternetGateway",
            "ec2:CreateNatGateway",
            "ec2:CreateTransitGatewayVpcAttachment",
            "ec2:CreateVpcEndpoint",
            "ec2:CreateVpcPeeringConnection",
        ),
        (
            "internet-gateway",
            "natgateway",
            "security-group-rule",
            "transit-gateway-attachment",
            "vpc-endpoint",
            "vpc-peering-connection",
        ),
    ),
)
"""What is made, by actions that do not need another of the same statement: what they need is told
by its own tags, not by those that the call sends along."""

_ON_OWN: Final = (
    "ec2:AcceptVpcPeeringConnection",
    "ec2:AssociateRouteTable",
    "ec2:AttachInternetGateway",
    "ec2:AttachVpnGateway",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateFlowLogs",
    "ec2:CreateNatGateway",
    "ec2:CreateNetworkInterface",
    "ec2:CreateRoute",
    "ec2:CreateRouteTable",
    "ec2:CreateSecurityGroup",
    "ec2:CreateSubnet",
    "ec2:CreateTags",
    "ec2:CreateTransitGatewayVpcAttachment",
    "ec2:CreateVpcEndpoint",
    "ec2:CreateVpcPeeringConnection",
    "ec2:DeleteFlowLogs",
    "ec2:DeleteInternetGateway",
    "ec2:DeleteNatGateway",
    "ec2:DeleteRoute",
    "ec2:DeleteRouteTable",
    "ec2:DeleteSecurityGroup",
    "ec2:DeleteSubnet",
    "ec2:DeleteTags",
    "ec2:DeleteTransitGatewayVpcAttachment",
    "ec2:DeleteVpc",
    "ec2:DeleteVpcEndpoints",
    "ec2:DeleteVpcPeeringConnection",
    "ec2:DetachInternetGateway",
    "ec2:DetachVpnGateway",
    "ec2:DisableVgwRoutePropagation",
    "ec2:DisassociateAddress",
    "ec2:DisassociateRouteTable",
    "ec2:EnableVgwRoutePropagation",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:ModifySecurityGroupRules",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyTransitGatewayVpcAttachment",
    "ec2:ModifyVpcAttribute",
    "ec2:ModifyVpcEndpoint",
    "ec2:ReleaseAddress",
    "ec2:ReplaceRoute",
    "ec2:ReplaceRouteTableAssociation",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
)
_ON_VPC: Final = (
    "ec2:AttachVpnGateway",
    "ec2:CreateSecurityGroup",
    "ec2:CreateTransitGatewayVpcAttachment",
    "ec2:CreateVpcEndpoint",
    "ec2:CreateVpcPeeringConnection",
    "ec2:DetachVpnGateway",
)
_ON_SUBNETS: Final = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateTransitGatewayVpcAttachment",
    "ec2:CreateVpcEndpoint",
    "ec2:ModifyTransitGatewayVpcAttachment",
    "ec2:ModifyVpcEndpoint",
)
_ON_ROUTE_TABLES: Final = (
    "ec2:CreateRoute",
    "ec2:DeleteRoute",
    "ec2:DisableVgwRoutePropagation",
    "ec2:EnableVgwRoutePropagation",
    "ec2:ReplaceRoute",
)
_ON_VPN_GATEWAY: Final = (
    "ec2:AttachVpnGateway",
    "ec2:DetachVpnGateway",
    "ec2:DisableVgwRoutePropagation",
    "ec2:EnableVgwRoutePropagation",
)


def network(scope: Scope) -> list[Statement]:
    """The environment's network, and its part in what others own."""
    everything = scope.arns("ec2", "*/*")
    return [
        *(
            Statement(
                sid=sid,
                actions=actions,
                resources=scope.arns("ec2", *(f"{kind}/*" for kind in kinds)),
                condition=scope.created,
            )
            for sid, actions, kinds in _CREATE
        ),
        Statement(
            sid="TagOnCreation",
            actions=["ec2:CreateTags"],
            resources=everything,
            condition={**scope.created, "Null": {"ec2:CreateAction": "false"}},
        ),
        Statement(
            sid="ChangeWhatIsOwn", actions=_ON_OWN, resources=everything, condition=scope.own
        ),
        *_default_security_group(scope),
        *_named_in_the_file(scope),
        _names_of_the_endpoint(scope),
    ]


def _names_of_the_endpoint(scope: Scope) -> Statement:
    """Giving the VPC the names of its endpoints; a VPC of the environment's own has no id yet.

    Whether AWS tells the VPC where the call is one behind CreateVpcEndpoint is not documented:
    ForAllValues holds as well where it does not. Source:
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
    """
    wanted, condition = scope.environment.network, {}
    if wanted.vpc is None:
        vpc = f"VPCId={wanted.existing.vpc_id},VPCRegion={scope.placement.region}"
        condition = {"ForAllValues:StringEquals": {"route53:VPCs": [vpc]}}
    return Statement(
        sid="NamesOfTheEndpoint",
        actions=["route53:AssociateVPCWithHostedZone"],
        resources=[f"arn:{scope.placement.partition}:route53:::hostedzone/*"],
        condition=condition,
    )


def _default_security_group(scope: Scope) -> Iterator[Statement]:
    """The group that comes with a VPC, without tags: Terraform tags it, then empties it."""
    if scope.environment.network.vpc is not None:
        condition = scope.created_untagged
        own_name = {"aws:RequestTag/Name": scope.names.in_network("default-locked")}
        yield Statement(
            sid="TagTheDefaultSecurityGroup",
            actions=["ec2:CreateTags"],
            resources=scope.arns("ec2", "security-group/*"),
            condition={
                **condition,
                "StringEquals": {**condition["StringEquals"], **own_name},
            },
        )


def _named_in_the_file(scope: Scope) -> Iterator[Statement]:
    """What exists already. Its account may be another: VPCs and gateways are shared."""
    wanted, route = scope.environment.network, scope.environment.network.route_to_source
    if wanted.vpc is None:
        existing = wanted.existing
        yield _named(scope, "ExistingVpc", _ON_VPC, "vpc", existing.vpc_id)
        yield _named(
            scope, "ExistingSubnets", _ON_SUBNETS, "subnet", *existing.replication_subnet_ids
        )
        if existing.route_table_ids:
            yield _named(
                scope,
                "ExistingRouteTables",
                _ON_ROUTE_TABLES,
                "route-table",
                *existing.route_table_ids,
            )
    if route is None:
        return
    if route.transit_gateway_id is not None:
        yield _named(
            scope,
            "TransitGateway",
            ("ec2:CreateTransitGatewayVpcAttachment",),
            "transit-gateway",
            route.transit_gateway_id,
        )
    if route.virtual_private_gateway_id is not None:
        yield _named(
            scope,
            "VirtualPrivateGateway",
            _ON_VPN_GATEWAY,
            "vpn-gateway",
            route.virtual_private_gateway_id,
        )
    if route.peering is not None:
        yield _named(
            scope,
            "VpcOfTheSource",
            ("ec2:AcceptVpcPeeringConnection", "ec2:CreateVpcPeeringConnection"),
            "vpc",
            route.peering.vpc_id,
        )


def _named(
    scope: Scope, sid: str, actions: tuple[str, ...], kind: str, *identifiers: str
) -> Statement:
    where = f"arn:{scope.placement.partition}:ec2:{scope.placement.region}:*"
    return Statement(
        sid=sid, actions=actions, resources=[f"{where}:{kind}/{each}" for each in identifiers]
    )
