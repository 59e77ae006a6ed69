"""What the findings about a policy have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.policies import (
    KEY_POLICY,
    ROLE_POLICY,
    SECRET_POLICY,
    Policies,
    PolicyChange,
)
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ferry.review.plan.policy_elements import Element
    from ferry.review.plan.shown import Shown
    from ferry.review.rules.dangers import Danger

POLICIES_PAGE: Final = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html"
)
TOPIC_POLICY: Final = "aws_sns_topic_policy"
TOPICS: Final = ("aws_sns_topic", TOPIC_POLICY)


def is_new_policy(it: PolicyChange, policies: Policies) -> bool:
    """Whether what the policy is about is itself made by this plan."""
    if it.change.action is not Action.CREATE:
        return False
    if it.change.type in {KEY_POLICY, SECRET_POLICY}:
        return policies.is_of_something_new(it.change)
    return it.change.type != ROLE_POLICY or policies.is_of_new_role(it.change)


def texts_of(elements: Iterable[Element]) -> set[str]:
    """What stands in some elements of statements, such as their actions."""
    return {text for element in elements for text in element.texts}


def policy_finding(
    it: PolicyChange,
    danger: Danger,
    effect: str,
    *,
    timing: Timing = Timing.NONE,
    lasts: str = "",
    **values: Shown,
) -> Finding:
    """An effect of a policy's change."""
    return Finding(
        danger=danger,
        change=it.change,
        attribute="" if it.change.action is Action.DELETE else it.attribute,
        effect=Phrase(effect, values),
        when=moment(it.change, timing),
        lasts=lasts,
        source=POLICIES_PAGE,
    )
