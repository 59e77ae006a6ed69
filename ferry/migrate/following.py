"""What carries now what applications write: after a cutover the way back, after a rollback what goes forward again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ferry.errors import FerryError
from ferry.migrate.cutover import standing
from ferry.migrate.reading import read_tasks, read_ways
from ferry.migrate.ways import Direction, carriers
from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Callable

    from ferry.deployment import Deployment
    from ferry.migrate.cutover.standing import Run
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from settings.databases import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class Following:
    """What carries what applications write.

    Args:
        tasks: The tasks; none where nothing does.
        direction: Where they carry it.
        said: What a cutover or a rollback has to do with it, a sentence each.
        are_legs: Whether they are legs, which no command of ferry's starts.
    """

    tasks: tuple[Task, ...]
    direction: Direction = Direction.FORWARD
    said: tuple[str, ...] = ()
    are_legs: bool = False


def following(deployment: Deployment, sides: Callable[[Database], Sides]) -> Following:
    """What carries now what applications write, by the last cutover or rollback.

    Args:
        deployment: The environment as it is deployed.
        sides: The way to both ends of a database.

    Raises:
        FerryError: DMS does not say which tasks there are; a secret or a certificate is missing.
    """
    environment = deployment.environment
    name = environment.name
    try:
        _, runs = standing.look(name, sides(environment.carried[0]))
    except FerryError as error:
        said = f"whether {name} is cut over is not known: {error.why}"
        return Following(tasks=read_tasks(deployment), said=(said,))
    run = standing.half_taken_back(runs) or standing.standing(runs)
    if runs and runs[0].is_cut_off:
        said = f"the {runs[0].direction.command} {runs[0].id} was cut off, or is under way: ferry status {name}"
        return Following(tasks=read_tasks(deployment), said=(said,))
    if run is None:
        return Following(tasks=read_tasks(deployment))
    if not run.is_finished:
        said = (
            f"the {run.direction.command} {run.id} is beyond its point of no return, and not done: "
            f"ferry status {name}"
        )
        return Following(tasks=read_tasks(deployment), said=(said,))
    direction = run.direction.other
    return Following(
        tasks=carriers(read_ways(deployment), direction),
        direction=direction,
        said=tuple(_said(deployment, run)),
        are_legs=True,
    )


def _said(deployment: Deployment, run: Run) -> list[str]:
    """What is to be known of it, after a run that is done."""
    environment = deployment.environment
    found = [
        f"the applications write to {run.direction.ends[1]}, since the {run.direction.command} {run.id}"
    ]
    if run.direction is Direction.BACK:
        return [*found, f"to cut over again: ferry cutover {environment.name} --plan"]
    if run.is_ending:
        return [*found, f"nobody goes back any more: ferry finish {environment.name} has begun"]
    if not environment.legs:
        return [*found, "there is no way back: nothing carries what they write to the source"]
    given = (environment.cutover or Cutover()).rollback
    until = f", until {given.deadline}" if given.deadline else ""
    found.append(f"the way back{until}: ferry rollback {environment.name} --plan")
    return [*found, *(f"go back when: {each}" for each in given.criteria)]
