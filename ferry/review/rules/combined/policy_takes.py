"""What comes of it when a policy no longer allows what is needed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from facts.placement import CLOUDWATCH_ALARMS, RDS_EVENTS, RDS_MONITORING
from ferry.review.plan.patterns import covers
from ferry.review.plan.policies import (
    ENDPOINT,
    INLINE,
    KEY,
    KEY_POLICY,
    ROLE,
    ROLE_POLICY,
    SECRET,
    SECRET_POLICY,
    TRUST,
    Policies,
    PolicyChange,
)
from ferry.review.plan.policy_elements import Element
from ferry.review.plan.said import MOST_COMPARISONS, Said, without
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.combined.policy_finding import (
    TOPIC_POLICY,
    TOPICS,
    is_new_policy,
    policy_finding,
    texts_of,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.review.plan.statements import Statement
    from ferry.review.rules.finding import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class _Need:
    """What comes of it when a policy no longer allows what is needed.

    Args:
        danger: What kind of effect it is.
        actions: The actions that are needed; none for all that the policy allows.
        effect: What happens; ``{who}`` and ``{actions}`` stand for what is taken.
    """

    danger: Danger
    actions: tuple[str, ...] = ()
    effect: str

    @property
    def made(self) -> str:
        """What is said of what is new."""
        return self.effect.replace("may no longer", "may not")


_KEY_IS_USED: Final = (
    *("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
    *("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
)
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html"""

_OF_KEY: Final = _Need(
    danger=Danger.OUTAGE,
    actions=_KEY_IS_USED,
    effect="{who} may no longer use the key ({actions}): Aurora, DMS, secrets, logs and alarms that "
    "need it fail.",
)
_OF_A_KEYS_GRANTS: Final = _Need(
    danger=Danger.OUTAGE,
    effect="{who} may no longer use the key ({actions}): what needs a new grant, such as a new or "
    "restored instance of Aurora or DMS, fails. Grants that are there go on.",
)
"""Source: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"""

_OF_ONES_OWN: Final = _Need(
    danger=Danger.OUTAGE,
    effect="{who} may no longer use the key ({actions}): what they do with it fails, services that use "
    "it for them included.",
)
_OF_ONE: Final = re.compile(r"AWS: arn:[a-z-]+:iam::[0-9]+:(role|user)/[^*?]+")
_GRANTS: Final = frozenset({"kms:creategrant"})
_OF_A_KEYS_SERVICES: Final = _Need(
    danger=Danger.UNWATCHED,
    effect="{who} may no longer use the key ({actions}): what they write or tell with it fails.",
)
"""CloudWatch's logs and alarms, RDS's and DMS's events, which a key's policy names themselves. Aurora, DMS and the
secrets use it for who calls them. Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html"""

_OF_MONITORING: Final = _Need(
    danger=Danger.UNWATCHED,
    effect="{who} may no longer take the role ({actions}): RDS's enhanced monitoring ends.",
)
_MONITORS: Final = frozenset({RDS_MONITORING})
_TELLS: Final = re.compile(
    rf"(dms|logs)\.[a-z0-9.-]+|{re.escape(CLOUDWATCH_ALARMS)}|{re.escape(RDS_EVENTS)}"
)
_OF_SECRET: Final = _Need(
    danger=Danger.REPLICATION_STOP,
    actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
    effect="{who} may no longer read the secret ({actions}).",
)
NEEDS: Final[dict[tuple[str, str], _Need]] = {
    (KEY, "policy"): _OF_KEY,
    (KEY_POLICY, "policy"): _OF_KEY,
    (ROLE, TRUST): _Need(
        danger=Danger.REPLICATION_STOP,
        effect="{who} may no longer take the role ({actions}).",
    ),
    (ROLE, INLINE): _Need(
        danger=Danger.REPLICATION_STOP, effect="The role may no longer {actions}."
    ),
    (ROLE_POLICY, "policy"): _Need(
        danger=Danger.REPLICATION_STOP, effect="The role may no longer {actions}."
    ),
    (ENDPOINT, "policy"): _Need(
        danger=Danger.REPLICATION_STOP,
        effect="{who} may no longer {actions} through the endpoint.",
    ),
    (SECRET, "policy"): _OF_SECRET,
    (SECRET_POLICY, "policy"): _OF_SECRET,
    **dict.fromkeys(
        ((topic, "policy") for topic in TOPICS),
        _Need(
            danger=Danger.UNWATCHED,
            actions=("sns:Publish",),
            effect="{who} may no longer publish to the topic: what it tells of reaches nobody.",
        ),
    ),
}


def taken(it: PolicyChange, takes: Sequence[Statement], policies: Policies) -> Iterator[Finding]:
    """What is no longer allowed of what is needed."""
    need = NEEDS[it.change.type, it.attribute]
    sides = {True: Said(it.after or ()), False: Said(it.before or ())}
    others = sum(side.count(allows=allows) for allows, side in sides.items())
    if len(takes) * others > MOST_COMPARISONS:
        sides = dict.fromkeys(sides, Said(()))
    parts = [needed for part in takes for needed in _needed(part, need, sides[part.allows])]
    if parts:
        need = _narrower(it, need, parts)
        dated = any(map(_has_a_date, without(it.after or (), it.before or ())))
        yield policy_finding(
            it,
            need.danger,
            (need.made if _is_of_something_new(it, policies) else need.effect)
            + (_BY_DATE if dated else ""),
            timing=Timing.NONE if dated else Timing.NOW,
            lasts="until a statement allows it again",
            who=it.shown(texts_of(part.principals for part in parts)),
            actions=it.shown(texts_of(part.actions for part in parts)),
        )


_BY_DATE: Final = " Where a statement has a date, from then on."


def _has_a_date(part: Statement) -> bool:
    """Whether a statement holds only before or after a date.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    return any(condition.operator.lower().startswith("date") for condition in part.conditions)


def _narrower(it: PolicyChange, need: _Need, parts: Sequence[Statement]) -> _Need:
    """What comes of it where less is lost: by some alone, or for what is yet to come."""
    if need is _OF_KEY and all(not it.all_but and _lower(it) <= _GRANTS for it in _actions(parts)):
        return _OF_A_KEYS_GRANTS
    who = texts_of(part.principals for part in parts)
    if need is _OF_KEY and who and all(map(_OF_ONE.fullmatch, who)):
        return _OF_ONES_OWN
    if not all(part.names_services_alone for part in parts):
        return need
    if it.attribute == TRUST and all(part.services <= _MONITORS for part in parts):
        return _OF_MONITORING
    tells = all(_TELLS.fullmatch(it) for part in parts for it in part.services)
    return _OF_A_KEYS_SERVICES if need is _OF_KEY and tells else need


def _actions(parts: Sequence[Statement]) -> list[Element]:
    return [part.actions for part in parts]


def _lower(element: Element) -> set[str]:
    return {name.lower() for name in element.names}


def _needed(part: Statement, need: _Need, others: Said) -> Iterator[Statement]:
    """What of a part is needed, each action alone where a pattern names several."""
    if not need.actions or part.actions.all_but:
        yield part
        return
    for action in need.actions:
        if any(covers(name.lower(), action.lower()) for name in part.actions.names):
            alone = replace(part, actions=Element(frozenset({action})))
            yield from others.left_of(alone)


def _is_of_something_new(it: PolicyChange, policies: Policies) -> bool:
    """Whether nobody relied on the policy yet; of a topic that is there, the plan knows the ARN."""
    is_of_old_topic = it.change.type == TOPIC_POLICY and it.change.after.get("arn") is not UNKNOWN
    return is_new_policy(it, policies) and not is_of_old_topic
