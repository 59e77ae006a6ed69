import pytest
from cdktf import TerraformStack

from constructs_lib.network import ExistingVpc
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.template import Template

AURORA = ["subnet-a1", "subnet-a2"]
DMS = ["subnet-d1", "subnet-d2"]


def existing_vpc(stack: TerraformStack) -> ExistingVpc:
    return ExistingVpc(
        stack, "network", vpc_id="vpc-1", aurora_subnet_ids=AURORA, dms_subnet_ids=DMS
    )


def test_nothing_in_the_vpc_is_made_or_changed(stack: TerraformStack) -> None:
    existing_vpc(stack)

    assert Template.of(stack).document.get("resource", {}) == {}


def test_whatever_uses_the_network_waits_for_the_checks(stack: TerraformStack) -> None:
    network = existing_vpc(stack)

    template = Template.of(stack)
    (vpc,) = template.data("aws_vpc")
    subnets = {
        f"${{data.aws_subnet.{local}.id}}": subnet["id"]
        for local, subnet in template.data("aws_subnet").items()
    }
    assert resolved(network.vpc_id, stack) == f"${{data.aws_vpc.{vpc}.id}}"
    assert [subnets[id_] for id_ in resolved(network.aurora_subnet_ids, stack)] == AURORA
    assert [subnets[id_] for id_ in resolved(network.dms_subnet_ids, stack)] == DMS


def test_a_subnet_of_another_vpc_stops_the_plan(stack: TerraformStack) -> None:
    existing_vpc(stack)

    subnet = Template.of(stack).where("aws_subnet", kind="data", id="subnet-d2")
    assert subnet["lifecycle"]["postcondition"] == [
        {
            "condition": '${self.vpc_id == "vpc-1"}',
            "error_message": (
                "DMS's subnet subnet-d2 belongs to ${self.vpc_id}, not to vpc-1. Name subnets of"
                " that VPC, or that subnet's VPC."
            ),
        }
    ]


def test_every_subnet_is_checked(stack: TerraformStack) -> None:
    existing_vpc(stack)

    subnets = Template.of(stack).data("aws_subnet").values()
    assert sorted(subnet["id"] for subnet in subnets) == AURORA + DMS
    assert all("postcondition" in subnet["lifecycle"] for subnet in subnets)


def test_switched_off_dns_stops_the_plan(stack: TerraformStack) -> None:
    existing_vpc(stack)

    dns, _, _ = Template.of(stack).only("aws_vpc", kind="data")["lifecycle"]["postcondition"]
    assert dns == {
        "condition": "${self.enable_dns_support}",
        "error_message": (
            "DNS support is off in vpc-1, so Aurora's endpoints would not resolve there. Turn on"
            " the VPC's attribute enableDnsSupport."
        ),
    }


@pytest.mark.parametrize(
    ("position", "owner", "setting", "subnet_ids"),
    [(1, "Aurora", "aurora_subnet_ids", AURORA), (2, "DMS", "dms_subnet_ids", DMS)],
)
def test_subnets_in_a_single_zone_stop_the_plan(
    stack: TerraformStack, position: int, owner: str, setting: str, subnet_ids: list[str]
) -> None:
    existing_vpc(stack)

    template = Template.of(stack)
    local = {subnet["id"]: name for name, subnet in template.data("aws_subnet").items()}
    zones = [f"data.aws_subnet.{local[id_]}.availability_zone" for id_ in subnet_ids]
    check = template.only("aws_vpc", kind="data")["lifecycle"]["postcondition"][position]
    assert check == {
        "condition": f"${{(length(distinct([{', '.join(zones)}])) >= 2)}}",
        "error_message": (
            f"{owner}'s subnets all lie in ${{{zones[0]}}}, and AWS wants a subnet group to span"
            f" 2 zones. Add to {setting} a subnet in another zone."
        ),
    }


def test_aurora_and_dms_may_share_subnets(stack: TerraformStack) -> None:
    network = ExistingVpc(
        stack, "network", vpc_id="vpc-1", aurora_subnet_ids=AURORA, dms_subnet_ids=AURORA
    )

    assert len(network.dms_subnet_ids) == 2
    assert len(Template.of(stack).data("aws_subnet")) == 4
