"""Plans a stack that changes, reviews the plan, and keeps it where it may be applied."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facts.inert import visible_lines
from ferry.errors import FerryError
from ferry.findings import ExitStatus
from pull_requests import keeping
from pull_requests.bundle import KeptPlan
from pull_requests.code import tree_of
from pull_requests.reviewing import review
from pull_requests.stacks import FILE, Kind
from pull_requests.terraform import LOCK_FILE, PLAN_FILE, Terraform

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pull_requests.stacks import Change


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of a plan.

    Args:
        change: What was planned.
        commit: The commit that is named as the one that was planned.
        verdict: Whether the plan may be applied, as an exit status.
        review: The review as Markdown; empty where there is none.
        failure: Why there is no review.
        digest: What names the kept plan; empty where none was kept.
    """

    change: Change
    commit: str
    verdict: ExitStatus
    review: str = ""
    failure: str = ""
    digest: str = ""


def plan(change: Change, *, project: Path, commit: str, folder: Path, now: datetime) -> Outcome:
    """Plan a change, review it, and keep the plan where it changes something and may be applied.

    A plan that is blocked or not judged is not kept, and neither is one of a stack that is gone:
    that one is destroyed by hand, in the order that docs/deployment.md gives.

    Args:
        change: The stack.
        project: The project's folder, as HEAD has it.
        commit: What HEAD is called in the comment: of a merge that GitHub made, nobody knows the
            hash.
        folder: Where Terraform runs; made here. It holds sensitive values afterwards.
        now: The time, in UTC.
    """
    try:
        return _planned(change, project=project, commit=commit, folder=folder, now=now)
    except FerryError as error:
        return Outcome(
            change=change, commit=commit, verdict=ExitStatus.NOT_DONE, failure=str(error)
        )


def _planned(change: Change, *, project: Path, commit: str, folder: Path, now: datetime) -> Outcome:
    stack = change.stack
    folder.mkdir(parents=True)
    # Indented, because Terraform's errors quote the line.
    configuration = json.dumps(change.configuration, indent=2)
    (folder / FILE).write_text(configuration)
    terraform = Terraform(folder=folder)
    terraform.init()
    print(visible_lines(terraform.plan()))
    shown = terraform.shown()
    gone = change.kind is Kind.GONE
    # Where an account has no environment's file left, ferry cannot tell that the stack is its own.
    document = None if gone and stack.is_account else stack.document
    reviewed = review(
        plan=shown,
        document=document,
        environment=change.environment,
        project=project,
        folder=folder,
    )
    verdict = reviewed.verdict
    if change.kind is Kind.MOVED:
        verdict = max(verdict, ExitStatus.LOOK)
    digest = ""
    if verdict <= ExitStatus.LOOK and not gone and json.loads(shown)["applyable"]:
        digest = keeping.keep(
            KeptPlan(
                stack=stack.name,
                commit=commit,
                tree=tree_of(project, "HEAD"),
                made_at=now,
                state=terraform.state(),
                configuration=configuration.encode(),
                lock=(folder / LOCK_FILE).read_bytes(),
                plan=(folder / PLAN_FILE).read_bytes(),
            ),
            stack,
        )
    return Outcome(
        change=change, commit=commit, verdict=verdict, review=reviewed.text, digest=digest
    )
