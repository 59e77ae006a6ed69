"""`ferry adopt ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import Annotated

import typer

from ferry.cli.arguments import EnvironmentName  # noqa: TC001 - typer reads the annotation when it runs


def adopt(
    name: EnvironmentName,
    stack: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The stack's JSON; cdktf.out/stacks/ENV/cdk.tf.json by default."
        ),
    ] = None,
) -> None:
    """Find what an interrupted deployment of ENV made and Terraform's state does not hold.

    Prints import blocks: put them into a file beside the stack's JSON, and the next plan shows
    them, the next apply brings them in. What a person has to do stands on standard error. Changes
    nothing, in AWS or in the state. docs/recovery.md has the whole way.

    Exit status: 1 where something is left for a person to do; 3 where AWS refuses, or the stack's
    JSON cannot be read.

        ferry adopt dev > cdktf.out/stacks/dev/adopted.tf
    """
    from ferry.cli.printing import failures_shown, tell

    with failures_shown():
        from facts import names
        from facts.inert import visible
        from ferry.account import account_of
        from ferry.adopt.listing import import_blocks, steps, summary
        from ferry.adopt.search import search
        from ferry.adopt.stack import read_stack
        from ferry.deployment import Deployment
        from ferry.environments import FOLDER, find
        from ferry.findings import ExitStatus

        environment = find(name)
        account = account_of(environment)
        wanted = read_stack(
            stack
            or FOLDER.parent
            / "cdktf.out"
            / "stacks"
            / names.environment_stack(environment.name)
            / "cdk.tf.json"
        )
        state = Deployment(environment=environment, account=account).state
        found = search(wanted, state=state, account=account)
        if found.imports:
            typer.echo(import_blocks(found.imports))
        by_hand = list(steps(found, state))
        tell("\n".join([summary(found), *map(visible, by_hand)]))
        raise typer.Exit(ExitStatus.LOOK if by_hand else ExitStatus.GOOD)
