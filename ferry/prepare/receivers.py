"""A page of an on-call service as a receiver of an environment's topic.

Terraform could subscribe it only with the URL in the file, in the JSON, in plans and in the state, where
everybody would read it: such a URL is the service's key. SNS alone is given it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from facts.inert import visible
from facts.placement import Placement
from ferry.account import explained
from ferry.errors import InputError
from ferry.prepare.steps import Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_sns import SNSClient

    from settings.environment import Environment

_LONGEST_URL: Final = 2048
_PENDING: Final = "PendingConfirmation"


def topic_of(environment: Environment) -> str:
    """The ARN of the topic that the environment's stack makes.

    Raises:
        InputError: The file names no host, or a topic of its own.
    """
    name, alarms = environment.name, environment.alarms
    if alarms.topic_arn is not None:
        raise InputError(
            f"'{name}' brings its own topic (alarms.topic_arn = {alarms.topic_arn}), and ferry leaves "
            "it alone: subscribe to it where it is made."
        )
    if not alarms.https_hosts:
        raise InputError(
            f"'{name}' names no host that may be subscribed: add the URL's host to alarms.https_hosts "
            f"in {name}.toml."
        )
    aws = environment.aws
    placement = Placement(account_id=aws.account_id, region=aws.region)
    return placement.arn("sns", environment.names.alarm_topic)


def host_of(url: str, environment: Environment) -> str:
    """The host of a URL that may be subscribed.

    Raises:
        InputError: It is no such URL. The text quotes nothing of it but its host.
    """
    hosts = environment.alarms.https_hosts
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    printable = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme != "https" or not host or not printable or len(url) > _LONGEST_URL:
        raise InputError(
            "What was given is no URL that begins with https:// and names a host; give the one that "
            "the on-call service shows for Amazon SNS."
        )
    if host not in hosts:
        raise InputError(
            f"The URL is of the host {visible(host)}; {environment.name}.toml allows "
            f"{', '.join(hosts)}. Give a URL of one of these, or add the host to alarms.https_hosts."
        )
    return host


def subscribe(client: SNSClient, topic: str, url: str, host: str) -> Iterator[Step]:
    """Subscribe the page, unless it is subscribed already and has confirmed.

    Args:
        client: SNS's.
        topic: The topic's ARN.
        url: The page's URL; it is shown nowhere.
        host: The URL's host.

    Yields:
        What was done.

    Raises:
        FerryError: AWS refuses, or the environment is not deployed.
    """
    with explained(f"look who is subscribed to the topic {topic}"):
        pages = client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        found = {
            one.get("SubscriptionArn")
            for page in pages
            for one in page["Subscriptions"]
            if (one.get("Protocol"), one.get("Endpoint")) == ("https", url)
        }
    if found - {_PENDING}:
        yield Step(what=f"a page of {host}, which has confirmed", outcome=Outcome.RIGHT)
        return
    with explained(f"subscribe a page of {host} to the topic {topic}"):
        client.subscribe(TopicArn=topic, Protocol="https", Endpoint=url)
    yield Step(what=f"a page of {host}, which SNS asks to confirm", outcome=Outcome.SET)
