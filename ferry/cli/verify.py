"""`ferry verify ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

import sys
from contextlib import closing, suppress
from functools import partial
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
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from ferry.cli.verify_progress import Display
    from ferry.deployment import Deployment
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.comparing import Verdict
    from ferry.migrate.verify.kept import Kept
    from ferry.migrate.verify.proving import Proving
    from ferry.migrate.verify.verify import Result, Scope
    from ferry.migrate.ways import Direction

_SHOWN = 10
"""Of how many rows of a table the values are shown."""


def verify(
    name: EnvironmentName,
    *,
    table: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE",
            help="This table alone, by its name at the source, such as public.orders; may be repeated. "
            "A terminal shows the values of its first rows that differ.",
        ),
    ] = None,
    keys: Annotated[
        bool, typer.Option("--keys", help="Print the keys of the rows that differ.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs; never a value.")
    ] = False,
    delta: Annotated[
        bool,
        typer.Option(
            "--delta",
            help="Compare only rows written since a table was the same, on either side, and the counts; "
            "a table that never was, or has no key, as a whole.",
        ),
    ] = False,
    reverse: Annotated[
        bool,
        typer.Option(
            "--reverse",
            help="After the cutover: compare Aurora, which applications write to, with the source, to which "
            "the tasks of dms.rollback carry it back.",
        ),
    ] = False,
    max_lag: Annotated[
        float,
        typer.Option(
            "--max-lag",
            min=0,
            metavar="SECONDS",
            help="Wait before a scan while replication is later than this.",
        ),
    ] = 60.0,
    max_active: Annotated[
        int,
        typer.Option(
            "--max-active",
            min=0,
            metavar="SESSIONS",
            help="Wait before a scan while more sessions than this are at work where applications write: at "
            "the source, or in Aurora with --reverse.",
        ),
    ] = 50,
    from_start: Annotated[
        bool,
        typer.Option(
            "--from-start",
            help="Look at all tables again, also at those that were the same in a run that did not end.",
        ),
    ] = False,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Compare every row of ENV's tables at the source with Aurora's, to the key and the column.

    Both databases hash their rows; one scan of each table on each side. Changes nothing: ferry names
    the command that loads a table again.

    A run that did not end is gone on with by the next: tables that were the same are not looked at
    again.

    With --reverse tables are named as at the source all the same, and nothing loads one again: that would
    overwrite what was written in Aurora.

    Exit status: 2 where no task carries a table, or --reverse is given and dms.rollback is not set; 3 where
    a table, or a column of it, could not be verified, what is unlike may be on its way, a task has no way
    back or another direction is at work, or no table is carried; 4 where rows differ.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown, show_next
    from ferry.cli.verify_progress import Display

    with failures_shown():
        from rich.console import Console
        from rich.text import Text

        from facts.inert import visible
        from ferry.errors import FerryError
        from ferry.migrate.reading import read_ways
        from ferry.migrate.verify import lines
        from ferry.migrate.verify import verify as verifying
        from ferry.migrate.verify.pace import Pace
        from ferry.migrate.ways import Direction

        deployment = deployment_of(name)
        direction = Direction.BACK if reverse else Direction.FORWARD
        if reverse:
            _require_rollback(deployment)
        source, target = addresses(source_address, target_address)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)
        scopes = verifying.chosen(
            verifying.scopes(name, read_ways(deployment), ways.of_database, direction), table or []
        )
        with_values = bool(table) and not json and is_seen()
        results: list[Result] = []
        console = Console(highlight=False)
        kept = _kept(name, scopes, direction, resume=not from_start, is_run=not table and not delta)
        tell = partial(typer.echo, err=json)
        for scope in scopes:
            for said in kept[scope.database].said(scope.plans):
                tell(visible(f"{scope.database}: {said}"))
        display = Display(
            whole=sum(
                plan.bytes
                for scope in scopes
                for plan in scope.plans
                if not kept[scope.database].over(plan)
            ),
            console=console if console.is_terminal and not json else None,
            tell=tell,
        )
        found = verifying.verify(
            scopes,
            settling=_settling(deployment, direction, display),
            kept=kept,
            pacing=lambda scope: Pace(
                sides=scope.sides.turned() if reverse else scope.sides,
                tasks=lambda: [
                    it
                    for it in _carrying(deployment, direction)
                    if it.database.aurora == scope.database
                ],
                waits=display.waits,
                most_lag_seconds=max_lag,
                most_active=max_active,
            ),
            listener=display,
            values_of=_SHOWN if with_values else 0,
            is_delta=delta,
        )
        with display.shown(), closing(found):
            for result in found:
                if not json:
                    _tell(console, result, keys=keys, values=with_values)
                results.append(result if json and keys else result.without_keys())
        tasks = [it for scope in scopes for it in scope.tasks]
        with suppress(FerryError):  # Those that were read at first, then.
            tasks = list(_carrying(deployment, direction))
        if json:
            typer.echo(lines.as_json(name, results, tasks, with_keys=keys, direction=direction))
            raise typer.Exit(lines.status(results))
        summary = Text(visible(f"{name}: {lines.summary(results, direction)}"), style="bold")
        console.print(summary, soft_wrap=True)
        status = lines.status(results)
        for following in lines.following(name, results, tasks, direction):
            show_next(following)
        if status == 0:
            show_next(f"ferry status {name}")
        raise typer.Exit(status)


def is_seen() -> bool:
    """Whether what is printed is seen on a terminal, and kept in no file."""
    return sys.stdout.isatty()


def _require_rollback(deployment: Deployment) -> None:
    """Refuse an environment that has no way back.

    Raises:
        InputError: The file does not ask for one.
    """
    from ferry.errors import InputError

    environment = deployment.environment
    if not environment.migration.dms.rollback:
        raise InputError(
            f"--reverse compares what is carried back from Aurora, and {environment.name} has nothing that "
            f"does: dms.rollback is not set in {environment.name}.toml. Compare what is carried forward: "
            f"ferry verify {environment.name}"
        )


def _carrying(deployment: Deployment, direction: Direction) -> tuple[Task, ...]:
    """The tasks of a direction as they are now."""
    from ferry.migrate.reading import read_ways
    from ferry.migrate.ways import carriers

    return carriers(read_ways(deployment), direction)


def _settling(deployment: Deployment, direction: Direction, display: Display) -> Proving:
    from ferry.migrate.reading import read_ways
    from ferry.migrate.verify.proving import Proving
    from ferry.migrate.watching.statistics import Budget, Statistics

    dms, budget = deployment.account.dms, Budget()
    environment = deployment.environment

    def against(names: Iterable[str]) -> str:
        # Only an environment with a way back has two directions.
        ways = read_ways(deployment) if environment.legs else ()
        concerned = [way for way in ways if (task := way.of(direction)) and task.name in names]
        return " ".join(filter(None, (it.against(environment.name, direction) for it in concerned)))

    return Proving(
        tasks=lambda: _carrying(deployment, direction),
        against=against,
        statistics=lambda task, table: Statistics(dms=dms, task_arn=task.arn, budget=budget).read(
            table
        ),
        waits=display.waits,
    )


def _kept(
    name: str, scopes: Sequence[Scope], direction: Direction, *, resume: bool, is_run: bool
) -> dict[str, Kept]:
    from ferry.migrate.verify.kept import opened, where

    return {
        scope.database: opened(
            scope.identity
            if isinstance(scope.identity, str)
            else where(name, scope.database, scope.identity, direction),
            scope.plans,
            scope.ways,
            resume=resume,
            is_run=is_run,
        )
        for scope in scopes
    }


def _tell(console: Console, result: Result, *, keys: bool, values: bool) -> None:
    from rich.text import Text

    from ferry.migrate.verify import lines

    console.print(Text(f"  {lines.line(result)}", style=_style(result.verdict)), soft_wrap=True)
    for told in lines.values(result) if values else lines.keys(result) if keys else ():
        console.print(Text(f"      {told}"), soft_wrap=True)


def _style(verdict: Verdict) -> str:
    return {"same": "green", "different": "bold red"}.get(verdict, "yellow")
