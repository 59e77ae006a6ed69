"""The VPC, its subnets, and where their routes lead."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.expect import equal, only, same_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from types_boto3_ec2.type_defs import (
        FilterTypeDef,
        NatGatewayTypeDef,
        RouteTableTypeDef,
        RouteTypeDef,
        SubnetTypeDef,
        TransitGatewayVpcAttachmentTypeDef,
    )

    from settings.network import NewVpc, RouteToSource
    from ferry.check.deployment.deployed import Deployed

ANYWHERE = "0.0.0.0/0"


def new_vpc(deployed: Deployed) -> NewVpc | None:
    """The settings of the environment's own VPC; none where the VPC was there before."""
    return deployed.environment.network.vpc


def in_the_vpc(deployed: Deployed, name: str = "vpc-id") -> list[FilterTypeDef]:
    """EC2's filter for the environment's VPC."""
    return [{"Name": name, "Values": [deployed.outputs[outputs.VPC_ID]]}]


def find_subnets(deployed: Deployed, output: str) -> list[SubnetTypeDef]:
    """The subnets that an output names."""
    return deployed.ec2.describe_subnets(SubnetIds=deployed.outputs[output])["Subnets"]


def find_route_tables(deployed: Deployed, output: str) -> list[RouteTableTypeDef]:
    """The route tables of the subnets that an output names; every subnet must have one."""
    subnet_ids = deployed.outputs[output]
    tables = deployed.ec2.describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": subnet_ids}]
    )["RouteTables"]
    associated = {
        association.get("SubnetId")
        for table in tables
        for association in table.get("Associations", [])
    }
    without = sorted(set(subnet_ids) - associated)
    assert not without, f"subnets without a route table of their own: {without}"
    return tables


def routes_out(tables: Iterable[RouteTableTypeDef]) -> list[list[RouteTypeDef]]:
    """For each table the routes that lead out of the VPC."""
    return [
        [route for route in table.get("Routes", []) if route.get("GatewayId") != "local"]
        for table in tables
    ]


def find_nat_gateways(deployed: Deployed) -> list[NatGatewayTypeDef]:
    """The VPC's NAT gateways that are there or coming."""
    found = deployed.ec2.describe_nat_gateways(Filters=in_the_vpc(deployed))["NatGateways"]
    return [gateway for gateway in found if gateway.get("State") in {"pending", "available"}]


def check_vpc(deployed: Deployed) -> None:
    wanted = new_vpc(deployed)
    vpc_id = deployed.outputs[outputs.VPC_ID]
    vpc = only(f"VPCs {vpc_id}", deployed.ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"])
    equal("the VPC's state", vpc.get("State"), "available")
    if wanted:
        equal("the VPC's addresses", vpc.get("CidrBlock"), wanted.cidr)


def check_vpc_resolves_names(deployed: Deployed) -> None:
    vpc_id = deployed.outputs[outputs.VPC_ID]
    support = deployed.ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsSupport")
    names = deployed.ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsHostnames")
    equal("DNS support, by which names are resolved", support["EnableDnsSupport"], {"Value": True})
    equal(
        "DNS host names, which private DNS of endpoints needs",
        names["EnableDnsHostnames"],
        {"Value": True},
    )


def check_subnets_are_the_vpcs(deployed: Deployed) -> None:
    vpc_id, wanted = deployed.outputs[outputs.VPC_ID], new_vpc(deployed)
    for output in (outputs.AURORA_SUBNET_IDS, outputs.DMS_SUBNET_IDS):
        for subnet in find_subnets(deployed, output):
            name = f"{output} {subnet.get('SubnetId')}"
            equal(f"{name}'s VPC", subnet.get("VpcId"), vpc_id)
            if wanted:
                inside = IPv4Network(subnet.get("CidrBlock", "")).subnet_of(
                    IPv4Network(wanted.cidr)
                )
                equal(f"{name}'s addresses are the VPC's", inside, wanted=True)


def check_subnets_are_in_real_zones_of_their_own(deployed: Deployed) -> None:
    answer = deployed.ec2.describe_availability_zones(
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
    )
    real = {zone.get("ZoneName") for zone in answer["AvailabilityZones"]}
    vpc = new_vpc(deployed)
    for output in (outputs.AURORA_SUBNET_IDS, outputs.DMS_SUBNET_IDS):
        zones = [subnet.get("AvailabilityZone", "") for subnet in find_subnets(deployed, output)]
        assert set(zones) <= real, f"{output}: {zones} are not all of {sorted(map(str, real))}"
        assert len(set(zones)) > 1, f"{output} are all in {zones[0]}; two zones are needed"
        if vpc:
            same_items(f"the zones of {output}", zones, set(zones))
            wanted = len(vpc.availability_zones) if vpc.availability_zones else vpc.zone_count
            equal(f"the number of zones of {output}", len(zones), wanted)
        if vpc and vpc.availability_zones:
            same_items(f"the zones of {output}", zones, vpc.availability_zones)


def check_subnets_give_no_public_addresses(deployed: Deployed) -> None:
    for output in (outputs.AURORA_SUBNET_IDS, outputs.DMS_SUBNET_IDS):
        for subnet in find_subnets(deployed, output):
            name = f"{output} {subnet.get('SubnetId')}"
            equal(f"{name} gives public addresses", subnet.get("MapPublicIpOnLaunch"), wanted=False)


def check_auroras_routes_lead_to_the_source_at_most(deployed: Deployed) -> None:
    if new_vpc(deployed):
        _lead_to(deployed, outputs.AURORA_SUBNET_IDS, nat=False)


def check_dms_routes_lead_to_the_source_and_through_nat_at_most(deployed: Deployed) -> None:
    vpc = new_vpc(deployed)
    if vpc:
        _lead_to(deployed, outputs.DMS_SUBNET_IDS, nat=vpc.nat != "none")


def _lead_to(deployed: Deployed, output: str, *, nat: bool) -> None:
    route_to_source = deployed.environment.network.route_to_source
    source_cidr = deployed.environment.source.cidr
    wanted = [ANYWHERE] if nat else []
    if route_to_source and not route_to_source.virtual_private_gateway_id:
        wanted.append(source_cidr)
    for routes in routes_out(find_route_tables(deployed, output)):
        written = [one for one in routes if one.get("Origin") != "EnableVgwRoutePropagation"]
        destinations = [one.get("DestinationCidrBlock") for one in written]
        same_items(f"destinations of the routes of {output}", destinations, wanted)
        for one in written:
            to_the_source = one.get("DestinationCidrBlock") == source_cidr
            _lead_through(one, route_to_source if to_the_source else None)


def _lead_through(route: RouteTypeDef, wanted: RouteToSource | None) -> None:
    destination = route.get("DestinationCidrBlock")
    equal(f"the state of the route to {destination}", route.get("State"), "active")
    if wanted is None:
        assert route.get("NatGatewayId"), f"the route to {destination} leads to no NAT: {route}"
    elif wanted.transit_gateway_id:
        gateway = route.get("TransitGatewayId")
        equal(f"the gateway to {destination}", gateway, wanted.transit_gateway_id)
    else:
        peering = route.get("VpcPeeringConnectionId")
        assert peering, f"the route to {destination} leads to no peering: {route}"


def check_the_way_to_the_source_is_attached(deployed: Deployed) -> None:
    route = deployed.environment.network.route_to_source
    if route is None:
        found = deployed.ec2.describe_transit_gateway_vpc_attachments(Filters=in_the_vpc(deployed))
        attached = _alive(found["TransitGatewayVpcAttachments"])
        if new_vpc(deployed):
            equal("attachments to transit gateways", attached, [])
    elif route.transit_gateway_id:
        found = deployed.ec2.describe_transit_gateway_vpc_attachments(
            Filters=[
                *in_the_vpc(deployed),
                {"Name": "transit-gateway-id", "Values": [route.transit_gateway_id]},
            ]
        )
        attachment = only("attachments to it", _alive(found["TransitGatewayVpcAttachments"]))
        equal("the attachment's state", attachment.get("State"), "available")
        same_items(
            "the attachment's subnets",
            attachment.get("SubnetIds", []),
            deployed.outputs[outputs.DMS_SUBNET_IDS],
        )
    elif route.virtual_private_gateway_id:
        _propagates(deployed, route.virtual_private_gateway_id)


def _alive(
    attachments: Sequence[TransitGatewayVpcAttachmentTypeDef],
) -> list[TransitGatewayVpcAttachmentTypeDef]:
    return [one for one in attachments if one.get("State") not in {"deleted", "deleting"}]


def _propagates(deployed: Deployed, gateway_id: str) -> None:
    found = deployed.ec2.describe_vpn_gateways(VpnGatewayIds=[gateway_id])["VpnGateways"]
    attachments = only(f"gateways {gateway_id}", found).get("VpcAttachments", [])
    same_items(
        "VPCs that the gateway is attached to",
        [one.get("VpcId") for one in attachments if one.get("State") == "attached"],
        [deployed.outputs[outputs.VPC_ID]],
    )
    if not new_vpc(deployed):
        return  # which of its tables the gateway propagates to, the VPC's owner decides
    for table in (
        *find_route_tables(deployed, outputs.AURORA_SUBNET_IDS),
        *find_route_tables(deployed, outputs.DMS_SUBNET_IDS),
    ):
        gateways = [one.get("GatewayId") for one in table.get("PropagatingVgws", [])]
        same_items(f"gateways propagating to {table.get('RouteTableId')}", gateways, [gateway_id])


def check_nat_as_the_settings_say(deployed: Deployed) -> None:
    vpc = new_vpc(deployed)
    if not vpc:
        return
    zones = len(deployed.outputs[outputs.DMS_SUBNET_IDS])
    gateways = find_nat_gateways(deployed)
    equal(
        f"the number of NAT gateways (nat = {vpc.nat})",
        len(gateways),
        {"none": 0, "single": 1, "one-per-zone": zones}[vpc.nat],
    )
    for gateway in gateways:
        equal(f"{gateway.get('NatGatewayId')}'s state", gateway.get("State"), "available")
    internet = deployed.ec2.describe_internet_gateways(
        Filters=in_the_vpc(deployed, "attachment.vpc-id")
    )["InternetGateways"]
    equal("the VPC has an internet gateway", bool(internet), vpc.nat != "none")


def check_the_default_security_group_is_locked(deployed: Deployed) -> None:
    if not new_vpc(deployed):
        return
    found = deployed.ec2.describe_security_groups(
        Filters=[*in_the_vpc(deployed), {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]
    group = only("default security groups", found)
    equal("what the default security group lets in", group.get("IpPermissions"), [])
    equal("what the default security group lets out", group.get("IpPermissionsEgress"), [])


def check_flow_logs_record_everything(deployed: Deployed) -> None:
    if not new_vpc(deployed):
        return
    found = deployed.ec2.describe_flow_logs(Filters=in_the_vpc(deployed, "resource-id"))["FlowLogs"]
    log = only("flow logs of the VPC", found)
    equal("the flow log's status", log.get("FlowLogStatus"), "ACTIVE")
    equal("the flow log's traffic", log.get("TrafficType"), "ALL")
    assert log.get("DeliverLogsStatus") != "FAILED", (
        f"the flow log is not delivered: {log.get('DeliverLogsErrorMessage')}"
    )
    equal("the flow log's destination", log.get("LogDestinationType"), "cloud-watch-logs")
