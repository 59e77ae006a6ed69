"""Loads single tables again, of tasks that run."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from facts.names import AGAIN, leg_of
from ferry.account import explained
from ferry.errors import FerryError, InputError, InterruptedWithinError
from ferry.mappings import TableName
from ferry.migrate import markers, target_tables
from ferry.migrate.slots import is_needed
from ferry.migrate.source_slots import in_the_slot
from ferry.migrate.starting import (
    Refusal,
    Start,
    Wish,
    drops,
    how,
    kept,
    keys,
    listed,
    onward,
    remade,
    to_run,
)
from ferry.migrate.watching.statistics import Budget, Statistics
from ferry.migrate.watching.tables import COMPLETED
from ferry.postgres import PostgresError, UnreachableError, apart, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ferry.deployment import Deployment
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task

MOST: Final = 10
"""How many tables DMS takes at once. Source:
https://docs.aws.amazon.com/dms/latest/APIReference/API_ReloadTables.html"""

_SECONDS_TO_BEGIN: Final = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reload:
    """What of one task is loaded again.

    Args:
        task: The task; it runs.
        tables: The tables, by their names at the source.
    """

    task: Task
    tables: tuple[TableName, ...]

    @property
    def empties(self) -> bool:
        """Whether ferry has to empty Aurora's tables, because DMS does not."""
        return self.task.settings.preparation == "DO_NOTHING"


def parse(text: str) -> list[TableName]:
    """The tables that a name may mean: a name may hold dots itself.

    Raises:
        InputError: It has no dot.
    """
    places = [place for place, sign in enumerate(text) if sign == "."]
    found = [TableName(text[:place], text[place + 1 :]) for place in places]
    if not found:
        raise InputError(f"TABLE is '{text}'; name it with its schema, such as public.{text}.")
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What is looked at before tables are loaded again.

    Args:
        deployment: The environment as it is deployed.
        beside: All its tasks.
        sides: The way to both databases of a task.
    """

    deployment: Deployment
    beside: Sequence[Task]
    sides: Callable[[Task], Sides]

    def slot(self, task: Task) -> tuple[Refusal, ...]:
        """What stands in its replication slot against that a task goes on that does not run.

        Raises:
            FerryError: A server does not answer.
        """
        wish = Wish(environment=self.deployment.environment.name)
        start = how(task, wish)
        if not (task.loads and isinstance(start, Start) and is_needed(start)):
            return ()
        sides, purpose = self.sides(task), f"look at the replication slot of the task {task.name}"
        with (
            connect(sides.source.server, purpose=purpose) as source,
            connect(sides.target.server, purpose=purpose) as target,
        ):
            return in_the_slot(start, wish, source=source, target=target, beside=self.beside)


def planned(ground: Ground, tasks: Sequence[Task], names: Iterable[str]) -> tuple[Reload, ...]:
    """Which task loads which tables again; asks DMS about each table.

    Args:
        ground: What is looked at.
        tasks: The tasks that may be meant.
        names: The tables' names.

    Raises:
        InputError: No task carries a table, or one is named that is ferry's own.
        FerryError: A task does not run, or has no load; DMS or a server does not answer.
    """
    deployment = ground.deployment
    name = deployment.environment.name
    by_task: dict[str, list[TableName]] = {}
    budget = Budget()
    for text in dict.fromkeys(names):
        found = [
            (task, table)
            for table in parse(text)
            for task in tasks
            if not table.is_ferrys and task.mappings.selects(table) and task.was_started
            if Statistics(dms=deployment.account.dms, task_arn=task.arn, budget=budget).read(table)
        ]
        if not found:
            for table in parse(text):
                for task in tasks:
                    # DMS does not say yet which tables it carries.
                    unknown = not task.was_started or task.status == "starting"
                    if unknown and not table.is_ferrys and task.mappings.selects(table):
                        _refuse(ground, Reload(task=task, tables=(table,)))
            raise InputError(
                f"No task of {name} that was started carries a table {text}; names are those of the "
                f"source, letter by letter. Which there are: ferry watch {name} --json"
            )
        for task, table in found:
            by_task.setdefault(task.name, []).append(table)
    plan = tuple(
        Reload(task=task, tables=tuple(by_task[task.name]))
        for task in tasks
        if task.name in by_task
    )
    for reload in plan:
        _refuse(ground, reload)
    return plan


def standing_against(
    environment: str, task: Task, slot: Sequence[Refusal] = ()
) -> FerryError | None:
    """Why DMS loads no single table of a task again in its state; None where it does.

    Args:
        environment: The environment's name.
        task: The task.
        slot: What stands against that it goes on in its replication slot, where that was looked at.
    """
    if not task.loads:
        return FerryError(
            f"The task {task.name} carries changes alone: it has no load that could begin again.",
            # Since a rollback a load would write beside what carries forward again: ferry refuses it.
            "Mend its rows in Aurora by hand."
            if task.name.endswith(leg_of("", AGAIN))
            else "Mend its rows in Aurora by hand, or load its tables as they were loaded before.",
        )
    if task.status == "running":
        return None
    why = f"The task {task.name} is {task.status}; DMS loads tables again of a task that runs."
    wish = Wish(environment=environment)
    found = onward(task, wish, slot)
    if isinstance(found, Refusal):
        said = f"{why} {found.what}" if found in slot else why
        return FerryError(said, found.remedy)
    if found and task.was_started and not task.carries_changes:
        # It runs no longer than its load: nobody is quick enough to reload a table of it.
        return FerryError(
            why,
            f"What it has not loaded yet it loads by: {found}; all its tables again, by: "
            f"{replace(wish, reload=True).typed(task)}",
        )
    return FerryError(why, to_run(task, wish))


def _refuse(ground: Ground, reload: Reload) -> None:
    task = reload.task
    if against := standing_against(ground.deployment.environment.name, task, ground.slot(task)):
        raise against
    if len(reload.tables) > MOST:
        raise InputError(
            f"{len(reload.tables)} tables of the task {task.name} were named; DMS takes {MOST} at "
            "once. Name fewer."
        )


def begin(deployment: Deployment, reload: Reload, sides: Sides) -> None:
    """Empty the marker on both sides, and Aurora's tables where DMS does not; have DMS load them.

    Returns when DMS has begun.

    Raises:
        FerryError: A server or DMS refuses, or DMS has not begun in time.
        InterruptedWithinError: Ctrl-C, once Aurora's tables were emptied.
    """
    statistics = Statistics(dms=deployment.account.dms, task_arn=reload.task.arn, budget=Budget())
    before = {table: statistics.read(table) for table in reload.tables}
    emptied = False
    try:
        _refuse_referring(deployment.environment.name, reload, sides)
        _prepare(reload, sides, empties=False)
        if reload.empties:
            emptied = True
            try:
                _prepare(reload, sides, empties=True)
            except PostgresError as error:
                # All of it is undone, but where nobody knows.
                emptied = isinstance(error, UnreachableError)
                raise
        with explained(f"load tables of the task {reload.task.name} again"):
            deployment.account.dms.reload_tables(
                ReplicationTaskArn=reload.task.arn,
                TablesToReload=[
                    {"SchemaName": table.schema, "TableName": table.table}
                    for table in reload.tables
                ],
            )
    except (FerryError, KeyboardInterrupt) as error:
        if not emptied:
            raise
        lacking = (
            f"Aurora's {', '.join(map(str, reload.tables))} lack the rows that were deleted for it."
        )
        again = "Run this again, or they stay away."
        if isinstance(error, FerryError):
            raise FerryError(f"{error.why} {lacking}", f"{error.remedy} {again}".strip()) from None
        raise InterruptedWithinError(f"Interrupted. {lacking}", again) from None
    ends = time.monotonic() + _SECONDS_TO_BEGIN
    for table in reload.tables:
        while True:
            row, old = statistics.read(table), before[table]
            if row is None or row.state != COMPLETED or row.loaded_at != (old and old.loaded_at):
                break
            if time.monotonic() > ends:
                raise FerryError(
                    f"DMS has not begun to load {table} within {_SECONDS_TO_BEGIN:g} seconds.",
                    f"Look at the task: ferry watch {deployment.environment.name}",
                )


def _prepare(reload: Reload, sides: Sides, *, empties: bool) -> None:
    """Empty the marker on both sides, or Aurora's tables, all or none."""
    purpose = f"prepare the load of {', '.join(map(str, reload.tables))}"
    task = reload.task
    with (
        connect(sides.source.server, purpose=purpose, read_only=False) as source,
        connect(sides.target.server, purpose=purpose, read_only=False) as target,
    ):
        apart(source, target)
        if not empties:
            markers.empty(source, task.marker)
            markers.empty(target, task.marker)
            return
        target_tables.truncate(target, [task.mappings.target(it) for it in reload.tables])


def _refuse_referring(environment: str, reload: Reload, sides: Sides) -> None:
    """Refuse what cannot be emptied, before anything is: foreign keys of other tables refer to it."""
    tables = [reload.task.mappings.target(it) for it in reload.tables]
    together = [tables] if reload.empties else [[it] for it in tables]  # DMS empties each by itself
    purpose = "see what refers to tables that are loaded again"
    drops_them = reload.task.settings.preparation == "DROP_AND_CREATE"
    with connect(sides.target.server, purpose=purpose) as target:
        found = target_tables.referring(target, together)
        depending = target_tables.depending(target, tables) if drops_them else ()
    if depending:
        raise FerryError(
            f"Aurora's {', '.join(map(str, tables))} cannot be dropped, as DMS does before it loads: other "
            f"things depend on what is there, {listed(depending)}.",
            kept(reload.task, environment),
        )
    if not found:
        return
    raise FerryError(
        f"Aurora's {', '.join(map(str, tables))} cannot be {'dropped' if drops_them else 'emptied'}: "
        f"foreign keys of other tables refer to what is there, {keys(found)}.",
        f"{drops(reload.task, found)} Then run this again. {remade(environment)}",
    )
