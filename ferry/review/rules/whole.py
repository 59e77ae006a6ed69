"""Judges a plan as a whole: its changes, its checks, what it imports and reads, and the drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action, Change
from ferry.review.plan.shown import joined
from ferry.review.rules.dangers import Danger
from ferry.review.rules.drift import judge_drift
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.judging import UNHEARD_OF, Doubt, judge
from ferry.review.rules.outputs import where_outputs_lead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Plan
    from ferry.review.rules.judging import Judgement

_ONLY_READ: Final = frozenset(
    {
        "aws_arn",
        "aws_availability_zones",
        "aws_caller_identity",
        "aws_iam_policy_document",
        "aws_iam_roles",
        "aws_partition",
        "aws_rds_engine_version",
        "aws_region",
        "aws_secretsmanager_secrets",
        "aws_service_principal",
    }
)
"""The data sources of the stacks, such as tell where one is, and such as only compute: they change
nothing, and what they say is judged where it is used. Others run programs (external), call anybody
(http) or invoke functions (aws_lambda_invocation)."""

_CHECKS: Final = "https://developer.hashicorp.com/terraform/language/checks"
_SENSITIVE: Final = "https://developer.hashicorp.com/terraform/language/manage-sensitive-data"
_IMPORT: Final = "https://developer.hashicorp.com/terraform/language/import"
_STATUSES: Final = {
    "fail": "Terraform's check fails",
    "error": "Terraform's check could not be made",
    "unknown": "Terraform makes this check only during apply",
}


def judge_whole(plan: Plan) -> Judgement:
    """Judge all that a plan says."""
    judgement = judge(plan)
    judgement.findings.extend(_failed_checks(plan))
    judgement.findings.extend(_taken_over(plan))
    judgement.findings.extend(_open_from_now_on(plan))
    judgement.findings.extend(where_outputs_lead(plan))
    judgement.doubts.extend(_read_at_apply(plan))
    judgement.doubts.extend(
        Doubt(change=it, why=UNHEARD_OF)
        for it in plan.outputs.values()
        if it.action is Action.OTHER
    )
    drift = judge_drift(plan)
    judgement.findings.extend(drift.findings)
    judgement.doubts.extend(drift.doubts)
    judgement.outside.update(drift.outside)
    return judgement


def _failed_checks(plan: Plan) -> Iterator[Finding]:
    """What Terraform's own checks say; a failed one in a `check` block does not stop an apply."""
    for check in plan.checks:
        said = _STATUSES.get(
            check.status, "Terraform's check has a result that this review does not know"
        )
        yield Finding(
            danger=Danger.UNCLEAR,
            change=Change(
                address=check.name, type="check", action=Action.NO_OP, masker=plan.masker
            ),
            effect=Phrase(
                f"{said}: {{message}}",
                {"message": joined(map(plan.masker.text, check.messages), by=" ")},
            )
            if check.messages
            else Phrase(f"{said}."),
            source=_CHECKS,
        )


def _taken_over(plan: Plan) -> Iterator[Finding]:
    """What is imported, changed or not; what of it changes is judged as any change."""
    for change in plan.changes:
        if change.imported and change.managed:
            yield Finding(
                danger=Danger.UNCLEAR,
                change=change,
                effect=Phrase(
                    "Terraform takes it over: from now on this stack changes and destroys it. No "
                    "rule says whose it was."
                ),
                remedy=Phrase("Make sure that nobody else has it in a state."),
                source=_IMPORT,
            )


def _open_from_now_on(plan: Plan) -> Iterator[Finding]:
    """What was sensitive until now, or is by its name, and what Terraform shows from now on.

    The mark of a variable, or of a module's output, stands at what gets its value.
    """
    for name in plan.open_outputs:
        yield Finding(
            danger=Danger.WIDER_ACCESS,
            change=Change(
                address=f"output.{name}", type="output", action=Action.NO_OP, masker=plan.masker
            ),
            effect=Phrase(
                "Terraform prints its value from now on, in every log too: it was sensitive, or bears "
                "the name of a secret, and is not marked so."
            ),
            remedy=Phrase("Give the output sensitive = true."),
            source=_SENSITIVE,
        )
    for change in plan.changes:
        for attribute in change.unmarked:
            yield Finding(
                danger=Danger.WIDER_ACCESS,
                change=change,
                attribute=attribute,
                effect=Phrase(
                    "Terraform shows it from now on, in every plan and log: it was sensitive, and is "
                    "no longer marked so."
                ),
                remedy=Phrase(
                    "Keep the variable, or the module's output, that it comes from sensitive."
                ),
                source=_SENSITIVE,
            )


def _read_at_apply(plan: Plan) -> Iterator[Doubt]:
    for change in plan.changes:
        if change.action is Action.READ and change.type not in _ONLY_READ:
            yield Doubt(
                change=change,
                why="It is read during apply, and no rule knows what this data source does.",
            )
