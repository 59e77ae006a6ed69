"""What a new thing has to have beside it: without that nobody uses it, or nobody hears that it fails.

What is made may be whole and right, and something else is not there. A row of `BESIDE` says what;
what was deployed before counts as what comes along does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from facts import events, metrics
from facts.alarms import NEEDED
from facts.names import TASK_LOGS
from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.shown import ours
from ferry.review.plan.values import UNKNOWN, is_set
from ferry.review.rules.combined.alarm_values import ALARM, DMS, PUT_ALARM, looked_at
from ferry.review.rules.combined.publishers import names_of, publishers
from ferry.review.rules.conditions import left_out
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"
_DMS_GUIDE: Final = "https://docs.aws.amazon.com/dms/latest/userguide"

_CLUSTER: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"
_DMS_INSTANCE: Final = "aws_dms_replication_instance"
_TASK: Final = "aws_dms_replication_task"
_SUBSCRIPTIONS: Final = ("aws_db_event_subscription", "aws_dms_event_subscription")

_CALLED: Final = (
    "cluster_identifier",
    "identifier",
    "replication_instance_id",
    "replication_task_id",
    "resource_identifier",
)
"""By what alarms and subscriptions know a thing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What a new thing has to have beside it.

    Args:
        resource: The type of what is new.
        lacks: What is not there of it, in words; empty where all is.
        danger: What kind of effect that is.
        effect: What comes of it; ``{missing}`` stands for what is not there.
        source: Where that is written.
    """

    resource: str
    lacks: Callable[[Change, _There], str]
    danger: Danger
    effect: str
    source: str


def lacks_company(plan: Plan) -> Iterator[Finding]:
    """Something new comes, and what it has to have beside it does not, nor is it there."""
    there = _There(plan)
    for row in BESIDE:
        for change in plan.of(row.resource):
            if _is_new(change) and (missing := row.lacks(change, there)):
                yield Finding(
                    danger=row.danger,
                    change=change,
                    effect=Phrase(row.effect, {"missing": ours(missing)}),
                    source=row.source,
                )


def _is_new(change: Change) -> bool:
    """Whether it comes, and not in the place and under the name of what was there."""
    is_called_otherwise = change.comes and any(map(change.changes, _CALLED))
    return change.action is Action.CREATE or is_called_otherwise


class _There:
    """What a plan leaves there, by what it is of. What is not known may be of anything.

    Args:
        plan: The plan.
    """

    def __init__(self, plan: Plan) -> None:
        self.watched: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.told: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.logs = {
            _text(it.after.get("name")) for it in _staying(plan, "aws_cloudwatch_log_group")
        }
        self.named = {
            type_: {name for it in _staying(plan, type_) for name in _names(it, attribute)}
            for type_, attribute in (
                (_INSTANCE, "cluster_identifier"),
                (_TASK, "replication_instance_arn"),
                ("aws_flow_log", "vpc_id"),
                ("aws_default_security_group", "vpc_id"),
                ("aws_sns_topic_policy", "arn"),
            )
        }
        self.publishers = plan.once(publishers)
        for alarm in _staying(plan, ALARM):
            for metric in looked_at(alarm.after):
                self._watch(metric)
        for change in _staying(plan, *_SUBSCRIPTIONS):
            if change.after.get("enabled") is not False:
                self._tell(change)

    def _watch(self, metric: Mapping[str, Any]) -> None:
        dimensions = metric.get("dimensions")
        if dimensions is UNKNOWN:
            dimensions = dict.fromkeys(NEEDED, UNKNOWN)
        if not isinstance(dimensions, dict) or dimensions.get(metrics.ROLE) == metrics.Role.READER:
            return  # the writer is not among the readers
        for dimension, name in dimensions.items():
            self.watched[dimension, _text(name)].add(_text(metric.get("metric_name")))

    def _tell(self, change: Change) -> None:
        kind = change.after.get("source_type")
        categories = change.after.get("event_categories")
        said = {*map(_text, categories)} if isinstance(categories, list) and categories else {""}
        sources = _names(change, "source_ids") if is_set(change.after.get("source_ids")) else [""]
        for name in sources:
            self.told[_text(kind), name] |= said

    def has(self, type_: str, names: Iterable[str]) -> bool:
        """Whether something of a type names one of these."""
        return not self.named[type_].isdisjoint({*names, ""})


def _staying(plan: Plan, *types: str) -> Iterator[Change]:
    return (it for it in plan.of(*types) if it.stays)


def _text(value: Json) -> str:
    """A text; empty for what is not known or hidden, and for what is not said."""
    return value if isinstance(value, str) else ""


def _names(change: Change, attribute: str) -> list[str]:
    """What an attribute names: its texts and, for what is not known yet, the addresses it refers to."""
    value = change.after.get(attribute)
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    texts = [it for it in values if isinstance(it, str) and it]
    if all(isinstance(it, str) for it in values):
        return texts
    return [*texts, *((change.references or {}).get(attribute) or ("",))]


def _no_alarms(dimension: str, attribute: str) -> Callable[[Change, _There], str]:
    def missing(change: Change, there: _There) -> str:
        name = _text(change.after.get(attribute))
        watched = there.watched[dimension, name] | there.watched[dimension, ""]
        lacking = [
            any_of[0].name
            for any_of in NEEDED[dimension]
            if "" not in watched and watched.isdisjoint(it.name for it in any_of)
        ]
        return ", ".join(lacking)

    return missing


def _no_events(kind: str, attribute: str) -> Callable[[Change, _There], str]:
    def missing(change: Change, there: _There) -> str:
        name = _text(change.after.get(attribute))
        told: set[str] = set()
        for of in (name, without_key(change.address), ""):
            told |= there.told.get((kind, of), set()) | there.told.get(("", of), set())
        return "" if "" in told else ", ".join(it for it in events.NEEDED[kind] if it not in told)

    return missing


def _no_instance(cluster: Change, there: _There) -> str:
    """A cluster of several zones has instances of its own, of no type of Terraform's."""
    own = is_set(cluster.after.get("db_cluster_instance_class"))
    names = {*names_of(cluster), _text(cluster.after.get("cluster_identifier"))}
    return "" if own or there.has(_INSTANCE, names) else "instance"


def _no_task(instance: Change, there: _There) -> str:
    names = {*names_of(instance), _text(instance.after.get("replication_instance_arn"))}
    return "" if there.has(_TASK, names) else "task"


def _no_task_log(instance: Change, there: _There) -> str:
    name = _text(instance.after.get("replication_instance_id"))
    return "" if f"{TASK_LOGS}{name}" in there.logs else "log"


def _no_flow_log(vpc: Change, there: _There) -> str:
    return "" if there.has("aws_flow_log", names_of(vpc)) else "flow log"


def _no_default_group(vpc: Change, there: _There) -> str:
    is_there = there.has("aws_default_security_group", names_of(vpc))
    return "" if is_there else "default security group"


def _no_policy(topic: Change, there: _There) -> str:
    """Alarms may publish by SNS's own policy; RDS and DMS by none that does not say so."""
    names = names_of(topic)
    told_by = {type_ for name in names for type_ in there.publishers.get(name, ())}
    said = is_set(topic.after.get("policy")) and left_out(topic, "policy") is not True
    said = said or there.has("aws_sns_topic_policy", names)
    return "" if said or told_by.isdisjoint(_SUBSCRIPTIONS) else "policy"


_ALARMS: Final = "It is new, and no alarm watches its {missing}."
_EVENTS: Final = "It is new, and nobody is told of its events of these kinds: {missing}."

BESIDE: Final = (
    Beside(
        resource=_CLUSTER,
        lacks=_no_instance,
        danger=Danger.OUTAGE,
        effect="The new cluster has no {missing}: nobody can connect to it.",
        source=f"{_RDS}/Aurora.Overview.html",
    ),
    Beside(
        resource=_DMS_INSTANCE,
        lacks=_no_task,
        danger=Danger.REPLICATION_STOP,
        effect="The new replication instance has no {missing}: nothing is carried.",
        source=f"{_DMS_GUIDE}/CHAP_Tasks.html",
    ),
    Beside(
        resource=_DMS_INSTANCE,
        lacks=_no_task_log,
        danger=Danger.WIDER_ACCESS,
        effect="DMS makes the tasks' {missing} itself: without the environment's key, and kept for "
        "ever.",
        source=DMS,
    ),
    Beside(
        resource="aws_vpc",
        lacks=_no_flow_log,
        danger=Danger.UNWATCHED,
        effect="The new VPC has no {missing} of its own: nobody can look up who came in.",
        source="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
    ),
    Beside(
        resource="aws_vpc",
        lacks=_no_default_group,
        danger=Danger.WIDER_ACCESS,
        effect="The new VPC's {missing} is as AWS makes it: what bears it, as all does that names no "
        "group, reaches everything and is reached by all that bears it.",
        source="https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
    ),
    Beside(
        resource="aws_sns_topic",
        lacks=_no_policy,
        danger=Danger.UNWATCHED,
        effect="The new topic has no {missing} that lets RDS and DMS publish: their events reach "
        "nobody.",
        source=f"{_RDS}/USER_Events.GrantingPermissions.html",
    ),
    *(
        Beside(
            resource=type_,
            lacks=_no_alarms(dimension, attribute),
            danger=Danger.UNWATCHED,
            effect=_ALARMS,
            source=source,
        )
        for type_, dimension, attribute, source in (
            (_CLUSTER, metrics.CLUSTER, "cluster_identifier", PUT_ALARM),
            (_DMS_INSTANCE, metrics.REPLICATION_INSTANCE, "replication_instance_id", DMS),
            (_TASK, metrics.TASK, "resource_identifier", DMS),
        )
    ),
    *(
        Beside(
            resource=type_,
            lacks=_no_events(kind, attribute),
            danger=Danger.UNWATCHED,
            effect=_EVENTS,
            source=source,
        )
        for type_, kind, attribute, source in (
            (_CLUSTER, events.CLUSTER, "cluster_identifier", f"{_RDS}/USER_Events.Messages.html"),
            (_INSTANCE, events.CLUSTER_INSTANCE, "identifier", f"{_RDS}/USER_Events.Messages.html"),
            (
                _DMS_INSTANCE,
                events.REPLICATION_INSTANCE,
                "replication_instance_id",
                f"{_DMS_GUIDE}/CHAP_Events.html",
            ),
            (_TASK, events.TASK, "replication_task_id", f"{_DMS_GUIDE}/CHAP_Events.html"),
        )
    ),
)
"""The rows. Receivers of a topic have a function of their own, and so has the log of a cluster."""
