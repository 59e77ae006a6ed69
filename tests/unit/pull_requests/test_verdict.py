"""What a verdict means for the pull request's check."""

from __future__ import annotations

import pytest

from ferry.findings import ExitStatus
from pull_requests.verdict import Approval, approvers, status
from tests.unit.pull_requests.examples import COMMIT

AUTHOR = "author"


def approval(
    login: str,
    *,
    state: str = "APPROVED",
    association: str = "MEMBER",
    commit: str = COMMIT,
) -> Approval:
    return Approval(login=login, association=association, state=state, commit=commit)


def approving(*reviews: Approval) -> list[str]:
    return approvers(reviews, author=AUTHOR, commit=COMMIT)


def test_who_approves_this_commit_counts_once() -> None:
    assert approving(approval("b"), approval("a"), approval("b")) == ["a", "b"]


@pytest.mark.parametrize(
    "review",
    [
        pytest.param(approval("a", state="COMMENTED"), id="a comment"),
        pytest.param(approval("a", commit="c" * 40), id="of an earlier commit"),
        pytest.param(approval("a", association="CONTRIBUTOR"), id="of who may not write"),
        pytest.param(approval("a", association="NONE"), id="of a stranger"),
        pytest.param(approval(AUTHOR), id="of the author"),
    ],
)
def test_what_is_no_approval(review: Approval) -> None:
    assert approving(review) == []


@pytest.mark.parametrize("state", ["CHANGES_REQUESTED", "DISMISSED"])
def test_the_last_word_counts(state: str) -> None:
    assert approving(approval("a"), approval("a", state=state)) == []
    assert approving(approval("a", state=state), approval("a")) == ["a"]


def test_a_comment_takes_no_approval_back() -> None:
    assert approving(approval("a"), approval("a", state="COMMENTED")) == ["a"]


SAFE = "safe."
BLOCKED = "blocked by the environment's guardrails; its comment says why."
NOT_JUDGED = "could not be judged; its comment or the log says why."
WAITING = (
    "needs a second reviewer; {} approvals of this commit{}. When they are given, use 'Re-run failed "
    "jobs': the plan stays."
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
    found = status("dev", verdict, approved_by)
    assert (int(found.exit_status), found.text) == (exit_status, f"dev: {text}")
