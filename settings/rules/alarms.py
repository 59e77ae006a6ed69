"""Rules about [alarms]."""

from collections.abc import Iterator
from typing import Final

from facts.placement import partition_of
from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule

_CHATS: Final = (
    *("hooks.slack.com", "hooks.slack-gov.com", "hooks.chime.aws", "chat.googleapis.com"),
    *("discord.com", "discordapp.com", ".webhook.office.com", "outlook.office.com"),
)
"""How the hosts of Slack's, Chime's, Google Chat's, Discord's and Teams' incoming web hooks end."""


def storage_threshold_can_be_met(environment: Environment) -> Iterator[Finding]:
    """An alarm below more storage than there is never rests."""
    if environment.dms is None:
        return
    threshold, whole = (
        environment.alarms.dms_free_storage_gib,
        environment.dms.allocated_storage_gib,
    )
    if threshold >= whole:
        yield Finding(
            setting="alarms.dms_free_storage_gib",
            given=f"{threshold} given with dms.allocated_storage_gib = {whole}",
            allowed=f"less than {whole} GiB",
            mend=f"set dms_free_storage_gib = {max(1, whole // 5)}, or enlarge the storage",
        )


def capacity_alarm_can_go_off(environment: Environment) -> Iterator[Finding]:
    """An alarm on a capacity that no instance has never goes off."""
    aurora, threshold = environment.aurora, environment.alarms.aurora_acu
    if threshold is None:
        return
    if not aurora.is_serverless:
        yield Finding(
            setting="alarms.aurora_acu",
            given=f"{threshold} given without serverless instances",
            allowed="a capacity of serverless instances",
            mend="remove it",
        )
    elif aurora.serverless is not None and threshold >= aurora.serverless.max_acu:
        most = aurora.serverless.max_acu
        yield Finding(
            setting="alarms.aurora_acu",
            given=f"{threshold} given with aurora.serverless.max_acu = {most:g}",
            allowed=f"less than {most:g} ACU",
            mend=f"set aurora_acu = {max(1, int(most // 2))}, or raise max_acu"
            if most > 1
            else "remove it, or raise max_acu",
        )


def addresses_differ(environment: Environment) -> Iterator[Finding]:
    """An address subscribes once; SNS makes one subscription of two."""
    addresses = [email.lower() for email in environment.alarms.emails]
    for repeated in sorted({address for address in addresses if addresses.count(address) > 1}):
        yield Finding(
            setting="alarms.emails",
            given=f"{toml(repeated)} given {addresses.count(repeated)} times",
            allowed="each address once",
            mend="remove it where it is repeated",
        )


def hosts_differ(environment: Environment) -> Iterator[Finding]:
    """A host is named once, whatever number of its pages subscribes."""
    hosts = environment.alarms.https_hosts
    for repeated in sorted({host for host in hosts if hosts.count(host) > 1}):
        yield Finding(
            setting="alarms.https_hosts",
            given=f"{toml(repeated)} given {hosts.count(repeated)} times",
            allowed="each host once; several pages of it may subscribe",
            mend="remove it where it is repeated",
        )


def hosts_can_confirm(environment: Environment) -> Iterator[Finding]:
    """A chat's incoming web hook neither confirms a subscription nor reads what SNS sends.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
    """
    for index, host in enumerate(environment.alarms.https_hosts):
        if host.endswith(_CHATS):
            yield Finding(
                setting=f"alarms.https_hosts[{index}]",
                given=f"{toml(host)} given, whose web hooks neither confirm nor read what SNS sends",
                allowed="hosts of services that take Amazon SNS, such as events.pagerduty.com",
                mend="remove it, and give the topic to Amazon Q Developer in chat applications",
            )


def topic_is_at_home(environment: Environment) -> Iterator[Finding]:
    """CloudWatch tells topics of its own region; of RDS and DMS only the account's own are known.

    Sources:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.GrantingPermissions.html
    """
    aws, arn = environment.aws, environment.alarms.topic_arn
    if arn is None:
        return
    _, partition, _, region, account_id, _ = arn.split(":")
    if (partition, region, account_id) != (
        partition_of(aws.region).name,
        aws.region,
        aws.account_id,
    ):
        yield Finding(
            setting="alarms.topic_arn",
            given=f"a topic of {region} in {account_id} ({partition}) given with aws.account_id = "
            f"{toml(aws.account_id)}, aws.region = {toml(aws.region)}",
            allowed="a topic of the same account and region",
            mend="give one that is, which may pass on to another's queue or function",
        )


def own_topic_has_its_receivers(environment: Environment) -> Iterator[Finding]:
    """Nothing of an own topic is changed, and so nobody is subscribed to it."""
    alarms = environment.alarms
    for setting in ("emails", "https_hosts"):
        if alarms.topic_arn is not None and getattr(alarms, setting):
            yield Finding(
                setting=f"alarms.{setting}",
                given=f"{len(getattr(alarms, setting))} given beside topic_arn",
                allowed="receivers of a topic that is made here; one's own topic has its own",
                mend=f"remove {setting} and subscribe them to the topic, or remove topic_arn",
            )


RULES = (
    Rule(
        storage_threshold_can_be_met, ("alarms.dms_free_storage_gib", "dms.allocated_storage_gib")
    ),
    Rule(
        capacity_alarm_can_go_off,
        (
            "alarms.aurora_acu",
            "aurora.instance_class",
            "aurora.reader_count",
            "aurora.readers",
            "aurora.serverless",
        ),
    ),
    Rule(addresses_differ, ("alarms.emails",)),
    Rule(hosts_differ, ("alarms.https_hosts",)),
    Rule(hosts_can_confirm, ("alarms.https_hosts",)),
    Rule(topic_is_at_home, ("alarms.topic_arn", "aws.account_id", "aws.region")),
    Rule(
        own_topic_has_its_receivers,
        ("alarms.topic_arn", "alarms.emails", "alarms.https_hosts"),
    ),
)
