from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.network.subnets import SubnetGroup, SubnetPlan

vpc_cidrs = st.builds(
    lambda address, prefix: str(IPv4Network((address, prefix), strict=False)),
    st.integers(min_value=0, max_value=2**32 - 1),
    st.integers(min_value=16, max_value=24),
)
zone_counts = st.integers(min_value=2, max_value=4)


def all_subnets(plan: SubnetPlan) -> list[IPv4Network]:
    return [IPv4Network(cidr) for group in SubnetGroup for cidr in plan.cidrs(group)]


def test_a_slash_16_gives_slash_20s_in_a_quarter_for_each_group() -> None:
    plan = SubnetPlan(vpc_cidr="10.20.0.0/16", zone_count=3)

    assert plan.cidrs(SubnetGroup.AURORA) == ("10.20.0.0/20", "10.20.16.0/20", "10.20.32.0/20")
    assert plan.cidrs(SubnetGroup.DMS) == ("10.20.64.0/20", "10.20.80.0/20", "10.20.96.0/20")
    assert plan.cidrs(SubnetGroup.PUBLIC) == ("10.20.128.0/20", "10.20.144.0/20", "10.20.160.0/20")


def test_a_slash_24_gives_the_smallest_subnets_that_aws_allows() -> None:
    plan = SubnetPlan(vpc_cidr="192.168.7.0/24", zone_count=2)

    assert plan.cidrs(SubnetGroup.DMS) == ("192.168.7.64/28", "192.168.7.80/28")


@given(vpc_cidr=vpc_cidrs, zone_count=zone_counts)
def test_every_zone_has_a_subnet_in_every_group(vpc_cidr: str, zone_count: int) -> None:
    plan = SubnetPlan(vpc_cidr=vpc_cidr, zone_count=zone_count)

    assert [len(plan.cidrs(group)) for group in SubnetGroup] == [zone_count] * len(SubnetGroup)


@given(vpc_cidr=vpc_cidrs, zone_count=zone_counts)
def test_subnets_lie_inside_the_vpc(vpc_cidr: str, zone_count: int) -> None:
    plan = SubnetPlan(vpc_cidr=vpc_cidr, zone_count=zone_count)

    assert all(subnet.subnet_of(IPv4Network(vpc_cidr)) for subnet in all_subnets(plan))


@given(vpc_cidr=vpc_cidrs, zone_count=zone_counts)
def test_no_two_subnets_overlap(vpc_cidr: str, zone_count: int) -> None:
    plan = SubnetPlan(vpc_cidr=vpc_cidr, zone_count=zone_count)

    assert not any(one.overlaps(other) for one, other in combinations(all_subnets(plan), 2))


@given(vpc_cidr=vpc_cidrs, zone_count=zone_counts)
def test_subnets_are_between_a_slash_16_and_a_slash_28(vpc_cidr: str, zone_count: int) -> None:
    plan = SubnetPlan(vpc_cidr=vpc_cidr, zone_count=zone_count)

    assert all(16 <= subnet.prefixlen <= 28 for subnet in all_subnets(plan))


@given(vpc_cidr=vpc_cidrs, zone_count=st.integers(min_value=2, max_value=3))
def test_another_zone_renumbers_no_subnet(vpc_cidr: str, zone_count: int) -> None:
    before = SubnetPlan(vpc_cidr=vpc_cidr, zone_count=zone_count)
    after = SubnetPlan(vpc_cidr=vpc_cidr, zone_count=zone_count + 1)

    for group in SubnetGroup:
        assert after.cidrs(group)[:zone_count] == before.cidrs(group)


@pytest.mark.parametrize(
    ("vpc_cidr", "zone_count", "message"),
    [
        (
            "10.0.0.0/33",
            3,
            (
                "VPC CIDR '10.0.0.0/33' is not an IPv4 block ('33' is not a valid netmask);"
                " give one such as '10.20.0.0/16'"
            ),
        ),
        (
            "10.0.0.1/16",
            3,
            (
                "VPC CIDR '10.0.0.1/16' is not an IPv4 block (10.0.0.1/16 has host bits set);"
                " give one such as '10.20.0.0/16'"
            ),
        ),
        (
            "10.0.0.0/15",
            3,
            (
                "VPC CIDR '10.0.0.0/15' is a /15; allowed is a /16 to a /24, because a subnet gets a"
                " sixteenth of it and AWS's smallest subnet is a /28"
            ),
        ),
        (
            "10.0.0.0/25",
            3,
            (
                "VPC CIDR '10.0.0.0/25' is a /25; allowed is a /16 to a /24, because a subnet gets a"
                " sixteenth of it and AWS's smallest subnet is a /28"
            ),
        ),
        (
            "10.0.0.0/16",
            1,
            (
                "1 zones given; allowed are 2 to 4: Aurora and DMS need two, and Aurora stores its"
                " data in three"
            ),
        ),
        (
            "10.0.0.0/16",
            5,
            (
                "5 zones given; allowed are 2 to 4: Aurora and DMS need two, and Aurora stores its"
                " data in three"
            ),
        ),
    ],
)
def test_refuses(vpc_cidr: str, zone_count: int, message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (the whole message is compared)
        SubnetPlan(vpc_cidr=vpc_cidr, zone_count=zone_count)

    assert str(refused.value) == message
