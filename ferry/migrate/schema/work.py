"""The databases of an environment, and what a phase does with each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ferry.migrate.schema import carrying, transformations
from ferry.migrate.schema.drift import drift
from ferry.migrate.schema.order import orders
from ferry.migrate.schema.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferry.findings import Finding
    from ferry.migrate.schema.given import Given
    from ferry.migrate.schema.steps import Orders, Step
    from ferry.migrate.sides import Sides
    from settings.databases import Database
    from settings.dms import Task
    from settings.environment import Environment

_EARLIER: Final = frozenset({"schema-order", "schema-unprepared"})
"""What is found where an earlier phase or command was not done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """A database that is carried.

    Args:
        sides: How ferry reaches it at both ends, and as whom DMS does.
        tasks: The tasks that carry it.
        environment: The environment's name.
    """

    sides: Sides
    tasks: tuple[Task, ...]
    environment: str

    @property
    def keepers(self) -> tuple[str, ...]:
        """Who may connect to Aurora until the cutover, beside the database's owner."""
        return (self.sides.target.dms_user, self.sides.target.server.username)

    def orders(self, phase: Phase) -> Orders:
        """What a phase would do; both ends are read, nothing is changed.

        Args:
            phase: The phase.

        Raises:
            FerryError: A server refuses or does not answer, or there is no pg_dump.
        """
        given = self._look()
        decided = orders(phase, given)
        renamed = transformations.findings(self.tasks, given.wanted)
        return replace(decided, findings=(*renamed, *decided.findings))

    def left(self) -> dict[Phase, Orders]:
        """What each phase of `ferry schema` would do now: nothing where it is done.

        What an earlier phase or command is to make is said of that one alone.

        Raises:
            FerryError: As `orders`.
        """
        return _left(self._look())

    def standing(self, reached: Phase) -> tuple[dict[Phase, Orders], tuple[Finding, ...]]:
        """What is `left`, and the `drift`, of one look at both ends.

        Args:
            reached: The last phase that was done.

        Raises:
            FerryError: As `orders`.
        """
        given = self._look()
        return _left(given), drift(reached, given)

    def drift(self, reached: Phase) -> tuple[Finding, ...]:
        """Where Aurora's schema is not what it should be by now; `right` alone where it is.

        Args:
            reached: The last phase that was done.

        Raises:
            FerryError: As `orders`.
        """
        return drift(reached, self._look())

    def closed(self) -> list[Finding]:
        """Whether nobody else may connect to it in Aurora: no finding where that is so.

        Raises:
            FerryError: As `orders`.
        """
        return carrying.closed(self.sides.target.server, self.keepers)

    def _look(self) -> Given:
        return carrying.look(
            self.sides.source.server,
            self.sides.target.server,
            keepers=self.keepers,
            reader=self.sides.source.dms_user,
            environment=self.environment,
            control_schemas=tuple(dict.fromkeys(task.control_schema for task in self.tasks)),
        )


def _left(given: Given) -> dict[Phase, Orders]:
    found = {}
    for phase in (Phase.BEFORE_LOAD, Phase.AFTER_LOAD, Phase.BEFORE_CUTOVER):
        decided = orders(phase, given)
        own = tuple(it for it in decided.findings if it.check not in _EARLIER)
        found[phase] = replace(decided, findings=own)
    return found


def works(environment: Environment, reach: Callable[[Database], Sides]) -> tuple[Work, ...]:
    """The databases that an environment carries.

    Args:
        environment: The environment.
        reach: How both ends of a database are reached.

    Raises:
        NoMigrationError: It carries none.
        FerryError: A secret or a certificate is missing.
    """
    migration = environment.migration
    tasks = list(migration.tasks)
    return tuple(
        Work(
            sides=reach(database),
            tasks=tuple(task for task, carried in tasks if carried == database),
            environment=environment.name,
        )
        for database in migration.databases
    )


def carry_out(
    decided: Sequence[tuple[Work, Orders]],
    phase: Phase,
    *,
    tell: Callable[[Step], None] = lambda _: None,
) -> Iterator[carrying.Done]:
    """Do what was decided, one database after the other, each step told when it is done.

    Roles are the whole server's: what the first database made, the others need not make again, so
    that these are looked at anew.

    Args:
        decided: The databases, and what is to be done with each.
        phase: The phase.
        tell: Is told of each step that reads rows before it begins.

    Raises:
        FerryError: A server is out of reach; what was done is done.
    """
    for position, (work, first) in enumerate(decided):
        steps = first.steps if position == 0 else work.orders(phase).steps
        yield from carrying.carry(
            work.sides.source.server, work.sides.target.server, steps, tell=tell
        )
