"""What a policy allows that it did not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferry.review.plan.policies import (
    ENDPOINT,
    INLINE,
    KEY,
    KEY_POLICY,
    ROLE_POLICY,
    TRUST,
    Policies,
    PolicyChange,
)
from ferry.review.plan.statements import Statement, is_reference
from ferry.review.rules.combined.policy_finding import (
    TOPICS,
    is_new_policy,
    policy_finding,
    texts_of,
)
from ferry.review.rules.dangers import Danger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.review.plan.plan import Plan
    from ferry.review.rules.finding import Finding

_SERVICES: Final = re.compile(
    r"(cloudwatch|dms|events\.rds|logs|monitoring\.rds|vpc-flow-logs)"
    r"(?:\.(?P<region>[a-z]{2,4}(-[a-z]+)+-[0-9]))?\.amazonaws\.(com|com\.cn|eu)"
)
"""The services of AWS that have a part in an environment: facts/placement.py, and DMS and CloudWatch
Logs of a region."""

_OF_SERVICES: Final = {
    **dict.fromkeys(
        (KEY, KEY_POLICY),
        frozenset(
            {
                *("kms:decrypt", "kms:decrypt*", "kms:describe*", "kms:describekey"),
                *("kms:encrypt", "kms:encrypt*", "kms:generatedatakey", "kms:generatedatakey*"),
                *("kms:generatedatakeywithoutplaintext", "kms:reencrypt*"),
                *("kms:reencryptfrom", "kms:reencryptto"),
            }
        ),
    ),
    **dict.fromkeys(TOPICS, frozenset({"sns:publish"})),
}
"""What a service needs to use a key or a topic. Sources:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html and
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"""

_OF_ROLES: Final = frozenset(
    {
        *("kms:decrypt", "kms:describekey"),
        *("logs:createlogstream", "logs:describeloggroups", "logs:describelogstreams"),
        "logs:putlogevents",
        *("secretsmanager:describesecret", "secretsmanager:getsecretvalue"),
    }
)
"""What the stacks' own roles may do: DMS reads secrets and what encrypts them, flow logs are written."""

_MORE: Final = (
    "By its words the policy allows more than before, or denies less; the table has the statements."
)


def given(it: PolicyChange, gives: Sequence[Statement], policies: Policies) -> Iterator[Finding]:
    """What is allowed that was not."""
    own = policies.plan.account_id
    of_identity = it.attribute == INLINE or it.change.type == ROLE_POLICY
    reachable = not of_identity and it.change.type != ENDPOINT
    if reachable and any(part.is_public for part in gives):
        yield policy_finding(it, Danger.PUBLIC_REACH, "A statement allows everyone.")
    if of_identity and any(part.is_boundless for part in gives):
        yield policy_finding(
            it, Danger.WIDER_ACCESS, "A statement allows everything on everything."
        )
    strangers = {who for part in gives for who in part.strangers(own)}
    if strangers:
        yield policy_finding(
            it,
            Danger.WIDER_ACCESS,
            "A statement allows {who}, which is not of the environment's account.",
            who=it.shown(strangers),
        )
    if not is_new_policy(it, policies):
        if not all(_is_for_a_service(it, part, policies.plan) for part in gives):
            yield policy_finding(it, Danger.WIDER_ACCESS, _MORE)
        return
    yield from _let_through(it, gives)
    yield from _to_services(it, gives, policies)
    people = [part for part in gives if part.allows and not part.names_services_alone]
    if it.attribute == TRUST and people and not strangers:
        yield policy_finding(
            it,
            Danger.WIDER_ACCESS,
            "{who} may take a new role: those of an environment are for AWS's services alone.",
            who=it.shown(texts_of(part.principals for part in people)),
        )
    wide = [part for part in gives if part.allows and of_identity and not part.is_limited(own)]
    if any(not part.is_boundless for part in wide):
        yield policy_finding(
            it,
            Danger.WIDER_ACCESS,
            "A new role may {actions} on {resources}: more than a few things of this account.",
            actions=it.shown(texts_of(part.actions for part in wide)),
            resources=it.shown(texts_of(part.resources for part in wide)),
        )
    other = [part for part in gives if of_identity and part.allows and part not in wide]
    other = [part for part in other if not _is_of_an_environment(part, policies)]
    if other:
        yield policy_finding(
            it,
            Danger.WIDER_ACCESS,
            "A new role may {actions} on {resources}: no role of an environment does, or they are "
            "not of this one.",
            actions=it.shown(texts_of(part.actions for part in other)),
            resources=it.shown(texts_of(part.resources for part in other)),
        )


def _let_through(it: PolicyChange, gives: Sequence[Statement]) -> Iterator[Finding]:
    """What a new endpoint lets through to whomever, which is AWS's default."""
    if it.change.type == ENDPOINT and any(part.is_public and part.is_for_all for part in gives):
        yield policy_finding(
            it,
            Danger.WIDER_ACCESS,
            "The endpoint lets through every call to its service, in every account: data can leave "
            "by it.",
        )


def _to_services(
    it: PolicyChange, gives: Sequence[Statement], policies: Policies
) -> Iterator[Finding]:
    """What something new allows services of AWS beyond what they need."""
    region = policies.plan.identity.region
    services = {name for part in gives for name in part.services if not _has_a_part(name, region)}
    if services:
        yield policy_finding(
            it,
            Danger.WIDER_ACCESS,
            "A statement allows {who}, a service that has no part in an environment.",
            who=it.shown(services),
        )
    needs = _OF_SERVICES.get(it.change.type)
    wide = [part for part in gives if part.allows and part.services and needs]
    wide = [part for part in wide if not _needs_no_more(part, needs or frozenset())]
    if wide:
        yield policy_finding(
            it,
            Danger.WIDER_ACCESS,
            "{who} may {actions}: more than a service needs.",
            who=it.shown(texts_of(part.principals for part in wide)),
            actions=it.shown(texts_of(part.actions for part in wide)),
        )


def _is_of_an_environment(part: Statement, policies: Policies) -> bool:
    """Whether a limited statement allows what the stacks' roles may, on what is in the plan."""
    actions = {name.lower() for name in part.actions.names}
    only_lists = all(name.startswith(("kms:describe", "logs:describe")) for name in actions)
    return actions <= _OF_ROLES and (
        only_lists
        or _reads_secrets_alone(part, policies.plan.region)
        or all(is_reference(it) or _thing(it) in policies.things for it in part.resources.names)
    )


def _reads_secrets_alone(part: Statement, region: str) -> bool:
    """Whether a key decrypts nothing but secrets, which the role has to be allowed to read as well.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    through = frozenset({f"secretsmanager.{region}.amazonaws.com"})
    return all(it.lower().startswith("kms:") for it in part.actions.names) and any(
        it.operator.lower() == "stringequals"
        and it.key.lower() == "kms:viaservice"
        and it.values == through
        for it in part.conditions
    )


def _thing(arn: str) -> str:
    """What an ARN is of; a log group's by its name, with or without its streams."""
    group = arn.partition(":log-group:")[2]
    return group.removesuffix(":*") or arn


def _has_a_part(service: str, region: str) -> bool:
    """Whether a service has a part in an environment; one of another region has none."""
    found = _SERVICES.fullmatch(service)
    return found is not None and (not region or found["region"] in {None, region})


def _needs_no_more(part: Statement, needs: frozenset[str]) -> bool:
    """Whether a statement allows a service what it needs, and nothing else."""
    return not part.actions.all_but and {it.lower() for it in part.actions.names} <= needs


def _is_for_a_service(it: PolicyChange, part: Statement, plan: Plan) -> bool:
    """Whether a statement lets a service that has a part in it use a key or a topic for the account."""
    needs = _OF_SERVICES.get(it.change.type)
    return (
        part.allows
        and needs is not None
        and part.names_services_alone
        and all(_has_a_part(name, plan.identity.region) for name in part.services)
        and _needs_no_more(part, needs)
        and part.acts_for(plan.account_id)
    )
