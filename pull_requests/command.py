"""The commands: `python -m pull_requests changed|plan|comment|settle|verdict|find|apply`."""

# ruff: noqa: PLC0415 - comment, settle and verdict run where no package is installed

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from facts.inert import visible_lines
from ferry.errors import FerryError, InputError
from ferry.findings import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pull_requests.github import PullRequest
    from pull_requests.stacks import Stack

_VERDICTS: Final = {str(int(it)): it for it in ExitStatus}
_COMMENT: Final = "comment.md"


def main(arguments: Sequence[str]) -> int:
    """Run a command in the project's folder and return its exit status."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except FerryError as error:
        print(visible_lines(str(error)), file=sys.stderr)
        return error.exit_code
    return code


def parser() -> argparse.ArgumentParser:
    """The parser of the commands and their arguments."""
    whole = argparse.ArgumentParser(prog="python -m pull_requests", description=__doc__)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    changed = commands.add_parser("changed", help="name the stacks that change")
    changed.add_argument("--base", required=True, help="the commit to compare with")
    changed.set_defaults(run=_changed)

    plan = commands.add_parser("plan", help="plan a stack that changes, review and keep the plan")
    plan.add_argument("--stack", required=True)
    plan.add_argument("--base", required=True, help="the commit to compare with")
    plan.add_argument("--folder", required=True, type=Path, help="where files are written")
    plan.add_argument("--commit", default="HEAD", help="how the comment names it; HEAD by default")
    plan.set_defaults(run=_plan)

    comment = commands.add_parser("comment", help="write or update a stack's comment")
    comment.add_argument("--stack", required=True)
    comment.add_argument("--folder", required=True, type=Path, help="where 'plan' wrote")
    _add_pull_request(comment)
    comment.set_defaults(run=_comment)

    settle = commands.add_parser("settle", help="update comments of stacks that change no more")
    settle.add_argument("--changed", required=True, help="what 'changed' wrote")
    settle.add_argument("--commit", required=True)
    _add_pull_request(settle)
    settle.set_defaults(run=_settle)

    verdict = commands.add_parser("verdict", help="end as the verdict and the approvals say")
    verdict.add_argument("--stack", required=True)
    verdict.add_argument("--verdict", required=True, help="what 'plan' wrote; empty if nothing")
    verdict.add_argument("--author", required=True, help="who wrote the pull request")
    verdict.add_argument("--commit", required=True, help="the pull request's last commit")
    _add_pull_request(verdict)
    verdict.set_defaults(run=_verdict)

    find = commands.add_parser("find", help="say where a stack is deployed")
    find.add_argument("--stack", required=True)
    find.set_defaults(run=_find)

    apply = commands.add_parser("apply", help="apply a kept plan if nothing moved since")
    apply.add_argument("--stack", required=True)
    apply.add_argument("--plan", required=True, help="the digest that the comment shows")
    apply.add_argument("--folder", required=True, type=Path, help="where files are written")
    apply.set_defaults(run=_apply)
    return whole


def _add_pull_request(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repository", required=True, help="OWNER/NAME")
    parser.add_argument("--number", required=True, type=int, help="the pull request's number")


def _changed(options: argparse.Namespace) -> int:
    from pull_requests.code import commit_of
    from pull_requests.synthesis import changes_since

    project = Path.cwd()
    found = changes_since(project, commit_of(project, options.base))
    for change in found:
        print(f"{change.stack.name}: {change.kind}")
    if not found:
        print("No stack changes.")
    _write_output("stacks", json.dumps([place(change.stack) for change in found]))
    return 0


def _plan(options: argparse.Namespace) -> int:
    from pull_requests.code import commit_of
    from pull_requests.comment import text_of
    from pull_requests.planning import plan
    from pull_requests.synthesis import changes_since

    project = Path.cwd()
    base = commit_of(project, options.base)
    found = {change.stack.name: change for change in changes_since(project, base)}
    if options.stack not in found:
        raise InputError(
            f"{options.stack!r} does not change since {base}; {', '.join(found) or 'no stack'} does."
        )
    outcome = plan(
        found[options.stack],
        project=project,
        commit=commit_of(project, options.commit),
        folder=options.folder / "terraform",
        now=datetime.now(UTC),
    )
    text = text_of(outcome)
    (options.folder / _COMMENT).write_text(text)
    print(text)
    _append("GITHUB_STEP_SUMMARY", text)
    _write_output("verdict", str(int(outcome.verdict)))
    return 0


def _comment(options: argparse.Namespace) -> int:
    from pull_requests.comment import marker

    text = (options.folder / _COMMENT).read_text()
    print(f"comment {_pull_request(options).comment(marker(options.stack), text)}")
    return 0


def _settle(options: argparse.Namespace) -> int:
    from pull_requests.comment import marked_stack, marker, text_without_change

    changed = {it["stack"] for it in json.loads(options.changed)}
    pull_request = _pull_request(options)
    stacks = {marked_stack(line) for line in pull_request.first_lines()}
    for stack in sorted(stacks - changed - {""}):
        pull_request.update(marker(stack), text_without_change(stack, commit=options.commit))
        print(f"{stack}: changes no more")
    return 0


def _verdict(options: argparse.Namespace) -> int:
    from pull_requests.verdict import approvers, status

    found = status(
        options.stack,
        _VERDICTS.get(options.verdict, ExitStatus.NOT_DONE),
        approvers(_pull_request(options).reviews(), author=options.author, commit=options.commit),
    )
    print(f"::{'error' if found.exit_status else 'notice'}::{found.text}")
    return found.exit_status


def _find(options: argparse.Namespace) -> int:
    from pull_requests.applying import find
    from pull_requests.synthesis import synthesized

    found = place(find(synthesized(Path.cwd()), options.stack))
    for name, value in found.items():
        print(f"{name}: {value}")
        _write_output(name, value)
    return 0


def _apply(options: argparse.Namespace) -> int:
    from pull_requests.applying import apply
    from pull_requests.synthesis import synthesized

    project = Path.cwd()
    failed = apply(
        options.stack,
        digest=options.plan,
        stacks=synthesized(project),
        project=project,
        folder=options.folder / "terraform",
        now=datetime.now(UTC),
    )
    return ExitStatus.NOT_DONE if failed else ExitStatus.GOOD


def place(stack: Stack) -> dict[str, str]:
    """What a workflow needs to sign in for a stack."""
    return {
        "stack": stack.name,
        "account_id": stack.account_id,
        "region": stack.bucket_region,
        "partition": stack.partition,
    }


def _pull_request(options: argparse.Namespace) -> PullRequest:
    from pull_requests.github import PullRequest

    return PullRequest(repository=options.repository, number=options.number, folder=Path.cwd())


def _write_output(name: str, value: str) -> None:
    """Give a later step of the workflow a value; outside of a workflow, do nothing."""
    _append("GITHUB_OUTPUT", f"{name}={value}")


def _append(variable: str, text: str) -> None:
    file = os.environ.get(variable)
    if file:
        with Path(file).open("a") as written:
            written.write(f"{text}\n")
