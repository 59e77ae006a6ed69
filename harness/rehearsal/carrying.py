"""A rehearsal's migration, once its environment is deployed: the runbook, with writers that go on."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from harness.rehearsal import by_hand
from harness.rehearsal.comparing import NotEqualError
from harness.rehearsal.database import HOST
from harness.rehearsal.planting import Planting
from harness.rehearsal.project import ENVIRONMENT
from harness.rehearsal.source import DMS_USER
from harness.rehearsal.writers import Writers, wrongs
from harness.steps import duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.rehearsal.comparing import Sides
    from harness.rehearsal.source import Source
    from harness.steps import Steps

TABLES = 60
_SECONDS_BETWEEN_LOOKS = "1"


class Ferry(Protocol):
    """Types a command of ferry's."""

    def __call__(
        self,
        *arguments: str,
        accepted: tuple[int, ...] = (0,),
        told: Callable[[str], None] | None = None,
    ) -> None:
        """Run it.

        Args:
            arguments: The command, without `ferry`.
            accepted: How it may end.
            told: Is given each line that it prints; by default they are shown.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrying:
    """The steps from a deployed environment to two sides that are equal.

    Args:
        steps: Where they are shown.
        ferry: Types a command.
        sides: Both databases, for those who may read everything.
        source: The source, for those who sign in to it.
        seed: From which the writes follow.
        seconds_of_writing: For how long the application writes on after the first comparison.
        rows: How many rows each table of types had at first.
        seeds: How often rows are spoilt in Aurora, others each time, for ferry to find.
        commits_a_second: Of all writers together, while ferry finds what is spoilt.
    """

    steps: Steps
    ferry: Ferry
    sides: Sides
    source: Source
    seed: int
    seconds_of_writing: float
    rows: int
    seeds: int = 1
    commits_a_second: float = 60.0

    def prepare(self) -> None:
        """Everything up to the load.

        Raises:
            StepFailedError: A command refuses.
        """
        self.steps.say("by hand: let DMS read the source")
        by_hand.let_dms_in(self.sides.source, dms_user=DMS_USER)
        self.steps.say(f"make schema ferry on both sides: ferry prepare-databases {ENVIRONMENT}")
        self._reaching("prepare-databases", ENVIRONMENT, "--yes")
        self._schema("before-load")
        self.steps.say(f"say whether it can be carried: ferry check source {ENVIRONMENT}")
        self._reaching("check", "source", ENVIRONMENT, accepted=(0, 1))

    def carry(self) -> Writers:
        """Load, apply changes, compare, while an application writes; its writers, which stopped.

        Raises:
            StepFailedError: DMS does not carry it.
            NotEqualError: The sides differ, or something that was acknowledged is not there.
        """
        self.steps.say("let an application write to the source, from here to the end")
        with Writers(source=self.source.application, seed=self.seed) as writers:
            self.steps.say(f"start the tasks: ferry start {ENVIRONMENT}")
            self._reaching("start", ENVIRONMENT, accepted=(0, 1))
            self.steps.say(f"watch until all is carried: ferry watch {ENVIRONMENT}")
            self._reaching("watch", ENVIRONMENT, "--every", _SECONDS_BETWEEN_LOOKS)
            self._schema("after-load")
            self._schema("before-cutover")
            self.steps.say(f"say where it stands: ferry status {ENVIRONMENT}")
            self._reaching("status", ENVIRONMENT)
            self.steps.say("compare both sides, by means of the rehearsal's own")
            self._compare()
            self.steps.show(f"while the application wrote: {writers.commits} commits so far")
            time.sleep(self.seconds_of_writing)
            self._compare()
            self._verify(writers)
            self.steps.say("stop the application; compare again, and with what it was told")
            writers.stop()
        self.sides.wait_until_arrived()
        self._compare()
        if found := wrongs(writers.ledgers, self.sides.target):
            raise NotEqualError(f"seed {self.seed}: {'; '.join(found[:20])}")
        self.steps.show(f"{writers.commits} acknowledged commits: none lost, none doubled")
        return writers

    def stop(self) -> None:
        """Stop the tasks."""
        self.steps.say(f"stop the tasks: ferry stop {ENVIRONMENT}")
        self.ferry("stop", ENVIRONMENT)

    def _compare(self) -> None:
        began = time.monotonic()
        rows = self.sides.compare()
        took = duration(time.monotonic() - began)
        self.steps.show(f"{rows} rows of {TABLES} tables are equal ({took})")

    def _verify(self, writers: Writers) -> None:
        """Have ferry compare both sides, with rows spoilt and without, while the application writes."""
        usual, writers.commits_a_second = writers.commits_a_second, self.commits_a_second
        for number in range(self.seeds):
            planting = Planting(target=self.sides.target, seed=self.seed + number, rows=self.rows)
            is_late = bool(number % 2)
            late = f", a task {'three seconds' if is_late else 'not'} behind" if number else ""
            self.steps.say(
                f"spoil rows in Aurora, seed {planting.seed}{late}: ferry verify {ENVIRONMENT}"
            )
            count = planting.plant()
            lines: list[str] = []
            began, commits = time.monotonic(), writers.commits
            late_ones = planting.lagging("shop.counters", catch_up=self.sides.wait_until_arrived)
            with late_ones if is_late else nullcontext():
                self._reaching(
                    "verify", ENVIRONMENT, "--json", "--keys", accepted=(4,), told=lines.append
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
        self.steps.say(f"compare every row of what is equal: ferry verify {ENVIRONMENT}")
        self._reaching("verify", ENVIRONMENT)

    def _schema(self, phase: str) -> None:
        self.steps.say(f"carry the schema: ferry schema {ENVIRONMENT} {phase}")
        self._reaching("schema", ENVIRONMENT, phase, "--yes", accepted=(0, 1))

    def _reaching(
        self,
        *arguments: str,
        accepted: tuple[int, ...] = (0,),
        told: Callable[[str], None] | None = None,
    ) -> None:
        """A command that reaches both servers: by the ports at which they are on this machine."""
        source, target = (f"{HOST}:{it.port}" for it in (self.sides.source, self.sides.target))
        self.ferry(
            *arguments, "--source-address", source, "--target-address", target,
            accepted=accepted, told=told,
        )  # fmt: skip
