"""Defects of log groups, alarms, topic, events and dashboard."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ferry.check.deployment.alarms import find_alarms
from ferry.findings import Level
from tests.integration.defects.planting import Defect, Plant, swap, with_statements, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed

LOG_GROUP = "/aws/rds/cluster/aurora-ferry-dev/postgresql"
TASK_EVENTS = "aurora-ferry-dev-dms-task-all"
INSTANCE_EVENTS = "aurora-ferry-dev-aurora-instances"
READER = "aurora-ferry-dev-reader-1"
DASHBOARD = "aurora-ferry-dev"

TAKEN_BY_PUT_METRIC_ALARM = (
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "AlarmName",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluationPeriods",
    "MetricName",
    "Namespace",
    "OKActions",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
)


def alarm(name: str, **wrong: object) -> Plant:
    """Put another alarm in the place of one; none where nothing is wrong with it."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        cloudwatch, found = deployed.account.cloudwatch, dict(find_alarms(deployed)[name])
        right: dict[str, Any] = {
            part: found[part] for part in TAKEN_BY_PUT_METRIC_ALARM if part in found
        }
        tags = cloudwatch.list_tags_for_resource(ResourceARN=str(found["AlarmArn"]))["Tags"]
        put: Callable[..., object] = cloudwatch.put_metric_alarm
        cloudwatch.delete_alarms(AlarmNames=[name])
        if wrong:
            put(**{**right, **wrong}, Tags=tags)
        yield
        cloudwatch.delete_alarms(AlarmNames=[name] if wrong else [])
        put(**right, Tags=tags)

    return plant


def topic_attribute(name: str, change: Callable[[str], str]) -> Plant:
    """Change an attribute of the topic."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        topic = {"TopicArn": deployed.outputs["alarm_topic_arn"]}
        sns = deployed.account.sns
        right = sns.get_topic_attributes(**topic)["Attributes"][name]
        sns.set_topic_attributes(**topic, AttributeName=name, AttributeValue=change(right))
        yield
        sns.set_topic_attributes(**topic, AttributeName=name, AttributeValue=right)

    return plant


@contextmanager
def nobody_is_subscribed(deployed: Deployed) -> Iterator[None]:
    sns, topic = deployed.account.sns, deployed.outputs["alarm_topic_arn"]
    found = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    for one in found:
        sns.unsubscribe(SubscriptionArn=one.get("SubscriptionArn", ""))
    yield
    for one in found:
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=one.get("Endpoint", ""))


@contextmanager
def somebody_else_is_subscribed(deployed: Deployed) -> Iterator[None]:
    made = deployed.account.sns.subscribe(
        TopicArn=deployed.outputs["alarm_topic_arn"],
        Protocol="email",
        Endpoint="somebody@example.com",
        ReturnSubscriptionArn=True,
    )
    yield
    deployed.account.sns.unsubscribe(SubscriptionArn=made["SubscriptionArn"])


def task_events(*, undo: dict[str, Any], **wrong: object) -> Plant:
    """Modify the subscription to the task's events."""

    def modify(deployed: Deployed, settings: dict[str, Any]) -> None:
        deployed.account.dms.modify_event_subscription(SubscriptionName=TASK_EVENTS, **settings)

    return swap(lambda it: modify(it, wrong), lambda it: modify(it, undo))


@contextmanager
def task_events_to_another_topic(deployed: Deployed) -> Iterator[None]:
    right = {"SnsTopicArn": deployed.outputs["alarm_topic_arn"]}
    topic = deployed.account.sns.create_topic(Name="that-nobody-reads")["TopicArn"]
    with task_events(SnsTopicArn=topic, undo=right)(deployed):
        yield
    deployed.account.sns.delete_topic(TopicArn=topic)


def dashboard(change: Callable[[str], str]) -> Plant:
    """Let the dashboard show something else; nothing takes it away."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        cloudwatch = deployed.account.cloudwatch
        right = cloudwatch.get_dashboard(DashboardName=DASHBOARD)["DashboardBody"]
        wrong = change(right)
        if wrong:
            cloudwatch.put_dashboard(DashboardName=DASHBOARD, DashboardBody=wrong)
        else:
            cloudwatch.delete_dashboards(DashboardNames=[DASHBOARD])
        yield
        cloudwatch.put_dashboard(DashboardName=DASHBOARD, DashboardBody=right)

    return plant


def without_an_alarm(body: str) -> str:
    content = json.loads(body)
    for widget in content["widgets"]:
        widget["properties"].get("alarms", [None]).pop()
    return json.dumps(content)


DEFECTS = (
    Defect(
        "log-groups-retention",
        f"The days that {LOG_GROUP} keeps: found nothing, should be 7.",
        swap(
            lambda it: it.account.logs.delete_retention_policy(logGroupName=LOG_GROUP),
            lambda it: it.account.logs.put_retention_policy(
                logGroupName=LOG_GROUP, retentionInDays=7
            ),
        ),
    ),
    Defect(
        "every-metric-has-its-alarm",
        "Alarms that are missing: dms-cdc-latency-source-all-dev.",
        alarm("dms-cdc-latency-source-all-dev"),
    ),
    Defect(
        "alarms-thresholds",
        "dms-cdc-latency-target-all-dev's threshold: found 100000.0, should be 300.",
        alarm("dms-cdc-latency-target-all-dev", Threshold=100_000.0),
    ),
    Defect(
        "alarms-treatment-of-missing-data",
        'What silence means to aurora-deadlocks-dev: found "breaching", should be "notBreaching".',
        alarm("aurora-deadlocks-dev", TreatMissingData="breaching"),
    ),
    Defect(
        "alarms-look-at-what-is-there",
        "Of what dms-cdc-latency-source-all-dev looks at it: found "
        '{"ReplicationTaskIdentifier": "all"}, should be ',
        alarm(
            "dms-cdc-latency-source-all-dev",
            Dimensions=[{"Name": "ReplicationTaskIdentifier", "Value": "all"}],
        ),
    ),
    Defect(
        "alarms-tell-the-topic",
        "Whom dms-swap-usage-dev tells: found [], should be ",
        alarm("dms-swap-usage-dev", AlarmActions=[]),
    ),
    Defect(
        "the-topic-is-encrypted",
        'The topic\'s key: found "alias/aws/sns", should be ',
        topic_attribute("KmsMasterKeyId", lambda _: "alias/aws/sns"),
    ),
    Defect(
        "who-may-publish-to-the-topic",
        'Who may publish to the topic: [{"Service": "events.rds.amazonaws.com"}] missing; found ',
        topic_attribute(
            "Policy", lambda policy: with_statements(policy, without("events.rds.amazonaws.com"))
        ),
    ),
    Defect(
        "every-address-is-subscribed",
        "dev-team@example.org is not subscribed to the topic.",
        nobody_is_subscribed,
    ),
    Defect(
        "every-address-is-subscribed",
        "somebody@example.com is subscribed to the topic by email.",
        somebody_else_is_subscribed,
        level=Level.WARNING,
    ),
    Defect(
        "rds-tells-of-the-cluster-and-its-instances",
        f'What RDS tells the topic of: [["db-instance", "{READER}"]] missing; found instead [].',
        swap(
            lambda it: it.account.rds.remove_source_identifier_from_subscription(
                SubscriptionName=INSTANCE_EVENTS, SourceIdentifier=READER
            ),
            lambda it: it.account.rds.add_source_identifier_to_subscription(
                SubscriptionName=INSTANCE_EVENTS, SourceIdentifier=READER
            ),
        ),
    ),
    Defect(
        "dms-tells-of-the-instance-and-its-tasks",
        'What DMS tells the topic of: [["replication-task", "aurora-ferry-dev-all"]] missing; ',
        task_events_to_another_topic,
    ),
    Defect(
        "what-is-told-of",
        f"{TASK_EVENTS} does not tell of: configuration change, deletion, failure.",
        task_events(
            EventCategories=["state change"],
            undo={
                "EventCategories": ["configuration change", "deletion", "failure", "state change"]
            },
        ),
    ),
    Defect(
        "subscriptions-to-events-are-active",
        f"{TASK_EVENTS} is enabled: found false, should be true.",
        task_events(Enabled=False, undo={"Enabled": True}),
    ),
    Defect(
        "the-dashboards-address",
        "Could not check the-dashboards-address: AWS refused GetDashboard (",
        dashboard(lambda _: ""),
    ),
    Defect(
        "the-dashboard-shows-what-is-there",
        'The dashboard shows AWS/RDS CPUUtilization of {"DBClusterIdentifier": "another", ',
        dashboard(
            lambda body: body.replace(
                '"DBClusterIdentifier", "aurora-ferry-dev"', '"DBClusterIdentifier", "another"'
            )
        ),
    ),
    Defect(
        "the-dashboard-shows-every-alarm",
        'The alarms on the dashboard: ["arn:aws:cloudwatch:eu-central-1:111122223333:alarm:',
        dashboard(without_an_alarm),
    ),
)
