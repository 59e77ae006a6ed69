"""Who may publish to the topic, statement by statement, and who gets the mails."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider

from constructs_lib.monitoring import AlarmTopic
from constructs_lib.monitoring.topic import topic_policy
from facts.placement import Placement
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.template import Template

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY: Any = SimpleNamespace(arn="arn:aws:kms:eu-central-1:111122223333:key/1")
OF_THE_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
ARN = "arn:aws:sns:eu-central-1:111122223333:aurora-ferry-dev-alarms"


def make(stack: TerraformStack, placement: Placement, *, emails: Sequence[str] = ()) -> AlarmTopic:
    return AlarmTopic(stack, "topic", names=NAMES, placement=placement, key=KEY, emails=emails)


def statement(placement: Placement, sid: str) -> dict[str, Any]:
    policy = json.loads(topic_policy("aurora-ferry-dev-alarms", placement))
    (found,) = [one for one in policy["Statement"] if one["Sid"] == sid]
    assert isinstance(found, dict)
    return found


def test_the_topic_is_encrypted_with_the_environments_key(
    stack: TerraformStack, placement: Placement
) -> None:
    make(stack, placement)
    Template.of(stack).has(
        "aws_sns_topic", name="aurora-ferry-dev-alarms", kms_master_key_id=KEY.arn
    )


def test_the_policy_has_these_statements_and_no_other(placement: Placement) -> None:
    policy = json.loads(topic_policy("aurora-ferry-dev-alarms", placement))
    assert policy["Version"] == "2012-10-17"
    assert [one["Sid"] for one in policy["Statement"]] == [
        "Administration",
        "CloudWatchAlarms",
        "RdsEvents",
        "DmsEvents",
        "TlsOnly",
    ]


def test_the_policy_is_the_topics(stack: TerraformStack, placement: Placement) -> None:
    make(stack, placement)
    template = Template.of(stack)
    (topic,) = template.resources("aws_sns_topic")
    written = template.only("aws_sns_topic_policy")
    assert written["arn"] == f"${{aws_sns_topic.{topic}.arn}}"
    assert written["policy"] == topic_policy("aurora-ferry-dev-alarms", placement)


@pytest.mark.parametrize(
    ("sid", "principal", "source"),
    [
        (
            "CloudWatchAlarms",
            "cloudwatch.amazonaws.com",
            "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:*",
        ),
        ("RdsEvents", "events.rds.amazonaws.com", "arn:aws:rds:eu-central-1:111122223333:*"),
        ("DmsEvents", "dms.amazonaws.com", "arn:aws:dms:eu-central-1:111122223333:*"),
    ],
)
def test_a_service_may_publish_for_this_account_and_region_alone(
    placement: Placement, sid: str, principal: str, source: str
) -> None:
    assert statement(placement, sid) == {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": "sns:Publish",
        "Resource": ARN,
        "Condition": {
            **({} if sid == "DmsEvents" else OF_THE_ACCOUNT),
            "ArnLike": {"aws:SourceArn": source},
        },
    }


def test_the_account_administers_the_topic_and_does_not_publish(placement: Placement) -> None:
    assert statement(placement, "Administration") == {
        "Sid": "Administration",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": [
            "sns:AddPermission",
            "sns:DeleteTopic",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:RemovePermission",
            "sns:SetTopicAttributes",
            "sns:Subscribe",
        ],
        "Resource": ARN,
    }


def test_nobody_publishes_without_tls(placement: Placement) -> None:
    assert statement(placement, "TlsOnly") == {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": ARN,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_principals_and_arns_are_of_the_partition() -> None:
    china = Placement(account_id="111122223333", region="cn-north-1")
    found = statement(china, "DmsEvents")
    assert found["Principal"] == {"Service": "dms.amazonaws.com.cn"}
    assert found["Resource"] == "arn:aws-cn:sns:cn-north-1:111122223333:aurora-ferry-dev-alarms"


def test_whoever_uses_the_topic_waits_for_its_policy(
    stack: TerraformStack, placement: Placement
) -> None:
    topic = make(stack, placement)
    (policy,) = Template.of(stack).resources("aws_sns_topic_policy")
    assert resolved(topic.arn, stack) == f"${{aws_sns_topic_policy.{policy}.arn}}"


def test_each_address_has_a_subscription(stack: TerraformStack, placement: Placement) -> None:
    make(stack, placement, emails=["dba@example.org", "on-call@example.org"])
    template = Template.of(stack)
    (topic,) = template.resources("aws_sns_topic")
    assert len(template.resources("aws_sns_topic_subscription")) == 2
    for address in ("dba@example.org", "on-call@example.org"):
        assert template.where("aws_sns_topic_subscription", endpoint=address) == {
            "topic_arn": f"${{aws_sns_topic.{topic}.arn}}",
            "protocol": "email",
            "endpoint": address,
        }


def test_without_addresses_there_is_a_topic_all_the_same(
    stack: TerraformStack, placement: Placement
) -> None:
    make(stack, placement)
    template = Template.of(stack)
    assert len(template.resources("aws_sns_topic")) == 1
    assert template.resources("aws_sns_topic_subscription") == {}


def test_the_order_of_the_addresses_changes_nothing(placement: Placement) -> None:
    def subscriptions(*emails: str) -> dict[str, Any]:
        stack = TerraformStack(Testing.app(), "test")
        AwsProvider(stack, "aws", region="eu-central-1")
        make(stack, placement, emails=emails)
        return Template.of(stack).resources("aws_sns_topic_subscription")

    assert subscriptions("a@example.org", "b@example.org") == subscriptions(
        "b@example.org", "a@example.org"
    )
