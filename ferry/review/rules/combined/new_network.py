"""Whether a network that is made carries what DMS and RDS have to reach."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.ranges import Network, is_public, network
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.combined.route_tables import (
    ROUTE,
    ROUTES_PAGE,
    Tables,
    destination_of,
    table_of,
    tables_of,
)
from ferry.review.rules.combined.weaker import unsaid
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_SIZES: Final = range(16, 29)
_SIZING: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
_DMS: Final = "aws_dms_replication_subnet_group"
_AURORA: Final = "aws_db_subnet_group"
_GROUPS: Final = {
    _AURORA: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"
    "API_CreateDBSubnetGroup.html",
    _DMS: "https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationSubnetGroup.html",
}
"""What wants subnets in two zones at the least, and where that is written."""

_NETWORKS: Final = (
    "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.VPC.html"
)
_NAT: Final = "aws_nat_gateway"
_ZONES: Final = 2
_MOST: Final = 60
"""Rules that are looked at."""

_MOST_SUBNETS: Final = 20
"""Subnets of a group that are looked at. Source, of what RDS takes at the most:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html"""

_EVERYWHERE: Final = "0.0.0.0/0"


def network_carries(plan: Plan) -> Iterator[Finding]:
    """A new subnet that EC2 does not make, a group of too few zones, no way to where DMS has to go."""
    widened = bool(plan.of("aws_vpc_ipv4_cidr_block_association"))
    for subnet in plan.of("aws_subnet"):
        if subnet.comes:
            yield from _range(subnet, None if widened else _vpc(subnet))
    for group in plan.of(*_GROUPS):
        if group.type == _DMS and group.action is Action.UPDATE and group.changes("subnet_ids"):
            yield from _added(plan, group)
        if not group.comes:
            continue
        subnets, ids = _subnets(group), group.after.get("subnet_ids")
        zones = ids if subnets is None else _zones(plan, subnets)
        if isinstance(zones, list | set) and len(zones) < _ZONES:
            effect = "All its subnets lie in one zone: AWS takes no such group."
            yield _finding(group, Danger.REFUSED, effect, _GROUPS[group.type])
        if group.type == _DMS and subnets is not None:
            yield from _ways(plan.once(_Routes), group, subnets)
        if group.type == _AURORA and subnets is not None:
            yield from _uneven(plan.once(_Routes), group, subnets)


def _range(subnet: Change, vpc: Network | None) -> Iterator[Finding]:
    """A subnet that is too small or too large, or outside its VPC."""
    to = network(str(subnet.after.get("cidr_block")))
    shown = subnet.shown_after("cidr_block")
    if to is not None and to.version == 4 and to.prefixlen not in _SIZES:  # noqa: PLR2004 (IPv4)
        effect = "EC2 makes no subnet of {range}: it has to be between /16 and /28."
        yield _finding(subnet, Danger.REFUSED, effect, _SIZING, range=shown)
    elif to is not None and vpc is not None and not _is_within(to, vpc):
        effect = "EC2 makes no subnet of {range}: it is not in the VPC's range."
        yield _finding(subnet, Danger.REFUSED, effect, _SIZING, range=shown)


def _is_within(to: Network, other: Network) -> bool:
    return to.version == other.version and to.prefixlen >= other.prefixlen and other.overlaps(to)


def _vpc(subnet: Change) -> Network | None:
    """The first range of the VPC that a subnet is in, where it is the plan's."""
    found = _named(subnet, "vpc_id", "aws_vpc", most=2)
    return network(str(found[0].after.get("cidr_block"))) if len(found) == 1 else None


def _subnets(group: Change) -> list[Change] | None:
    """A group's subnets; None where one is not the plan's."""
    value = group.after.get("subnet_ids")
    ids = value if isinstance(value, list) else [value]
    named = (group.references or {}).get("subnet_ids", ())
    is_known = UNKNOWN not in ids  # they are there already
    if is_known or not named or not all(it.startswith("aws_subnet.") for it in named):
        return None
    return _named(group, "subnet_ids", "aws_subnet", most=_MOST_SUBNETS)


def _named(change: Change, attribute: str, type_: str, *, most: int) -> list[Change]:
    """What an attribute refers to, of a type."""
    named = (change.references or {}).get(attribute, ())
    found = (it for at in named for it in change.neighbours.get(at, ()) if it.type == type_)
    return [*islice(found, most)]


def _zones(plan: Plan, subnets: Sequence[Change]) -> set[str]:
    """The zones of subnets, by name or by what the stack says; what is not known is one of its own."""
    found = set()
    for it in subnets:
        zone = plan.configured(it, "availability_zone")
        if zone is None:
            zone = plan.configured(it, "availability_zone_id")
        found.add(zone if isinstance(zone, str) else it.address)
        if len(found) == _ZONES:
            break
    return found


def _ways(routes: _Routes, group: Change, subnets: Sequence[Change]) -> Iterator[Finding]:
    """DMS's subnets have a way to all that DMS is let out to, and to its secrets."""
    tables = routes.tables
    vpc = _vpc(subnets[0]) if subnets else None
    names = {*map(_name, subnets)}
    for rule in routes.rules:
        to = network(str(rule.after.get("cidr_ipv4"))) if rule.stays else None
        if to is None or (vpc is not None and _is_within(to, vpc)):
            continue
        lost = [it for it in subnets if not routes.lead(tables.get(_name(it)), to)]
        # Of a private range whoever joins the two networks may write all the routes himself.
        is_others = not is_public(to) and len(lost) == len(subnets) and tables.keys() >= names
        if lost and not is_others:
            yield _finding(
                group,
                Danger.REPLICATION_STOP,
                "DMS's subnet {subnet} has no way to {range}, where DMS is let out to.",
                _NETWORKS,
                subnet=lost[0].shown_place,
                range=rule.shown_after("cidr_ipv4"),
            )
            break
    everywhere = network(_EVERYWHERE)
    if (
        everywhere is not None
        and routes.asks_for_secrets
        and not all(routes.lead(tables.get(_name(it)), everywhere) for it in subnets)
    ):
        effect = (
            "DMS does not reach Secrets Manager: the VPC has no endpoint of it, and not all of DMS's "
            "subnets have a way to the internet."
        )
        yield _finding(group, Danger.REPLICATION_STOP, effect, _NETWORKS)


def _added(plan: Plan, group: Change) -> Iterator[Finding]:
    """A subnet that a group gets has the ways that those have that are in it."""
    was, ids = group.before.get("subnet_ids"), group.after.get("subnet_ids")
    if not isinstance(was, list) or not isinstance(ids, list):
        return
    named = _named(group, "subnet_ids", "aws_subnet", most=_MOST_SUBNETS)
    routes = plan.once(_Routes)
    rules = [
        to for it in routes.rules if (to := network(str(it.after.get("cidr_ipv4")))) is not None
    ]

    def led_to(subnet: Change) -> set[Network]:
        return {to for to in rules if routes.lead(routes.tables.get(_name(subnet)), to)}

    old = [led_to(it) for it in named if it.before.get("id") in was]
    for subnet in named:
        id_ = subnet.after.get("id")
        is_added = (id_ is UNKNOWN and UNKNOWN in ids) or (id_ in ids and id_ not in was)
        if is_added and old and set.intersection(*old) - led_to(subnet):
            yield _finding(
                group,
                Danger.REPLICATION_STOP,
                "DMS's subnet {subnet} has no way to where its others lead.",
                _NETWORKS,
                subnet=subnet.shown_place,
            )
            break


def _uneven(routes: _Routes, group: Change, subnets: Sequence[Change]) -> Iterator[Finding]:
    """All of Aurora's subnets have the ways out that some have: a failover may go to each."""
    tables = routes.auroras
    without = [it for it in subnets if tables.get(_name(it)) not in routes.leading]
    if without and len(without) < len(subnets):
        yield _finding(
            group,
            Danger.INTERRUPTION,
            "Aurora's subnet {subnet} has no way out, and others have: an instance that stands there "
            "does not answer who comes over it.",
            ROUTES_PAGE,
            subnet=without[0].shown_place,
        )


def _is_of_secrets(endpoint: Change) -> bool:
    return str(endpoint.after.get("service_name")).endswith(".secretsmanager")


def _name(subnet: Change) -> str:
    id_ = subnet.after.get("id")
    return id_ if isinstance(id_, str) and id_ else without_key(subnet.address)


class _Routes:
    """The ways out of a plan's route tables: `plan.once(_Routes)` looks once.

    Args:
        plan: The plan.

    Attributes:
        tables: The table of each of DMS's subnets.
        auroras: The table of each of Aurora's.
        leading: The tables with a way out.
    """

    def __init__(self, plan: Plan) -> None:
        self._tables = Tables(plan=plan)
        self.tables, self.auroras = (
            tables_of(groups[0].neighbours, type_) if (groups := plan.of(type_)) else {}
            for type_ in (_DMS, _AURORA)
        )
        self.rules = plan.of("aws_vpc_security_group_egress_rule")[:_MOST]
        self.asks_for_secrets = any(
            it.stays and not unsaid(it, "secrets_manager_arn") for it in plan.of("aws_dms_endpoint")
        ) and not any(it.stays and _is_of_secrets(it) for it in plan.of("aws_vpc_endpoint"))
        nats = [it for it in plan.of(_NAT) if it.stays]
        ways_on = tables_of(nats[0].neighbours, _NAT, "subnet_id") if nats else {}
        self._nats = frozenset(ways_on.values())
        self._may_lead = {
            table_of(it, it.after)
            for it in plan.of("aws_vpn_gateway_route_propagation", "aws_route", "aws_route_table")
            if it.stays and _may_lead(it)
        }

        routes = (it for it in plan.of(ROUTE) if it.stays)
        self.leading = self._may_lead | {table_of(it, it.after) for it in routes}

    def lead(self, table: str | None, to: Network) -> bool:
        """Whether a way leads from a table to a range, or may: a VPN gateway learns its routes.

        Where it leads to a NAT gateway, it goes on from there.
        """
        if table is None or table in self._may_lead:
            return table is not None
        way = self._tables.way(table, to, after=True)
        if isinstance(way, tuple) and any(name == "nat_gateway_id" for name, _ in way):
            return all(
                it in self._may_lead or self._tables.way(it, to, after=True) is not None
                for it in self._nats
            )
        return way is not None


def _may_lead(it: Change) -> bool:
    if it.type == "aws_route_table":
        return not unsaid(it, "propagating_vgws")
    return it.type != "aws_route" or destination_of(it.after) is None


def _finding(change: Change, danger: Danger, effect: str, source: str, **values: Shown) -> Finding:
    attribute = "cidr_block" if change.type == "aws_subnet" else "subnet_ids"
    return Finding(
        danger=danger,
        change=change,
        attribute=attribute,
        effect=Phrase(effect, values),
        source=source,
    )
