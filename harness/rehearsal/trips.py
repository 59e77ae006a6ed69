"""A rehearsal's way to Aurora and back, with an application that goes on wherever it is led.

Each trip is a cutover or a rollback. It is measured from the writers for how long they were kept out, and
then, while they rest, everything that was ever acknowledged is looked for on both sides.
"""

from __future__ import annotations

import os
import platform
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Literal

from harness.rehearsal.comparing import NotEqualError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from random import Random

    from harness.rehearsal.comparing import Sides
    from harness.rehearsal.writers import Writers
    from harness.steps import Steps

Command = Literal["cutover", "rollback"]
_SECONDS_THERE = 5.0
_CLOSED = re.compile(r"unfreeze .* was closed ([0-9.]+) s before")
_WRONGS_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Trip:
    """A cutover or a rollback.

    Attributes:
        command: Which.
        gaps: For how many seconds none of each writer's commits was acknowledged.
        closed: For how many seconds ferry says that the side was closed.
        rate: How many transactions a second were written before.
        rows: How many rows both sides have afterwards.
        commits: How many transactions were acknowledged since the beginning.
    """

    command: Command
    gaps: tuple[float, ...]
    closed: float
    rate: float
    rows: int
    commits: int

    def __str__(self) -> str:
        """One line of 80 columns."""
        gaps = " ".join(f"{gap:.2f}" for gap in self.gaps)
        return (
            f"{self.command:8} writers waited {gaps} s at {self.rate:.0f}/s, closed {self.closed:.1f} s; "
            f"{self.rows} rows"
        )


@dataclass(kw_only=True)
class Trips:
    """Goes there and back.

    Args:
        steps: Where it is shown.
        ferry: Types a command that reaches both servers, and tells its lines.
        sides: Both databases, for those who may read everything.
        writers: The application.
        environment: The environment's name.
        most_commits_a_second: Of all writers together.
        one_way: The tables of which inserts alone are carried back.
    """

    steps: Steps
    ferry: Callable[..., None]
    sides: Sides
    writers: Writers
    environment: str
    most_commits_a_second: float
    one_way: Sequence[str] = ()
    made: list[Trip] = field(default_factory=list)

    def there(self, random: Random, *, is_compared: bool = False) -> None:
        """Cut over, and see that nothing is lost.

        Args:
            random: From which load and moment follow.
            is_compared: Whether `ferry verify` was run just now.

        Raises:
            StepFailedError: A command fails.
            NotEqualError: Something is lost, doubled or changed, or a sequence is behind.
        """
        self._go("cutover", self.sides.turned(), random, "" if is_compared else "--delta")

    def back(self, random: Random) -> None:
        """Roll back, and see that nothing is lost. Raises as `there`."""
        self._go("rollback", self.sides, random, "--reverse")

    def _go(self, command: Command, after: Sides, random: Random, compared: str) -> None:
        """Go.

        Args:
            command: Which way.
            after: Where is written afterwards, and where that arrives.
            random: From which load and moment follow.
            compared: How `ferry verify` compares before, so that the window has little to compare;
                empty where it has.
        """
        writers, lines = self.writers, list[str]()
        writers.commits_a_second = random.uniform(0.2, 1.0) * self.most_commits_a_second
        # What changes all the while is compared within the window.
        if compared:
            self.ferry("verify", self.environment, compared, accepted=(0, 3), told=lines.append)
        commits, began = writers.commits, time.monotonic()
        time.sleep(random.uniform(0.2, 1.0) * _SECONDS_THERE)
        rate = (writers.commits - commits) / (time.monotonic() - began)
        writers.measure()
        lines.clear()
        # Of tables without a key the application changes no row.
        one_way = self.one_way if command == "cutover" else ()
        self.ferry(
            command, self.environment, "--yes", self.environment,
            *(word for table in one_way for word in ("--accept-one-way", table)),
            told=lines.append,
        )  # fmt: skip
        writers.wait_until_at(after.source.name)
        gaps = tuple(ledger.longest_gap_seconds for ledger in writers.ledgers)
        if f"  the applications are led: {command}" not in lines:
            raise NotEqualError(f"{command} did not run the hook by which applications are led")
        trip = Trip(
            command=command,
            gaps=gaps,
            closed=next(float(it[1]) for line in lines if (it := _CLOSED.match(line))),
            rate=rate,
            rows=self.count(after),
            commits=writers.commits,
        )
        self.made.append(trip)
        self.steps.show_short(str(trip))

    def count(self, sides: Sides) -> int:
        """See that both sides have all that was acknowledged, and nothing else; how many rows.

        Args:
            sides: Where is written, and where that arrives.

        Raises:
            NotEqualError: They have not.
        """
        with self.writers.resting():
            if sides.what.markers:
                sides.wait_until_arrived()
            found = [
                *self.writers.load.wrongs(self.writers.ledgers, sides.source),
                *sides.sequences_behind(),
            ]
            if found:
                more = f"; and {len(found) - _WRONGS_SHOWN} more" if found[_WRONGS_SHOWN:] else ""
                raise NotEqualError(f"{'; '.join(found[:_WRONGS_SHOWN])}{more}")
            # Without a way back nothing is carried any more.
            return sides.compare(at_rest=True) if sides.what.markers else sides.rows()


def summary(trips: Iterable[Trip]) -> Iterator[str]:
    """When and where, and a table of all trips: how long writers waited, and a side was closed."""
    made = list(trips)
    yield (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {os.cpu_count()} "
        f"processors; {made[-1].rows} rows, {made[-1].commits} commits in the end"
    )
    yield "| trip | times | writers waited, p50 | at most | closed, p50 | at most |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for command in ("cutover", "rollback"):
        of_it = [it for it in made if it.command == command]
        if of_it:
            gaps = [gap for it in of_it for gap in it.gaps]
            closed = [it.closed for it in of_it]
            figures = (median(gaps), max(gaps), median(closed), max(closed))
            shown = " | ".join(f"{it:.2f} s" for it in figures)
            yield f"| {command} | {len(of_it)} | {shown} |"
