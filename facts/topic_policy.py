"""Who publishes to the topic that an environment tells, as statements of the topic's policy.

They are the same for the topic that a stack makes and for one's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts.placement import CLOUDWATCH_ALARMS, RDS_EVENTS

if TYPE_CHECKING:
    from facts.placement import Placement

TopicStatement = dict[str, Any]


def publishers(topic_arn: str, placement: Placement) -> list[TopicStatement]:
    """CloudWatch alarms, RDS events and DMS events of an environment's account.

    CloudWatch and RDS name the account in ``aws:SourceAccount``. Whether DMS does is written nowhere;
    its ``aws:SourceArn`` holds the account too.

    Whatever is missing here fails silently: an alarm that never arrives.

    Sources:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.GrantingPermissions.html,
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html,
    https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html

    Args:
        topic_arn: The topic.
        placement: The environment's account and region.
    """
    account_id = placement.account_id
    return [
        _publisher(
            "CloudWatchAlarms",
            CLOUDWATCH_ALARMS,
            placement.arn("cloudwatch", "alarm:*"),
            topic_arn=topic_arn,
            account_id=account_id,
        ),
        _publisher(
            "RdsEvents",
            RDS_EVENTS,
            placement.arn("rds", "*"),
            topic_arn=topic_arn,
            account_id=account_id,
        ),
        _publisher(
            "DmsEvents",
            placement.dms_principal,
            placement.arn("dms", "*"),
            topic_arn=topic_arn,
        ),
    ]


def _publisher(
    sid: str, principal: str, source_arn: str, *, topic_arn: str, account_id: str | None = None
) -> TopicStatement:
    condition: TopicStatement = {"ArnLike": {"aws:SourceArn": source_arn}}
    if account_id is not None:
        condition = {"StringEquals": {"aws:SourceAccount": account_id}, **condition}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": condition,
    }
