"""What RDS and DMS tell by themselves, and of which of their resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts import events, outputs
from ferry.check.deployment import statuses

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect


def find_subscriptions(deployed: Deployed, *services: str) -> list[dict[str, Any]]:
    """The subscriptions of `rds`, `dms` that tell the topic; both answer alike.

    Others may tell a topic of one's own: of these only the environment's, by their names.
    """
    topic = deployed.outputs[outputs.ALARM_TOPIC_ARN]
    is_shared = deployed.environment.alarms.topic_arn is not None
    begins = f"{deployed.names.prefix}-"
    return [
        one
        for service in services
        for page in getattr(deployed.account, service)
        .get_paginator("describe_event_subscriptions")
        .paginate()
        for one in page["EventSubscriptionsList"]
        if one.get("SnsTopicArn") == topic
        and (not is_shared or one.get("CustSubscriptionId", "").startswith(begins))
    ]


def check_rds_tells_of_the_cluster_and_its_instances(deployed: Deployed, expect: Expect) -> None:
    """RDS tells the topic of the cluster and of every instance."""
    expect.same_items(
        "What RDS tells the topic of",
        [
            (one.get("SourceType"), source)
            for one in find_subscriptions(deployed, "rds")
            for source in one.get("SourceIdsList", [])
        ],
        [
            (events.CLUSTER, deployed.outputs[outputs.CLUSTER_ID]),
            *((events.CLUSTER_INSTANCE, name) for name in deployed.instance_identifiers),
        ],
    )


def check_dms_tells_of_the_instance_and_its_tasks(deployed: Deployed, expect: Expect) -> None:
    """DMS tells the topic of the replication instance and of every task."""
    names = deployed.names
    tasks = [task.name for task in deployed.migration.dms.tasks]
    tasks += [leg.task.name for leg in deployed.environment.legs]
    expect.same_items(
        "What DMS tells the topic of",
        [
            (one.get("SourceType"), source)
            for one in find_subscriptions(deployed, "dms")
            for source in one.get("SourceIdsList", [])
        ],
        [
            (events.REPLICATION_INSTANCE, names.replication_instance),
            *((events.TASK, names.task(task_name)) for task_name in tasks),
        ],
    )


def check_what_is_told_of(deployed: Deployed, expect: Expect) -> None:
    """RDS and DMS tell of everything that may concern a migration."""
    for one in find_subscriptions(deployed, "rds", "dms"):
        wanted = events.CATEGORIES.get(one.get("SourceType", ""), ())
        missing = ", ".join(sorted(set(wanted) - set(one.get("EventCategoriesList", []))))
        expect.that(not missing, f"{one.get('CustSubscriptionId')} does not tell of: {missing}.")


def check_subscriptions_to_events_are_active(deployed: Deployed, expect: Expect) -> None:
    """The subscriptions to events are active."""
    for one in find_subscriptions(deployed, "rds", "dms"):
        name = one.get("CustSubscriptionId")
        expect.equal(f"{name} is enabled", one.get("Enabled"), wanted=True)
        what, status = f"The subscription {name}", one.get("Status")
        expect.status(what, status, statuses.EVENT_SUBSCRIPTION)
