"""`ferry status ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from typing import Annotated

import typer

from ferry.cli.arguments import (  # typer reads the annotations when it runs
    EnvironmentName,
    SourceAddress,
    TargetAddress,
    TargetAuthorities,
    addresses,
)


def status(
    name: EnvironmentName,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Say where the migration of ENV stands, and what comes next.

    Judged from what is there: the deployment, both databases and their schemas, DMS's tasks, their
    replication slots, the markers. Changes nothing, and writes no marker.

    Exit status: 3 where something could not be told; 4 where a task has failed, or a table is not
    carried.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown, plain_console, show_next

    with failures_shown():
        from rich.text import Text

        from facts.inert import visible, visible_json
        from ferry.findings import ExitStatus
        from ferry.migrate.seeing import see
        from ferry.migrate.status import State, steps

        deployment = deployment_of(name)
        source, target = addresses(source_address, target_address)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)
        found = steps(see(deployment, ways.of_database))
        states = {step.state for step in found}
        ends = ExitStatus.GOOD
        if State.UNKNOWN in states:
            ends = ExitStatus.NOT_DONE
        if State.WRONG in states:
            ends = ExitStatus.STOP
        following = next((step.next for step in found if step.next), "")
        if json:
            document = {
                "environment": name,
                "exit_code": ends,
                "next": following,
                "steps": [
                    {"step": step.name, "state": step.state, "what": step.what, "next": step.next}
                    for step in found
                ],
            }
            typer.echo(visible_json(document, indent=2))
            raise typer.Exit(ends)
        console = plain_console()
        account = deployment.account
        title = f"Where {name} stands, in account {account.account_id}, {account.region}"
        console.print(Text(visible(title), style="bold"))
        width = max(map(len, State))
        for step in found:
            line = Text(f"  {step.state:<{width}}  ", style=_COLOURS[step.state])
            console.print(line.append(visible(step.what), style="default"))
            if step.next != following and step.state in {State.WRONG, State.UNKNOWN} and step.next:
                console.print(Text(visible(f"  {'':<{width}}  remedy: {step.next}"), style="dim"))
        if following:
            show_next(following)
        raise typer.Exit(ends)


_COLOURS = {
    "done": "green",
    "now": "yellow",
    "to come": "dim",
    "wrong": "bold red",
    "not known": "magenta",
}
