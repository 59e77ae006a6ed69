"""Policies: what the statements that go and come open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.policies import POLICIES, gone_and_come
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.statements import Statement

_SOURCE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html"
_POWERFUL: Final = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "FullAccess")


def policy_findings(plan: Plan) -> Iterator[Finding]:
    """What the changes of policies open."""
    new_roles = _new_roles(plan)
    for change in plan.of(*POLICIES):
        gone, come = gone_and_come(plan, change)
        if come is None:
            yield _finding(
                change,
                Danger.WIDER_ACCESS,
                "Its statements are known only after apply: read them in the code.",
                remedy="Give the stack's cdk.tf.json with --stack, which often says them.",
            )
            continue
        for statement in come:
            if statement.is_public and change.type != "aws_iam_role_policy":
                yield _finding(change, Danger.PUBLIC_REACH, "A statement allows everyone.")
            elif statement.is_boundless:
                yield _finding(
                    change, Danger.WIDER_ACCESS, "A statement allows everything on everything."
                )
            elif foreign := statement.foreign_accounts(plan.account_id):
                yield _finding(
                    change,
                    Danger.WIDER_ACCESS,
                    "A statement allows the account {account}, which is not the environment's.",
                    account=change.shown(", ".join(foreign), POLICIES[change.type]),
                )
        if _widens(gone or [], come) and not _is_new(change, new_roles):
            yield _finding(
                change,
                Danger.WIDER_ACCESS,
                "More is allowed than before, or less denied; the table has the statements.",
            )


def attachment_findings(plan: Plan) -> Iterator[Finding]:
    """What AWS's own policies open to the roles that they are attached to."""
    new_roles = _new_roles(plan)
    for change in plan.of("aws_iam_role_policy_attachment"):
        if not change.comes:
            continue
        policy = change.after.get("policy_arn")
        known = policy if isinstance(policy, str) else "(known after apply)"
        if known.endswith(_POWERFUL) or policy is UNKNOWN:
            effect = "The role gets {policy}, which allows more than one purpose needs."
        elif not _is_new(change, new_roles):
            effect = "A role that exists gets {policy}."
        else:
            continue
        yield _finding(
            change, Danger.WIDER_ACCESS, effect, policy=change.shown(known, "policy_arn")
        )


def _widens(gone: list[Statement], come: list[Statement]) -> bool:
    """Whether statements that come allow what those that go did not, or deny less."""
    allowed = any(it.allows and not any(it.is_within(old) for old in gone) for it in come)
    denied = any(not it.allows and not any(it.is_within(new) for new in come) for it in gone)
    return allowed or denied


def _new_roles(plan: Plan) -> set[object]:
    return {it.after.get("name") for it in plan.of("aws_iam_role") if it.action is Action.CREATE}


def _is_new(change: Change, new_roles: set[object]) -> bool:
    """Whether what the policy is about is itself made by this plan."""
    if change.action is not Action.CREATE or not change.type.startswith("aws_iam_role_policy"):
        return change.action is Action.CREATE
    role = change.after.get("role")
    return role is UNKNOWN or role in new_roles


def _finding(
    change: Change, danger: Danger, effect: str, *, remedy: str = "", **values: Shown
) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        attribute=POLICIES.get(change.type, "policy_arn"),
        effect=Phrase(effect, values),
        remedy=Phrase(remedy),
        source=_SOURCE,
    )
