"""What RDS and DMS tell by themselves: failures, failovers, stops, maintenance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.db_event_subscription import DbEventSubscription
from cdktf_cdktf_provider_aws.dms_event_subscription import DmsEventSubscription
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.aurora import AuroraCluster
    from constructs_lib.monitoring.topic import AlarmTopic
    from constructs_lib.replication import ReplicationInstance, ReplicationTask

CLUSTER_CATEGORIES = (
    "configuration change",
    "deletion",
    "failover",
    "failure",
    "maintenance",
    "notification",  # stopped, started, patched
)
"""Events of a cluster. Low storage is an event of its instances."""

CLUSTER_INSTANCE_CATEGORIES = (
    "availability",  # shut down, restarted
    "configuration change",
    "deletion",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "recovery",
)
"""Events of a cluster's instances. A failover is an event of the cluster."""

REPLICATION_INSTANCE_CATEGORIES = (
    "configuration change",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
)
"""Events of a replication instance."""

REPLICATION_TASK_CATEGORIES = (
    "configuration change",
    "deletion",
    "failure",
    "state change",  # started, stopped, reading paused for want of disk
)
"""Events of a task."""


class EventSubscriptions(Construct):
    """Subscriptions to the events of the cluster, the replication instance and the tasks.

    Each names its sources: a subscription without any would tell of the whole account and region.
    The sources are the resources' own attributes, so that a subscription waits for what it speaks
    of, as AWS refuses a source that does not exist, and goes before it.

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
        name: The environment's prefix, such as ``aurora-ferry-dev``.
        cluster: The Aurora cluster.
        instance: The replication instance.
        tasks: Its tasks by their own names, such as ``orders``.
        topic: Who is told.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        cluster: AuroraCluster,
        instance: ReplicationInstance,
        tasks: Mapping[str, ReplicationTask],
        topic: AlarmTopic,
    ) -> None:
        super().__init__(scope, id_)
        DbEventSubscription(
            self,
            "aurora-cluster",
            name=f"{name}-aurora-cluster",
            sns_topic=topic.arn,
            source_type="db-cluster",
            source_ids=[cluster.cluster.cluster_identifier],
            event_categories=list(CLUSTER_CATEGORIES),
        )
        DbEventSubscription(
            self,
            "aurora-instances",
            name=f"{name}-aurora-instances",
            sns_topic=topic.arn,
            source_type="db-instance",
            source_ids=[one.identifier for one in (cluster.writer, *cluster.readers)],
            event_categories=list(CLUSTER_INSTANCE_CATEGORIES),
        )
        DmsEventSubscription(
            self,
            "dms-instance",
            name=f"{name}-dms-instance",
            sns_topic_arn=topic.arn,
            source_type="replication-instance",
            source_ids=[instance.instance.replication_instance_id],
            event_categories=list(REPLICATION_INSTANCE_CATEGORIES),
        )
        for task_name, task in tasks.items():
            DmsEventSubscription(
                self,
                f"dms-task-{task_name}",
                name=f"{name}-dms-task-{task_name}",
                sns_topic_arn=topic.arn,
                source_type="replication-task",
                source_ids=[task.task.replication_task_id],
                event_categories=list(REPLICATION_TASK_CATEGORIES),
            )
