"""Connections to the source and the target, as DMS makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

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
    # Without it row security would leave out rows without a word.
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


def connect(endpoint: Endpoint) -> psycopg.Connection[Any]:
    """A connection with transactions of its own making, values written as the stream writes them.

    Raises:
        psycopg.OperationalError: It cannot be reached, or refuses.
    """
    connection = psycopg.connect(**endpoint.parameters, autocommit=True)  # type: ignore[arg-type]  # libpq's names
    for name, value in _SETTINGS:
        connection.execute("select pg_catalog.set_config(%s, %s, false)", [name, value])
    return connection


def connect_source(endpoint: Endpoint) -> psycopg.Connection[Any]:
    """A connection to the source, which prints names in full.

    The target keeps its own search path: functions and operators of its keys, checks and triggers
    may need it.

    Raises:
        psycopg.OperationalError: It cannot be reached, or refuses.
    """
    connection = connect(endpoint)
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


def connect_target(endpoint: Endpoint, *, task: str) -> psycopg.Connection[Any]:
    """A connection to the target, after the script that the endpoint runs on each.

    Raises:
        psycopg.Error: It cannot be reached, or the script fails.
    """
    connection = connect(endpoint)
    connection.execute(_LOCK.format("pg_advisory_lock_shared"), [_LOCKED, task])
    if endpoint.after_connect:
        # As the endpoint has it: several statements, whatever they are.
        connection.execute(endpoint.after_connect.encode())
    return connection


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
