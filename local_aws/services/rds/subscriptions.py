"""RDS event subscriptions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.rds.models import EventSubscription
from moto.sns.models import sns_backends

from local_aws.answers import Answer, AwsError, ResponseMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

# Those of clusters and instances, which this project subscribes to.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html
EVENT_CATEGORIES: dict[str, tuple[str, ...]] = {
    "db-cluster": (
        "configuration change",
        "creation",
        "deletion",
        "failover",
        "failure",
        "global-failover",
        "maintenance",
        "migration",
        "notification",
        "serverless",
    ),
    "db-instance": (
        "availability",
        "backup",
        "configuration change",
        "creation",
        "deletion",
        "failover",
        "failure",
        "low storage",
        "maintenance",
        "notification",
        "read replica",
        "recovery",
        "restoration",
        "security",
        "security patching",
    ),
    "db-cluster-snapshot": ("backup", "notification"),
    "db-parameter-group": ("configuration change",),
}


class Subscriptions(ResponseMixin):
    """The calls about event subscriptions."""

    backend: Any

    def create_event_subscription(self) -> Answer:
        """CreateEventSubscription."""
        parameters = self.parameters()
        name = parameters["SubscriptionName"]
        if name in self.backend.event_subscriptions:
            raise AwsError("SubscriptionAlreadyExist", f"Subscription {name} already exists.")
        subscription = EventSubscription(
            self.backend,
            subscription_name=name,
            tags=parameters.get("Tags", []),
            enabled=True,
        )
        self._apply(subscription, parameters)
        for source_id in parameters.get("SourceIds") or []:
            self._add_source(subscription, source_id)
        self.backend.event_subscriptions[name] = subscription
        subscription.created_at = datetime.now(UTC)
        return _answer(subscription, "creating")

    def modify_event_subscription(self) -> Answer:
        """ModifyEventSubscription."""
        subscription = self._get()
        self._apply(subscription, self.parameters())
        return _answer(subscription, "modifying")

    def delete_event_subscription(self) -> Answer:
        """DeleteEventSubscription."""
        subscription = self._get()
        del self.backend.event_subscriptions[subscription.subscription_name]
        return _answer(subscription, "deleting")

    def describe_event_subscriptions(self) -> Answer:
        """DescribeEventSubscriptions."""
        if self.parameters().get("SubscriptionName"):
            found = [self._get()]
        else:
            found = list(self.backend.event_subscriptions.values())
        return Answer({"EventSubscriptionsList": [_shown(each) for each in found]})

    def add_source_identifier_to_subscription(self) -> Answer:
        """AddSourceIdentifierToSubscription."""
        subscription = self._get()
        self._add_source(subscription, self.parameters()["SourceIdentifier"])
        return _answer(subscription, "modifying")

    def remove_source_identifier_from_subscription(self) -> Answer:
        """RemoveSourceIdentifierFromSubscription."""
        subscription = self._get()
        gone = self.parameters()["SourceIdentifier"]
        subscription.source_ids = [each for each in subscription.source_ids if each != gone]
        return _answer(subscription, "modifying")

    def describe_event_categories(self) -> Answer:
        """DescribeEventCategories."""
        source_type = self.parameters().get("SourceType")
        return Answer(
            {
                "EventCategoriesMapList": [
                    {"SourceType": kind, "EventCategories": list(categories)}
                    for kind, categories in EVENT_CATEGORIES.items()
                    if source_type in (None, kind)
                ]
            }
        )

    def _get(self) -> Any:  # noqa: ANN401 - moto's own type
        name = self.parameters()["SubscriptionName"]
        if name not in self.backend.event_subscriptions:
            raise AwsError("SubscriptionNotFound", f"Subscription {name} not found.")
        return self.backend.event_subscriptions[name]

    def _apply(self, subscription: Any, parameters: Mapping[str, Any]) -> None:  # noqa: ANN401 - moto's own type
        if topic := parameters.get("SnsTopicArn"):
            if topic not in sns_backends[self.backend.account_id][self.backend.region_name].topics:
                raise AwsError("SNSTopicArnNotFound", f"The SNS topic {topic} does not exist.")
            subscription.sns_topic_arn = topic
        subscription.source_type = parameters.get("SourceType", subscription.source_type)
        subscription.enabled = parameters.get("Enabled", subscription.enabled)
        categories = parameters.get("EventCategories")
        if categories is not None:
            allowed = EVENT_CATEGORIES.get(subscription.source_type or "", ())
            for category in categories:
                if category not in allowed:
                    raise AwsError(
                        "SubscriptionCategoryNotFound",
                        f"The event category {category!r} of {subscription.source_type} does not "
                        f"exist; there are {', '.join(allowed)}",
                    )
            subscription.event_categories = list(categories)

    def _add_source(self, subscription: Any, source_id: str) -> None:  # noqa: ANN401 - moto's own type
        known = {
            "db-cluster": self.backend.clusters,
            "db-instance": self.backend.databases,
            "db-cluster-snapshot": self.backend.cluster_snapshots,
            "db-parameter-group": self.backend.db_parameter_groups,
        }
        if source_id not in known.get(subscription.source_type or "", {}):
            raise AwsError(
                "SourceNotFound", f"{subscription.source_type} {source_id} does not exist."
            )
        if source_id not in subscription.source_ids:
            subscription.source_ids = [*subscription.source_ids, source_id]


def _answer(subscription: Any, status: str) -> Answer:  # noqa: ANN401 - moto's own type
    return Answer({"EventSubscription": {**_shown(subscription), "Status": status}})


def _shown(subscription: Any) -> dict[str, Any]:  # noqa: ANN401 - moto's own type
    return {
        "CustomerAwsId": subscription.account_id,
        "CustSubscriptionId": subscription.subscription_name,
        "EventSubscriptionArn": subscription.arn,
        "SnsTopicArn": subscription.sns_topic_arn,
        "SourceType": subscription.source_type,
        "SourceIdsList": list(subscription.source_ids),
        "EventCategoriesList": list(subscription.event_categories),
        "Enabled": subscription.enabled,
        "Status": "active",
        "SubscriptionCreationTime": subscription.created_at.isoformat(),
    }
