"""What is said of zones, and of the other end of the way to the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferry.check.account.network import (
    OtherEnd,
    judge_class_zones,
    judge_way,
    judge_zones,
    way,
)
from ferry.findings import blocked, right, warning
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from settings.environment import Environment

ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
TGW, VGW, VPC = "tgw-0123456789abcdef0", "vgw-0123456789abcdef0", "vpc-0123456789abcdef0"
DEV = environment()
NAMED = environment(
    network={
        "vpc": {"cidr": "10.20.0.0/20", "availability_zones": ["eu-central-1b", "eu-central-1d"]}
    }
)


def routed(**route: object) -> Environment:
    return environment(network={"route_to_source": route})


def test_there_are_as_many_zones_as_the_file_takes() -> None:
    assert judge_zones(DEV, ZONES) == right("zones", "eu-central-1 has the 3 zones that dev takes.")


@pytest.mark.parametrize(("count", "has"), [(1, "1 zone that takes"), (2, "2 zones that take")])
def test_there_are_fewer_zones(count: int, has: str) -> None:
    assert judge_zones(DEV, ZONES[:count]) == blocked(
        "zones",
        f"eu-central-1 has {has} subnets of this account, and the file wants 3.",
        why="The plan stops: the VPC has subnets in as many.",
        remedy=f"Set network.vpc.zone_count = {count} in dev.toml.",
    )


def test_a_zone_that_is_named_is_not_there() -> None:
    assert judge_zones(NAMED, ZONES) == blocked(
        "zones",
        "eu-central-1 has no zone eu-central-1d that takes subnets of this account.",
        why="CreateSubnet is refused. The deployment ends half-way.",
        remedy="Name others in network.vpc.availability_zones of dev.toml: eu-central-1a, "
        "eu-central-1b, eu-central-1c.",
    )


def test_the_class_is_had_in_each_zone() -> None:
    assert judge_class_zones(
        DEV, "db.r6g.large", zones=ZONES, offering={*ZONES, "eu-central-1d"}
    ) == right("aurora-class-zones", "db.r6g.large can be ordered in each of these zones.")


@pytest.mark.parametrize(
    ("file", "offering", "missing"),
    [
        (DEV, {"eu-central-1a", "eu-central-1c"}, "eu-central-1b"),
        (NAMED, {"eu-central-1a", "eu-central-1b"}, "eu-central-1d"),
    ],
    ids=["counted", "named"],
)
def test_the_class_is_not_had_in_a_zone(
    file: Environment, offering: set[str], missing: str
) -> None:
    assert judge_class_zones(file, "db.r6g.large", zones=ZONES, offering=offering) == warning(
        "aurora-class-zones",
        f"db.r6g.large cannot be ordered in {missing}.",
        why="RDS places no instance there, and a failover has fewer zones to go to.",
        remedy="Name zones that offer it in network.vpc.availability_zones, or choose another class. "
        f"It can be ordered in {', '.join(sorted(offering))}.",
    )


def test_the_way_is_what_this_account_can_look_at() -> None:
    assert way(DEV) is None
    assert way(routed(transit_gateway_id=TGW)) == TGW
    assert way(routed(virtual_private_gateway_id=VGW)) == VGW
    assert way(routed(peering={"vpc_id": VPC})) == VPC
    assert way(routed(peering={"vpc_id": VPC, "account_id": "444455556666"})) is None
    assert way(routed(peering={"vpc_id": VPC, "region": "eu-west-1"})) is None


def test_the_other_end_is_there() -> None:
    found = OtherEnd(state="available", cidrs=("192.168.0.0/16",))

    assert judge_way(DEV, VPC, found) == right(
        "way-to-the-source", f"{VPC}, the way to the source, is there."
    )


def test_there_is_no_other_end() -> None:
    assert judge_way(DEV, TGW, None) == blocked(
        "way-to-the-source",
        f"There is no {TGW} in this account and region, nor shared with it.",
        why="EC2 refuses to attach it. The deployment ends half-way.",
        remedy="Correct [network.route_to_source] in dev.toml, or have it shared.",
    )


def test_the_other_end_is_not_available() -> None:
    assert judge_way(DEV, TGW, OtherEnd(state="deleting")) == warning(
        "way-to-the-source",
        f"{TGW} is deleting, not available.",
        why="Until it is, EC2 refuses to attach it.",
        remedy="Wait, or look at it with its owner.",
    )


def test_a_peered_vpc_overlaps() -> None:
    found = OtherEnd(state="available", cidrs=("10.30.0.0/16", "10.20.8.0/21"))

    assert judge_way(DEV, VPC, found) == blocked(
        "way-to-the-source",
        f"{VPC} has 10.20.8.0/21, which overlaps network.vpc.cidr, 10.20.0.0/20.",
        why="EC2 makes no peering connection between such VPCs.",
        remedy="Give the VPC another network in dev.toml.",
    )


def test_a_virtual_private_gateway_is_attached_elsewhere() -> None:
    assert judge_way(DEV, VGW, OtherEnd(state="available", vpcs=(VPC,))) == warning(
        "way-to-the-source",
        f"{VGW} is attached to {VPC}.",
        why="A virtual private gateway is attached to one VPC: where that is not this environment's, "
        "EC2 refuses.",
        remedy="Look whose it is; a transit gateway serves several.",
    )
