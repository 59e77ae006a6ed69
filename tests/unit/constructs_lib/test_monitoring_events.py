"""Which events are told, of which sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider

from constructs_lib.monitoring import EventSubscriptions
from tests.unit.constructs_lib.examples import NAMES, TOPIC_ARN, topic
from tests.unit.template import Template

if TYPE_CHECKING:
    from collections.abc import Sequence

# As describe-event-categories lists them for each source type.
KNOWN_CATEGORIES = {
    "db-cluster": {
        "configuration change",
        "creation",
        "deletion",
        "failover",
        "failure",
        "global failover",
        "maintenance",
        "notification",
    },
    "db-instance": {
        "availability",
        "backup",
        "configuration change",
        "creation",
        "deletion",
        "failure",
        "low storage",
        "maintenance",
        "notification",
        "read replica",
        "recovery",
        "restoration",
        "security patching",
    },
    "replication-instance": {
        "configuration change",
        "creation",
        "deletion",
        "failover",
        "failure",
        "low storage",
        "maintenance",
    },
    "replication-task": {
        "configuration change",
        "creation",
        "deletion",
        "failure",
        "state change",
    },
}
WANTED_CATEGORIES = {
    "db-cluster": {"failure", "failover", "maintenance", "notification"},
    "db-instance": {"availability", "failure", "low storage", "maintenance", "notification"},
    "replication-instance": {"failure", "failover", "low storage", "maintenance"},
    "replication-task": {"failure", "state change"},
}


def template(*task_names: str) -> Template:
    stack = TerraformStack(Testing.app(), "test")
    AwsProvider(stack, "aws", region="eu-central-1")
    EventSubscriptions(
        stack,
        "events",
        names=NAMES,
        cluster="aurora-ferry-dev",
        cluster_instances=["aurora-ferry-dev-writer", "aurora-ferry-dev-reader-1"],
        replication_instance="aurora-ferry-dev",
        tasks={name: f"aurora-ferry-dev-{name}" for name in task_names},
        topic=topic(),
    )
    return Template.of(stack)


def subscriptions(found: Template) -> list[dict[str, Any]]:
    return [
        subscription
        for type_ in ("aws_db_event_subscription", "aws_dms_event_subscription")
        for subscription in found.resources(type_).values()
    ]


def test_the_cluster_and_its_instances() -> None:
    found = template()
    assert len(found.resources("aws_db_event_subscription")) == 2
    found.has(
        "aws_db_event_subscription",
        name="aurora-ferry-dev-aurora-cluster",
        sns_topic=TOPIC_ARN,
        source_type="db-cluster",
        source_ids=["aurora-ferry-dev"],
    )
    found.has(
        "aws_db_event_subscription",
        name="aurora-ferry-dev-aurora-instances",
        sns_topic=TOPIC_ARN,
        source_type="db-instance",
        source_ids=["aurora-ferry-dev-writer", "aurora-ferry-dev-reader-1"],
    )


def test_the_replication_instance_and_each_task() -> None:
    found = template("orders", "rest")
    assert len(found.resources("aws_dms_event_subscription")) == 3
    found.has(
        "aws_dms_event_subscription",
        name="aurora-ferry-dev-dms-instance",
        sns_topic_arn=TOPIC_ARN,
        source_type="replication-instance",
        source_ids=["aurora-ferry-dev"],
    )
    for task in ("orders", "rest"):
        found.has(
            "aws_dms_event_subscription",
            name=f"aurora-ferry-dev-dms-task-{task}",
            sns_topic_arn=TOPIC_ARN,
            source_type="replication-task",
            source_ids=[f"aurora-ferry-dev-{task}"],
        )


@pytest.mark.parametrize("task_names", [(), ("orders",)])
def test_no_subscription_is_to_the_whole_account(task_names: Sequence[str]) -> None:
    """RDS and DMS take a subscription without sources for one to all of them."""
    assert all(one["source_ids"] for one in subscriptions(template(*task_names)))


@pytest.mark.parametrize("source_type", KNOWN_CATEGORIES)
def test_the_categories_exist_for_the_source_type(source_type: str) -> None:
    (found,) = [
        one for one in subscriptions(template("orders")) if one["source_type"] == source_type
    ]
    categories = found["event_categories"]
    assert WANTED_CATEGORIES[source_type] <= set(categories) <= KNOWN_CATEGORIES[source_type]
    assert categories == sorted(set(categories))


def test_another_task_or_another_order_changes_no_subscription_that_exists() -> None:
    before = template("orders").resources("aws_dms_event_subscription")
    after = template("billing", "orders").resources("aws_dms_event_subscription")
    assert before.items() <= after.items()
    assert template("orders", "billing").resources("aws_dms_event_subscription") == after
