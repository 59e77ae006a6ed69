from typing import Any

from cdktf import TerraformStack

from constructs_lib.network import NatEgress
from facts.placement import Placement
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.constructs_lib.network_examples import new_vpc, resolved
from tests.unit.template import Template

ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


def egress(stack: TerraformStack, placement: Placement, *, one_per_zone: bool = False) -> None:
    vpc = new_vpc(stack, placement, zones=ZONES)
    NatEgress(stack, "nat", names=NAMES, vpc=vpc, one_per_zone=one_per_zone)


def names(template: Template, type_: str, attribute: str = "id") -> dict[str, str]:
    """From a reference to a resource's attribute to the resource's Name tag."""
    return {
        f"${{{type_}.{local}.{attribute}}}": body["tags"]["Name"]
        for local, body in template.resources(type_).items()
    }


def dms_gateways(template: Template) -> dict[str, str]:
    """From DMS's route tables to the NAT gateway that their default route leads to."""
    tables, gateways = names(template, "aws_route_table"), names(template, "aws_nat_gateway")
    return {
        tables[route["route_table_id"]]: gateways[route["nat_gateway_id"]]
        for route in template.resources("aws_route").values()
        if "nat_gateway_id" in route
    }


def test_all_of_dms_leaves_through_one_gateway(stack: TerraformStack, placement: Placement) -> None:
    egress(stack, placement)

    assert dms_gateways(Template.of(stack)) == {
        "aurora-ferry-dev-dms-1": "aurora-ferry-dev-nat-1",
        "aurora-ferry-dev-dms-2": "aurora-ferry-dev-nat-1",
        "aurora-ferry-dev-dms-3": "aurora-ferry-dev-nat-1",
    }


def test_with_a_gateway_for_each_zone_no_zone_needs_another(
    stack: TerraformStack, placement: Placement
) -> None:
    egress(stack, placement, one_per_zone=True)

    assert dms_gateways(Template.of(stack)) == {
        "aurora-ferry-dev-dms-1": "aurora-ferry-dev-nat-1",
        "aurora-ferry-dev-dms-2": "aurora-ferry-dev-nat-2",
        "aurora-ferry-dev-dms-3": "aurora-ferry-dev-nat-3",
    }


def test_gateways_stand_in_public_subnets_that_lead_to_the_internet_gateway(
    stack: TerraformStack, placement: Placement
) -> None:
    egress(stack, placement, one_per_zone=True)

    template = Template.of(stack)
    subnets, tables = names(template, "aws_subnet"), names(template, "aws_route_table")
    assert {
        gateway["tags"]["Name"]: subnets[gateway["subnet_id"]]
        for gateway in template.resources("aws_nat_gateway").values()
    } == {
        f"aurora-ferry-dev-nat-{number}": f"aurora-ferry-dev-public-{number}"
        for number in (1, 2, 3)
    }
    public: list[dict[str, Any]] = [
        association
        for association in template.resources("aws_route_table_association").values()
        if tables[association["route_table_id"]] == "aurora-ferry-dev-public"
    ]
    assert {subnets[association["subnet_id"]] for association in public} == {
        "aurora-ferry-dev-public-1",
        "aurora-ferry-dev-public-2",
        "aurora-ferry-dev-public-3",
    }
    (internet,) = template.resources("aws_internet_gateway")
    route = template.where(
        "aws_route",
        destination_cidr_block="0.0.0.0/0",
        gateway_id=f"${{aws_internet_gateway.{internet}.id}}",
    )
    assert tables[route["route_table_id"]] == "aurora-ferry-dev-public"
    template.has(
        "aws_subnet",
        cidr_block="10.20.128.0/20",
        availability_zone="eu-central-1a",
        map_public_ip_on_launch=False,
        tags={"Name": "aurora-ferry-dev-public-1"},
    )


def test_aurora_gets_no_way_out(stack: TerraformStack, placement: Placement) -> None:
    vpc = new_vpc(stack, placement, zones=ZONES)
    NatEgress(stack, "nat", names=NAMES, vpc=vpc, one_per_zone=False)

    routes = Template.of(stack).resources("aws_route").values()
    assert resolved(vpc.aurora_route_table_id, stack) not in [
        route["route_table_id"] for route in routes
    ]


def test_gateways_wait_for_the_internet_gateway(
    stack: TerraformStack, placement: Placement
) -> None:
    egress(stack, placement)

    template = Template.of(stack)
    (internet,) = template.resources("aws_internet_gateway")
    assert template.only("aws_nat_gateway")["depends_on"] == [f"aws_internet_gateway.{internet}"]


def test_each_gateway_has_an_address_of_its_own(
    stack: TerraformStack, placement: Placement
) -> None:
    egress(stack, placement, one_per_zone=True)

    template = Template.of(stack)
    allocations = names(template, "aws_eip", "allocation_id")
    assert len(allocations) == 3
    for gateway in template.resources("aws_nat_gateway").values():
        assert allocations[gateway["allocation_id"]] == gateway["tags"]["Name"]


def test_private_subnets_are_the_same_with_and_without_nat(
    stack: TerraformStack, placement: Placement
) -> None:
    vpc = new_vpc(stack, placement, zones=ZONES)
    before = Template.of(stack).resources("aws_subnet")

    NatEgress(stack, "nat", names=NAMES, vpc=vpc, one_per_zone=False)

    assert before.items() <= Template.of(stack).resources("aws_subnet").items()
