"""Whether the topic that `alarms.topic_arn` names takes alarms and events, and tells somebody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from facts.key_policy import of_the_topic
from facts.placement import Placement
from facts.topic_policy import publishers
from ferry.account import Unanswered, asked, found_or_none
from ferry.check.account.admitted import missing, statements_of
from ferry.findings import Finding, blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from types_boto3_kms import KMSClient
    from types_boto3_sns import SNSClient

    from ferry.check.account.subject import Subject
    from settings.environment import Environment

TOPIC: Final = "topic"
KEY: Final = "topic-key"

_NONE: Final = "NotFound"
_LOST: Final = "CloudWatch's alarms, or RDS's and DMS's events, are lost without a word."


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnTopic:
    """A topic as it is.

    Args:
        policy: The statements of its policy.
        key: The KMS key that encrypts it, as SNS names it; empty where none does.
        receivers: How many have confirmed.
    """

    policy: Sequence[dict[str, Any]]
    key: str = ""
    receivers: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicKey:
    """The key of a topic.

    Args:
        arn: Its ARN.
        manager: `CUSTOMER`, or `AWS` for a key whose policy nobody can change.
        policy: The statements of its policy; None for another account's, which is read there alone.
    """

    arn: str
    manager: str = "CUSTOMER"
    policy: Sequence[dict[str, Any]] | None = None


def check(subject: Subject) -> Iterator[Finding]:
    """Look at the topic, and at the key that encrypts it."""
    environment, account = subject.environment, subject.account
    arn = environment.alarms.topic_arn
    if arn is None:
        return
    found = asked(f"look at the topic {arn}", partial(_topic, account.sns, arn))
    if isinstance(found, Unanswered):
        yield not_judged(TOPIC, f"The topic {arn}", why=found.why, remedy=found.remedy)
        return
    yield from judge(environment, found)
    if found is None or not found.key:
        return
    key = asked(
        f"look at the key {found.key}",
        partial(_key, account.kms, found.key, environment.aws.account_id),
    )
    if isinstance(key, Unanswered):
        yield not_judged(KEY, f"The key {found.key} of the topic", why=key.why, remedy=key.remedy)
    else:
        yield judge_key(environment, key)


def _topic(sns: SNSClient, arn: str) -> OwnTopic | None:
    found = found_or_none(lambda: sns.get_topic_attributes(TopicArn=arn)["Attributes"], _NONE)
    if found is None:
        return None
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
    confirmed = [
        one
        for page in pages
        for one in page["Subscriptions"]
        # Before, and for a while after, there is a word in the ARN's place.
        if one.get("SubscriptionArn", "").startswith("arn:")
    ]
    return OwnTopic(
        policy=statements_of(found["Policy"]),
        key=found.get("KmsMasterKeyId", ""),
        receivers=len(confirmed),
    )


def _key(kms: KMSClient, key: str, account_id: str) -> TopicKey:
    found = kms.describe_key(KeyId=key)["KeyMetadata"]
    arn, manager = found.get("Arn", ""), found.get("KeyManager", "")
    if manager != "CUSTOMER" or arn.split(":")[4] != account_id:
        return TopicKey(arn=arn, manager=manager)
    policy = kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]
    return TopicKey(arn=arn, manager=manager, policy=statements_of(policy))


def judge(environment: Environment, topic: OwnTopic | None) -> Iterator[Finding]:
    """Whether the topic is there, admits who tells it, and tells somebody; no condition is judged."""
    arn = environment.alarms.topic_arn or ""
    if topic is None:
        yield blocked(
            TOPIC,
            f"There is no topic {arn}.",
            why="RDS and DMS refuse to tell it, and the deployment ends half-way.",
            remedy=f"Give another in alarms.topic_arn of {environment.name}.toml, or none: one is "
            "made.",
        )
        return
    lacking = missing(publishers(arn, _placement(environment)), topic.policy)
    if lacking:
        yield blocked(
            TOPIC,
            f"The policy of the topic {arn} does not say what these statements do: "
            f"{', '.join(lacking)}.",
            why=_LOST,
            remedy=f"Have added to it what 'ferry policies {environment.name} topic' writes.",
        )
    if not topic.receivers:
        yield warning(
            TOPIC,
            f"Nobody who has confirmed subscribes to the topic {arn}.",
            why="Alarms and events reach nobody.",
            remedy="Subscribe who is on call to it, and confirm.",
        )
    if not lacking and topic.receivers:
        yield right(
            TOPIC,
            f"The topic {arn} admits CloudWatch, RDS and DMS, and tells {topic.receivers} who have "
            "confirmed; the conditions of its policy are not judged.",
        )


def judge_key(environment: Environment, key: TopicKey) -> Finding:
    """Whether those who tell an encrypted topic may use its key.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    wanted = of_the_topic(environment.names, _placement(environment))
    services = ", ".join(each["Principal"]["Service"] for each in wanted)
    add = f"Have its policy allow {services} kms:Decrypt and kms:GenerateDataKey*."
    if key.manager != "CUSTOMER":
        return blocked(
            KEY,
            f"The topic is encrypted with {key.arn}, a key of AWS's own.",
            why=f"It admits no service, and nobody can change its policy. {_LOST}",
            remedy="Have the topic encrypted with a key of your own, or with none.",
        )
    if key.policy is None:
        return warning(
            KEY,
            f"The topic is encrypted with {key.arn}, a key of another account, where alone its policy "
            "can be read.",
            why=f"Where it does not admit who tells the topic: {_LOST}",
            remedy=add,
        )
    lacking = missing(wanted, key.policy)
    if lacking:
        return blocked(
            KEY,
            f"The topic is encrypted with {key.arn}, whose policy does not admit who tells the topic: "
            f"{', '.join(lacking)}.",
            why=_LOST,
            remedy=add,
        )
    return right(
        KEY,
        f"The topic is encrypted with {key.arn}, whose policy admits who tells it; its conditions are "
        "not judged.",
    )


def _placement(environment: Environment) -> Placement:
    return Placement(account_id=environment.aws.account_id, region=environment.aws.region)
