"""Puts the events of a stream together to whole transactions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_aws.dms_worker.test_decoding import Begin, Change, Commit

if TYPE_CHECKING:
    from local_aws.dms_worker.stream import Replication

_CHANGES = 2_000


@dataclass(kw_only=True, slots=True)
class Transaction:
    """The changes of one transaction of the source. `lsn` is where it ends, `at` when."""

    lsn: int
    at: str | None
    changes: list[Change] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class Grouping:
    """Reads transactions that end after a position; `after` moves on with those that were read."""

    stream: Replication
    after: int
    _open: list[Change] | None = None

    @property
    def is_between(self) -> bool:
        """Whether no transaction is read in part."""
        return self._open is None

    def read(self, seconds: float) -> list[Transaction]:
        """What is there or comes within the seconds: whole transactions of some thousand changes.

        Raises:
            ReplicationError: The source ended the replication.
        """
        found: list[Transaction] = []
        changes = 0
        for lsn, event in self.stream.read(seconds):
            if isinstance(event, Begin):
                self._open = []
            elif isinstance(event, Change) and self._open is not None:
                self._open.append(event)
                changes += 1
            elif isinstance(event, Commit) and self._open is not None:
                if lsn > self.after:
                    found.append(Transaction(lsn=lsn, at=event.at, changes=self._open))
                    self.after = lsn
                self._open = None
                if changes >= _CHANGES:
                    break
        return found
