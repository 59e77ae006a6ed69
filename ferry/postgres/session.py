"""A connection that always ends: each statement has a deadline, whatever the network does."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, LiteralString, Self

import psycopg
from psycopg import sql

from ferry.postgres.failures import PostgresError, failed, nameless, no_answer, refused_connection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.postgres.server import Address, Server

Statement = LiteralString | sql.SQL | sql.Composed
"""What is run: text of ferry's own, never of data; names are put in by `sql.Identifier`."""

DEADLINE_SECONDS: Final = 30.0
"""For how long a statement may take where nothing else is said."""

_SSL_MODES: Final = {"none": "disable"}
"""How libpq calls those of DMS's modes that it calls otherwise."""

# Keepalives see a machine that is gone. The deadline sees the rest: a server that is halted, or
# something in between that takes bytes and hands none on.
_NETWORK: Final[dict[str, Any]] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "gssencmode": "disable",
}
# Alike on both sides, whatever the servers' own settings are. No name is found by a search path that
# somebody else may write to: chapter 5.9.6, Usage Patterns. Without row_security = off, row security
# would leave out rows without a word.
_SETTINGS: Final = (
    ("search_path", ""),
    ("row_security", "off"),
    ("standard_conforming_strings", "on"),
    ("quote_all_identifiers", "off"),
    ("timezone", "UTC"),
    ("datestyle", "ISO, YMD"),
    ("intervalstyle", "postgres"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
    ("lc_monetary", "C"),
    ("xmloption", "content"),
    # Where roles are SERIALIZABLE by default a long scan makes writers fail.
    ("default_transaction_isolation", "read committed"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "60s"),
)
# A session waits for the other side, and has deadlines of its own. PostgreSQL 14 and 17 brought them.
_UNLIMITED: Final = (
    "select pg_catalog.set_config(name, '0', false) from pg_catalog.pg_settings "
    "where name in ('idle_session_timeout', 'transaction_timeout')"
)
_SET: Final = (
    "select pg_catalog.set_config(s.name, s.value, false) "
    "from rows from (pg_catalog.unnest(%s::pg_catalog.text[]), "
    "pg_catalog.unnest(%s::pg_catalog.text[])) s (name, value)"
)
# A server is known by when it was started, to the microsecond, whatever leads to it.
_WHICH: Final = (
    "select pg_catalog.pg_postmaster_start_time()::text, d.oid::text from pg_catalog.pg_database d "
    "where d.datname = pg_catalog.current_database()"
)
_UNGRANTED: Final = ("01006", "01007")
_SECONDS_TO_CANCEL: Final = 5
_LONGEST_MS: Final = 2**31 - 1
"""The longest that PostgreSQL takes, 24 days: a scan of terabytes may be given more."""
_NO_FILE: Final = f"{os.devnull}/none"


class Session:
    """A connection to one database; `connect` makes it.

    Statements stand alone unless they are within `transaction`. One session is for one thread.
    """

    def __init__(self, server: Server, connection: psycopg.Connection[Any], purpose: str) -> None:
        self.server = server
        self._connection = connection
        self._purpose = purpose
        self._limit_ms = -1
        self._ungranted: list[str] = []
        connection.add_notice_handler(self._notice)

    @property
    def ungranted(self) -> tuple[str, ...]:
        """What the last statement was to grant or revoke and did not, in the server's words.

        To PostgreSQL a GRANT by one who may not grant is a warning alone, where he has any right at all
        on the object (https://www.postgresql.org/docs/15/sql-grant.html, Notes).
        """
        return tuple(self._ungranted)

    def rows(
        self,
        statement: Statement,
        parameters: Sequence[object] = (),
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> list[tuple[Any, ...]]:
        """What a query returns.

        Args:
            statement: The query; values as `%s`, names by `sql.Identifier`.
            parameters: The values.
            deadline_seconds: When it is cancelled.

        Raises:
            PostgresError: The server refuses it.
            NoAnswerError: The deadline passed.
            UnreachableError: The connection ended.
        """
        return self._run(statement, parameters, deadline_seconds).fetchall()

    def execute(
        self,
        statement: Statement,
        parameters: Sequence[object] = (),
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> int:
        """Run a statement that returns no rows. Return how many rows it touched, -1 where none are.

        Args:
            statement: The statement; values as `%s`, names by `sql.Identifier`.
            parameters: The values.
            deadline_seconds: When it is cancelled.

        Raises:
            PostgresError: As `rows`.
        """
        return self._run(statement, parameters, deadline_seconds).rowcount

    def set(self, settings: Sequence[tuple[str, str]]) -> None:
        """Set some parameters of the server for as long as the session lasts, in one trip.

        Args:
            settings: Their names and values.

        Raises:
            PostgresError: As `rows`; then none is set.
        """
        self.execute(_SET, [list(names) for names in zip(*settings, strict=True)])

    def cancel(self) -> None:
        """End what another thread is asking by this session now, as if its deadline had passed.

        That thread is told `NoAnswerError`, within seconds even where the server is halted.
        """
        if (running := self._running) is not None:
            running.pass_now()

    @contextmanager
    def transaction(self, *, snapshot: bool = False) -> Iterator[None]:
        """Statements that happen together or not at all.

        Args:
            snapshot: Whether all of them see the database as it is at the first (REPEATABLE READ).

        Raises:
            PostgresError: The server refuses BEGIN or COMMIT; others pass through as they are.
        """
        self.execute("begin isolation level repeatable read" if snapshot else "begin")
        try:
            yield
            self.execute("commit")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        with suppress(psycopg.Error), _Deadline(self._connection, DEADLINE_SECONDS):
            self._connection.execute("rollback")
        self._limit_ms = -1  # What was set within is undone too.

    def _run(
        self,
        statement: Statement,
        parameters: Sequence[object],
        deadline_seconds: float,
    ) -> psycopg.Cursor[Any]:
        with _Deadline(self._connection, deadline_seconds) as deadline:
            self._running = deadline
            try:
                self._limit(deadline_seconds)
                self._ungranted.clear()
                if not parameters:
                    return self._connection.execute(statement)
                return self._connection.execute(self._spelled(statement), parameters)
            except psycopg.errors.QueryCanceled:
                raise no_answer(self.server, self._purpose, deadline_seconds) from None
            except psycopg.Error as error:
                if deadline.passed:
                    raise no_answer(self.server, self._purpose, deadline_seconds) from None
                raise failed(self.server, self._purpose, error) from None

    def _spelled(self, statement: Statement | sql.Composable) -> Statement:
        """A statement beside parameters: psycopg takes a `%` within names for one of theirs."""
        if isinstance(statement, sql.Composed):
            return sql.Composed([self._spelled(part) for part in statement])
        if isinstance(statement, sql.Identifier | sql.Literal):
            return sql.SQL(statement.as_string(self._connection).replace("%", "%%"))
        return statement  # type: ignore[return-value]  # text, or SQL: there is no other

    def _notice(self, said: psycopg.errors.Diagnostic) -> None:
        if said.sqlstate in _UNGRANTED:
            self._ungranted.append(said.message_primary or "")

    def _limit(self, seconds: float) -> None:
        """Tell the server the deadline too: it holds where ferry is killed."""
        limit_ms = min(int(seconds * 1000), _LONGEST_MS)
        if limit_ms != self._limit_ms:
            self._connection.execute(
                "select pg_catalog.set_config('statement_timeout', %s, false)", [str(limit_ms)]
            )
            self._limit_ms = limit_ms


class _Deadline:
    """Cancels what a connection is doing when its time is up; cuts the connection if that fails."""

    def __init__(self, connection: psycopg.Connection[Any], seconds: float) -> None:
        self._connection = connection
        self._at = time.monotonic() + seconds
        self._done = threading.Event()
        self._woken = threading.Event()  # It is done, or the deadline is now.
        self.passed = False

    def __enter__(self) -> Self:
        # Of its own: the connection closes its descriptor, and the number may be another's then.
        self._line = (
            None
            if self._connection.closed
            else socket.socket(fileno=os.dup(self._connection.fileno()))
        )
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._woken.set()
        self._thread.join()
        if self._line is not None:
            self._line.close()

    def pass_now(self) -> None:
        """Let it pass now, whatever time is left."""
        self._woken.set()

    def _watch(self) -> None:
        # A second later than the server, whose own limit is the same: it is the one to say so.
        self._woken.wait(self._at - time.monotonic() + 1)
        if self._done.is_set():
            return
        self.passed = True
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=_SECONDS_TO_CANCEL)
        if not self._done.wait(_SECONDS_TO_CANCEL) and self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


@contextmanager
def connect(server: Server, *, purpose: str, read_only: bool = True) -> Iterator[Session]:
    """A session with a server, closed at the end.

    Args:
        server: Where, and as whom.
        purpose: What it is for, after "could not", such as `say what it holds`; messages have it.
        read_only: Whether the server refuses whatever writes.

    Raises:
        UnreachableError: There is no way, or nobody answers within ten seconds.
        PostgresError: The server refuses.
    """
    with certificates(server) as ca_file, _connected(server, ca_file) as connection:
        session = Session(server, connection, purpose)
        session.set([*_SETTINGS, ("default_transaction_read_only", "on" if read_only else "off")])
        session.execute(_UNLIMITED)
        yield session


def apart(one: Session, other: Session) -> None:
    """Refuse two sides that are one database: what is compared would always be alike.

    An address may lead to the other side unseen where TLS does not verify the server's name.

    Raises:
        PostgresError: They are, or a server refuses.
    """
    if one.rows(_WHICH) == other.rows(_WHICH):
        raise PostgresError(
            f"{one.server.subject} ({one.server.reached_at}) and {other.server.side} "
            f"({other.server.reached_at}) are one and the same database.",
            "Look at --source-address and --target-address: one of them leads to the other side.",
        )


@contextmanager
def certificates(server: Server) -> Iterator[Path | None]:
    """A file with the authorities' certificates, for as long as the session: libpq reads files."""
    if server.ca_pem is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="ferry-") as folder:
        path = Path(folder) / "ca.pem"
        path.write_text(server.ca_pem)
        yield path


def where(server: Server, ca_file: Path | None) -> dict[str, Any]:
    """The parameters of a connection, by libpq's names, but for the password."""
    address: dict[str, Any] = {"port": server.port}
    if server.address is not None:
        address = {
            "hostaddr": _resolved(server, server.address),
            "port": server.address.port,
        }
    return {
        "host": server.host,
        **address,
        **_NETWORK,
        "dbname": server.database,
        "user": server.username,
        "sslmode": _SSL_MODES.get(server.ssl_mode, server.ssl_mode),
        # Without it libpq looks into the home folder of whoever runs this.
        "sslrootcert": str(ca_file or _NO_FILE),
        "application_name": "ferry",
        # Of a database that is SQL_ASCII texts would come as bytes.
        "client_encoding": "UTF8",
    }


@contextmanager
def _connected(server: Server, ca_file: Path | None) -> Iterator[psycopg.Connection[Any]]:
    parameters = where(server, ca_file)
    try:
        connection = psycopg.connect(**parameters, password=server.password, autocommit=True)
    except psycopg.Error as error:
        raise refused_connection(server, error) from None
    try:
        yield connection
    finally:
        connection.close()


def _resolved(server: Server, address: Address) -> str:
    """An address of the machine that `address` names; libpq takes no name beside the server's own."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise nameless(server, address.host) from None
    return str(found[0][4][0])
