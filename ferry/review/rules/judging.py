"""Applies the table of rules to a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.rules.combined.any_type import is_superseded
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import (
    CREATED,
    DESTROYED,
    REPLACED,
    WHOLE,
    Harmless,
    Judged,
    Replaces,
    Reported,
    Rule,
)
from ferry.review.rules.table import (
    COMBINED,
    FOR_ALL,
    TABLE,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.rules.row import Combined, Row

_SAID_OF: Final = {
    Action.CREATE: (CREATED,),
    Action.DELETE: (DESTROYED,),
    Action.REPLACE: (REPLACED, DESTROYED),
}
"""The rows that speak for an action, the first that there is."""

UNCLEAR_SET: Final = "No rule says that {name} is harmless with {after}."
UNCLEAR_CHANGED: Final = "No rule says that {name} is harmless with {after}; it was {before}."
"""What is said of an attribute that rows know and none allows: a new one, and one that changes."""

UNHEARD_OF: Final = "This review does not know what Terraform will do with it."
"""What is said of a resource or an output with an action that Terraform does not have."""

_ONLY_MARKS: Final = "Nothing changes but what Terraform marks as sensitive."
_SUPERSEDED: Final = "It is left over from an earlier replacement; what took its place stands."


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """Why a change cannot be judged.

    Args:
        change: The change.
        why: A sentence of ours.
        attributes: The attributes that it is about; none for the resource whole.
    """

    change: Change
    why: str
    attributes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the rules say of a plan.

    Args:
        findings: The effects, as the plan and the table are ordered.
        doubts: What cannot be judged.
        reasons: Why a change is harmless, by the change's address.
        outside: The addresses of what was changed outside Terraform that these are about.
    """

    findings: list[Finding] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)


class _Answer(Enum):
    """What the rows say of an attribute."""

    KNOWN = auto()
    """It has an effect, which is found, or it is harmless."""

    UNCLEAR = auto()
    """Rows know it, and none allows it."""

    UNHEARD_OF = auto()
    """No row knows it, or not like this."""


class _Together:
    """What the combined functions say of a plan."""

    def __init__(self, functions: Iterable[Combined], plan: Plan) -> None:
        self.findings: list[Finding] = []
        self._found: dict[tuple[Combined, int], set[str]] = {}
        self._fine: dict[tuple[Combined, int, str], str] = {}
        for function in functions:
            for said in function(plan):
                if isinstance(said, Fine):
                    self._fine[function, id(said.change), said.attribute] = said.because
                else:
                    self.findings.append(said)
                    found = self._found.setdefault((function, id(said.change)), set())
                    found.update(said.attribute.split(", "))

    def finds(self, row: Judged, change: Change, name: str) -> bool:
        """Whether a row's function finds something in an attribute, or in the resource whole."""
        found = self._found.get((row.by, id(change)), set())
        return name in found or "" in found

    def allowed(self, row: Judged, change: Change, name: str) -> str | None:
        """Why a row's function finds an attribute harmless; None where it does not say so."""
        return self._fine.get((row.by, id(change), name))


def judge(plan: Plan) -> Judgement:
    """Judge every change of a plan, first one by one, then all together."""
    judgement = Judgement()
    together = _Together(COMBINED, plan)
    for change in plan.changes:
        if change.managed and change.action not in {Action.NO_OP, Action.READ, Action.FORGET}:
            _judge(change, together, judgement)
    judgement.findings.extend(it for it in together.findings if not is_superseded(it.change))
    return judgement


def _judge(change: Change, together: _Together, judgement: Judgement) -> None:
    rows = TABLE.get(change.type)
    if rows is None:
        judgement.doubts.append(Doubt(change=change, why="No rule knows this type of resource."))
        return
    if change.action is Action.OTHER:
        judgement.doubts.append(Doubt(change=change, why=UNHEARD_OF))
        return
    if change.only_marks or is_superseded(change):
        _note(change, [_ONLY_MARKS if change.only_marks else _SUPERSEDED], judgement)
        return
    for whole in _SAID_OF.get(change.action, ()):
        if whole in rows:
            _answered(rows[whole], change, whole, together, judgement)
            break
    names = change.changed()
    if change.action is Action.UPDATE and not names:
        judgement.doubts.append(
            Doubt(change=change, why="The plan says that it changes, and shows nothing that does.")
        )
    if change.action is not Action.DELETE:
        unheard_of = [name for name in names if not _knows(rows, change, name, together, judgement)]
        if unheard_of:
            judgement.doubts.append(
                Doubt(
                    change=change,
                    why="No rule knows what comes of a change of {attributes}.",
                    attributes=unheard_of,
                )
            )


def _knows(
    rows: Mapping[str, Sequence[Row]],
    change: Change,
    name: str,
    together: _Together,
    judgement: Judgement,
) -> bool:
    """Judge one attribute; False where that cannot be done."""
    said = rows.get(name) or FOR_ALL.get(name, ())
    return _answered(said, change, name, together, judgement) is not _Answer.UNHEARD_OF


def _answered(
    rows: Sequence[Row],
    change: Change,
    name: str,
    together: _Together,
    judgement: Judgement,
) -> _Answer:
    """What the rows say of an attribute, or of the resource whole; written into the judgement."""
    found = list(_fired(rows, change, name))
    judgement.findings.extend(found)
    if found or any(isinstance(row, Judged) and together.finds(row, change, name) for row in rows):
        return _Answer.KNOWN
    if not rows or (
        change.action is Action.UPDATE and any(isinstance(row, Replaces) for row in rows)
    ):
        return _Answer.UNHEARD_OF
    reasons = list(_allowed(rows, change, name, together))
    if reasons:
        if change.action is Action.UPDATE or name in WHOLE:
            _note(change, reasons, judgement)
        return _Answer.KNOWN
    judgement.findings.append(_unclear(change, name))
    return _Answer.UNCLEAR


def _fired(rows: Sequence[Row], change: Change, name: str) -> Iterator[Finding]:
    """What the rules say: of each danger, the first rule whose condition may hold."""
    spoken = set()
    for row in rows:
        if not isinstance(row, Rule) or row.danger in spoken:
            continue
        looked_at = name in WHOLE or change.action in row.on
        if looked_at and row.condition(change, name) is not False:
            spoken.add(row.danger)
            yield row.finding(change)


def _allowed(rows: Sequence[Row], change: Change, name: str, together: _Together) -> Iterator[str]:
    """Why an attribute is harmless, by each row that says so; empty for what speaks for itself.

    What stands beside it is no reason for a deposed object to go: they may be one thing in AWS, as two
    attachments of a policy to a role are.
    """
    judged = [row for row in rows if isinstance(row, Judged)] if not change.deposed else []
    answers = [together.allowed(row, change, name) for row in judged]
    if judged and None not in answers:
        yield from (answer for answer in answers if answer is not None)
    for row in rows:
        if isinstance(row, Reported):
            yield ""
        elif isinstance(row, Harmless) and row.allows(change, name):
            yield row.because


def _unclear(change: Change, name: str) -> Finding:
    whole = name in WHOLE
    effect = (
        f"No rule says that it is harmless to {change.action} it."
        if whole
        else UNCLEAR_SET
        if change.before.get(name) is None
        else UNCLEAR_CHANGED
    )
    return Finding(
        danger=Danger.UNCLEAR,
        change=change,
        attribute="" if whole else name,
        effect=Phrase(
            effect,
            {
                "name": change.masker.text(name),
                **(
                    change.shown_sides(name)
                    if effect is UNCLEAR_CHANGED
                    else {"after": change.shown_after(name)}
                ),
            },
        ),
    )


def _note(change: Change, because: Iterable[str], judgement: Judgement) -> None:
    reasons = judgement.reasons.setdefault(change.address, [])
    reasons += [it for it in because if it and it not in reasons]
