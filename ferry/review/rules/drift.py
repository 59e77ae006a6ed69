"""Judges what was changed outside Terraform, as far as the plan leaves it so.

What the plan takes back is not told as a danger: to apply it is the remedy. What was deleted and is made
anew is judged as if it were replaced. What AWS alone says of a thing is told where
no row says that it changes by itself. What the plan takes back in part is judged by what the last run
left, too.
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
from ferry.review.rules.reported import is_by_itself, is_reported, reported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_DMS: Final = "https://docs.aws.amazon.com/dms/latest/APIReference"


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
    "aws_secretsmanager_secret_version": Lost(
        danger=Danger.REPLICATION_STOP,
        what="A new one holds another password than the one that the database keeps: whoever reads it "
        "cannot sign in.",
        source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html",
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
    new = {it.address: it for it in plan.changes if it.comes}
    by_address = {it.address: _as_replaced(it, new.get(it.address)) for it in left}
    as_it_was = [
        by_address.get(it.address) or replace(it, action=Action.NO_OP, after=it.before)
        for it in plan.changes
        if it.before and not it.deposed
    ]
    there = {it.address for it in as_it_was}
    as_it_was += [it for it in by_address.values() if it.address not in there]
    there_now = among_others(as_it_was, None)
    found = judge(replace(plan, changes=there_now, drift=(), found=True))
    gone = {it.address: it for it in left if it.action is Action.DELETE}
    lost = {it.address for it in gone.values() if it.type in _LOST}
    judgement.findings.extend(
        _lost(gone[address], is_made_anew=address in new)
        for address in sorted(lost)
        if not (address in new and gone[address].type in _JUDGED_WHEN_MADE_ANEW)
    )
    as_found = {it.address: it.after for it in plan.drift}
    for finding in found.findings:
        address = finding.change.address
        if address in by_address and address not in lost:
            is_made_anew = address in gone and address in new
            if not (is_made_anew and finding.attribute and finding.danger is Danger.UNCLEAR):
                is_left = _is_as_found(finding, as_found[address])
                judgement.findings.append(
                    _outside(finding, is_made_anew=is_made_anew, is_left=is_left)
                )
    judgement.findings.extend(
        it
        for change in there_now
        if change.address in by_address and change.address not in gone
        for it in reported(change)
    )
    judgement.doubts.extend(
        replace(it, why=f"It was changed outside Terraform. {it.why}")
        for it in found.doubts
        if it.change.address in by_address
        and not (it.change.address in gone and it.change.address in new)
    )
    judgement.outside.update(it.change.address for it in judgement.findings)
    judgement.outside.update(it.change.address for it in judgement.doubts)
    judgement.outside.update(lost)
    return judgement


def _as_replaced(drift: Change, new: Change | None) -> Change:
    """What was deleted and is made anew, as the replacement that it is; all else as it was found."""
    if drift.action is not Action.DELETE or new is None:
        return drift
    return replace(new, action=Action.REPLACE, before=drift.before)


def _is_as_found(finding: Finding, found: Mapping[str, Json]) -> bool:
    """Whether the plan leaves what a finding is about as it was found."""
    names = [it for it in finding.attribute.split(", ") if it] or finding.change.changed()
    return all(same(finding.change.after.get(it), found.get(it)) for it in names)


def _outside(finding: Finding, *, is_made_anew: bool, is_left: bool) -> Finding:
    """A finding as it is told of what happened, and not of what Terraform will do."""
    how = (
        "Deleted outside Terraform, and made anew"
        if is_made_anew
        else "Deleted outside Terraform, and Terraform lets go of it"
        if finding.change.action is Action.DELETE
        else "Changed outside Terraform, and this plan leaves it so"
        if is_left
        else "Changed outside Terraform, and this plan takes back a part only"
    )
    danger, remedy, leads = finding.danger, finding.remedy, ":"
    if finding.change.action is not Action.DELETE and not is_made_anew and finding.when.template:
        remedy, leads = Phrase(""), ". What such a change does:"
    if danger is Danger.REFUSED and not is_made_anew:
        danger, remedy, leads = Danger.UNCLEAR, Phrase(""), ". AWS took what it should refuse:"
    return replace(
        finding,
        danger=danger,
        effect=Phrase(f"{how}{leads} {finding.effect.template}", finding.effect.values),
        when=Phrase(""),
        lasts="",
        remedy=remedy,
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
    """The drift that is there after the plan too, as far as it does not take it back."""
    planned = {it.address: it for it in plan.changes if not it.deposed}
    explained = Explained(plan)
    for drift in plan.drift:
        own = planned.get(drift.address)
        if drift.action is Action.DELETE:
            yield replace(drift)
        elif drift.managed and drift.action not in {Action.NO_OP, Action.UPDATE}:
            yield replace(drift, action=Action.OTHER)  # Terraform tells of no other drift
        elif (
            drift.managed
            and drift.action is not Action.NO_OP
            and not (own and own.action is Action.DELETE)
        ):
            after = {
                it: _becomes(own, drift, it)
                for it in drift.changed()
                if not explained.is_made(drift, it)
                and (is_reported(drift.type, it) or not is_by_itself(drift, it))
            }
            left = {it: to for it, to in after.items() if not same(to, drift.before.get(it))}
            if left:
                yield replace(drift, after={**drift.before, **left})


def _becomes(own: Change | None, drift: Change, attribute: str) -> Json:
    """What an attribute is after the plan; what is not known yet may be left as it was found."""
    found = drift.after.get(attribute)
    if own is None or own.action is Action.FORGET:
        return found
    planned = own.after.get(attribute)
    return found if planned is UNKNOWN else planned
