"""What RDS and DMS tell by themselves, and of which of their resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.expect import equal, same_items
from ferry.check.deployment.instances import instance_identifiers
from ferry.check.deployment.replication import find_replication_instance
from ferry.check.deployment.tasks import find_tasks

if TYPE_CHECKING:
    import types_boto3_dms.type_defs as dms
    import types_boto3_rds.type_defs as rds

    from ferry.check.deployment.deployed import Deployed

_CATEGORIES = {
    "db-cluster": {"failover", "failure", "maintenance"},
    "db-instance": {"failure", "low storage", "maintenance"},
    "replication-instance": {"failover", "failure", "low storage", "maintenance"},
    "replication-task": {"failure", "state change"},
}
"""The least that is told of each kind of source."""


def find_rds_subscriptions(deployed: Deployed) -> list[rds.EventSubscriptionTypeDef]:
    """RDS's subscriptions that tell the topic."""
    topic = deployed.outputs[outputs.ALARM_TOPIC_ARN]
    pages = deployed.rds.get_paginator("describe_event_subscriptions").paginate()
    return [
        one
        for page in pages
        for one in page["EventSubscriptionsList"]
        if one.get("SnsTopicArn") == topic
    ]


def find_dms_subscriptions(deployed: Deployed) -> list[dms.EventSubscriptionTypeDef]:
    """DMS's subscriptions that tell the topic."""
    topic = deployed.outputs[outputs.ALARM_TOPIC_ARN]
    pages = deployed.dms.get_paginator("describe_event_subscriptions").paginate()
    return [
        one
        for page in pages
        for one in page["EventSubscriptionsList"]
        if one.get("SnsTopicArn") == topic
    ]


def check_rds_tells_of_the_cluster_and_its_instances(deployed: Deployed) -> None:
    same_items(
        "sources of RDS's events",
        [
            (one.get("SourceType"), source)
            for one in find_rds_subscriptions(deployed)
            for source in one.get("SourceIdsList", [])
        ],
        [
            ("db-cluster", deployed.outputs[outputs.CLUSTER_ID]),
            *(("db-instance", identifier) for identifier in instance_identifiers(deployed)),
        ],
    )


def check_dms_tells_of_the_instance_and_its_tasks(deployed: Deployed) -> None:
    instance = find_replication_instance(deployed).get("ReplicationInstanceIdentifier")
    tasks = find_tasks(deployed).values()
    same_items(
        "sources of DMS's events",
        [
            (one.get("SourceType"), source)
            for one in find_dms_subscriptions(deployed)
            for source in one.get("SourceIdsList", [])
        ],
        [
            ("replication-instance", instance),
            *(("replication-task", task.get("ReplicationTaskIdentifier")) for task in tasks),
        ],
    )


def check_what_is_told_of(deployed: Deployed) -> None:
    for one in (*find_rds_subscriptions(deployed), *find_dms_subscriptions(deployed)):
        source_type = one.get("SourceType", "")
        told = set(one.get("EventCategoriesList", []))
        missing = sorted(_CATEGORIES[source_type] - told)
        assert not missing, f"of a {source_type} is not told: {missing}"


def check_subscriptions_to_events_are_active(deployed: Deployed) -> None:
    for one in (*find_rds_subscriptions(deployed), *find_dms_subscriptions(deployed)):
        name = one.get("CustSubscriptionId")
        equal(f"{name} is enabled", one.get("Enabled"), wanted=True)
        equal(f"{name}'s status", one.get("Status"), "active")
