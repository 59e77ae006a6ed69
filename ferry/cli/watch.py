"""`ferry watch ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

import re
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Protocol

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
    from rich.console import RenderableType

    from ferry.migrate.watching.look import Ending, Look
    from ferry.migrate.watching.watcher import Watcher

_SECONDS_OF_SILENCE = 60.0
_LOG_LINES = 6
_FEW_TASKS = 5
"""Up to how many tasks all that there is to know of one is a line each: more fill a screen."""
_MORE_LOOKS = 3
"""How often what has not answered is asked again before watching ends without its answer."""


class Until(StrEnum):
    """Until when it is watched."""

    LOADED = "loaded"
    REPLICATING = "replicating"
    NEVER = "never"


class Show(Protocol):
    """Shows looks."""

    def look(self, look: Look) -> None:
        """Show one."""

    def close(self) -> None:
        """Nothing more is shown."""


def watch(
    name: EnvironmentName,
    *,
    task: TaskNames = None,
    until: Annotated[
        Until,
        typer.Option(
            help="When it ends by itself: all is loaded and counted; a marker has come through since "
            "(replicating); never, but where something is wrong."
        ),
    ] = Until.REPLICATING,
    every: Annotated[
        float, typer.Option(min=0.2, max=3600, metavar="SECONDS", help="How often it looks.")
    ] = 5.0,
    load_within: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="HOURS",
            help="How long the load may take, as the rehearsal says; a load that will not make it is "
            "said.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON a look, for programs.")
    ] = False,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Watch ENV's tasks until all is loaded and replicating, and say why they wait.

    DMS's word is not taken for it: the rows of both sides are counted, and a marker that is written
    at the source has to arrive at Aurora. What does not answer for a while is said, and asked again;
    a password, a right or AWS credentials that are refused look after look are not waited for.
    After a cutover the tasks of the way back are watched, from Aurora to the source, and until when and
    why to take it is said; after a rollback those that go forward again.

    Exit status: 1 where nothing goes on by itself, as where a task is not started; 3 where tables
    could not be counted, or something did not answer or was refused; 4 where a task has failed, a table is not
    carried, or lacks changes; 130 where you end it.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.findings import ExitStatus
        from ferry.migrate.following import following
        from ferry.migrate.tasks import chosen
        from ferry.migrate.watching.watcher import Watcher
        from ferry.migrate.ways import Direction

        deployment = deployment_of(name)
        source, target = addresses(source_address, target_address)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)
        course = following(deployment, ways.of_database)
        if not course.tasks:
            for sentence in course.said:
                typer.echo(sentence)
            raise typer.Exit(ExitStatus.LOOK)
        is_back = course.direction is Direction.BACK
        watcher = Watcher(
            deployment=deployment,
            tasks=chosen(course.tasks, task or []),
            sides=(lambda it: ways.sides(it).turned()) if is_back else ways.sides,
            direction=course.direction,
            course=course.said,
            are_legs=course.are_legs,
            allowed_seconds=None if load_within is None else load_within * 3600,
        )
        found = follow(watcher, shown(as_json=json), until=until, every=every)
        end(name, found, until, quiet=json)


def follow(watcher: Watcher, show: Show, *, until: Until, every: float) -> Ending:
    """Take looks and show them, until they end."""
    from ferry.migrate.watching.look import Ending, ending

    wanted = None if until is Until.NEVER else until.value
    left, reached = _MORE_LOOKS, False
    try:
        while True:
            began = time.monotonic()
            look = watcher.look()
            show.look(look)
            found = ending(look, until=wanted)
            if found is Ending.UNTOLD and left:
                left, found = left - 1, None
            if found is Ending.REACHED and not reached:
                # What could not be applied was read before the marker arrived: once more, now.
                reached = True
                continue
            if found is not None:
                return found
            time.sleep(max(0.0, every - (time.monotonic() - began)))
    finally:
        show.close()
        watcher.close()


def end(name: str, found: Ending, until: Until, *, quiet: bool) -> None:
    """Say how it ended and what comes next, and end.

    Raises:
        typer.Exit: Always, with the status.
    """
    from ferry.cli.printing import plain_console
    from ferry.findings import ExitStatus
    from ferry.migrate.watching.look import Ending

    said, status = {
        Ending.REACHED: (
            {
                Until.LOADED: "All tables are loaded: both sides have as many rows.",
                Until.REPLICATING: "All tables are loaded, and changes arrive.",
            }.get(until, ""),
            ExitStatus.GOOD,
        ),
        Ending.IN_PART: (
            "All that can be counted is loaded; some tables cannot be counted.",
            ExitStatus.NOT_DONE,
        ),
        Ending.UNTOLD: (
            "All that could be told is as it should be; what is not known stands above.",
            ExitStatus.NOT_DONE,
        ),
        Ending.REFUSED: (
            "What is refused is not waited for: mend what stands above, then run this again.",
            ExitStatus.NOT_DONE,
        ),
        Ending.STILL: ("Nothing goes on by itself.", ExitStatus.LOOK),
        Ending.BAD: ("Something is wrong; what to do stands above.", ExitStatus.STOP),
    }[found]
    if not quiet:
        plain_console().print(f"{said} Where it stands: ferry status {name}")
    raise typer.Exit(status)


def shown(*, as_json: bool) -> Show:
    """How looks are shown: to programs, to a terminal, to a log."""
    from ferry.cli.printing import plain_console

    if as_json:
        return JsonLines()
    return Screen() if plain_console().is_terminal else PlainLines()


class JsonLines:
    """One line of JSON a look."""

    def look(self, look: Look) -> None:
        """Print it."""
        from ferry.migrate.watching.lines import as_json

        typer.echo(as_json(look))

    def close(self) -> None:
        """Nothing is open."""


class PlainLines:
    """Lines for a log: those that are news, and each minute all.

    Of a task and a slot other numbers are no news: a load of ten hours would write thousands of lines.
    """

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._said: set[str] = set()
        self._at = float("-inf")

    def look(self, look: Look) -> None:
        """Print what is new of it."""
        from ferry.migrate.watching.lines import plain, without_numbers

        lines = plain(look)
        counting = tuple(f"{task.task.name}: " for task in look.tasks)
        bare = {}
        for line in lines:
            _, _, said = line.partition(" ")  # each begins with the time
            numbers = said.startswith((*counting, "slot "))
            bare[line] = without_numbers(said) if numbers else said
        silent = time.monotonic() - self._at > _SECONDS_OF_SILENCE
        for line in lines:
            if silent or bare[line] not in self._said:
                typer.echo(line)
        if silent:
            self._at = time.monotonic()
        self._said = set(bare.values())

    def close(self) -> None:
        """Nothing is open."""


class Screen:
    """A table on a terminal that is drawn anew with each look."""

    def __init__(self) -> None:
        """Nothing is drawn yet."""
        from rich.console import Console
        from rich.live import Live

        self._live = Live(console=Console(highlight=False), auto_refresh=False)
        self._live.start()
        self._log: list[str] = []

    def look(self, look: Look) -> None:
        """Draw it."""
        from ferry.migrate.watching.lines import log_lines

        self._log = [*self._log, *log_lines(look.log)][-_LOG_LINES:]
        self._live.update(drawn(look, self._log), refresh=True)

    def close(self) -> None:
        """Leave the last one where it is."""
        self._live.stop()


def _commands_apart(text: str) -> str:
    """Each command at the beginning of a line, to be copied."""
    return re.sub(r" (?=(ferry|cdktf) [a-z-]+ )", "\n", text)


def drawn(look: Look, log: list[str]) -> RenderableType:
    """A look as a table of tasks, and lines beneath it.

    Args:
        look: The look.
        log: The last lines of the tasks' logs.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from facts.inert import visible
    from ferry.migrate.watching import lines
    from ferry.migrate.watching.look import Phase

    colours = {
        Phase.REPLICATING: "green",
        Phase.LOADED: "green",
        Phase.FAILED: "bold red",
        Phase.DIFFERS: "bold red",
        Phase.STOPPED: "yellow",
        Phase.NOT_STARTED: "yellow",
    }
    table = Table(
        title=f"{look.environment}, {look.at:%H:%M:%S} UTC", title_justify="left", expand=True
    )
    table.add_column("Task", overflow="fold")
    table.add_column("Where it is", no_wrap=True)
    table.add_column("How far, and why it waits", overflow="fold", ratio=1)
    for task in look.tasks:
        far = filter(
            None,
            (
                lines.progress(task),
                lines.tables(task),
                lines.speed(task),
                lines.latency(task),
                lines.validation(task),
                lines.proof(task),
                lines.marker(task),
                lines.exceptions(task),
            ),
        )
        cell = Text(("\n" if len(look.tasks) <= _FEW_TASKS else ", ").join(map(visible, far)))
        if task.waiting:
            cell.append("\n" if cell else "")
            cell.append(_commands_apart(lines.waits(task)), style="yellow")
        table.add_row(
            Text(visible(task.task.name)),
            Text(task.phase, style=colours.get(task.phase, "cyan")),
            cell,
        )
    beneath = Table.grid(padding=(0, 1, 0, 0))
    for note in lines.notes(look):
        remedy = _commands_apart(visible(note.remedy))
        beneath.add_row("•", Text("\n".join(filter(None, (visible(note.text), remedy)))))
    for line in log:
        beneath.add_row("", Text(visible(line), style="dim"))
    return Group(table, beneath)
