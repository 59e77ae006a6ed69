"""What an alarm says, as those who judge it read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from facts.alarms import Comparison, Statistic
from facts.thresholds import THRESHOLDS
from facts.units import metric_said
from ferry.review.plan.values import holds_hidden, holds_unknown, is_set
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from facts.thresholds import Thresholds
    from ferry.review.plan.plan import Change
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

ALARM: Final = "aws_cloudwatch_metric_alarm"

ACTIONS: Final = {
    "alarm_actions": "when something is wrong",
    "ok_actions": "when all is well again",
    "insufficient_data_actions": "when there is no data",
}
"""Whom an alarm tells, and when."""
PUT_ALARM: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
)
DMS: Final = "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html"

SUBJECT: Final = ("dimensions", "metric_name", "namespace", "metric_query")
WINDOW: Final = ("period", "evaluation_periods", "datapoints_to_alarm")
STATISTIC: Final = ("statistic", "extended_statistic")
GROWS_WITH_THE_PERIOD: Final = frozenset({"SampleCount", "Sum"})
"""Statistics that are no value of the metric's, but grow with the number of values."""

_INCLUSIVE: Final = {
    "GreaterThanThreshold": (Comparison.ABOVE, False),
    "GreaterThanOrEqualToThreshold": (Comparison.ABOVE, True),
    "LessThanThreshold": (Comparison.BELOW, False),
    "LessThanOrEqualToThreshold": (Comparison.BELOW, True),
}
"""Of each comparison on which side it is bad, and whether the threshold itself is."""

_PERCENTILE: Final = re.compile(r"p([0-9]{1,2}(\.[0-9]{1,10})?|100)")
LOWEST: Final = -1.0
HIGHEST: Final = 101.0
"""The least and the most of a period's values, as places among its percentiles."""


def looked_at(side: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Each metric that an alarm looks at: its own, and those of its queries."""
    if is_set(side.get("dimensions")):
        yield side
    queries = side.get("metric_query")
    for query in queries if isinstance(queries, list) else ():
        metrics = query.get("metric") if isinstance(query, dict) else None
        for metric in metrics if isinstance(metrics, list) else ():
            yield metric if isinstance(metric, dict) else {}


def thresholds_of(side: Mapping[str, Any]) -> Thresholds | None:
    """What is known of the metric, where it is one that facts/thresholds.py knows."""
    namespace, name = side.get("namespace"), side.get("metric_name")
    if not (isinstance(namespace, str) and isinstance(name, str)):
        return None
    return THRESHOLDS.get((namespace, name))


def side_of(side: Mapping[str, Any]) -> Comparison | None:
    """On which side of the threshold it is bad; None where that cannot be told."""
    operator = side.get("comparison_operator")
    return _INCLUSIVE[operator][0] if isinstance(operator, str) and operator in _INCLUSIVE else None


def is_inclusive(side: Mapping[str, Any]) -> bool:
    """Whether the threshold itself is bad, where `side_of` knows a side."""
    return _INCLUSIVE[side["comparison_operator"]][1]


def is_closer(side: Comparison | None, before: float, after: float) -> bool:
    """Whether a threshold is as near to what is normal as another, or nearer."""
    return (side is Comparison.ABOVE and after <= before) or (
        side is Comparison.BELOW and after >= before
    )


def window_of(side: Mapping[str, Any]) -> tuple[Any, Any, Any] | None:
    """Seconds of a period, how many are looked at, how many of these have to be bad.

    None where one cannot be told.
    """
    period, evaluated, needed = map(side.get, WINDOW)
    found = (period, evaluated, needed or evaluated)
    is_one = all(isinstance(it, int) and not isinstance(it, bool) and it > 0 for it in found)
    return found if is_one else None


def statistics_of(side: Mapping[str, Any]) -> tuple[Json, Json]:
    """The statistic and the extended one, None for what is not set."""
    return side.get("statistic") or None, side.get("extended_statistic") or None


def place_of(statistic: Json, extended: Json) -> float | None:
    """Where in an ordered list of a period's values a statistic stands; None where it does not."""
    if isinstance(extended, str):
        match = _PERCENTILE.fullmatch(extended)
        return float(match[1]) if match and statistic is None else None
    if statistic == Statistic.MINIMUM:
        return LOWEST
    return HIGHEST if statistic == Statistic.MAXIMUM else None


def unseen(value: Json) -> bool:
    """Whether a value, or a part of it, may be anything."""
    return holds_unknown(value) or holds_hidden(value)


def shown_threshold(alarm: Change, threshold: float, *, of: Mapping[str, Any]) -> Shown:
    """A threshold with the unit of the metric that one side of an alarm names."""
    number = f"{threshold:,.10g}" if threshold % 1 else f"{threshold:,.0f}"
    name = of.get("metric_name")
    is_count = of.get("statistic") == "SampleCount"
    said = metric_said(name, number) if isinstance(name, str) and not is_count else number
    return alarm.shown(said, "threshold", "metric_name")  # whose unit tells of it


def fine(change: Change, attribute: str, because: str) -> Fine:
    """An attribute is harmless."""
    return Fine(change=change, attribute=attribute, because=because)


def deaf(
    change: Change,
    attribute: str,
    effect: str,
    values: Mapping[str, Shown] | None = None,
    *,
    remedy: str = "",
    source: str = PUT_ALARM,
) -> Finding:
    """Something goes wrong, and the alarm tells nobody, or later."""
    return Finding(
        danger=Danger.UNWATCHED,
        change=change,
        attribute=attribute,
        effect=Phrase(effect, values or {}),
        remedy=Phrase(remedy),
        source=source,
    )
