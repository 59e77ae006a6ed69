"""The topic that alarms and events are told to, and who is told there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment.expect import document, equal, items, same_items

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed

PUBLISHERS = ("cloudwatch.amazonaws.com", "events.rds.amazonaws.com", "dms.amazonaws.com")


def _attributes(deployed: Deployed) -> dict[str, str]:
    topic = deployed.outputs[outputs.ALARM_TOPIC_ARN]
    return deployed.sns.get_topic_attributes(TopicArn=topic)["Attributes"]


def find_topic_statements(deployed: Deployed) -> list[dict[str, Any]]:
    """The statements of the topic's policy."""
    return items(document(_attributes(deployed)["Policy"])["Statement"])


def check_the_topic_is_encrypted(deployed: Deployed) -> None:
    key = _attributes(deployed).get("KmsMasterKeyId")
    equal("the topic's key", key, deployed.outputs[outputs.KMS_KEY_ARN])


def check_who_may_publish_to_the_topic(deployed: Deployed) -> None:
    publishing = [
        statement
        for statement in find_topic_statements(deployed)
        if statement["Effect"] == "Allow"
        and {"sns:Publish", "SNS:Publish", "sns:*", "SNS:*"} & set(items(statement["Action"]))
    ]
    same_items(
        "who may publish",
        [statement["Principal"] for statement in publishing],
        [{"Service": service} for service in PUBLISHERS],
    )
    for statement in publishing:
        condition = statement.get("Condition", {}).get("StringEquals", {})
        who = statement["Principal"]["Service"]
        account_id = condition.get("aws:SourceAccount")
        equal(f"the account that {who} acts for", account_id, deployed.account_id)


def check_every_address_is_subscribed(deployed: Deployed) -> None:
    pages = deployed.sns.get_paginator("list_subscriptions_by_topic").paginate(
        TopicArn=deployed.outputs[outputs.ALARM_TOPIC_ARN]
    )
    found = [
        (one.get("Protocol"), one.get("Endpoint"))
        for page in pages
        for one in page["Subscriptions"]
    ]
    same_items(
        "subscriptions of the topic",
        found,
        [("email", address) for address in deployed.environment.alarms.emails],
    )
