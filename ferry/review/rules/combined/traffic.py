"""Security groups: what their changes open and close."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferry.review.plan.objects import texts
from ferry.review.plan.plan import COMING, Action
from ferry.review.plan.security_groups import GROUPS, LEGACY_RULE, RULE_RESOURCES
from ferry.review.plan.traffic import AllTraffic
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.conditions import left_out, refers_to
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED, DESTROYED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.security_groups import Traffic
    from ferry.review.plan.traffic import TrafficChange

_SOURCE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
_DEFAULT: Final = "aws_default_security_group"
_GROUP_ID: Final = re.compile("sg-[0-9a-f]+")
"""A group of this account's, by its id; another account's stands behind that. Source:
https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html"""

_ATTRIBUTES: Final = {"in": "ingress", "out": "egress"}
OF_A_RULE: Final = (
    *("cidr_ipv4", "cidr_ipv6", "from_port", "ip_protocol", "prefix_list_id"),
    *("referenced_security_group_id", "to_port"),
)
OF_A_LEGACY_RULE: Final = (
    *("cidr_blocks", "from_port", "ipv6_cidr_blocks", "prefix_list_ids", "protocol", "self"),
    *("source_security_group_id", "to_port", "type"),
)


def traffic_findings(plan: Plan) -> Iterator[Finding | Fine]:
    """What the changes of security groups open and close."""
    everything = plan.once(AllTraffic)
    for change in plan.of(*RULE_RESOURCES, *GROUPS):
        if change.action in {Action.NO_OP, Action.FORGET}:
            continue
        if change.type == _DEFAULT and change.comes:
            yield _taken_over(change)
        found = [
            finding
            for it in everything.changes_of(change)
            if (finding := _opened(it, everything) if it.added else _closed(it, everything))
        ]
        yield from found
        said = {finding.attribute for finding in found}
        for name in _judged(change):
            if name not in said and "" not in said:
                yield Fine(change=change, attribute=name, because="It opens and closes nothing.")


def _judged(change: Change) -> tuple[str, ...]:
    """What a change of traffic is said of."""
    if change.type in GROUPS:
        return tuple(_ATTRIBUTES.values())
    if change.action is Action.DELETE:
        return (DESTROYED,)
    return (DESTROYED, *(OF_A_LEGACY_RULE if change.type == LEGACY_RULE else OF_A_RULE))


def _opened(it: TrafficChange, everything: AllTraffic) -> Finding | None:
    """What a rule that comes opens."""
    traffic = it.traffic
    if _is_backwards(traffic):
        return _finding(
            it, Danger.REFUSED, "EC2 refuses a rule whose last port is the smaller: {ports}."
        )
    if everything.covers(it, after=False):
        return None
    if traffic.direction == "in" and traffic.is_public:
        return _opened_to_internet(it, everything)
    if traffic.group not in everything.new_groups:
        return _finding(
            it,
            Danger.WIDER_ACCESS,
            "{peer} is let through at the VPC's own group, which stands for what names no other: {ports}."
            if it.change.type == _DEFAULT and it.change.comes
            else "{peer} is let through at a group that exists: {ports}."
            if it.change.comes
            else "{peer} is let through: {ports}.",
        )
    effect = _effect_of_new(it, everything)
    return _finding(it, Danger.WIDER_ACCESS, effect) if effect else None


def _effect_of_new(it: TrafficChange, everything: AllTraffic) -> str:
    """What a rule of a new group opens that nobody would expect; empty where there is nothing."""
    traffic = it.traffic
    if traffic.is_group and not (_is_ours(it, everything) or _is_a_way_out(traffic)):
        return "A group that this plan does not have is let through: {peer}, {ports}."
    if traffic.is_list:
        return "Whatever stands in the list {peer} is let through: {ports}."
    if traffic.is_open or everything.becomes_worldwide(traffic):
        return "All of the internet may be reached: {peer}, {ports}."
    if traffic.direction == "in" and traffic.range_ is not None:
        return "{peer} may connect to {ports}: a new group of an environment lets in groups alone."
    if not _is_one_port(traffic):
        return (
            "{peer} may connect at more than one port: {ports}."
            if traffic.direction == "in"
            else "{peer} may be reached at more than one port: {ports}."
        )
    return ""


def _is_ours(it: TrafficChange, everything: AllTraffic) -> bool:
    """Whether the group that is let through is one of the plan's own."""
    name = (
        "source_security_group_id"
        if it.change.type == LEGACY_RULE
        else "referenced_security_group_id"
    )
    return (
        it.traffic.peer in everything.own_groups
        or refers_to(*GROUPS)(it.change, name) is True
        or left_out(it.change, name) is True
    )


def _is_a_way_out(traffic: Traffic) -> bool:
    """Whether it leads to a group of this account's: private ranges, too, may be reached."""
    return traffic.direction == "out" and _GROUP_ID.fullmatch(traffic.peer) is not None


def _is_backwards(traffic: Traffic) -> bool:
    """Whether its ports end before they begin; of ICMP the two are a type and a code.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    """
    span = traffic.span
    return traffic.protocol in {"tcp", "udp"} and span is not None and span[0] > span[1]


def _is_one_port(traffic: Traffic) -> bool:
    return (
        traffic.protocol in {"tcp", "udp"}
        and traffic.span is not None
        and (traffic.span[0] == traffic.span[1])
    )


def _opened_to_internet(it: TrafficChange, everything: AllTraffic) -> Finding:
    if it.traffic.is_worldwide or it.traffic.is_open:
        return _finding(it, Danger.PUBLIC_REACH, "{peer} may connect to {ports}.")
    if everything.becomes_worldwide(it.traffic):
        effect = "{peer} may connect to {ports}: with the other ranges, all of the internet."
        return _finding(it, Danger.PUBLIC_REACH, effect)
    return _finding(it, Danger.WIDER_ACCESS, "{peer}, of the internet, may connect to {ports}.")


def _closed(it: TrafficChange, everything: AllTraffic) -> Finding | None:
    """What a rule that goes closes, unless an end goes too or another rule takes its place.

    What becomes of the group at that end is said of the group. What somebody opened to all of the
    internet by hand the plan may close: nothing of the stack comes that way.
    """
    traffic = it.traffic
    ends = {traffic.group, traffic.peer}
    if ends & everything.gone_groups or (it.change.type in GROUPS and it.change.goes):
        return None
    if everything.covers(it, after=True):
        return None
    if traffic.direction == "in" and traffic.is_worldwide and everything.is_by_hand(it):
        return None
    if traffic.direction == "in":
        return _finding(
            it,
            Danger.INTERRUPTION,
            "{peer} is no longer let through: {ports}. New connections fail.",
        )
    if not _may_be_dmss(traffic, everything):
        return _finding(
            it,
            Danger.INTERRUPTION,
            "{peer} is no longer reached: {ports}. New connections of what bears the group fail.",
        )
    return _finding(
        it,
        Danger.REPLICATION_STOP,
        "{peer} is no longer reached: {ports}. If it is the source, Aurora or Secrets Manager, DMS "
        "stops.",
    )


def _may_be_dmss(traffic: Traffic, everything: AllTraffic) -> bool:
    """Whether DMS bears the group, as far as the plan has DMS."""
    groups = everything.plan.once(_groups_of_dms)
    return groups is None or not traffic.group or traffic.group in groups


def _groups_of_dms(plan: Plan) -> frozenset[str] | None:
    """The groups that DMS's instances bear, before or after; None where the plan does not tell."""
    instances = plan.of("aws_dms_replication_instance")
    sides = [side for it in instances for side in (it.before, it.after) if side]
    lists = [it.get("vpc_security_group_ids") for it in sides]
    if not lists or not all(isinstance(it, list) and it == texts(it) for it in lists):
        return None
    return frozenset(text for it in lists for text in texts(it))


def _taken_over(change: Change) -> Finding | Fine:
    """Terraform takes over a VPC's own group and removes the rules that are not in the code.

    Source: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/default_security_group
    """
    vpcs = list(filter(None, change.neighbours.at((change.references or {}).get("vpc_id", ()))))
    if (
        change.after.get("vpc_id") is UNKNOWN
        and vpcs
        and all(it.actions.keys() <= COMING for it in vpcs)
    ):
        return Fine(
            change=change, attribute=CREATED, because="Nothing bears a new VPC's own group yet."
        )
    return Finding(
        danger=Danger.INTERRUPTION,
        change=change,
        attribute=CREATED,
        effect=Phrase(
            "Terraform takes over the VPC's own group: what bears it keeps the rules in the code only."
        ),
        when=moment(change, Timing.NOW),
        source=_SOURCE,
    )


def _finding(it: TrafficChange, danger: Danger, effect: str) -> Finding:
    traffic = it.traffic
    values = {
        "peer": it.shown_peer,
        "ports": it.shown(traffic.called),
    }
    return Finding(
        danger=danger,
        change=it.change,
        attribute="" if it.change.type in RULE_RESOURCES else _ATTRIBUTES[it.traffic.direction],
        effect=Phrase(effect, values),
        when=moment(it.change, Timing.NONE if it.added else Timing.NOW),
        source=_SOURCE,
    )
