"""Which events are told, of which sources."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.dms_replication_instance import DmsReplicationInstance
from cdktf_cdktf_provider_aws.dms_replication_task import DmsReplicationTask
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance

from constructs_lib.monitoring import EventSubscriptions
from tests.unit.constructs_lib.monitoring_examples import (
    TOPIC_ARN,
    cluster,
    instance,
    tasks,
    topic,
)
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


def template(*task_names: str, readers: int = 2) -> Template:
    stack = TerraformStack(Testing.app(), "test")
    AwsProvider(stack, "aws", region="eu-central-1")
    EventSubscriptions(
        stack,
        "events",
        name="aurora-ferry-dev",
        cluster=cluster(readers=readers),
        instance=instance(),
        tasks=tasks(*task_names),
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
    found = template(readers=2)
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
        source_ids=[
            "aurora-ferry-dev-writer",
            "aurora-ferry-dev-reader-1",
            "aurora-ferry-dev-reader-2",
        ],
    )


def test_without_readers_the_writer_is_told_of() -> None:
    template(readers=0).has(
        "aws_db_event_subscription",
        source_type="db-instance",
        source_ids=["aurora-ferry-dev-writer"],
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


def test_a_subscription_waits_for_what_it_tells_of(stack: TerraformStack) -> None:
    """AWS refuses a source that does not exist yet."""
    database: Any = SimpleNamespace(
        cluster=RdsCluster(stack, "cluster", engine="aurora-postgresql", cluster_identifier="c"),
        writer=RdsClusterInstance(
            stack,
            "writer",
            cluster_identifier="c",
            engine="aurora-postgresql",
            instance_class="db.r6g.large",
        ),
        readers=[],
    )
    replication: Any = SimpleNamespace(
        instance=DmsReplicationInstance(
            stack,
            "instance",
            replication_instance_id="i",
            replication_instance_class="dms.t3.medium",
        )
    )
    task: Any = SimpleNamespace(
        task=DmsReplicationTask(
            stack,
            "task",
            replication_task_id="t",
            migration_type="cdc",
            replication_instance_arn="i",
            source_endpoint_arn="s",
            target_endpoint_arn="t",
            table_mappings="{}",
        )
    )
    EventSubscriptions(
        stack,
        "events",
        name="aurora-ferry-dev",
        cluster=database,
        instance=replication,
        tasks={"orders": task},
        topic=topic(),
    )
    sources = {one["source_type"]: one["source_ids"] for one in subscriptions(Template.of(stack))}
    assert sources == {
        "db-cluster": ["${aws_rds_cluster.cluster.cluster_identifier}"],
        "db-instance": ["${aws_rds_cluster_instance.writer.identifier}"],
        "replication-instance": [
            "${aws_dms_replication_instance.instance.replication_instance_id}"
        ],
        "replication-task": ["${aws_dms_replication_task.task.replication_task_id}"],
    }
