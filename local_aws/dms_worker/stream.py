"""PostgreSQL's streaming replication protocol, as far as a logical slot is read.

psycopg has no replication API; its wrapper of libpq has all that it takes.
https://www.postgresql.org/docs/15/protocol-replication.html
"""

from __future__ import annotations

import select
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import pq, sql

from local_aws.dms_worker.databases import connect_source
from local_aws.dms_worker.test_decoding import Begin, Change, Commit, parse

if TYPE_CHECKING:
    from local_aws.dms_worker.job import Endpoint

_STATUS = struct.Struct(">cQQQQB")
# A message is its kind, its position, and of a keepalive and of data 9 and 16 bytes more.
_POSITION, _TEXT = slice(1, 9), slice(25, None)
# Between PostgreSQL's epoch, 2000-01-01, and that of time.time().
_EPOCH_SECONDS = 946_684_800
# Far below any wal_sender_timeout, after which the source ends the connection of one who is silent.
_SECONDS_BETWEEN_ANSWERS = 0.1
# Each answer asks for one, so a source that lives is not silent for longer than that.
_SECONDS_OF_SILENCE = 30.0
_CHANGES = 2_000


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """The changes of one transaction of the source. `lsn` is where it ends, `at` when."""

    lsn: int
    at: str
    changes: list[Change]


class Replication:
    """A connection that makes a slot, or reads one.

    Attributes:
        position: Up to where the source has sent what there is.
        confirmed: Up to where the source need not keep anything.
        is_between: Whether no transaction is read in part.
    """

    def __init__(self, source: Endpoint, stopping: threading.Event) -> None:
        """Connect.

        Raises:
            psycopg.OperationalError: The source cannot be reached, or refuses.
        """
        self._connection = connect_source(source, stopping, replication="database")
        # libpq's functions are not to be called of one connection by two threads.
        self._line = threading.Lock()
        self._begins = self.confirmed = self.position = 0
        self._open: list[Change] = []
        self.is_between = True

    def close(self) -> None:
        """End the connection; the slot stays, and keeps the WAL that was not confirmed."""
        with self._line:
            self._connection.close()

    def create_slot(self, name: str, *, temporary: bool = False) -> tuple[int, str]:
        """Make a slot; the position at which it begins, and a snapshot of all that is before.

        The snapshot holds until this connection's next command.

        Raises:
            psycopg.Error: The source refuses, as where wal_level is not logical.
        """
        command = sql.SQL(
            "CREATE_REPLICATION_SLOT {} {} LOGICAL test_decoding (SNAPSHOT 'export')"
        ).format(sql.Identifier(name), sql.SQL("TEMPORARY" if temporary else ""))
        for _, lsn, snapshot, _ in self._connection.execute(command):
            return lsn_from(lsn), snapshot
        raise psycopg.OperationalError("the source made no slot")

    def start(self, slot: str, lsn: int) -> None:
        """Begin to read a slot: what ends after a position.

        Raises:
            psycopg.Error: The source refuses, as where the slot is in use.
        """
        command = sql.SQL(
            "START_REPLICATION SLOT {} LOGICAL {} (\"skip-empty-xacts\" '1', "
            "\"include-timestamp\" '1')"
        ).format(sql.Identifier(slot), sql.SQL(lsn_text(lsn)))
        result = self._connection.pgconn.exec_(command.as_bytes())
        if result.status != pq.ExecStatus.COPY_BOTH:
            raise psycopg.errors.error_from_result(result)
        self._begins = self.confirmed = self.position = lsn
        self._heard = time.monotonic()
        threading.Thread(target=self._answer, daemon=True).start()

    def read(self, seconds: float) -> list[Transaction]:
        """Whole transactions that are there or come within the seconds: some thousand changes.

        Raises:
            psycopg.OperationalError: The source ended the replication, or has not answered for half
                a minute.
        """
        found: list[Transaction] = []
        changes, waited = 0, False
        while changes < _CHANGES:
            with self._line:
                size, data = self._connection.pgconn.get_copy_data(1)
            if size > 0:
                if transaction := self._take(bytes(data)):
                    found.append(transaction)
                    changes += len(transaction.changes)
            elif size < 0:
                raise psycopg.OperationalError(self._why_ended())
            elif self._wait(0 if waited else seconds):
                waited = True
            else:
                break
        return found

    def confirm(self, lsn: int) -> None:
        """All before this position is applied, or of no concern: the source need not keep it."""
        self.confirmed = max(self.confirmed, lsn)

    def _take(self, message: bytes) -> Transaction | None:
        """The transaction that a message ends, if it does.

        A COMMIT's position is the end of its record, from which the next transaction is read.
        """
        self._heard = time.monotonic()
        lsn = int.from_bytes(message[_POSITION])
        self.position = max(self.position, lsn)
        event = None if message[:1] == b"k" else parse(message[_TEXT].decode())
        if isinstance(event, Begin):
            self._open, self.is_between = [], False
        elif isinstance(event, Change):
            self._open.append(event)
        elif isinstance(event, Commit):
            self.is_between = True
            if lsn > self._begins:
                return Transaction(lsn=lsn, at=event.at, changes=self._open)
        return None

    def _wait(self, seconds: float) -> bool:
        """Wait for something to read, and take of it what TLS holds in one piece; whether there was.

        The source sends each message as a piece of its own: who takes one at a time and applies it
        falls behind a source that writes.
        """
        pgconn = self._connection.pgconn
        ready, _, _ = select.select([pgconn.socket], [], [], seconds)
        with self._line:
            pgconn.consume_input()
        if not ready and time.monotonic() - self._heard > _SECONDS_OF_SILENCE:
            raise psycopg.OperationalError(
                f"the source has not answered for {_SECONDS_OF_SILENCE:.0f} seconds"
            )
        return bool(ready)

    def _answer(self) -> None:
        """Tell the source for ever that this end lives, and what it need not keep.

        However long a transaction takes to apply, or waits for a lock: the source would end the
        replication after wal_sender_timeout, and the transaction would begin anew for ever.
        """
        pgconn = self._connection.pgconn
        with suppress(psycopg.OperationalError):  # The next read tells.
            while True:
                at = int((time.time() - _EPOCH_SECONDS) * 1_000_000)
                with self._line:
                    confirmed = self.confirmed
                    pgconn.put_copy_data(
                        _STATUS.pack(b"r", self.position, confirmed, confirmed, at, 1)
                    )
                    pgconn.flush()
                time.sleep(_SECONDS_BETWEEN_ANSWERS)

    def _why_ended(self) -> str:
        result = self._connection.pgconn.get_result()
        said = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) if result else None
        return f"the source ended the replication{f': {said.decode()}' if said else ''}"
