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
    from local_aws.dms_worker.job import Endpoint

# How values are written: alike on both sides, whatever the servers' own settings are. A table takes
# as long as it takes, and nobody ends a session that waits for the other side.
_SETTINGS = (
    ("datestyle", "ISO"),
    ("intervalstyle", "postgres"),
    ("extra_float_digits", "3"),
    ("bytea_output", "hex"),
    ("timezone", "UTC"),
    ("lc_monetary", "C"),
    ("xmloption", "content"),
    ("statement_timeout", "0"),
    ("lock_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    # Without it row security would leave out rows without a word; so the table errs. No source says
    # that DMS does either.
    ("row_security", "off"),
)
# Classes of errors that pass: the connection, a deadlock, a server that is full, ending or broken;
# and of others those of a lock, and of a server that is still a standby.
# https://www.postgresql.org/docs/15/errcodes-appendix.html
_PASSING_CLASSES = ("08", "40", "53", "57", "58")
_PASSING = ("55P03", "55006", "25006")
# Of two keys, so that nobody else's lock is meant by chance.
_LOCK = "select pg_catalog.{}(%s, pg_catalog.hashtext(%s))"
_LOCKED = 0x444D53  # "DMS"
_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_BETWEEN_PROBES = 10.0
_SECONDS_TO_STOP = 5.0


def _connect(endpoint: Endpoint, stopping: threading.Event) -> psycopg.Connection[Any]:
    """A connection with transactions of its own making, values written as the stream writes them.

    A statement may wait as long as its server lives, as for somebody's lock. One that is still at
    work some seconds after `stopping` is cancelled: it is rolled back, and done after a resume.

    Raises:
        psycopg.OperationalError: It cannot be reached, or refuses.
    """
    connection = psycopg.connect(**endpoint.parameters, autocommit=True)  # type: ignore[arg-type]  # libpq's names
    threading.Thread(target=_watch, args=(connection, endpoint, stopping), daemon=True).start()
    for name, value in _SETTINGS:
        connection.execute("select pg_catalog.set_config(%s, %s, false)", [name, value])
    return connection


def _watch(
    connection: psycopg.Connection[Any], endpoint: Endpoint, stopping: threading.Event
) -> None:
    """End what waits for a server that no longer answers, or for longer than a stop allows.

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
        first = str(error).splitlines()[0]
        # Before it, libpq says where it connected to: for DMS that is elsewhere.
        return first.rpartition(" failed: ")[2]
    return ""


def connect_source(endpoint: Endpoint, stopping: threading.Event) -> psycopg.Connection[Any]:
    """A connection to the source, which prints names in full.

    The target keeps its own search path: functions and operators of its keys, checks and triggers
    may need it.

    Raises:
        psycopg.OperationalError: It cannot be reached, or refuses.
    """
    connection = _connect(endpoint, stopping)
    connection.execute("select pg_catalog.set_config('search_path', '', false)")
    return connection


def passes(error: Exception) -> bool:
    """Whether what failed may do so no longer a moment later, whatever it was asked.

    psycopg's OperationalError is no answer: it is also a value that is too large for an index.
    """
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate[:2] in _PASSING_CLASSES or error.sqlstate in _PASSING


def connect_target(
    endpoint: Endpoint, stopping: threading.Event, *, task: str
) -> psycopg.Connection[Any]:
    """A connection to the target, after the script that the endpoint runs on each.

    Raises:
        psycopg.Error: It cannot be reached, or the script fails.
    """
    connection = _connect(endpoint, stopping)
    connection.execute(_LOCK.format("pg_advisory_lock_shared"), [_LOCKED, task])
    if endpoint.after_connect:
        # As the endpoint has it: several statements, whatever they are.
        connection.execute(endpoint.after_connect.encode())
    return connection


def wal_end(source: psycopg.Connection[Any]) -> int:
    """The position behind all that the source has written."""
    row = source.execute("select pg_catalog.pg_current_wal_insert_lsn() - '0/0'").fetchone()
    return int(row[0]) if row else 0


def table_name(table: tuple[str, str]) -> sql.Identifier:
    """A schema and a table, quoted."""
    return sql.Identifier(*table)


def outlive(target: psycopg.Connection[Any], *, task: str) -> None:
    """Wait until no session of an earlier worker of the task is left at the target.

    A worker that was killed may have sent a COMMIT that its session still carries out.

    Raises:
        psycopg.errors.LockNotAvailable: One is left after a while.
    """
    target.execute("select pg_catalog.set_config('lock_timeout', '30s', false)")
    target.execute(_LOCK.format("pg_advisory_unlock_shared"), [_LOCKED, task])
    target.execute(_LOCK.format("pg_advisory_lock"), [_LOCKED, task])
    target.execute(_LOCK.format("pg_advisory_lock_shared"), [_LOCKED, task])
    target.execute(_LOCK.format("pg_advisory_unlock"), [_LOCKED, task])
    target.execute("select pg_catalog.set_config('lock_timeout', '0', false)")
