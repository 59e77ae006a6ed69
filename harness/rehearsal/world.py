"""An environment that is cut over and rolled back again and again, with all that takes part in it."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import psycopg

from harness.rehearsal.acknowledged import PLACES, Writer, wrongs
from harness.rehearsal.wrong import WrongError, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from harness.postgres import Postgres
    from harness.rehearsal.acknowledged import Ends
    from harness.rehearsal.ferries import Ended, Ferries
    from settings.environment import Environment

_ROWS: Final = "select writer, number, id, changed from ledger"
_SEQUENCE: Final = "select last_value from ledger_id_seq"
_PHASE: Final = """
select phase from ferry.journal where phase is not null and run = (
  select run from ferry.journal where step = 'save' and state = 'kept'
  order by split_part(id, '/', 1)::int desc limit 1)"""


class Provider(threading.Thread):
    """A provider's own superuser, who writes to a database of its own and has a session in another.

    Attributes:
        beats: How often it has written.
        ended: How often a session of its own was ended.
    """

    def __init__(self, own: Mapping[str, str], carried: Mapping[str, str]) -> None:
        super().__init__(daemon=True)
        self._own, self._carried = dict[str, Any](own), dict[str, Any](carried)
        self.stops = threading.Event()
        self.beats = self.ended = 0

    def run(self) -> None:
        """Write until it is stopped."""
        while not self.stops.wait(0.2):
            is_there = False
            with (
                suppress(psycopg.Error),
                psycopg.connect(**self._carried, autocommit=True) as idle,
                psycopg.connect(**self._own, autocommit=True) as own,
            ):
                is_there = True
                while not self.stops.wait(0.2):
                    own.execute("update heartbeat set at = clock_timestamp()")
                    idle.execute("select 1")
                    self.beats += 1
            self.ended += is_there and not self.stops.is_set()


class Line(Protocol):
    """The network between somebody and a server."""

    def cut(self) -> AbstractContextManager[None]:
        """End what is open, and let nobody through meanwhile."""

    def swallow(self) -> AbstractContextManager[None]:
        """Take everything and hand nothing on meanwhile; then end what was open."""

    def hold(self) -> AbstractContextManager[None]:
        """Take everything, and hand it on afterwards."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """The network to a server: each of both goes by one of its own."""

    ferry: Line
    dms: Line


@dataclass(kw_only=True)
class World:
    """An environment that is cut over and rolled back again and again.

    Args:
        environment: It.
        ferries: Types commands.
        options: What each command gets besides: where the servers are.
        databases: Each database that is carried, for one who may read all.
        applications: The same for the application.
        servers: Both servers, by place.
        lines: The network to them, by place; none where nobody stands between.
        providers: The providers' sessions.
        tell: Is told what is done, a line each.
    """

    environment: Environment
    ferries: Ferries
    options: tuple[str, ...]
    databases: Sequence[Ends]
    applications: Sequence[Ends]
    servers: Mapping[str, Postgres]
    lines: Mapping[str, Lines] = field(default_factory=dict)
    providers: Sequence[Provider] = ()
    tell: Callable[[str], None] = lambda _: None
    writers: list[Writer] = field(default_factory=list)
    late: list[Writer] = field(default_factory=list)
    """Those that wrote just before something was closed."""
    meanwhile: list[threading.Thread] = field(default_factory=list)
    """What brings a line back."""
    over: threading.Event = field(default_factory=threading.Event)
    """Is set when the command that was typed has ended."""
    restarts: int = 0
    rows: int = 0
    """How many were counted last."""

    @contextmanager
    def writing(self, *, writers: int = 1, pause_seconds: float = 0.1) -> Iterator[None]:
        """An application that writes to each database."""
        self.writers = [
            Writer(ends, number, pause_seconds=pause_seconds)
            for number, ends in enumerate(list(self.applications) * writers, 1)
        ]
        for each in self.writers:
            each.start()
        try:
            yield
        finally:
            for each in self.writers:
                each.stops.set()
            for each in self.writers:
                each.join()

    def phase(self, place: str) -> str | None:
        """How far the newest run is, by its row at the side that it closes."""
        rows = self.databases[0].rows(place, _PHASE)
        return str(rows[0][0]) if rows else None

    def typed(self, command: str, **more: Any) -> Ended:  # noqa: ANN401 - those of `Ferries.run`
        """Type a cutover or a rollback."""
        name = self.environment.name
        return self.ferries.run(command, name, "--yes", name, *self.options, **more)

    def are_at(self, place: str) -> None:
        """Wait until all writers write there, and see that they go on.

        Raises:
            WrongError: They do not.
        """
        eventually(lambda: {it.place for it in self.writers} == {place}, f"all write at {place}")
        had = [len(it.placed) for it in self.writers]
        eventually(
            lambda: all(len(it.placed) > n for it, n in zip(self.writers, had, strict=True)),
            f"all go on at {place}",
        )
        if both := [each for it in self.writers for each in it.both]:
            raise WrongError(f"both sides were open at once: {', '.join(both)}")

    def count(self, place: str) -> None:
        """See that a side has what was acknowledged, and that the other one gets the same.

        Writers are held up meanwhile.

        Raises:
            WrongError: It has not.
        """
        with ExitStack() as stack:
            for each in self.databases:
                holder = stack.enter_context(each.connect(place))
                stack.enter_context(holder.transaction())
                # nobody writes, and the table is read
                holder.execute("set transaction read write")
                holder.execute("lock table ledger in exclusive mode")
            found, self.rows = [], 0
            for ends, application in zip(self.databases, self.applications, strict=True):
                rows: Any = ends.rows(place, _ROWS)
                ((last,),) = ends.rows(place, _SEQUENCE)
                those = [it for it in (*self.writers, *self.late) if it.ends is application]
                found += wrongs(those, rows, last)
                self.rows += len(rows)
            if found:
                more = f" and {len(found) - 9} more" if len(found) > 9 else ""  # noqa: PLR2004 - enough to read
                raise WrongError(f"at {place}: {'; '.join(found[:9])}{more}")
            other = PLACES[1 - PLACES.index(place)]
            for ends in self.databases:
                eventually(partial(_are_alike, ends), f"{other} has what {place} has")


def _are_alike(ends: Ends) -> bool:
    there = [ends.rows(place, f"{_ROWS} order by id") for place in PLACES]
    return there[0] == there[1]
