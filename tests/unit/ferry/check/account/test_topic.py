"""What is said of a topic of one's own, and of its key."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.check.account.topic import OwnTopic, TopicKey, judge, judge_key
from ferry.findings import blocked, right, warning
from tests.unit.ferry.environments import environment

TOPIC = "arn:aws:sns:eu-central-1:111122223333:on-call"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd"
DEV = environment(alarms={"topic_arn": TOPIC})
SERVICES = ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com", "dms.amazonaws.com"]
LOST = "CloudWatch's alarms, or RDS's and DMS's events, are lost without a word."
ADD = (
    "Have its policy allow cloudwatch.amazonaws.com, events.rds.amazonaws.com, dms.amazonaws.com "
    "kms:Decrypt and kms:GenerateDataKey*."
)


def allows(*services: str, action: str) -> list[dict[str, Any]]:
    return [
        {
            "Effect": "Allow",
            "Principal": {"Service": list(services)},
            "Action": action,
            "Resource": "*",
        }
    ]


PUBLISH = allows(*SERVICES, action="SNS:Publish")


def test_a_topic_as_it_should_be() -> None:
    assert list(judge(DEV, OwnTopic(policy=PUBLISH, receivers=2))) == [
        right(
            "topic",
            f"The topic {TOPIC} admits CloudWatch, RDS and DMS, and tells 2 who have confirmed; the "
            "conditions of its policy are not judged.",
        )
    ]


def test_there_is_no_topic() -> None:
    assert list(judge(DEV, None)) == [
        blocked(
            "topic",
            f"There is no topic {TOPIC}.",
            why="RDS and DMS refuse to tell it, and the deployment ends half-way.",
            remedy="Give another in alarms.topic_arn of dev.toml, or none: one is made.",
        )
    ]


@pytest.mark.parametrize(
    ("services", "lacking"),
    [
        ([], "CloudWatchAlarms, RdsEvents, DmsEvents"),
        (SERVICES[:1], "RdsEvents, DmsEvents"),
        (SERVICES[1:], "CloudWatchAlarms"),
    ],
)
def test_a_policy_that_does_not_admit_all(services: list[str], lacking: str) -> None:
    policy = allows(*services, action="sns:Publish")

    assert list(judge(DEV, OwnTopic(policy=policy, receivers=1))) == [
        blocked(
            "topic",
            f"The policy of the topic {TOPIC} does not say what these statements do: {lacking}.",
            why=LOST,
            remedy="Have added to it what 'ferry policies dev topic' writes.",
        )
    ]


def test_a_topic_that_tells_nobody() -> None:
    assert list(judge(DEV, OwnTopic(policy=PUBLISH))) == [
        warning(
            "topic",
            f"Nobody who has confirmed subscribes to the topic {TOPIC}.",
            why="Alarms and events reach nobody.",
            remedy="Subscribe who is on call to it, and confirm.",
        )
    ]


def test_a_key_of_awss_own() -> None:
    assert judge_key(DEV, TopicKey(arn=KEY, manager="AWS")) == blocked(
        "topic-key",
        f"The topic is encrypted with {KEY}, a key of AWS's own.",
        why=f"It admits no service, and nobody can change its policy. {LOST}",
        remedy="Have the topic encrypted with a key of your own, or with none.",
    )


def test_a_key_of_another_account() -> None:
    assert judge_key(DEV, TopicKey(arn=KEY)) == warning(
        "topic-key",
        f"The topic is encrypted with {KEY}, a key of another account, where alone its policy can be "
        "read.",
        why=f"Where it does not admit who tells the topic: {LOST}",
        remedy=ADD,
    )


def test_a_key_that_does_not_admit_who_tells_the_topic() -> None:
    policy = allows(*SERVICES[:2], action="kms:*")

    assert judge_key(DEV, TopicKey(arn=KEY, policy=policy)) == blocked(
        "topic-key",
        f"The topic is encrypted with {KEY}, whose policy does not admit who tells the topic: "
        "DmsEvents.",
        why=LOST,
        remedy=ADD,
    )


def test_a_key_that_admits_who_tells_the_topic() -> None:
    policy = allows(*SERVICES, action="kms:*")

    assert judge_key(DEV, TopicKey(arn=KEY, policy=policy)) == right(
        "topic-key",
        f"The topic is encrypted with {KEY}, whose policy admits who tells it; its conditions are not "
        "judged.",
    )
