import pytest
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider

from constructs_lib.network import PeeringRoute, TransitGatewayRoute, VirtualPrivateGatewayRoute
from facts.placement import Placement
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.constructs_lib.network_examples import PlainNetwork
from tests.unit.template import Template

SOURCE = "192.168.10.0/24"
TABLES = ["rtb-1", "rtb-2"]


def test_a_transit_gateway_is_attached_in_the_dms_subnets(stack: TerraformStack) -> None:
    TransitGatewayRoute(
        stack,
        "source-route",
        names=NAMES,
        network=PlainNetwork(),
        transit_gateway_id="tgw-1",
        cidrs=[SOURCE],
        route_table_ids=TABLES,
    )

    Template.of(stack).has(
        "aws_ec2_transit_gateway_vpc_attachment",
        transit_gateway_id="tgw-1",
        vpc_id="vpc-1",
        subnet_ids=["subnet-d1", "subnet-d2"],
        tags={"Name": "aurora-ferry-dev"},
    )


def test_every_route_table_leads_to_the_transit_gateway_once_it_is_attached(
    stack: TerraformStack,
) -> None:
    TransitGatewayRoute(
        stack,
        "source-route",
        names=NAMES,
        network=PlainNetwork(),
        transit_gateway_id="tgw-1",
        cidrs=[SOURCE],
        route_table_ids=TABLES,
    )

    template = Template.of(stack)
    (attachment,) = template.resources("aws_ec2_transit_gateway_vpc_attachment")
    assert len(template.resources("aws_route")) == 2
    for table in TABLES:
        template.has(
            "aws_route",
            route_table_id=table,
            destination_cidr_block=SOURCE,
            transit_gateway_id="tgw-1",
            depends_on=[f"aws_ec2_transit_gateway_vpc_attachment.{attachment}"],
        )


def routes_to(cidrs: list[str]) -> set[tuple[str, str, str]]:
    """The routes to some networks: their ids, route tables and destinations."""
    stack = TerraformStack(Testing.app(), "test")
    AwsProvider(stack, "aws", region="eu-central-1")
    TransitGatewayRoute(
        stack,
        "source-route",
        names=NAMES,
        network=PlainNetwork(),
        transit_gateway_id="tgw-1",
        cidrs=cidrs,
        route_table_ids=TABLES,
    )
    routes = Template.of(stack).resources("aws_route")
    return {
        (local.rpartition("_")[0], route["route_table_id"], route["destination_cidr_block"])
        for local, route in routes.items()
    }


def test_further_networks_have_routes_beside_the_first_ones() -> None:
    assert routes_to([SOURCE, "172.16.0.0/16"]) == {
        ("source-route_route-1", "rtb-1", SOURCE),
        ("source-route_route-1-172-16-0-0-16", "rtb-1", "172.16.0.0/16"),
        ("source-route_route-2", "rtb-2", SOURCE),
        ("source-route_route-2-172-16-0-0-16", "rtb-2", "172.16.0.0/16"),
    }


def test_a_network_that_leaves_the_list_makes_no_others_routes_anew() -> None:
    left = routes_to([SOURCE, "172.17.0.0/16", "172.18.0.0/16"])

    assert left < routes_to([SOURCE, "172.16.0.0/16", "172.18.0.0/16", "172.17.0.0/16"])


def test_a_virtual_private_gateway_is_attached_and_propagates_its_routes(
    stack: TerraformStack,
) -> None:
    VirtualPrivateGatewayRoute(
        stack,
        "source-route",
        network=PlainNetwork(),
        vpn_gateway_id="vgw-1",
        route_table_ids=TABLES,
    )

    template = Template.of(stack)
    template.has("aws_vpn_gateway_attachment", vpc_id="vpc-1", vpn_gateway_id="vgw-1")
    (attachment,) = template.resources("aws_vpn_gateway_attachment")
    assert len(template.resources("aws_vpn_gateway_route_propagation")) == 2
    for table in TABLES:
        template.has(
            "aws_vpn_gateway_route_propagation",
            route_table_id=table,
            vpn_gateway_id=f"${{aws_vpn_gateway_attachment.{attachment}.vpn_gateway_id}}",
        )
    assert template.resources("aws_route") == {}


def peering(stack: TerraformStack, placement: Placement, peer: Placement) -> Template:
    PeeringRoute(
        stack,
        "source-route",
        names=NAMES,
        placement=placement,
        network=PlainNetwork(),
        peer=peer,
        peer_vpc_id="vpc-9",
        cidrs=[SOURCE],
        route_table_ids=TABLES,
    )
    return Template.of(stack)


def test_a_peering_in_one_account_and_region_is_accepted_at_once(
    stack: TerraformStack, placement: Placement
) -> None:
    connection = peering(stack, placement, placement).only("aws_vpc_peering_connection")

    assert connection == {
        "vpc_id": "vpc-1",
        "peer_vpc_id": "vpc-9",
        "auto_accept": True,
        "tags": {"Name": "aurora-ferry-dev"},
    }


@pytest.mark.parametrize(
    ("peer", "stated"),
    [
        (
            Placement(account_id="444455556666", region="eu-central-1"),
            {"peer_owner_id": "444455556666"},
        ),
        (Placement(account_id="111122223333", region="eu-west-1"), {"peer_region": "eu-west-1"}),
        (
            Placement(account_id="444455556666", region="eu-west-1"),
            {"peer_owner_id": "444455556666", "peer_region": "eu-west-1"},
        ),
    ],
)
def test_a_peering_across_accounts_or_regions_is_left_to_the_other_side_to_accept(
    stack: TerraformStack, placement: Placement, peer: Placement, stated: dict[str, str]
) -> None:
    connection = peering(stack, placement, peer).only("aws_vpc_peering_connection")

    assert connection == {
        "vpc_id": "vpc-1",
        "peer_vpc_id": "vpc-9",
        "auto_accept": False,
        "tags": {"Name": "aurora-ferry-dev"},
        **stated,
    }


def test_every_route_table_leads_to_the_peer(stack: TerraformStack, placement: Placement) -> None:
    template = peering(stack, placement, placement)

    (connection,) = template.resources("aws_vpc_peering_connection")
    assert len(template.resources("aws_route")) == 2
    for table in TABLES:
        template.has(
            "aws_route",
            route_table_id=table,
            destination_cidr_block=SOURCE,
            vpc_peering_connection_id=f"${{aws_vpc_peering_connection.{connection}.id}}",
        )
