"""What a new thing needs of a policy or a role of the same plan, and whether that says so."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from facts.aurora import MONITORING_POLICY
from facts.placement import FLOW_LOGS, RDS_MONITORING
from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.policies import (
    ENDPOINT,
    INLINE,
    ROLE,
    ROLE_POLICY,
    TRUST,
    Policies,
    role_of,
)
from ferry.review.plan.requests import Request, lets
from ferry.review.plan.statements import is_reference
from ferry.review.rules.combined.publishers import (
    may_publish,
    named_by,
    names_of,
    placement,
    publishers,
    service_of,
    sources_at,
)
from ferry.review.rules.combined.weaker import unsaid
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from facts.placement import Placement
    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.statements import Statement
    from ferry.review.plan.values import Json

_TOPIC: Final = "aws_sns_topic"
_TOPIC_POLICY: Final = "aws_sns_topic_policy"
_ATTACHMENT: Final = "aws_iam_role_policy_attachment"
_SERVICE_ROLES: Final = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html"
)
_PUBLISHING: Final = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"

_DOORS: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
_READ: Final = "secretsmanager:GetSecretValue"
_MOST_READERS: Final = 60
"""DMS endpoints whose secrets are asked for; one environment has a few."""

_MOST_ATTACHED: Final = 20
"""Policies that a role may have attached. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _User:
    """What acts in a role.

    Args:
        resource: The type of what acts.
        attribute: The attribute that names the role.
        service: The service that takes it; empty for DMS, which is one of the region's.
        source: Its things, as their ARNs begin after the account.
        asks: What it asks for in the role.
        attached: AWS's policy that allows that; none by default.
        effect: What comes of it where it cannot; why follows.
        danger: What kind of effect that is.
    """

    resource: str
    attribute: str
    service: str = ""
    source: tuple[str, str]
    asks: Callable[[Change, Placement], Iterator[Request]]
    effect: str
    danger: Danger
    attached: str = ""


def _secret(endpoint: Change, where: Placement) -> Iterator[Request]:
    """A secret, and what it is encrypted with, as far as that is the plan's."""
    yield Request(action=_READ, of=_secrets(endpoint, where))
    via = {"kms:viaservice": where.regional_principal("secretsmanager")}
    for secret in _of_the_plan(endpoint, "secrets_manager_arn"):
        if not unsaid(secret, "kms_key_id"):
            keys = _called(secret, "kms_key_id")
            if any(map(is_reference, keys)):  # of this account, with an id that is not known yet
                keys |= {where.arn("kms", "key/*")}
            yield Request(action="kms:Decrypt", of=keys, context=via)


def _secrets(endpoint: Change, where: Placement) -> frozenset[str]:
    """The secret of a DMS endpoint by all its names; AWS ends its ARN with a hyphen and six letters."""
    secrets = _of_the_plan(endpoint, "secrets_manager_arn")
    names = [it.after.get("name") for it in secrets]
    named = [f"{it}-*" if isinstance(it, str) else "*" for it in names]
    arns = (where.arn("secretsmanager", f"secret:{it}") for it in named)
    return _called(endpoint, "secrets_manager_arn") | {*arns}


def _log(flow_log: Change, where: Placement) -> Iterator[Request]:
    """The streams of a log group."""
    names = {it.removesuffix(":*") for it in _called(flow_log, "log_destination")}
    for group in _of_the_plan(flow_log, "log_destination"):
        name = group.after.get("name")
        names |= {where.arn("logs", f"log-group:{name}")} if isinstance(name, str) else set()
    streams = {f"{it}:*" if it.startswith("${") else f"{it}:log-stream:*" for it in names}
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        yield Request(action=action, of=frozenset(streams))


def _metrics(_: Change, where: Placement) -> Iterator[Request]:
    streams = where.arn("logs", "log-group:RDSOSMetrics:log-stream:*")
    yield Request(action="logs:PutLogEvents", of=frozenset({streams}))


_USERS: Final = (
    _User(
        resource="aws_dms_endpoint",
        attribute="secrets_manager_access_role_arn",
        source=("dms", "*"),
        asks=_secret,
        effect="DMS reads no secret in this role: ",
        danger=Danger.REPLICATION_STOP,
    ),
    _User(
        resource="aws_flow_log",
        attribute="iam_role_arn",
        service=FLOW_LOGS,
        source=("ec2", "vpc-flow-log/*"),
        asks=_log,
        effect="Nothing is logged in this role: ",
        danger=Danger.UNWATCHED,
    ),
    _User(
        resource="aws_rds_cluster_instance",
        attribute="monitoring_role_arn",
        service=RDS_MONITORING,
        source=("rds", "db:"),
        asks=_metrics,
        attached=MONITORING_POLICY,
        effect="The operating system is not measured in this role: ",
        danger=Danger.UNWATCHED,
    ),
)
"""Sources: https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html,
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html and
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html"""


def needs_met(plan: Plan) -> Iterator[Finding]:
    """A new thing acts in a role that is not for it, or asks where it is not let through."""
    policies = plan.once(Policies)
    yield from _roles(plan, policies)
    yield from _topics(plan, policies)
    yield from _doors(plan, policies)


def _called(change: Change, attribute: str) -> frozenset[str]:
    """What an attribute names, as a policy may call it: its ARN, or a reference to that."""
    value = change.after.get(attribute)
    if isinstance(value, str):
        return frozenset({value})
    named = (change.references or {}).get(attribute, ())
    return frozenset(f"${{{address}.{name}}}" for address in named for name in ("arn", "id"))


def _of_the_plan(change: Change, attribute: str) -> Iterator[Change]:
    """What an attribute refers to, or what bears the ARN that it says."""
    value = change.after.get(attribute)
    for address in (change.references or {}).get(attribute, ()):
        for it in change.neighbours.get(address, ()):
            if not isinstance(value, str) or value in names_of(it):
                yield it


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
    parts = _Parts(plan, policies)
    where = placement(plan)
    for user, it in users:
        value = it.after.get(user.attribute)
        named = [roles[at] for at in (it.references or {}).get(user.attribute, ()) if at in roles]
        found = by_arn.get(value) if isinstance(value, str) else named[0] if named else None
        if found is None:
            continue  # a row says what comes of a role that is not the plan's
        if where is None:
            yield _elsewhere(it, user.attribute, _SERVICE_ROLES)
        elif why := parts.lacking(user, it, found, where):
            yield Finding(
                danger=user.danger,
                change=it,
                attribute=user.attribute,
                effect=Phrase(f"{user.effect}{why}", {"role": found.shown_place}),
                source=_SERVICE_ROLES,
            )


class _Parts:
    """What the roles of a plan say, each read once.

    Args:
        plan: The plan.
        policies: Its policies.
    """

    def __init__(self, plan: Plan, policies: Policies) -> None:
        self._policies = policies
        self._own: dict[str, list[Change]] = {}
        self._attached: dict[str, list[Json]] = {}
        for part in plan.of(ROLE_POLICY):
            if part.stays:
                self._own.setdefault(role_of(part, after=True), []).append(part)
        for part in plan.of(_ATTACHMENT):
            if part.stays:
                role = role_of(part, after=True)
                self._attached.setdefault(role, []).append(part.after.get("policy_arn"))
        self._read: dict[str, tuple[Sequence[Statement] | None, Sequence[Statement] | None]] = {}

    def lacking(self, user: _User, it: Change, role: Change, where: Placement) -> str:
        """Why a service may not take a role, or do in it what it has to; empty where it may.

        What cannot be read may say so: that it cannot is told of it.
        """
        if role.address not in self._read:
            self._read[role.address] = self._policies.said(role, TRUST), self._all_of(role)
        trust, said = self._read[role.address]
        if trust is not None and not lets(trust, _taking(user, it, where)):
            return "{role} does not trust who takes it for this."
        attached = self._attached.get(role_of(role, after=True), ())
        if any(_may_be(policy, user.attached) for policy in attached[:_MOST_ATTACHED]):
            return ""
        allowed = said is None or all(lets(said, asked) for asked in user.asks(it, where))
        return "" if allowed else "the policies of {role} do not allow it."

    def _all_of(self, role: Change) -> Sequence[Statement] | None:
        """What a role's own policies say; None where one cannot be read."""
        found: list[Statement] = []
        for part in (role, *self._own.get(role_of(role, after=True), ())):
            said = self._policies.said(part, INLINE if part.type == ROLE else "policy")
            if said is None:
                return None
            found += said
        return found


def _may_be(policy: Json, wanted: str) -> bool:
    """Whether a policy that is attached is one of AWS's, or may be it."""
    return not isinstance(policy, str) or bool(wanted and policy.endswith(f"/{wanted}"))


def _taking(user: _User, it: Change, where: Placement) -> Request:
    """A service that takes a role."""
    service, thing = user.source
    identifier = it.after.get("identifier")
    if thing.endswith(":"):
        thing += identifier if isinstance(identifier, str) else "*"
    return Request(
        who=frozenset({f"Service: {user.service or where.regional_principal('dms')}"}),
        action="sts:AssumeRole",
        context={"aws:sourceaccount": where.account_id, "aws:sourcearn": where.arn(service, thing)},
    )


def _doors(plan: Plan, policies: Policies) -> Iterator[Finding]:
    """A new endpoint of Secrets Manager lets DMS ask for the secrets that its endpoints name."""
    where = placement(plan)
    readers = [*islice(_readers(plan, where), _MOST_READERS)] if where is not None else []
    for door in plan.of(ENDPOINT):
        service = str(door.after.get("service_name"))
        if not door.comes or not service.endswith(".secretsmanager") or unsaid(door, "policy"):
            continue
        said = policies.said(door, "policy")
        if said is None:
            continue  # it is told that nobody can read it
        if where is None:
            if plan.of("aws_dms_endpoint"):
                yield _elsewhere(door, "policy", _DOORS)
        elif not all(lets(said, asked) for asked in readers):
            effect = "The endpoint does not let DMS read all the secrets that it has to."
            yield Finding(
                danger=Danger.REPLICATION_STOP,
                change=door,
                attribute="policy",
                effect=Phrase(effect),
                source=_DOORS,
            )


def _readers(plan: Plan, where: Placement) -> Iterator[Request]:
    """What DMS asks for by an endpoint of Secrets Manager."""
    for it in plan.of("aws_dms_endpoint"):
        secrets = _secrets(it, where) if it.stays else None
        if secrets:
            role = _called(it, "secrets_manager_access_role_arn")
            yield Request(
                who=frozenset({f"AWS: {where.account_id}", *(f"AWS: {name}" for name in role)}),
                action=_READ,
                of=secrets,
                context={"aws:principalaccount": where.account_id},
            )


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
        telling = sources_at(told_by, named)
        if where is None:
            if telling:
                yield _elsewhere(policy, "policy", _PUBLISHING)
            continue
        arns = _arns([topics[it] for it in named if it in topics], where) | named
        shut = sorted(
            service_of(type_, where)
            for type_, sources in telling.items()
            if not may_publish(said, type_, sources, arns, where)
        )
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
