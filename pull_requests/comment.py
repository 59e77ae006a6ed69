"""What a pull request's comment says: the review, and how the plan is applied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from facts import names
from facts.inert import visible_lines
from pull_requests.stacks import Kind

if TYPE_CHECKING:
    from pull_requests.planning import Outcome
    from pull_requests.stacks import Change

_LONGEST_FAILURE: Final = 20_000
"""Characters; a comment may have 65,536."""

_SHORT_HASH: Final = 12


def marker(stack: str) -> str:
    """The hidden line that a stack's comment begins with, by which it is found again."""
    return f"<!-- aurora-ferry plan of {stack} -->"


def marked_stack(line: str) -> str:
    """The stack whose comment begins with a line; empty where it is no stack's."""
    found = re.fullmatch(r"<!-- aurora-ferry plan of ([a-z0-9-]+) -->", line)
    return found[1] if found else ""


def text_of(outcome: Outcome) -> str:
    """Write the comment of a planned stack."""
    body = outcome.review or _failed(outcome)
    return "\n".join(
        part
        for part in (
            marker(outcome.change.stack.name),
            _whose(outcome.change),
            _lead(outcome.change),
            body,
            _end(outcome),
        )
        if part
    )


def text_without_change(stack: str, *, commit: str) -> str:
    """Write what a stack's comment becomes when nothing of the stack changes any more."""
    return (
        f"{marker(stack)}\n## {stack}: no change\n\nSince `{commit[:_SHORT_HASH]}` this pull request "
        f"changes nothing of `{stack}`. Plans that were kept before are of other code, and are "
        "refused.\n"
    )


def _whose(change: Change) -> str:
    """Ferry's title names the environment; an account's stack is judged by one of the account."""
    if not change.stack.is_account:
        return ""
    return (
        f"The stack **`{change.stack.name}`**, which the environments of the account share, judged by "
        f"what {_file(change.environment)} blocks.\n"
    )


def _lead(change: Change) -> str:
    name = change.stack.name
    if change.kind is Kind.GONE:
        file = "The last environment of the account" if change.stack.is_account else _file(name)
        return (
            f"> [!CAUTION]\n> **{file} is deleted.** What follows is what destroying `{name}` "
            "would do. Merging alone destroys nothing: the resources stay, and nothing manages "
            "them. To destroy them, keep the file and follow docs/deployment.md, Lifting protection "
            "and destroying; delete it afterwards.\n"
        )
    if change.kind is Kind.MOVED:
        return (
            f"> [!CAUTION]\n> **The state of `{name}` moves** from `{change.moved_from}` to "
            f"`{change.stack.state}`. What follows is planned against the new place. What the old "
            "one knows stays deployed, and nothing manages it.\n"
        )
    return ""


def _failed(outcome: Outcome) -> str:
    name = outcome.change.stack.name
    said = visible_lines(outcome.failure)
    cut = said[:_LONGEST_FAILURE]
    if cut != said:
        cut += "\n(cut; the job's log has all)"
    fence = "`" * (max((len(run) for run in re.findall("`+", cut)), default=0) + 3)
    return f"## {name}: could not be judged\n\nThere is no plan:\n\n{fence}text\n{cut}\n{fence}\n"


def _end(outcome: Outcome) -> str:
    commit, name = outcome.commit[:_SHORT_HASH], outcome.change.stack.name
    if not outcome.digest:
        return f"---\nPlanned at `{commit}`. No plan was kept: there is none to apply.\n"
    return (
        f"---\nPlanned at `{commit}` and kept for {names.PLAN_DAYS} days. After the merge this "
        "applies it, this plan and no other:\n\n"
        f"```sh\ngh workflow run apply.yml -f stack={name} -f plan={outcome.digest}\n```\n"
    )


def _file(environment: str) -> str:
    return f"`environments/{environment}.toml`"
