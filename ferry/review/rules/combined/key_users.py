"""Whether a key's policy lets those use it who have to: of a new key all, of another what is new.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ferry.review.plan.policies import KEY, KEY_POLICY, Policies
from ferry.review.plan.requests import Request, lets
from ferry.review.rules.combined.publishers import (
    account_of,
    may_use_key,
    named_by,
    names_of,
    placement,
    publishers,
    service_of,
    sources_at,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from facts.placement import Placement
    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.statements import Statement
    from ferry.review.rules.combined.publishers import ToldBy

_LOGS: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
_TOPICS: Final = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
_SERVICES: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html"
_PROVIDER: Final = (
    "https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/kms/key.go"
)

_LOG: Final = "aws_cloudwatch_log_group"
_TOPIC: Final = "aws_sns_topic"

_ADMINISTERS: Final = (
    *("kms:DescribeKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"),
    *("kms:ListResourceTags", "kms:PutKeyPolicy"),
)
"""What Terraform asks of a key that it makes; KMS refuses a policy that could not be changed. Sources:
provider 5.100.0, kms/key.go, and
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"""

_BY_LOGS: Final = (
    *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
    *("kms:ReEncryptFrom", "kms:ReEncryptTo"),
)

_MOST_LOGS: Final = 200
"""Log groups of which a policy may name each; of more, it has to name all."""


_GRANT: Final = "kms:CreateGrant"
_BY_RDS: Final = ("rds", (_GRANT, "kms:DescribeKey"))
_BY_INSIGHTS: Final = ("rds", (_GRANT, "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"))
_BY_DMS: Final = (
    "dms",
    (_GRANT, "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
)
_BY_SECRETS: Final = ("secretsmanager", ("kms:Decrypt", "kms:GenerateDataKey"))
_THROUGH: Final = {
    ("aws_rds_cluster", "kms_key_id"): _BY_RDS,
    ("aws_rds_cluster", "performance_insights_kms_key_id"): _BY_INSIGHTS,
    ("aws_rds_cluster_instance", "performance_insights_kms_key_id"): _BY_INSIGHTS,
    ("aws_dms_replication_instance", "kms_key_arn"): _BY_DMS,
    ("aws_dms_endpoint", "kms_key_arn"): _BY_DMS,
    ("aws_secretsmanager_secret", "kms_key_id"): _BY_SECRETS,
}
"""The attributes by which something is encrypted, the service that does it on behalf of who makes it,
and what that one has to be allowed. Sources:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_PerfInsights.access-control.html,
https://docs.aws.amazon.com/dms/latest/userguide/security_iam_resource-based-policy-examples.html and
https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""


def keys_let(plan: Plan) -> Iterator[Finding]:
    """A key's policy does not let those use it who have to."""
    where = placement(plan)
    everybody, new = _Users(plan), _Users(plan, new=True)
    for key, policy, said in _policies(plan, new):
        users = everybody if key.comes else new
        if key.comes:
            yield from _administered(policy, said, plan)
        through, logs = users.through(key), users.named(key, _LOG)
        topics = users.named(key, _TOPIC)
        if where is not None:
            yield from _used_through(policy, said, where, through)
            yield from _logs(policy, said, where, logs)
            yield from _topics(policy, said, where, topics, plan.once(publishers))
        elif through or logs or topics:
            effect = (
                "Whether the key's policy lets those use it who have to cannot be told: the plan does "
                "not tell its region."
            )
            yield _finding(policy, Danger.UNCLEAR, effect, _SERVICES)


def _policies(plan: Plan, new: _Users) -> Iterator[tuple[Change, Change, Sequence[Statement]]]:
    """Each key that is new, or that something new is encrypted with, and what holds its policy, and what that says.

    A policy that is a resource of its own takes the place of the key's.
    """
    policies = plan.once(Policies)
    own = {name: it for it in plan.of(KEY_POLICY) if it.stays for name in named_by(it, "key_id")}
    for key in plan.of(KEY):
        names = names_of(key)
        policy = next((own[it] for it in sorted(names & own.keys())), key)
        asked = key.comes or (key.stays and names & new.keys and policy.after.get("policy"))
        if asked and policy.stays:
            said = policies.said(policy, "policy")
            if said is not None:  # otherwise it is told that nobody can read it
                yield key, policy, said


class _Users:
    """What is encrypted with the keys of a plan, looked up once.

    Args:
        plan: The plan.
        new: Whether only what is new counts; by default all does.
    """

    def __init__(self, plan: Plan, *, new: bool = False) -> None:
        self._through: dict[str, dict[str, set[str]]] = {}
        self._named: dict[tuple[str, str], list[Change]] = {}
        for (type_, attribute), (service, actions) in _THROUGH.items():
            for it in plan.of(type_):
                for name in named_by(it, attribute) if _counts(it, new=new) else ():
                    services = self._through.setdefault(name, {})
                    services.setdefault(service, set()).update(actions)
        for type_, attribute in ((_LOG, "kms_key_id"), (_TOPIC, "kms_master_key_id")):
            for it in plan.of(type_):
                for name in named_by(it, attribute) if _counts(it, new=new) else ():
                    self._named.setdefault((name, type_), []).append(it)

        self.keys = {*self._through, *(name for name, _ in self._named)}
        """By what names the keys are called."""

    def through(self, key: Change) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name in names_of(key):
            for service, actions in self._through.get(name, {}).items():
                found.setdefault(service, set()).update(actions)
        return found

    def named(self, key: Change, type_: str) -> list[Change]:
        return [it for name in sorted(names_of(key)) for it in self._named.get((name, type_), ())]


def _counts(it: Change, *, new: bool) -> bool:
    return it.comes if new else it.stays


def _administered(policy: Change, said: Sequence[Statement], plan: Plan) -> Iterator[Finding]:
    account = account_of(plan)
    request = Request(who=_account(account), action="", context={"kms:calleraccount": account})
    shut = [it for it in _ADMINISTERS if not lets(said, replace(request, action=it))]
    if shut:
        yield _finding(
            policy,
            Danger.REFUSED,
            f"The account may not administer the key ({', '.join(shut)}): KMS refuses such a policy, "
            "or Terraform can no longer read or change the key.",
            _PROVIDER,
        )


def _used_through(
    policy: Change, said: Sequence[Statement], where: Placement, uses: Mapping[str, set[str]]
) -> Iterator[Finding]:
    for service, actions in sorted(uses.items()):
        context = {
            "kms:calleraccount": where.account_id,
            "kms:viaservice": where.regional_principal(service),
        }
        of_grants = {**context, "kms:grantisforawsresource": "true"}
        asked = [
            Request(
                who=_account(where.account_id),
                action=it,
                context=of_grants if it == _GRANT else context,
            )
            for it in sorted(actions)
        ]
        shut = [it.action for it in asked if not lets(said, it)]
        if shut:
            effect = (
                f"The account may not use the key through {service} ({', '.join(shut)}): nothing that "
                "is encrypted with it can be made there."
            )
            yield _finding(policy, Danger.REFUSED, effect, _SERVICES)


def _logs(
    policy: Change, said: Sequence[Statement], where: Placement, logs: Sequence[Change]
) -> Iterator[Finding]:
    if logs and not _lets_logs(said, where, "*"):
        named = [it.after.get("name") for it in logs]
        names = [it for it in named if isinstance(it, str)]
        if len(names) < len(named) or len(names) > _MOST_LOGS:
            names = ["*"]
        if not all(_lets_logs(said, where, it) for it in names):
            effect = (
                "The key's policy does not let CloudWatch Logs use it: no log group can be made "
                "with it."
            )
            yield _finding(policy, Danger.REFUSED, effect, _LOGS)


def _lets_logs(said: Sequence[Statement], where: Placement, log: str) -> bool:
    request = Request(
        who=frozenset({f"Service: {where.regional_principal('logs')}"}),
        action="",
        context={"kms:encryptioncontext:aws:logs:arn": where.arn("logs", f"log-group:{log}")},
    )
    return all(lets(said, replace(request, action=it)) for it in _BY_LOGS)


def _topics(
    policy: Change,
    said: Sequence[Statement],
    where: Placement,
    topics: Sequence[Change],
    told_by: ToldBy,
) -> Iterator[Finding]:
    shut: set[str] = set()
    for topic in topics:
        name, arn = topic.after.get("name"), topic.after.get("arn")
        if not isinstance(arn, str):
            arn = where.arn("sns", name) if isinstance(name, str) else "*"
        for type_, sources in sources_at(told_by, names_of(topic)).items():
            service = service_of(type_, where)
            if service not in shut and not may_use_key(said, type_, sources, arn, where):
                shut.add(service)
    if shut:
        yield _finding(
            policy,
            Danger.UNWATCHED,
            f"The key's policy does not let {' and '.join(sorted(shut))} use it: what they are to "
            "tell by a topic that is encrypted with it reaches nobody.",
            _TOPICS,
        )


def _account(account_id: str) -> frozenset[str]:
    return frozenset({f"AWS: {account_id}"})


def _finding(policy: Change, danger: Danger, effect: str, source: str) -> Finding:
    return Finding(
        danger=danger, change=policy, attribute="policy", effect=Phrase(effect), source=source
    )
