"""Whether what is made is of the plan's own things: what an alarm watches, and whose events are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts import events, metrics
from facts.names import cluster_log_group
from ferry.review.plan.objects import texts
from ferry.review.plan.plan import Action
from ferry.review.rules.combined.alarm_values import ALARM, PUT_ALARM
from ferry.review.rules.combined.own import is_own
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Plan
    from ferry.review.plan.values import Json

_CLUSTER: Final = ("aws_rds_cluster", "cluster_identifier")
_CLUSTER_INSTANCE: Final = ("aws_rds_cluster_instance", "identifier")
_REPLICATION_INSTANCE: Final = ("aws_dms_replication_instance", "replication_instance_id")

_DIMENSIONS: Final = {
    metrics.CLUSTER: _CLUSTER,
    metrics.CLUSTER_INSTANCE: _CLUSTER_INSTANCE,
    metrics.REPLICATION_INSTANCE: _REPLICATION_INSTANCE,
    metrics.TASK: ("aws_dms_replication_task", "resource_identifier"),
}
"""The type of what a dimension names, and the attribute that holds the name."""

_KINDS: Final = {
    ("aws_db_event_subscription", events.CLUSTER): _CLUSTER,
    ("aws_db_event_subscription", events.CLUSTER_INSTANCE): _CLUSTER_INSTANCE,
    ("aws_dms_event_subscription", events.REPLICATION_INSTANCE): _REPLICATION_INSTANCE,
    ("aws_dms_event_subscription", events.TASK): (
        "aws_dms_replication_task",
        "replication_task_id",
    ),
}
"""The type of what a kind of source is, and the attribute that holds its name."""

_DATABASE: Final = ("aws_rds_cluster", "database_name")
_LOG: Final = ("aws_cloudwatch_log_group", "name")
_TOPIC: Final = ("aws_sns_topic", "name")

_TARGET: Final = "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html"
_LOGS: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html"
)
_EVENTS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.html"
_TELLING: Final = {
    ALARM: ("alarm_actions", PUT_ALARM),
    "aws_db_event_subscription": ("sns_topic", _EVENTS),
    "aws_dms_event_subscription": (
        "sns_topic_arn",
        "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html",
    ),
}
"""The attribute that names who is told, and where that is written."""


def watched_is_the_plans(plan: Plan) -> Iterator[Finding]:
    """A new alarm, or a subscription to events, names something that the plan does not have."""
    names = _Names(plan)
    for alarm in plan.of(ALARM):
        dimensions = alarm.after.get("dimensions")
        if alarm.action is not Action.CREATE or not isinstance(dimensions, dict):
            continue
        for dimension, value in dimensions.items():
            if names.lack(_DIMENSIONS.get(dimension), value):
                yield Finding(
                    danger=Danger.UNWATCHED,
                    change=alarm,
                    attribute="dimensions",
                    effect=Phrase(
                        "The alarm watches {what}, which this plan does not have.",
                        {"what": alarm.shown(str(value), "dimensions")},
                    ),
                    source=PUT_ALARM,
                )
    for change in plan.of("aws_db_event_subscription", "aws_dms_event_subscription"):
        sources = change.after.get("source_ids")
        if change.action is not Action.CREATE or not isinstance(sources, list):
            continue
        kind = _KINDS.get((change.type, _text(change.after.get("source_type"))))
        for value in sources:
            if names.lack(kind, value):
                yield Finding(
                    danger=Danger.UNWATCHED,
                    change=change,
                    attribute="source_ids",
                    effect=Phrase(
                        "It tells of events of {what}, which this plan does not have.",
                        {"what": change.shown(str(value), "source_ids")},
                    ),
                    source=_EVENTS,
                )


def told_is_the_plans(plan: Plan) -> Iterator[Finding]:
    """A new alarm, or subscription to events, tells topics of the account's and none of the plan's."""
    names = _Names(plan)
    for type_, (attribute, source) in _TELLING.items():
        for change in plan.of(type_):
            said = change.after.get(attribute)
            topics = said if isinstance(said, list) else [said]
            told = [it for it in topics if isinstance(it, str) and is_own(plan, it, "sns")]
            is_elsewhere = all(names.lack(_TOPIC, it.rpartition(":")[2]) for it in told)
            if change.action is Action.CREATE and told == topics and told and is_elsewhere:
                yield Finding(
                    danger=Danger.UNWATCHED,
                    change=change,
                    attribute=attribute,
                    effect=Phrase(
                        "It tells {topics}, and not the plan's own topic: who hears of all else does "
                        "not hear of this.",
                        {"topics": change.shown(", ".join(told), attribute)},
                    ),
                    source=source,
                )


def database_is_there(plan: Plan) -> Iterator[Finding]:
    """Target endpoints are for a database of a cluster of the plan's, as far as it tells them.

    Beside one that is, others may be for databases that are made in the cluster later.
    """
    names = _Names(plan)
    targets = [
        it
        for it in plan.of("aws_dms_endpoint")
        if it.stays
        and it.after.get("endpoint_type") == "target"
        and isinstance(it.after.get("database_name"), str)
    ]
    if not all(names.lack(_DATABASE, it.after["database_name"]) for it in targets):
        return
    for endpoint in targets:
        if endpoint.action is Action.CREATE:
            yield Finding(
                danger=Danger.REPLICATION_STOP,
                change=endpoint,
                attribute="database_name",
                effect=Phrase(
                    "No cluster of this plan is made with the database {database}: DMS connects only "
                    "where somebody has made it.",
                    {"database": endpoint.shown_after("database_name")},
                ),
                source=_TARGET,
            )


def log_is_there(plan: Plan) -> Iterator[Finding]:
    """A log that a cluster writes from now on is one of the plan's, which has a key and an end."""
    names = _Names(plan)
    for cluster in plan.of("aws_rds_cluster"):
        exports, name = map(
            cluster.after.get, ("enabled_cloudwatch_logs_exports", "cluster_identifier")
        )
        if cluster.action is Action.NO_OP or not isinstance(name, str):
            continue
        exported = texts(cluster.before.get("enabled_cloudwatch_logs_exports"))
        for export in exports if isinstance(exports, list) else ():
            if export not in exported and names.lack(_LOG, cluster_log_group(name, str(export))):
                yield Finding(
                    danger=Danger.WIDER_ACCESS,
                    change=cluster,
                    attribute="enabled_cloudwatch_logs_exports",
                    effect=Phrase(
                        "RDS makes the log {log} itself: without the environment's key, and kept for "
                        "ever.",
                        {"log": cluster.shown(str(export), "enabled_cloudwatch_logs_exports")},
                    ),
                    source=_LOGS,
                )


class _Names:
    """The names of what a plan leaves there, by type and attribute."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found: dict[tuple[str, str], set[str] | None] = {}

    def lack(self, kind: tuple[str, str] | None, value: Json) -> bool:
        """Whether other things of a kind are in the plan, and none has a name."""
        if kind is None or not isinstance(value, str):
            return False
        if kind not in self._found:
            type_, attribute = kind
            named = [_name(it.after, attribute) for it in self._plan.of(type_) if it.stays]
            unknown = any(it is None for it in named)
            self._found[kind] = None if unknown else {it for it in named if it}
        names = self._found[kind]
        return bool(names) and value not in (names or ())


def _name(side: Mapping[str, Any], attribute: str) -> str | None:
    """A name; None for one that is not known or hidden, empty where there is none."""
    value = side.get(attribute)
    return "" if value is None else value if isinstance(value, str) else None


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
