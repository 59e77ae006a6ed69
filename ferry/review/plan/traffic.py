"""The traffic that security groups let through, and what a plan changes of it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN, Json, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

RULE_RESOURCES: Final = {
    "aws_vpc_security_group_ingress_rule": "in",
    "aws_vpc_security_group_egress_rule": "out",
}
"""The resources that are one rule each, and its direction."""

GROUPS: Final = ("aws_security_group", "aws_default_security_group")
"""The resources that are a group with all its rules."""

_PEERS: Final = (
    "cidr_ipv4",
    "cidr_ipv6",
    "referenced_security_group_id",
    "prefix_list_id",
    "cidr_blocks",
    "ipv6_cidr_blocks",
    "prefix_list_ids",
    "security_groups",
)
_ATTRIBUTES: Final = (*_PEERS, "ip_protocol", "from_port", "to_port", "description")
"""What a resource that is one rule says of it."""

_DIRECTIONS: Final = {"ingress": "in", "egress": "out"}
_SHORTEST_PREFIXES: Final = {4: 8, 6: 16}
"""Prefixes below these are more of the internet than any one network owns."""

_PRIVATE_IPV6: Final = ipaddress.IPv6Network("fc00::/7")


@dataclass(frozen=True, kw_only=True, slots=True)
class Traffic:
    """Traffic that a security group lets through.

    Args:
        direction: ``in`` or ``out``.
        protocol: The protocol, or ``all``.
        ports: The ports, such as ``5432`` or ``1024-65535``, or ``all``.
        peer: An address range, a group or a prefix list.
        group: The group's id; empty where it is not known.
        description: What the rule says of itself.
    """

    direction: str
    protocol: str
    ports: str
    peer: str
    group: str
    description: str

    @property
    def is_worldwide(self) -> bool:
        """Whether the peer is the internet, or more of it than any one network owns."""
        network = _network(self.peer)
        if network is None or (
            isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_PRIVATE_IPV6)
        ):
            return False
        return network.prefixlen < _SHORTEST_PREFIXES[network.version]

    def is_within(self, other: Traffic) -> bool:
        """Whether other traffic covers all of this."""
        if self.opening[:3] != other.opening[:3]:
            return False
        mine, others = _network(self.peer), _network(other.peer)
        if isinstance(mine, ipaddress.IPv4Network) and isinstance(others, ipaddress.IPv4Network):
            return mine.subnet_of(others)
        return self.peer == other.peer

    @property
    def opening(self) -> tuple[str, ...]:
        """What it opens, without what it says of itself."""
        return (self.direction, self.protocol, self.ports, self.peer, self.group)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrafficChange:
    """Traffic that is no longer let through, or from now on.

    Args:
        change: The resource.
        added: Whether it comes; otherwise it goes.
        traffic: The traffic.
    """

    change: Change
    added: bool
    traffic: Traffic

    def shown(self, text: str) -> Shown:
        """A text of the rule's as it may be shown."""
        alone = self.change.type in RULE_RESOURCES
        directions = [name for name, it in _DIRECTIONS.items() if it == self.traffic.direction]
        return self.change.shown(text, *(_ATTRIBUTES if alone else directions))


def traffic_changes(plan: Plan) -> Iterator[TrafficChange]:
    """Every rule that goes or comes, those of one resource that go first."""
    for change in plan.of(*RULE_RESOURCES, *GROUPS):
        if change.action in {Action.NO_OP, Action.FORGET}:
            continue
        before, after = let_through(change, change.before), let_through(change, change.after)
        for traffic in before:
            if traffic.opening not in {it.opening for it in after}:
                yield TrafficChange(change=change, added=False, traffic=traffic)
        for traffic in after:
            if traffic.opening not in {it.opening for it in before}:
                yield TrafficChange(change=change, added=True, traffic=traffic)


def let_through(change: Change, side: Mapping[str, Any]) -> list[Traffic]:
    """What a resource lets through on one side of its change, before or after."""
    if not side:
        return []
    if change.type in RULE_RESOURCES:
        return [
            _one(
                RULE_RESOURCES[change.type], side, peer, group=_text(side.get("security_group_id"))
            )
            for peer in _peers(side)
        ]
    found = []
    for attribute, direction in _DIRECTIONS.items():
        rules = side.get(attribute)
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, dict):
                found += [
                    _one(direction, rule, peer, group=_text(side.get("id")))
                    for peer in _peers(rule)
                ]
            else:
                found.append(
                    Traffic(
                        direction=direction,
                        protocol="any",
                        ports="any",
                        peer=show(rule),
                        group=_text(side.get("id")),
                        description="",
                    )
                )
    return found


def _one(direction: str, rule: Mapping[str, Any], peer: str, *, group: str) -> Traffic:
    protocol = rule.get("ip_protocol", rule.get("protocol"))
    ports = [rule.get("from_port"), rule.get("to_port")]
    everything = protocol in {"-1", "all"}
    return Traffic(
        direction=direction,
        protocol="all" if everything else _text(protocol) or "(known after apply)",
        ports="all"
        if everything or ports == [None, None]
        else "-".join(dict.fromkeys(show(port) for port in ports)),
        peer=peer,
        group=group,
        description=_text(rule.get("description")),
    )


def _peers(rule: Mapping[str, Any]) -> list[str]:
    """Every range, group and list of one rule; the group itself where the rule says so."""
    found = []
    for name in _PEERS:
        value = rule.get(name)
        for item in value if isinstance(value, list) else [value]:
            if item is UNKNOWN:
                found.append(f"({name} known after apply)")
            elif item:
                found.append(_text(item) or show(item))
    if rule.get("self") is True:
        found.append("the group itself")
    return found


def _network(peer: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(peer, strict=False)
    except ValueError:
        return None


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
