from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from tests.unit.local_aws.dms.conftest import Tasks


@pytest.fixture
def topic_arn(aws: Aws) -> str:
    return aws.topic_arn()


def create(aws: Aws, topic_arn: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the call's
    made: dict[str, Any] = aws.dms.create_event_subscription(
        **{"SubscriptionName": "failures", "SnsTopicArn": topic_arn, **arguments}
    )["EventSubscription"]
    return made


def read(aws: Aws) -> dict[str, Any]:
    [found] = aws.dms.describe_event_subscriptions(SubscriptionName="failures")[
        "EventSubscriptionsList"
    ]
    subscription: dict[str, Any] = found
    return subscription


def test_it_reads_back(aws: Aws, topic_arn: str, tasks: Tasks) -> None:
    tasks.make("orders")
    made = create(
        aws,
        topic_arn,
        SourceType="replication-task",
        SourceIds=["orders"],
        EventCategories=["failure", "state change"],
        Tags=[{"Key": "project", "Value": "ferry"}],
    )
    assert made["Status"] == "creating"
    found = read(aws)
    assert found["Status"] == "active"
    assert found["CustomerAwsId"] == aws.account
    assert found["SourceIdsList"] == ["orders"]
    assert found["EventCategoriesList"] == ["failure", "state change"]
    assert found["Enabled"] is True
    arn = f"arn:aws:dms:eu-central-1:{aws.account}:es:failures"
    assert aws.dms.list_tags_for_resource(ResourceArn=arn)["TagList"] == [
        {"Key": "project", "Value": "ferry", "ResourceArn": arn}
    ]


def test_it_may_be_about_an_instance_or_about_everything(
    aws: Aws, topic_arn: str, instance_arn: str
) -> None:
    assert instance_arn
    create(aws, topic_arn, SourceType="replication-instance", SourceIds=["ferry-dev"])
    assert create(aws, topic_arn, SubscriptionName="all")["SourceIdsList"] == []
    assert len(aws.dms.describe_event_subscriptions()["EventSubscriptionsList"]) == 2


def test_it_is_modified(aws: Aws, topic_arn: str) -> None:
    create(aws, topic_arn, SourceType="replication-task")
    other = aws.topic_arn("other")
    answer = aws.dms.modify_event_subscription(
        SubscriptionName="failures",
        SnsTopicArn=other,
        EventCategories=["failure"],
        Enabled=False,
    )["EventSubscription"]
    assert answer["Status"] == "modifying"
    found = read(aws)
    assert found["Status"] == "active"
    assert found["SnsTopicArn"] == other
    assert found["EventCategoriesList"] == ["failure"]
    assert found["Enabled"] is False


def test_it_is_deleted(aws: Aws, topic_arn: str) -> None:
    create(aws, topic_arn)
    answer = aws.dms.delete_event_subscription(SubscriptionName="failures")["EventSubscription"]
    assert answer["Status"] == "deleting"
    with refused("ResourceNotFoundFault", "No Event subscription found matching"):
        read(aws)
    with refused("ResourceNotFoundFault", "es:failures not found"):
        aws.dms.delete_event_subscription(SubscriptionName="failures")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ({"SnsTopicArn": "arn:none"}, "SNSInvalidTopicFault", "The SNS topic arn:none is invalid"),
        (
            {"SourceType": "cluster"},
            "InvalidParameterValueException",
            "source type 'cluster': give replication-instance or replication-task",
        ),
        (
            {"SourceType": "replication-task", "EventCategories": ["failover"]},
            "InvalidParameterValueException",
            "event category 'failover' of replication-task: give some of configuration change,",
        ),
        (
            {"SourceType": "replication-task", "SourceIds": ["gone"]},
            "ResourceNotFoundFault",
            "Replication task gone not found",
        ),
        (
            {"SourceType": "replication-instance", "SourceIds": ["gone"]},
            "ResourceNotFoundFault",
            "Replication instance gone not found",
        ),
    ],
)
def test_what_dms_refuses(
    aws: Aws, topic_arn: str, arguments: dict[str, Any], code: str, message: str
) -> None:
    with refused(code, message):
        create(aws, topic_arn, **arguments)


def test_a_second_of_its_name_is_refused(aws: Aws, topic_arn: str) -> None:
    create(aws, topic_arn)
    with refused("ResourceAlreadyExistsFault", "Event subscription failures already exists"):
        create(aws, topic_arn)
