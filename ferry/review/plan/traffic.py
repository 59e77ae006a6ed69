"""The traffic that security groups let through, and what a plan changes of it.

A group lets through what any of its rules does, so a rule is judged beside all others of its group,
those that stay included. Source:
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.inline import is_inline
from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.ranges import Network, Ranges, is_public, is_worldwide, network
from ferry.review.plan.shown import HIDDEN
from ferry.review.plan.values import UNKNOWN, Hidden, Json, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Neighbours, Plan
    from ferry.review.plan.shown import Shown

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

_DIRECTIONS: Final = {"ingress": "in", "egress": "out"}
_INLINE: Final = {direction: attribute for attribute, direction in _DIRECTIONS.items()}
_REFERENCED: Final = ("referenced_security_group_id", "source_security_group_id")
"""What names the one group that a rule lets through."""
_ALL_PORTS: Final = (0, 65_535)
_MOST_COMPARED: Final = 60
"""Protocols and ports of a group that one rule is compared with: as many as a group has rules unless
AWS allows more. Source:
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups"""

_NUMBERS: Final = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "-1": "all"}
"""Protocols by IANA's number; ``-1`` is AWS's for all. Source:
https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml"""

_RANGES: Final = ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks")
_OTHERS: Final = (
    *_REFERENCED,
    "prefix_list_id",
    "prefix_list_ids",
    "security_groups",
)
_ATTRIBUTES: Final = (
    *_RANGES,
    *_OTHERS,
    *("ip_protocol", "protocol", "from_port", "to_port", "description", "type"),
)
"""What a resource that is one rule says of it."""

_GROUPS: Final = (*_REFERENCED, "security_groups")
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


def _is_way_within(
    narrow: tuple[str, tuple[int, int] | None], wide: tuple[str, tuple[int, int] | None]
) -> bool:
    """Whether a protocol and its ports are among others."""
    if ANYTHING in {narrow[0], wide[0]} or narrow[1] is None or wide[1] is None:
        return False
    if wide[0] == "all" or narrow == wide:
        return True
    return (
        narrow[0] == wide[0] in {"tcp", "udp"}
        and wide[1][0] <= narrow[1][0]
        and narrow[1][1] <= wide[1][1]
    )


class LetThrough:
    """All that a group lets through in one direction.

    Args:
        traffic: What each of its rules lets through.
    """

    __slots__ = ("_known", "_parts", "_peers", "_ranges", "_traffic", "_whole")

    def __init__(self, traffic: list[Traffic]) -> None:
        self._traffic = traffic
        self._known: set[tuple[object, ...]] | None = None
        self._peers: dict[str, set[tuple[str, tuple[int, int] | None]]] = {}
        self._ranges: dict[tuple[str, tuple[int, int] | None], Ranges] = {}
        self._whole: Ranges | None = None
        self._parts: dict[tuple[str, tuple[int, int] | None] | None, Ranges] = {}

    def _read(self) -> set[tuple[object, ...]]:
        """Read the rules, the first time that something is asked of them."""
        known: set[tuple[object, ...]] = set()
        networks: dict[tuple[str, tuple[int, int] | None], list[Network]] = {}
        for it in self._traffic:
            if it.is_open:
                continue
            known.add((*it.way, it.peer))
            if it.range_ is not None:
                networks.setdefault(it.way, []).append(it.range_)
            else:
                self._peers.setdefault(it.peer, set()).add(it.way)
        self._ranges = {way: Ranges(found) for way, found in networks.items()}
        self._whole = Ranges(range_ for found in networks.values() for range_ in found)
        parts = {
            way: [it for it in found if not is_worldwide(it)] for way, found in networks.items()
        }
        self._parts = {way: Ranges(found) for way, found in parts.items()}
        self._parts[None] = Ranges(range_ for found in parts.values() for range_ in found)
        self._known = known
        return known

    def covers(self, traffic: Traffic) -> bool:
        """Whether it lets all of some traffic through. What cannot be told is not let through."""
        known = self._known if self._known is not None else self._read()
        if traffic.is_open or traffic.protocol == ANYTHING or traffic.span is None:
            return False
        if (*traffic.way, traffic.peer) in known:
            return True
        range_ = traffic.range_
        if range_ is None:
            ways = islice(self._peers.get(traffic.peer, ()), _MOST_COMPARED)
            return any(_is_way_within(traffic.way, way) for way in ways)
        own = self._ranges.get(traffic.way)
        if own is not None and own.covers(range_):
            return True
        return any(
            _is_way_within(traffic.way, way) and ranges.covers(range_)
            for way, ranges in islice(self._ranges.items(), _MOST_COMPARED)
        )

    def is_worldwide(self, way: tuple[str, tuple[int, int] | None] | None = None) -> bool:
        """Whether its ranges are the internet together, those of one way alone or all."""
        if self._known is None:
            self._read()
        ranges = self._whole if way is None else self._ranges.get(way)
        return ranges is not None and ranges.is_worldwide

    def is_made_up(self, way: tuple[str, tuple[int, int] | None] | None = None) -> bool:
        """Whether ranges of it none of which is the internet are that together."""
        if self._known is None:
            self._read()
        ranges = self._parts.get(way)
        return ranges is not None and ranges.is_worldwide


_NOTHING: Final = LetThrough([])
_Groups = dict[tuple[str, str], LetThrough]


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
        change = self.change
        if change.type in RULE_RESOURCES:
            said = [it for it in _ATTRIBUTES if it in change.before or it in change.after]
            return change.shown(text, *said)
        directions = [name for name, it in _DIRECTIONS.items() if it == self.traffic.direction]
        return change.shown(text, *directions)

    @property
    def shown_peer(self) -> Shown:
        """Who is let through, as it may be shown: a group of the plan's by its place."""
        peer = self.shown(self.traffic.peer)
        group = self._group_let_through()
        return group.shown_place if group and peer != HIDDEN else peer

    def _group_let_through(self) -> Change | None:
        """The plan's group that is let through; None where that is none, or cannot be told."""
        if not self.traffic.is_group:
            return None
        neighbours = self.change.neighbours
        unknown = [it for it in _REFERENCED if self.change.after.get(it) is UNKNOWN]
        if self.added and unknown:
            named = (self.change.references or {}).get(unknown[0], ())
            stands = [it for address in named if (it := neighbours.get(address))]
            alone = stands[0][0] if len(stands) == 1 and len(stands[0]) == 1 else None
            return alone if alone and alone.type in GROUPS else None
        return neighbours.once(_groups_by_id).get(self.traffic.peer)


def _groups_by_id(neighbours: Neighbours) -> Mapping[str, Change]:
    """The groups of a plan by their ids, as far as these are known."""
    return {
        id_: it
        for it in neighbours.of(*GROUPS)
        for side in (it.before, it.after)
        if isinstance(id_ := side.get("id"), str)
    }


def _is_said(change: Change, traffic: Traffic) -> bool:
    """Whether traffic is let through by a rule, or by a group's own configuration."""
    return change.type in RULE_RESOURCES or is_inline(change, _INLINE[traffic.direction]) is True


@dataclass(frozen=True)
class AllTraffic:
    """What all security groups of a plan let through, before and after.

    Several ask for it: `plan.once(AllTraffic)` reads it once.

    Args:
        plan: The plan.
    """

    plan: Plan
    _said: dict[bool, _Groups] = field(init=False, default_factory=dict)
    _shown: dict[bool, _Groups] = field(init=False, default_factory=dict)
    _changes: dict[int, list[TrafficChange]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort what each resource lets through by group and direction, once."""
        said: dict[bool, dict[tuple[str, str], list[Traffic]]] = {False: {}, True: {}}
        shown: dict[bool, dict[tuple[str, str], list[Traffic]]] = {False: {}, True: {}}
        for change in self.plan.of(*RULE_RESOURCES, *GROUPS):
            sides = {after: let_through(change, after=after) for after in said}
            self._changes[id(change)] = [*_differing(change, sides[False], sides[True])]
            for after, traffic in sides.items():
                for it in traffic:
                    shown[after].setdefault((it.group, it.direction), []).append(it)
                    shown[after].setdefault(("", it.direction), []).append(it)
                    is_before_and_said = not after and _is_said(change, it)
                    of_the_group = change.type in RULE_RESOURCES or is_before_and_said
                    whose = it.group if of_the_group else change.address
                    said[after].setdefault((whose, it.direction), []).append(it)
        for found, kept in ((said, self._said), (shown, self._shown)):
            for after, groups in found.items():
                kept[after] = {key: LetThrough(traffic) for key, traffic in groups.items()}

    def changes_of(self, change: Change) -> Sequence[TrafficChange]:
        """What one resource no longer lets through, and then what it does from now on."""
        return self._changes[id(change)]

    def covers(self, it: TrafficChange, *, after: bool) -> bool:
        """Whether all of some traffic was let through before, or is after, by its group's rules.

        What a group only shows of its rules is no other rule, which could take the place of one: that
        is compared with what the same group shows alone. Nor does a rule of its own stand in for
        what the group's own configuration takes away, or the other way round: AWS has the rule once,
        and whoever revokes it revokes it for both.
        """
        traffic = it.traffic
        own = it.change.address if it.change.type in GROUPS else traffic.group
        return any(
            self._said[after].get((whose, traffic.direction), _NOTHING).covers(traffic)
            for whose in ((own,) if after else (traffic.group, it.change.address))
        )

    def becomes_worldwide(self, traffic: Traffic) -> bool:
        """Whether added traffic opens the internet, alone or with other ranges of the plan's."""
        if traffic.is_worldwide:
            return True
        scopes = ((traffic.group, traffic.way), (traffic.group, None), ("", None))
        return traffic.is_public and any(
            self._shown[True].get((group, traffic.direction), _NOTHING).is_made_up(way)
            and not self._shown[False].get((group, traffic.direction), _NOTHING).is_worldwide(way)
            for group, way in scopes
        )

    def is_by_hand(self, it: TrafficChange) -> bool:
        """Whether some traffic was let through outside Terraform: its last run did not."""
        drift = self._drift.get(it.change.address)
        return drift is not None and it.traffic.opening not in {
            was.opening for was in let_through(drift, after=False)
        }

    @cached_property
    def _drift(self) -> Mapping[str, Change]:
        return {it.address: it for it in self.plan.drift}

    @cached_property
    def new_groups(self) -> frozenset[str]:
        """The groups that the plan makes."""
        return frozenset(group_of(it) for it in self.plan.of("aws_security_group") if it.comes)

    @cached_property
    def own_groups(self) -> frozenset[str]:
        """The groups of the plan that are there after it, as far as their ids are known."""
        return frozenset(group_of(it) for it in self.plan.of(*GROUPS) if it.stays)

    @cached_property
    def gone_groups(self) -> frozenset[str]:
        """The groups that go."""
        groups = self.plan.of("aws_security_group")
        return frozenset(group_of(it, it.before) for it in groups if it.goes)


def traffic_changes(plan: Plan) -> Iterator[TrafficChange]:
    """Every rule that goes or comes, those of one resource that go first."""
    everything = plan.once(AllTraffic)
    for change in plan.of(*RULE_RESOURCES, *GROUPS):
        yield from everything.changes_of(change)


def _differing(
    change: Change, before: Sequence[Traffic], after: Sequence[Traffic]
) -> Iterator[TrafficChange]:
    """What of some traffic goes, and then what comes."""
    if change.action in {Action.NO_OP, Action.FORGET}:
        return
    old, new = {it.opening for it in before}, {it.opening for it in after}
    for traffic in before:
        if traffic.opening not in new:
            yield TrafficChange(change=change, added=False, traffic=traffic)
    for traffic in after:
        if traffic.opening not in old:
            yield TrafficChange(change=change, added=True, traffic=traffic)


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
    for attribute, direction in _DIRECTIONS.items():
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
        and attribute in _REFERENCED
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
