"""The topic that alarms and events are told to, and who is told there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from facts import outputs
from facts.placement import CLOUDWATCH_ALARMS, RDS_EVENTS
from ferry.check.deployment.expect import document, items

if TYPE_CHECKING:
    from types_boto3_sns.type_defs import SubscriptionTypeDef

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

_PUBLISH: Final = {"sns:Publish", "SNS:Publish", "sns:*", "SNS:*"}
_OWN: Final = "the topic is one's own, and so are its receivers, policy and key; 'ferry check aws' looks at them"
_PENDING: Final = "PendingConfirmation"
_DELETED: Final = "Deleted"
"""What SNS says in the place of an ARN before, and for a while after, a subscription."""


def _attributes(deployed: Deployed) -> dict[str, str]:
    topic = deployed.outputs[outputs.ALARM_TOPIC_ARN]
    return deployed.account.sns.get_topic_attributes(TopicArn=topic)["Attributes"]


def _is_ones_own(deployed: Deployed, expect: Expect) -> bool:
    """Whether the topic is one's own, and so is what the check would look at; then it passes."""
    own = deployed.environment.alarms.topic_arn
    if own is not None:
        expect.equal("The topic", deployed.outputs[outputs.ALARM_TOPIC_ARN], own)
        expect.passes(_OWN)
    return own is not None


def check_the_topic_is_encrypted(deployed: Deployed, expect: Expect) -> None:
    """The topic is encrypted with the environment's key."""
    if _is_ones_own(deployed, expect):
        return
    key = _attributes(deployed).get("KmsMasterKeyId")
    expect.equal("The topic's key", key, deployed.outputs[outputs.KMS_KEY_ARN])


def check_who_may_publish_to_the_topic(deployed: Deployed, expect: Expect) -> None:
    """CloudWatch, RDS and DMS may publish to the topic, for this account, and nobody else."""
    if _is_ones_own(deployed, expect):
        return
    statements: list[dict[str, Any]] = items(document(_attributes(deployed)["Policy"])["Statement"])
    publishing = [
        statement
        for statement in statements
        if statement["Effect"] == "Allow" and _PUBLISH & set(items(statement["Action"]))
    ]
    expect.same_items(
        "Who may publish to the topic",
        [statement["Principal"] for statement in publishing],
        [
            {"Service": service}
            for service in (CLOUDWATCH_ALARMS, RDS_EVENTS, deployed.placement.dms_principal)
        ],
    )
    for statement in publishing:
        condition = statement.get("Condition", {})
        source = condition.get("ArnLike", {}).get("aws:SourceArn", "")
        expect.equal(
            f"The account for which {statement['Principal']} may publish to the topic",
            source.split(":")[4] if source else None,
            deployed.account.account_id,
        )


def check_every_address_is_subscribed(deployed: Deployed, expect: Expect) -> None:
    """The file's addresses and hosts are subscribed to the topic, have confirmed it, and no others are.

    SNS forgets a subscription that is not confirmed within two days. Source:
    https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
    """
    if _is_ones_own(deployed, expect):
        return
    alarms = deployed.environment.alarms
    topic = deployed.outputs[outputs.ALARM_TOPIC_ARN]
    pages = deployed.account.sns.get_paginator("list_subscriptions_by_topic").paginate(
        TopicArn=topic
    )
    found = [
        one
        for page in pages
        for one in page["Subscriptions"]
        if one.get("SubscriptionArn") != _DELETED
    ]
    told = {(one.get("Protocol"), _receiver(one)) for one in found}
    for address in alarms.emails:
        expect.that(("email", address) in told, f"{address} is not subscribed to the topic.")
    for host in alarms.https_hosts:
        if ("https", host) not in told:
            expect.look(
                f"No page of {host} is subscribed to the topic.",
                why="Who is on call there gets no alarm. Its URL is a secret, so no deployment "
                "subscribes it.",
                remedy=f"ferry subscribe {deployed.environment.name}",
            )
    named = {
        *(("email", address) for address in alarms.emails),
        *(("https", host) for host in alarms.https_hosts),
    }
    for one in found:
        protocol, receiver = one.get("Protocol"), _receiver(one)
        if (protocol, receiver) not in named:
            expect.look(
                f"{receiver} is subscribed to the topic by {protocol}.",
                why=f"{deployed.environment.name}.toml does not name it, and no deployment changes "
                "that.",
                remedy="Ask whose it is. To end it: aws sns unsubscribe --subscription-arn "
                f"{one.get('SubscriptionArn')}.",
            )
        elif one.get("SubscriptionArn") == _PENDING:
            expect.look(
                f"{receiver} has not confirmed its subscription.",
                why="Until then it gets no alarm, and after two days SNS forgets it.",
                remedy="Follow the link in the mail from AWS; deploy again for another mail."
                if protocol == "email"
                else "A service that takes messages of SNS confirms by itself; look whether its page "
                f"is right, and run 'ferry subscribe {deployed.environment.name}' again.",
            )


def _receiver(subscription: SubscriptionTypeDef) -> str:
    """Who is told; of a web page its host alone, for the rest of such a URL may be a secret."""
    endpoint = subscription.get("Endpoint", "")
    if subscription.get("Protocol") in {"http", "https"}:
        return urlsplit(endpoint).hostname or "a page"
    return endpoint
