"""Applies the table of rules to a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import is_set
from ferry.review.rules.row import CREATED, DESTROYED, REPLACED, Harmless, Judged, Rule
from ferry.review.rules.table import COMBINED, FOR_ALL, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.rules.finding import Finding
    from ferry.review.rules.row import Row

_SAID_OF: Final = {
    Action.CREATE: (CREATED,),
    Action.DELETE: (DESTROYED,),
    Action.REPLACE: (REPLACED, DESTROYED),
}
"""The rows that speak for an action, the first that there is."""


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
    """

    findings: list[Finding] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    reasons: dict[str, list[str]] = field(default_factory=dict)


def judge(plan: Plan) -> Judgement:
    """Judge every change of a plan, first one by one, then all together."""
    judgement = Judgement()
    for change in plan.changes:
        if change.managed and change.action not in {Action.NO_OP, Action.READ, Action.FORGET}:
            _judge(change, judgement)
    for combined in COMBINED:
        judgement.findings.extend(combined(plan))
    return judgement


def _judge(change: Change, judgement: Judgement) -> None:
    rows = TABLE.get(change.type)
    if rows is None:
        judgement.doubts.append(Doubt(change=change, why="No rule knows this type of resource."))
        return
    if change.action is Action.OTHER:
        judgement.doubts.append(
            Doubt(change=change, why="This review does not know what Terraform will do with it.")
        )
        return
    for said in _SAID_OF.get(change.action, ()):
        if said in rows:
            judgement.findings.extend(_fired(rows[said], change, said))
            _note(rows[said], change, judgement)
            break
    names = change.changed()
    if change.action is Action.UPDATE and not names:
        judgement.doubts.append(
            Doubt(change=change, why="The plan says that it changes, and shows nothing that does.")
        )
    if change.action is not Action.DELETE:
        unknown = [name for name in names if not _attribute(change, name, rows, judgement)]
        if unknown:
            judgement.doubts.append(
                Doubt(
                    change=change,
                    why="No rule knows what comes of a change of {attributes}.",
                    attributes=unknown,
                )
            )


def _attribute(
    change: Change, name: str, rows: Mapping[str, Sequence[Row]], judgement: Judgement
) -> bool:
    """Judge one attribute; False where that cannot be done."""
    said = rows.get(name) or FOR_ALL.get(name)
    if not said:
        return change.action is not Action.UPDATE and not is_set(change.after.get(name))
    found = list(_fired(said, change, name))
    judgement.findings.extend(found)
    if change.action is not Action.UPDATE or found:
        return True
    _note(said, change, judgement)
    return any(isinstance(row, Harmless | Judged) for row in said)


def _fired(rows: Sequence[Row], change: Change, name: str) -> Iterator[Finding]:
    """What the rules say: of each danger, the first rule whose condition holds."""
    spoken = set()
    for row in rows:
        if not isinstance(row, Rule) or row.danger in spoken:
            continue
        whole = name in {CREATED, DESTROYED, REPLACED}
        if (whole or change.action in row.on) and row.condition(change, name):
            spoken.add(row.danger)
            yield row.finding(change)


def _note(rows: Sequence[Row], change: Change, judgement: Judgement) -> None:
    for row in rows:
        if isinstance(row, Harmless):
            reasons = judgement.reasons.setdefault(change.address, [])
            if row.because not in reasons:
                reasons.append(row.because)
