"""The network: the ways that traffic takes, and subnets in which something stands.

Traffic takes the route with the longest prefix. Source:
https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ferry.review.plan.inline import is_inline
from ferry.review.plan.plan import COMING, Action, without_key
from ferry.review.plan.ranges import Network, Ranges, is_public, network
from ferry.review.plan.shown import joined, ours
from ferry.review.plan.values import UNKNOWN, same, show
from ferry.review.rules.combined.ending import WITH_THE_MIGRATION, goes_with_the_migration
from ferry.review.rules.conditions import left_out, refers_to
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED, DESTROYED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Neighbours, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

_ROUTES: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
_SUBNETS: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html"
_TRANSIT: Final = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"
_PEERING: Final = "https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html"
_PROPAGATION: Final = "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-static-dynamic.html"
_LINK: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"

_ROUTE: Final = "aws_route"
_TABLE: Final = "aws_route_table"
_VPC: Final = "aws_vpc"
_DMS_SUBNETS: Final = "aws_dms_replication_subnet_group"
_DESTINATIONS: Final = (
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
    "destination_prefix_list_id",
)
_INLINE_DESTINATIONS: Final = ("cidr_block", "ipv6_cidr_block")
_TARGETS: Final = (
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
_OWN_TARGETS: Final = (
    "aws_internet_gateway",
    "aws_nat_gateway",
    "aws_vpc_peering_connection",
    "aws_vpn_gateway",
)
_LOCAL: Final = (("local", "local"),)
_ASKED: Final = "secretsmanager"
"""The service that DMS reaches by a VPC endpoint."""


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
        return frozenset(table_of(it, it.after) for it in self.plan.of(_TABLE) if it.comes)

    @cached_property
    def own_ranges(self) -> Ranges:
        """What the VPCs that are there have as their own ranges."""
        return Ranges(
            range_
            for it in self.plan.of(_VPC)
            if (range_ := network(_text(it.before.get("cidr_block")))) is not None
        )

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
        return self._routes([*self.plan.of(_ROUTE), *self._inline[True]], after=False)

    @cached_property
    def _after(self) -> Mapping[str, _Table]:
        return self._routes([*self.plan.of(_ROUTE), *self._inline[True]], after=True)

    @cached_property
    def _shown(self) -> Mapping[str, _Table]:
        return self._routes(self._inline[False], after=False)

    @cached_property
    def _inline(self) -> Mapping[bool, Sequence[Change]]:
        found: dict[bool, list[Change]] = {True: [], False: []}
        for it in self.plan.of(_TABLE):
            found[is_inline(it, "route") is True].append(it)
        return found

    def _routes(self, changes: Iterable[Change], *, after: bool) -> dict[str, _Table]:
        found: dict[str, _Table] = {}
        for change in changes:
            side = _side(change, after=after)
            names = _INLINE_DESTINATIONS if change.type == _TABLE else _DESTINATIONS
            for route in _routes_in(change, side):
                to = destination_of(route, names)
                if to is not None:
                    found.setdefault(table_of(change, side), _Table()).add(to, _targets(route))
        return found


def routes_change(plan: Plan) -> Iterator[Finding | Fine]:
    """A route leads to the internet, takes traffic from another, or takes a way away."""
    tables = Tables(plan=plan)
    for change in plan.of(_ROUTE):
        if change.action in {Action.NO_OP, Action.FORGET}:
            continue
        found = [
            *(_gone(change, tables) if change.goes else ()),
            *(_turned(change) if change.action is Action.UPDATE else ()),
            *(_come(change, tables) if change.action is not Action.DELETE else ()),
        ]
        yield from found
        if not found:
            for name in (CREATED, DESTROYED, *_TARGETS):
                yield Fine(change=change, attribute=name, because="Traffic takes the ways it took.")


def _gone(change: Change, tables: Tables) -> Iterator[Finding]:
    """A route that goes, unless traffic takes the same way by another."""
    if goes_with_the_migration(change, DESTROYED):
        return
    to, table = destination_of(change.before), table_of(change, change.before)
    if to is None or tables.way(table, to, after=True) != _targets(change.before):
        yield _finding(
            change,
            Danger.REPLICATION_STOP,
            "The route goes: nothing is reached by it any more.",
            {},
            lasts="for good, or until the new one is there",
        )


def _turned(change: Change) -> Iterator[Finding]:
    """A route that is changed in place."""
    changed = [name for name in _TARGETS if change.changes(name)]
    if changed:
        way = joined(joined((ours(name), change.shown_after(name)), by=" ") for name in changed)
        yield _finding(
            change,
            Danger.REPLICATION_STOP,
            "Traffic to {to} goes another way: {way}.",
            {"to": _shown_destination(change), "way": way},
        )


def _come(change: Change, tables: Tables) -> Iterator[Finding]:
    """A route that comes; in a new table it leads to what is the plan's own."""
    table, to = table_of(change, change.after), destination_of(change.after)
    values = {"to": _shown_destination(change), "way": _shown_way(change)}
    if table in tables.new:
        if not all(_is_ours(change, name, to) for name in _TARGETS):
            effect = "Traffic to {to} goes to what this plan does not have: {way}."
            yield _finding(change, Danger.WIDER_ACCESS, effect, values)
        elif (to is None or is_public(to)) and table in change.neighbours.once(
            _tables_of_databases
        ):
            effect = "Aurora's subnets get a way to the internet: {to}, {way}."
            yield _finding(change, Danger.WIDER_ACCESS, effect, values)
        return
    if _is_gateway(change.after) and (to is None or is_public(to)):
        yield _finding(
            change,
            Danger.WIDER_ACCESS,
            "Subnets that exist get a route to {to} over an internet gateway.",
            values,
        )
        return
    if change.action is Action.UPDATE:
        return
    old = tables.way(table, to, after=False) if to is not None else None
    if to is not None and old is None and tables.own_ranges.covers(to):
        old = _LOCAL
    if old is not None and old == _targets(change.after):
        return
    shown = tables.shown(table, to) if to is not None else None
    if old is not None or (shown is not None and shown != _targets(change.after)):
        yield _finding(
            change,
            Danger.REPLICATION_STOP,
            "Traffic to {to} is taken from the way that it had: {way}.",
            values,
        )
        return
    yield _finding(
        change, Danger.WIDER_ACCESS, "Subnets that exist get a way to {to}: {way}.", values
    )


def _is_ours(route: Change, name: str, to: Network | None) -> bool:
    """Whether a target of a route is not set, or the plan's own.

    A transit gateway is another's; the environment's file names it, and the plan's VPC joins it. Of
    private ranges it may be the way, of the internet it is not.
    """
    value = route.after.get(name)
    if not value or left_out(route, name) or refers_to(*_OWN_TARGETS)(route, name):
        return True
    joined_by = route.neighbours.of("aws_ec2_transit_gateway_vpc_attachment")
    return (
        name == "transit_gateway_id"
        and to is not None
        and not is_public(to)
        and any(it.stays and same(it.after.get(name), value) for it in joined_by)
    )


def out_of_reach(change: Change, attribute: str) -> bool:
    """The subnets that an attribute refers to give no public addresses, and no gateway leads in."""
    public = change.neighbours.once(_public_subnets)
    return not any(
        other.after.get("map_public_ip_on_launch") not in {None, False}
        or _named(other, "id") in public
        for address in (change.references or {}).get(attribute, ())
        for other in change.neighbours.get(address, ())
    )


def in_reach(change: Change, attribute: str) -> bool:
    """A gateway leads out of each subnet that an attribute refers to, as a NAT gateway needs it."""
    public = change.neighbours.once(_public_subnets)
    return all(
        _named(other, "id") in public
        for address in (change.references or {}).get(attribute, ())
        for other in change.neighbours.get(address, ())
    )


def _public_subnets(neighbours: Neighbours) -> frozenset[str]:
    """The subnets from whose table a route leads to an internet gateway."""
    tables = {
        table_of(it, it.after)
        for it in neighbours.of(_ROUTE, _TABLE)
        if it.stays
        and any(map(_is_gateway, _routes_in(it, it.after)))
        and not left_out(it, "gateway_id")
    }
    return frozenset(
        _named(it, "subnet_id")
        for it in neighbours.of("aws_route_table_association")
        if it.stays and table_of(it, it.after) in tables
    )


def _tables_of_databases(neighbours: Neighbours) -> frozenset[str]:
    """The route tables of the subnets that Aurora stands in."""
    return frozenset(tables_of(neighbours, "aws_db_subnet_group").values())


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
        if it.stays and (subnet := _named(it, "subnet_id")) in subnets
    }


def _named(change: Change, attribute: str) -> str:
    """A resource by its id, or by its address where that is not known."""
    id_ = change.after.get(attribute)
    if isinstance(id_, str) and id_:
        return id_
    if attribute == "id":
        return without_key(change.address)
    return next(iter((change.references or {}).get(attribute, ())), "")


def _routes_in(change: Change, side: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    """The route that a resource is, or those that a table holds."""
    inline = side.get("route") if change.type == _TABLE else [side]
    return [it for it in inline if isinstance(it, dict)] if isinstance(inline, list) else []


def _side(change: Change, *, after: bool) -> Mapping[str, Json]:
    """What is there before, or will be after; what is forgotten stays."""
    return change.after if after and change.action is not Action.FORGET else change.before


def table_of(change: Change, side: Mapping[str, Json]) -> str:
    """A route table: its id, or its address where that is not known."""
    is_table = change.type == _TABLE
    id_ = side.get("id" if is_table else "route_table_id")
    if isinstance(id_, str) and id_:
        return id_
    if is_table:
        return without_key(change.address)
    named = (change.references or {}).get("route_table_id", ())
    return named[0] if id_ is UNKNOWN and len(named) == 1 else show(id_)


def destination_of(
    side: Mapping[str, Json], names: Iterable[str] = _DESTINATIONS
) -> Network | None:
    """A route's destination, if it is a range that is known."""
    return next((it for name in names if (it := network(_text(side.get(name)))) is not None), None)


def _targets(side: Mapping[str, Json]) -> object:
    """Where a route leads: the targets that it names."""
    return tuple((name, show(side.get(name))) for name in _TARGETS if side.get(name))


def _is_gateway(side: Mapping[str, Json]) -> bool:
    """Whether a route leads, or may lead, to an internet gateway."""
    gateway = side.get("gateway_id")
    return bool(gateway and not (isinstance(gateway, str) and not gateway.startswith("igw-"))) or (
        bool(side.get("egress_only_gateway_id")) or bool(side.get("carrier_gateway_id"))
    )


def _shown_destination(change: Change) -> Shown:
    said = next((it for it in _DESTINATIONS if change.after.get(it)), _DESTINATIONS[0])
    value = change.after.get(said)
    return change.shown(value if isinstance(value, str) else show(value), *_DESTINATIONS)


def _shown_way(change: Change) -> Shown:
    named = [name for name in _TARGETS if change.after.get(name)]
    return joined(joined((ours(name), change.shown_after(name)), by=" ") for name in named)


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Switch:
    """An option by which traffic finds its way.

    Args:
        on: The value with which it does.
        effect: What happens when it is turned off.
    """

    on: Json
    effect: str


_TRANSIT_OPTIONS: Final[Mapping[str, _Switch]] = {
    "transit_gateway_default_route_table_propagation": _Switch(
        on=True,
        effect="The transit gateway no longer learns the way to this VPC: answers do not come back.",
    ),
    "transit_gateway_default_route_table_association": _Switch(
        on=True,
        effect="What comes from this VPC finds no route in the transit gateway's own table.",
    ),
    "dns_support": _Switch(
        on="enable", effect="Names of other VPCs of the transit gateway are no longer resolved."
    ),
    "security_group_referencing_support": _Switch(
        on="enable", effect="Rules that name groups of other VPCs let nothing through any more."
    ),
}


_JOINED: Final = "The VPC is joined to another: routes and security groups decide what passes."


def _is_own_peer(plan: Plan, peering: Change) -> bool:
    """Whether a VPC is joined to one of the same account, which the provider takes by default.

    Source: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/vpc_peering_connection
    """
    owner = peering.after.get("peer_owner_id")
    return left_out(peering, "peer_owner_id") is True or (
        bool(plan.account_id) and owner == plan.account_id
    )


def ways_change(plan: Plan) -> Iterator[Finding | Fine]:
    """What joins the VPC to others, or to AWS's services, comes or is turned off."""
    for change in plan.of("aws_ec2_transit_gateway_vpc_attachment"):
        yield from _made(
            change,
            "vpc_id",
            Danger.WIDER_ACCESS,
            "A VPC that exists joins a transit gateway.",
            _TRANSIT,
        )
        for name, switch in _TRANSIT_OPTIONS.items():
            if change.action is Action.UPDATE and change.changes(name):
                if change.after.get(name) == switch.on:
                    yield Fine(change=change, attribute=name, because="Traffic finds its way.")
                else:
                    yield _way(change, Danger.REPLICATION_STOP, switch.effect, _TRANSIT, name)
    for change in plan.of("aws_vpc_peering_connection"):
        if _is_own_peer(plan, change):
            yield from _made(change, "vpc_id", Danger.WIDER_ACCESS, _JOINED, _PEERING)
        elif change.comes:
            yield _way(change, Danger.WIDER_ACCESS, _JOINED, _PEERING, CREATED)
    for change in plan.of("aws_vpn_gateway_attachment"):
        yield from _made(
            change,
            "vpc_id",
            Danger.WIDER_ACCESS,
            "A VPC that exists gets a VPN gateway.",
            _PROPAGATION,
        )
    for change in plan.of("aws_vpn_gateway_route_propagation"):
        yield from _made(
            change,
            "route_table_id",
            Danger.REPLICATION_STOP,
            "The VPN gateway enters its routes in a table that exists: traffic to what it knows goes "
            "there.",
            _PROPAGATION,
        )
    yield from _endpoints_come(plan)
    yield from _uneven(plan)


def _uneven(plan: Plan) -> Iterator[Finding]:
    """Some of DMS's subnets have a way out, and a new one among them has none."""
    if not any(it.comes for it in plan.of(_DMS_SUBNETS)):
        return
    neighbours = plan.of(_DMS_SUBNETS)[0].neighbours
    tables = tables_of(neighbours, _DMS_SUBNETS)
    routed = {table_of(it, it.after) for it in neighbours.of(_ROUTE) if it.stays}
    if not routed.intersection(tables.values()):
        return
    for change in plan.of("aws_route_table_association"):
        table = tables.get(_named(change, "subnet_id"))
        if change.comes and table is not None and table not in routed:
            effect = "DMS's other subnets have a way out, and this one has none."
            yield _way(change, Danger.REPLICATION_STOP, effect, _ROUTES, "route_table_id")


def _endpoints_come(plan: Plan) -> Iterator[Finding | Fine]:
    """A VPC endpoint is made: what asks for its service by the ordinary name goes another way."""
    for change in plan.of("aws_vpc_endpoint"):
        if change.comes:
            yield _service(change, plan)
        if change.comes and _is_asked_by_name(change):
            because = "Without a private name, only who names the endpoint goes through it."
            yield Fine(change=change, attribute=CREATED, because=because)
            continue
        yield from _made(
            change,
            "vpc_id",
            Danger.REPLICATION_STOP,
            "An endpoint comes into a VPC that exists: what asks for the service goes through it, as "
            "far as its policy and its groups allow.",
            _LINK,
        )


def _service(endpoint: Change, plan: Plan) -> Finding | Fine:
    """Whose door a new endpoint is: environments ask Secrets Manager of their own region alone."""
    name = endpoint.after.get("service_name")
    region = re.escape(plan.identity.region) or "[a-z]{2,4}(-[a-z]+)+-[0-9]"
    if isinstance(name, str) and re.fullmatch(rf"(cn\.)?com\.amazonaws\.{region}\.{_ASKED}", name):
        because = "Secrets Manager of this region."
        return Fine(change=endpoint, attribute="service_name", because=because)
    return Finding(
        danger=Danger.WIDER_ACCESS,
        change=endpoint,
        attribute="service_name",
        effect=Phrase(
            "Traffic leaves the VPC by an endpoint of {service}, which no environment asks.",
            {"service": endpoint.shown_after("service_name")},
        ),
        source=_LINK,
    )


def _is_asked_by_name(endpoint: Change) -> bool:
    """Whether the service's ordinary name does not lead to a VPC endpoint, nor does a route."""
    after = endpoint.after
    return (
        after.get("vpc_endpoint_type") == "Interface" and after.get("private_dns_enabled") is False
    )


def _made(
    change: Change, attribute: str, danger: Danger, effect: str, source: str
) -> Iterator[Finding | Fine]:
    """A way that is made: harmless where what it is made in is made as well."""
    if not change.comes:
        return
    named = list(filter(None, change.neighbours.at((change.references or {}).get(attribute, ()))))
    if (
        change.after.get(attribute) is UNKNOWN
        and named
        and all(it.actions.keys() <= COMING for it in named)
    ):
        yield Fine(change=change, attribute=CREATED, because="Nothing took another way yet.")
    else:
        yield _way(change, danger, effect, source, CREATED)


def _way(change: Change, danger: Danger, effect: str, source: str, attribute: str) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        attribute=attribute,
        effect=Phrase(effect),
        when=moment(change, Timing.NOW),
        source=source,
    )


def subnets_go(plan: Plan) -> Iterator[Finding | Fine]:
    """A subnet is destroyed or replaced: AWS refuses while something stands in it."""
    for change in plan.of("aws_subnet"):
        if goes_with_the_migration(change, ""):
            yield Fine(change=change, attribute=DESTROYED, because=WITH_THE_MIGRATION)
        elif change.goes:
            yield Finding(
                danger=Danger.OUTAGE,
                change=change,
                effect=Phrase(
                    "The subnet goes, and with it what stands in it; while something does, AWS "
                    "refuses and the apply ends there."
                ),
                when=moment(change, Timing.NOW),
                source=_SUBNETS,
            )


def _finding(
    change: Change,
    danger: Danger,
    effect: str,
    values: Mapping[str, Shown],
    *,
    lasts: str = "",
) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        effect=Phrase(effect, values),
        when=moment(change, Timing.NOW),
        lasts=lasts,
        source=_ROUTES,
    )
