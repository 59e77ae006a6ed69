"""`ferry verify ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

import sys
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
    from collections.abc import Sequence

    from rich.console import Console

    from ferry.deployment import Deployment
    from ferry.migrate.verify.comparing import Verdict
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.proving import Proving
    from ferry.migrate.verify.verify import Result, Scope

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
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Compare every row of ENV's tables at the source with Aurora's, to the key and the column.

    Both databases hash their rows; one scan of each table on each side. Changes nothing: ferry names
    the command that loads a table again.

    Exit status: 2 where no task carries a table; 3 where a table, or a column of it, could not be
    verified, or what is unlike may be on its way; 4 where rows differ.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown, show_next

    with failures_shown():
        from rich.console import Console
        from rich.text import Text

        from facts.inert import visible
        from ferry.migrate.reading import read_tasks
        from ferry.migrate.verify import lines
        from ferry.migrate.verify import verify as verifying

        deployment = deployment_of(name)
        tasks = read_tasks(deployment)
        source, target = addresses(source_address, target_address)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)
        by_database = {
            it.database.aurora: [each for each in tasks if each.database == it.database]
            for it in tasks
        }
        scopes = verifying.chosen(
            [
                verifying.look(database, ways.sides(those[0]), those)
                for database, those in by_database.items()
            ],
            table or [],
        )
        with_values = bool(table) and not json and is_seen()
        results: list[Result] = []
        console = Console(highlight=False)
        bar = _Bar(console, scopes, shown=not json)
        with bar.drawn:
            for result in verifying.verify(
                scopes,
                settling=_settling(deployment, bar),
                listener=bar,
                values_of=_SHOWN if with_values else 0,
            ):
                if not json:
                    _tell(console, result, keys=keys, values=with_values)
                results.append(result if json and keys else result.without_keys())
        if json:
            typer.echo(lines.as_json(name, results, with_keys=keys))
            raise typer.Exit(lines.status(results))
        said = Text(visible(f"{name}: {lines.summary(results)}"), style="bold")
        console.print(said, soft_wrap=True)
        if following := lines.following(name, results):
            show_next(following)
        raise typer.Exit(lines.status(results))


def is_seen() -> bool:
    """Whether what is printed is seen on a terminal, and kept in no file."""
    return sys.stdout.isatty()


def _settling(deployment: Deployment, bar: _Bar) -> Proving:
    from ferry.migrate.reading import read_tasks
    from ferry.migrate.verify.proving import Proving
    from ferry.migrate.watching.statistics import Budget, Statistics

    dms, budget = deployment.account.dms, Budget()
    return Proving(
        tasks=lambda: read_tasks(deployment),
        statistics=lambda task, table: Statistics(dms=dms, task_arn=task.arn, budget=budget).read(
            table
        ),
        waits=bar.waits,
    )


def _tell(console: Console, result: Result, *, keys: bool, values: bool) -> None:
    from rich.text import Text

    from ferry.migrate.verify import lines

    console.print(Text(f"  {lines.line(result)}", style=_style(result.verdict)), soft_wrap=True)
    for told in lines.values(result) if values else lines.keys(result) if keys else ():
        console.print(Text(f"      {told}"), soft_wrap=True)


def _style(verdict: Verdict) -> str:
    return {"same": "green", "different": "bold red"}.get(verdict, "yellow")


class _Bar:
    """How far it is by the size of the tables, how fast, and how long it will take; on a terminal."""

    def __init__(self, console: Console, scopes: Sequence[Scope], *, shown: bool) -> None:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self.drawn = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not (shown and console.is_terminal),
        )
        whole = sum(plan.bytes for scope in scopes for plan in scope.plans)
        self._task = self.drawn.add_task("", total=whole)
        self._done = 0
        self._bytes = 0
        self._name = ""

    def begins(self, plan: Plan, /) -> None:
        """A table is looked at now; the one before is done."""
        from facts.inert import visible

        self._name = visible(str(plan.name))
        self._done += self._bytes
        self._bytes = plan.bytes
        self.drawn.update(self._task, completed=self._done, description=self._name)

    def is_at(self, share: float, /) -> None:
        """So much of it has been scanned."""
        self.drawn.update(self._task, completed=self._done + int(share * self._bytes))

    def waits(self, why: str, /) -> None:
        """It waits, and for what; an empty text when it goes on."""
        said = f"{self._name}: waits {why}" if why else self._name
        self.drawn.update(self._task, description=said)
