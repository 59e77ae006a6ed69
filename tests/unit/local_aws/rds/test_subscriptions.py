from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from tests.unit.local_aws.rds.conftest import Clusters


@pytest.fixture
def topic_arn(aws: Aws) -> str:
    return aws.topic_arn()


def create(aws: Aws, topic_arn: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the call's
    made: dict[str, Any] = aws.rds.create_event_subscription(
        **{"SubscriptionName": "failures", "SnsTopicArn": topic_arn, **arguments}
    )["EventSubscription"]
    return made


def read(aws: Aws) -> dict[str, Any]:
    [found] = aws.rds.describe_event_subscriptions(SubscriptionName="failures")[
        "EventSubscriptionsList"
    ]
    subscription: dict[str, Any] = found
    return subscription


def test_it_reads_back_with_its_tags(aws: Aws, topic_arn: str, clusters: Clusters) -> None:
    clusters.make()
    made = create(
        aws,
        topic_arn,
        SourceType="db-cluster",
        SourceIds=["ferry"],
        EventCategories=["failover", "failure"],
        Tags=[{"Key": "project", "Value": "ferry"}],
    )
    assert made["Status"] == "creating"
    found = read(aws)
    assert found["Status"] == "active"
    assert found["CustomerAwsId"] == aws.account
    assert found["SourceIdsList"] == ["ferry"]
    assert found["EventCategoriesList"] == ["failover", "failure"]
    assert found["Enabled"] is True
    arn = found["EventSubscriptionArn"]
    assert arn == f"arn:aws:rds:eu-central-1:{aws.account}:es:failures"
    aws.rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert aws.rds.list_tags_for_resource(ResourceName=arn)["TagList"] == [
        {"Key": "project", "Value": "ferry"},
        {"Key": "a", "Value": "b"},
    ]


def test_it_is_modified(aws: Aws, topic_arn: str) -> None:
    create(aws, topic_arn, SourceType="db-instance")
    other = aws.topic_arn("other")
    answer = aws.rds.modify_event_subscription(
        SubscriptionName="failures",
        SnsTopicArn=other,
        EventCategories=["failure"],
        Enabled=False,
    )["EventSubscription"]
    assert answer["Status"] == "modifying"
    found = read(aws)
    assert found["Status"] == "active"
    assert (found["SnsTopicArn"], found["Enabled"]) == (other, False)
    assert found["EventCategoriesList"] == ["failure"]
    kept = aws.rds.modify_event_subscription(SubscriptionName="failures")["EventSubscription"]
    assert kept["EventCategoriesList"] == ["failure"]


def test_sources_come_and_go(aws: Aws, topic_arn: str, clusters: Clusters) -> None:
    clusters.make()
    for name in ("ferry-0", "ferry-1"):
        clusters.instance(name)
    create(aws, topic_arn, SourceType="db-instance", SourceIds=["ferry-0"])
    for _ in range(2):
        aws.rds.add_source_identifier_to_subscription(
            SubscriptionName="failures", SourceIdentifier="ferry-1"
        )
    assert read(aws)["SourceIdsList"] == ["ferry-0", "ferry-1"]
    aws.rds.remove_source_identifier_from_subscription(
        SubscriptionName="failures", SourceIdentifier="ferry-0"
    )
    assert read(aws)["SourceIdsList"] == ["ferry-1"]


def test_it_is_deleted(aws: Aws, topic_arn: str) -> None:
    create(aws, topic_arn)
    answer = aws.rds.delete_event_subscription(SubscriptionName="failures")["EventSubscription"]
    assert answer["Status"] == "deleting"
    assert aws.rds.describe_event_subscriptions()["EventSubscriptionsList"] == []
    with refused("SubscriptionNotFound", "Subscription failures not found"):
        read(aws)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ({"SnsTopicArn": "arn:none"}, "SNSTopicArnNotFound", "arn:none does not exist"),
        (
            {"SourceType": "db-cluster", "EventCategories": ["low storage"]},
            "SubscriptionCategoryNotFound",
            "'low storage' of db-cluster does not exist; there are configuration change,",
        ),
        (
            {"SourceType": "db-cluster", "SourceIds": ["gone"]},
            "SourceNotFound",
            "db-cluster gone does not exist",
        ),
    ],
)
def test_what_rds_refuses(
    aws: Aws, topic_arn: str, arguments: dict[str, Any], code: str, message: str
) -> None:
    with refused(code, message):
        create(aws, topic_arn, **arguments)
    assert aws.rds.describe_event_subscriptions()["EventSubscriptionsList"] == []


def test_a_second_of_its_name_is_refused(aws: Aws, topic_arn: str) -> None:
    create(aws, topic_arn)
    with refused("SubscriptionAlreadyExist", "Subscription failures already exists"):
        create(aws, topic_arn)


def test_categories(aws: Aws) -> None:
    kinds = aws.rds.describe_event_categories()["EventCategoriesMapList"]
    assert {"db-cluster", "db-instance"} <= {kind["SourceType"] for kind in kinds}
    [instance] = aws.rds.describe_event_categories(SourceType="db-instance")[
        "EventCategoriesMapList"
    ]
    assert "low storage" in instance["EventCategories"]
