"""Divides a VPC's addresses among its subnets; plain arithmetic, no AWS."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Network

MINIMUM_ZONES = 2
"""Aurora's and DMS's subnet groups must span two zones."""

MAXIMUM_ZONES = 4
"""Aurora stores its data in three zones; hardly a region has more than four."""

LARGEST_VPC_PREFIX = 16
"""AWS allows no larger VPC than a /16."""

SMALLEST_VPC_PREFIX = 24
"""A sixteenth of a /24 is a /28, the smallest subnet that AWS allows."""

_SUBNET_PREFIX_BITS = 4


class SubnetGroup(IntEnum):
    """What a subnet is for; the value is the group's quarter of the VPC. The fourth is free."""

    AURORA = 0
    DMS = 1
    PUBLIC = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class SubnetPlan:
    """The subnets of a VPC: a sixteenth of its addresses for each group and zone.

    Every group owns a quarter of the VPC and every zone a quarter of that, taken or not. So a
    subnet's addresses follow from its group and its zone's position alone, and another zone at the
    end of the list, or NAT, renumbers nothing.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html

    Args:
        vpc_cidr: The VPC's IPv4 block, from a /16 to a /24.
        zone_count: How many zones have subnets, 2 to 4.

    Raises:
        ValueError: The block or the number of zones is not allowed.
    """

    vpc_cidr: str
    zone_count: int

    def __post_init__(self) -> None:
        try:
            prefix = IPv4Network(self.vpc_cidr).prefixlen
        except ValueError as error:
            raise ValueError(
                f"VPC CIDR {self.vpc_cidr!r} is not an IPv4 block ({error});"
                " give one such as '10.20.0.0/16'"
            ) from error
        if not LARGEST_VPC_PREFIX <= prefix <= SMALLEST_VPC_PREFIX:
            raise ValueError(
                f"VPC CIDR {self.vpc_cidr!r} is a /{prefix}; allowed is a /{LARGEST_VPC_PREFIX} to"
                f" a /{SMALLEST_VPC_PREFIX}, because a subnet gets a sixteenth of it and AWS's"
                " smallest subnet is a /28"
            )
        if not MINIMUM_ZONES <= self.zone_count <= MAXIMUM_ZONES:
            raise ValueError(
                f"{self.zone_count} zones given; allowed are {MINIMUM_ZONES} to {MAXIMUM_ZONES}:"
                " Aurora and DMS need two, and Aurora stores its data in three"
            )

    def cidrs(self, group: SubnetGroup) -> tuple[str, ...]:
        """A group's subnets in the order of the zones."""
        subnets = tuple(IPv4Network(self.vpc_cidr).subnets(prefixlen_diff=_SUBNET_PREFIX_BITS))
        first = group * MAXIMUM_ZONES
        return tuple(str(subnet) for subnet in subnets[first : first + self.zone_count])
