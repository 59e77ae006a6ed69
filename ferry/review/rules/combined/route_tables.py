"""Where the routes of tables lead, before and after.

Traffic takes the route with the longest prefix. Source:
https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ferry.review.plan.inline import is_inline
from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.ranges import Network, Ranges, network
from ferry.review.plan.values import UNKNOWN, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ferry.review.plan.plan import Change, Neighbours, Plan
    from ferry.review.plan.values import Json

ROUTES_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
ROUTE: Final = "aws_route"
ROUTE_TABLE: Final = "aws_route_table"
_VPC: Final = "aws_vpc"
DESTINATIONS: Final = (
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
    "destination_prefix_list_id",
)
"""What a route names to say where it leads to."""

_INLINE_DESTINATIONS: Final = ("cidr_block", "ipv6_cidr_block")
TARGETS: Final = (
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
)
"""What a route names to say over what it leads there."""


class _Table:
    """The routes of one table on one side, found by the longest prefix."""

    __slots__ = ("_lengths", "_routes")

    def __init__(self) -> None:
        self._routes: dict[tuple[int, int, int], object] = {}
        self._lengths: dict[int, set[int]] = {4: set(), 6: set()}

    def add(self, to: Network, targets: object) -> None:
        """Add a route."""
        self._routes[to.version, to.prefixlen, int(to.network_address)] = targets
        self._lengths[to.version].add(to.prefixlen)

    def way(self, to: Network) -> object:
        """Where traffic to a range leads; None where no route is known."""
        first, size = int(to.network_address), to.max_prefixlen
        for length in sorted(self._lengths[to.version], reverse=True):
            if length <= to.prefixlen:
                start = first >> (size - length) << (size - length)
                found = self._routes.get((to.version, length, start))
                if found is not None:
                    return found
        return None


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The routes of a plan's tables.

    Args:
        plan: The plan.
    """

    plan: Plan

    @cached_property
    def new(self) -> frozenset[str]:
        """The route tables that the plan makes."""
        return frozenset(table_of(it, it.after) for it in self.plan.of(ROUTE_TABLE) if it.comes)

    @cached_property
    def own_ranges(self) -> Ranges:
        """What the VPCs that are there have as their own ranges."""
        return Ranges(
            range_
            for it in self.plan.of(_VPC)
            if (range_ := network(_text(it.before.get("cidr_block")))) is not None
        )

    @cached_property
    def only_range(self) -> Ranges:
        """The range of the one VPC that will be there; of several, whose a table is is not told."""
        ranges = [it.after.get("cidr_block") for it in self.plan.of(_VPC) if it.stays]
        found = network(_text(ranges[0])) if len(ranges) == 1 else None
        return Ranges(() if found is None else [found])

    def way(self, table: str, to: Network, *, after: bool) -> object:
        """Where traffic to a range leads, before or after; None where no route is known.

        What a table only shows of routes is no way that traffic could take instead.
        """
        found = (self._after if after else self._before).get(table)
        return found.way(to) if found else None

    def shown(self, table: str, to: Network) -> object:
        """Where traffic to a range leads by what a table only shows; None where it shows none."""
        found = self._shown.get(table)
        return found.way(to) if found else None

    @cached_property
    def _before(self) -> Mapping[str, _Table]:
        return self._routes([*self.plan.of(ROUTE), *self._inline[True]], after=False)

    @cached_property
    def _after(self) -> Mapping[str, _Table]:
        return self._routes([*self.plan.of(ROUTE), *self._inline[True]], after=True)

    @cached_property
    def _shown(self) -> Mapping[str, _Table]:
        return self._routes(self._inline[False], after=False)

    @cached_property
    def _inline(self) -> Mapping[bool, Sequence[Change]]:
        found: dict[bool, list[Change]] = {True: [], False: []}
        for it in self.plan.of(ROUTE_TABLE):
            found[is_inline(it, "route") is True].append(it)
        return found

    def _routes(self, changes: Iterable[Change], *, after: bool) -> dict[str, _Table]:
        found: dict[str, _Table] = {}
        for change in changes:
            side = _side(change, after=after)
            names = _INLINE_DESTINATIONS if change.type == ROUTE_TABLE else DESTINATIONS
            for route in routes_in(change, side):
                to = destination_of(route, names)
                if to is not None:
                    found.setdefault(table_of(change, side), _Table()).add(to, targets_of(route))
        return found


def tables_of(neighbours: Neighbours, group: str, attribute: str = "subnet_ids") -> dict[str, str]:
    """The route table of each subnet that an attribute of a type names, by the subnet's id or address."""
    subnets = {
        name
        for it in neighbours.of(group)
        if it.stays
        for name in (
            *(it.references or {}).get(attribute, ()),
            *(
                id_
                for id_ in (_items(it.after.get(attribute)) or [it.after.get(attribute)])
                if isinstance(id_, str)
            ),
        )
    }
    return {
        subnet: table_of(it, it.after)
        for it in neighbours.of("aws_route_table_association")
        if it.stays and (subnet := named(it, "subnet_id")) in subnets
    }


def named(change: Change, attribute: str) -> str:
    """A resource by its id, or by its address where that is not known."""
    id_ = change.after.get(attribute)
    if isinstance(id_, str) and id_:
        return id_
    if attribute == "id":
        return without_key(change.address)
    return next(iter((change.references or {}).get(attribute, ())), "")


def routes_in(change: Change, side: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    """The route that a resource is, or those that a table holds."""
    inline = side.get("route") if change.type == ROUTE_TABLE else [side]
    return [it for it in inline if isinstance(it, dict)] if isinstance(inline, list) else []


def _side(change: Change, *, after: bool) -> Mapping[str, Json]:
    """What is there before, or will be after; what is forgotten stays."""
    return change.after if after and change.action is not Action.FORGET else change.before


def table_of(change: Change, side: Mapping[str, Json]) -> str:
    """A route table: its id, or its address where that is not known."""
    is_table = change.type == ROUTE_TABLE
    id_ = side.get("id" if is_table else "route_table_id")
    if isinstance(id_, str) and id_:
        return id_
    if is_table:
        return without_key(change.address)
    named = (change.references or {}).get("route_table_id", ())
    return named[0] if id_ is UNKNOWN and len(named) == 1 else show(id_)


def destination_of(side: Mapping[str, Json], names: Iterable[str] = DESTINATIONS) -> Network | None:
    """A route's destination, if it is a range that is known."""
    return next((it for name in names if (it := network(_text(side.get(name)))) is not None), None)


def targets_of(side: Mapping[str, Json]) -> tuple[tuple[str, str], ...]:
    """Where a route leads: the target that it names.

    EC2 takes one. AWS says more afterwards, such as the network interface of a NAT gateway, and until
    then that is not known: it is no other way. Source:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
    """
    named = [name for name in TARGETS if side.get(name)]
    known = [name for name in named if side[name] is not UNKNOWN]
    return tuple((name, show(side[name])) for name in known or named)


def is_gateway(side: Mapping[str, Json]) -> bool:
    """Whether a route leads, or may lead, to an internet gateway."""
    gateway = side.get("gateway_id")
    return bool(gateway and not (isinstance(gateway, str) and not gateway.startswith("igw-"))) or (
        bool(side.get("egress_only_gateway_id")) or bool(side.get("carrier_gateway_id"))
    )


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
