"""The tables of statements and of security group rules, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.review.plan.shown import clipped, joined
from ferry.review.report.parts import Entries, Entry, Part
from ferry.review.rules.finding import Phrase

if TYPE_CHECKING:
    from ferry.review.plan.policies import StatementChange
    from ferry.review.rules.review import Review


def statements_part(review: Review) -> Part:
    """The policies' statements that go and come."""
    return Part(
        title="IAM statements",
        columns=("", "Where", "Effect", "Who", "Actions", "Resources", "Conditions"),
        entries=Entries(
            review.statements,
            lambda it: Entry(
                cells=(
                    Phrase("added" if it.added else "removed"),
                    Phrase("{place}", {"place": clipped(it.change.shown_place)}),
                    Phrase("allow" if it.statement.allows else "deny"),
                    _listed(it, it.statement.principals.texts),
                    _listed(it, it.statement.actions.texts),
                    _listed(it, it.statement.resources.texts),
                    _listed(
                        it, frozenset(" ".join(part.texts) for part in it.statement.conditions)
                    ),
                )
            ),
        ),
    )


def _listed(it: StatementChange, texts: frozenset[str]) -> Phrase:
    if not texts:
        return Phrase("")
    return Phrase("{texts}", {"texts": clipped(joined(map(it.shown, sorted(texts))))})


def traffic_part(review: Review) -> Part:
    """The security groups' rules that go and come."""
    return Part(
        title="Security group rules",
        columns=("", "Where", "Direction", "Protocol and ports", "Peer", "Description"),
        entries=Entries(
            review.traffic,
            lambda it: Entry(
                cells=(
                    Phrase("added" if it.added else "removed"),
                    Phrase("{place}", {"place": clipped(it.change.shown_place)}),
                    Phrase(it.traffic.direction),
                    Phrase(
                        "{what}", {"what": it.shown(f"{it.traffic.protocol} {it.traffic.ports}")}
                    ),
                    Phrase("{peer}", {"peer": clipped(it.shown(it.traffic.peer))}),
                    Phrase("{text}", {"text": clipped(it.shown(it.traffic.description))})
                    if it.traffic.description
                    else Phrase(""),
                )
            ),
        ),
    )
