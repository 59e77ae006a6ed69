"""What a pull request's comment says: the review, and how it comes to be applied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ferry.findings import ExitStatus
from ferry.review.report.inert import code
from pull_requests.guardrails import FOLDER
from pull_requests.stacks import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pull_requests.planning import Planned
    from pull_requests.reviewing import Reviewed
    from pull_requests.stacks import Stack

_SHORT_HASH: Final = 12
_CHANGES: Final = "<!-- aurora-ferry changes {} -->"


def marker(stack: str) -> str:
    """The hidden line that a stack's comment begins with, by which it is found again."""
    return f"<!-- aurora-ferry plan of {stack} -->"


def marked_stack(line: str) -> str:
    """The stack whose comment begins with a line; empty where it is no stack's."""
    found = re.fullmatch(r"<!-- aurora-ferry plan of ([a-z0-9-]+) -->", line)
    return found[1] if found else ""


def first_line(comment: Mapping[str, Any]) -> str:
    """The line that says whose comment it is."""
    return str(comment["body"]).partition("\n")[0].rstrip()


def shows(comment: str, changes: str) -> bool:
    """Whether a comment showed the changes of this hash, as its second line says.

    No other line counts: Terraform's failures and a plan's values are in them, and are anybody's.
    """
    return [it.rstrip() for it in comment.split("\n")[1:2]] == [_CHANGES.format(changes)]


def text_of(stack: Stack, planned: Planned, found: Reviewed, *, commit: str, number: int) -> str:
    """Write the comment of a planned stack, at a commit, of the pull request of that number."""
    end = "There is nothing to apply.\n"
    if found.verdict <= ExitStatus.LOOK and planned.applyable:
        end = (
            "After the merge this plans again, compares, and applies what is approved then:\n\n"
            f"```sh\ngh workflow run apply.yml -f stack={stack.name} -f pull_request={number}\n```\n"
        )
    parts = (
        marker(stack.name),
        _CHANGES.format(found.changes) if found.changes else "",
        _whose(stack, found.environments),
        _lead(stack, planned),
        found.text,
        f"---\nPlanned at `{commit[:_SHORT_HASH]}`, by the code of this pull request. {end}",
    )
    return "\n".join(part for part in parts if part)


def text_without_change(stack: str, *, commit: str) -> str:
    """Write what a stack's comment becomes when nothing of the stack changes any more."""
    return (
        f"{marker(stack)}\n## {stack}: no change\n\nSince `{commit[:_SHORT_HASH]}` this pull request "
        f"changes nothing of `{stack}`.\n"
    )


def _whose(stack: Stack, environments: Sequence[str]) -> str:
    """Ferry's title names one environment; an account's stack is judged by all of the account."""
    if not (stack.is_account and environments):
        return ""
    files = " and ".join(code(f"{FOLDER}/{it}.toml") for it in environments)
    return (
        f"The stack **`{stack.name}`**, which the environments of the account share, judged by all "
        f"that {files} block.\n"
    )


def _lead(stack: Stack, planned: Planned) -> str:
    if planned.kind == Kind.GONE:
        own = f"`{FOLDER}/{stack.name}.toml`"
        file = "The last environment of the account" if stack.is_account else own
        return (
            f"> [!CAUTION]\n> **{file} is deleted.** What follows is what destroying `{stack.name}` "
            "would do. Merging alone destroys nothing: the resources stay, and nothing manages "
            "them. To destroy them, keep the file and follow docs/deployment.md, Lifting protection "
            "and destroying; delete it afterwards.\n"
        )
    if planned.kind == Kind.MOVED:
        return (
            f"> [!CAUTION]\n> **The state of `{stack.name}` moves** from {code(planned.moved_from)} "
            f"to {code(stack.state)}. What follows is planned against the new place. What the old "
            "one knows stays deployed, and nothing manages it.\n"
        )
    return ""
