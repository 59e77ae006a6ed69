"""What a verdict means for the pull request's check. Knows no package: it runs without set-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

APPROVALS_NEEDED: Final = 2
"""For a plan that needs a second reviewer."""

_MAY_REVIEW: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""GitHub takes approvals from anybody who may read the repository."""

_COUNTS: Final = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
"""A comment leaves an earlier approval as it is."""

_SAFE, _SECOND_REVIEWER, _BLOCKED = 0, 1, 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """A review that somebody gave, in GitHub's words.

    Args:
        login: Who.
        association: Who that is to the repository.
        state: `APPROVED`, `CHANGES_REQUESTED`, `DISMISSED` or `COMMENTED`.
        commit: The commit that was looked at.
    """

    login: str
    association: str
    state: str
    commit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """The check's status and what it says."""

    passed: bool
    text: str


def approvers(reviews: Iterable[Approval], *, author: str, commit: str) -> list[str]:
    """Who approves a commit by now: each one's last word counts.

    Args:
        reviews: All reviews, the oldest first.
        author: Who wrote the pull request, and does not count.
        commit: The commit that has to be approved; an approval of an earlier one does not count.
    """
    last = {it.login: it for it in reviews if it.state in _COUNTS}
    return sorted(
        it.login
        for it in last.values()
        if it.state == "APPROVED"
        and it.commit == commit
        and it.association in _MAY_REVIEW
        and it.login != author
    )


def status(stack: str, verdict: int | None, approved_by: list[str]) -> Status:
    """Say whether a plan's verdict lets the pull request through.

    Args:
        stack: The stack's name.
        verdict: The exit code of `ferry review`; None where the job came to none.
        approved_by: Who approves the commit.
    """
    if verdict == _SAFE:
        return Status(passed=True, text=f"{stack}: safe.")
    if verdict == _BLOCKED:
        return Status(
            passed=False,
            text=f"{stack}: blocked by the environment's guardrails; its comment says why.",
        )
    if verdict != _SECOND_REVIEWER:
        return Status(
            passed=False, text=f"{stack}: could not be judged; its comment or the log says why."
        )
    given = f"{len(approved_by)} of {APPROVALS_NEEDED} approvals"
    names = f" ({', '.join(approved_by)})" if approved_by else ""
    if len(approved_by) >= APPROVALS_NEEDED:
        return Status(passed=True, text=f"{stack}: needs a second reviewer; {given}{names}.")
    return Status(
        passed=False,
        text=f"{stack}: needs a second reviewer; {given} of this commit{names}. When they are given, "
        "use 'Re-run failed jobs': the plan stays.",
    )
