"""What AWS takes one by one and refuses together, in the middle of an apply."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts.aurora import ADVANCED_INSIGHTS_DAYS, MOST_READERS
from facts.windows import is_daily, is_weekly, overlap
from ferry.review.plan.plan import Action
from ferry.review.plan.values import as_key, is_set
from ferry.review.rules.combined.alarm_values import ACTIONS, ALARM, PUT_ALARM
from ferry.review.rules.conditions import number
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from ferry.review.plan.plan import Change, Plan

_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest"
_CLUSTER: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"
_MOST_ACTIONS: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Together:
    """Attributes of one resource that AWS refuses together.

    Args:
        resource: The resource's type.
        attributes: The attributes; ``{first}``, ``{second}`` stand for their values in `effect`.
        refused: Whether AWS is known to refuse what they become.
        effect: What it refuses.
        source: Where that is written.
    """

    resource: str
    attributes: tuple[str, ...]
    refused: Callable[[Mapping[str, Any]], bool]
    effect: str
    source: str


def _wants_too_many_points(side: Mapping[str, Any]) -> bool:
    wanted, looked_at = map(number, map(side.get, ("datapoints_to_alarm", "evaluation_periods")))
    return wanted is not None and looked_at is not None and wanted > looked_at


def _overlap(side: Mapping[str, Any]) -> bool:
    daily, weekly = side.get("preferred_backup_window"), side.get("preferred_maintenance_window")
    if not isinstance(daily, str) or not isinstance(weekly, str):
        return False
    return is_daily(daily) and is_weekly(weekly.lower()) and overlap(daily, weekly.lower())


def _forgets_too_soon(side: Mapping[str, Any]) -> bool:
    days = number(side.get("performance_insights_retention_period"))
    is_off = side.get("performance_insights_enabled") is False
    is_short = days is not None and days < ADVANCED_INSIGHTS_DAYS
    return side.get("database_insights_mode") == "advanced" and (is_off or is_short)


def _has_no_role(side: Mapping[str, Any]) -> bool:
    seconds = number(side.get("monitoring_interval"))
    return bool(seconds) and not is_set(side.get("monitoring_role_arn"))


def _tells_too_many(name: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda side: isinstance(side.get(name), list) and len(side[name]) > _MOST_ACTIONS


TOGETHER: Final = (
    Together(
        resource=_CLUSTER,
        attributes=("preferred_backup_window", "preferred_maintenance_window"),
        refused=_overlap,
        effect="RDS refuses a backup window ({first}) that meets the maintenance window ({second}).",
        source=f"{_RDS}/APIReference/API_ModifyDBCluster.html",
    ),
    Together(
        resource=_CLUSTER,
        attributes=(
            "database_insights_mode",
            "performance_insights_retention_period",
            "performance_insights_enabled",
        ),
        refused=_forgets_too_soon,
        effect="RDS refuses advanced Database Insights without Performance Insights that are kept for "
        f"{ADVANCED_INSIGHTS_DAYS} days; here it is {{second}}.",
        source=f"{_RDS}/AuroraUserGuide/USER_DatabaseInsights.Considerations.html",
    ),
    *(
        Together(
            resource=resource,
            attributes=("monitoring_interval", "monitoring_role_arn"),
            refused=_has_no_role,
            effect="RDS refuses enhanced monitoring every {first} seconds without a role.",
            source=f"{_RDS}/APIReference/{page}.html",
        )
        for resource, page in (
            (_CLUSTER, "API_CreateDBCluster"),
            (_INSTANCE, "API_CreateDBInstance"),
        )
    ),
    Together(
        resource=ALARM,
        attributes=("datapoints_to_alarm", "evaluation_periods"),
        refused=_wants_too_many_points,
        effect="CloudWatch refuses an alarm that wants {first} bad periods of {second}.",
        source=PUT_ALARM,
    ),
    *(
        Together(
            resource=ALARM,
            attributes=(name,),
            refused=_tells_too_many(name),
            effect=f"CloudWatch refuses an alarm that tells more than {_MOST_ACTIONS} in one state.",
            source=PUT_ALARM,
        )
        for name in ACTIONS
    ),
)


def refused_together(plan: Plan) -> Iterator[Finding]:
    """What AWS refuses of a resource as a whole, and of a cluster's instances together."""
    yield from refusals(TOGETHER, plan)
    yield from _too_many_readers(plan)
    yield from _maintained_while_backed_up(plan)


def refusals(rows: Iterable[Together], plan: Plan) -> Iterator[Finding]:
    """What of a plan some rows say that AWS refuses."""
    for row in rows:
        for change in plan.of(row.resource):
            changed = [it for it in row.attributes if change.changes(it)]
            if _is_written(change) and changed and row.refused(change.after):
                shown = [change.shown_after(it) for it in row.attributes]
                values = dict(zip(("first", "second"), shown, strict=False))
                yield _refused(change, changed[0], Phrase(row.effect, values), row.source)


def _is_written(change: Change) -> bool:
    return change.comes or change.action is Action.UPDATE


def _too_many_readers(plan: Plan) -> Iterator[Finding]:
    instances = [it for it in plan.of(_INSTANCE) if it.stays]
    counts = Counter(map(_cluster_of, instances))
    told = set()
    for change in instances:
        cluster = _cluster_of(change)
        if change.comes and counts[cluster] > MOST_READERS + 1 and cluster not in told:
            told.add(cluster)
            effect = (
                f"A cluster has one writer and {MOST_READERS} readers at most: RDS refuses more."
            )
            source = f"{_RDS}/AuroraUserGuide/Aurora.Replication.html"
            yield _refused(change, "", Phrase(effect), source)


def _maintained_while_backed_up(plan: Plan) -> Iterator[Finding]:
    """An instance's maintenance window meets its cluster's backup window."""
    clusters = {
        as_key(it.after.get("cluster_identifier")): it for it in plan.of(_CLUSTER) if it.stays
    }
    daily, weekly = "preferred_backup_window", "preferred_maintenance_window"
    for change in plan.of(_INSTANCE):
        cluster = clusters.get(_cluster_of(change))
        if cluster is None or not change.stays:
            continue
        is_new = _is_written(change) and change.changes(weekly)
        moves = _is_written(cluster) and cluster.changes(daily)
        if (is_new or moves) and _overlap(
            {daily: cluster.after.get(daily), weekly: change.after.get(weekly)}
        ):
            effect = (
                "RDS refuses a maintenance window of an instance ({window}) that meets its cluster's "
                "backup window ({backup})."
            )
            values = {"window": change.shown_after(weekly), "backup": cluster.shown_after(daily)}
            source = f"{_RDS}/APIReference/API_CreateDBInstance.html"
            yield _refused(change, weekly, Phrase(effect, values), source)


def _cluster_of(instance: Change) -> str:
    """The cluster that an instance is in; empty for one that only AWS will name."""
    cluster = instance.after.get("cluster_identifier")
    return cluster if isinstance(cluster, str) else ""


def _refused(change: Change, attribute: str, effect: Phrase, source: str) -> Finding:
    return Finding(
        danger=Danger.REFUSED,
        change=change,
        attribute=attribute,
        effect=effect,
        when=moment(change, Timing.NOW),
        source=source,
    )
