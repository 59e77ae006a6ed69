"""What a new thing needs of a policy or a role of the same plan, and whether that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts.aurora import MONITORING_POLICY
from ferry.review.plan.patterns import covers
from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.policies import (
    INLINE,
    ROLE,
    ROLE_POLICY,
    TRUST,
    Policies,
    role_of,
)
from ferry.review.plan.requests import lets
from ferry.review.rules.combined.publishers import (
    named_by,
    names_of,
    placement,
    publishers,
    publishes,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from facts.placement import Placement
    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.statements import Statement

_TOPIC: Final = "aws_sns_topic"
_TOPIC_POLICY: Final = "aws_sns_topic_policy"
_ATTACHMENT: Final = "aws_iam_role_policy_attachment"
_SERVICE_ROLES: Final = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html"
)
_PUBLISHING: Final = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class _User:
    """What acts in a role.

    Args:
        resource: The type of what acts.
        attribute: The attribute that names the role.
        service: The service that takes it.
        action: What it does in it.
        attached: AWS's policy that allows that; none by default.
        effect: What comes of it where it cannot.
        danger: What kind of effect that is.
    """

    resource: str
    attribute: str
    service: str
    action: str
    effect: str
    danger: Danger
    attached: str = ""


_USERS: Final = (
    _User(
        resource="aws_dms_endpoint",
        attribute="secrets_manager_access_role_arn",
        service="dms",
        action="secretsmanager:GetSecretValue",
        effect="DMS reads no secret in this role: {role} is not for that.",
        danger=Danger.REPLICATION_STOP,
    ),
    _User(
        resource="aws_flow_log",
        attribute="iam_role_arn",
        service="vpc-flow-logs",
        action="logs:PutLogEvents",
        effect="Nothing is logged in this role: {role} is not for that.",
        danger=Danger.UNWATCHED,
    ),
    _User(
        resource="aws_rds_cluster_instance",
        attribute="monitoring_role_arn",
        service="monitoring.rds",
        action="logs:PutLogEvents",
        attached=MONITORING_POLICY,
        effect="The operating system is not measured in this role: {role} is not for that.",
        danger=Danger.UNWATCHED,
    ),
)


def needs_met(plan: Plan) -> Iterator[Finding]:
    """A new thing acts in a role that is not for it, or tells a topic that does not let it."""
    policies = plan.once(Policies)
    yield from _roles(plan, policies)
    yield from _topics(plan, policies)


def _roles(plan: Plan, policies: Policies) -> Iterator[Finding]:
    """Whoever takes a role is trusted by it, and may do in it what it is there for."""
    users = [(user, it) for user in _USERS for it in plan.of(user.resource)]
    users = [
        (user, it)
        for user, it in users
        if it.comes or (it.action is Action.UPDATE and it.changes(user.attribute))
    ]
    if not users:
        return
    roles = {without_key(it.address): it for it in plan.of(ROLE) if it.stays}
    by_arn = {it.after["arn"]: it for it in roles.values() if isinstance(it.after.get("arn"), str)}
    parts: dict[str, list[Change]] = {}
    for part in plan.of(ROLE_POLICY, _ATTACHMENT):
        if part.stays:
            parts.setdefault(role_of(part, after=True), []).append(part)
    answers: dict[tuple[str, str], bool] = {}
    for user, it in users:
        value = it.after.get(user.attribute)
        named = [roles[at] for at in (it.references or {}).get(user.attribute, ()) if at in roles]
        found = by_arn.get(value) if isinstance(value, str) else named[0] if named else None
        if found is None:
            continue  # a row says what comes of a role that is not the plan's
        key = (user.resource, found.address)
        if key not in answers:
            answers[key] = _is_for(user, found, parts, policies)
        if not answers[key]:
            yield Finding(
                danger=user.danger,
                change=it,
                attribute=user.attribute,
                effect=Phrase(user.effect, {"role": found.shown_place}),
                source=_SERVICE_ROLES,
            )


def _is_for(user: _User, role: Change, parts: dict[str, list[Change]], policies: Policies) -> bool:
    """Whether a service may take a role, and do in it what it has to; what cannot be read may say so."""
    trust = policies.said(role, TRUST)
    if trust is not None and not _lets(trust, user.service, "sts:AssumeRole"):
        return False
    for part in (role, *parts.get(role_of(role, after=True), ())):
        if part.type == _ATTACHMENT:
            attached = part.after.get("policy_arn")
            if not isinstance(attached, str) or (
                user.attached and attached.endswith(f"/{user.attached}")
            ):
                return True
            continue
        said = policies.said(part, INLINE if part.type == ROLE else "policy")
        if said is None or any(it.allows and _is_of(it, user.action) for it in said):
            return True
    return False


def _topics(plan: Plan, policies: Policies) -> Iterator[Finding]:
    """A topic's new policy lets those publish who are to tell it something."""
    where = placement(plan)
    told_by = plan.once(publishers)
    topics = {name: it for it in plan.of(_TOPIC) for name in names_of(it)}
    for policy in plan.of(_TOPIC_POLICY, _TOPIC):
        if not policy.comes or not policy.changes("policy"):
            continue
        said = policies.said(policy, "policy")
        if not said:
            continue  # not seen, or AWS's own; a row says what comes of that
        named = {*names_of(policy), *named_by(policy, "arn")}
        types = {type_ for name in named for type_ in told_by.get(name, ())}
        if where is None:
            if types:
                yield _elsewhere(policy, "policy", _PUBLISHING)
            continue
        arns = _arns([topics[it] for it in named if it in topics], where) | named
        asked = [publishes(type_, arns, where) for type_ in types]
        shut = sorted(service for service, it in asked if not lets(said, it))
        if shut:
            yield Finding(
                danger=Danger.UNWATCHED,
                change=policy,
                attribute="policy",
                effect=Phrase(
                    f"{' and '.join(shut)} may not publish to the topic: what they are to tell "
                    "reaches nobody."
                ),
                source=_PUBLISHING,
            )


def _elsewhere(change: Change, attribute: str, source: str) -> Finding:
    return Finding(
        danger=Danger.UNCLEAR,
        change=change,
        attribute=attribute,
        effect=Phrase(
            "Whether those are allowed what they need cannot be told: the plan does not tell its region."
        ),
        source=source,
    )


def _arns(topics: Sequence[Change], where: Placement) -> frozenset[str]:
    """The ARNs that topics have or will have, and the references to them."""
    names = [it.after.get("name") for it in topics]
    return frozenset(
        {
            *(where.arn("sns", it) for it in names if isinstance(it, str)),
            *(f"${{{without_key(it.address)}.{name}}}" for it in topics for name in ("arn", "id")),
        }
    )


def _lets(said: Sequence[Statement], service: str, action: str) -> bool:
    """Whether statements let a service do something, and none denies it but what is in clear."""
    name = re.compile(
        rf"{re.escape(service)}(\.[a-z]{{2,4}}(-[a-z]+)+-[0-9])?\.amazonaws\.com(\.cn)?"
    )
    allowed = any(
        it.allows and _is_of(it, action) and any(map(name.fullmatch, it.services)) for it in said
    )
    denied = any(
        not it.allows
        and not it.is_of_plain_text
        and _is_of(it, action)
        and (it.principals.all_but or any(who.endswith("*") for who in it.principals.names)
             or any(map(name.fullmatch, it.services)))
        for it in said
    )  # fmt: skip
    return allowed and not denied


def _is_of(it: Statement, action: str) -> bool:
    named = any(covers(name.lower(), action.lower()) for name in it.actions.names)
    return named != it.actions.all_but
