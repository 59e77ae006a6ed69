"""The report's parts in their order, whatever they are written as."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.shown import NOTHING, Shown, clipped, joined, ours
from ferry.review.plan.values import UNKNOWN
from ferry.review.report.alike import alike, doubted_alike, named
from ferry.review.report.covered import covered, covered_part
from ferry.review.report.order import order_of_restarts
from ferry.review.report.parts import Entries, Entry, Part
from ferry.review.report.security import statements_part, traffic_part
from ferry.review.rules.dangers import Section
from ferry.review.rules.finding import Phrase
from ferry.review.rules.review import Verdict
from ferry.review.rules.timing import sends_along

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ferry.review.plan.plan import Change
    from ferry.review.plan.whole import Unread
    from ferry.review.report.alike import Alike
    from ferry.review.rules.dangers import Danger
    from ferry.review.rules.judging import Doubt
    from ferry.review.rules.review import Review

_MOST_DIFFERENCES: Final = 15
_MOST_NAMED: Final = 5
_MOST_UNFOLDED: Final = 30
"""More changes than these are folded, so that what stands below them is not far away."""

_REASONS: Final = {
    "delete_because_count_index": "because count leaves it out",
    "delete_because_each_key": "because for_each leaves it out",
    "delete_because_no_module": "because its module is gone from the code",
    "delete_because_no_resource_config": "because it is gone from the code",
    "delete_because_wrong_repetition": "because count or for_each is used in another way",
    "replace_because_cannot_update": "because it cannot be changed in place",
    "replace_because_tainted": "because it is tainted",
    "replace_by_request": "because -replace asks for it",
    "replace_by_triggers": "because of replace_triggered_by",
}
"""Terraform's `action_reason`. Source: https://developer.hashicorp.com/terraform/internals/json-format"""

_NOT_IN_A_PLAN: Final = (
    "Not in a plan, and so not looked at: whether AWS offers these versions and classes in the "
    "region, quotas, what waits in AWS for a maintenance window, what it all costs."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A report.

    Args:
        title: The verdict, in a line.
        lead: What led to it.
        parts: The parts, those that matter most first.
    """

    title: Phrase
    lead: Sequence[Phrase]
    parts: Sequence[Part] = field(default_factory=list)


def report(review: Review) -> Report:
    """Lay out a review."""
    groups = alike(review.findings)
    parts = [
        *(_section(review, groups, it) for it in (Section.DATA, Section.INTERRUPTIONS)),
        _section(review, groups, Section.REPLICATION),
        _section(review, groups, Section.SECURITY),
        statements_part(review),
        traffic_part(review),
        _section(review, groups, Section.OTHER),
        _changes(review),
        *_drift(review),
        _not_looked_at(review),
    ]
    return Report(
        title=Phrase(
            "{environment}: " + _headline(review),
            {"environment": clipped(ours(review.environment))},
        ),
        lead=[
            _advice(review),
            *(covered(it, review.plan.masker) for it in _whose(review)),
            _counts(review),
            *(covered(it, review.plan.masker) for it in _reasons(review, groups)),
            *(covered(_clip(it), review.plan.masker) for it in review.notes),
        ],
        parts=[covered_part(part, review.plan.masker) for part in parts if part.entries],
    )


def shown_differences(change: Change) -> list[tuple[Shown, Shown, Shown]]:
    """Where a resource will differ: path, before and after, of the first places only.

    Of one that goes, nothing: it differs everywhere. Of one that comes, what is known of it.
    """
    if change.action is Action.DELETE:
        return []
    differences = (it for it in change.differences() if not (change.comes and it.after is UNKNOWN))
    masker = change.masker
    found = [
        (
            clipped(masker.text(it.path)),
            clipped(masker.value(it.before)),
            clipped(masker.value(it.after)),
        )
        for it in islice(differences, _MOST_DIFFERENCES + 1)
    ]
    if len(found) > _MOST_DIFFERENCES:
        found[-1] = (ours("and more"), NOTHING, NOTHING)
    return found


def _headline(review: Review) -> str:
    missing = "" if review.is_judged else ", and not all of it could be judged"
    return {
        Verdict.SAFE: "safe",
        Verdict.SECOND_REVIEWER: "needs a second reviewer",
        Verdict.BLOCKED: f"blocked{missing}",
        Verdict.NOT_JUDGED: "could not be judged",
    }[review.verdict]


def _advice(review: Review) -> Phrase:
    """What to do with the plan."""
    return Phrase(
        {
            Verdict.SAFE: "It may be applied.",
            Verdict.SECOND_REVIEWER: "Apply it only after somebody else has read this and agrees.",
            Verdict.BLOCKED: "Do not apply it: change the plan. What blocks is set in the "
            "environment's file, under [review].",
            Verdict.NOT_JUDGED: "Do not apply it before somebody has looked at what is not judged.",
        }[review.verdict]
    )


def _whose(review: Review) -> Iterator[Phrase]:
    """Whose plan it is, and what made it, as far as it tells."""
    told = review.plan.identity
    named = {
        "account": told.account_id,
        "region": told.region,
        "Terraform": told.terraform,
        "hashicorp/aws": told.provider,
    }
    text = ", ".join(f"{name} {{{name}}}" for name, value in named.items() if value)
    if text:
        shown = review.plan.masker.text
        yield Phrase(
            f"{text[0].upper()}{text[1:]}.",
            {name: clipped(shown(value)) for name, value in named.items() if value},
        )


def _counts(review: Review) -> Phrase:
    if not review.counts:
        return Phrase("No resource changes.")
    counts = ", ".join(f"{count:,} to {action}" for action, count in review.counts.items())
    return Phrase(f"Resources: {counts}.")


def _reasons(review: Review, groups: Iterable[Alike]) -> Iterator[Phrase]:
    """The first of what is found of each danger, what blocks first, and how many there are beside."""
    by_danger: dict[Danger, list[Alike]] = {}
    for group in groups:
        by_danger.setdefault(group.first.danger, []).append(group)
    for danger, same in by_danger.items():
        first = same[0]
        who = named(first.places, most=_MOST_NAMED)
        each = ", each:" if first.places[1:] else "."
        when = f" When: {first.first.when.template}." if first.first.when.template else ""
        more = f" (and {len(same) - 1:,} more)" if same[1:] else ""
        yield Phrase(
            f"{_weight(review, danger)} {_words(danger)}: {who.template}{each} "
            f"{first.effect.template}{when}{more}",
            {**who.values, **_clipped(first.effect), **_clipped(first.first.when)},
        )
    yield from order_of_restarts(review)
    doubts = len(review.judgement.doubts) + len(review.plan.unread)
    if doubts:
        yield Phrase(f"Not judged: {doubts:,}, listed at the end. Look at them yourself.")
    if not by_danger and not doubts and review.counts:
        yield Phrase("No change stops, loses, opens or hides anything.")


def _clipped(phrase: Phrase) -> dict[str, Shown]:
    return {name: clipped(text) for name, text in phrase.values.items()}


def _clip(phrase: Phrase) -> Phrase:
    return Phrase(phrase.template, _clipped(phrase))


def _words(danger: Danger) -> str:
    return danger.replace("-", " ")


def _weight(review: Review, danger: Danger) -> str:
    return "Blocks:" if danger in review.block else "Second reviewer:"


def _section(review: Review, groups: Iterable[Alike], section: Section) -> Part:
    return Part(
        title=section,
        columns=("Verdict", "Where", "What happens", "When", "How long", "Instead, or before"),
        sourced="What happens",
        entries=Entries(
            [it for it in groups if it.first.section is section],
            lambda it: Entry(
                cells=(
                    Phrase(
                        f"{_weight(review, it.first.danger).rstrip(':').lower()}, "
                        f"{_words(it.first.danger)}"
                    ),
                    _where(it),
                    _clip(it.effect),
                    _clip(it.first.when),
                    Phrase(it.first.lasts),
                    _clip(it.first.remedy),
                ),
                source=it.first.source,
            ),
        ),
    )


def _where(group: Alike) -> Phrase:
    who = named(group.places)
    if not group.attribute:
        return who
    colon = ":" if group.places[1:] else ""
    return Phrase(
        f"{who.template}{colon} {{attribute}}",
        {**who.values, "attribute": clipped(group.attribute)},
    )


def _changes(review: Review) -> Part:
    affected = {id(it.change) for it in review.judgement.findings}
    items: list[Change | tuple[str, Change]] = [*review.changes, *review.plan.outputs.items()]

    def entry(item: Change | tuple[str, Change]) -> Entry:
        if isinstance(item, tuple):
            name = clipped(review.plan.masker.text(item[0]))
            return Entry(cells=(Phrase(f"{item[1].action} output {{name}}", {"name": name}),))
        has_effects = id(item) in affected
        return Entry(cells=(_change(review, item, has_effects=has_effects),), change=item)

    return Part(
        title="All changes, by construct",
        folded=len(review.changes) + len(review.plan.outputs) > _MOST_UNFOLDED,
        entries=Entries(items, entry),
    )


def _change(review: Review, change: Change, *, has_effects: bool) -> Phrase:
    values = {"place": clipped(change.shown_place), "address": clipped(change.shown_address)}
    text = f"{change.action} {{place}}"
    if change.path:
        text += " ({address})"
    if change.deposed:
        text += ", left over from an earlier replacement"
    if change.previous_address:
        text += ", moved from {previous}"
        values["previous"] = clipped(change.masker.text(change.previous_address))
    if change.imported:
        text += ", imported"
    if change.action is Action.REPLACE and change.replace_paths:
        text += ", because of {paths}"
        values["paths"] = clipped(joined(map(change.masker.text, change.replace_paths)))
    elif change.reason in _REASONS:
        text += f", {_REASONS[change.reason]}"
    elif change.reason:
        text += ", {reason}"
        values["reason"] = clipped(change.masker.text(change.reason))
    if has_effects:
        return Phrase(f"{text}: see above", values)
    because = review.judgement.reasons.get(change.address, [])
    return Phrase(f"{text}: {' '.join(because)}" if because else text, values)


def _drift(review: Review) -> Iterator[Part]:
    """What was changed outside: what somebody must know of stands open, the rest is folded."""
    outside = review.judgement.outside
    for is_open, title in (
        (True, "Changed outside Terraform, and not harmless"),
        (False, "Changed outside Terraform since its last run"),
    ):
        yield Part(
            title=title,
            folded=not is_open,
            entries=Entries(
                [it for it in review.drift if (it.address in outside) is is_open],
                lambda it: Entry(
                    cells=(Phrase(f"{it.action} {{place}}", {"place": clipped(it.shown_place)}),),
                    change=it,
                ),
            ),
        )


def _not_looked_at(review: Review) -> Part:
    said = [
        *(partial(_doubted, doubts) for doubts in doubted_alike(review.judgement.doubts)),
        *(partial(_unread, review, it) for it in review.plan.unread),
        *(partial(Phrase, it.template, it.values) for it in _read_later(review)),
        *(partial(Phrase, it.template, it.values) for it in _not_told(review)),
        *(partial(Phrase, it.template, it.values) for it in _sent_along(review)),
        partial(Phrase, _NOT_IN_A_PLAN),
    ]
    return Part(
        title="What I did not look at in this plan",
        entries=Entries(said, lambda it: Entry(cells=(it(),))),
    )


def _doubted(doubts: Sequence[Doubt]) -> Phrase:
    who, first = named([it.change.shown_place for it in doubts]), doubts[0]
    attributes = clipped(joined(map(first.change.masker.text, first.attributes)))
    return Phrase(
        f"Not judged: {who.template}. {first.why}", {**who.values, "attributes": attributes}
    )


def _unread(review: Review, unread: Unread) -> Phrase:
    name = clipped(review.plan.masker.text(unread.name))
    return Phrase(f"Not judged: {unread.why}", {"name": name})


def _read_later(review: Review) -> Iterator[Phrase]:
    places = [it.shown_place for it in review.plan.changes if it.action is Action.READ]
    if places:
        more = len(places) - _MOST_NAMED
        yield Phrase(
            "Read only during apply: {places}" + (f" and {more:,} more." if more > 0 else "."),
            {"places": joined(map(clipped, places[:_MOST_NAMED]))},
        )


def _sent_along(review: Review) -> Iterator[Phrase]:
    places = [it.shown_place for it in review.changes if sends_along(it)]
    if places:
        who = named(places, most=_MOST_NAMED)
        yield Phrase(
            f"Not in a plan: what somebody put off to the maintenance window of {who.template}, by "
            "other means than Terraform. It is done now too, restarts included, because "
            "apply_immediately is true. PendingModifiedValues show it.",
            who.values,
        )


def _not_told(review: Review) -> Iterator[Phrase]:
    """What the plan does not tell of itself, and so was not compared with what was asked for."""
    told = review.plan.identity
    missing = [
        name
        for name, value in (
            ("account", told.account_id),
            ("region", told.region),
            ("environment", told.environment),
        )
        if not value
    ]
    if missing:
        yield Phrase(
            f"The plan does not tell its {' and '.join(missing)}: whether it is the right one was "
            "not compared."
        )
