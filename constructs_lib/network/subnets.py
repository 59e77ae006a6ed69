"""Divides a VPC's addresses among its subnets; plain arithmetic, no AWS."""

from __future__ import annotations

from enum import IntEnum
from ipaddress import IPv4Network
from typing import Final

from facts.subnets import SMALLEST_SUBNET, division

_SUBNET_PREFIX_BITS: Final = 4


class SubnetGroup(IntEnum):
    """What a subnet is for; the value is the group's place in the VPC's division."""

    AURORA = 0
    DMS = 1
    PUBLIC = 2


def subnet_cidrs(vpc_cidr: str, group: SubnetGroup, *, zone_count: int) -> list[str]:
    """The subnets of a group, in the order of the zones: a sixteenth of the VPC's addresses for each.

    Every group owns a quarter of the VPC and every zone a quarter of that, taken or not. So a
    subnet's addresses follow from its group and its zone's position alone, and another zone at the
    end of the list, or NAT, renumbers nothing. Below a /24 a sixteenth is smaller than AWS's
    smallest subnet: there are fewer zones then, by `facts.subnets.division`.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html

    Args:
        vpc_cidr: The VPC's IPv4 block, from a /16, the largest that AWS allows, to a /27.
        group: What the subnets are for.
        zone_count: How many zones have subnets, 2 to 4; as many as the division has, at most.
    """
    vpc = IPv4Network(vpc_cidr)
    prefix_length = min(vpc.prefixlen + _SUBNET_PREFIX_BITS, SMALLEST_SUBNET)
    subnets = list(vpc.subnets(new_prefix=prefix_length))
    first = sum(division(vpc.prefixlen)[:group])
    return [str(subnet) for subnet in subnets[first : first + zone_count]]
