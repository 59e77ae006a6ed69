"""Ends a migration: stops its tasks, drops what it has left on both sides.

What there is to do is read from what is there, so that a run that was killed is gone on with by the next. The
journal has when it began, which gives up the way back, and what was dropped.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ferry.migrate.alone import Doing, alone
from ferry.migrate.cutover import journal, leg_slots
from ferry.migrate.cutover.journal import State
from ferry.migrate.cutover.running import BY
from ferry.migrate.cutover.standing import FINISH
from ferry.migrate.finish.reading import see
from ferry.migrate.finish.things import Kind, in_order
from ferry.migrate.waiting import RUNNING, interruption_told, settled, stop
from ferry.postgres import apart, connect, sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ferry.deployment import Deployment
    from ferry.migrate.alone import Alone
    from ferry.migrate.cutover.journal import Journal
    from ferry.migrate.finish.gate import Seen
    from ferry.migrate.sides import Sides
    from settings.databases import Database

_PURPOSE: Final = "drop what the migration has left"


@dataclass(frozen=True, kw_only=True)
class Finishing:
    """A migration that is about to be finished, by one alone.

    Args:
        deployment: The environment as it is deployed.
        sides: The way to both ends of a database.
        held: The locks.
        journal: The journal, with a session at each side.
    """

    deployment: Deployment
    sides: Callable[[Database], Sides]
    held: Sequence[Alone]
    journal: Journal

    def see(self) -> Seen:
        """What is seen of it now.

        Raises:
            FerryError: As `reading.see`.
        """
        return see(self.deployment, self.sides)

    def go(self, seen: Seen, by: Mapping[str, Any], *, tell: Callable[[str], None]) -> None:
        """Do all that is left to do.

        Args:
            seen: What is seen of it, and nothing stands against it.
            by: Who does it, for the journal: names, versions and findings.
            tell: Is told what was done, a line each.

        Raises:
            FerryError: Something could not be done; the next run goes on from there.
        """
        self.journal.run = seen.run
        self.journal.write(BY, State.KEPT, environment=seen.environment, **by)
        self.journal.write(FINISH, State.BEGUN)
        with interruption_told(
            f"Interrupted: {seen.environment} is being finished, and nobody goes back any more.",
            f"It goes on with what is left: ferry finish {seen.environment}",
        ):
            dropped = self._finish(seen, tell)
        self.journal.write(FINISH, State.DONE, dropped=dropped)

    def _finish(self, seen: Seen, tell: Callable[[str], None]) -> list[str]:
        """Stop the tasks and drop what is left; return what was dropped."""
        self._stop(seen, tell)
        dropped: list[str] = []
        for end in seen.ends:
            drops, _ = seen.of(end)
            if not drops:
                continue
            sides = self.sides(end.of)
            side = sides.source if end.at_source else sides.target
            with connect(side.server, purpose=_PURPOSE, read_only=False) as session:
                for each in in_order(drops):
                    self._still()
                    if each.kind is Kind.SLOT:
                        leg_slots.drop_unread(session, each.name)
                    else:
                        session.execute(sql.SQL(each.sql))
                    dropped.append(f"{each.kind} {each.name} {end.where}")
                    tell(f"dropped the {dropped[-1]}")
        return dropped

    def _stop(self, seen: Seen, tell: Callable[[str], None]) -> None:
        """Stop all tasks that run, and wait for those that stop by themselves."""
        self._still()
        for task in stop(self.deployment, seen.running):
            tell(f"stopped the task {task.name}")
        passing = {it.name for it in seen.running if it.status not in RUNNING}
        for task in settled(self.deployment, passing, passing={*RUNNING, "stopping"}):
            tell(f"the task {task.name} is {task.status}")

    def _still(self) -> None:
        for each in self.held:
            each.still()


@contextmanager
def opened(deployment: Deployment, sides: Callable[[Database], Sides]) -> Iterator[Finishing]:
    """A migration that nobody else starts, carries, cuts over or finishes meanwhile.

    Raises:
        FerryError: Somebody does, or a server refuses.
    """
    environment = deployment.environment
    reached = [sides(database) for database in environment.carried]
    ends = (reached[0].source.server, reached[0].target.server)
    command = f"finish {environment.name}"
    with ExitStack() as stack:
        held = [
            stack.enter_context(alone(servers, doing, command=command))
            for servers, doing in (
                (ends, Doing.CUTOVER),
                ([it.source.server for it in reached], Doing.TASKS),
                ([it.target.server for it in reached], Doing.SCHEMA),
            )
        ]
        source, target = (
            stack.enter_context(connect(server, purpose=_PURPOSE, read_only=False))
            for server in ends
        )
        apart(source, target)
        yield Finishing(
            deployment=deployment,
            sides=sides,
            held=held,
            journal=journal.opened(environment.name, journal.new_run(), source, target),
        )
