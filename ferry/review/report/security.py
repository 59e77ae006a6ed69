"""The tables of statements and of security group rules: what goes and what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.review.plan.shown import clipped, joined
from ferry.review.report.parts import Entries, Entry, Part
from ferry.review.rules.finding import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.review.plan.policies import StatementChange
    from ferry.review.rules.review import Review

    _Pair = tuple[StatementChange, StatementChange | None]


def statements_part(review: Review) -> Part:
    """The policies' statements that are removed, added, or changed in one element."""
    return Part(
        title="IAM statements",
        columns=("", "Where", "Effect", "Who", "Actions", "Resources", "Conditions"),
        entries=Entries(_paired(review.statements), _statement),
    )


def _paired(changes: Sequence[StatementChange]) -> list[_Pair]:
    """Each statement, with the one that takes its place where all but one element is the same."""
    rows: list[_Pair] = []
    gone: dict[tuple[object, ...], int] = {}
    for it in changes:
        texts = _texts(it)
        alike = [
            (
                id(it.change),
                it.statement.allows,
                left_out,
                *texts[:left_out],
                *texts[left_out + 1 :],
            )
            for left_out in range(len(texts))
        ]
        at = next((gone[key] for key in alike if key in gone), None)
        if not it.added:
            gone.update(dict.fromkeys(alike, len(rows)))
            rows.append((it, None))
        elif at is None or rows[at][1] is not None:
            rows.append((it, None))
        else:
            rows[at] = (rows[at][0], it)
    return rows


def _statement(pair: _Pair) -> Entry:
    it, after = pair
    word = "changed" if after else "added" if it.added else "removed"
    new = _texts(after) if after else _texts(it)
    return Entry(
        cells=(
            Phrase(word),
            Phrase("{place}", {"place": clipped(it.change.shown_place)}),
            Phrase("allow" if it.statement.allows else "deny"),
            *(_cell(it, *both) for both in zip(_texts(it), new, strict=True)),
        )
    )


def _texts(it: StatementChange) -> tuple[frozenset[str], ...]:
    """What stands in the columns: who, actions, resources, conditions."""
    said = it.statement
    conditions = frozenset(" ".join(part.texts) for part in said.conditions)
    return said.principals.texts, said.actions.texts, said.resources.texts, conditions


def _cell(it: StatementChange, old: frozenset[str], new: frozenset[str]) -> Phrase:
    """An element; where it changes, what goes of it and what comes."""
    if old == new:
        return _listed(it, "", old)
    gone, come = _listed(it, "no longer ", old - new), _listed(it, "new: ", new - old)
    between = "; " if gone.template and come.template else ""
    return Phrase(f"{gone.template}{between}{come.template}", {**gone.values, **come.values})


def _listed(it: StatementChange, words: str, texts: frozenset[str]) -> Phrase:
    if not texts:
        return Phrase("")
    name = f"texts{len(words)}"
    shown = clipped(joined(map(it.shown, sorted(texts))))
    return Phrase(f"{words}{{{name}}}", {name: shown})


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
                    Phrase("{what}", {"what": it.shown(it.traffic.called)}),
                    Phrase("{peer}", {"peer": clipped(it.shown_peer)}),
                    Phrase("{text}", {"text": clipped(it.shown(it.traffic.description))})
                    if it.traffic.description
                    else Phrase(""),
                )
            ),
        ),
    )
