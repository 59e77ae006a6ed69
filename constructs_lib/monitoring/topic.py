"""Who is told of alarms and events."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from constructs_lib.policies import policy
from facts.templates import plain
from facts.topic_policy import publishers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.policies import Statement
    from constructs_lib.protocols import Key
    from facts.names import Names
    from facts.placement import Placement

_DIGEST_LENGTH = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnTopic:
    """A topic that is there already, with its receivers; nothing of it is made or changed here.

    Args:
        arn: The topic's ARN.
    """

    arn: str


class AlarmTopic(Construct):
    """The encrypted SNS topic of alarms and events, with a subscription for each e-mail address.

    Each address gets a mail from AWS and has to confirm; until it does, it gets nothing else. SNS
    drops a subscription that is not confirmed within 48 hours; the next plan makes it anew, and so
    sends another such mail. The topic's policy is :func:`topic_policy`; the key's has to admit the
    same services.

    Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html,
    https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html

    Args:
        scope: The parent.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region.
        key: Encrypts the messages while SNS has them.
        emails: The addresses, each once; their order means nothing.
    """

    arn: str
    """The topic's ARN, for what publishes to it.

    It is the policy's argument, so that whoever uses it waits for the policy: DMS and RDS try to
    publish when a subscription is made, and refuse it where they may not.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        placement: Placement,
        key: Key,
        emails: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        topic = SnsTopic(self, "topic", name=names.alarm_topic, kms_master_key_id=key.arn)
        # Asked for by every alarm, and a question to jsii each time.
        self.arn = SnsTopicPolicy(
            self, "policy", arn=topic.arn, policy=topic_policy(names.alarm_topic, placement)
        ).arn
        for email in emails:
            SnsTopicSubscription(
                self,
                _subscription_id(email),
                topic_arn=topic.arn,
                protocol="email",
                endpoint=plain(email),
            )


def topic_policy(topic_name: str, placement: Placement) -> str:
    """Who may publish to a topic: CloudWatch alarms, RDS events and DMS events of its account.

    The account administers the topic; that does not include publishing, which the key would not
    permit a person either. ``aws cloudwatch set-alarm-state`` is the way to try the topic.

    Args:
        topic_name: The topic's name.
        placement: The topic's account and region.
    """
    topic_arn = placement.arn("sns", topic_name)
    return policy(
        _administration(topic_arn, placement),
        *publishers(topic_arn, placement),
        _tls_only(topic_arn),
    )


def _administration(topic_arn: str, placement: Placement) -> Statement:
    return {
        "Sid": "Administration",
        "Effect": "Allow",
        "Principal": {"AWS": placement.global_arn("iam", "root")},
        "Action": [
            "sns:AddPermission",
            "sns:DeleteTopic",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:RemovePermission",
            "sns:SetTopicAttributes",
            "sns:Subscribe",
        ],
        "Resource": topic_arn,
    }


def _tls_only(topic_arn: str) -> Statement:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _subscription_id(email: str) -> str:
    """An id that depends on the address alone, not on its place in a list."""
    digest = hashlib.sha256(email.encode()).hexdigest()
    return f"email-{digest[:_DIGEST_LENGTH]}"
