"""More that is given or sent along than a row should allow.

Written after the review had called some of it safe, before its rules were changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.edits import (
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    creates,
    edited,
    policy,
    updates,
)
from tests.unit.ferry.review.held.names import (
    EMAIL,
    KEY,
    NAT,
    OTHERS_ADDRESS,
    POSTGRES_LOG,
    TOPIC_ARN,
    TOPIC_POLICY,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


_OURS_ALONE: Final = {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def _whole(name: str, of: str, service: str, action: str, resource: str) -> Held:
    more = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resource,
        "Condition": _OURS_ALONE,
    }
    return edited(
        name, "The service may do all, also delete.", updates(of, policy=policy(of, more=[more]))
    )


def _receiver(name: str, why: str, **to: Json) -> Held:
    step = creates("aws_sns_topic_subscription.more", like=EMAIL, topic_arn=TOPIC_ARN, **to)
    return edited(name, why, step, expected=SECOND_OR_BLOCKED)


ROWS: Final = (
    edited(
        "nat-gateway-of-two-addresses",
        "It sends from either; the source's firewall admits the first.",
        updates(NAT, secondary_allocation_ids=[OTHERS_ADDRESS]),
    ),
    _whole("key-all-for-a-service", KEY, "logs.eu-central-1.amazonaws.com", "kms:*", "*"),
    _whole("key-pattern-for-a-service", KEY, "logs.eu-central-1.amazonaws.com", "kms:*e*", "*"),
    _whole("key-policy-for-a-service", KEY, "rds.amazonaws.com", "kms:PutKeyPolicy", "*"),
    _whole(
        "key-for-a-service-of-another-region",
        KEY,
        "logs.us-east-1.amazonaws.com",
        "kms:Decrypt",
        "*",
    ),
    _whole("topic-all-for-a-service", TOPIC_POLICY, "cloudwatch.amazonaws.com", "sns:*", TOPIC_ARN),
    _whole(
        *("topic-removed-by-a-service", TOPIC_POLICY, "cloudwatch.amazonaws.com"),
        *("sns:DeleteTopic", TOPIC_ARN),
    ),
    edited(
        "receiver-that-nobody-knows-yet",
        "It may be anybody.",
        creates(
            "aws_sns_topic_subscription.more",
            protocol="email",
            endpoint=UNKNOWN,
            topic_arn=TOPIC_ARN,
            id=UNKNOWN,
        ),
    ),
    _receiver(
        "receiver-of-two-addresses", "SNS refuses it.", endpoint="a@example.org,b@evil.example"
    ),
    _receiver("receiver-of-no-address", "SNS refuses it.", endpoint="operations"),
    _receiver("receiver-with-a-space", "SNS refuses it.", endpoint="a@example.org b@example.org"),
    edited(
        "log-no-longer-kept",
        "What is destroyed later takes the log along.",
        updates(POSTGRES_LOG, was={"skip_destroy": True}, skip_destroy=False),
    ),
)
