"""Security groups: what their changes open and close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.traffic import GROUPS, RULE_RESOURCES, let_through, traffic_changes
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.traffic import TrafficChange

_SOURCE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"


def traffic_findings(plan: Plan) -> Iterator[Finding]:
    """What the changes of security groups open and close."""
    new_groups = any(it.action is Action.CREATE for it in plan.of("aws_security_group"))
    for it in traffic_changes(plan):
        traffic = it.traffic
        values = {
            "peer": it.shown(traffic.peer),
            "ports": it.shown(f"{traffic.protocol} {traffic.ports}"),
        }
        is_new = new_groups and it.change.action is Action.CREATE and not traffic.group
        if it.added and traffic.is_worldwide and traffic.direction == "in":
            yield _finding(it.change, Danger.PUBLIC_REACH, "{peer} may connect to {ports}.", values)
        elif it.added and not is_new and it.change.action is not Action.CREATE:
            yield _finding(
                it.change, Danger.WIDER_ACCESS, "{peer} is let through: {ports}.", values
            )
        elif it.added and not is_new and it.change.type in RULE_RESOURCES:
            yield _finding(
                it.change,
                Danger.WIDER_ACCESS,
                "{peer} is let through at a group that exists: {ports}.",
                values,
            )
        elif not it.added and _is_missed(plan, it):
            yield _finding(
                it.change,
                Danger.INTERRUPTION,
                "{peer} is no longer let through: {ports}. New connections fail.",
                values,
                timing=Timing.NOW,
            )


def _is_missed(plan: Plan, gone: TrafficChange) -> bool:
    """Whether the group stays, and nothing that takes the rule's place lets as much through."""
    groups = {it.before.get("id") for it in plan.of("aws_security_group") if it.goes}
    if gone.traffic.group in groups or (gone.change.type in GROUPS and gone.change.goes):
        return False
    return not any(gone.traffic.is_within(it) for it in let_through(gone.change, gone.change.after))


def _finding(
    change: Change,
    danger: Danger,
    effect: str,
    values: Mapping[str, Shown],
    *,
    timing: Timing = Timing.NONE,
) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        effect=Phrase(effect, values),
        when=moment(change, timing),
        source=_SOURCE,
    )
