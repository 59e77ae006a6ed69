"""An alarm on a metric, told to the environment's topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm

from constructs_lib.monitoring.metrics import dimensions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_lib.protocols import Topic
    from facts.alarms import Alarm
    from facts.names import Names


MIB = 1024**2
GIB = 1024**3


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """How long a metric has to be bad.

    Args:
        period_seconds: The length of a period.
        evaluation_periods: How many of the latest periods are looked at.
        datapoints_to_alarm: How many of them have to be bad.
    """

    period_seconds: int
    evaluation_periods: int
    datapoints_to_alarm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What an alarm has beside the facts of it.

    Args:
        window: How long it has to be bad.
        description: What is wrong and where to look, for the one who gets the mail. ``{}`` is the
            threshold.
        unit: In which the description says the threshold, as a number of the metric's own; that
            one by default.
    """

    window: Window
    description: str
    unit: float = 1


def make_alarm(
    scope: Construct,
    alarm: Alarm,
    row: Row,
    *,
    names: Names,
    of: str,
    thresholds: Mapping[str, float],
    topic: Topic,
    task_name: str | None = None,
) -> str:
    """Make an alarm that tells the topic when it goes bad and when it is good again.

    No unit is given to CloudWatch, on purpose: an alarm with a unit sees only data published with
    that very unit, and otherwise stays without data for ever.

    Source:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html

    Args:
        scope: The parent. The alarm's id is its name without the service, which the parent tells.
        alarm: The facts: name, metric, statistic, on which side it is bad, what silence means.
        row: What it has beside them.
        names: The environment's names.
        of: What the description says it is about.
        thresholds: The last good values, by the alarms' names, in the metrics' own units.
        topic: Who is told.
        task_name: Of which task, where the metric is a task's.

    Returns:
        The alarm's name.
    """
    _, _, id_ = alarm.name.partition("-")
    name = names.alarm(alarm.name, task_name)
    threshold = thresholds[alarm.name]
    CloudwatchMetricAlarm(
        scope,
        id_ if task_name is None else f"{id_}-{task_name}",
        alarm_name=name,
        alarm_description=f"{of}: {row.description.format(int(threshold / row.unit))}",
        namespace=alarm.metric.namespace,
        metric_name=alarm.metric.name,
        dimensions=dimensions(alarm.metric, names, role=alarm.role, task_name=task_name),
        statistic=alarm.statistic,
        comparison_operator=alarm.comparison,
        threshold=threshold,
        period=row.window.period_seconds,
        evaluation_periods=row.window.evaluation_periods,
        datapoints_to_alarm=row.window.datapoints_to_alarm,
        treat_missing_data=alarm.missing_data,
        actions_enabled=True,
        alarm_actions=[topic.arn],
        ok_actions=[topic.arn],
    )
    return name
