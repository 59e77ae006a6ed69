"""Thresholds that a metric passes always or never: of alarms that change, and under instances that do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from facts import metrics
from facts.alarms import Comparison
from facts.instance_classes import BYTES_IN_GIB, max_connections, memory_bytes
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.plan.values import UNKNOWN, show
from ferry.review.rules.combined.alarm_values import (
    ALARM,
    GROWS_WITH_THE_PERIOD,
    STATISTIC,
    SUBJECT,
    is_inclusive,
    metric_of,
    side_of,
)
from ferry.review.rules.conditions import number
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_CLOUDWATCH: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
    "Aurora.AuroraMonitoring.Metrics.html"
)
_DMS: Final = "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html"
_CLASSES: Final = ("instance_class", "replication_instance_class")
_MOST_OF: Final = {
    metrics.AURORA_FREEABLE_MEMORY.name: "memory",
    metrics.AURORA_CONNECTIONS.name: "connections",
    metrics.DMS_FREE_STORAGE.name: "storage",
}
"""What an instance limits a metric by."""

_ALMOST_NOTHING: Final = 0.01

_SAYS: Final = (*SUBJECT, *STATISTIC, "threshold", "comparison_operator")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Limit:
    """What an instance has of something, at most."""

    most: float
    instance: Change


@dataclass(frozen=True, slots=True)
class _Limits:
    """The lowest limits of the instances that a dimension names, by what they limit.

    Args:
        all_: Of all of them.
        changed: Of those that are made, or of another size.
    """

    all_: dict[str, _Limit] = field(default_factory=dict)
    changed: dict[str, _Limit] = field(default_factory=dict)

    def add(self, instance: Change) -> None:
        """Look at one more instance."""
        changes = instance.comes or any(map(instance.changes, (*_CLASSES, "allocated_storage")))
        for name, most in _sizes(instance).items():
            for limits in (self.all_, self.changed) if changes else (self.all_,):
                if name not in limits or most < limits[name].most:
                    limits[name] = _Limit(most=most, instance=instance)


def _class_of(instance: Change) -> str:
    found = next((instance.after[it] for it in _CLASSES if it in instance.after), None)
    return found if isinstance(found, str) else ""


def _sizes(instance: Change) -> dict[str, float]:
    class_, storage = _class_of(instance), number(instance.after.get("allocated_storage"))
    found = {
        "memory": memory_bytes(class_),
        "connections": max_connections(class_),
        "storage": None if storage is None else storage * BYTES_IN_GIB,
    }
    return {name: most for name, most in found.items() if most is not None}


def thresholds_out_of_reach(plan: Plan) -> Iterator[Finding]:
    """Thresholds that are passed always or never."""
    limits = _limits(plan)
    for alarm in plan.of(ALARM):
        threshold, side = number(alarm.after.get("threshold")), side_of(alarm.after)
        statistic = alarm.after.get("statistic")
        if not alarm.stays or threshold is None or side is None:
            continue
        if isinstance(statistic, str) and statistic in GROWS_WITH_THE_PERIOD:
            continue
        changes = alarm.action is not Action.NO_OP and any(map(alarm.changes, _SAYS))
        effect = (_beyond_all(alarm, threshold, side) if changes else None) or next(
            _beyond_an_instance(alarm, threshold, side, limits, changes=changes), None
        )
        if effect is not None:
            yield Finding(
                danger=Danger.UNWATCHED,
                change=alarm,
                attribute="threshold",
                effect=effect,
                remedy=Phrase("Set the threshold to what the metric can reach."),
                source=_DMS if alarm.after.get("namespace") == metrics.DMS else _CLOUDWATCH,
            )


def _limits(plan: Plan) -> dict[tuple[str, str | None], _Limits]:
    """The limits by dimension and name; None where the name is known only after apply."""
    found: dict[tuple[str, str | None], _Limits] = {}
    for type_, dimension, attribute in (
        ("aws_rds_cluster_instance", metrics.CLUSTER_INSTANCE, "identifier"),
        ("aws_rds_cluster_instance", metrics.CLUSTER, "cluster_identifier"),
        ("aws_dms_replication_instance", metrics.REPLICATION_INSTANCE, "replication_instance_id"),
    ):
        for instance in plan.of(type_):
            name = instance.after.get(attribute)
            if instance.stays and (isinstance(name, str) or name is UNKNOWN):
                key = (dimension, name if isinstance(name, str) else None)
                found.setdefault(key, _Limits()).add(instance)
    return found


def _passes(side: Comparison, threshold: float, value: float, *, inclusive: bool) -> bool:
    """Whether an alarm goes off at a value."""
    if inclusive and value == threshold:
        return True
    return value > threshold if side is Comparison.ABOVE else value < threshold


def _beyond_all(alarm: Change, threshold: float, side: Comparison) -> Phrase | None:
    """What is beyond the metric's own limits."""
    metric = metric_of(alarm.after)
    if metric is None:
        return None
    values = {"metric": alarm.shown_after("metric_name"), "threshold": _shown(alarm, threshold)}
    inclusive = is_inclusive(alarm.after)
    # A processor is never quite idle.
    least = _ALMOST_NOTHING if metric in (metrics.AURORA_CPU, metrics.DMS_CPU) else 0
    at_zero = _passes(side, threshold, least, inclusive=inclusive)
    at_most = (
        side is Comparison.ABOVE
        if metric.most is None
        else _passes(side, threshold, metric.most, inclusive=inclusive)
    )
    where = "above" if side is Comparison.ABOVE else "below"
    if not at_zero and not at_most:
        return Phrase(
            f"{{metric}} is never {where} {{threshold}}: the alarm never goes off.", values
        )
    if at_zero and at_most:
        return Phrase(
            f"{{metric}} is always {where} {{threshold}}: the alarm is always on.", values
        )
    if side is Comparison.ABOVE and threshold < metric.usual:
        return Phrase(
            "{metric} is above {threshold} while all is well, too: an alarm that is always on tells "
            "nothing.",
            values,
        )
    return None


def _beyond_an_instance(
    alarm: Change,
    threshold: float,
    side: Comparison,
    limits: dict[tuple[str, str | None], _Limits],
    *,
    changes: bool,
) -> Iterator[Phrase]:
    """What is beyond the size of an instance that the alarm's metric is of."""
    what, dimensions = (
        _MOST_OF.get(str(alarm.after.get("metric_name"))),
        alarm.after.get("dimensions"),
    )
    for dimension, name in dimensions.items() if what and isinstance(dimensions, dict) else ():
        for key in ((dimension, name if isinstance(name, str) else None), (dimension, None)):
            of_one = limits.get(key)
            limit = of_one and (of_one.all_ if changes else of_one.changed).get(what or "")
            if limit and threshold >= limit.most:
                yield _told(alarm, limit, what or "", threshold, side)


def _told(alarm: Change, limit: _Limit, what: str, threshold: float, side: Comparison) -> Phrase:
    instance = limit.instance
    never = side is Comparison.ABOVE
    values = {
        "class": instance.shown(show(_class_of(instance)), *_CLASSES),
        "threshold": _shown(alarm, threshold),
        "most": ours(f"{limit.most:,.0f}"),
    }
    if what == "connections":
        has = "An instance of {class} accepts about {most} connections"
    elif what == "memory":
        has = "An instance of {class} has {most} bytes of memory"
    else:
        has = "The replication instance has {most} GiB of storage"
        values["most"] = instance.shown(f"{limit.most / BYTES_IN_GIB:,.0f}", "allocated_storage")
    end = (
        "it never reaches {threshold}, and the alarm never goes off."
        if never
        else "below {threshold} the alarm is always on."
    )
    return Phrase(f"{has}: {end}", values)


def _shown(alarm: Change, threshold: float) -> Shown:
    return alarm.shown(f"{threshold:,.10g}" if threshold % 1 else f"{threshold:,.0f}", "threshold")
