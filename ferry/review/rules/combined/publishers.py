"""Who publishes to a topic, and how SNS and KMS recognise it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from facts.placement import CLOUDWATCH_ALARMS, RDS_EVENTS, Placement
from ferry.review.plan.plan import without_key
from ferry.review.plan.requests import Request
from ferry.review.rules.combined.alarm_values import ACTIONS, ALARM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan

_TOPIC_POLICY: Final = "aws_sns_topic_policy"

_IN_TOPIC: Final = "kms:encryptioncontext:aws:sns:topicarn"
_OF_KEY: Final = ("kms:Decrypt", "kms:GenerateDataKey")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Publisher:
    """What tells a topic something.

    Args:
        attributes: The attributes that name the topic.
        service: The service that publishes; empty for DMS, whose name is the partition's.
        source: Its things, as their ARNs begin after the account.
        tells_account: Whether KMS hears for which account it acts. Of DMS that is written nowhere.
    """

    attributes: tuple[str, ...]
    service: str
    source: tuple[str, str]
    tells_account: bool = True


_PUBLISHERS: Final = {
    ALARM: _Publisher(
        attributes=tuple(ACTIONS), service=CLOUDWATCH_ALARMS, source=("cloudwatch", "alarm:*")
    ),
    "aws_db_event_subscription": _Publisher(
        attributes=("sns_topic",), service=RDS_EVENTS, source=("rds", "*")
    ),
    "aws_dms_event_subscription": _Publisher(
        attributes=("sns_topic_arn",), service="", source=("dms", "*"), tells_account=False
    ),
}
"""Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html and
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""


def account_of(plan: Plan) -> str:
    """The account that a plan is for; empty where it does not tell."""
    return plan.account_id or plan.identity.account_id


def placement(plan: Plan) -> Placement | None:
    """Where a plan's things are; None where it does not tell, or nobody here knows the region."""
    account = account_of(plan)
    try:
        return Placement(account_id=account, region=plan.region) if account else None
    except ValueError:
        return None


def named_by(change: Change, attribute: str) -> Iterator[str]:
    """What an attribute names: what it says, or the addresses that it refers to."""
    value = change.after.get(attribute)
    texts = [it for it in (value if isinstance(value, list) else [value]) if isinstance(it, str)]
    yield from texts or (change.references or {}).get(attribute, ())


def names_of(change: Change) -> frozenset[str]:
    """By what others name something: its address, its ARN, its id."""
    said = (change.after.get(it) for it in ("arn", "id", "key_id"))
    return frozenset({without_key(change.address), *(it for it in said if isinstance(it, str))})


def publishers(plan: Plan) -> Mapping[str, set[str]]:
    """The types of what is to tell a topic something, by all that names one: ask it once for a plan."""
    found: dict[str, set[str]] = {}
    for type_, publisher in _PUBLISHERS.items():
        for it in plan.of(type_):
            for attribute in publisher.attributes if it.stays else ():
                for name in named_by(it, attribute):
                    found.setdefault(name, set()).add(type_)
    for policy in plan.of(_TOPIC_POLICY):
        # Whoever names the policy tells the topic that it is of.
        told = found.get(without_key(policy.address), set())
        for name in named_by(policy, "arn") if told else ():
            found.setdefault(name, set()).update(told)
    return found


def publishes(type_: str, topic: frozenset[str], where: Placement) -> tuple[str, Request]:
    """What publishes to a topic, and what it asks of the topic."""
    it = _PUBLISHERS[type_]
    service = it.service or where.dms_principal
    return service, Request(
        who=frozenset({f"Service: {service}"}),
        action="sns:Publish",
        of=topic,
        context={
            "aws:sourceaccount": where.account_id,
            "aws:sourcearn": where.arn(*it.source),
        },
    )


def uses_key(type_: str, topic_arn: str, where: Placement) -> tuple[str, list[Request]]:
    """What publishes to an encrypted topic, and what it asks of the key."""
    it = _PUBLISHERS[type_]
    service, asked = publishes(type_, frozenset(), where)
    context = {**(asked.context if it.tells_account else {}), _IN_TOPIC: topic_arn}
    return service, [replace(asked, action=action, context=context) for action in _OF_KEY]
