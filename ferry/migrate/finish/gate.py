"""Whether a migration can be finished: what stands against it, and what somebody should look at. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from facts.identifiers import identifier
from ferry.findings import blocked, right, warning
from ferry.migrate.finish.things import Kind, sort
from ferry.migrate.ways import Direction
from ferry.words import capital, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ferry.errors import FerryError
    from ferry.findings import Finding
    from ferry.migrate.cutover.switching.cname import Cname
    from ferry.migrate.finish.things import Drop, End, Left
    from ferry.migrate.tasks import Task
    from settings.cutover import Rollback

_AT_WORK: Final = frozenset({"starting", "running", "stopping"})


_VERBS: Final = {Kind.TABLE: "read and drop"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What is seen of a migration that is to be finished.

    Args:
        environment: Its name.
        at: When.
        tasks: All of its tasks: the file's, and those back and forward again.
        ends: The databases of both sides.
        against: Why it is not the time for it; None where it is.
        run: The cutover's id; empty where there is none.
        let_in: Who may connect to the source although it was closed, each with the database.
        noise: That somebody is connected to the source, or writes there; None where nobody is.
        rollback: What the file says of the way back.
        goes_back: Whether there is one.
        is_begun: Whether it was begun before: what the way back needs may be gone.
        is_over: Whether it was done before.
        uncompared: The tables for which the cutover's window had no time, and that nobody has seen to be the
            same since.
        record: The applications' record as it was before a cutover gave it a low TTL, which it has still;
            None where none did.
    """

    environment: str
    at: datetime
    tasks: tuple[Task, ...]
    ends: tuple[End, ...]
    rollback: Rollback
    against: FerryError | None = None
    run: str = ""
    let_in: tuple[tuple[str, str], ...] = ()
    noise: FerryError | None = None
    goes_back: bool = True
    is_begun: bool = False
    is_over: bool = False
    uncompared: tuple[str, ...] = ()
    record: Cname | None = None
    _sorted: dict[int, tuple[list[Drop], list[Left]]] = field(
        # Of these ends alone: another's may have the number that one of these had.
        default_factory=dict,
        init=False,
        compare=False,
    )

    @property
    def running(self) -> tuple[Task, ...]:
        """The tasks that are to be stopped."""
        return tuple(it for it in self.tasks if it.status in _AT_WORK)

    def of(self, end: End) -> tuple[list[Drop], list[Left]]:
        """What of a database goes, and what looks like it and stays."""
        if id(end) not in self._sorted:
            self._sorted[id(end)] = sort(end)
        return self._sorted[id(end)]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left to stop or to drop."""
        return not self.running and not any(self.of(end)[0] for end in self.ends)


def judge(seen: Seen) -> Iterator[Finding]:
    """The preconditions, in order.

    Args:
        seen: What is seen.
    """
    name = seen.environment
    if seen.against is not None:
        yield blocked(
            "standing",
            seen.against.why,
            why="What is dropped is what a cutover and the way back from it need.",
            remedy=seen.against.remedy,
        )
    else:
        yield right(
            "standing", f"{name} is cut over: the applications write to Aurora (run {seen.run})."
        )
        if not seen.is_begun:
            yield from _stragglers(seen)
            yield from _deadline(seen)
            yield from _uncompared(seen)
    yield from _rights(seen)


def _stragglers(seen: Seen) -> Iterator[Finding]:
    why = "What is written there is in no other database, and nothing carries it any more."
    by_database: dict[str, list[str]] = {}
    for role, database in seen.let_in:
        by_database.setdefault(database, []).append(role)
    for database, roles in by_database.items():
        yield blocked(
            "stragglers",
            f"Others may connect to {database} at the source, which the cutover had closed: "
            f"{listed(sorted(roles))}.",
            why=why,
            remedy=f"Close it again there: REVOKE CONNECT ON DATABASE {identifier(database)} FROM ...; from "
            "them, or from PUBLIC, or a role that they are members of",
        )
    if seen.noise is not None:
        yield blocked(
            "stragglers",
            seen.noise.why,
            why=why,
            remedy=seen.noise.remedy or "End what they do there; then run this again.",
        )
    if not seen.let_in and seen.noise is None:
        yield right("stragglers", "The source is closed, and nobody is connected or writes there.")


def _deadline(seen: Seen) -> Iterator[Finding]:
    if not seen.goes_back:
        yield right("deadline", "There is no way back that would be given up.")
        return
    until = seen.rollback.until
    if until is not None and seen.at < until:
        yield warning(
            "deadline",
            f"cutover.rollback.deadline, {seen.rollback.deadline}, is not over.",
            why="Until then the file promises a way back, and this gives it up.",
            remedy="Ask who decides; nothing else stands against it",
        )
    elif until is None:
        yield right("deadline", "The file sets no cutover.rollback.deadline.")
    else:
        yield right("deadline", f"cutover.rollback.deadline, {seen.rollback.deadline}, is over.")


def _uncompared(seen: Seen) -> Iterator[Finding]:
    if seen.uncompared:
        yield warning(
            "rows",
            f"The cutover's window had no time for tables, and nobody has seen since that they are the same: "
            f"{listed(seen.uncompared)}.",
            why="Nothing compares both sides any more once this has begun.",
            remedy=f"Compare them before: ferry verify {seen.environment}{Direction.BACK.option}",
        )


def _rights(seen: Seen) -> Iterator[Finding]:
    closed = [(end, it) for end in seen.ends for it in seen.of(end)[0] if it.owner]
    for end, it in closed:
        yield blocked(
            "rights",
            f"{end.role} may not {_VERBS.get(it.kind, 'drop')} the {it.kind} {it.name} {end.where}: it is {it.owner}'s.",
            why="It would be left.",
            remedy=f"{capital(end.direction.at[0])}: GRANT {identifier(it.owner)} TO "
            f"{identifier(end.role)}; or drop it as that "
            f"role: {it.sql}",
        )
    kept = [
        end
        for end in seen.ends
        if not end.drops_slots and any(it.kind is Kind.SLOT for it in seen.of(end)[0])
    ]
    for end in kept:
        user = identifier(end.role)
        yield blocked(
            "rights",
            f"{end.role} may not drop the replication slots {end.where}.",
            why="They would be left, and keep the write-ahead log until the disk is full.",
            remedy=f"{capital(end.direction.at[0])}, as a superuser: ALTER ROLE {user} REPLICATION; or where it is "
            f"RDS's or Aurora's: GRANT rds_replication TO {user};",
        )
    if not closed and not kept:
        yield right(
            "rights", "All that is left may be dropped by the roles that ferry signs in as."
        )
