"""What can happen to a resource of any type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Neighbours, Plan
    from ferry.review.plan.values import Json

_TAINT: Final = "https://developer.hashicorp.com/terraform/cli/commands/untaint"
_REMOVED: Final = "https://developer.hashicorp.com/terraform/language/resources/syntax"
_COSTLY: Final = frozenset(
    {"aws_rds_cluster", "aws_rds_cluster_instance", "aws_dms_replication_instance"}
)
_NOTHING_IN_A_COPY: Final = frozenset(
    {
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_metric_alarm",
        "aws_db_event_subscription",
        "aws_dms_event_subscription",
    }
)
"""Types that hold nothing, that nothing else uses, and whose id is their name in AWS: of two names
one may go. All others are judged as if they were destroyed: a deposed writer still writes."""


def is_superseded(change: Change) -> bool:
    """Whether it only clears away what an earlier replacement left, and what took its place stands.

    What took its place is another thing in AWS: two that go by the same id are one.
    """
    if not change.deposed or change.action is not Action.DELETE:
        return False
    successor = change.neighbours.once(_standing).get(change.address)
    return (
        change.type in _NOTHING_IN_A_COPY
        and successor is not None
        and successor != change.before.get("id", successor)
    )


def _standing(neighbours: Neighbours) -> dict[str, Json]:
    """The ids in AWS of what is there and stays, by address."""
    return {
        it.address: it.before.get("id")
        for group in neighbours.values()
        for it in group
        if it.before and it.stays and not it.goes and not it.deposed
    }


def tainted(plan: Plan) -> Iterator[Finding]:
    """Something is replaced only because an apply was interrupted while it was made."""
    for change in plan.changes:
        if change.reason == "replace_because_tainted":
            yield Finding(
                danger=Danger.OUTAGE if change.type in _COSTLY else Danger.INTERRUPTION,
                change=change,
                effect=Phrase(
                    "It is tainted: an apply was interrupted while it was made. It may well be "
                    "sound, and is about to be replaced."
                ),
                remedy=Phrase(
                    "If it is sound: terraform untaint {address}", {"address": change.shown_address}
                ),
                source=_TAINT,
            )


def forgotten(plan: Plan) -> Iterator[Finding]:
    """Terraform lets go of something and leaves it in AWS."""
    for change in plan.changes:
        if change.action is Action.FORGET:
            yield Finding(
                danger=Danger.UNWATCHED,
                change=change,
                effect=Phrase("It stays in AWS, and Terraform no longer knows of it."),
                source=_REMOVED,
            )
