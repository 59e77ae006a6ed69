"""Defects of alarms, topic, events and dashboard."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment import alarms as alarm_checks
from ferry.check.deployment import dashboard as dashboard_checks
from ferry.check.deployment import events as event_checks
from ferry.check.deployment import topic as topic_checks
from tests.integration.defects.planting import defect, with_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed

_TAKEN_BY_PUT_METRIC_ALARM = (
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


@contextmanager
def _alarm(deployed: Deployed, metric: str, **wrong: object) -> Iterator[None]:
    """Take an alarm away and put another in its place, and back; None puts none."""
    alarm = dict(
        next(one for one in alarm_checks.find_alarms(deployed) if one.get("MetricName") == metric)
    )
    right: dict[str, Any] = {
        name: alarm[name] for name in _TAKEN_BY_PUT_METRIC_ALARM if name in alarm
    }
    tags = deployed.cloudwatch.list_tags_for_resource(ResourceARN=str(alarm["AlarmArn"]))["Tags"]
    put: Callable[..., Any] = deployed.cloudwatch.put_metric_alarm
    deployed.cloudwatch.delete_alarms(AlarmNames=[right["AlarmName"]])
    if wrong:
        put(**{**right, **wrong}, Tags=tags)
    yield
    names = [str(one["AlarmName"]) for one in (right, right | wrong)]
    deployed.cloudwatch.delete_alarms(AlarmNames=names if wrong else [])
    put(**right, Tags=tags)


@defect(alarm_checks.check_every_metric_has_its_alarm)
def no_alarm_for_the_sources_latency(deployed: Deployed) -> Iterator[None]:
    with _alarm(deployed, "CDCLatencySource"):
        yield


@defect(alarm_checks.check_alarms_thresholds)
def alarm_that_tells_too_late(deployed: Deployed) -> Iterator[None]:
    with _alarm(deployed, "CDCLatencyTarget", Threshold=100_000.0):
        yield


@defect(alarm_checks.check_alarms_treatment_of_missing_data)
def alarm_to_which_silence_is_bad(deployed: Deployed) -> Iterator[None]:
    with _alarm(deployed, "Deadlocks", TreatMissingData="breaching"):
        yield


@defect(alarm_checks.check_alarms_look_at_what_is_there)
def alarm_by_the_tasks_name(deployed: Deployed) -> Iterator[None]:
    dimensions = [{"Name": "ReplicationTaskIdentifier", "Value": "all"}]
    with _alarm(deployed, "CDCLatencySource", Dimensions=dimensions):
        yield


@defect(alarm_checks.check_alarms_names)
def alarm_named_without_the_environment(deployed: Deployed) -> Iterator[None]:
    with _alarm(deployed, "SwapUsage", AlarmName="dms-swap-usage"):
        yield


@defect(alarm_checks.check_alarms_tell_the_topic)
def alarm_that_tells_nobody(deployed: Deployed) -> Iterator[None]:
    with _alarm(deployed, "SwapUsage", AlarmActions=[]):
        yield


@contextmanager
def _topic_attribute(deployed: Deployed, name: str, change: Callable[[str], str]) -> Iterator[None]:
    topic = deployed.outputs[outputs.ALARM_TOPIC_ARN]
    right = deployed.sns.get_topic_attributes(TopicArn=topic)["Attributes"][name]
    for value in (change(right), right):
        deployed.sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
        if value is not right:
            yield


@defect(topic_checks.check_the_topic_is_encrypted)
def topic_of_awss_own_key(deployed: Deployed) -> Iterator[None]:
    with _topic_attribute(deployed, "KmsMasterKeyId", lambda _: "alias/aws/sns"):
        yield


@defect(topic_checks.check_who_may_publish_to_the_topic)
def topic_that_keeps_rds_out(deployed: Deployed) -> Iterator[None]:
    def without_rds(statements: list[Any]) -> list[Any]:
        rds = {"Service": "events.rds.amazonaws.com"}
        return [one for one in statements if one["Principal"] != rds]

    with _topic_attribute(deployed, "Policy", lambda policy: with_statements(policy, without_rds)):
        yield


@defect(topic_checks.check_every_address_is_subscribed)
def address_that_nobody_asked_for(deployed: Deployed) -> Iterator[None]:
    made = deployed.sns.subscribe(
        TopicArn=deployed.outputs[outputs.ALARM_TOPIC_ARN],
        Protocol="email",
        Endpoint="somebody@example.com",
        ReturnSubscriptionArn=True,
    )
    yield
    deployed.sns.unsubscribe(SubscriptionArn=made["SubscriptionArn"])


@defect(event_checks.check_rds_tells_of_the_cluster_and_its_instances)
def instance_that_nobody_is_told_of(deployed: Deployed) -> Iterator[None]:
    subscription = next(
        one
        for one in event_checks.find_rds_subscriptions(deployed)
        if one.get("SourceType") == "db-instance"
    )
    name, source = (
        subscription.get("CustSubscriptionId", ""),
        subscription.get("SourceIdsList", [])[0],
    )
    deployed.rds.remove_source_identifier_from_subscription(
        SubscriptionName=name, SourceIdentifier=source
    )
    yield
    deployed.rds.add_source_identifier_to_subscription(
        SubscriptionName=name, SourceIdentifier=source
    )


@contextmanager
def _dms_subscription(deployed: Deployed, **wrong: object) -> Iterator[None]:
    """Modify the subscription to the tasks' events, and back."""
    subscription = dict(
        next(
            one
            for one in event_checks.find_dms_subscriptions(deployed)
            if one.get("SourceType") == "replication-task"
        )
    )
    modify: Callable[..., Any] = deployed.dms.modify_event_subscription
    read_as = {"EventCategories": "EventCategoriesList"}
    right = {name: subscription[read_as.get(name, name)] for name in wrong}
    modify(SubscriptionName=subscription["CustSubscriptionId"], **wrong)
    yield
    modify(SubscriptionName=subscription["CustSubscriptionId"], **right)


@defect(event_checks.check_dms_tells_of_the_instance_and_its_tasks)
def tasks_that_nobody_is_told_of(deployed: Deployed) -> Iterator[None]:
    topic = deployed.sns.create_topic(Name="that-nobody-reads")["TopicArn"]
    with _dms_subscription(deployed, SnsTopicArn=topic):
        yield
    deployed.sns.delete_topic(TopicArn=topic)


@defect(event_checks.check_what_is_told_of)
def failures_that_nobody_is_told_of(deployed: Deployed) -> Iterator[None]:
    with _dms_subscription(deployed, EventCategories=["state change"]):
        yield


@defect(event_checks.check_subscriptions_to_events_are_active)
def disabled_subscription(deployed: Deployed) -> Iterator[None]:
    with _dms_subscription(deployed, Enabled=False):
        yield


@contextmanager
def _dashboard(deployed: Deployed, change: Callable[[str], str]) -> Iterator[None]:
    name = dashboard_checks.dashboard_name(deployed)
    right = deployed.cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]
    deployed.cloudwatch.put_dashboard(DashboardName=name, DashboardBody=change(right))
    yield
    deployed.cloudwatch.put_dashboard(DashboardName=name, DashboardBody=right)


@defect(dashboard_checks.check_the_dashboards_address)
def no_dashboard(deployed: Deployed) -> Iterator[None]:
    with _dashboard(deployed, lambda body: body):
        name = dashboard_checks.dashboard_name(deployed)
        deployed.cloudwatch.delete_dashboards(DashboardNames=[name])
        yield


@defect(dashboard_checks.check_the_dashboard_shows_what_is_there)
def dashboard_of_another_cluster(deployed: Deployed) -> Iterator[None]:
    cluster_id = json.dumps(deployed.outputs[outputs.CLUSTER_ID])
    wrong = '"DBClusterIdentifier", "another"'
    with _dashboard(
        deployed, lambda body: body.replace(f'"DBClusterIdentifier", {cluster_id}', wrong)
    ):
        yield


@defect(dashboard_checks.check_the_dashboard_shows_every_alarm)
def dashboard_without_an_alarm(deployed: Deployed) -> Iterator[None]:
    def change(body: str) -> str:
        content = json.loads(body)
        for widget in content["widgets"]:
            widget["properties"].get("alarms", [None]).pop()
        return json.dumps(content)

    with _dashboard(deployed, change):
        yield
