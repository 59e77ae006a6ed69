"""What a verdict means for the pull request's check."""

from __future__ import annotations

import pytest

from ferry.findings import ExitStatus
from pull_requests.verdict import passed, status, why_not

SAFE = "safe."
BLOCKED = "blocked by the environment's guardrails; its comment says why."
NOT_JUDGED = "could not be judged; its comment or the log says why."
WAITING = (
    "needs a second reviewer; {} approvals of this commit{}. When they are given, use 'Re-run failed "
    "jobs'."
)
APPROVED = "needs a second reviewer; 2 of 2 approvals of this commit (a, b)."


@pytest.mark.parametrize(
    ("verdict", "approved_by", "exit_status", "text"),
    [
        (ExitStatus.GOOD, [], 0, SAFE),
        (ExitStatus.LOOK, [], 1, WAITING.format("0 of 2", "")),
        (ExitStatus.LOOK, ["a"], 1, WAITING.format("1 of 2", " (a)")),
        (ExitStatus.LOOK, ["a", "b"], 0, APPROVED),
        (ExitStatus.WRONG_USE, ["a", "b"], 3, NOT_JUDGED),
        (ExitStatus.NOT_DONE, ["a", "b"], 3, NOT_JUDGED),
        (ExitStatus.STOP, ["a", "b"], 4, BLOCKED),
    ],
)
def test_only_safe_or_approved_plans_pass(
    verdict: ExitStatus, approved_by: list[str], exit_status: int, text: str
) -> None:
    assert status(verdict, approved_by) == (exit_status, text)


RIGHT = {
    "repository": "owner/name",
    "head": "owner/name",
    "actor": "somebody",
    "plan_role": "aurora-ferry-plan",
    "changed_ended": "success",
    "stacks_ended": "success",
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, ""),
        ({"stacks_ended": "skipped"}, ""),
        ({"head": "other/name"}, "a maintainer pushes the branch to this repository"),
        ({"actor": "dependabot[bot]"}, "a maintainer pushes a commit to the branch"),
        ({"plan_role": ""}, "until the variable PLAN_ROLE_NAME is set"),
        ({"changed_ended": "failure"}, "What changes is not known"),
        ({"changed_ended": "cancelled", "stacks_ended": "skipped"}, "What changes is not known"),
        ({"changed_ended": "skipped", "stacks_ended": "skipped"}, "What changes is not known"),
        ({"stacks_ended": "failure"}, "The plan of a stack needs a second reviewer"),
        ({"stacks_ended": "cancelled"}, "The plan of a stack needs a second reviewer"),
    ],
)
def test_one_check_speaks_for_all_stacks(wrong: dict[str, str], said: str) -> None:
    found = why_not(**{**RIGHT, **wrong})

    assert said in found
    assert bool(found) is bool(said)


def test_a_check_that_passes_says_which_stacks_nobody_has_planned() -> None:
    assert passed([]) == "No stack's plan stands against the merge."
    assert passed({"prod", "dev"}) == (
        "No stack's plan stands against the merge. Not planned, because the branch's own code says "
        "that they do not change: dev, prod."
    )
