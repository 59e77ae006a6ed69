"""Alarms: whether they still tell of what goes wrong, as early as before, and whom they tell.

What may be anything, a value that is hidden or known only after apply, is neither found nor called
harmless here: then no rule says that it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from facts import metrics
from facts.alarms import Comparison
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import joined
from ferry.review.plan.values import UNKNOWN, is_set
from ferry.review.rules.combined.alarm_bounds import changed_bounds, new_bounds
from ferry.review.rules.combined.alarm_values import (
    ACTIONS,
    ALARM,
    STATISTIC,
    SUBJECT,
    WINDOW,
    deaf,
    fine,
    is_closer,
    looked_at,
    side_of,
    unseen,
)
from ferry.review.rules.combined.own import is_here
from ferry.review.rules.combined.publishers import tells_no_topic_of
from ferry.review.rules.conditions import number, refers_to
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED, DESTROYED, REPLACED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

_CLOUDWATCH: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest"
_ALARM_ACTIONS: Final = f"{_CLOUDWATCH}/monitoring/alarm-actions.html"
_INSTANCE: Final = "aws_rds_cluster_instance"
_WATCHED: Final = {
    "aws_dms_replication_task": (metrics.TASK, "resource_identifier"),
    "aws_dms_replication_instance": (metrics.REPLICATION_INSTANCE, "replication_instance_id"),
    "aws_rds_cluster": (metrics.CLUSTER, "cluster_identifier"),
}
"""The dimension by which alarms know a resource, and the attribute that holds its value."""

_TOPIC: Final = refers_to("aws_sns_topic", "aws_sns_topic_policy")


def alarms_told(plan: Plan) -> Iterator[Finding | Fine]:
    """What becomes of every alarm that is made, changed or destroyed."""
    watch = _Watch(plan)
    for change in plan.of(ALARM):
        if change.action is Action.DELETE:
            yield _goes(change, watch)
        elif change.comes or change.action is Action.UPDATE:
            yield from _stays(change, watch)


@dataclass(frozen=True, slots=True)
class _Watch:
    """What a plan's alarms and instances come to, looked up once.

    Args:
        plan: The plan.
        equals: The threshold nearest to what is normal, by all else that an alarm says.
        gone: Dimensions of what goes for good.
        instances: How many instances a cluster will have, of those that the plan shows.
    """

    plan: Plan
    equals: dict[str, float] = field(default_factory=dict)
    gone: set[tuple[str, str]] = field(default_factory=set)
    instances: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for alarm in self.plan.of(ALARM):
            if alarm.stays:
                self._add(alarm)
        watched = {**_WATCHED, _INSTANCE: (metrics.CLUSTER_INSTANCE, "identifier")}
        for type_, (dimension, attribute) in watched.items():
            for change in self.plan.of(type_):
                name = change.before.get(attribute)
                if change.action is Action.DELETE and isinstance(name, str):
                    self.gone.add((dimension, name))
        for change in self.plan.of(_INSTANCE):
            cluster = (change.after if change.stays else change.before).get("cluster_identifier")
            # An instance of a cluster that is not known may be anybody's reader.
            key = cluster if isinstance(cluster, str) else ""
            self.instances[key] = self.instances.get(key, 0) + change.stays

    def _add(self, alarm: Change) -> None:
        threshold = number(alarm.after.get("threshold"))
        key = _all_but_the_threshold(alarm.after)
        if key and threshold is not None:
            side = side_of(alarm.after)
            nearest = min if side is Comparison.ABOVE else max
            self.equals[key] = nearest(threshold, self.equals.get(key, threshold))

    def goes_with_its_subject(self, alarm: Change) -> bool:
        """Whether of each metric something that its dimensions name goes for good."""
        metrics_ = _dimensions_of_each(alarm.before)
        return bool(metrics_) and all(map(self._goes, metrics_))

    def _goes(self, named: Mapping[str, Any]) -> bool:
        """Whether something that a metric's dimensions name goes for good, the last reader too."""
        if self.gone.intersection(it for it in named.items() if isinstance(it[1], str)):
            return True
        if named.get(metrics.ROLE) != metrics.Role.READER or self.instances.get(""):
            return False
        return self.instances.get(str(named.get(metrics.CLUSTER))) in {0, 1}

    def has_an_equal(self, alarm: Change) -> bool:
        """Whether another alarm tells all that this one told, as early."""
        key, threshold = _all_but_the_threshold(alarm.before), number(alarm.before.get("threshold"))
        other = self.equals.get(key) if key else None
        if other is None or threshold is None:
            return False
        return is_closer(side_of(alarm.before), threshold, other)


_SAYS: Final = (*SUBJECT, *WINDOW, *STATISTIC, *ACTIONS, "comparison_operator", "unit",
                "treat_missing_data", "threshold_metric_id")  # fmt: skip


def _all_but_the_threshold(side: Mapping[str, Any]) -> str:
    """What an alarm says, as a text; empty for one that cannot be compared, or tells nobody."""
    said = {name: side.get(name) or None for name in _SAYS}
    if side.get("actions_enabled") is False or not said["alarm_actions"] or unseen(said):
        return ""
    if side_of(side) is None or number(side.get("threshold")) is None:
        return ""
    sets = {name: sorted(_strings(said[name]) or ()) for name in ACTIONS}
    return json.dumps({**said, **sets}, sort_keys=True)


def _goes(change: Change, watch: _Watch) -> Finding | Fine:
    if watch.goes_with_its_subject(change):
        return Fine(change=change, attribute=DESTROYED, because="It goes with what it watched.")
    if watch.has_an_equal(change):
        return Fine(change=change, attribute=DESTROYED, because="Another alarm tells the same.")
    return deaf(
        change, "", "The alarm goes; what it watched ({watched}) stays.", {"watched": _what(change)}
    )


def _stays(change: Change, watch: _Watch) -> Iterator[Finding | Fine]:
    """What is said of an alarm that is made, changed, or made anew."""
    yield from _receivers(change, watch.plan)
    if change.action is Action.CREATE:
        yield from new_bounds(change)
        return
    if change.action is Action.REPLACE:
        yield Fine(change=change, attribute=REPLACED, because="It is made anew at once.")
    if any(map(change.changes, SUBJECT)):
        yield deaf(
            change,
            "",
            "The alarm watches something else; {watched} is no longer watched by it.",
            {"watched": _what(change)},
        )
        return
    yield from changed_bounds(change)


def _what(alarm: Change) -> Shown:
    return joined(map(alarm.shown_before, ("metric_name", "dimensions")), by=" ")


def _receivers(change: Change, plan: Plan) -> Iterator[Finding | Fine]:
    enabled = change.after.get("actions_enabled")
    if enabled is False and change.before.get("actions_enabled") is not False:
        yield deaf(change, "actions_enabled", "The alarm goes off and tells nobody.")
    elif enabled is None or enabled is True:
        yield fine(change, "actions_enabled", "It tells whom it has to tell.")
    if change.action is Action.CREATE:
        told = _strings(change.after.get("alarm_actions")) or set()
        if tells_no_topic_of(plan, told):
            yield deaf(
                change,
                "alarm_actions",
                "It tells {told}, and no topic of this plan: whether anybody hears that no plan says.",
                {"told": change.shown(", ".join(sorted(told)), "alarm_actions")},
            )
        if is_set(change.after.get("alarm_actions")):
            yield Fine(change=change, attribute=CREATED, because="Something more is watched.")
        else:
            yield deaf(change, "", "The new alarm goes off and tells nobody.")
    for name, when in ACTIONS.items():
        if change.changes(name):
            yield from _of_one_state(change, name, when, plan)


def _of_one_state(change: Change, name: str, when: str, plan: Plan) -> Iterator[Finding | Fine]:
    """Whom an alarm tells of one of its states."""
    before, after = _strings(change.before.get(name)), _strings(change.after.get(name))
    if before is None or after is None:
        if not before and _TOPIC(change, name) and _may_be_new(change, name):
            yield fine(change, name, "A topic of this plan is told.")
        return
    strangers = sorted(it for it in after - before if not is_here(plan, it, "sns"))
    if strangers:
        yield Finding(
            danger=Danger.WIDER_ACCESS,
            change=change,
            attribute=name,
            effect=Phrase(
                f"{{strangers}} is no topic of this account and region, and is called {when}.",
                {"strangers": change.shown(", ".join(strangers), name)},
            ),
            source=_ALARM_ACTIONS,
        )
    if lost := sorted(before - after):
        yield deaf(
            change,
            name,
            f"The alarm no longer tells {{lost}} {when}.",
            {"lost": change.shown(", ".join(lost), name)},
        )
    if not strangers and not lost:
        yield fine(change, name, "Whoever was told is told; more are.")


def _may_be_new(change: Change, name: str) -> bool:
    """Whether what only AWS will say is of something that the plan makes or changes."""
    groups = change.neighbours.at((change.references or {}).get(name, ()))
    return any(it and it.actions.keys() - {Action.NO_OP} for it in groups)


def _strings(value: Json) -> set[str] | None:
    """A set of texts; None where that is not seen."""
    if value is None:
        return set()
    seen = isinstance(value, list) and all(isinstance(it, str) for it in value)
    return set(value) if seen else None


def _dimensions_of_each(side: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The dimensions of each metric that an alarm looks at."""
    found: list[dict[str, Any]] = []
    for it in looked_at(side):
        dimensions = it.get("dimensions")
        unknown = {"": UNKNOWN} if dimensions is UNKNOWN else {}
        found.append(dimensions if isinstance(dimensions, dict) else unknown)
    return found
