"""DMS event subscriptions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.sns.models import sns_backends

from local_aws.answers import Answer, AwsError, ResponseMixin
from local_aws.services.dms.offers import EVENT_CATEGORIES
from local_aws.services.dms.shelf import Resource, invalid_value, not_found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_aws.services.dms.backend import LocalDmsBackend


class Subscriptions(ResponseMixin):
    """The calls about event subscriptions."""

    dms_backend: LocalDmsBackend

    def create_event_subscription(self) -> Answer:
        """CreateEventSubscription."""
        parameters = self.parameters()
        backend = self.dms_backend
        name = parameters["SubscriptionName"]
        resource = Resource(
            arn=backend.arn("es", name),
            data={
                "CustomerAwsId": backend.account_id,
                "CustSubscriptionId": name,
                "SubscriptionCreationTime": datetime.now(UTC).isoformat(),
                "SourceIdsList": parameters.get("SourceIds", []),
                "EventCategoriesList": [],
                "Enabled": True,
                "Status": "creating",
            },
            upcoming=["active"],
        )
        _apply(backend, resource, parameters)
        _require_sources(backend, resource)
        backend.subscriptions.add(resource)
        backend.tag(resource.arn, parameters.get("Tags"))
        return Answer({"EventSubscription": resource.data})

    def describe_event_subscriptions(self) -> Answer:
        """DescribeEventSubscriptions."""
        parameters = self.parameters()
        if name := parameters.pop("SubscriptionName", None):
            parameters["Filters"] = [{"Name": "event-subscription-id", "Values": [name]}]
        found, marker = self.dms_backend.subscriptions.describe(parameters)
        return Answer({"EventSubscriptionsList": found, "Marker": marker})

    def modify_event_subscription(self) -> Answer:
        """ModifyEventSubscription."""
        parameters = self.parameters()
        subscription = _get(self.dms_backend, parameters)
        _apply(self.dms_backend, subscription, parameters)
        subscription.data["Status"] = "modifying"
        subscription.upcoming = ["active"]
        return Answer({"EventSubscription": subscription.data})

    def delete_event_subscription(self) -> Answer:
        """DeleteEventSubscription."""
        subscription = _get(self.dms_backend, self.parameters())
        return Answer({"EventSubscription": self.dms_backend.subscriptions.delete(subscription)})


def _get(backend: LocalDmsBackend, parameters: Mapping[str, Any]) -> Resource:
    return backend.subscriptions.get(backend.arn("es", parameters["SubscriptionName"]))


def _apply(backend: LocalDmsBackend, subscription: Resource, parameters: Mapping[str, Any]) -> None:
    keys = {
        "SnsTopicArn": "SnsTopicArn",
        "SourceType": "SourceType",
        "EventCategories": "EventCategoriesList",
        "Enabled": "Enabled",
    }
    subscription.data |= {
        shown: parameters[given] for given, shown in keys.items() if given in parameters
    }
    topic = subscription.data["SnsTopicArn"]
    if topic not in sns_backends[backend.account_id][backend.region_name].topics:
        raise AwsError("SNSInvalidTopicFault", f"The SNS topic {topic} is invalid.")
    source_type = subscription.data.get("SourceType")
    if source_type is None:
        return
    if source_type not in EVENT_CATEGORIES:
        raise invalid_value(
            f"Invalid source type {source_type!r}: give {' or '.join(EVENT_CATEGORIES)}"
        )
    for category in subscription.data["EventCategoriesList"]:
        if category not in EVENT_CATEGORIES[source_type]:
            raise invalid_value(
                f"Invalid event category {category!r} of {source_type}: "
                f"give some of {', '.join(EVENT_CATEGORIES[source_type])}"
            )


def _require_sources(backend: LocalDmsBackend, subscription: Resource) -> None:
    shelf = (
        backend.instances
        if subscription.data.get("SourceType") == "replication-instance"
        else backend.tasks
    )
    for name in subscription.data["SourceIdsList"]:
        if shelf.by_name(name) is None:
            raise not_found(f"{shelf.kind} {name} not found.")
