"""What a pull request's comment says: the review, and how it comes to be applied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from facts.names import is_account_stack
from ferry.findings import ExitStatus
from ferry.review.report.inert import code
from pull_requests.guardrails import FOLDER
from pull_requests.stacks import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pull_requests.planning import Planned
    from pull_requests.reviewing import Reviewed
    from pull_requests.stacks import Change, Stack

_SHORT_HASH: Final = 12
_WHOSE: Final = "<!-- aurora-ferry plan of {} -->"
"""The hidden line that a stack's comment begins with, by which it is found again."""

_CHANGES: Final = "<!-- aurora-ferry changes {} -->"


def stack_of(comment: str) -> str:
    """The stack whose comment it is, as its first line says; empty where it is no stack's."""
    found = re.match(rf"{_WHOSE.format('([a-z0-9-]+)')}\s*$", comment, re.MULTILINE)
    return found[1] if found else ""


def shows(comment: str, changes: str) -> bool:
    """Whether a comment showed the changes of this hash, as its second line says.

    No other line counts: Terraform's failures and a plan's values are in them, and are anybody's.
    """
    return [it.rstrip() for it in comment.split("\n")[1:2]] == [_CHANGES.format(changes)]


def text_of(planned: Planned, found: Reviewed, *, commit: str, number: int) -> str:
    """Write the comment of a planned stack, at a commit, of the pull request of that number."""
    stack, end = planned.change.stack, "There is nothing to apply.\n"
    if found.verdict <= ExitStatus.LOOK and planned.applyable:
        end = (
            "After the merge this plans again, compares, and applies what is approved then:\n\n"
            f"```sh\ngh workflow run apply.yml -f stack={stack.name} -f pull_request={number}\n```\n"
        )
    parts = (
        _WHOSE.format(stack.name),
        _CHANGES.format(found.changes) if found.changes else "",
        _whose(stack, found.environments),
        _lead(planned.change),
        found.text,
        f"---\nPlanned at `{commit[:_SHORT_HASH]}`, by the code of this pull request. {end}",
    )
    return "\n".join(part for part in parts if part)


def text_without_change(stack: str, *, commit: str) -> str:
    """Write what a stack's comment becomes when nothing of the stack changes any more."""
    return (
        f"{_WHOSE.format(stack)}\n## {stack}: no change\n\nSince `{commit[:_SHORT_HASH]}` this pull request "
        f"changes nothing of `{stack}`.\n"
    )


def _whose(stack: Stack, environments: Sequence[str]) -> str:
    """Ferry's title names one environment; an account's stack is judged by all of the account."""
    if not (is_account_stack(stack.name) and environments):
        return ""
    files = " and ".join(code(f"{FOLDER}/{it}.toml") for it in environments)
    return (
        f"The stack **`{stack.name}`**, which the environments of the account share, judged by all "
        f"that {files} block.\n"
    )


def _lead(change: Change) -> str:
    stack = change.stack
    if change.kind is Kind.GONE:
        own = f"`{FOLDER}/{stack.name}.toml`"
        file = "The last environment of the account" if is_account_stack(stack.name) else own
        return (
            f"> [!CAUTION]\n> **{file} is deleted.** What follows is what destroying `{stack.name}` "
            "would do. Merging alone destroys nothing: the resources stay, and nothing manages "
            "them. To destroy them, keep the file and follow docs/deployment.md, Lifting protection "
            "and destroying; delete it afterwards.\n"
        )
    if change.kind is Kind.MOVED:
        return (
            f"> [!CAUTION]\n> **The state of `{stack.name}` moves** from {code(change.moved_from)} "
            f"to {code(stack.state)}. What follows is planned against the new place. What the old "
            "one knows stays deployed, and nothing manages it.\n"
        )
    return ""
