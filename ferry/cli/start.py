"""`ferry start ENV`, `ferry stop ENV`."""

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
from ferry.cli.migration import TaskNames  # noqa: TC001 - the same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from ferry.findings import Finding
    from ferry.migrate.starting import Refusal
    from ferry.migrate.tasks import Task


def start(
    name: EnvironmentName,
    *,
    task: TaskNames = None,
    reload: Annotated[
        bool,
        typer.Option(
            "--reload", help="Load all tables again, from the beginning; asks for ENV's name."
        ),
    ] = False,
    into: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCHEMA.TABLE",
            help="A table of Aurora's that may hold rows already; may be repeated.",
        ),
    ] = None,
    despite_drift: Annotated[
        bool,
        typer.Option("--despite-drift", help="Start where the schemas of both ends differ, too."),
    ] = False,
    despite_slot: Annotated[
        bool,
        typer.Option(
            "--despite-slot",
            help="Go on from a replication slot of which it cannot be told that nothing is missing, too.",
        ),
    ] = False,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Start ENV's tasks: for the first time, or from where they stopped.

    Asks first: DMS's connections, the markers and DMS's rights on them, the target's tables, both
    schemas, the task's state, and whether its replication slot has all that was not carried yet.
    Where anything stands against a start, no task is started. Nothing is ever loaded again unless
    --reload says so. One who starts or reloads at a time: another is told who it is.

    Exit status: 1 where the schemas differ in what does not stop a load; 3 where something could not
    be told or done; 4 where a task must not be started, or has failed at once.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown, show_next
    from ferry.cli.report import to_text

    with failures_shown():
        from ferry.findings import ExitStatus, worst
        from ferry.migrate.alone import Doing, alone
        from ferry.migrate.gate import Gate
        from ferry.migrate.reading import read_tasks
        from ferry.migrate.schema.work import works
        from ferry.migrate.start import Starting
        from ferry.migrate.starting import Wish
        from ferry.migrate.tasks import chosen

        deployment = deployment_of(name)
        wanted = chosen(read_tasks(deployment), task or [])
        console = _begin(f"Starting the tasks of {name}", deployment.account.account_id)
        source, target = addresses(source_address, target_address)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)
        sources = [ways.sides(each).source.server for each in wanted]
        with alone(sources, Doing.TASKS, command=f"start {name}") as held:
            ways.refuse_switched("A start", brings_rows=True)
            known = read_tasks(deployment)
            wish = Wish(
                environment=name,
                reload=reload,
                into=frozenset(into or []),
                despite_drift=despite_drift,
                despite_slot=despite_slot,
            )
            starting = Starting(
                deployment=deployment,
                sides=ways.sides,
                wish=wish,
                beside=known,
                gate=None
                if despite_drift
                else Gate(works=works(deployment.environment, ways.of_database), wish=wish),
                tell=lambda line: _line(console, line),
            )
            decided = starting.decide(chosen(known, task or []))
            for nothing in decided.nothing:
                _line(console, nothing.why)
            for warning in decided.warnings:
                console.print(to_text(warning))
            if decided.refused:
                _refuse(console, decided.refused)
            for each in decided.starts:
                if each.why:
                    _line(console, each.why)
            if reload and decided.starts:
                _confirm(name, [each.task for each in decided.starts])
            held.still()
            failed = False
            for begun in starting.start(decided.starts):
                failed = _show(console, begun) or failed
        show_next(f"ferry watch {name}")
        ends = worst(decided.warnings).status
        raise typer.Exit(ExitStatus.STOP if failed else ends)


def stop(name: EnvironmentName, *, task: TaskNames = None) -> None:
    """Stop ENV's tasks, and wait until they have stopped.

    They go on from there with the next start. Until then their replication slots hold back
    write-ahead logs at the source: do not leave a task stopped for long.

    Exit status: 3 where DMS refuses, or has not stopped a task in a quarter of an hour.
    """
    from ferry.cli.migration import deployment_of
    from ferry.cli.printing import failures_shown, show_next

    with failures_shown():
        from ferry.migrate import waiting
        from ferry.migrate.reading import read_tasks
        from ferry.migrate.starting import after_stop
        from ferry.migrate.tasks import chosen

        deployment = deployment_of(name)
        tasks = chosen(read_tasks(deployment), task or [])
        console = _begin(f"Stopping the tasks of {name}", deployment.account.account_id)
        for each in tasks:
            if each.status not in waiting.RUNNING:
                _line(console, f"The task {each.name} does not run: it is {each.status}.")
        for each in waiting.stop(deployment, tasks):
            _show(console, each)
        following = after_stop(read_tasks(deployment), [each.name for each in tasks], name)
        if following:
            show_next(following)


def _begin(title: str, account_id: str) -> Console:
    from rich.text import Text

    from ferry.cli.printing import plain_console

    console = plain_console()
    console.print(Text(f"{title}, in account {account_id}", style="bold"))
    return console


def _line(console: Console, line: str) -> None:
    from rich.text import Text

    from facts.inert import visible

    console.print(Text(f"  {visible(line)}"))


def _show(console: Console, task: Task) -> bool:
    """Say in which state a task is. Return whether it has failed.

    Of a task that runs, DMS goes on saying why it had failed or stopped before.
    """
    runs = task.status == "running"
    said = "" if runs else "; ".join(filter(None, (task.stop_reason, task.failure)))
    _line(console, f"The task {task.name} is {task.status}{f': {said}' if said else '.'}")
    return task.status == "failed"


def _refuse(console: Console, refused: Sequence[Refusal]) -> None:
    """Show all that stands against a start, and end."""
    from rich.text import Text

    from ferry.cli.report import to_text
    from ferry.findings import worst

    findings = [_finding(each) for each in refused]
    for finding in dict.fromkeys(findings):
        console.print(to_text(finding))
    console.print(Text("No task is started.", style="bold"))
    raise typer.Exit(worst(findings).status)


def _finding(refusal: Refusal) -> Finding:
    from ferry.findings import Finding, Level

    level: Level = Level.UNJUDGED if refusal.unknown else Level.BLOCKED
    return Finding(
        check=refusal.check,
        level=level,
        what=refusal.what,
        why=refusal.why,
        remedy=refusal.remedy,
    )


def _confirm(name: str, tasks: Sequence[Task]) -> None:
    """Have the environment's name typed.

    Raises:
        InputError: Something else was typed.
    """
    from ferry.errors import InputError

    loaded = ", ".join(task.name for task in tasks)
    typed = typer.prompt(
        f"All tables of {loaded} are loaded again, over what is at Aurora. Type {name} to go on"
    )
    if typed != name:
        raise InputError(f"'{typed}' was typed, and not '{name}': nothing was started.")
