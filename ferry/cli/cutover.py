"""`ferry cutover ENV --plan`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ferry.cli.arguments import (  # typer reads the annotations when it runs
    EnvironmentName,
    SourceAddress,
    TargetAddress,
    TargetAuthorities,
    addresses,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.text import Text

    from ferry.migrate.cutover.steps import Step


def cutover(
    name: EnvironmentName,
    *,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Say whether it could begin, and its steps; change nothing."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Say whether ENV's applications could be switched to Aurora now, and by which steps.

    Asks DMS, RDS, the applications' secrets and both servers, and judges each precondition by itself.
    Changes nothing: how far the tasks are behind is measured by a row of their markers, as `ferry watch`
    writes them. The cutover itself is not built yet.

    Exit status: 1 where somebody should look at something; 3 where a precondition could not be judged;
    4 where one stands against it.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown, plain_console

    with failures_shown():
        from ferry.errors import InputError

        if not plan:
            raise InputError(
                "The cutover itself is not built yet. Whether it could begin, and its steps: "
                f"ferry cutover {name} --plan"
            )
        from rich.text import Text

        from facts.inert import visible, visible_json
        from ferry.cli.report import document, show, summary
        from ferry.findings import Level, worst
        from ferry.migrate.cutover.gate import judge
        from ferry.migrate.cutover.reading import see
        from ferry.migrate.cutover.steps import steps

        deployment = deployment_of(name)
        account = deployment.account
        source, target = addresses(source_address, target_address)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)
        findings = judge(see(deployment, ways.of_database))
        to_come = steps(deployment.environment)
        if json:
            found = list(findings)
            made = document(
                found, environment=name, account_id=account.account_id, region=account.region
            )
            typer.echo(visible_json({**made, "steps": list(map(_as_json, to_come))}, indent=2))
            raise typer.Exit(worst(found).status)
        console = plain_console()
        title = f"Whether {name} can be cut over, in account {account.account_id}, {account.region}"
        console.print(Text(visible(title), style="bold"))
        found = show(console, findings)
        meanings = {
            Level.RIGHT: "The cutover could begin.",
            Level.WARNING: "The cutover could begin; look at the warnings first.",
            Level.UNJUDGED: "The cutover must not begin before all can be judged.",
            Level.BLOCKED: "The cutover must not begin.",
        }
        console.print(summary(found, meanings))
        for line in lines(to_come):
            console.print(line)
        raise typer.Exit(worst(found).status)


def _as_json(step: Step) -> dict[str, str]:
    return {
        "step": step.name,
        "stage": step.stage,
        "what": step.what,
        "ready": step.ready,
        "undo": step.undo,
    }


_WIDTH = 18


def lines(to_come: Iterable[Step]) -> Iterator[Text]:
    """The steps: a line each, and below it when it may begin and how it is undone; 80 columns at most."""
    from rich.text import Text

    from ferry.migrate.cutover.steps import POINT, REVERSE_SLOT

    shown = list(to_come)
    goes_back = any(step.name == REVERSE_SLOT for step in shown)
    yield Text("The steps of the cutover, none of which is done:", style="bold")
    stage = ""
    for number, step in enumerate(shown, start=1):
        if step.stage != stage:
            stage = step.stage
            yield Text(stage, style="bold")
        point = step.name == POINT
        line = Text(f"{number:>3} {step.name:<{_WIDTH}} ", style="bold red" if point else "cyan")
        yield line.append(step.what, style="default")
        when = f"{'':4}when {step.ready}"
        yield Text(f"{when}; undo: {step.undo}" if step.undo else when, style="dim")
        if point:
            way = ", or by the way back" if goes_back else ": there is no way back"
            yield Text(f"from here on only forward{way}", style="bold red")
