"""`ferry schema ENV before-load | after-load | before-cutover`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3, pydantic and psycopg

from __future__ import annotations

from threading import Timer
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from ferry.cli.arguments import (  # typer reads the annotations when it runs
    EnvironmentName,
    SourceAddress,
    TargetAddress,
    TargetAuthorities,
    addresses,
)
from ferry.cli.secret import at_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from ferry.findings import ExitStatus, Finding
    from ferry.migrate.schema.carrying import Done
    from ferry.migrate.schema.phases import Phase
    from ferry.migrate.schema.steps import Orders, Step
    from ferry.migrate.schema.work import Work

PhaseName = Annotated[
    Literal["before-load", "after-load", "before-cutover"],
    typer.Argument(metavar="PHASE", help="before-load, after-load or before-cutover."),
]

_SECONDS_OF_A_MOMENT: Final = 2.0
_NEXT: Final = {
    "before-load": "ferry start {name}",
    "after-load": "whether a task waits for it: ferry status {name}",
    "before-cutover": "ferry verify {name}; the window's own steps are the cutover's",
}


def schema(
    name: EnvironmentName,
    phase: PhaseName,
    *,
    plan: Annotated[
        bool, typer.Option("--plan", help="Print the SQL in its order; change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Carry the schema of ENV's databases into Aurora, in the order that DMS needs.

    before-load: roles, grants, extensions, types, functions, tables, the keys by which DMS finds
    rows; then Aurora is closed to all but ferry and DMS. after-load, before changes are applied:
    indexes, other keys, statistics. before-cutover, while changes are applied: foreign keys, checks,
    triggers, row security; rows that point at nothing are named. Reads the source with pg_dump,
    writes to Aurora alone. Safe to run again: what is there is left alone, what differs is said.

    Exit status: 1 with a warning; 2 where nobody can be asked, or nothing is carried; 3 where a step
    failed, or a server cannot be reached; 4 where something stops it or differs; 130 where the
    answer is no.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.environments import migration_of
        from ferry.migrate.alone import Doing, alone
        from ferry.migrate.schema.phases import Phase
        from ferry.migrate.schema.work import works

        source, target = addresses(source_address, target_address)
        deployment = deployment_of(name)
        migration_of(deployment.environment)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)
        those = works(deployment.environment, ways.of_database)
        targets = [] if plan else [work.sides.target.server for work in those]
        with alone(targets, Doing.SCHEMA, command=f"schema {name} {phase}"):
            if not plan:
                ways.refuse_switched("A phase of the schema", brings_rows=False)
            status = _carry(name, those, Phase(phase), plan=plan, yes=yes)
        raise typer.Exit(status)


def _carry(name: str, those: Sequence[Work], phase: Phase, *, plan: bool, yes: bool) -> ExitStatus:
    """Say what a phase would do, ask, do it. Return what the command ends with."""
    from ferry.cli.printing import plain_console, show_next
    from ferry.cli.report import to_text
    from ferry.errors import InputError
    from ferry.findings import ExitStatus, Level, worst
    from ferry.migrate.schema.order import STOPS
    from ferry.migrate.schema.phases import Phase
    from ferry.migrate.schema.work import carry_out

    console = plain_console()
    decided = [(work, work.orders(phase)) for work in those]
    findings: list[Finding] = []
    for work, orders in decided:
        _show(console, work, orders, plan=plan)
        findings += orders.findings
    stopped = any(
        finding.check in STOPS and finding.level is not Level.WARNING for finding in findings
    )
    if stopped:
        console.print("Nothing is done.", style="bold")
    if stopped or plan:
        return worst(findings).status
    if any(orders.steps for _, orders in decided) and not yes:
        if not at_terminal():
            raise InputError("Nobody can be asked here: look at --plan, then add --yes.")
        typer.confirm("Do it?", abort=True)
    failed = False
    begun = Begun(console)
    try:
        for done in carry_out(decided, phase, tell=begun.tell):
            begun.end()
            failed = _tell(console, done) or failed
    finally:
        begun.end()
    if phase is Phase.BEFORE_LOAD:
        still = [finding for work in those for finding in work.closed()]
        for finding in still:
            console.print(to_text(finding))
        findings += still
    if not failed:
        show_next(_NEXT[phase].format(name=name))
    return max(worst(findings).status, ExitStatus.NOT_DONE if failed else ExitStatus.GOOD)


def _show(console: Console, work: Work, orders: Orders, *, plan: bool) -> None:
    """What is decided for a database: how much, what is found, what is said."""
    from rich.text import Text

    from facts.inert import visible, visible_lines
    from ferry.cli.report import to_text

    server = work.sides.target.server
    console.print(
        Text(
            visible(
                f"{server.subject} {server.reached_at}, database {server.database}, as "
                f"{server.username}: {len(orders.steps)} to do, {orders.there} there already"
            ),
            style="bold",
        )
    )
    for finding in orders.findings:
        console.print(to_text(finding))
    for line in orders.said:
        console.print(Text(f"  {visible(line)}"))
    if plan:
        for step in orders.steps:
            console.print(Text(f"\n-- {visible(step.what)}\n{visible_lines(step.sql)}"))


class Begun:
    """Says which step is at work, where it takes longer than a moment: one that reads rows may take hours."""

    def __init__(self, console: Console) -> None:
        """Nothing has begun yet."""
        self._console = console
        self._timer: Timer | None = None

    def tell(self, step: Step) -> None:
        """A step begins."""
        from rich.text import Text

        from facts.inert import visible

        line = Text(f"  {'reads':<9}  {visible(step.what)}", style="dim")
        self._timer = Timer(_SECONDS_OF_A_MOMENT, self._console.print, (line,))
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """It has ended: nothing is said of it any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
            self._timer = None


def _tell(console: Console, done: Done) -> bool:
    """A step and what came of it. Return whether it was not done."""
    from rich.text import Text

    from facts.inert import visible
    from ferry.migrate.schema.carrying import Outcome

    good = done.outcome is Outcome.DONE
    line = Text(f"  {done.outcome:<9}  ", style="green" if good else "bold red")
    line.append(visible(done.step.what), style="default")
    for label, sentence in (("why", done.why), ("remedy", done.remedy)):
        if sentence:
            line.append(f"\n{' ' * 13}{label}: ", style="dim").append(
                visible(sentence), style="default"
            )
    console.print(line)
    return not good
