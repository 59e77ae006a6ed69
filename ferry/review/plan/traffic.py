"""What a plan changes of the traffic that security groups let through."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ferry.review.plan.let_through import LetThrough
from ferry.review.plan.plan import Action
from ferry.review.plan.security_groups import (
    ATTRIBUTES,
    DIRECTIONS,
    GROUPS,
    REFERENCED,
    RULE_RESOURCES,
    Traffic,
    group_of,
    is_said,
    let_through,
)
from ferry.review.plan.shown import HIDDEN
from ferry.review.plan.values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Neighbours, Plan
    from ferry.review.plan.shown import Shown

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
            said = [it for it in ATTRIBUTES if it in change.before or it in change.after]
            return change.shown(text, *said)
        directions = [name for name, it in DIRECTIONS.items() if it == self.traffic.direction]
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
        unknown = [it for it in REFERENCED if self.change.after.get(it) is UNKNOWN]
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
            before = let_through(change, after=False)
            stays = change.action is Action.NO_OP and change.before == change.after
            sides = {False: before, True: before if stays else let_through(change, after=True)}
            self._changes[id(change)] = [*_differing(change, sides[False], sides[True])]
            for after, traffic in sides.items():
                for it in traffic:
                    shown[after].setdefault((it.group, it.direction), []).append(it)
                    shown[after].setdefault(("", it.direction), []).append(it)
                    is_before_and_said = not after and is_said(change, it)
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
