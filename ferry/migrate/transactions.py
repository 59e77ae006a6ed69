"""Transactions of the source's that a replication slot waits for, as frozen rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """A transaction that is open at the source, or prepared there.

    Args:
        by: What it is, and whose, in words.
        since: When it began, or was prepared; None where that may not be seen.
        database: Its database; empty where that is not known.
        gid: The name of a prepared one; None where a session has it open.
        pid: That session's process; None of a prepared one.
    """

    by: str
    since: datetime | None = None
    database: str = ""
    gid: str | None = None
    pid: int | None = None

    def __str__(self) -> str:
        """Whose it is, and since when."""
        since = f", since {self.since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if self.since else ""
        return f"{self.by}{since}"

    @property
    def remedy(self) -> str:
        """How it ends, at the source."""
        if self.gid is None:
            return f"wait for it, or end it at the source: select pg_terminate_backend({self.pid})"
        name = self.gid.replace("'", "''")
        # Only within its own database is it found.
        where = f"at the source, in database {self.database}" if self.database else "at the source"
        return f"{where}: commit prepared '{name}', or rollback prepared '{name}'"


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldUp:
    """A slot that is being made, and a transaction that has to end before.

    Args:
        slot: The slot's name.
        by: The transaction.
    """

    slot: str
    by: Transaction

    @property
    def what(self) -> str:
        """Who waits for whom."""
        return f"DMS's slot {self.slot} cannot be made before {self.by}, has ended"

    @property
    def remedy(self) -> str:
        """How that ends, at the source."""
        return self.by.remedy
