"""The policies in a plan, and which of their statements go and come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.statements import Statement, statements
from ferry.review.plan.values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

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

    def shown(self, text: str) -> Shown:
        """A text of the statement's as it may be shown."""
        return self.change.shown(text, POLICIES[self.change.type])


def statement_changes(plan: Plan) -> Iterator[StatementChange]:
    """Every statement that goes or comes, those that go first."""
    for change in plan.of(*POLICIES):
        gone, come = gone_and_come(plan, change)
        for statement in gone or ():
            yield StatementChange(change=change, added=False, statement=statement)
        for statement in come or ():
            yield StatementChange(change=change, added=True, statement=statement)


def gone_and_come(
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
