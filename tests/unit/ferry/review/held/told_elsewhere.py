"""Alarms, events and mail that go to where nobody hears them, and ways that SNS and RDS refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import ACCOUNT
from tests.unit.ferry.review.held.edits import (
    SAFE,
    SECOND_OR_BLOCKED,
    Held,
    creates,
    edited,
    updates,
)
from tests.unit.ferry.review.held.first_stack import first, put
from tests.unit.ferry.review.held.names import (
    CLUSTER_EVENTS,
    EMAIL,
    TASK_EVENTS,
    TOPIC_ARN,
    WRITER_CPU,
)

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

_PRODS: Final = TOPIC_ARN.replace("staging", "prod")
_OTHER: Final = f"arn:aws:sns:eu-central-1:{ACCOUNT}:test"
_FAR: Final = TOPIC_ARN.replace("eu-central-1", "us-east-1")


def _receiver(
    name: str, why: str, expected: frozenset[int] = SECOND_OR_BLOCKED, /, **to: Json
) -> Held:
    return edited(
        name,
        why,
        creates("aws_sns_topic_subscription.more", like=EMAIL, **{"topic_arn": TOPIC_ARN, **to}),
        expected=expected,
    )


ROWS: Final = (
    _receiver("receiver-of-prods-mail", "It is told of prod.", topic_arn=_PRODS),
    _receiver("receiver-in-another-region", "The topic is not there.", topic_arn=_FAR),
    _receiver(
        "receiver-firehose-without-a-role",
        "SNS refuses it.",
        protocol="firehose",
        endpoint=f"arn:aws:firehose:eu-central-1:{ACCOUNT}:deliverystream/it",
    ),
    _receiver(
        "receiver-s-dead-letters-in-another-region",
        "SNS keeps them in a queue of the region.",
        endpoint="b@example.org",
        redrive_policy=f'{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"}}',
    ),
    edited(
        "alarm-tells-prod-that-all-is-well",
        "Prod hears of what is not its own.",
        updates(WRITER_CPU, ok_actions=[TOPIC_ARN, _PRODS]),
    ),
    edited(
        "alarm-tells-prod-of-silence",
        "Prod hears of what is not its own.",
        updates(WRITER_CPU, insufficient_data_actions=[TOPIC_ARN, _PRODS]),
    ),
    edited(
        "events-to-another-region",
        "RDS tells no topic there.",
        creates(
            "aws_db_event_subscription.more",
            like=CLUSTER_EVENTS,
            name="aurora-ferry-staging-more",
            sns_topic=_FAR,
        ),
    ),
    edited(
        "events-of-dms-to-another-region",
        "DMS tells no topic there.",
        creates(
            "aws_dms_event_subscription.more",
            like=TASK_EVENTS,
            name="aurora-ferry-staging-more",
            sns_topic_arn=_FAR,
        ),
    ),
    edited(
        "alarm-tells-another-topic-alone",
        "Whether anybody hears that nobody knows.",
        creates(
            "aws_cloudwatch_metric_alarm.more",
            like=WRITER_CPU,
            alarm_name="more",
            alarm_actions=[_OTHER],
        ),
    ),
    edited(
        "events-told-to-another-topic-alone",
        "Whether anybody hears that nobody knows.",
        creates(
            "aws_db_event_subscription.more",
            like=CLUSTER_EVENTS,
            name="aurora-ferry-staging-more",
            sns_topic=_OTHER,
        ),
    ),
    first(
        "alarm-tells-another-topic",
        "Whoever subscribes is not told.",
        put(WRITER_CPU, alarm_actions=[_OTHER]),
    ),
    first(
        "events-told-to-another-topic",
        "Whoever subscribes is not told.",
        put(CLUSTER_EVENTS, sns_topic=_OTHER),
    ),
    edited(
        "events-of-sources-without-a-kind",
        "RDS refuses it.",
        updates(CLUSTER_EVENTS, source_type=None),
    ),
)
FINE: Final = (
    _receiver(
        "receiver-of-some-alarms",
        "Whoever is there is told of all of them.",
        SAFE,
        endpoint="b@example.org",
        filter_policy='{"AlarmName":[{"prefix":"rds"}]}',
        filter_policy_scope="MessageBody",
    ),
    edited(
        "alarm-tells-two-topics",
        "One of them is the plan's.",
        creates(
            "aws_cloudwatch_metric_alarm.more",
            like=WRITER_CPU,
            alarm_name="more",
            alarm_actions=[_OTHER, TOPIC_ARN],
        ),
        expected=SAFE,
    ),
)
