"""What can happen to a resource of any type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Plan

_TAINT: Final = "https://developer.hashicorp.com/terraform/cli/commands/untaint"
_REMOVED: Final = "https://developer.hashicorp.com/terraform/language/resources/syntax"
_COSTLY: Final = frozenset(
    {"aws_rds_cluster", "aws_rds_cluster_instance", "aws_dms_replication_instance"}
)


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
