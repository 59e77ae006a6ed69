"""Connections to the source and the target, as DMS makes them."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq, sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from local_aws.dms_worker.job import Endpoint

# How values are written: alike on both sides and in the stream, whatever the servers' own settings
# are. A table takes as long as it takes, and nobody ends a session that waits for the other side.
# Without row_security row security would leave out rows without a word; so the table errs. No
# source says that DMS does either.
_OPTIONS = (
    "-c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3 -c bytea_output=hex "
    "-c timezone=UTC -c lc_monetary=C -c xmloption=content -c row_security=off -c lock_timeout=0 "
    "-c statement_timeout=0 -c idle_session_timeout=0 -c idle_in_transaction_session_timeout=0"
)
# Classes of errors that pass: the connection, a deadlock, a server that is full, ending or broken;
# and of others those of a lock, of a slot in use, and of a server that is still a standby.
# https://www.postgresql.org/docs/15/errcodes-appendix.html
_PASSING_CLASSES = ("08", "40", "53", "57", "58")
_PASSING = ("55P03", "55006", "25006")
_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_BETWEEN_PROBES = 10.0
_SECONDS_TO_STOP = 5.0


def connect_source(
    endpoint: Endpoint, stopping: threading.Event, **more: str
) -> psycopg.Connection[Any]:
    """A connection to the source, which prints names in full.

    Args:
        endpoint: The source.
        stopping: Ends what waits, as `_watch` says.
        more: Other parameters of libpq.

    Raises:
        psycopg.OperationalError: It cannot be reached, or refuses.
    """
    return _connect(endpoint, stopping, options=f"{_OPTIONS} -c search_path=", **more)


def connect_target(endpoint: Endpoint, stopping: threading.Event) -> psycopg.Connection[Any]:
    """A connection to the target, after the script that the endpoint runs on each.

    It keeps its own search path: functions and operators of keys, checks and triggers may need it.

    Raises:
        psycopg.Error: It cannot be reached, or the script fails.
    """
    connection = _connect(endpoint, stopping, options=_OPTIONS)
    if endpoint.after_connect:
        # As the endpoint has it: several statements, whatever they are.
        connection.execute(endpoint.after_connect.encode())
    return connection


def _connect(endpoint: Endpoint, stopping: threading.Event, **more: str) -> psycopg.Connection[Any]:
    parameters: dict[str, Any] = {**endpoint.parameters, **more}
    connection = psycopg.connect(**parameters, autocommit=True)
    threading.Thread(target=_watch, args=(connection, endpoint, stopping), daemon=True).start()
    return connection


def _watch(
    connection: psycopg.Connection[Any], endpoint: Endpoint, stopping: threading.Event
) -> None:
    """End what waits for a server that no longer answers, or for longer than a stop allows.

    A statement may wait as long as its server lives, as for somebody's lock. One that is still at
    work some seconds after `stopping` is cancelled: it is rolled back, and done after a resume.

    Neither keepalives nor tcp_user_timeout see a server that is halted, or something in between
    that takes bytes and hands none on. Whether the server lives a new connection tells.
    """
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        busy_since = stopped_at = None
        while not connection.closed:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            now = time.monotonic()
            if connection.pgconn.transaction_status != pq.TransactionStatus.ACTIVE:
                busy_since = None
                continue
            busy_since = busy_since or now
            if stopping.is_set():
                stopped_at = stopped_at or now
                if now - stopped_at > _SECONDS_TO_STOP:
                    with suppress(psycopg.Error):
                        connection.cancel_safe(timeout=_SECONDS_TO_STOP)
            if now - busy_since > _SECONDS_BETWEEN_PROBES:
                busy_since = None
                if not _lives(endpoint):
                    with suppress(OSError):
                        line.shutdown(socket.SHUT_RDWR)
                    return


def _lives(endpoint: Endpoint) -> bool:
    try:
        psycopg.connect(**endpoint.parameters).close()  # type: ignore[arg-type]  # libpq's names
    except psycopg.errors.ConnectionTimeout:
        return False
    except psycopg.Error:
        return True  # A refusal is an answer too.
    return True


def why_not_connected(endpoint: Endpoint) -> str:
    """What stands in the way of a connection, in the server's words or libpq's; empty for nothing."""
    try:
        psycopg.connect(**endpoint.parameters).close()  # type: ignore[arg-type]  # libpq's names
    except psycopg.Error as error:
        # Before it, libpq says where it connected to: for DMS that is elsewhere.
        return first_line(error).rpartition(" failed: ")[2]
    return ""


def passes(error: BaseException) -> bool:
    """Whether what failed may do so no longer a moment later, whatever it was asked.

    psycopg's OperationalError is no answer: it is also a value that is too large for an index.
    """
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate[:2] in _PASSING_CLASSES or error.sqlstate in _PASSING


def first_line(error: BaseException) -> str:
    """What a server said, without its details, which may hold values."""
    return str(error).strip().partition("\n")[0]


def wal_end(source: psycopg.Connection[Any]) -> int:
    """The position behind all that the source has written."""
    row = source.execute("select pg_catalog.pg_current_wal_insert_lsn() - '0/0'").fetchone()
    return int(row[0]) if row else 0


def sender_timeout_seconds(source: psycopg.Connection[Any]) -> float:
    """After how long the source ends a replication that nobody answers for; a minute where it does not.

    https://www.postgresql.org/docs/15/runtime-config-replication.html, wal_sender_timeout
    """
    row = source.execute(
        "select setting::int from pg_catalog.pg_settings where name = 'wal_sender_timeout'"
    ).fetchone()
    return (row and row[0] / 1000) or 60.0


def drop_slot(source: Endpoint, name: str) -> None:
    """Drop a task's slot, as DMS does with the task; one that is out of reach or gone is left."""
    with suppress(psycopg.Error), connect_source(source, threading.Event()) as connection:
        connection.execute("select pg_catalog.pg_drop_replication_slot(%s)", [name])


def rows_of(
    connection: psycopg.Connection[Any], query: sql.Composable
) -> Iterator[tuple[str | None, ...]]:
    """The rows of a query, each value as PostgreSQL prints it."""
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("copy ({}) to stdout").format(query)) as rows,
    ):
        yield from rows.rows()


def names(columns: Iterable[str]) -> sql.Composable:
    """Names, quoted, with commas between them."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))
