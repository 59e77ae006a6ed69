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

from constructs_lib.network.subnets import SubnetGroup

if TYPE_CHECKING:
    from constructs_lib.network.new_vpc import NewVpc

_ANYWHERE = "0.0.0.0/0"


class NatEgress(Construct):
    """An internet gateway and NAT: DMS can open connections to the internet, nobody to DMS.

    Aurora's subnets keep no route to the internet. Whom DMS may reach is still for its security
    group to say. The source's firewall admits :attr:`public_ips`.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        name: The environment's prefix.
        vpc: The VPC whose DMS subnets get the way out.
        gateway_count: How many NAT gateways, one by default, in the first zones. With one for each
            zone the loss of a zone costs the others nothing; with fewer, the remaining zones use
            the first.

    Raises:
        ValueError: More gateways than zones, or none.
    """

    public_ips: list[str]
    """The addresses that the source sees."""

    def __init__(
        self, scope: Construct, id_: str, *, name: str, vpc: NewVpc, gateway_count: int = 1
    ) -> None:
        super().__init__(scope, id_)
        if not 1 <= gateway_count <= len(vpc.zones):
            raise ValueError(
                f"{gateway_count} NAT gateways given; allowed are 1 to {len(vpc.zones)},"
                " the number of the network's zones"
            )
        internet = InternetGateway(
            self, "internet-gateway", vpc_id=vpc.vpc_id, tags={"Name": f"{name}-internet"}
        )
        routes = RouteTable(
            self, "public-routes", vpc_id=vpc.vpc_id, tags={"Name": f"{name}-public"}
        )
        Route(
            self,
            "public-to-internet",
            route_table_id=routes.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=internet.id,
        )
        self.public_ips = []
        gateways = []
        for index, cidr in enumerate(vpc.plan.cidrs(SubnetGroup.PUBLIC)[:gateway_count]):
            number = index + 1
            subnet = Subnet(
                self,
                f"public-{number}",
                vpc_id=vpc.vpc_id,
                cidr_block=cidr,
                availability_zone=vpc.zones[index],
                map_public_ip_on_launch=False,
                tags={"Name": f"{name}-public-{number}"},
            )
            RouteTableAssociation(
                self,
                f"public-{number}-association",
                subnet_id=subnet.id,
                route_table_id=routes.id,
            )
            address = Eip(
                self, f"address-{number}", domain="vpc", tags={"Name": f"{name}-nat-{number}"}
            )
            gateway = NatGateway(
                self,
                f"nat-{number}",
                allocation_id=address.allocation_id,
                subnet_id=subnet.id,
                tags={"Name": f"{name}-nat-{number}"},
                # AWS refuses a NAT gateway where the VPC has no internet gateway yet.
                depends_on=[internet],
            )
            gateways.append(gateway)
            self.public_ips.append(address.public_ip)
        for index, route_table_id in enumerate(vpc.dms_route_table_ids):
            gateway = gateways[index] if index < gateway_count else gateways[0]
            Route(
                self,
                f"dms-{index + 1}-to-internet",
                route_table_id=route_table_id,
                destination_cidr_block=_ANYWHERE,
                nat_gateway_id=gateway.id,
            )
