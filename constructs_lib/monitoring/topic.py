"""Who is told of alarms and events."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.encryption import EnvironmentKey
    from facts.placement import Placement

Statement = dict[str, Any]

_DIGEST_LENGTH = 8


class AlarmTopic(Construct):
    """The encrypted SNS topic ``NAME-alarms``, with one subscription for each e-mail address.

    Each address gets a mail from AWS and has to confirm; until it does, it gets nothing else. SNS
    drops a subscription that is not confirmed within 48 hours; the next plan makes it anew, and so
    sends another such mail. The topic's policy is :func:`topic_policy`; the key's has to admit the same services,
    which :class:`EnvironmentKey`'s does.

    Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html,
    https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html

    Args:
        scope: The parent.
        id_: The construct's id.
        name: The environment's prefix, such as ``aurora-ferry-dev``.
        placement: The account and region.
        key: Encrypts the messages while SNS has them.
        emails: The addresses, each once; their order means nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        placement: Placement,
        key: EnvironmentKey,
        emails: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id_)
        topic_name = f"{name}-alarms"
        topic = SnsTopic(self, "topic", name=topic_name, kms_master_key_id=key.arn)
        policy = SnsTopicPolicy(
            self,
            "policy",
            arn=topic.arn,
            policy=json.dumps(topic_policy(topic_name, placement)),
        )
        # Asked for by every alarm, and a question to jsii each time.
        self._arn = policy.arn
        for email in emails:
            SnsTopicSubscription(
                self,
                _subscription_id(email),
                topic_arn=topic.arn,
                protocol="email",
                endpoint=email,
            )

    @property
    def arn(self) -> str:
        """The topic's ARN, for what publishes to it.

        It is the policy's argument, so that whoever uses it waits for the policy: DMS and RDS try
        to publish when a subscription is made, and refuse it where they may not.
        """
        return self._arn


def topic_policy(topic_name: str, placement: Placement) -> dict[str, Any]:
    """Who may publish to a topic: CloudWatch alarms, RDS events and DMS events of its account.

    The account administers the topic; that does not include publishing, which the key would not
    permit a person either. ``aws cloudwatch set-alarm-state`` is the way to try the topic.

    Whatever is missing here fails silently: an alarm that never arrives.

    Sources:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.GrantingPermissions.html,
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html,
    https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html

    Args:
        topic_name: The topic's name.
        placement: The topic's account and region.
    """
    topic_arn = placement.arn("sns", topic_name)
    return {
        "Version": "2012-10-17",
        "Statement": [
            _administration(topic_arn, placement),
            _publisher(
                "CloudWatchAlarms",
                "cloudwatch.amazonaws.com",
                placement.arn("cloudwatch", "alarm:*"),
                topic_arn=topic_arn,
                placement=placement,
            ),
            _publisher(
                "RdsEvents",
                "events.rds.amazonaws.com",
                placement.arn("rds", "*"),
                topic_arn=topic_arn,
                placement=placement,
            ),
            _publisher(
                "DmsEvents",
                f"dms.{placement.dns_suffix}",
                placement.arn("dms", "*"),
                topic_arn=topic_arn,
                placement=placement,
            ),
            _tls_only(topic_arn),
        ],
    }


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


def _publisher(
    sid: str, principal: str, source_arn: str, *, topic_arn: str, placement: Placement
) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": placement.account_id},
            "ArnLike": {"aws:SourceArn": source_arn},
        },
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
