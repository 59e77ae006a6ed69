"""PostgreSQL's streaming replication protocol, as far as a logical slot is read.

psycopg has no replication API; its wrapper of libpq has all that it takes.
https://www.postgresql.org/docs/15/protocol-replication.html
"""

from __future__ import annotations

import re
import select
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from local_aws.dms_worker.test_decoding import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local_aws.dms_worker.test_decoding import Event

_XLOG_DATA = struct.Struct(">QQQ")
_KEEPALIVE = struct.Struct(">QQB")
_STATUS = struct.Struct(">cQQQQB")
# Between PostgreSQL's epoch, 2000-01-01, and that of time.time().
_EPOCH_SECONDS = 946_684_800
# The server ends a connection that is silent for wal_sender_timeout, 60 s by default.
_SECONDS_BETWEEN_ANSWERS = 5.0
_ANSWERS_IN_TIMEOUT = 4
# Each answer asks for one, so a source that lives is not silent for longer than that.
_SECONDS_OF_SILENCE = 30.0
_SECONDS_BETWEEN_LOOKS = 0.1
_SECONDS_TO_CONNECT = 10
_TIMEOUT = "select setting from pg_catalog.pg_settings where name = 'wal_sender_timeout'"
# The settings decide how values are written; both servers read them so.
_OPTIONS = (
    "-c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3 -c bytea_output=hex "
    "-c timezone=UTC -c lc_monetary=C -c client_encoding=UTF8 -c search_path= "
    "-c statement_timeout=0 -c idle_session_timeout=0 -c idle_in_transaction_session_timeout=0"
)
_SLOT_NAME = re.compile(r"[a-z0-9_]{1,63}")


# Of refusals, those that pass: the slot is still another session's, the server is full or ending.
# https://www.postgresql.org/docs/15/errcodes-appendix.html
_PASSING = ("55006", "53300", "57P01", "57P02", "57P03")


class ReplicationError(Exception):
    """The source cannot be reached, or ends the replication; the message is its own."""


class RefusedError(ReplicationError):
    """The source refuses a command, and will the next time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A slot that was just made: it begins at `lsn`, and `snapshot` shows all that is before."""

    name: str
    lsn: int
    snapshot: str


def lsn_from(text: str) -> int:
    """The number of a log sequence number such as `16/B374D848`.

    Raises:
        ValueError: Something else.
    """
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) | int(low, 16)


def lsn_text(lsn: int) -> str:
    """A log sequence number as PostgreSQL writes it."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


class Replication:
    """A connection that makes and reads one slot."""

    def __init__(
        self, parameters: Mapping[str, str], stopping: threading.Event | None = None
    ) -> None:
        """Connect.

        Args:
            parameters: libpq's, such as host, port, dbname, user, password.
            stopping: Ends a command that waits, as a slot does for open transactions.

        Raises:
            ReplicationError: The source cannot be reached, or refuses.
        """
        given = {**parameters, "replication": "database", "options": _OPTIONS}
        text = " ".join(f"{key}={_quoted(value)}" for key, value in given.items())
        self._connection = _connected(
            text, float(parameters.get("connect_timeout", _SECONDS_TO_CONNECT))
        )
        self._applied = 0
        self._received = 0
        self._answered = 0.0
        self._seconds_between_answers = _SECONDS_BETWEEN_ANSWERS
        self._silent_seconds = 0.0
        self._stopping = stopping or threading.Event()

    def close(self) -> None:
        """End the connection; the slot stays, and keeps the WAL that was not confirmed."""
        self._connection.finish()

    def create_slot(self, name: str, *, temporary: bool = False) -> Slot:
        """Make a slot and a snapshot of the moment at which it begins.

        The snapshot holds until this connection's next command.

        Raises:
            ReplicationError: The source refuses, as where wal_level is not logical.
        """
        kind = "TEMPORARY LOGICAL" if temporary else "LOGICAL"
        result = self._command(
            f"CREATE_REPLICATION_SLOT {_checked(name)} {kind} test_decoding (SNAPSHOT 'export')"
        )
        _, lsn, snapshot, _ = (result.get_value(0, column) for column in range(4))
        if lsn is None or snapshot is None:
            raise ReplicationError(f"slot {name}: the source gave no snapshot")
        return Slot(name=name, lsn=lsn_from(lsn.decode()), snapshot=snapshot.decode())

    def drop_slot(self, name: str) -> None:
        """Remove a slot.

        Raises:
            ReplicationError: The source refuses, as where there is none.
        """
        self._command(f"DROP_REPLICATION_SLOT {_checked(name)}")

    def start(self, slot: str, lsn: int) -> None:
        """Begin to read a slot.

        Raises:
            ReplicationError: The source refuses, as where the slot is in use.
        """
        milliseconds = self._command(_TIMEOUT).get_value(0, 0)
        if milliseconds and int(milliseconds):
            self._seconds_between_answers = min(
                _SECONDS_BETWEEN_ANSWERS, int(milliseconds) / 1000 / _ANSWERS_IN_TIMEOUT
            )
        options = "\"include-xids\" '1', \"skip-empty-xacts\" '1', \"include-timestamp\" '1'"
        self._command(
            f"START_REPLICATION SLOT {_checked(slot)} LOGICAL {lsn_text(lsn)} ({options})",
            wanted=pq.ExecStatus.COPY_BOTH,
        )
        self._applied = self._received = lsn

    def read(self, seconds: float) -> Iterator[tuple[int, Event]]:
        """What is there, and otherwise what comes within the given seconds: position and event.

        A COMMIT's position is the end of its record, from which the next transaction is read.

        Raises:
            ReplicationError: The source ended the replication, or has not answered for half a minute.
        """
        waited = False
        while True:
            self._answer()
            size, data = self._connection.get_copy_data(1)
            if size > 0:
                if message := self._message(bytes(data)):
                    yield message
            elif size == 0 and not waited:
                waited = True
                self._wait(seconds)
            elif size == 0:
                return
            else:
                raise ReplicationError(self._why_ended())

    def confirm(self, lsn: int) -> None:
        """All before this position is applied: the source need not keep it."""
        self._applied = max(self._applied, lsn)

    def idle(self) -> None:
        """Nothing read is left to be applied, so what the source skipped need not be kept either."""
        self._applied = max(self._applied, self._received)

    @property
    def confirmed(self) -> int:
        """Up to where the source need not keep anything."""
        return self._applied

    @property
    def position(self) -> int:
        """Up to where the source has sent what there is."""
        return self._received

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Tell the source that this end lives, while the block does something else.

        However long a transaction takes, or waits for a lock: the source would end the replication
        after wal_sender_timeout, and the transaction would begin anew for ever.
        """
        ended = threading.Event()

        def answer() -> None:
            try:
                while not ended.wait(self._seconds_between_answers):
                    self._answer(now=True)
            except psycopg.OperationalError:
                return  # The next read tells.

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _wait(self, seconds: float) -> None:
        """Wait for something to read, and take it."""
        ready, _, _ = select.select([self._connection.socket], [], [], seconds)
        self._silent_seconds = 0.0 if ready else self._silent_seconds + seconds
        if self._silent_seconds > _SECONDS_OF_SILENCE:
            raise ReplicationError(
                f"the source has not answered for {_SECONDS_OF_SILENCE:.0f} seconds"
            )
        self._connection.consume_input()

    def _why_ended(self) -> str:
        result = self._connection.get_result()
        said = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) if result else None
        return f"the source ended the replication{f': {said.decode()}' if said else ''}"

    def _message(self, data: bytes) -> tuple[int, Event] | None:
        if data[:1] == b"k":
            end, _, asked = _KEEPALIVE.unpack_from(data, 1)
            self._received = max(self._received, end)
            if asked:
                self._answer(now=True)
            return None
        start, end, _ = _XLOG_DATA.unpack_from(data, 1)
        self._received = max(self._received, start, end)
        event = parse(data[1 + _XLOG_DATA.size :].decode())
        return (start, event) if event else None

    def _answer(self, *, now: bool = False) -> None:
        moment = time.monotonic()
        if not now and moment - self._answered < self._seconds_between_answers:
            return
        self._answered = moment
        microseconds = int((time.time() - _EPOCH_SECONDS) * 1_000_000)
        self._connection.put_copy_data(
            _STATUS.pack(b"r", self._received, self._applied, self._applied, microseconds, 1)
        )
        self._connection.flush()

    def _command(
        self, text: str, *, wanted: pq.ExecStatus = pq.ExecStatus.TUPLES_OK
    ) -> pq.abc.PGresult:
        self._connection.send_query(text.encode())
        while self._connection.is_busy():
            if self._stopping.is_set():
                self._connection.get_cancel().cancel()
                raise ReplicationError("the task is stopped")
            select.select([self._connection.socket], [], [], _SECONDS_BETWEEN_LOOKS)
            self._connection.consume_input()
        result = self._connection.get_result()
        if result is None:
            raise ReplicationError(self._connection.get_error_message())
        if result.status != pq.ExecStatus.COPY_BOTH:
            while self._connection.get_result() is not None:
                pass
        allowed = {wanted, pq.ExecStatus.COMMAND_OK} - (
            {pq.ExecStatus.COMMAND_OK} if wanted == pq.ExecStatus.COPY_BOTH else set()
        )
        if result.status not in allowed:
            state = result.error_field(pq.DiagnosticField.SQLSTATE)
            passing = state is None or state.decode() in _PASSING
            refused = ReplicationError if passing else RefusedError
            raise refused(result.get_error_message())
        return result


def _connected(text: str, seconds: float) -> pq.abc.PGconn:
    """A connection, made without holding up the other threads as PQconnectdb does."""
    connection = pq.PGconn.connect_start(text.encode())
    deadline = time.monotonic() + seconds
    state = pq.PollingStatus.WRITING
    while connection.status != pq.ConnStatus.BAD and state != pq.PollingStatus.OK:
        line = [connection.socket]
        reading = state == pq.PollingStatus.READING
        left = deadline - time.monotonic()
        if left <= 0 or not any(
            select.select(line if reading else [], [] if reading else line, [], left)
        ):
            connection.finish()
            raise ReplicationError(f"the source did not answer within {seconds:.0f} seconds")
        state = pq.PollingStatus(connection.connect_poll())
    if connection.status != pq.ConnStatus.OK:
        raise ReplicationError(connection.get_error_message())
    return connection


def _quoted(value: str) -> str:
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _checked(name: str) -> str:
    """A slot's name, quoted, for it may begin with a digit; nothing else reaches a command.

    https://www.postgresql.org/docs/15/warm-standby.html#STREAMING-REPLICATION-SLOTS
    """
    if not _SLOT_NAME.fullmatch(name):
        raise RefusedError(f"slot {name!r}: give lower case letters, digits and underscores")
    return f'"{name}"'
