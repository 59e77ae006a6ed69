"""What each security group's rules let through, as they stand in the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.inline import is_inline
from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.ranges import Network, is_public, is_worldwide, network
from ferry.review.plan.values import UNKNOWN, Hidden, Json, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change

LEGACY_RULE: Final = "aws_security_group_rule"
"""A rule that says itself whether it is one of ingress, with several ranges."""

RULE_RESOURCES: Final = (
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    LEGACY_RULE,
)
"""The resources that are one rule each."""

GROUPS: Final = ("aws_security_group", "aws_default_security_group")
"""The resources that are a group with all its rules."""

ANYTHING: Final = "(known after apply)"
"""A peer, a protocol or ports that nobody knows yet: it may be any."""

DIRECTIONS: Final = {"ingress": "in", "egress": "out"}
_INLINE: Final = {direction: attribute for attribute, direction in DIRECTIONS.items()}
REFERENCED: Final = ("referenced_security_group_id", "source_security_group_id")
"""What names the one group that a rule lets through."""

_ALL_PORTS: Final = (0, 65_535)
_NUMBERS: Final = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "-1": "all"}
"""Protocols by IANA's number; ``-1`` is AWS's for all. Source:
https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml"""

_RANGES: Final = ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks")
_OTHERS: Final = (
    *REFERENCED,
    "prefix_list_id",
    "prefix_list_ids",
    "security_groups",
)
ATTRIBUTES: Final = (
    *_RANGES,
    *_OTHERS,
    *("ip_protocol", "protocol", "from_port", "to_port", "description", "type"),
)
"""What a resource that is one rule says of it."""

_GROUPS: Final = (*REFERENCED, "security_groups")
_LISTS: Final = ("prefix_list_id", "prefix_list_ids")


@dataclass(frozen=True, kw_only=True, slots=True)
class Traffic:
    """Traffic that a security group lets through.

    Args:
        direction: ``in`` or ``out``.
        protocol: The protocol, ``all``, or ANYTHING.
        ports: The ports, such as ``5432`` or ``1024-65535``, or ``all``.
        span: The first and the last port; None where they are not known.
        peer: An address range, a group or a prefix list.
        range_: The peer where it is an address range.
        is_open: Whether the peer may be any range, for it is not known.
        is_group: Whether it is another group, named by its id.
        is_list: Whether it is a prefix list, whose ranges are not in the plan.
        group: The group's id, or its address where the id is not known; empty where neither is.
        description: What the rule says of itself.
    """

    direction: str
    protocol: str
    ports: str
    span: tuple[int, int] | None
    peer: str
    range_: Network | None = None
    is_open: bool = False
    is_group: bool = False
    is_list: bool = False
    group: str
    description: str = ""

    @property
    def is_worldwide(self) -> bool:
        """Whether the peer is the internet, or more of it than any one owner has."""
        return self.range_ is not None and is_worldwide(self.range_)

    @property
    def is_public(self) -> bool:
        """Whether the peer is, or may be, a range of the internet."""
        return self.is_open or (self.range_ is not None and is_public(self.range_))

    @property
    def opening(self) -> tuple[str, ...]:
        """What it opens, without what it says of itself."""
        return (self.direction, self.protocol, self.ports, self.peer, self.group)

    @property
    def called(self) -> str:
        """Its protocol and ports, for a reader."""
        whole = self.protocol == self.ports == "all"
        return "every protocol and port" if whole else f"{self.protocol} {self.ports}"

    @property
    def way(self) -> tuple[str, tuple[int, int] | None]:
        """Its protocol and ports."""
        return (self.protocol, self.span)


def is_said(change: Change, traffic: Traffic) -> bool:
    """Whether traffic is let through by a rule, or by a group's own configuration."""
    return change.type in RULE_RESOURCES or is_inline(change, _INLINE[traffic.direction]) is True


def let_through(change: Change, *, after: bool) -> list[Traffic]:
    """What a resource lets through before or after the plan is applied."""
    forgotten = change.action is Action.FORGET
    side = change.after if after and not forgotten else change.before
    if not side:
        return []
    if change.type in RULE_RESOURCES:
        said = {name: it for name, it in side.items() if not _is_by_aws(change, name, it)}
        return [*_of_rule(_direction(change, side), said, group=group_of(change, side))]
    found: list[Traffic] = []
    for attribute, direction in DIRECTIONS.items():
        rules = side.get(attribute)
        if rules is UNKNOWN and _is_left_out(change, attribute):
            continue
        for rule in rules if isinstance(rules, list) else [rules] if rules else ():
            group = group_of(change, side)
            if isinstance(rule, dict):
                found += _of_rule(direction, rule, group=group)
            else:
                found.append(
                    Traffic(
                        direction=direction,
                        protocol="any",
                        ports="any",
                        span=None,
                        peer=rule.mark if isinstance(rule, Hidden) else show(rule),
                        is_open=True,
                        group=group,
                    )
                )
    return found


def _is_by_aws(rule: Change, attribute: str, value: Json) -> bool:
    """Whether only AWS says which group a rule is about, because the configuration names none."""
    said = rule.references
    return (
        rule.type == LEGACY_RULE
        and attribute in REFERENCED
        and value is UNKNOWN
        and said is not None
        and attribute not in said
    )


def _direction(rule: Change, side: Mapping[str, Any]) -> str:
    """Whether a rule is one of ingress; what nobody knows is taken for one."""
    egress = rule.type == RULE_RESOURCES[1] or side.get("type") == "egress"
    return "out" if egress else "in"


def _is_left_out(change: Change, attribute: str) -> bool:
    """Whether the configuration leaves a new group's rules to resources of their own."""
    said = change.references
    return change.action is not Action.UPDATE and said is not None and attribute not in said


def group_of(change: Change, side: Mapping[str, Any] | None = None) -> str:
    """The group that a resource is, or is a rule of: its id, or its address where that is not known."""
    side = change.after or change.before if side is None else side
    is_rule = change.type in RULE_RESOURCES
    id_ = side.get("security_group_id" if is_rule else "id")
    if isinstance(id_, str) and id_:
        return id_
    if not is_rule:
        return without_key(change.address)
    named = (change.references or {}).get("security_group_id", ())
    return named[0] if id_ is UNKNOWN and len(named) == 1 else show(id_)


def _of_rule(direction: str, rule: Mapping[str, Any], *, group: str) -> Iterator[Traffic]:
    protocol, span = rule.get("ip_protocol", rule.get("protocol")), _span(rule)
    name = _text(protocol).lower()
    name = _NUMBERS.get(name, name) or ANYTHING
    shown = [rule.get("from_port"), rule.get("to_port")]
    everything = name == "all"
    for name_of_peer, peer, range_ in _peers(rule):
        yield Traffic(
            direction=direction,
            protocol=name,
            ports="all"
            if everything or shown == [None, None]
            else "-".join(dict.fromkeys(show(port) for port in shown)),
            span=_ALL_PORTS if everything else span,
            peer=peer,
            range_=range_,
            is_open=name_of_peer in _RANGES and range_ is None,
            is_group=name_of_peer in _GROUPS,
            is_list=name_of_peer in _LISTS,
            group=group,
            description=_text(rule.get("description")),
        )


def _span(rule: Mapping[str, Any]) -> tuple[int, int] | None:
    first, last = rule.get("from_port"), rule.get("to_port")
    if first is None and last is None:
        return _ALL_PORTS
    return (first, last) if isinstance(first, int) and isinstance(last, int) else None


def _peers(rule: Mapping[str, Any]) -> Iterator[tuple[str, str, Network | None]]:
    """Every range, group and list of one rule; the group itself where the rule says so.

    Each with the attribute that names it, and where it is one, as a range.
    """
    for name in (*_RANGES, *_OTHERS):
        value = rule.get(name)
        for item in value if isinstance(value, list) else [value]:
            if item is None or item in ("", False):
                continue
            if isinstance(item, Hidden):
                text = item.mark  # another one is another peer
            else:
                text = (
                    f"({name} known after apply)" if item is UNKNOWN else _text(item) or show(item)
                )
            yield name, text, network(item) if name in _RANGES and _text(item) else None
    if rule.get("self") not in (None, False):
        yield "self", "the group itself", None


def _text(value: Json) -> str:
    """A text; empty of what is none."""
    return value if isinstance(value, str) else ""
