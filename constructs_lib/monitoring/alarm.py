"""One alarm on one metric, told to the environment's topic."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_lib.monitoring.metrics import Metric
    from constructs_lib.monitoring.topic import AlarmTopic

BYTES_IN_MIB = 1024**2
BYTES_IN_GIB = 1024**3


class Comparison(StrEnum):
    """On which side of the threshold it is bad; the threshold itself is still good."""

    ABOVE = "GreaterThanThreshold"
    BELOW = "LessThanThreshold"


class MissingData(StrEnum):
    """What periods without data mean.

    None of the alarms takes silence for bad: metrics begin minutes after a deployment and stop
    whenever somebody stops a task or a cluster, and each time that would be a false alarm. That a
    thing fails, fails over or stops is an event, and :class:`EventSubscriptions` tells of those.

    Source:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """

    UNKNOWN = "missing"
    """Nobody knows: the alarm goes to INSUFFICIENT_DATA, neither bad nor, falsely, good again."""

    GOOD = "notBreaching"
    """Nothing to report is good: what the metric counts or holds is not there."""

    AS_BEFORE = "ignore"
    """What was bad stays bad: the cause does not go away with the one who measures."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """How long a metric has to be bad.

    Args:
        period_seconds: The length of a period.
        periods: How many of the latest periods are looked at.
        bad_periods: How many of those have to be bad.
    """

    period_seconds: int
    periods: int
    bad_periods: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """What an alarm says.

    No unit is given to CloudWatch, on purpose: an alarm with a unit sees only data published with
    that very unit, and otherwise stays without data for ever.

    Args:
        id_: The alarm's id in its construct, and the middle of its name.
        metric: What is measured.
        comparison: On which side of the threshold it is bad.
        threshold: In the metric's own unit.
        window: How long it has to be bad.
        missing_data: What silence means.
        description: What is wrong and where to look, for the one who gets the mail.
    """

    id_: str
    metric: Metric
    comparison: Comparison
    threshold: float
    window: Window
    missing_data: MissingData
    description: str


def make_alarm(scope: Construct, alarm: Alarm, *, name: str, topic: AlarmTopic) -> None:
    """Make an alarm that tells the topic when it goes bad and when it is good again.

    Source:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html

    Args:
        scope: The parent.
        alarm: What it says.
        name: Its name; CloudWatch overwrites without a word what has the same name in the region.
        topic: Who is told.
    """
    CloudwatchMetricAlarm(
        scope,
        alarm.id_,
        alarm_name=name,
        alarm_description=alarm.description,
        namespace=alarm.metric.namespace,
        metric_name=alarm.metric.name,
        dimensions=dict(alarm.metric.dimensions),
        statistic=alarm.metric.statistic,
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        period=alarm.window.period_seconds,
        evaluation_periods=alarm.window.periods,
        datapoints_to_alarm=alarm.window.bad_periods,
        treat_missing_data=alarm.missing_data,
        actions_enabled=True,
        alarm_actions=[topic.arn],
        ok_actions=[topic.arn],
    )
