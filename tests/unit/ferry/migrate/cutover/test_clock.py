"""For how long a side is closed, and what is said while it cannot be opened."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from typing import cast

import pytest

from ferry.migrate.cutover import clock, watchdog
from ferry.migrate.cutover.rights import Saved
from ferry.migrate.cutover.watchdog import Watchdog, Watched
from ferry.postgres import Server

WATCHED = Watched(
    server=Server(side="the source", host="h", port=1, database="d", username="u", password="p"),
    saved=Saved(environment="dev", run="r1", ferry="f", dms=(), belt=True, databases=()),
    record_id="1/x",
    seconds=1.0,
)


def test_the_clock_goes_on_while_the_machine_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def at(which: int) -> float:
        asked.append(which)
        return 1.0

    monkeypatch.setattr(time, "clock_gettime", at)
    assert clock.seconds() == 1.0
    assert asked == [time.CLOCK_BOOTTIME]


@dataclass
class Process:
    """One that ends when it was waited for a few times, or was killed."""

    times: int
    status: int = 0
    waited: list[float] = field(default_factory=list)
    killed: bool = False

    def wait(self, seconds: float) -> int:
        self.waited.append(seconds)
        if self.killed or len(self.waited) > self.times:
            return self.status
        raise subprocess.TimeoutExpired("dog", seconds)

    def kill(self) -> None:
        self.killed = True


def waited(process: Process, *, dismissed: bool) -> list[str]:
    """What is told while it is waited for."""
    said: list[str] = []
    made = cast("subprocess.Popen[bytes]", process)
    dog = Watchdog(process=made, silence_seconds=10, is_dismissed=dismissed)
    watchdog.let_end(dog, WATCHED, said.append)
    return said


def test_while_the_source_is_away_it_is_said_that_it_is_tried_on() -> None:
    process = Process(times=2)
    assert (
        waited(process, dismissed=False)
        == [
            "The source is not open yet, and is tried on. By psql: thaw-dev.sql, beside the journal."
        ]
        * 2
    )
    assert not process.killed


BEYOND = (
    "The point of no return is behind: the source stays closed. It goes on from there: "
    "ferry cutover dev"
)


@pytest.mark.parametrize(
    ("status", "said"), [(1, ["The source is open."]), (2, [BEYOND]), (3, []), (-9, [])]
)
def test_what_it_came_to_is_said_where_ferry_could_not_see_it(status: int, said: list[str]) -> None:
    assert waited(Process(times=0, status=status), dismissed=False) == said


def test_one_that_is_halted_and_that_nobody_needs_is_ended() -> None:
    process = Process(times=9)
    assert waited(process, dismissed=True) == []
    assert process.killed
