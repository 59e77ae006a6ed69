"""Whether the tasks run, are not behind, and carry all their tables. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.findings import blocked, not_judged, right
from ferry.migrate.cutover.checks import MOST, Check
from ferry.migrate.starting import Refusal, Wish, how, resumed
from ferry.migrate.ways import Direction
from ferry.words import counted
from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ferry.findings import Finding
    from ferry.migrate.cutover.seen import Lag, Seen, TaskSeen
    from ferry.migrate.starting import Connection
    from ferry.migrate.tasks import Task
    from ferry.migrate.watching.look import TaskLook


def most_lag_seconds(seen: Seen) -> int:
    """How far a task may be behind, as the file says."""
    return (seen.environment.cutover or Cutover()).max_lag_seconds


def running(seen: Seen, one: TaskSeen) -> Iterator[Finding]:
    """Whether a task runs, and goes on with changes."""
    task, name = one.task, seen.name
    if not task.carries_changes:
        yield blocked(
            "tasks",
            f"The task {task.name} carries no changes: it is of the type {task.migration_type}.",
            why="What was written to the source since its load is not in Aurora.",
            remedy=f'In {seen.file} set migration_type = "full-load-and-cdc" for it, then: cdktf '
            f"deploy {name}; ferry start {name} --task {task.name} --reload",
        )
    elif task.status != "running":
        said = f" ({task.stop_reason or task.failure})" if task.stop_reason or task.failure else ""
        yield blocked(
            "tasks",
            f"The task {task.name} is {task.status}{said}.",
            why=f"Nothing that is written {seen.direction.at[0]} arrives at {seen.direction.ends[1]}.",
            remedy=_start(seen, task),
        )
    elif isinstance(one.look, FerryError) or one.look.is_loaded:
        yield right("tasks", f"The task {task.name} runs.")
    else:
        yield blocked(
            "tasks",
            f"The task {task.name} is loading tables.",
            why="What is not loaded is not in Aurora.",
            remedy=f"Wait for it: ferry watch {name} --task {task.name}",
        )


def _start(seen: Seen, task: Task) -> str:
    name = seen.name
    # No command of ferry's starts a leg: it would have to begin at its slot.
    legs = {leg.task.name for leg in seen.environment.legs}
    if seen.direction is Direction.BACK or task.name in legs:
        return f"See why in its log, then let it go on: {resumed(task)}"
    decided = how(task, Wish(environment=name))
    if isinstance(decided, Refusal):
        return decided.remedy
    return f"ferry start {name} --task {task.name}"


def _measured(seen: Seen) -> Iterable[tuple[Task, Lag] | FerryError]:
    for each in seen.tasks:
        if isinstance(each.lag, FerryError):
            yield each.lag
        elif each.lag is not None:
            yield each.task, each.lag


def lag(seen: Seen, one: tuple[Task, Lag]) -> Iterator[Finding]:
    """Whether a task's marker has arrived in time.

    As long as a marker takes, writers are kept out at the least: gh-ost begins its cut-over by the same
    measure (https://github.com/github/gh-ost/blob/master/doc/subsecond-lag.md).
    """
    task, measured = one
    most = most_lag_seconds(seen)
    if measured.has_arrived and measured.seconds <= most:
        yield right(
            "lag",
            f"The marker of the task {task.name} was at {seen.direction.ends[1]} after "
            f"{measured.seconds:.1f} s.",
        )
        return
    arrived = "took" if measured.has_arrived else "has not arrived within"
    yield blocked(
        "lag",
        f"The marker of the task {task.name} {arrived} {measured.seconds:.1f} s; "
        f"max_lag_seconds is {most}.",
        why="Writers are kept out until it has arrived.",
        remedy=f"See why, and wait: ferry watch {seen.name} --task {task.name}; or let it take longer: "
        f"cutover.max_lag_seconds in {seen.file}",
    )


def tables(seen: Seen, look: TaskLook) -> Iterator[Finding]:
    """Whether all tables of a task are carried, with all their changes."""
    troubles = list(look.troubles)
    for each in troubles[:MOST]:
        yield blocked(
            "tables",
            f"{each.table}: {each.what}.",
            why=f"Rows or changes of it are missing {seen.direction.at[1]}, or may be.",
            remedy=f"{each.remedy[:1].upper()}{each.remedy[1:]}",
        )
    if len(troubles) > MOST:
        yield blocked(
            "tables",
            f"So it is with {len(troubles) - MOST} more tables of the task {look.task.name}.",
            why=f"Rows or changes of them are missing {seen.direction.at[1]}, or may be.",
            remedy=f"See which: ferry watch {seen.name} --task {look.task.name}",
        )
    if not troubles:
        yield right(
            "tables",
            f"The task {look.task.name} carries {counted(len(look.tables), 'table')}, and no change was left out.",
        )


def connections(seen: Seen, one: Connection) -> Iterator[Finding]:
    """Whether DMS reaches an end of what carries the other way afterwards.

    It starts no task of which the last test of a connection was no success, and that would be behind the
    point of no return: https://docs.aws.amazon.com/dms/latest/APIReference/API_TestConnection.html
    """
    if one.status == "successful":
        yield right("connections", f"DMS connects to {one.side} for the next way.")
    elif one.status == "testing":
        yield not_judged(
            "connections",
            f"Whether DMS connects to {one.side} for the next way",
            why="Its test has not ended in time.",
            remedy="Run this again",
        )
    else:
        yield blocked(
            "connections",
            f"DMS cannot connect to {one.side} for the next way: {(one.said or one.status).rstrip('.')}.",
            why=f"Behind the point of no return the tasks that carry what is written to "
            f"{seen.direction.ends[1]} would not start.",
            remedy=f"See what is wrong with it: ferry check deployment {seen.name}",
        )


CHECKS: Final = (
    Check(
        name="tasks",
        title="Whether the tasks run",
        good="No task that would have to run carries changes this way.",
        of=lambda seen: seen.tasks,
        judge=running,
    ),
    Check(
        name="lag",
        title="How far the tasks are behind",
        good="No task runs that could be behind.",
        of=_measured,
        judge=lag,
    ),
    Check(
        name="tables",
        title="Whether all tables are carried",
        good="No task that would have to carry tables is there this way.",
        of=lambda seen: seen.looks,
        judge=tables,
    ),
    Check(
        name="connections",
        title="Whether DMS reaches what the next way needs",
        good="There is no way back, or no connection of it to test.",
        of=lambda seen: (
            [seen.connections] if isinstance(seen.connections, FerryError) else seen.connections
        ),
        judge=connections,
    ),
)
