"""What plans do to policies: which statements go and come, and what that opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.statements import Statement, statements
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan

POLICIES: Final = {
    "aws_iam_role": "assume_role_policy",
    "aws_iam_role_policy": "policy",
    "aws_kms_key": "policy",
    "aws_secretsmanager_secret": "policy",
    "aws_sns_topic": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_vpc_endpoint": "policy",
}
"""The attribute that holds a policy document, by type."""

_SOURCE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html"
_POWERFUL: Final = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "FullAccess")


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementChange:
    """A statement that goes or comes, for the report's table.

    Args:
        change: The policy's resource.
        added: Whether it comes; otherwise it goes.
        statement: The statement.
    """

    change: Change
    added: bool
    statement: Statement


def statement_changes(plan: Plan) -> Iterator[StatementChange]:
    """Every statement that goes or comes, those that go first."""
    for change in plan.of(*POLICIES):
        gone, come = _gone_and_come(plan, change)
        for statement in gone or ():
            yield StatementChange(change=change, added=False, statement=statement)
        for statement in come or ():
            yield StatementChange(change=change, added=True, statement=statement)


def policy_findings(plan: Plan) -> Iterator[Finding]:
    """What the changes of policies open."""
    new_roles = _new_roles(plan)
    for change in plan.of(*POLICIES):
        gone, come = _gone_and_come(plan, change)
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
                    account=", ".join(foreign),
                )
        if widens(gone or [], come) and not _is_new(change, new_roles):
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
        yield _finding(change, Danger.WIDER_ACCESS, effect, policy=known)


def widens(gone: list[Statement], come: list[Statement]) -> bool:
    """Whether statements that come allow what those that go did not, or deny less."""
    allowed = any(it.allows and not any(it.is_within(old) for old in gone) for it in come)
    denied = any(not it.allows and not any(it.is_within(new) for new in come) for it in gone)
    return allowed or denied


def _gone_and_come(
    plan: Plan, change: Change
) -> tuple[list[Statement] | None, list[Statement] | None]:
    """The statements that only one side has; None for a side that cannot be read."""
    attribute = POLICIES[change.type]
    touched = change.changes(attribute) and change.action is not Action.NO_OP
    if not touched:
        return [], []
    if change.type == "aws_sns_topic" and change.action is Action.CREATE:
        return [], []  # AWS's own default, known after apply; the topic's policy is a resource
    before = statements(change.before.get(attribute))
    configured = plan.configured(change, attribute)
    after: list[Statement] | None = statements(configured)
    if configured is UNKNOWN and change.comes and plan.stack and _unset(plan, change):
        after = []
    if before is None or after is None:
        return before, after
    return [it for it in before if it not in after], [it for it in after if it not in before]


def _unset(plan: Plan, change: Change) -> bool:
    """Whether the stack leaves the policy to AWS."""
    resource = plan.stack.get(without_key(change.address))
    return resource is not None and POLICIES[change.type] not in resource


def _new_roles(plan: Plan) -> set[object]:
    return {it.after.get("name") for it in plan.of("aws_iam_role") if it.action is Action.CREATE}


def _is_new(change: Change, new_roles: set[object]) -> bool:
    """Whether what the policy is about is itself made by this plan."""
    if change.action is not Action.CREATE or not change.type.startswith("aws_iam_role_policy"):
        return change.action is Action.CREATE
    role = change.after.get("role")
    return role is UNKNOWN or role in new_roles


def _finding(
    change: Change, danger: Danger, effect: str, *, remedy: str = "", **values: str
) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        attribute=POLICIES.get(change.type, "policy_arn"),
        effect=Phrase(effect, values),
        remedy=Phrase(remedy),
        source=_SOURCE,
    )
