"""Policies: what their changes give to somebody, and what they take from what needs it.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.policies import Policies, PolicyChange
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.combined.ending import goes_with_the_migration
from ferry.review.rules.combined.policy_finding import TOPICS, policy_finding
from ferry.review.rules.combined.policy_gives import given
from ferry.review.rules.combined.policy_takes import NEEDS, taken
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine
from ferry.review.rules.row import CREATED, DESTROYED
from ferry.review.rules.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Plan
    from ferry.review.plan.statements import Statement

_DESTRUCTIVE: Final = frozenset(
    {
        "kms:deletealias",
        "kms:disablekey",
        "kms:schedulekeydeletion",
        "secretsmanager:deletesecret",
        "sns:deletetopic",
    }
)
"""Actions that are denied to keep something from being lost."""


def policy_findings(plan: Plan) -> Iterator[Finding | Fine]:
    """What the changes of policies give and take."""
    policies = plan.once(Policies)
    for it in policies.changes:
        destroyed = it.change.action is Action.DELETE
        unreadable = [*_unreadable(it, policies)]
        yield from unreadable
        if it.after is None:
            continue
        moved = policies.shift(it)
        takes = [part for part in moved.takes if not (part.is_of_plain_text or _keeps(part))]
        if destroyed and (
            it.change.type in TOPICS or goes_with_the_migration(it.change, it.attribute)
        ):
            takes = []  # a row says what comes of it, or nobody needs it
        found = [*given(it, moved.gives, policies)]
        if it.before is not None:
            found += taken(it, takes, policies)
        yield from found
        if not takes and not found and not unreadable:
            because = "Nobody else is allowed anything, and nobody loses what is needed."
            for attribute in (DESTROYED,) if destroyed else (CREATED, it.attribute):
                yield Fine(change=it.change, attribute=attribute, because=because)


def _unreadable(it: PolicyChange, policies: Policies) -> Iterator[Finding]:
    if it.after is None:
        is_elsewhere = it.change.after.get(it.attribute) is UNKNOWN and not policies.plan.stack
        yield policy_finding(
            it,
            Danger.WIDER_ACCESS,
            "Its statements are known only after apply: read them in the code."
            if not is_elsewhere
            else "Its statements are not in the plan: give the stack, which says them, with --stack.",
        )
    if it.before is None or (it.after is None and it.before):
        yield policy_finding(
            it,
            NEEDS[it.change.type, it.attribute].danger,
            "What the policy no longer allows cannot be told.",
            timing=Timing.NOW,
        )


def _keeps(part: Statement) -> bool:
    """Whether a statement denies to lose something, and nothing else."""
    return (
        not part.allows
        and not part.actions.all_but
        and all(name.lower() in _DESTRUCTIVE for name in part.actions.names)
    )
