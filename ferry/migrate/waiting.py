"""Waits until DMS is done with what it was asked for."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ferry.account import explained
from ferry.errors import FerryError, InterruptedWithinError
from ferry.migrate.reading import read_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from ferry.deployment import Deployment
    from ferry.migrate.tasks import Task

SECONDS: Final = 900.0
"""For how long a task may take to start or to stop."""

SECONDS_BETWEEN_LOOKS: Final = 2.0
"""One call each: DMS allows four a second, to all that ask."""

RUNNING: Final = frozenset({"starting", "running"})
"""The statuses of a task that can be stopped."""


@contextmanager
def interruption_told(why: str, remedy: str) -> Iterator[None]:
    """Do something that Ctrl-C leaves half done.

    Args:
        why: What is left, a sentence.
        remedy: What goes on with it.

    Raises:
        InterruptedWithinError: Ctrl-C.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedWithinError(why, remedy) from None


def settled(
    deployment: Deployment,
    names: AbstractSet[str],
    *,
    passing: AbstractSet[str],
    seconds: float = SECONDS,
    pause_seconds: float = SECONDS_BETWEEN_LOOKS,
    meanwhile: Callable[[Sequence[Task]], None] = lambda _: None,
) -> Iterator[Task]:
    """Each of some tasks, as soon as it is in none of some statuses.

    Args:
        deployment: The environment as it is deployed.
        names: The tasks' names.
        passing: The statuses.
        seconds: For how long they are waited for, together.
        pause_seconds: How long to wait between two looks.
        meanwhile: Is given those that are waited for still, at each look.

    Raises:
        FerryError: DMS does not answer, or one is in such a status still.
        InterruptedWithinError: Ctrl-C, while DMS goes on.
    """
    with interruption_told(
        "Interrupted: DMS goes on with what it was asked for.",
        f"Where it stands: ferry status {deployment.environment.name}",
    ):
        yield from _settled(
            deployment,
            names,
            passing=passing,
            seconds=seconds,
            pause_seconds=pause_seconds,
            meanwhile=meanwhile,
        )


def _settled(
    deployment: Deployment,
    names: AbstractSet[str],
    *,
    passing: AbstractSet[str],
    seconds: float,
    pause_seconds: float,
    meanwhile: Callable[[Sequence[Task]], None],
) -> Iterator[Task]:
    ends = time.monotonic() + seconds
    waited = set(names)
    while waited:
        tasks = [task for task in read_all(deployment) if task.name in waited]
        for task in tasks:
            if task.status not in passing:
                waited.discard(task.name)
                yield task
        still = [f"{task.name} is {task.status}" for task in tasks if task.name in waited]
        if still and time.monotonic() > ends:
            raise FerryError(
                f"DMS was not done within {seconds:g} seconds: {', '.join(still)}.",
                f"It goes on by itself: ferry watch {deployment.environment.name}",
            )
        if still:
            meanwhile([task for task in tasks if task.name in waited])
            time.sleep(pause_seconds)


def stop(
    deployment: Deployment,
    tasks: Sequence[Task],
    *,
    pause_seconds: float = SECONDS_BETWEEN_LOOKS,
) -> Iterator[Task]:
    """Stop those of some tasks that run, and give each when it has stopped.

    Raises:
        FerryError: DMS refuses, or has not stopped one in time.
    """
    running = [task for task in tasks if task.status in RUNNING]
    for task in running:
        with explained(f"stop the task {task.name}"):
            deployment.account.dms.stop_replication_task(ReplicationTaskArn=task.arn)
    yield from settled(
        deployment,
        {task.name for task in running},
        passing={*RUNNING, "stopping"},
        pause_seconds=pause_seconds,
    )
