"""Asks both sides at once, each by a session of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

from ferry.migrate.verify.gentle import Held
from ferry.migrate.verify.scans import SETTINGS
from ferry.postgres import PostgresError, sql

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ferry.migrate.verify.expressions import Form
    from ferry.migrate.verify.gentle import Watch
    from ferry.postgres import Session

Rows = list[tuple[Any, ...]]
Key = tuple[str, ...]
"""A key's values as text; of a table without a key the row's hash."""

_SECONDS_BETWEEN: Final = 0.05
_UNTRANSLATABLE: Final = "22P05"
"""A character that the database's encoding has not:
https://www.postgresql.org/docs/15/errcodes-appendix.html"""


def of_keys(
    session: Session,
    statement: Callable[[Sequence[Key]], sql.Composed],
    keys: Sequence[Key],
    *,
    seconds: float,
) -> Rows:
    """What a side says of some keys: nothing of those that its encoding cannot write, as it has none.

    Args:
        session: A session at the side.
        statement: Asks for some of them.
        keys: The keys.
        seconds: For how long a statement may take.

    Raises:
        PostgresError: The server refuses, or does not answer in time.
    """
    if not keys:
        return []
    try:
        return session.rows(statement(keys), deadline_seconds=seconds)
    except PostgresError as error:
        if error.sqlstate != _UNTRANSLATABLE:
            raise
        if len(keys) == 1 and not _is_written(session, keys[0]):
            return []
        if len(keys) == 1:
            raise
    half = len(keys) // 2
    return [
        row
        for some in (keys[:half], keys[half:])
        for row in of_keys(session, statement, some, seconds=seconds)
    ]


def _is_written(session: Session, key: Key) -> bool:
    """Whether a side's encoding has all characters of a key."""
    try:
        session.rows(sql.SQL("select {}::pg_catalog.text[]").format(sql.Literal([*key])))
    except PostgresError as error:
        if error.sqlstate != _UNTRANSLATABLE:
            raise
        return False
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Sessions:
    """A session at each side; `prepared` makes them plan as scans want it.

    Args:
        source: At the source.
        target: In Aurora.
        watches: What looks after their scans.
    """

    source: Session
    target: Session
    watches: tuple[Watch, ...] = ()

    def prepare(self, form: Form | None = None) -> None:
        """Have both plan as the scans want it, and write values as a form wants them.

        Args:
            form: How rows are hashed; None where it is not known yet.

        Raises:
            PostgresError: A server refuses.
        """
        for session in (self.source, self.target):
            session.set([*SETTINGS, *(form.settings.items() if form else ())])

    def turned(self) -> Self:
        """The same with both sides in each other's place."""
        return replace(self, source=self.target, target=self.source)

    def begin(self) -> None:
        """Another table is compared from here on."""
        for watch in self.watches:
            watch.begin()

    def in_the_way(self, error: PostgresError) -> str:
        """Why a scan failed that would be done at another time; empty where that is not why."""
        return next(filter(None, (watch.why(error) for watch in self.watches)), "")

    def silence(self) -> str:
        """Which server did not answer any more; empty for none."""
        return next(filter(None, (watch.silence() for watch in self.watches)), "")

    @property
    def held(self) -> Held:
        """The longest snapshot that was held of this table, of both sides."""
        return max(
            (watch.held for watch in self.watches), key=lambda it: it.seconds, default=Held()
        )

    def both(
        self, source: sql.Composed, target: sql.Composed, *, seconds: float
    ) -> tuple[Rows, Rows]:
        """What two queries return that run at the same time. Where one fails the other is cancelled.

        Args:
            source: The source's.
            target: Aurora's.
            seconds: For how long each may take.

        Raises:
            PostgresError: A server refuses, or does not answer in time.
        """
        ended = threading.Event()
        failed: list[BaseException] = []

        def ask_there() -> Rows:
            try:
                return self.target.rows(target, deadline_seconds=seconds)
            except BaseException as error:
                failed.append(error)
                # Again and again: what is to be given up may not have begun yet.
                while not ended.wait(_SECONDS_BETWEEN):
                    self.source.cancel()
                raise

        with ThreadPoolExecutor(max_workers=1) as pool:
            there = pool.submit(ask_there)
            try:
                here = self.source.rows(source, deadline_seconds=seconds)
                ended.set()
                return here, there.result()
            except BaseException:
                ended.set()
                if failed:
                    raise failed[0] from None
                while not there.done():
                    self.target.cancel()
                    wait([there], timeout=_SECONDS_BETWEEN)
                raise
