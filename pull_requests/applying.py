"""Applies a kept plan: the very one that was reviewed, and only where nothing moved since."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from facts import names
from ferry.errors import InputError
from ferry.findings import ExitStatus
from pull_requests import keeping
from pull_requests.code import commit_of, tree_of, uncommitted
from pull_requests.errors import RefusedError, ToolError
from pull_requests.reviewing import review
from pull_requests.stacks import FILE, environment_of
from pull_requests.terraform import LOCK_FILE, PLAN_FILE, Terraform

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from pull_requests.bundle import KeptPlan
    from pull_requests.stacks import Stack

_AGAIN: Final = "Nothing was applied. Plan again and have that plan reviewed."


def find(stacks: Mapping[str, Stack], name: str) -> Stack:
    """The stack of that name.

    Raises:
        InputError: The project has none.
    """
    if name not in stacks:
        raise InputError(
            f"There is no stack {name!r}; there are {', '.join(sorted(stacks))}. A stack whose file "
            "is gone is destroyed by hand: docs/deployment.md, Lifting protection and destroying."
        )
    return stacks[name]


def apply(
    name: str,
    *,
    digest: str,
    stacks: Mapping[str, Stack],
    project: Path,
    folder: Path,
    now: datetime,
) -> int:
    """Apply the plan of a digest and return Terraform's exit code.

    Args:
        name: The stack.
        digest: What the comment names the plan by.
        stacks: The project as it synthesizes now.
        project: The project's folder; has to stand where the plan was made.
        folder: Where Terraform runs; made here.
        now: The time, in UTC.

    Raises:
        RefusedError: The plan must not be applied. Nothing was.
        FerryError: AWS, git or Terraform refused before anything was applied.
    """
    stack = find(stacks, name)
    plan = keeping.kept(stack, digest)
    _refuse_another_stack(plan, stack)
    _refuse_old(plan, now)
    _refuse_other_code(plan, project)
    _refuse_other_configuration(plan, stack)
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(plan.configuration)
    (folder / LOCK_FILE).write_bytes(plan.lock)
    (folder / PLAN_FILE).write_bytes(plan.plan)
    terraform = Terraform(folder=folder)
    _refuse_other_providers(plan, terraform)
    _refuse_other_state(plan, terraform)
    _refuse_what_is_blocked(
        terraform,
        stack=stack,
        environment=environment_of(stack, tuple(stacks.values())),
        project=project,
    )
    return terraform.apply()


def _refuse_another_stack(plan: KeptPlan, stack: Stack) -> None:
    if plan.stack != stack.name:
        raise RefusedError(f"The plan is of the stack {plan.stack}, not of {stack.name}. {_AGAIN}")


def _refuse_old(plan: KeptPlan, now: datetime) -> None:
    """S3 expires objects some time after they are due."""
    if now - plan.made_at > timedelta(days=names.PLAN_DAYS):
        raise RefusedError(
            f"The plan was made at {plan.made_at:%Y-%m-%d %H:%M} UTC and has expired: plans are "
            f"applied within {names.PLAN_DAYS} days. {_AGAIN}"
        )


def _refuse_other_code(plan: KeptPlan, project: Path) -> None:
    changed = uncommitted(project)
    if changed:
        raise RefusedError(
            f"The checkout has {len(changed)} files that are not committed, such as "
            f"{changed[0][3:]}; what was reviewed has none. {_AGAIN}"
        )
    if tree_of(project, "HEAD") != plan.tree:
        raise RefusedError(
            f"The code has moved: the plan is of {plan.commit}, the checkout is at "
            f"{commit_of(project, 'HEAD')} and holds other files. {_AGAIN}"
        )


def _refuse_other_configuration(plan: KeptPlan, stack: Stack) -> None:
    """Both what was kept beside the plan and what stands in it, which Terraform applies."""
    for configuration in (plan.configuration, plan.planned_configuration):
        if json.loads(configuration) != stack.document:
            raise RefusedError(
                f"The stack {stack.name} synthesizes to other JSON than the plan was made of. "
                f"{_AGAIN}"
            )


def _refuse_other_providers(plan: KeptPlan, terraform: Terraform) -> None:
    try:
        terraform.init_with_lock()
    except ToolError as error:
        raise RefusedError(
            "Terraform cannot install the providers that the plan was made with, by its lock file "
            f"of {plan.made_at:%Y-%m-%d}: {error}\n{_AGAIN}"
        ) from None


def _refuse_other_state(plan: KeptPlan, terraform: Terraform) -> None:
    state = terraform.state()
    if state == plan.state:
        return
    if plan.state.lineage and state.lineage != plan.state.lineage:
        raise RefusedError(f"The state is another one than the plan was made against. {_AGAIN}")
    raise RefusedError(
        f"The state has moved: the plan is of serial {plan.state.serial}, the state is at "
        f"{state.serial}. Somebody has deployed since. {_AGAIN}"
    )


def _refuse_what_is_blocked(
    terraform: Terraform, *, stack: Stack, environment: str, project: Path
) -> None:
    """Judge again: what is applied is judged by the code that is applied."""
    reviewed = review(
        plan=terraform.shown(),
        document=stack.document,
        environment=environment,
        project=project,
        folder=terraform.folder,
        form="text",
    )
    print(reviewed.text, flush=True)
    if reviewed.verdict > ExitStatus.LOOK:
        raise RefusedError(f"The plan is blocked or could not be judged; see above. {_AGAIN}")
