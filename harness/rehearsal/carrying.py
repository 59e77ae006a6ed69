"""A rehearsal's migration, once its environment is deployed: the runbook, with writers that go on."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Protocol

from harness.rehearsal import by_hand
from harness.rehearsal.database import HOST
from harness.rehearsal.planting import Planting
from harness.rehearsal.project import ENVIRONMENT
from harness.rehearsal.shop import KINDS_TABLES
from harness.rehearsal.source import APPLICATION, BACK_USER, DMS_USER, OWNER
from harness.rehearsal.trips import Trips
from harness.rehearsal.writers import ShopLoad, Writers
from harness.steps import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.rehearsal.application import Application
    from harness.rehearsal.comparing import Sides
    from harness.rehearsal.shop import KindsTable
    from harness.rehearsal.source import Source
    from harness.rehearsal.writers import Load
    from harness.steps import Steps

TABLES = 60
_SECONDS_BETWEEN_LOOKS = "1"
_SEEDS_SPOILT = 5


class Ferry(Protocol):
    """Types a command of ferry's."""

    def __call__(
        self,
        *arguments: str,
        given: str = "",
        accepted: tuple[int, ...] = (0,),
        told: Callable[[str], None] | None = None,
    ) -> None:
        """Run it.

        Args:
            arguments: The command, without `ferry`.
            given: What it reads.
            accepted: How it may end.
            told: Is given each line that it prints; by default they are shown.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrying:
    """The steps from a deployed environment to applications that write to Aurora.

    Args:
        steps: Where they are shown.
        ferry: Types a command.
        sides: Both databases, for those who may read everything.
        source: The source, for those who sign in to it.
        application: Finds the database that the application writes to.
        seed: From which the writes follow.
        seconds_of_writing: For how long the application writes on after the first comparison.
        rows: How many rows each table of types had at first.
        seeds: How often it goes to Aurora and back; and how often rows are spoilt in Aurora, others each
            time, for ferry to find, but no more than five times.
        environment: The environment's name.
        load: What the application writes.
        tables: How many tables are compared.
        has_way_back: Whether there is a way back from Aurora.
        spoilt: The tables of which rows are spoilt.
        commits_a_second: Of all writers together at the most.
    """

    steps: Steps
    ferry: Ferry
    sides: Sides
    source: Source
    application: Application
    seed: int
    seconds_of_writing: float
    rows: int
    seeds: int = 1
    environment: str = ENVIRONMENT
    load: Load = field(default_factory=ShopLoad)
    tables: int = TABLES
    has_way_back: bool = True
    spoilt: Sequence[KindsTable] = KINDS_TABLES
    commits_a_second: float = 60.0

    def prepare(self) -> None:
        """Everything up to the load.

        Raises:
            StepFailedError: A command refuses.
        """
        self.steps.say("by hand: let DMS read the source, and write to it on the way back")
        by_hand.let_dms_in(self.sides.source, self.sides.what.schemas, dms_user=DMS_USER)
        by_hand.let_dms_back(self.sides.source, dms_user=BACK_USER, operator=OWNER)
        self.steps.say(
            f"make schema ferry on both sides: ferry prepare-databases {self.environment}"
        )
        self.reaching("prepare-databases", self.environment, "--yes")
        self._schema("before-load")
        self.steps.say("by hand: give the application a password in Aurora")
        password = secrets.token_urlsafe()
        by_hand.give_password(self.sides.target, APPLICATION, password)
        self.steps.say(f"prepare its secret: ferry secret application {self.environment}")
        credentials = {"username": APPLICATION, "password": password}
        self.ferry(
            "secret", "application", self.environment, "--yes",
            given=json.dumps({self.application.arn: credentials}),
        )  # fmt: skip
        self.steps.say(f"say whether it can be carried: ferry check source {self.environment}")
        self.reaching("check", "source", self.environment, accepted=(0, 1))

    def carry(self) -> Trips:
        """Load, apply changes, compare, go to Aurora and back and there again, while an application writes.

        Returns:
            The trips. Their writers have stopped.

        Raises:
            StepFailedError: A command fails.
            NotEqualError: The sides differ, or something that was acknowledged is not there.
        """
        self.steps.say("let an application write, from here to the end")
        self.load.begin(self.sides.source)
        trips = Trips(
            steps=self.steps,
            ferry=self.reaching,
            sides=self.sides,
            writers=Writers(find=self.application.find, load=self.load, seed=self.seed),
            environment=self.environment,
            most_commits_a_second=self.commits_a_second,
            one_way=self.sides.keyless() if self.has_way_back else (),
        )
        with trips.writers as writers:
            self.steps.say(f"start the tasks: ferry start {self.environment}")
            self.reaching("start", self.environment, accepted=(0, 1))
            self.steps.say(f"watch until all is carried: ferry watch {self.environment}")
            self.reaching("watch", self.environment, "--every", _SECONDS_BETWEEN_LOOKS)
            self._schema("after-load")
            self._schema("before-cutover")
            self.steps.say(f"say where it stands: ferry status {self.environment}")
            self.reaching("status", self.environment)
            self.steps.say("compare both sides, by means of the rehearsal's own")
            self._compare()
            self.steps.show(f"while the application wrote: {writers.commits} commits so far")
            time.sleep(self.seconds_of_writing)
            self._compare()
            self._verify(writers)
            self._go(trips)
            self.steps.say("stop the application; count once more")
        self._count(trips)
        return trips

    def _go(self, trips: Trips) -> None:
        """To Aurora and back, once with each seed, and to Aurora."""
        for number in range(self.seeds if self.has_way_back else 0):
            random = Random(self.seed + number)  # noqa: S311 - to be the same again
            self.steps.say(
                f"to Aurora and back, seed {self.seed + number}: ferry cutover, rollback"
            )
            trips.there(random, is_compared=number == 0)
            trips.back(random)
        self.steps.say(f"to Aurora, for good: ferry cutover {self.environment}")
        last = Random(self.seed + self.seeds)  # noqa: S311 - to be the same again
        trips.there(last, is_compared=not trips.made)

    def _count(self, trips: Trips) -> None:
        rows = trips.count(self.sides.turned())
        self.steps.show(
            f"{trips.writers.commits} acknowledged commits: none lost, none doubled, none changed"
        )
        self.steps.show(f"{rows} rows of {self.tables} tables are equal, no sequence is behind")

    def finish(self) -> None:
        """End the migration: nothing of it stays on either side."""
        self.steps.say(f"nobody goes back any more: ferry finish {self.environment}")
        self.reaching("finish", self.environment, "--yes", self.environment)

    def report(self, file: Path) -> None:
        """Write the page for those who sign."""
        self.steps.say(f"write the page to sign: ferry report {self.environment}")
        self.reaching("report", self.environment, "--output", str(file), accepted=(0, 1))

    def _compare(self) -> None:
        began = time.monotonic()
        rows = self.sides.compare()
        took = duration(time.monotonic() - began)
        self.steps.show(f"{rows} rows of {self.tables} tables are equal ({took})")

    def _verify(self, writers: Writers) -> None:
        """Have ferry compare both sides, with rows spoilt and without, while the application writes."""
        usual, writers.commits_a_second = writers.commits_a_second, self.commits_a_second
        for number in range(min(self.seeds, _SEEDS_SPOILT) if self.spoilt else 0):
            planting = Planting(
                target=self.sides.target,
                seed=self.seed + number,
                rows=self.rows,
                tables=self.spoilt,
            )
            is_late = bool(number % 2)
            late = f", a task {'three seconds' if is_late else 'not'} behind" if number else ""
            self.steps.say(
                f"spoil rows in Aurora, seed {planting.seed}{late}: ferry verify {self.environment}"
            )
            count = planting.plant()
            lines: list[str] = []
            began, commits = time.monotonic(), writers.commits
            late_ones = planting.lagging("shop.counters", catch_up=self.sides.wait_until_arrived)
            with late_ones if is_late else nullcontext():
                self.reaching(
                    "verify", self.environment, "--json", "--keys", accepted=(4,), told=lines.append
                )
            seconds = time.monotonic() - began
            planting.compare("\n".join(lines))
            rate = (writers.commits - commits) / seconds
            self.steps.show(
                f"all {count} rows are found by key and column, and no other, in {seconds:.1f} s; "
                f"meanwhile {rate:.0f} commits a second"
            )
            planting.mend()
        writers.commits_a_second = usual
        self.steps.say(f"compare every row of what is equal: ferry verify {self.environment}")
        self.reaching("verify", self.environment)

    def _schema(self, phase: str) -> None:
        self.steps.say(f"carry the schema: ferry schema {self.environment} {phase}")
        self.reaching("schema", self.environment, phase, "--yes", accepted=(0, 1))

    def reaching(
        self,
        *arguments: str,
        accepted: tuple[int, ...] = (0,),
        told: Callable[[str], None] | None = None,
    ) -> None:
        """Type a command that reaches both servers: by the ports at which they are on this machine."""
        source, target = (f"{HOST}:{it.port}" for it in (self.sides.source, self.sides.target))
        self.ferry(
            *arguments, "--source-address", source, "--target-address", target,
            accepted=accepted, told=told,
        )  # fmt: skip
