"""Plans a stack with the default branch's code, and applies that very plan once it is approved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ferry.findings import ExitStatus
from pull_requests import guardrails, kept, log
from pull_requests.comment import shows
from pull_requests.errors import RefusedError
from pull_requests.reviewing import review
from pull_requests.terraform import PLAN_FILE, ready

if TYPE_CHECKING:
    from pull_requests.github import PullRequest
    from pull_requests.stacks import Stack


def propose(stack: Stack, *, run: str, pull_request: PullRequest | None) -> str:
    """Plan a stack, show the review to those who approve, and keep the plan for this run.

    The changes are compared with the comment of a pull request, if there is one. What is returned
    is the kept plan's digest, empty where there is nothing to apply.
    """
    with ready(stack, stack.document) as terraform:
        terraform.plan()
        shown = terraform.shown()
        changes = _refuse_what_is_blocked(shown, stack)
        log.summarize(_comparison(stack.name, changes, pull_request))
        if json.loads(shown)["applyable"] is not True:
            return ""
        return kept.keep((terraform.folder / PLAN_FILE).read_bytes(), stack, run=run)


def apply(stack: Stack, *, run: str, digest: str) -> None:
    """Apply the plan of the digest that `propose` returned to this run, at the same commit.

    Raises:
        RefusedError: The plan is not this run's, is blocked, or the state has moved.
    """
    plan = kept.kept(stack, run=run, digest=digest)
    with ready(stack, stack.document) as terraform:
        (terraform.folder / PLAN_FILE).write_bytes(plan)
        _refuse_what_is_blocked(terraform.shown(), stack)
        terraform.apply()


def _refuse_what_is_blocked(shown: str, stack: Stack) -> str:
    """Show the review, by this checkout's guardrails, and return the hash of the changes."""
    reviewed = review(shown, stack, guardrails.read(guardrails.FOLDER))
    log.show(reviewed.text)
    log.summarize(reviewed.text)
    if reviewed.verdict > ExitStatus.LOOK:
        raise RefusedError(
            f"The plan of {stack.name} is blocked or could not be judged; see above. Nothing was "
            "applied."
        )
    return reviewed.changes


def _comparison(stack: str, changes: str, pull_request: PullRequest | None) -> str:
    """Say whether the changes are those that a pull request's comment showed.

    A comment can be forged by whoever may push: what counts is what stands in this summary.
    """
    if pull_request is None:
        return "No pull request was named to compare these changes with."
    name, comment = f"#{pull_request.number}", pull_request.comments().get(stack)
    if comment is None:
        return f"**{name} has no comment that showed changes of `{stack}`.**"
    if shows(comment["body"], changes):
        return f"These are the changes that the comment of {name} showed."
    return (
        f"**These are not the changes that the comment of {name} showed:** the state, the code or "
        "the account has changed since, or the comment was not true. Read these."
    )
