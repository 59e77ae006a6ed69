"""The commands: `python -m pull_requests changed|plan|review|verdict|gate|propose|apply`."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from facts.names import account_stack
from facts.placement import partition_of
from ferry.errors import FerryError, InputError
from ferry.findings import ExitStatus
from pull_requests import applying, guardrails, log, planning
from pull_requests.code import changes_since, check_out, commit_of, synthesized
from pull_requests.comment import text_of, text_without_change
from pull_requests.github import PullRequest, Repository
from pull_requests.programs import held_back
from pull_requests.reviewing import not_reviewed, review
from pull_requests.stacks import Kind, find
from pull_requests.verdict import passed, status, why_not

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pull_requests.stacks import Stack


def _matching(pattern: str) -> Callable[[str], str]:
    """The type of an argument: what is no such text is refused before it goes anywhere."""

    def checked(given: str) -> str:
        if not re.fullmatch(pattern, given):
            raise argparse.ArgumentTypeError(f"{given!r} given; allowed: {pattern}")
        return given

    return checked


_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "--actor": {"help": "who started the run"},
    "--base": {"help": "the commit to compare with"},
    "--branch": {"help": "the default branch"},
    "--changed": {"help": "what 'changed' gave; empty where it failed"},
    "--changed-ended": {"help": "how the job of 'changed' ended"},
    "--commit": {"help": "the pull request's last commit", "type": _matching("[0-9a-f]{40}")},
    "--digest": {"help": "what 'propose' gave", "type": _matching("[0-9a-f]{64}")},
    "--folder": {"help": "where 'plan' writes what 'review' reads", "type": Path},
    "--head": {"help": "OWNER/NAME that the branch is in"},
    "--number": {"help": "the pull request's; empty for none", "type": _matching("[0-9]{0,9}")},
    "--plan-role": {"help": "the role that plans; empty where none is set"},
    "--proposed": {"help": "the folder of the pull request's environments", "type": Path},
    "--repository": {"help": "OWNER/NAME"},
    "--run": {"help": "the workflow's run", "dest": "run_id", "type": _matching("[0-9]{1,20}")},
    "--stack": {"help": "the stack, such as dev", "type": _matching("[a-z0-9-]{1,63}")},
    "--stacks-ended": {"help": "how the jobs of the stacks ended"},
}


def main(arguments: Sequence[str]) -> int:
    """Run a command in the project's folder and return its exit status."""
    options = parser().parse_args(arguments)
    try:
        # A job that is cancelled is ended by signals: what is in temporary folders goes.
        with held_back(lambda *_: sys.exit(ExitStatus.INTERRUPTED)):
            return int(options.run(options))
    except FerryError as error:
        log.show(str(error), sys.stderr)
        return error.exit_code


def parser() -> argparse.ArgumentParser:
    """The parser of the commands and their arguments."""
    whole = argparse.ArgumentParser(prog="python -m pull_requests", description=__doc__)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for run, names in _COMMANDS.items():
        what = (run.__doc__ or "").partition("\n")[0]
        command = commands.add_parser(run.__name__.strip("_"), help=what, description=what)
        command.set_defaults(run=run)
        for name in names.split():
            command.add_argument(f"--{name}", required=True, **_OPTIONS[f"--{name}"])
    return whole


def _changed(options: argparse.Namespace) -> int:
    """Name the stacks that change."""
    found = changes_since(Path(), commit_of(Path(), options.base))
    log.show("\n".join(f"{it.stack.name}: {it.kind}" for it in found) or "No stack changes.")
    log.give("stacks", json.dumps([place(change.stack) for change in found]))
    return ExitStatus.GOOD


def _plan(options: argparse.Namespace) -> int:
    """Plan a stack that changes, by the branch's own code, and write nothing in AWS."""
    base = commit_of(Path(), options.base)
    found = {change.stack.name: change for change in changes_since(Path(), base)}
    if options.stack not in found:
        raise InputError(
            f"{options.stack!r} does not change since {base}; {', '.join(found) or 'no stack'} does."
        )
    with tempfile.TemporaryDirectory(prefix="aurora-ferry-base-") as folder:
        check_out(Path(), base, into=Path(folder) / "base")
        own = guardrails.read(Path(folder) / "base" / guardrails.FOLDER)
    planned = planning.plan(found[options.stack], own, guardrails.read(guardrails.FOLDER))
    planned.write(options.folder)
    log.show(planned.failure or f"{options.stack} is planned.")
    return ExitStatus.GOOD


def _review(options: argparse.Namespace) -> int:
    """Review what 'plan' wrote, comment on the pull request, and end as the review says."""
    pull_request = _pull_request(options)
    pull_request.refuse_old(options.commit)
    planned = planning.read(options.folder, stack=options.stack)
    stack = planned.change.stack
    found = not_reviewed(stack.name, planned.failure)
    if planned.plan:
        try:
            found = review(planned.plan, stack, *_guardrails(options))
        except FerryError as error:
            found = not_reviewed(stack.name, str(error))
    found = found.at_least(planned.verdict)
    text = text_of(planned, found, commit=options.commit, number=int(options.number))
    log.show(text)
    log.summarize(text)
    pull_request.comment(stack.name, text)
    moves = ExitStatus.LOOK if planned.change.kind is Kind.MOVED else ExitStatus.GOOD
    return _told(stack.name, max(found.verdict, moves), options)


def _verdict(options: argparse.Namespace) -> int:
    """End as all stacks and the guardrails say: the check to require."""
    names = ("repository", "head", "actor", "plan_role", "changed_ended", "stacks_ended")
    reason = why_not(**{name: getattr(options, name) for name in names})
    own, proposed = _guardrails(options)
    try:
        changed = {"".join(it["stack"]) for it in json.loads(options.changed or "[]")}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError(
            "What '--changed' gave is not what 'changed' gives: a list of stacks in JSON."
        ) from None
    accounts = {account_stack(it.account_id) for it in own.values() if it.account_id}
    print(f"::error::{reason}" if reason else f"::notice::{passed({*own, *accounts} - changed)}")
    if options.head == options.repository and options.changed:
        pull_request = _pull_request(options)
        pull_request.refuse_old(options.commit)
        for stack in sorted(pull_request.comments().keys() - changed):
            pull_request.comment(stack, text_without_change(stack, commit=options.commit))
            print(f"{stack}: changes no more")
    loosened = guardrails.loosened(own, proposed)
    approved = [_told(what, ExitStatus.LOOK, options) for what in loosened]
    return max([ExitStatus.NOT_DONE if reason else ExitStatus.GOOD, *approved])


def _gate(options: argparse.Namespace) -> int:
    """Refuse an old commit and a GitHub environment that protects nothing; say where the stack is."""
    repository = Repository(name=options.repository)
    repository.refuse_old(commit_of(Path(), "HEAD"), branch=options.branch)
    stack = _stack(options)
    for weakness in repository.refuse_unprotected(stack.name, branch=options.branch):
        print(f"::warning::The GitHub environment {stack.name}: {weakness}.")
    for name, value in place(stack).items():
        log.give(name, value)
    return ExitStatus.GOOD


def _propose(options: argparse.Namespace) -> int:
    """Plan a stack by the default branch's code, and keep the plan for this run."""
    pull_request = _pull_request(options) if options.number else None
    digest = applying.propose(_stack(options), run=options.run_id, pull_request=pull_request)
    print("Kept until it is approved." if digest else "There is nothing to apply.")
    log.give("digest", digest)
    return ExitStatus.GOOD


def _apply(options: argparse.Namespace) -> int:
    """Apply the plan that this run has kept, and no other."""
    applying.apply(_stack(options), run=options.run_id, digest=options.digest)
    return ExitStatus.GOOD


_COMMANDS: Final = {
    _changed: "base",
    _plan: "stack base folder",
    _review: "stack folder proposed repository number commit",
    _verdict: (
        "head actor plan-role changed changed-ended stacks-ended proposed repository number commit"
    ),
    _gate: "stack repository branch",
    _propose: "stack run repository number",
    _apply: "stack run digest",
}


def place(stack: Stack) -> dict[str, str]:
    """What a workflow needs to sign in for a stack."""
    return {
        "stack": stack.name,
        "account_id": stack.account_id,
        "region": stack.bucket_region,
        "partition": partition_of(stack.bucket_region).name,
    }


def _guardrails(options: argparse.Namespace) -> tuple[guardrails.Guardrails, guardrails.Guardrails]:
    """Those of the default branch, whose code this is, and those of the pull request."""
    return guardrails.read(guardrails.FOLDER), guardrails.read(options.proposed)


def _stack(options: argparse.Namespace) -> Stack:
    return find(synthesized(Path()), options.stack)


def _pull_request(options: argparse.Namespace) -> PullRequest:
    return PullRequest(repository=Repository(name=options.repository), number=int(options.number))


def _told(what: str, verdict: ExitStatus, options: argparse.Namespace) -> ExitStatus:
    """Say what a verdict means by the approvals that there are, and what the check ends with."""
    asks = verdict is ExitStatus.LOOK
    ends, text = status(verdict, _pull_request(options).approvers(options.commit) if asks else [])
    print(f"::{'error' if ends else 'notice'}::{what}: {text}")
    return ends
