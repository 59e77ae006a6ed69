"""Who is told: receivers of a topic, and sources of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.row import CHANGED_OR_REPLACED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan

_EMAIL: Final = "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html"
_EVENTS: Final = {
    "aws_db_event_subscription": (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.html"
    ),
    "aws_dms_event_subscription": (
        "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html"
    ),
}
_SOURCES: Final = {
    "aws_rds_cluster": "cluster_identifier",
    "aws_rds_cluster_instance": "identifier",
    "aws_dms_replication_instance": "replication_instance_id",
    "aws_dms_replication_task": "replication_task_id",
}
"""The attribute by which an event's source is named."""


def receivers_go(plan: Plan) -> Iterator[Finding]:
    """The last receiver goes; while there is another, or a new one, somebody is told."""
    subscriptions = plan.of("aws_sns_topic_subscription")
    if any(it.stays for it in subscriptions):
        return
    for change in subscriptions:
        if change.action is Action.DELETE:
            yield Finding(
                danger=Danger.UNWATCHED,
                change=change,
                effect=Phrase("The last receiver goes: alarms and events reach nobody."),
                source=_EMAIL,
            )


def events_lose_sources(plan: Plan) -> Iterator[Finding]:
    """Events of something that stays are no longer told."""
    gone = {
        it.before.get(attribute)
        for type_, attribute in _SOURCES.items()
        for it in plan.of(type_)
        if it.goes and it.before.get(attribute) != it.after.get(attribute)
    }
    for change in plan.of(*_EVENTS):
        sources = change.before.get("source_ids")
        before = [it for it in sources if it not in gone] if isinstance(sources, list) else []
        if change.action is Action.DELETE:
            if before or not sources:  # a subscription without sources tells of all there are
                yield _finding(change, "Events of {lost} are no longer reported.", before)
        elif change.action in CHANGED_OR_REPLACED and before and change.changes("source_ids"):
            after = change.after.get("source_ids")
            known = isinstance(after, list) and all(isinstance(it, str) for it in after)
            lost = [it for it in before if it not in after] if known and after else []
            if lost or not known:
                yield _finding(
                    change,
                    "Events of {lost} are no longer reported."
                    if known
                    else "Whose events are reported is known only after apply; until now those of {lost}.",
                    lost or before,
                )


def _finding(change: Change, effect: str, sources: list[str]) -> Finding:
    named = change.shown(", ".join(map(str, sources)), "source_ids")
    lost = named or ours("everything of this kind")
    return Finding(
        danger=Danger.UNWATCHED,
        change=change,
        attribute="" if change.action is Action.DELETE else "source_ids",
        effect=Phrase(effect, {"lost": lost}),
        source=_EVENTS[change.type],
    )
