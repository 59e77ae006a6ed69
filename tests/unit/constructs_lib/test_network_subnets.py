from ipaddress import IPv4Network
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.network.subnets import SubnetGroup, subnet_cidrs

ROOM = {25: (3, 3, 2), 26: (2, 2, 0), 27: (2, 0, 0)}
"""In how many zones a small VPC has room: for Aurora, DMS, NAT."""


def vpc_cidrs(*, smallest: int) -> st.SearchStrategy[str]:
    """VPCs' addresses, from a /16 on."""
    return st.builds(
        lambda address, prefix: str(IPv4Network((address, prefix), strict=False)),
        st.integers(min_value=0, max_value=2**32 - 1),
        st.integers(min_value=16, max_value=smallest),
    )


def test_a_slash_16_gives_slash_20s_in_a_quarter_for_each_group() -> None:
    assert {group: subnet_cidrs("10.20.0.0/16", group, zone_count=3) for group in SubnetGroup} == {
        SubnetGroup.AURORA: ["10.20.0.0/20", "10.20.16.0/20", "10.20.32.0/20"],
        SubnetGroup.DMS: ["10.20.64.0/20", "10.20.80.0/20", "10.20.96.0/20"],
        SubnetGroup.PUBLIC: ["10.20.128.0/20", "10.20.144.0/20", "10.20.160.0/20"],
    }


def test_a_slash_24_gives_the_smallest_subnets_that_aws_allows() -> None:
    assert subnet_cidrs("192.168.7.0/24", SubnetGroup.DMS, zone_count=2) == [
        "192.168.7.64/28",
        "192.168.7.80/28",
    ]


def test_a_slash_25_has_room_for_three_zones_and_nat_in_two() -> None:
    assert {
        group: subnet_cidrs("10.0.0.128/25", group, zone_count=count)
        for group, count in zip(SubnetGroup, ROOM[25], strict=True)
    } == {
        SubnetGroup.AURORA: ["10.0.0.128/28", "10.0.0.144/28", "10.0.0.160/28"],
        SubnetGroup.DMS: ["10.0.0.176/28", "10.0.0.192/28", "10.0.0.208/28"],
        SubnetGroup.PUBLIC: ["10.0.0.224/28", "10.0.0.240/28"],
    }


def test_a_slash_26_has_room_for_two_zones_without_nat() -> None:
    assert {group: subnet_cidrs("10.0.0.0/26", group, zone_count=2) for group in SubnetGroup} == {
        SubnetGroup.AURORA: ["10.0.0.0/28", "10.0.0.16/28"],
        SubnetGroup.DMS: ["10.0.0.32/28", "10.0.0.48/28"],
        SubnetGroup.PUBLIC: [],
    }


def test_a_slash_27_has_room_for_two_zones_in_which_dms_has_no_subnets_of_its_own() -> None:
    assert {group: subnet_cidrs("10.0.0.32/27", group, zone_count=2) for group in SubnetGroup} == {
        SubnetGroup.AURORA: ["10.0.0.32/28", "10.0.0.48/28"],
        SubnetGroup.DMS: [],
        SubnetGroup.PUBLIC: [],
    }


@given(vpc_cidr=vpc_cidrs(smallest=27), wanted=st.integers(min_value=2, max_value=4))
def test_every_zone_has_a_subnet_in_every_group_inside_the_vpc_and_none_overlap(
    vpc_cidr: str, wanted: int
) -> None:
    counts = [min(wanted, room) for room in ROOM.get(IPv4Network(vpc_cidr).prefixlen, (4, 4, 4))]
    groups = [
        subnet_cidrs(vpc_cidr, group, zone_count=count)
        for group, count in zip(SubnetGroup, counts, strict=True)
    ]
    subnets = [IPv4Network(cidr) for cidrs in groups for cidr in cidrs]

    assert [len(cidrs) for cidrs in groups] == counts
    assert all(subnet.subnet_of(IPv4Network(vpc_cidr)) for subnet in subnets)
    assert all(16 <= subnet.prefixlen <= 28 for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@given(vpc_cidr=vpc_cidrs(smallest=24), zone_count=st.integers(min_value=2, max_value=3))
def test_another_zone_renumbers_no_subnet(vpc_cidr: str, zone_count: int) -> None:
    for group in SubnetGroup:
        before = subnet_cidrs(vpc_cidr, group, zone_count=zone_count)
        after = subnet_cidrs(vpc_cidr, group, zone_count=zone_count + 1)
        assert after[:zone_count] == before
