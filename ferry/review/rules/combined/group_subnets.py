"""The subnets that a subnet group loses while an instance stands in it.

RDS and DMS refuse to take away a subnet in which an instance stands, and a group of one zone alone.
Sources: https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyReplicationSubnetGroup.html and
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSubnetGroup.html
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from ferry.review.plan.ranges import network
from ferry.review.plan.values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.plan import Change, Neighbours
    from ferry.review.plan.values import Json

_LEAST_ZONES: Final = 2


def loses_subnets(group: Change, attribute: str) -> bool | None:
    """Whether a group loses a subnet. One that is new has no id yet, and takes none away."""
    before, after = _ids(group.before.get(attribute)), _ids(group.after.get(attribute))
    return None if before is None or after is None else bool(before - after)


def may_lose_its_place(group: Change, attribute: str) -> bool | None:
    """Whether a replication subnet group loses a subnet in which an instance may stand, or all but a zone.

    Where a standby stands no plan says: of an instance that has one, it may be any of its subnets.
    """
    before, after = _ids(group.before.get(attribute)), _ids(group.after.get(attribute))
    if before is None or after is None:
        return None
    lost = before - after
    if not lost:
        return False
    subnets = group.neighbours.once(_subnets)
    zones = {_zone(subnets.get(it)) for it in after & before}
    instances = [
        it
        for it in group.neighbours.of("aws_dms_replication_instance")
        if it.before
        and it.before.get("replication_subnet_group_id")
        == group.before.get("replication_subnet_group_id")
    ]
    return (
        "" in zones
        or len(zones) < _LEAST_ZONES
        or any(_may_stand_in(it, subnets.get(subnet)) for it in instances for subnet in lost)
    )


def _may_stand_in(instance: Change, subnet: Change | None) -> bool:
    """Whether an instance may have an address of a subnet, now or once its standby takes over."""
    addresses = instance.before.get("replication_instance_private_ips")
    range_ = network(str(subnet.before.get("cidr_block"))) if subnet is not None else None
    if (
        range_ is None
        or instance.before.get("multi_az") is not False
        or not isinstance(addresses, list)
        or not addresses
    ):
        return True
    return not all(_is_outside(it, range_) for it in addresses)


def _is_outside(address: Json, range_: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return isinstance(address, str) and ipaddress.ip_address(address) not in range_
    except ValueError:
        return False


def _ids(value: Json) -> frozenset[str] | None:
    """The subnets that are known; None where any of them may be hidden. New ones have no id yet."""
    if not isinstance(value, list) or not all(isinstance(it, str) or it is UNKNOWN for it in value):
        return None
    return frozenset(it for it in value if isinstance(it, str))


def _subnets(neighbours: Neighbours) -> Mapping[str, Change]:
    """The subnets that are there, by their ids."""
    return {str(it.before["id"]): it for it in neighbours.of("aws_subnet") if it.before.get("id")}


def _zone(subnet: Change | None) -> str:
    zone = subnet.before.get("availability_zone") if subnet is not None else None
    return zone if isinstance(zone, str) else ""
