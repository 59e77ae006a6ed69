"""The VPC, its subnets, and where their routes lead."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from facts import outputs
from ferry.check.deployment import statuses
from ferry.check.deployment.expect import only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from types_boto3_ec2.type_defs import (
        RouteTableTypeDef,
        RouteTypeDef,
        SubnetTypeDef,
    )

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect
    from settings.network import NewVpc, RouteToSource

_ANYWHERE: Final = "0.0.0.0/0"
_SUBNETS: Final = (outputs.AURORA_SUBNET_IDS, outputs.DMS_SUBNET_IDS)


def own_vpc(deployed: Deployed, expect: Expect) -> NewVpc | None:
    """The file's VPC; none where the VPC was there before, which ends the check."""
    vpc = deployed.environment.network.vpc
    if vpc is None:
        expect.passes("the VPC was there before, and its owner decides")
    return vpc


def find_subnets(deployed: Deployed, output: str) -> list[SubnetTypeDef]:
    """The subnets that an output names."""
    return deployed.account.ec2.describe_subnets(SubnetIds=deployed.outputs[output])["Subnets"]


def find_route_tables(deployed: Deployed, output: str) -> list[RouteTableTypeDef]:
    """The route tables of the subnets that an output names."""
    return deployed.account.ec2.describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": deployed.outputs[output]}]
    )["RouteTables"]


def check_vpc(deployed: Deployed, expect: Expect) -> None:
    """The VPC is there, with the file's addresses."""
    wanted, vpc_id = deployed.environment.network.vpc, deployed.outputs[outputs.VPC_ID]
    found = deployed.account.ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    vpc = only(f"VPCs {vpc_id}", found)
    expect.equal("The VPC's state", vpc.get("State"), "available")
    if wanted:
        expect.equal("The VPC's addresses", vpc.get("CidrBlock"), wanted.cidr)


def check_vpc_resolves_names(deployed: Deployed, expect: Expect) -> None:
    """Names are resolved in the VPC, and in one that is made here those of private endpoints too.

    In a VPC that was there the endpoint has no private name, and host names are off unless its owner
    turned them on: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns-updating.html
    """
    ask, vpc_id = deployed.account.ec2.describe_vpc_attribute, deployed.outputs[outputs.VPC_ID]
    support = ask(VpcId=vpc_id, Attribute="enableDnsSupport")["EnableDnsSupport"]
    expect.equal("The VPC's DNS support", support.get("Value"), wanted=True)
    if deployed.environment.network.vpc:
        names = ask(VpcId=vpc_id, Attribute="enableDnsHostnames")["EnableDnsHostnames"]
        expect.equal("The VPC's DNS host names", names.get("Value"), wanted=True)


def check_subnets_are_the_vpcs(deployed: Deployed, expect: Expect) -> None:
    """Aurora's and DMS's subnets are the VPC's."""
    vpc_id, wanted = deployed.outputs[outputs.VPC_ID], deployed.environment.network.vpc
    for output in _SUBNETS:
        for subnet in find_subnets(deployed, output):
            name, cidr = f"{output} {subnet.get('SubnetId')}", subnet.get("CidrBlock", "")
            expect.equal(f"{name}'s VPC", subnet.get("VpcId"), vpc_id)
            expect.that(
                not wanted or IPv4Network(cidr).subnet_of(IPv4Network(wanted.cidr)),
                f"{name}'s addresses {cidr} are none of the VPC's.",
            )


def check_subnets_are_in_real_zones_of_their_own(deployed: Deployed, expect: Expect) -> None:
    """Aurora's and DMS's subnets are in the file's zones, each in one of its own."""
    answer = deployed.account.ec2.describe_availability_zones(
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
    )
    real = {zone.get("ZoneName") for zone in answer["AvailabilityZones"]}
    vpc = deployed.environment.network.vpc
    for output in _SUBNETS:
        zones = [subnet.get("AvailabilityZone", "") for subnet in find_subnets(deployed, output)]
        foreign = sorted(set(zones) - real)
        expect.that(not foreign, f"{output} are in {', '.join(foreign)}, no zones of the region.")
        expect.that(len(set(zones)) > 1, f"{output} are all in {zones[0]}; two zones are needed.")
        if vpc and vpc.availability_zones:
            expect.same_items(f"The zones of {output}", zones, vpc.availability_zones)
        elif vpc:
            expect.same_items(f"The zones of {output}", zones, set(zones))
            expect.equal(f"The number of zones of {output}", len(zones), vpc.zone_count)


def check_subnets_give_no_public_addresses(deployed: Deployed, expect: Expect) -> None:
    """No subnet gives public addresses."""
    for output in _SUBNETS:
        for subnet in find_subnets(deployed, output):
            what = f"{output} {subnet.get('SubnetId')} gives public addresses"
            expect.equal(what, subnet.get("MapPublicIpOnLaunch"), wanted=False)


def check_auroras_routes_lead_to_the_source_at_most(deployed: Deployed, expect: Expect) -> None:
    """Aurora's routes lead to the source at most."""
    if own_vpc(deployed, expect):
        _lead_to(deployed, expect, outputs.AURORA_SUBNET_IDS, nat=False)


def check_dms_routes_lead_to_the_source_and_through_nat_at_most(
    deployed: Deployed, expect: Expect
) -> None:
    """DMS's routes lead to the source, and to the internet where the file asks for NAT."""
    if own_vpc(deployed, expect):
        nat = deployed.environment.nat != "none"
        _lead_to(deployed, expect, outputs.DMS_SUBNET_IDS, nat=nat)


def _lead_to(deployed: Deployed, expect: Expect, output: str, *, nat: bool) -> None:
    route_to_source = deployed.environment.network.route_to_source
    made_elsewhere = _is_made_elsewhere(deployed)
    routed = deployed.environment.routed_cidrs
    wanted = [*([_ANYWHERE] if nat else []), *routed]
    tables = find_route_tables(deployed, output)
    associated = {one.get("SubnetId") for table in tables for one in table.get("Associations", [])}
    without = sorted(set(deployed.outputs[output]) - associated)
    expect.that(not without, f"Subnets without a route table of their own: {', '.join(without)}.")
    for table in tables:
        written = [
            route
            for route in table.get("Routes", [])
            if route.get("GatewayId") != "local"
            and route.get("Origin") != "EnableVgwRoutePropagation"
            and not _of_a_gateway_endpoint(route)
        ]
        others = [one for one in written if made_elsewhere and _is_of_others(one, routed)]
        for one in others:
            expect.equal(f"The route to {_destination(one)}, its state", one.get("State"), "active")
        written = [one for one in written if one not in others]
        destinations = [_destination(one) for one in written]
        expect.same_items(f"Destinations of the routes of {output}", destinations, wanted)
        for one in written:
            to_the_source = _destination(one) in routed
            _lead_through(expect, one, route_to_source if to_the_source else None)


def _is_made_elsewhere(deployed: Deployed) -> bool:
    """Whether the file says that somebody else makes a way out of the VPC."""
    vpc = deployed.environment.network.vpc
    return vpc is not None and vpc.route_made_elsewhere


def _is_of_others(route: RouteTypeDef, routed: Sequence[str]) -> bool:
    """Whether a route is one that the file leaves to somebody else: not the internet's, none of ours."""
    to_the_internet = route.get("GatewayId", "").startswith("igw-") or (
        route.get("NatGatewayId") or route.get("EgressOnlyInternetGatewayId")
    )
    return not to_the_internet and _destination(route) not in routed


def _destination(route: RouteTypeDef) -> str | None:
    return (
        route.get("DestinationCidrBlock")
        or route.get("DestinationIpv6CidrBlock")
        or route.get("DestinationPrefixListId")
    )


def _of_a_gateway_endpoint(route: RouteTypeDef) -> bool:
    """Whether AWS wrote it for an endpoint of S3 or DynamoDB: it leads to that service, no further.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    """
    return "DestinationPrefixListId" in route and route.get("GatewayId", "").startswith("vpce-")


def _lead_through(expect: Expect, route: RouteTypeDef, wanted: RouteToSource | None) -> None:
    """A route whose target is gone stays, as a black hole."""
    to = f"The route to {_destination(route)}"
    expect.equal(f"{to}, its state", route.get("State"), "active")
    if wanted is None:
        expect.that(route.get("NatGatewayId"), f"{to} does not lead through NAT.")
    elif wanted.transit_gateway_id:
        gateway = route.get("TransitGatewayId")
        expect.equal(f"{to}, its transit gateway", gateway, wanted.transit_gateway_id)
    else:
        expect.that(route.get("VpcPeeringConnectionId"), f"{to} does not lead through a peering.")


def check_the_way_to_the_source_is_attached(deployed: Deployed, expect: Expect) -> None:
    """The VPC is attached to the way to the source, and to no other transit gateway.

    Where somebody else makes the way, what he attaches is his.
    """
    route, network = deployed.environment.network.route_to_source, deployed.environment.network
    if route and route.virtual_private_gateway_id:
        _propagates(deployed, expect, route.virtual_private_gateway_id)
        return
    found = deployed.account.ec2.describe_transit_gateway_vpc_attachments(
        Filters=deployed.in_the_vpc()
    )["TransitGatewayVpcAttachments"]
    alive = [one for one in found if one.get("State") not in statuses.GONE]
    wanted = route.transit_gateway_id if route else None
    if network.vpc and not wanted and not _is_made_elsewhere(deployed):
        gateways = [one.get("TransitGatewayId") for one in alive]
        expect.same_items("Transit gateways that the VPC is attached to", gateways, [])
    if wanted:
        to_it = [one for one in alive if one.get("TransitGatewayId") == wanted]
        attachment = only(f"Attachments to {wanted}", to_it)
        name = attachment.get("TransitGatewayAttachmentId")
        expect.status(
            f"The attachment {name} to {wanted}", attachment.get("State"), statuses.ATTACHMENT
        )
        subnets = attachment.get("SubnetIds", [])
        wanted_subnets = deployed.outputs[outputs.DMS_SUBNET_IDS]
        expect.same_items(f"The subnets of {name}", subnets, wanted_subnets)


def _propagates(deployed: Deployed, expect: Expect, gateway_id: str) -> None:
    found = deployed.account.ec2.describe_vpn_gateways(VpnGatewayIds=[gateway_id])["VpnGateways"]
    attachments = only(f"Gateways {gateway_id}", found).get("VpcAttachments", [])
    expect.same_items(
        f"VPCs that {gateway_id} is attached to",
        [one.get("VpcId") for one in attachments if one.get("State") == "attached"],
        [deployed.outputs[outputs.VPC_ID]],
    )
    if not deployed.environment.network.vpc:
        return  # which of its tables the gateway propagates to, the VPC's owner decides
    for output in _SUBNETS:
        for table in find_route_tables(deployed, output):
            gateways = [one.get("GatewayId") for one in table.get("PropagatingVgws", [])]
            what = f"Gateways propagating to {table.get('RouteTableId')}"
            expect.same_items(what, gateways, [gateway_id])


def check_nat_as_the_settings_say(deployed: Deployed, expect: Expect) -> None:
    """There are as many NAT gateways as the file asks for, and the way out that they need."""
    if not own_vpc(deployed, expect):
        return
    ec2, nat = deployed.account.ec2, deployed.environment.nat
    zones = len(deployed.outputs[outputs.DMS_SUBNET_IDS])
    found = ec2.describe_nat_gateways(Filters=deployed.in_the_vpc())["NatGateways"]
    gateways = [one for one in found if one.get("State") in {"pending", "available"}]
    expect.equal(
        f"The number of NAT gateways (nat = {nat})",
        len(gateways),
        {"none": 0, "single": 1, "one-per-zone": zones}[nat],
    )
    for gateway in gateways:
        name = f"The NAT gateway {gateway.get('NatGatewayId')}"
        expect.status(name, gateway.get("State"), statuses.NAT_GATEWAY)
    internet = ec2.describe_internet_gateways(Filters=deployed.in_the_vpc("attachment.vpc-id"))
    expect.equal(
        "The VPC has an internet gateway", bool(internet["InternetGateways"]), nat != "none"
    )


def check_the_default_security_group_is_locked(deployed: Deployed, expect: Expect) -> None:
    """The VPC's default security group lets nothing in and nothing out."""
    if not own_vpc(deployed, expect):
        return
    found = deployed.account.ec2.describe_security_groups(
        Filters=[*deployed.in_the_vpc(), {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]
    group = only("Default security groups", found)
    expect.equal("What the default security group lets in", group.get("IpPermissions"), [])
    expect.equal("What the default security group lets out", group.get("IpPermissionsEgress"), [])


def check_flow_logs_record_everything(deployed: Deployed, expect: Expect) -> None:
    """The VPC's flow log records all traffic, and is delivered to its log group."""
    if not own_vpc(deployed, expect):
        return
    log = deployed.flow_log
    expect.equal("The flow log's status", log.get("FlowLogStatus"), "ACTIVE")
    expect.equal("The flow log's traffic", log.get("TrafficType"), "ALL")
    expect.that(
        log.get("DeliverLogsStatus") != "FAILED",
        f"The flow log is not delivered: {log.get('DeliverLogsErrorMessage')}.",
    )
