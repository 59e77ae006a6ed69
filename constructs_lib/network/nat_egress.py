"""A way from DMS's subnets out to the internet, for a source that is reached there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from constructs import Construct

from constructs_lib.network.subnets import SubnetGroup, subnet_cidrs

if TYPE_CHECKING:
    from constructs_lib.network.new_vpc import NewVpc
    from facts.names import Names

_ANYWHERE = "0.0.0.0/0"


class NatEgress(Construct):
    """An internet gateway and NAT: DMS can open connections to the internet, nobody to DMS.

    Aurora's subnets keep no route to the internet. Whom DMS may reach is still for its security
    group to say. The source's firewall admits the gateways' addresses.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        vpc: The VPC whose DMS subnets get the way out.
        one_per_zone: Whether each zone has a NAT gateway, so that the loss of a zone costs the
            others nothing; otherwise all use one in the first.
    """

    def __init__(
        self, scope: Construct, id_: str, *, names: Names, vpc: NewVpc, one_per_zone: bool
    ) -> None:
        super().__init__(scope, id_)
        internet = InternetGateway(
            self, "internet-gateway", vpc_id=vpc.vpc_id, tags={"Name": names.in_network("internet")}
        )
        routes = RouteTable(
            self, "public-routes", vpc_id=vpc.vpc_id, tags={"Name": names.in_network("public")}
        )
        Route(
            self,
            "public-to-internet",
            route_table_id=routes.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=internet.id,
        )
        zones = vpc.zones if one_per_zone else vpc.zones[:1]
        cidrs = subnet_cidrs(vpc.cidr, SubnetGroup.PUBLIC, zone_count=len(zones))
        gateways = []
        for number, (zone, cidr) in enumerate(zip(zones, cidrs, strict=True), start=1):
            subnet = Subnet(
                self,
                f"public-{number}",
                vpc_id=vpc.vpc_id,
                cidr_block=cidr,
                availability_zone=zone,
                map_public_ip_on_launch=False,
                tags={"Name": names.in_network(f"public-{number}")},
            )
            RouteTableAssociation(
                self,
                f"public-{number}-association",
                subnet_id=subnet.id,
                route_table_id=routes.id,
            )
            address = Eip(
                self,
                f"address-{number}",
                domain="vpc",
                tags={"Name": names.in_network(f"nat-{number}")},
            )
            gateway = NatGateway(
                self,
                f"nat-{number}",
                allocation_id=address.allocation_id,
                subnet_id=subnet.id,
                tags={"Name": names.in_network(f"nat-{number}")},
                # AWS refuses a NAT gateway where the VPC has no internet gateway yet.
                depends_on=[internet],
            )
            gateways.append(gateway)
        for index, route_table_id in enumerate(vpc.dms_route_table_ids):
            gateway = gateways[index] if one_per_zone else gateways[0]
            Route(
                self,
                f"dms-{index + 1}-to-internet",
                route_table_id=route_table_id,
                destination_cidr_block=_ANYWHERE,
                nat_gateway_id=gateway.id,
            )
