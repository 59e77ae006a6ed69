"""Ways from the private subnets to the network that the source is in; use one of them.

Each leads all given route tables to it. They suit a NewVpc's ``route_table_ids`` and those of an
existing VPC that has no such route yet; where it has one, none of these is needed. The way back is
for the other side to configure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.ec2_transit_gateway_vpc_attachment import (
    Ec2TransitGatewayVpcAttachment,
)
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.vpc_peering_connection import VpcPeeringConnection
from cdktf_cdktf_provider_aws.vpn_gateway_attachment import VpnGatewayAttachment
from cdktf_cdktf_provider_aws.vpn_gateway_route_propagation import VpnGatewayRoutePropagation
from constructs import Construct

from facts.subnets import in_an_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.protocols import Network
    from facts.names import Names
    from facts.placement import Placement


def _routes(route_table_ids: Sequence[str], cidrs: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Each route's id, route table and destination.

    The first network's routes have the ids that they had when there was one network alone. Those of
    further ones are called after the network: where one leaves the list, no other's are made anew,
    which AWS would refuse while the old ones are there.
    """
    for number, route_table_id in enumerate(route_table_ids, start=1):
        for place, cidr in enumerate(cidrs):
            further = f"-{in_an_id(cidr)}" if place else ""
            yield f"route-{number}{further}", route_table_id, cidr


class TransitGatewayRoute(Construct):
    """Attaches the VPC to a transit gateway and routes the networks on its other side to it.

    The attachment lies in DMS's subnets. A gateway that another account shares must accept
    attachments by itself, or the routes fail until its owner has accepted this one.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        network: The VPC to attach, with one DMS subnet in each zone.
        transit_gateway_id: The transit gateway.
        cidrs: The networks that the route leads to, the source's among them.
        route_table_ids: The route tables that get the route.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        network: Network,
        transit_gateway_id: str,
        cidrs: Sequence[str],
        route_table_ids: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        attachment = Ec2TransitGatewayVpcAttachment(
            self,
            "attachment",
            transit_gateway_id=transit_gateway_id,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.dms_subnet_ids),
            tags={"Name": names.vpc},
        )
        for label, route_table_id, cidr in _routes(route_table_ids, cidrs):
            Route(
                self,
                label,
                route_table_id=route_table_id,
                destination_cidr_block=cidr,
                transit_gateway_id=transit_gateway_id,
                # Without the attachment AWS does not know the gateway in this VPC.
                depends_on=[attachment],
            )


class VirtualPrivateGatewayRoute(Construct):
    """Attaches a virtual private gateway to the VPC and lets it propagate its routes.

    The gateway exists already, since a Direct Connect interface or a VPN connection ends at it. Its
    routes, learned by BGP or stated on the VPN connection, include the source's network; so none is
    written here.

    Source: https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-configure-routing.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        network: The VPC, with no other virtual private gateway attached.
        vpn_gateway_id: The virtual private gateway, attached to no VPC.
        route_table_ids: The route tables that its routes are propagated to.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        network: Network,
        vpn_gateway_id: str,
        route_table_ids: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        attachment = VpnGatewayAttachment(
            self, "attachment", vpn_gateway_id=vpn_gateway_id, vpc_id=network.vpc_id
        )
        for number, route_table_id in enumerate(route_table_ids, start=1):
            VpnGatewayRoutePropagation(
                self,
                f"propagation-{number}",
                route_table_id=route_table_id,
                vpn_gateway_id=attachment.vpn_gateway_id,
            )


class PeeringRoute(Construct):
    """Peers the VPC with the source's VPC and routes the networks on its other side to it.

    In the same account and region the connection is accepted at once. Otherwise the owner of the
    other VPC accepts it; the routes exist until then, and lead nowhere.

    Source: https://docs.aws.amazon.com/vpc/latest/peering/create-vpc-peering-connection.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region of ``network``.
        network: The VPC.
        peer: Account and region of the source's VPC.
        peer_vpc_id: The source's VPC.
        cidrs: The networks that the route leads to, within the peer's addresses.
        route_table_ids: The route tables that get the route.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        placement: Placement,
        network: Network,
        peer: Placement,
        peer_vpc_id: str,
        cidrs: Sequence[str],
        route_table_ids: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        connection = VpcPeeringConnection(
            self,
            "connection",
            vpc_id=network.vpc_id,
            peer_vpc_id=peer_vpc_id,
            # AWS accepts by itself only what stays in one account and one region.
            auto_accept=peer == placement,
            peer_owner_id=None if peer.account_id == placement.account_id else peer.account_id,
            peer_region=None if peer.region == placement.region else peer.region,
            tags={"Name": names.vpc},
        )
        for label, route_table_id, cidr in _routes(route_table_ids, cidrs):
            Route(
                self,
                label,
                route_table_id=route_table_id,
                destination_cidr_block=cidr,
                vpc_peering_connection_id=connection.id,
            )
