"""`ferry cutover ENV`, and its `--plan`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ferry.cli.arguments import (  # typer reads the annotations when it runs
    EnvironmentName,
    SourceAddress,
    TargetAddress,
    TargetAuthorities,
    addresses,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.text import Text

    from ferry.cli.migration import Ways
    from ferry.deployment import Deployment
    from ferry.findings import Finding
    from ferry.migrate.cutover.running import Asked
    from ferry.migrate.cutover.steps import Step


def cutover(
    name: EnvironmentName,
    *,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Say whether it could begin, and its steps; change nothing."),
    ] = False,
    yes: Annotated[
        str | None,
        typer.Option(
            "--yes",
            metavar="NAME",
            help="The environment's name once more, in place of typing it.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Switch ENV's applications to Aurora; with --plan say whether that could begin, and by which steps.

    Judges each precondition by itself first, and asks for the environment's name. Then nobody but ferry
    and DMS may connect to the source until what was written last is in Aurora, compared, and the
    applications are led there. Where something fails before the point of no return, or ferry is killed,
    the source is opened again as it was; a script that does so by psql is written first. After it, run it
    again: it goes on with what is not done. With --plan nothing is changed but a row of each marker.

    Exit status: 1 where somebody should look at something first (with --plan); 2 where nobody can be
    asked; 3 where a precondition could not be judged, or something failed; 4 where one stands against
    it; 130 where another name was typed.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown, plain_console

    with failures_shown():
        from ferry.errors import InputError

        if not plan and json:
            raise InputError("--json goes with --plan.")
        if yes is not None and (plan or yes != name):
            raise InputError(
                f"--yes is '{yes}'; it goes without --plan, and has to be the environment's name: {name}."
            )
        from rich.text import Text

        from facts.inert import visible, visible_json
        from ferry.cli.report import document, show, summary
        from ferry.findings import Level, worst
        from ferry.migrate.cutover.gate import judge
        from ferry.migrate.cutover.reading import see
        from ferry.migrate.cutover.running import opened
        from ferry.migrate.cutover.steps import steps

        deployment = deployment_of(name)
        account = deployment.account
        source, target = addresses(source_address, target_address)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)
        if json:
            found = list(judge(see(deployment, ways.of_database)))
            made = document(
                found, environment=name, account_id=account.account_id, region=account.region
            )
            to_come = map(_as_json, steps(deployment.environment))
            typer.echo(visible_json({**made, "steps": list(to_come)}, indent=2))
            raise typer.Exit(worst(found).status)
        console = plain_console()

        def judged() -> list[Finding]:
            title = (
                f"Whether {name} can be cut over, in account {account.account_id}, {account.region}"
            )
            console.print(Text(visible(title), style="bold"))
            found = show(console, judge(see(deployment, ways.of_database)))
            meanings = {
                Level.RIGHT: "The cutover could begin.",
                Level.WARNING: "The cutover could begin; look at the warnings first.",
                Level.UNJUDGED: "The cutover must not begin before all can be judged.",
                Level.BLOCKED: "The cutover must not begin.",
            }
            console.print(summary(found, meanings))
            return found

        if plan:
            level = worst(judged())
            for line in lines(steps(deployment.environment)):
                console.print(line)
            raise typer.Exit(level.status)
        with opened(_asked(deployment, ways)) as running:
            shown: Sequence[Finding] = ()
            if running.is_beyond:
                typer.echo("The point of no return is behind: it goes on with what is not done.")
            else:
                shown = _agree(name, judged, yes=yes)
            running.go(_by(deployment, shown, yes=yes))
        typer.echo(f"{name} is cut over.")


def _by(deployment: Deployment, found: Sequence[Finding], *, yes: str | None) -> dict[str, Any]:
    """Who cuts over, for the journal: names and versions, and the warnings that were shown."""
    import getpass
    import platform
    from contextlib import suppress

    from ferry.findings import Level
    from ferry.version import version

    user = ""
    with suppress(OSError, KeyError):  # a user id without a name
        user = getpass.getuser()
    return {
        "caller": deployment.account.caller,
        "user": user,
        "machine": platform.node(),
        "ferry": version(),
        "typed": yes is None,
        "warnings": [it.what for it in found if it.level is Level.WARNING],
    }


def _agree(name: str, judged: Callable[[], list[Finding]], *, yes: str | None) -> Sequence[Finding]:
    """Go on where the gate lets it, and somebody has typed the environment's name. Return what it found.

    Raises:
        typer.Exit: The gate does not let it.
        typer.Abort: Something else was typed.
        InputError: Nobody can be asked.
    """
    from ferry.cli.secret import at_terminal
    from ferry.errors import InputError
    from ferry.findings import Level, worst

    def let() -> Sequence[Finding]:
        found = judged()
        level = worst(found)
        if level not in {Level.RIGHT, Level.WARNING}:
            raise typer.Exit(level.status)
        return found

    found = let()
    if yes is not None:
        return found
    if not at_terminal():
        raise InputError(f"Nobody can be asked here: look at what is said, then add --yes {name}.")
    typed = typer.prompt("Writers will be kept out. Type the environment's name to go on")
    if typed != name:
        raise typer.Abort
    return let()  # People take their time to answer.


def _asked(deployment: Deployment, ways: Ways) -> Asked:
    from facts.inert import visible
    from ferry.deployment.servers import source_user_of_way_back
    from ferry.environments import FOLDER
    from ferry.migrate.cutover.running import Asked

    environment = deployment.environment
    back = source_user_of_way_back(environment, deployment.account) if environment.legs else None
    return Asked(
        deployment=deployment,
        sides=ways.of_database,
        back_user=back,
        folder=FOLDER.parent,
        tell=lambda line: typer.echo(visible(line)),
    )


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
