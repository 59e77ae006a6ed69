"""Thresholds that a metric passes always or never: of alarms that change, and under instances that do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from facts import metrics
from facts.alarms import Comparison
from facts.instance_classes import (
    BYTES_IN_GIB,
    DMS_STORAGE_GIB,
    local_storage_bytes,
    memory_bytes,
)
from facts.units import BYTES
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.plan.values import UNKNOWN, show
from ferry.review.rules.capacity import (
    CAPACITY,
    cluster_of,
    connections_of,
    is_serverless,
    memory_of,
)
from ferry.review.rules.combined.alarm_values import (
    ALARM,
    GROWS_WITH_THE_PERIOD,
    STATISTIC,
    SUBJECT,
    is_inclusive,
    shown_threshold,
    side_of,
    thresholds_of,
)
from ferry.review.rules.combined.weaker import unsaid
from ferry.review.rules.conditions import number
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facts.thresholds import Thresholds
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
    metrics.DMS_AVAILABLE_MEMORY.name: "memory",
    metrics.AURORA_FREE_LOCAL_STORAGE.name: "local storage",
    metrics.AURORA_CONNECTIONS.name: "connections",
    metrics.DMS_FREE_STORAGE.name: "storage",
}
"""What an instance limits a metric by."""

_ALMOST_NOTHING: Final = 0.01

_GROWING: Final = tuple(GROWS_WITH_THE_PERIOD)
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
        changes = (
            instance.comes
            or any(map(instance.changes, (*_CLASSES, "allocated_storage")))
            or (is_serverless(instance) and _capacity_changes(instance))
        )
        for name, most in _sizes(instance).items():
            for limits in (self.all_, self.changed) if changes else (self.all_,):
                if name not in limits or most < limits[name].most:
                    limits[name] = _Limit(most=most, instance=instance)


def _capacity_changes(instance: Change) -> bool:
    cluster = cluster_of(instance)
    return cluster is not None and cluster.changes(CAPACITY)


def _class_of(instance: Change) -> str:
    found = next((instance.after[it] for it in _CLASSES if it in instance.after), None)
    return found if isinstance(found, str) else ""


def _sizes(instance: Change) -> dict[str, float]:
    class_, storage = _class_of(instance), number(instance.after.get("allocated_storage"))
    if instance.type == "aws_dms_replication_instance" and unsaid(instance, "allocated_storage"):
        storage = DMS_STORAGE_GIB
    is_aurora = instance.type == "aws_rds_cluster_instance"
    found = {
        "memory": memory_of(instance) if is_aurora else memory_bytes(class_),
        "local storage": local_storage_bytes(class_),
        "connections": connections_of(instance) if is_aurora else None,
        "storage": None if storage is None else storage * BYTES_IN_GIB,
    }
    return {name: most for name, most in found.items() if most is not None}


def thresholds_out_of_reach(plan: Plan) -> Iterator[Finding]:
    """Thresholds that are passed always or never."""
    limits = _limits(plan)
    for alarm in plan.of(ALARM):
        threshold, side = number(alarm.after.get("threshold")), side_of(alarm.after)
        if not alarm.stays or threshold is None or side is None:
            continue
        row = thresholds_of(alarm.after)
        if row is None:
            continue
        changes = alarm.action is not Action.NO_OP and any(map(alarm.changes, _SAYS))
        if alarm.after.get("statistic") in _GROWING:
            found = _always(alarm, threshold, side) if changes else None
        else:
            found = _beyond_all(alarm, row, threshold, side) if changes else None
            if found is None:
                found = _beyond_its_instances(alarm, row, threshold, side, limits, changes=changes)
        if found is not None:
            danger, effect = found
            yield Finding(
                danger=danger,
                change=alarm,
                attribute="threshold",
                effect=effect,
                remedy=Phrase("Set the threshold to what the metric has when something is wrong."),
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


_Found = tuple[Danger, Phrase]


def _beyond_all(
    alarm: Change, row: Thresholds, threshold: float, side: Comparison
) -> _Found | None:
    """What is beyond the metric's own limits, or tells nothing on this side."""
    metric = row.metric
    values = {"metric": alarm.shown_after("metric_name"), "threshold": _shown(alarm, threshold)}
    inclusive = is_inclusive(alarm.after)
    # A processor is never quite idle.
    least = _ALMOST_NOTHING if metric in (metrics.AURORA_CPU, metrics.DMS_CPU) else metric.least
    at_least = _passes(side, threshold, least, inclusive=inclusive)
    at_most = (
        side is Comparison.ABOVE
        if metric.most is None
        else _passes(side, threshold, metric.most, inclusive=inclusive)
    )
    where = "above" if side is Comparison.ABOVE else "below"
    sense = row.above if side is Comparison.ABOVE else row.below
    is_early, is_late = _early_and_late(sense, threshold, side)
    if not at_least and not at_most:
        said = f"{{metric}} is never {where} {{threshold}}: the alarm never goes off."
    elif at_least and at_most:
        said = f"{{metric}} is always {where} {{threshold}}: the alarm is always on."
    elif sense is None and side_of(alarm.before) not in (None, side):
        return None  # `alarms_told` says that it is on the other side
    elif sense is None or (is_early and row.free is None):
        said = (
            f"{{metric}} is {where} {{threshold}} while all is well, too: an alarm that is always on "
            "tells nothing."
        )
    elif is_late:
        said = f"{{metric}} is {where} {{threshold}} when it is too late, or never."
    else:
        return None
    return Danger.UNWATCHED, Phrase(said, values)


def _always(alarm: Change, threshold: float, side: Comparison) -> _Found | None:
    """A sum, or a number of values, has no most that is known here; below zero it never is."""
    if side is not Comparison.ABOVE or not _passes(
        side, threshold, 0, inclusive=is_inclusive(alarm.after)
    ):
        return None
    said = "{metric} is always above {threshold}: the alarm is always on."
    values = {"metric": alarm.shown_after("metric_name"), "threshold": _shown(alarm, threshold)}
    return Danger.UNWATCHED, Phrase(said, values)


def _early_and_late(
    sense: tuple[float, float] | None, threshold: float, side: Comparison
) -> tuple[bool, bool]:
    """Whether an alarm goes off while all is well, and whether it does when it is too late."""
    if sense is None:
        return True, False
    least, most = sense
    low, high = threshold < least, threshold > most
    return (low, high) if side is Comparison.ABOVE else (high, low)


def _beyond_its_instances(
    alarm: Change,
    row: Thresholds,
    threshold: float,
    side: Comparison,
    limits: dict[tuple[str, str | None], _Limits],
    *,
    changes: bool,
) -> _Found | None:
    """What is beyond the size of the instances that the alarm's metric is of."""
    what, dimensions = _MOST_OF.get(row.metric.name), alarm.after.get("dimensions")
    known = False
    for dimension, name in dimensions.items() if what and isinstance(dimensions, dict) else ():
        for key in ((dimension, name if isinstance(name, str) else None), (dimension, None)):
            of_one = limits.get(key)
            limit = of_one and (of_one.all_ if changes else of_one.changed).get(what or "")
            known = known or bool(limit)
            if limit and threshold >= limit.most:
                return Danger.UNWATCHED, _told(alarm, limit, what or "", threshold, side)
            if limit and row.free is not None and threshold > row.free * limit.most:
                return Danger.UNWATCHED, _hardly_free(alarm, limit, row, what or "", threshold)
    if changes and not known and row.free is not None and row.below and threshold > row.below[1]:
        return Danger.UNCLEAR, Phrase(
            "How much an instance has is not known: {metric} may be below {threshold} while all is "
            "well.",
            {"metric": alarm.shown_after("metric_name"), "threshold": _shown(alarm, threshold)},
        )
    return None


def _hardly_free(
    alarm: Change, limit: _Limit, row: Thresholds, what: str, threshold: float
) -> Phrase:
    has, values = _has(limit, what)
    return Phrase(
        f"{has}, of which {100 * (row.free or 0):.0f} % may be free while all is well: below "
        "{threshold} an alarm tells nothing.",
        {**values, "threshold": _shown(alarm, threshold)},
    )


def _told(alarm: Change, limit: _Limit, what: str, threshold: float, side: Comparison) -> Phrase:
    has, values = _has(limit, what)
    end = (
        "it never reaches {threshold}, and the alarm never goes off."
        if side is Comparison.ABOVE
        else "below {threshold} the alarm is always on."
    )
    return Phrase(f"{has}: {end}", {**values, "threshold": _shown(alarm, threshold)})


def _has(limit: _Limit, what: str) -> tuple[str, dict[str, Shown]]:
    """What an instance has, as the beginning of a sentence, and the values in it."""
    instance = limit.instance
    values = {
        "class": instance.shown(show(_class_of(instance)), *_CLASSES),
        "most": ours(f"{limit.most:,.0f}"),
    }
    if what == "connections":
        return "An instance of {class} accepts about {most} connections", values
    if what == "storage":
        most = instance.shown(BYTES.said(f"{limit.most:,.0f}"), "allocated_storage")
        return "The replication instance has {most} of storage", {"most": most}
    values["most"] = ours(BYTES.said(f"{limit.most:,.0f}"))
    return f"An instance of {{class}} has {{most}} of {what}", values


def _shown(alarm: Change, threshold: float) -> Shown:
    return shown_threshold(alarm, threshold, of=alarm.after)
