"""How many subnets a VPC that is made has room for, by its size.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

from __future__ import annotations

from typing import Final, NamedTuple

LARGEST_VPC: Final = 16
SMALLEST_VPC: Final = 27
"""The prefix lengths of VPCs that are made. AWS takes /28 too, in which one subnet has room: Aurora's
and DMS's subnet groups need two zones."""

SMALLEST_SUBNET: Final = 28
"""The prefix length of the smallest subnet that AWS makes."""

MOST_ZONES: Final = 4
"""Aurora stores its data in three zones; hardly a region has more than four."""


class Division(NamedTuple):
    """In how many zones Aurora, DMS and NAT gateways can have subnets; they lie in this order.

    Without any of its own DMS is in Aurora's.
    """

    aurora: int
    dms: int
    public: int


_OF_SMALL: Final = {
    25: Division(3, 3, 2),
    26: Division(2, 2, 0),
    27: Division(2, 0, 0),
}


def division(prefix_length: int) -> Division:
    """How a VPC's addresses are divided.

    Up to /24 each kind has a quarter of them, and the fourth quarter is free. In a /27 there are
    two subnets of 11 addresses: 16, of which AWS keeps 5.

    Args:
        prefix_length: The VPC's, from 16, the largest, to 27.
    """
    return _OF_SMALL.get(prefix_length, Division(MOST_ZONES, MOST_ZONES, MOST_ZONES))


def in_an_id(cidr: str) -> str:
    """A network as a construct's id has it, `10-20-0-0-16`: of itself, not of its place in a list."""
    return cidr.replace(".", "-").replace("/", "-")
