"""`ferry cutover ENV`, `ferry rollback ENV`, and their `--plan`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
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
    from ferry.mappings import TableName
    from ferry.migrate.cutover.running import Asked, Running
    from ferry.migrate.cutover.seen import Seen
    from ferry.migrate.cutover.steps import Step
    from ferry.migrate.ways import Direction
    from ferry.postgres import Address


Plan = Annotated[
    bool,
    typer.Option("--plan", help="Say whether it could begin, and its steps; change nothing."),
]
Yes = Annotated[
    str | None,
    typer.Option(
        "--yes",
        metavar="NAME",
        help="The environment's name once more, in place of typing it.",
        show_default=False,
    ),
]
Postpone = Annotated[
    Path | None,
    typer.Option(
        "--postpone",
        metavar="FILE",
        help="Before writers are kept out, wait as long as this file is there. What they write is "
        "carried meanwhile; when it is gone all is judged again.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def cutover(
    name: EnvironmentName,
    *,
    plan: Plan = False,
    yes: Yes = None,
    postpone: Postpone = None,
    accept_one_way: Annotated[
        list[str] | None,
        typer.Option(
            "--accept-one-way",
            metavar="NAME",
            help="Cut over although this task has no way back, or this table's changes are not all carried "
            "back, by its name at the source; may be repeated.",
        ),
    ] = None,
    json: Json = False,
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
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.migrate.ways import Direction

        ways = addresses(source_address, target_address)
        one_way = frozenset(accept_one_way or ())
        how = _How(plan=plan, yes=yes, json=json, postpone=postpone, one_way=one_way)
        _typed(name, Direction.FORWARD, ways, target_ca, how)


def rollback(
    name: EnvironmentName,
    *,
    plan: Plan = False,
    yes: Yes = None,
    postpone: Postpone = None,
    json: Json = False,
    accept_difference: Annotated[
        list[str] | None,
        typer.Option(
            "--accept-difference",
            metavar="TABLE",
            help="Go back although this table differs, by its name at the source; may be repeated. What "
            "Aurora alone has of it is lost to the applications.",
        ),
    ] = None,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Switch ENV's applications back to the source, with all that they have written to Aurora.

    Where a cutover was cut off before its point of no return, opens the source, and that is all. Where it
    is beyond that point and has not opened Aurora, as with a hook that fails, leads the applications
    back and opens the source: nothing is to be carried. Otherwise it is a cutover the other way round, with the same protections: nobody but ferry and DMS may
    connect to Aurora until what was written last is at the source, compared, and the applications are led
    there. Afterwards the tasks made for it go forward again, so that the next cutover needs no new load.
    After its own point of no return, run it again: it goes on with what is not done.

    Exit status: 1 where somebody should look at something first (with --plan); 2 where nobody can be
    asked; 3 where a precondition could not be judged, or something failed; 4 where one stands against
    it; 130 where another name was typed.
    """
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.migrate.reloading import parse
        from ferry.migrate.ways import Direction

        ways = addresses(source_address, target_address)
        accepted = frozenset(it for each in accept_difference or () for it in parse(each))
        how = _How(plan=plan, yes=yes, json=json, postpone=postpone, accepted=accepted)
        _typed(name, Direction.BACK, ways, target_ca, how)


@dataclass(frozen=True, kw_only=True)
class _How:
    """The options that both have."""

    plan: bool
    yes: str | None
    json: bool
    postpone: Path | None
    accepted: frozenset[TableName] = frozenset()
    one_way: frozenset[str] = frozenset()

    def check(self, name: str) -> None:
        """See that they go together.

        Raises:
            InputError: They do not.
        """
        from ferry.errors import InputError

        see_options(name, plan=self.plan, yes=self.yes, json=self.json)
        if self.plan and self.postpone is not None:
            raise InputError("--postpone goes without --plan, which waits for nothing.")


def see_options(name: str, *, plan: bool, yes: str | None, json: bool) -> None:
    """See that the options of whatever asks for the environment's name go together.

    Raises:
        InputError: They do not.
    """
    from ferry.errors import InputError

    if not plan and json:
        raise InputError("--json goes with --plan.")
    if yes is not None and (plan or yes != name):
        raise InputError(
            f"--yes is '{yes}'; it goes without --plan, and has to be the environment's name: {name}."
        )


_DONE = {"cutover": "is cut over", "rollback": "is rolled back"}


def _typed(
    name: str,
    direction: Direction,
    at: tuple[Address | None, Address | None],
    target_ca: Path | None,
    how: _How,
) -> None:
    """Do what was typed, or say whether it could begin."""
    from rich.text import Text

    from facts.inert import visible, visible_json
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import plain_console
    from ferry.cli.report import document, show, summary
    from ferry.findings import Level, worst
    from ferry.migrate.cutover.gate import judge
    from ferry.migrate.cutover.reading import see
    from ferry.migrate.cutover.steps import steps

    how.check(name)
    deployment, command = deployment_of(name), direction.command
    account = deployment.account
    ways = Ways(deployment=deployment, source=at[0], target=at[1], target_ca=target_ca)

    def looked() -> tuple[Seen, list[Step]]:
        seen = see(deployment, ways.of_database, direction, how.accepted, how.one_way)
        return seen, steps(deployment.environment, direction, takes_back=seen.takes_back)

    if how.json:
        seen, table = looked()
        found = list(judge(seen))
        made = document(
            found, environment=name, account_id=account.account_id, region=account.region
        )
        typer.echo(visible_json({**made, "steps": list(map(_as_json, table))}, indent=2))
        raise typer.Exit(worst(found).status)
    console = plain_console()

    def judged(seen: Seen) -> list[Finding]:
        verb = "cut over" if command == "cutover" else "rolled back"
        title = f"Whether {name} can be {verb}, in account {account.account_id}, {account.region}"
        console.print(Text(visible(title), style="bold"))
        found = show(console, judge(seen))
        meanings = {
            Level.RIGHT: f"The {command} could begin.",
            Level.WARNING: f"The {command} could begin; look at the warnings first.",
            Level.UNJUDGED: f"The {command} must not begin before all can be judged.",
            Level.BLOCKED: f"The {command} must not begin.",
        }
        console.print(summary(found, meanings))
        return found

    if how.plan:
        seen, table = looked()
        level = worst(judged(seen))
        for line in lines(table, direction):
            console.print(line)
        raise typer.Exit(level.status)
    _go(deployment, ways, direction, how, lambda: judged(looked()[0]))


def _go(
    deployment: Deployment,
    ways: Ways,
    direction: Direction,
    how: _How,
    judged: Callable[[], list[Finding]],
) -> None:
    """Begin, or go on, and come to the end."""
    from ferry.cli.printing import show_next
    from ferry.migrate.cutover import taking_back
    from ferry.migrate.cutover.running import opened

    name, command = deployment.environment.name, direction.command
    with opened(_asked(deployment, ways, direction, how.accepted)) as running:
        if running.undone is not None and command == "rollback":
            running.put_back_ttl()
            typer.echo(f"{name} was not cut over: the applications write to the source.")
            return
        taken = taking_back.of(running)
        shown: Sequence[Finding] = ()
        if running.is_beyond or (taken is not None and taken.run.is_given_up):
            typer.echo("The point of no return is behind: it goes on with what is not done.")
        else:
            try:
                shown = _agree(name, judged, yes=how.yes, wait=lambda: _waited(running, how))
            except BaseException:
                running.give_up_ttl()
                raise
        (taken or running).go(by_whom(deployment, shown, yes=how.yes))
        has_left = running.has_left
    if taken is not None:
        typer.echo(f"The cutover of {name} is taken back: the applications write to the source.")
        return
    typer.echo(f"{name} {_DONE[command]}.")
    if has_left:
        show_next(f"ferry verify {name}{direction.other.option}")
    show_next(f"ferry status {name}")


def _waited(running: Running, how: _How) -> bool:
    """Wait for what comes before the window, the one while the other passes; whether there was something."""
    from ferry.migrate.cutover.postponing import postponed

    lowered = running.lower_ttl()
    was_postponed = how.postpone is not None and postponed(running, how.postpone)
    return running.wait_out(lowered) or was_postponed


def by_whom(deployment: Deployment, found: Sequence[Finding], *, yes: str | None) -> dict[str, Any]:
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


def ask_for(name: str, warning: str) -> None:
    """Have somebody type the environment's name.

    Args:
        name: The environment's name.
        warning: What happens then, a sentence.

    Raises:
        InterruptedWithinError: Something else was typed, which is not shown: it may be a password.
        InputError: Nobody can be asked.
    """
    from ferry.cli.secret import at_terminal
    from ferry.errors import InputError, InterruptedWithinError

    if not at_terminal():
        raise InputError(f"Nobody can be asked here: look at what is said, then add --yes {name}.")
    if typer.prompt(f"{warning} Type the environment's name to go on") != name:
        raise InterruptedWithinError(
            f"That is not the environment's name, {name}: nothing was begun."
        )


def _agree(
    name: str,
    judged: Callable[[], list[Finding]],
    *,
    yes: str | None,
    wait: Callable[[], bool],
) -> Sequence[Finding]:
    """Go on where the gate lets it, and somebody has typed the environment's name. Return what it found.

    Args:
        name: The environment's name.
        judged: Judges the gate, and shows what it found.
        yes: What stands for what is typed; None where somebody is asked.
        wait: Waits for what the operator waits for; whether there was something.

    Raises:
        typer.Exit: The gate does not let it.
        FerryError: Something else was typed, or nobody can be asked.
    """
    from ferry.findings import Level, worst

    def let() -> Sequence[Finding]:
        found = judged()
        level = worst(found)
        if level not in {Level.RIGHT, Level.WARNING}:
            raise typer.Exit(level.status)
        return found

    found = let()
    if yes is None:
        ask_for(name, "Writers will be kept out.")
    has_waited = wait()
    # People take their time to answer, too.
    return let() if has_waited or yes is None else found


def _asked(
    deployment: Deployment, ways: Ways, direction: Direction, accepted: frozenset[TableName]
) -> Asked:
    from facts.inert import visible
    from ferry.deployment.servers import source_user_of_way_back
    from ferry.environments import FOLDER
    from ferry.migrate.cutover.running import Asked

    environment = deployment.environment
    back = source_user_of_way_back(environment, deployment.account) if environment.legs else None
    return Asked(
        direction=direction,
        accepted=accepted,
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


def lines(to_come: Iterable[Step], direction: Direction) -> Iterator[Text]:
    """The steps: a line each, and below it when it may begin and how it is undone; 80 columns at most."""
    from rich.text import Text

    from ferry.migrate.cutover.steps import POINT, SLOTS

    shown = list(to_come)
    comes_back = any(step.name == SLOTS[direction] for step in shown)
    yield Text(f"The steps of the {direction.command}, none of which is done:", style="bold")
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
            way = ", or by a rollback" if comes_back else ": there is no way back"
            if comes_back and direction.command == "rollback":
                way = ", or by another cutover"
            yield Text(f"from here on only forward{way}", style="bold red")
