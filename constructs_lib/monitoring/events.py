"""What RDS and DMS tell by themselves: failures, failovers, stops, maintenance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.db_event_subscription import DbEventSubscription
from cdktf_cdktf_provider_aws.dms_event_subscription import DmsEventSubscription
from constructs import Construct

from facts import events

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.protocols import Topic
    from facts.names import Names


class EventSubscriptions(Construct):
    """Subscriptions to the events of the cluster, the replication instance and the tasks.

    Each names its sources: a subscription without any would tell of the whole account and region.
    The sources are references to the resources, so that a subscription waits for what it speaks of,
    as AWS refuses a source that does not exist, and goes before it.

    Each task has a subscription of its own. DMS cannot change the sources of a subscription, so
    that one for all tasks would be replaced, and deaf meanwhile, whenever a task comes or goes. RDS
    can: its second subscription has all of the cluster's instances.

    AWS recommends EventBridge for DMS's events; SNS subscriptions go on working, and need neither a
    rule nor another service's access to the topic's key.

    Sources:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html,
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html

    Args:
        scope: The parent.
        id_: The construct's id.
        names: The environment's names.
        cluster: The cluster's identifier.
        cluster_instances: The identifiers of its instances.
        replication_instance: The replication instance's identifier; None where there is none.
        tasks: The tasks' identifiers by their own names, such as ``orders``.
        topic: Who is told.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        cluster: str,
        cluster_instances: Sequence[str],
        replication_instance: str | None,
        tasks: Mapping[str, str],
        topic: Topic,
    ) -> None:
        super().__init__(scope, id_)
        DbEventSubscription(
            self,
            "aurora-cluster",
            name=names.cluster_events,
            sns_topic=topic.arn,
            source_type=events.CLUSTER,
            source_ids=[cluster],
            event_categories=list(events.CATEGORIES[events.CLUSTER]),
        )
        DbEventSubscription(
            self,
            "aurora-instances",
            name=names.cluster_instance_events,
            sns_topic=topic.arn,
            source_type=events.CLUSTER_INSTANCE,
            source_ids=list(cluster_instances),
            event_categories=list(events.CATEGORIES[events.CLUSTER_INSTANCE]),
        )
        if replication_instance is not None:
            DmsEventSubscription(
                self,
                "dms-instance",
                name=names.replication_instance_events,
                sns_topic_arn=topic.arn,
                source_type=events.REPLICATION_INSTANCE,
                source_ids=[replication_instance],
                event_categories=list(events.CATEGORIES[events.REPLICATION_INSTANCE]),
            )
        for task_name, task in tasks.items():
            DmsEventSubscription(
                self,
                f"dms-task-{task_name}",
                name=names.task_events(task_name),
                sns_topic_arn=topic.arn,
                source_type=events.TASK,
                source_ids=[task],
                event_categories=list(events.CATEGORIES[events.TASK]),
            )
