"""What carries a task's tables, each way, and when nothing of a way can be judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from ferry.migrate.ways import Direction, Way, carriers
from tests.unit.ferry.migrate.tasks import task

if TYPE_CHECKING:
    from ferry.migrate.tasks import Task

FORWARD, BACK = Direction
DAY = datetime(2026, 11, 27, tzinfo=UTC)
COMPARE = "Compare what is carried"


def leg(name: str, status: str = "ready", *, hour: int | None = None) -> Task:
    """A task that was started at an hour, or never."""
    if hour is None:
        return task(name=name, status=status)
    at = DAY + timedelta(hours=hour)
    return task(name=name, status=status, was_started=True, started_at=at)


STOPPED, AGAIN = leg("all", "stopped", hour=1), leg("all-again")


@pytest.mark.parametrize(
    ("way", "forward", "back"),
    [
        (Way(task=STOPPED, why_not="It has none."), "", "It has none."),
        (
            Way(task=leg("all", "running", hour=1), back=leg("all-back"), again=AGAIN),
            "",
            f"The task all-back was never started: nothing goes back from Aurora yet. {COMPARE} forward: ferry verify dev",
        ),
        (
            Way(task=STOPPED, back=leg("all-back", "running", hour=2), again=AGAIN),
            (
                "The task all-back was started last: what is written in Aurora goes to the source. "
                f"{COMPARE} back: ferry verify dev --reverse"
            ),
            "",
        ),
        (
            Way(task=STOPPED, back=leg("all-back", "failed", hour=2), again=AGAIN),
            (
                "The task all-back was started last: what is written in Aurora goes to the source. "
                f"{COMPARE} back: ferry verify dev --reverse"
            ),
            "",
        ),
        (
            Way(
                task=STOPPED,
                back=leg("all-back", "stopped", hour=2),
                again=leg("all-again", "running", hour=3),
            ),
            "",
            (
                "The task all-again was started last: what is written at the source goes to Aurora. "
                f"{COMPARE} forward: ferry verify dev"
            ),
        ),
        (
            Way(
                task=leg("all", "running", hour=3),
                back=leg("all-back", "stopping", hour=2),
                again=AGAIN,
            ),
            (
                "The tasks all (running) and all-back (stopping) are at work at the same time: each "
                "carries back what the other brings. Stop the one that reads where applications do not "
                "write."
            ),
            None,
        ),
    ],
)
def test_a_way_is_judged_where_applications_write(way: Way, forward: str, back: str | None) -> None:
    assert way.against("dev", FORWARD) == forward
    assert way.against("dev", BACK) == (forward if back is None else back)


def test_once_a_way_back_was_gone_the_leg_made_for_it_carries_forward() -> None:
    back = leg("all-back", "stopped", hour=2)
    again = leg("all-again", "running", hour=3)

    def carried(way: Way, direction: Direction = FORWARD) -> list[str]:
        return [it.name for it in carriers([way], direction)]

    assert carried(Way(task=STOPPED, back=back, again=AGAIN)) == ["all"]
    assert carried(Way(task=STOPPED, back=back, again=again)) == ["all-again"]
    assert carried(Way(task=leg("all", "running", hour=4), back=back, again=again)) == ["all"]
    assert carried(Way(task=STOPPED, back=back, again=again), BACK) == ["all-back"]
    assert carried(Way(task=STOPPED), BACK) == []
