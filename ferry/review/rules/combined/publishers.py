"""Who publishes to a topic, and how SNS and KMS recognise it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from facts.placement import CLOUDWATCH_ALARMS, RDS_EVENTS, Placement
from ferry.review.plan.plan import without_key
from ferry.review.plan.requests import Request, lets
from ferry.review.rules.combined.alarm_values import ACTIONS, ALARM

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.statements import Statement

    ToldBy = Mapping[str, Mapping[str, AbstractSet[str]]]

_TOPIC_POLICY: Final = "aws_sns_topic_policy"

_MOST_NAMED: Final = 200
"""Publishers that a policy may name one by one; of more, it has to name all."""

_IN_TOPIC: Final = "kms:encryptioncontext:aws:sns:topicarn"
_OF_KEY: Final = ("kms:Decrypt", "kms:GenerateDataKey")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Publisher:
    """What tells a topic something.

    Args:
        attributes: The attributes that name the topic.
        service: The service that publishes; empty for DMS, whose name is the partition's.
        source: Its things, as their ARNs begin after the account.
        named: The attribute that holds its name, by which a policy may know it; none by default.
        tells_account: Whether KMS hears for which account it acts. Of DMS that is written nowhere.
    """

    attributes: tuple[str, ...]
    service: str
    source: tuple[str, str]
    named: str = ""
    tells_account: bool = True

    def source_of(self, it: Change) -> str:
        """What publishes, as its ARN ends."""
        name = it.after.get(self.named) if self.named else None
        every = self.source[1]
        return every.replace("*", name) if isinstance(name, str) else every


_PUBLISHERS: Final = {
    ALARM: _Publisher(
        attributes=tuple(ACTIONS),
        service=CLOUDWATCH_ALARMS,
        source=("cloudwatch", "alarm:*"),
        named="alarm_name",
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


def publishers(plan: Plan) -> ToldBy:
    """What is to tell a topic something, by all that names one: ask it once for a plan."""
    found: dict[str, dict[str, set[str]]] = {}
    for type_, publisher in _PUBLISHERS.items():
        for it in plan.of(type_):
            for attribute in publisher.attributes if it.stays else ():
                for name in named_by(it, attribute):
                    sources = found.setdefault(name, {}).setdefault(type_, set())
                    if len(sources) <= _MOST_NAMED:
                        sources.add(publisher.source_of(it))
    for policy in plan.of(_TOPIC_POLICY):
        # Whoever names the policy tells the topic that it is of.
        told = found.get(without_key(policy.address), {})
        for name in named_by(policy, "arn") if told else ():
            for type_, sources in told.items():
                found.setdefault(name, {}).setdefault(type_, set()).update(sources)
    return found


def tells_no_topic_of(plan: Plan, topics: Iterable[str]) -> bool:
    """Whether a plan has topics, and somebody tells others alone."""
    own = plan.once(_names_of_topics)
    named = {*topics}
    return bool(own and named) and own.isdisjoint(named)


def _names_of_topics(plan: Plan) -> frozenset[str]:
    """The names of the topics that stay, and the ARNs that new ones will have."""
    where, topics = placement(plan), [it for it in plan.of("aws_sns_topic") if it.stays]
    names = [it.after.get("name") for it in topics]
    arns = [where.arn("sns", it) for it in names if where is not None and isinstance(it, str)]
    return frozenset({*arns, *(name for it in topics for name in names_of(it))})


def sources_at(told_by: ToldBy, names: Iterable[str]) -> Mapping[str, AbstractSet[str]]:
    """What tells something that bears some names: of each type, all that do."""
    found: dict[str, set[str]] = {}
    for name in names:
        for type_, sources in told_by.get(name, {}).items():
            found.setdefault(type_, set()).update(sources)
    return found


def service_of(type_: str, where: Placement) -> str:
    """What publishes to a topic."""
    return _PUBLISHERS[type_].service or where.dms_principal


def may_publish(
    said: Collection[Statement],
    type_: str,
    sources: AbstractSet[str],
    topic: frozenset[str],
    where: Placement,
) -> bool:
    """Whether a topic's policy lets all of a type publish."""
    return _may(said, type_, sources, lambda source: [_asks(type_, source, topic, where)])


def may_use_key(
    said: Collection[Statement],
    type_: str,
    sources: AbstractSet[str],
    topic_arn: str,
    where: Placement,
) -> bool:
    """Whether a key's policy lets all of a type publish to a topic that is encrypted with it."""
    tells = _PUBLISHERS[type_].tells_account

    def asks(source: str) -> list[Request]:
        asked = _asks(type_, source, frozenset(), where)
        context = {**(asked.context if tells else {}), _IN_TOPIC: topic_arn}
        return [replace(asked, action=action, context=context) for action in _OF_KEY]

    return _may(said, type_, sources, asks)


def _may(
    said: Collection[Statement],
    type_: str,
    sources: AbstractSet[str],
    asks: Callable[[str], list[Request]],
) -> bool:
    """Whether statements let through what all of a type ask, or each of them by its name."""

    def lets_all(source: str) -> bool:
        return all(lets(said, it) for it in asks(source))

    every = _PUBLISHERS[type_].source[1]
    if lets_all(every):
        return True
    named = every not in sources and 0 < len(sources) <= _MOST_NAMED
    return named and all(map(lets_all, sources))


def _asks(type_: str, source: str, topic: frozenset[str], where: Placement) -> Request:
    return Request(
        who=frozenset({f"Service: {service_of(type_, where)}"}),
        action="sns:Publish",
        of=topic,
        context={
            "aws:sourceaccount": where.account_id,
            "aws:sourcearn": where.arn(_PUBLISHERS[type_].source[0], source),
        },
    )
