"""Events of RDS and DMS: whether what was told is told, and to whom."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from facts import events
from facts.events import ALL_CATEGORIES
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.plan.values import holds_hidden, holds_unknown, is_set
from ferry.review.rules.combined.own import account_in, is_here, is_own
from ferry.review.rules.combined.publishers import tells_no_topic_of
from ferry.review.rules.conditions import refers_to
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED, DESTROYED, REPLACED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

_EVENTS: Final = {
    "aws_db_event_subscription": (
        "sns_topic",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.html",
    ),
    "aws_dms_event_subscription": (
        "sns_topic_arn",
        "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html",
    ),
}
"""The attribute that names the topic, and where it is written."""

_SOURCES: Final = {
    "aws_rds_cluster": (events.CLUSTER, "cluster_identifier"),
    "aws_rds_cluster_instance": (events.CLUSTER_INSTANCE, "identifier"),
    "aws_db_parameter_group": (events.PARAMETER_GROUP, "name"),
    "aws_dms_replication_instance": (events.REPLICATION_INSTANCE, "replication_instance_id"),
    "aws_dms_replication_task": (events.TASK, "replication_task_id"),
}
"""What kind of source a resource is, and the attribute by which it is named."""

_TOPIC: Final = refers_to("aws_sns_topic", "aws_sns_topic_policy")
_SOURCE: Final = refers_to(*_SOURCES)
_ALL: Final = "everything of this kind"


def events_told(plan: Plan) -> Iterator[Finding | Fine]:
    """What becomes of every subscription to events."""
    known = _Known(plan)
    for change in plan.of(*_EVENTS):
        if change.action is Action.DELETE:
            yield _goes(change, known)
        elif change.comes or change.action is Action.UPDATE:
            yield from _whole(change)
            yield from _topic(change, plan)
            yield from _enabled(change)
            for told in (_sources, _categories, _type, _not_there):
                yield from told(change, known)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a plan holds, looked up once.

    Args:
        plan: The plan.
        gone: What goes for good, or under its name: the kind of source, and the name.
        told: What subscriptions that stay tell.
        names: Types and names of those that stay.
        there: The names of the sources that the plan has or makes, by their kind.
    """

    plan: Plan
    gone: set[tuple[str, str]] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    names: set[tuple[str, str]] = field(default_factory=set)
    there: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for type_, (kind, attribute) in _SOURCES.items():
            for change in self.plan.of(type_):
                if change.stays:
                    self.there.setdefault(kind, set()).add(str(change.after.get(attribute)))
                name = change.before.get(attribute)
                if change.goes and isinstance(name, str) and name != change.after.get(attribute):
                    self.gone.add((kind, name))
        for change in self.plan.of(*_EVENTS):
            if change.stays:
                self.told.add(_told(change, change.after))
                self.names.add((change.type, str(change.after.get("name"))))

    def left(self, change: Change) -> list[str] | None:
        """Of the sources that were told of, those that stay; None for all there are, or may be."""
        sources = change.before.get("source_ids")
        kind = str(change.before.get("source_type"))
        if not sources or holds_hidden(sources):
            return None
        return [it for it in _items(sources) if (kind, it) not in self.gone]


def _told(change: Change, side: Mapping[str, Any]) -> str:
    """What a subscription tells, as a text to compare it with others by; empty where not seen."""
    topic, _ = _EVENTS[change.type]
    said = [side.get(it) for it in ("source_type", topic, "source_ids", "event_categories")]
    if side.get("enabled") is False or holds_unknown(said) or holds_hidden(said):
        return ""
    sets = [sorted(_items(it)) for it in said[2:]]
    return json.dumps([change.type, *said[:2], *sets])


def _items(value: Json) -> list[str]:
    return [it for it in value if isinstance(it, str)] if isinstance(value, list) else []


def _seen(value: Json) -> bool:
    """Whether a value is a list of which every item can be seen."""
    return isinstance(value, list) and len(_items(value)) == len(value)


def _goes(change: Change, known: _Known) -> Finding | Fine:
    left, told = known.left(change), _told(change, change.before)
    because = ""
    renamed = (change.type, str(change.before.get("name"))) not in known.names
    if change.before.get("enabled") is False:
        because = "It told nothing."
    elif left == []:
        because = "It goes with what it told of."
    elif renamed and told and told in known.told:
        because = "Another one tells the same."
    if because:
        return Fine(change=change, attribute=DESTROYED, because=because)
    return _finding(
        change, "", "Events of {lost} are no longer reported.", lost=_named(change, left)
    )


def _whole(change: Change) -> Iterator[Fine]:
    if change.action is Action.CREATE:
        yield Fine(change=change, attribute=CREATED, because="More events are reported.")
    elif change.action is Action.REPLACE:
        yield Fine(change=change, attribute=REPLACED, because="It is made anew at once.")


def _topic(change: Change, plan: Plan) -> Iterator[Finding | Fine]:
    name, _ = _EVENTS[change.type]
    after = change.after.get(name)
    if not change.changes(name):
        return
    if account_in(after, "sns") and not is_own(plan, after, "sns"):
        yield _finding(
            change,
            name,
            "The events go to another account's topic, {after}.",
            danger=Danger.WIDER_ACCESS,
            after=change.shown_after(name),
        )
    elif change.action is Action.CREATE and tells_no_topic_of(
        plan, [after] if isinstance(after, str) else ()
    ):
        yield _finding(
            change,
            name,
            "The events go to {after}, and to no topic of this plan: whether anybody hears that no plan "
            "says.",
            after=change.shown_after(name),
        )
    if is_set(change.before.get(name)):
        yield _finding(
            change,
            name,
            "The events go to another topic: {after} in place of {before}.",
            danger=Danger.UNWATCHED,
            **change.shown_sides(name),
        )
    elif is_here(plan, after, "sns") or _TOPIC(change, name):
        yield Fine(change=change, attribute=name, because="A topic of this account is told.")


def _enabled(change: Change) -> Iterator[Finding | Fine]:
    after = change.after.get("enabled")
    if after is False:
        if change.before.get("enabled") is not False:
            yield _finding(change, "enabled", "Nobody is told of these events.")
    elif after is True or after is None:
        yield Fine(change=change, attribute="enabled", because="These events are told.")


def _sources(change: Change, known: _Known) -> Iterator[Finding | Fine]:
    """Whose events are told; an empty list means everybody's."""
    name = "source_ids"
    if not change.changes(name):
        return
    after = change.after.get(name)
    seen = after is None or _seen(after)
    if change.action is Action.CREATE:
        if seen or _SOURCE(change, name):
            yield Fine(change=change, attribute=name, because="More events are reported.")
        return
    left = known.left(change)
    kept = set(_items(after))
    if left is None and is_set(after):
        yield _finding(
            change,
            name,
            "Events of everything of this kind were reported, from now on only those of {after}.",
            after=change.shown_after(name),
        )
    elif (seen and not after) or not (lost := [it for it in left or () if it not in kept]):
        yield Fine(change=change, attribute=name, because="Whatever stays is told of.")
    else:
        yield _finding(
            change,
            name,
            "Events of {lost} are no longer reported."
            if seen
            else "Whose events are reported is known only after apply; until now those of {lost}.",
            lost=_named(change, lost),
        )


def _categories(change: Change, _known: _Known) -> Iterator[Finding | Fine]:
    """Which kinds of events are told; an empty list means all of them."""
    name = "event_categories"
    before, after = change.before.get(name), change.after.get(name)
    if not change.changes(name):
        return
    seen = _seen(after)
    if change.action is Action.CREATE:
        if seen:
            yield Fine(change=change, attribute=name, because="More events are reported.")
    elif after is None or (seen and not after):
        yield Fine(change=change, attribute=name, because="All kinds of events are reported.")
    elif not before and isinstance(before, list | None):
        yield _finding(
            change,
            name,
            "All kinds of events were reported, from now on only {after}.",
            after=change.shown_after(name),
        )
    elif isinstance(before, list) and {*_items(before)} <= {*_items(after)} and _seen(before):
        yield Fine(change=change, attribute=name, because="More kinds of events are reported.")
    else:
        yield _finding(
            change,
            name,
            "Fewer kinds of events are reported: {after} in place of {before}.",
            danger=Danger.UNWATCHED,
            **change.shown_sides(name),
        )


def _type(change: Change, _known: _Known) -> Iterator[Finding | Fine]:
    """Of which kind of source; without one, RDS tells of all kinds."""
    name = "source_type"
    after = change.after.get(name)
    if not change.changes(name):
        return
    if (
        change.action is Action.UPDATE
        and not is_set(after)
        and is_set(change.after.get("source_ids"))
    ):
        effect = "RDS takes no sources without the kind that they are of."
        yield _finding(change, name, effect, danger=Danger.REFUSED)
    elif (
        after is None or after == "" or (change.action is Action.CREATE and isinstance(after, str))
    ):
        yield Fine(change=change, attribute=name, because="More events are reported.")
    elif change.action is not Action.CREATE:
        yield _finding(
            change,
            name,
            "Events of another kind of source are reported: {after}, no longer {before}.",
            danger=Danger.UNWATCHED,
            **change.shown_sides(name),
        )


def _not_there(change: Change, known: _Known) -> Iterator[Finding]:
    """A source that the plan does not know, or a category that no page names: AWS may refuse it."""
    kind = change.after.get("source_type")
    kind = kind if isinstance(kind, str) else ""
    has = ALL_CATEGORIES.get(kind)
    for name, allowed, effect in (
        (
            "source_ids",
            known.there.get(kind, ()),
            "The plan has no {strange}: where there is none, AWS refuses the subscription.",
        ),
        (
            "event_categories",
            frozenset().union(*ALL_CATEGORIES.values()) if has is None else has,
            "No rule knows {strange} as a category of this kind of source: AWS refuses what is none.",
        ),
    ):
        old = {*_items(change.before.get(name))}
        strange = [
            it for it in _items(change.after.get(name)) if it not in old and it not in allowed
        ]
        if strange:
            shown = change.shown(", ".join(strange), name)
            yield _finding(change, name, effect, danger=Danger.UNCLEAR, strange=shown)


def _named(change: Change, sources: list[str] | None) -> Shown:
    return ours(_ALL) if sources is None else change.shown(", ".join(sources), "source_ids")


def _finding(
    change: Change,
    attribute: str,
    effect: str,
    *,
    danger: Danger = Danger.UNWATCHED,
    **values: Shown,
) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        attribute=attribute,
        effect=Phrase(effect, values),
        source=_EVENTS[change.type][1],
    )
