"""What is said of groups of one's own that Aurora lets in."""

from __future__ import annotations

from ferry.check.account.clients import judge
from ferry.findings import blocked, right, warning
from tests.unit.ferry.environments import environment

ONE, OTHER = "sg-0123456789abcdef0", "sg-0123456789abcdef1"
VPC = "vpc-0123456789abcdef0"
NEW = environment(aurora={"client_security_group_ids": [ONE, OTHER]})
EXISTING = environment(
    aurora={"client_security_group_ids": [ONE, OTHER]},
    network={
        "vpc": None,
        "existing_vpc": {
            "vpc_id": VPC,
            "aurora_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        },
    },
)


def test_the_groups_are_there() -> None:
    fine = [right("client-groups", "The clients' groups are there.")]

    assert list(judge(NEW, {ONE: "vpc-1", OTHER: "vpc-2"})) == fine
    assert list(judge(EXISTING, {ONE: VPC, OTHER: VPC})) == fine


def test_a_group_that_is_not_there() -> None:
    assert list(judge(NEW, {ONE: "vpc-1"})) == [
        blocked(
            "client-groups",
            f"There is no security group {OTHER} in this account and region.",
            why="EC2 refuses a rule that names it, and the deployment ends half-way.",
            remedy="Correct aurora.client_security_group_ids in dev.toml.",
        )
    ]


def test_a_group_of_another_vpc() -> None:
    assert list(judge(EXISTING, {ONE: VPC, OTHER: "vpc-2"})) == [
        warning(
            "client-groups",
            f"{OTHER} is of another VPC than {VPC}.",
            why="A rule may name it only while the two VPCs are peered, or on one transit gateway "
            "that allows it.",
            remedy="Look whether they are, or name networks in aurora.client_cidrs.",
        )
    ]
