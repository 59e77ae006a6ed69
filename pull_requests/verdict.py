"""What a verdict means for the pull request's check. Knows no package: it runs without set-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.findings import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

APPROVALS_NEEDED: Final = 2
"""For a plan that needs a second reviewer."""

_MAY_REVIEW: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""GitHub takes approvals from anybody who may read the repository."""

_COUNTS: Final = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
"""A comment leaves an earlier approval as it is."""


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
    """What the check ends with and says."""

    exit_status: ExitStatus
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


def status(stack: str, verdict: ExitStatus, approved_by: list[str]) -> Status:
    """Say whether a plan's verdict lets the pull request through.

    Args:
        stack: The stack's name.
        verdict: What `ferry review` ended with; `NOT_DONE` where the job did not get that far.
        approved_by: Who approves the commit.
    """
    if verdict is ExitStatus.GOOD:
        text = "safe."
    elif verdict is ExitStatus.STOP:
        text = "blocked by the environment's guardrails; its comment says why."
    elif verdict is not ExitStatus.LOOK:
        verdict, text = ExitStatus.NOT_DONE, "could not be judged; its comment or the log says why."
    else:
        count = f"{len(approved_by)} of {APPROVALS_NEEDED} approvals"
        names = f" ({', '.join(approved_by)})" if approved_by else ""
        text = f"needs a second reviewer; {count} of this commit{names}."
        if len(approved_by) >= APPROVALS_NEEDED:
            verdict = ExitStatus.GOOD
        else:
            text += " When they are given, use 'Re-run failed jobs': the plan stays."
    return Status(exit_status=verdict, text=f"{stack}: {text}")
