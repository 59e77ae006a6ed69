"""Looks after the scans of both sides, by a session of its own on each.

Each second: whether somebody waits for a lock behind a scan, which is then cancelled (a scan's own lock
harms nobody, but an ALTER TABLE that waits for it makes every writer wait behind itself); how long the
scan's snapshot has been held; and whether the server answers at all: one that is halted takes no cancel,
so that the scan's line is cut.

Source: https://www.postgresql.org/docs/15/explicit-locking.html and, of snapshots,
https://www.postgresql.org/docs/15/routine-vacuuming.html
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.postgres import NoAnswerError, PostgresError, UnreachableError, connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.postgres import Session

SECONDS_BETWEEN_LOOKS: Final = 1.0
SECONDS_OF_A_LOOK: Final = 10.0
MOST_SILENT: Final = 2
"""After so many looks in a row without an answer the scan is given up."""

_PURPOSE: Final = "look after the scans"
_PID: Final = "select pg_catalog.pg_backend_pid()"
# Of locks that wait alone: each call of pg_blocking_pids stops the lock manager for a moment.
_LOOK: Final = """
select exists (
    select from pg_catalog.pg_locks l
    where not l.granted and %s = any(pg_catalog.pg_blocking_pids(l.pid))),
  extract(epoch from pg_catalog.clock_timestamp() - a.query_start)::float8,
  pg_catalog.age(a.backend_xmin)
from (select) one left join pg_catalog.pg_stat_activity a
  on a.pid = %s and a.state = 'active' and a.backend_xmin is not null"""
_LOCK_NOT_AVAILABLE: Final = "55P03"


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """The longest snapshot that a comparison held: what was deleted meanwhile could not be cleaned up.

    Args:
        seconds: For how long.
        transactions: How many transactions began meanwhile: the age of its xmin.
    """

    seconds: float = 0.0
    transactions: int = 0


class Watch:
    """Looks after the scans of one session, in a thread of its own."""

    def __init__(self, scanning: Session) -> None:
        self._scanning = scanning
        ((self._pid,),) = scanning.rows(_PID)
        self._ended = threading.Event()
        self._looking: Session | None = None
        self._stack = ExitStack()
        self.begin()

    def begin(self) -> None:
        """Another table is compared from here on."""
        self.is_in_the_way = False
        self.is_silent = False
        self.held = Held()

    @contextmanager
    def running(self) -> Iterator[None]:
        """For as long as there may be scans.

        Raises:
            PostgresError: The server has no session for it.
        """
        thread = threading.Thread(target=self._run, daemon=True)
        with self._stack:
            self._connect()
            thread.start()
            try:
                yield
            finally:
                self._ended.set()
                if self.is_silent and self._looking:
                    self._looking.cancel()
                thread.join()

    def why(self, error: PostgresError) -> str:
        """Why a scan was given up that would be done at another time; empty where that is not why."""
        side = self._scanning.server.side
        if self.is_in_the_way:
            return f"Somebody waited behind its scan at {side}, so the scan was cancelled."
        if error.sqlstate == _LOCK_NOT_AVAILABLE:
            return "Somebody held a lock on it for more than five seconds."
        return ""

    def silence(self) -> str:
        """That the server did not answer; empty where it did."""
        if not self.is_silent:
            return ""
        return f"{self._scanning.server.subject} did not answer any more, so its scan was given up."

    def _connect(self) -> Session:
        self._looking = self._stack.enter_context(connect(self._scanning.server, purpose=_PURPOSE))
        return self._looking

    def _run(self) -> None:
        silent = 0
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            try:
                self._look(self._looking or self._connect())
                silent = 0
            except PostgresError as error:
                self._looking = None
                self._stack.close()
                if isinstance(error, UnreachableError | NoAnswerError):
                    silent += 1
                if silent >= MOST_SILENT:
                    self.is_silent = True
                    self._scanning.cancel()

    def _look(self, session: Session) -> None:
        ((is_waited_for, seconds, transactions),) = session.rows(
            _LOOK, [self._pid, self._pid], deadline_seconds=SECONDS_OF_A_LOOK
        )
        if seconds is not None and seconds > self.held.seconds:
            self.held = Held(seconds=seconds, transactions=transactions)
        if is_waited_for:
            self.is_in_the_way = True
            self._scanning.cancel()


@contextmanager
def watching(sessions: Sequence[Session]) -> Iterator[tuple[Watch, ...]]:
    """Look after the scans of some sessions.

    Raises:
        PostgresError: A server has no session for it.
    """
    with ExitStack() as stack:
        watches = tuple(map(Watch, sessions))
        for each in watches:
            stack.enter_context(each.running())
        yield watches
