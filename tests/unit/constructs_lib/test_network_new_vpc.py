from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider

from facts.placement import Placement
from tests.unit.constructs_lib.network_examples import acknowledged, new_vpc, resolved
from tests.unit.template import Template

ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


def test_the_vpc_resolves_names_as_private_endpoints_need(
    stack: TerraformStack, placement: Placement
) -> None:
    new_vpc(stack, placement)

    Template.of(stack).has(
        "aws_vpc",
        cidr_block="10.20.0.0/16",
        enable_dns_support=True,
        enable_dns_hostnames=True,
        tags={"Name": "aurora-ferry-dev"},
    )


def test_each_zone_has_a_private_subnet_for_aurora_and_one_for_dms(
    stack: TerraformStack, placement: Placement
) -> None:
    new_vpc(stack, placement, zones=ZONES)

    subnets = Template.of(stack).resources("aws_subnet").values()
    assert {
        subnet["tags"]["Name"]: (subnet["availability_zone"], subnet["cidr_block"])
        for subnet in subnets
    } == {
        "aurora-ferry-dev-aurora-1": ("eu-central-1a", "10.20.0.0/20"),
        "aurora-ferry-dev-aurora-2": ("eu-central-1b", "10.20.16.0/20"),
        "aurora-ferry-dev-aurora-3": ("eu-central-1c", "10.20.32.0/20"),
        "aurora-ferry-dev-dms-1": ("eu-central-1a", "10.20.64.0/20"),
        "aurora-ferry-dev-dms-2": ("eu-central-1b", "10.20.80.0/20"),
        "aurora-ferry-dev-dms-3": ("eu-central-1c", "10.20.96.0/20"),
    }
    assert not any(subnet["map_public_ip_on_launch"] for subnet in subnets)


def test_in_the_smallest_vpc_dms_is_in_auroras_subnets(
    stack: TerraformStack, placement: Placement
) -> None:
    vpc = new_vpc(stack, placement, cidr="10.20.0.0/27", zones=ZONES[:2])

    template = Template.of(stack)
    assert [it["cidr_block"] for it in template.resources("aws_subnet").values()] == [
        "10.20.0.0/28",
        "10.20.0.16/28",
    ]
    assert len(template.resources("aws_route_table")) == 1
    assert vpc.dms_subnet_ids == vpc.aurora_subnet_ids
    assert vpc.route_table_ids == [vpc.aurora_route_table_id]


def test_zones_that_are_counted_are_remembered(stack: TerraformStack, placement: Placement) -> None:
    vpc = new_vpc(stack, placement)

    template = Template.of(stack)
    assert len(vpc.zones) == 3
    assert len(template.resources("aws_subnet")) == 6
    (remembered,) = template.resources("terraform_data")
    template.has(
        "aws_subnet",
        cidr_block="10.20.0.0/20",
        availability_zone=f"${{terraform_data.{remembered}.input.zones[0]}}",
    )


def test_named_zones_need_no_look_up(stack: TerraformStack, placement: Placement) -> None:
    vpc = new_vpc(stack, placement, zones=ZONES[:2])

    assert vpc.zones == ZONES[:2]
    assert Template.of(stack).data("aws_availability_zones") == {}
    assert Template.of(stack).resources("terraform_data") == {}


def test_another_zone_leaves_the_other_subnets_as_they_are(
    stack: TerraformStack, placement: Placement
) -> None:
    new_vpc(stack, placement, zones=ZONES[:2])
    grown = TerraformStack(Testing.app(), "test")
    AwsProvider(grown, "aws")
    new_vpc(grown, placement, zones=ZONES)

    before, after = (Template.of(one).resources("aws_subnet") for one in (stack, grown))
    assert len(after) == len(before) + 2
    assert before.items() <= after.items()


def test_nothing_leads_to_the_internet(stack: TerraformStack, placement: Placement) -> None:
    new_vpc(stack, placement)

    template = Template.of(stack)
    for type_ in ("aws_internet_gateway", "aws_nat_gateway", "aws_route"):
        assert template.resources(type_) == {}


def test_aurora_shares_a_route_table_and_each_dms_subnet_has_its_own(
    stack: TerraformStack, placement: Placement
) -> None:
    vpc = new_vpc(stack, placement, zones=ZONES)

    template = Template.of(stack)
    names = {
        f"${{aws_route_table.{local}.id}}": table["tags"]["Name"]
        for local, table in template.resources("aws_route_table").items()
    }
    subnets = {
        f"${{aws_subnet.{local}.id}}": subnet["tags"]["Name"]
        for local, subnet in template.resources("aws_subnet").items()
    }
    assert {
        subnets[association["subnet_id"]]: names[association["route_table_id"]]
        for association in template.resources("aws_route_table_association").values()
    } == {
        "aurora-ferry-dev-aurora-1": "aurora-ferry-dev-aurora",
        "aurora-ferry-dev-aurora-2": "aurora-ferry-dev-aurora",
        "aurora-ferry-dev-aurora-3": "aurora-ferry-dev-aurora",
        "aurora-ferry-dev-dms-1": "aurora-ferry-dev-dms-1",
        "aurora-ferry-dev-dms-2": "aurora-ferry-dev-dms-2",
        "aurora-ferry-dev-dms-3": "aurora-ferry-dev-dms-3",
    }
    assert [names[id_] for id_ in resolved(vpc.route_table_ids, stack)] == [
        "aurora-ferry-dev-aurora",
        "aurora-ferry-dev-dms-1",
        "aurora-ferry-dev-dms-2",
        "aurora-ferry-dev-dms-3",
    ]


def test_subnet_ids_are_in_the_order_of_the_zones(
    stack: TerraformStack, placement: Placement
) -> None:
    vpc = new_vpc(stack, placement, zones=ZONES)

    subnets = {
        f"${{aws_subnet.{local}.id}}": subnet["tags"]["Name"]
        for local, subnet in Template.of(stack).resources("aws_subnet").items()
    }
    assert [subnets[id_] for id_ in resolved(vpc.aurora_subnet_ids, stack)] == [
        "aurora-ferry-dev-aurora-1",
        "aurora-ferry-dev-aurora-2",
        "aurora-ferry-dev-aurora-3",
    ]
    assert [subnets[id_] for id_ in resolved(vpc.dms_subnet_ids, stack)] == [
        "aurora-ferry-dev-dms-1",
        "aurora-ferry-dev-dms-2",
        "aurora-ferry-dev-dms-3",
    ]


def test_the_default_security_group_states_that_it_has_no_rules(
    stack: TerraformStack, placement: Placement
) -> None:
    new_vpc(stack, placement)

    Template.of(stack).has(
        "aws_default_security_group",
        ingress=[],
        egress=[],
        tags={"Name": "aurora-ferry-dev-default-locked"},
    )


def test_flow_logs_are_kept_as_long_as_asked(stack: TerraformStack, placement: Placement) -> None:
    new_vpc(stack, placement, zones=ZONES, flow_log_retention_days=400)

    Template.of(stack).has("aws_cloudwatch_log_group", retention_in_days=400)
    assert acknowledged(stack) == {}
