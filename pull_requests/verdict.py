"""What a verdict means for the pull request's check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.findings import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

APPROVALS_NEEDED: Final = 2
"""For a plan that needs a second reviewer."""


def status(verdict: ExitStatus, approved_by: list[str]) -> tuple[ExitStatus, str]:
    """What the check ends with, and why, by the verdict and by who approves the commit."""
    if verdict is ExitStatus.GOOD:
        return verdict, "safe."
    if verdict is ExitStatus.STOP:
        return verdict, "blocked by the environment's guardrails; its comment says why."
    if verdict is not ExitStatus.LOOK:
        return ExitStatus.NOT_DONE, "could not be judged; its comment or the log says why."
    names = f" ({', '.join(approved_by)})" if approved_by else ""
    count = f"{len(approved_by)} of {APPROVALS_NEEDED} approvals"
    text = f"needs a second reviewer; {count} of this commit{names}."
    if len(approved_by) >= APPROVALS_NEEDED:
        return ExitStatus.GOOD, text
    return verdict, f"{text} When they are given, use 'Re-run failed jobs'."


def why_not(
    *, repository: str, head: str, actor: str, plan_role: str, changed_ended: str, stacks_ended: str
) -> str:
    """Why the one check that speaks for all stacks cannot pass; empty where it can.

    `head` is the repository that the branch is in; jobs have ended in GitHub's words.
    """
    reasons = {
        "A pull request of a fork gets no plan: its code must not run with a role in AWS. To plan "
        "it, a maintainer pushes the branch to this repository and opens a pull request.": (
            head != repository
        ),
        "GitHub gives runs of Dependabot no identity, so there is no plan. To plan it, a maintainer "
        "pushes a commit to the branch, such as an empty one.": actor == "dependabot[bot]",
        "There is no plan until the variable PLAN_ROLE_NAME is set: docs/pull-requests.md. Until "
        "then do not require this check.": not plan_role,
        "What changes is not known; the log of the job 'what changes' says why.": (
            changed_ended != "success"
        ),
        "The plan of a stack needs a second reviewer, is blocked, or could not be judged; see its "
        "comment and the check of the stack.": stacks_ended not in {"success", "skipped"},
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def passed(unplanned: Iterable[str]) -> str:
    """What the check says where it passes, and which stacks it says nothing of."""
    names = ", ".join(sorted(unplanned))
    without = f" Not planned, because the branch's own code says that they do not change: {names}."
    return f"No stack's plan stands against the merge.{without if names else ''}"
