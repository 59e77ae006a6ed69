"""Alarms: what goes unwatched, and thresholds that no instance of a class can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts import metrics
from facts.instance_classes import BYTES_IN_GIB, max_connections, memory_bytes
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import joined, ours
from ferry.review.plan.values import UNKNOWN, show
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.row import CHANGED_OR_REPLACED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_ALARM: Final = "aws_cloudwatch_metric_alarm"
_PUT_ALARM: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
)
_AURORA: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html"
)
_DMS: Final = "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html"

_WATCHED: Final = {
    "aws_dms_replication_task": (metrics.TASK, "resource_identifier"),
    "aws_dms_replication_instance": (metrics.REPLICATION_INSTANCE, "replication_instance_id"),
    "aws_rds_cluster": (metrics.CLUSTER, "cluster_identifier"),
}
"""The dimension by which alarms know a resource, and the attribute that holds its value."""

_SUBJECT: Final = ("dimensions", "metric_name", "namespace", "metric_query")


def alarms_go(plan: Plan) -> Iterator[Finding]:
    """An alarm goes, or watches something else, while what it watched stays."""
    for change in plan.of(_ALARM):
        if change.action is Action.DELETE and _subject_stays(plan, change):
            yield _finding(
                change,
                "The alarm goes; what it watched ({watched}) stays.",
                {"watched": _what(change)},
            )
        elif change.action in CHANGED_OR_REPLACED and any(map(change.changes, _SUBJECT)):
            yield _finding(
                change,
                "The alarm watches something else; {watched} is no longer watched by it.",
                {"watched": _what(change)},
            )


def _subject_stays(plan: Plan, alarm: Change) -> bool:
    """Whether none of the things that the alarm's dimensions name goes for good."""
    named = set(_dimensions(alarm.before).items())
    gone = {
        (dimension, it.before.get(attribute))
        for type_, (dimension, attribute) in _WATCHED.items()
        for it in plan.of(type_)
        if it.action is Action.DELETE
    }
    role = _dimensions(alarm.before).get(metrics.ROLE)
    return not (named & gone) and not (role == metrics.Role.READER and _no_reader_stays(plan))


def _no_reader_stays(plan: Plan) -> bool:
    return sum(it.stays for it in plan.of("aws_rds_cluster_instance")) <= 1


def _what(alarm: Change) -> Shown:
    return joined(map(alarm.shown_before, ("metric_name", "dimensions")), by=" ")


def unwatched(plan: Plan) -> Iterator[Finding]:
    """Something new comes, and no alarm has its name among the dimensions."""
    named, unknown = _named(plan)
    for type_, (dimension, attribute) in _WATCHED.items():
        for change in plan.of(type_):
            name = change.after.get(attribute)
            if change.comes and (dimension, name) not in named and not unknown:
                yield Finding(
                    danger=Danger.UNWATCHED,
                    change=change,
                    effect=Phrase(
                        "It is new, and no alarm has the dimension {dimension} {name}.",
                        {"dimension": ours(dimension), "name": change.shown_after(attribute)},
                    ),
                    source=_DMS if "dms" in type_ else _PUT_ALARM,
                )


def _named(plan: Plan) -> tuple[set[tuple[str, Any]], bool]:
    """What alarms will name, and whether one of them names what is not known yet."""
    found: set[tuple[str, Any]] = set()
    unknown = False
    for alarm in plan.of(_ALARM):
        if alarm.stays:
            for dimension, name in _dimensions(alarm.after).items():
                unknown = unknown or name is UNKNOWN
                if isinstance(name, str):
                    found.add((dimension, name))
    return found, unknown


def _dimensions(side: Mapping[str, Any]) -> dict[str, Any]:
    """The dimensions of an alarm, those of its metric queries included."""
    found: dict[str, Any] = {}
    dimensions = side.get("dimensions")
    if isinstance(dimensions, dict):
        found |= dimensions
    elif dimensions is UNKNOWN:
        found[""] = UNKNOWN
    queries = side.get("metric_query")
    for query in queries if isinstance(queries, list) else ():
        metrics = query.get("metric") if isinstance(query, dict) else None
        for metric in metrics if isinstance(metrics, list) else ():
            found |= metric.get("dimensions") or {}
    return found


def impossible_thresholds(plan: Plan) -> Iterator[Finding]:
    """Thresholds that an instance of its class passes always or never."""
    for alarm in plan.of(_ALARM):
        threshold = alarm.after.get("threshold")
        if not alarm.stays or not isinstance(threshold, int | float):
            continue
        for instance in _instances(plan, alarm):
            touched = alarm.action is not Action.NO_OP or instance.action is not Action.NO_OP
            if touched and (effect := _impossible(alarm, instance, threshold)) is not None:
                yield Finding(
                    danger=Danger.UNWATCHED,
                    change=alarm,
                    attribute="threshold",
                    effect=effect,
                    remedy=Phrase("Set the threshold to suit the class."),
                    source=_DMS if instance.type.startswith("aws_dms") else _AURORA,
                )
                break


def _instances(plan: Plan, alarm: Change) -> list[Change]:
    """The instances that an alarm's metric is of."""
    dimensions = _dimensions(alarm.after)
    return [
        it
        for it in plan.of("aws_rds_cluster_instance")
        if it.stays
        and (
            dimensions.get(metrics.CLUSTER_INSTANCE) == it.after.get("identifier")
            or (
                metrics.CLUSTER in dimensions
                and it.after.get("cluster_identifier") in (dimensions[metrics.CLUSTER], UNKNOWN)
            )
            or (metrics.CLUSTER in dimensions and it.action is Action.CREATE)
        )
    ] + [
        it
        for it in plan.of("aws_dms_replication_instance")
        if it.stays
        and dimensions.get(metrics.REPLICATION_INSTANCE) == it.after.get("replication_instance_id")
    ]


def _impossible(alarm: Change, instance: Change, threshold: float) -> Phrase | None:
    class_ = instance.after.get("instance_class", instance.after.get("replication_instance_class"))
    if not isinstance(class_, str):
        return None
    metric = alarm.after.get("metric_name")
    named = instance.shown(show(class_), "instance_class", "replication_instance_class")
    values = {"class": named, "threshold": alarm.shown(f"{threshold:,.0f}", "threshold")}
    memory = memory_bytes(class_)
    if metric == metrics.AURORA_FREEABLE_MEMORY.name and memory is not None and threshold >= memory:
        values["most"] = ours(f"{memory:,.0f}")
        return Phrase(
            "An instance of {class} has {most} bytes of memory: below {threshold} the alarm is "
            "always on.",
            values,
        )
    most = max_connections(class_)
    if metric == metrics.AURORA_CONNECTIONS.name and most is not None and threshold >= most:
        values["most"] = ours(f"{most:,}")
        return Phrase(
            "An instance of {class} accepts about {most} connections: it never reaches {threshold}, "
            "and the alarm never goes off.",
            values,
        )
    storage = instance.after.get("allocated_storage")
    if (
        metric == metrics.DMS_FREE_STORAGE.name
        and isinstance(storage, int)
        and threshold >= storage * BYTES_IN_GIB
    ):
        values["most"] = instance.shown(f"{storage:,}", "allocated_storage")
        return Phrase(
            "The replication instance has {most} GiB of storage: below {threshold} bytes the alarm "
            "is always on.",
            values,
        )
    return None


def _finding(change: Change, effect: str, values: dict[str, Shown]) -> Finding:
    return Finding(
        danger=Danger.UNWATCHED, change=change, effect=Phrase(effect, values), source=_PUT_ALARM
    )
