"""What carries the tables of a task of the file: that task, and the legs beside it. Pure.

`dms.rollback` makes two legs of each task that has a way back: one from Aurora to the source, one forward
again. One of the three is at work at a time, and the one that was started last says where applications
write: docs/decisions/0024-the-way-back.md. `reading` asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ferry.migrate.tasks import Task

_AT_WORK: Final = frozenset({"starting", "running", "stopping"})


class Direction(StrEnum):
    """Where changes are carried from, and to."""

    FORWARD = "forward"
    BACK = "back"

    @property
    def ends(self) -> tuple[str, str]:
        """Where is written, and where that arrives, as within a sentence."""
        return ("the source", "Aurora") if self is Direction.FORWARD else ("Aurora", "the source")

    @property
    def at(self) -> tuple[str, str]:
        """The same with the word before it."""
        ends = ("at the source", "in Aurora")
        return ends if self is Direction.FORWARD else (ends[1], ends[0])

    @property
    def option(self) -> str:
        """What makes a command look this way."""
        return " --reverse" if self is Direction.BACK else ""

    @property
    def other(self) -> Direction:
        """The other one."""
        return Direction.FORWARD if self is Direction.BACK else Direction.BACK

    @property
    def command(self) -> Literal["cutover", "rollback"]:
        """What ends it: closes where is written, and leads the applications to where that arrives."""
        return "cutover" if self is Direction.FORWARD else "rollback"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """What carries the tables of one of the file's tasks.

    Args:
        task: The file's task.
        back: The leg from Aurora to the source; None where there is none.
        again: The leg that goes forward again; None where there is none.
        why_not: Why there is no leg back, a sentence; empty where there is one.
    """

    task: Task
    back: Task | None = None
    again: Task | None = None
    why_not: str = ""

    @property
    def forward(self) -> Task:
        """What carries forward: once a way back was gone, the leg that was made for it."""
        if self.again and self.again.was_started and _is_later(self.again, self.task):
            return self.again
        return self.task

    def of(self, direction: Direction) -> Task | None:
        """What carries into a direction; None where nothing does."""
        return self.back if direction is Direction.BACK else self.forward

    def against(self, environment: str, direction: Direction) -> str:
        """Why nothing that is carried into a direction can be judged; empty where it can.

        What differs where the other way is gone may be what it brings; and what would mend it would
        overwrite what is written there.

        Args:
            environment: The environment's name.
            direction: The direction.
        """
        back, forward = self.back, self.forward
        if back is None:
            return self.why_not if direction is Direction.BACK else ""
        at_work = [it for it in (self.task, self.again, back) if it and it.status in _AT_WORK]
        if back in at_work and len(at_work) > 1:
            named = " and ".join(f"{it.name} ({it.status})" for it in at_work)
            return (
                f"The tasks {named} are at work at the same time: each carries back what the other "
                "brings. Stop the one that reads where applications do not write."
            )
        if not back.was_started:
            if direction is Direction.FORWARD:
                return ""
            return (
                f"The task {back.name} was never started: nothing goes back from Aurora yet. "
                f"{_compare(environment, Direction.FORWARD)}"
            )
        last = Direction.BACK if _is_later(back, self.task, self.again) else Direction.FORWARD
        if direction is last:
            return ""
        live = back if last is Direction.BACK else forward
        return (
            f"The task {live.name} was started last: what is written {last.at[0]} goes to "
            f"{last.ends[1]}. "
            f"{_compare(environment, last)}"
        )


def carriers(ways: Iterable[Way], direction: Direction) -> tuple[Task, ...]:
    """What carries into a direction, of those ways that have it."""
    return tuple(task for way in ways if (task := way.of(direction)))


def _is_later(leg: Task, *others: Task | None) -> bool:
    """Whether a leg was started after all others; one of which DMS tells no time was not."""
    times = [it.started_at for it in others if it and it.started_at]
    return leg.started_at is not None and all(leg.started_at >= it for it in times)


def _compare(environment: str, direction: Direction) -> str:
    return f"Compare what is carried {direction}: ferry verify {environment}{direction.option}"
