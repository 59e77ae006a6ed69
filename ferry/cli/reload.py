"""`ferry reload ENV TABLE...`."""

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
    from ferry.migrate.reloading import Reload


def reload(
    name: EnvironmentName,
    table: Annotated[
        list[str],
        typer.Argument(
            metavar="TABLE", help="A table by its name at the source, such as public.orders."
        ),
    ],
    *,
    task: TaskNames = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    every: Annotated[
        float, typer.Option(min=0.2, max=3600, metavar="SECONDS", help="How often it looks.")
    ] = 5.0,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Load single tables of ENV again, while their task runs, and watch until they are loaded.

    Asks first. Aurora's rows of these tables are deleted: by DMS, or by ferry where DMS is told to
    leave tables as they are. One who starts or reloads at a time: another is told who it is.

    Exit status: 2 where no task carries a table; 3 where DMS or a server refuses; 4 where a task has
    failed, or a table is not carried.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown
    from ferry.cli.watch import Until, end, follow, shown

    with failures_shown():
        from ferry.migrate import reloading
        from ferry.migrate.alone import Doing, alone
        from ferry.migrate.reading import read_tasks
        from ferry.migrate.tasks import chosen
        from ferry.migrate.watching.watcher import Watcher

        deployment = deployment_of(name)
        source, target = addresses(source_address, target_address)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)

        def planned() -> tuple[Reload, ...]:
            tasks = read_tasks(deployment)
            ground = reloading.Ground(deployment=deployment, beside=tasks, sides=ways.sides)
            return reloading.planned(ground, chosen(tasks, task or []), table)

        # First: of a task that went before these it would say that it has to be started.
        ways.refuse_switched("A load", brings_rows=True)
        wanted = planned()
        sources = [ways.sides(each.task).source.server for each in wanted]
        with alone(sources, Doing.TASKS, command=f"reload {name}") as held:
            ways.refuse_switched("A load", brings_rows=True)
            for each in wanted:
                _tell(each)
            if not yes:
                typer.confirm("Go on?", abort=True)
            held.still()
            # Anew: meanwhile somebody may have stopped a task.
            plan = planned()
            for each in plan:
                reloading.begin(deployment, each, ways.sides(each.task))
        watcher = Watcher(
            deployment=deployment, tasks=[each.task for each in plan], sides=ways.sides
        )
        found = follow(watcher, shown(as_json=False), until=Until.REPLICATING, every=every)
        end(name, found, Until.REPLICATING, quiet=False)


def _tell(reload: Reload) -> None:
    from facts.inert import visible

    who = "this command" if reload.empties else "DMS"
    named = ", ".join(map(str, reload.tables))
    typer.echo(
        visible(
            f"The task {reload.task.name} loads these tables again; {who} empties Aurora's before: {named}"
        )
    )
