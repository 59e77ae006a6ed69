"""Judges what was changed outside Terraform, as far as the plan leaves it so.

What the plan takes back is not told as a danger: to apply it is the remedy. What happened at a moment,
such as a restart, has happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action, among_others
from ferry.review.plan.values import UNKNOWN, same
from ferry.review.rules.dangers import Danger
from ferry.review.rules.explained import Explained
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.judging import Judgement, judge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from ferry.review.plan.plan import Change, Plan

_DMS: Final = "https://docs.aws.amazon.com/dms/latest/APIReference"

_NOT_OVER: Final = ("until", "for good", "not known")
"""How long an effect takes that is still there; any other time, such as that of a restart, is over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """What is lost with something that was deleted.

    Args:
        danger: The kind of loss.
        what: What is lost, in a sentence or two.
        source: Where that is written.
    """

    danger: Danger
    what: str
    source: str


_LOST: Final = {
    "aws_dms_endpoint": Lost(
        danger=Danger.REPLICATION_LOSS,
        what="The tasks that used it are gone with it, and their positions: a new task starts with the "
        "full load.",
        source=f"{_DMS}/API_DeleteEndpoint.html",
    ),
    "aws_dms_replication_instance": Lost(
        danger=Danger.REPLICATION_LOSS,
        what="Its tasks are gone with it, and their positions: new ones start with the full load.",
        source=f"{_DMS}/API_DeleteReplicationInstance.html",
    ),
    "aws_dms_replication_task": Lost(
        danger=Danger.REPLICATION_LOSS,
        what="Its position is gone: a new one starts with the full load. The replication slot may stay "
        "at the source and keep its WAL until the disk is full.",
        source=f"{_DMS}/API_DeleteReplicationTask.html",
    ),
    "aws_kms_key": Lost(
        danger=Danger.DATA_LOSS,
        what="What it encrypts cannot be read, and never again once AWS has deleted it; until then the "
        "deletion can be cancelled.",
        source="https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
    ),
    "aws_rds_cluster": Lost(
        danger=Danger.DATA_LOSS,
        what="Its data is gone, but for snapshots and automated backups.",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DeleteCluster.html",
    ),
    "aws_secretsmanager_secret": Lost(
        danger=Danger.REPLICATION_STOP,
        what="Whoever reads it, DMS among them, reads nothing, and a new one has not its value. It can be "
        "restored until its recovery window ends.",
        source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
    ),
}
"""What is lost for good with what was deleted, made anew or not."""

_JUDGED_WHEN_MADE_ANEW: Final = frozenset({"aws_rds_cluster"})
"""The function that judges these when they are made says what was lost."""


def judge_drift(plan: Plan) -> Judgement:
    """Judge what the plan leaves of the drift; findings and doubts are of the drift's changes."""
    left = list(_left(plan))
    judgement = Judgement()
    if not left:
        return judgement
    by_address = {it.address: it for it in left}
    as_it_was = [
        by_address.get(it.address) or replace(it, action=Action.NO_OP, after=it.before)
        for it in plan.changes
        if it.before and not it.deposed
    ]
    there = {it.address for it in as_it_was}
    as_it_was += [it for it in left if it.address not in there]
    drifted = replace(plan, changes=among_others(as_it_was, None), drift=())
    found = judge(drifted)
    anew = {it.address for it in plan.changes if it.comes}
    lost = {it.address for it in left if it.action is Action.DELETE and it.type in _LOST}
    judgement.findings.extend(
        _lost(it, is_made_anew=it.address in anew)
        for it in left
        if it.address in lost and not (it.address in anew and it.type in _JUDGED_WHEN_MADE_ANEW)
    )
    for finding in found.findings:
        if finding.change.address in by_address and _lasts(finding, anew):
            judgement.findings.append(_outside(finding))
    judgement.doubts.extend(
        replace(it, why=f"It was changed outside Terraform. {it.why}")
        for it in found.doubts
        if it.change.address in by_address and not _is_mended(it.change, anew)
    )
    judgement.outside.update(it.change.address for it in judgement.findings)
    judgement.outside.update(it.change.address for it in judgement.doubts)
    judgement.outside.update(it.address for it in left if it.address in lost)
    return judgement


def _is_mended(change: Change, anew: AbstractSet[str]) -> bool:
    """Whether it was deleted, and the plan makes it again."""
    return change.action is Action.DELETE and change.address in anew


def _lasts(finding: Finding, anew: AbstractSet[str]) -> bool:
    """Whether an effect lasts, and is not told otherwise; AWS refused nothing of what happened."""
    change = finding.change
    if finding.danger is Danger.REFUSED or _is_mended(change, anew):
        return False
    if change.action is Action.DELETE:
        return change.type not in _LOST
    return not finding.lasts or finding.lasts.startswith(_NOT_OVER)


def _outside(finding: Finding) -> Finding:
    how = "Deleted" if finding.change.action is Action.DELETE else "Changed"
    left = "and Terraform lets go of it" if how == "Deleted" else "and this plan leaves it so"
    effect = finding.effect
    return replace(
        finding,
        effect=Phrase(f"{how} outside Terraform, {left}: {effect.template}", effect.values),
        when=Phrase(""),
        lasts="",
    )


def _lost(change: Change, *, is_made_anew: bool) -> Finding:
    lost = _LOST[change.type]
    now = "is made anew" if is_made_anew else "is let go of"
    return Finding(
        danger=lost.danger,
        change=change,
        effect=Phrase(f"It was deleted outside Terraform, and {now}. {lost.what}"),
        source=lost.source,
    )


def _left(plan: Plan) -> Iterator[Change]:
    """The drift that is there after the plan too, without what it takes back."""
    planned = {it.address: it for it in plan.changes if not it.deposed}
    explained = Explained(plan)
    for drift in plan.drift:
        own = planned.get(drift.address)
        if drift.action is Action.DELETE:
            yield drift
        elif (
            drift.managed
            and drift.action is not Action.NO_OP
            and not (own and own.action is Action.DELETE)
        ):
            names = [
                it
                for it in drift.changed()
                if _stays(own, drift, it) and not explained.is_made(drift, it)
            ]
            if names:
                after = {**drift.before, **{it: drift.after.get(it) for it in names}}
                yield replace(drift, after=after)


def _stays(own: Change | None, drift: Change, attribute: str) -> bool:
    """Whether the plan leaves an attribute as it was found; what is not known yet may be left so."""
    if own is None or own.action is Action.FORGET:
        return True
    planned = own.after.get(attribute)
    return planned is UNKNOWN or same(planned, drift.after.get(attribute))
