"""A task's marker: made empty before a load, written at the source, seen to arrive at Aurora.

A task applies changes in the order of their commits, so that all that was committed at the source
before a marker is at Aurora when the marker is. DMS's own latency proves nothing: it is 0 where
nothing was read.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts.ferry_schema import MARKER_COLUMNS
from ferry.errors import FerryError
from ferry.migrate.starting import Marker
from ferry.own_tables.reading import read
from ferry.own_tables.shape import APPLYING, LOADING, oddity
from ferry.postgres import PostgresError, sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ferry.mappings import TableName
    from ferry.migrate.tasks import Task
    from ferry.postgres import Session

_SECONDS_BETWEEN_LOOKS: Final = 0.05
_KEPT: Final = 100
_NOT_THERE: Final = ("42P01", "42703")
"""Undefined table, which a missing schema is too, and undefined column:
https://www.postgresql.org/docs/15/errcodes-appendix.html"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A marker that was written.

    Args:
        id: Its key; each one's is higher than those before.
        at: When, by the source's clock.
    """

    id: int
    at: datetime


def state(session: Session, table: TableName, *, user: str, at_source: bool) -> Marker:
    """Whether a marker is there, is as ferry makes it, and which rights DMS's user lacks on it.

    Args:
        session: A session at the side.
        table: The marker.
        user: The role that DMS signs in as.
        at_source: Whether it is read there, and not written.
    """
    rights = LOADING if at_source else APPLYING
    there = read(session, user).get(table.table)
    if there is None:
        return Marker(side=session.server.side, exists=False)
    usage = session.rows(
        "select 1 from pg_catalog.pg_roles where rolname = %s "
        "and pg_catalog.has_schema_privilege(oid, %s, 'USAGE')",
        [user, table.schema],
    )
    return Marker(
        side=session.server.side,
        exists=True,
        odd=oddity(there, MARKER_COLUMNS),
        lacking=(
            *([] if usage else [f"USAGE of schema {table.schema}"]),
            *(right for right in rights if right not in there.rights),
        ),
    )


@contextmanager
def _there() -> Iterator[None]:
    """Say how a marker is made that is gone, or another table: no table that is carried is."""
    try:
        yield
    except PostgresError as error:
        if error.sqlstate not in _NOT_THERE:
            raise
        remedy = "Make the markers and their grants: ferry prepare-databases ENV."
        raise FerryError(error.why, remedy, stays=True) from None


def empty(session: Session, table: TableName) -> None:
    """Delete a marker's rows: what is there from an earlier run proves nothing.

    Raises:
        FerryError: It is not there, or the server refuses.
    """
    with _there():
        session.execute(sql.SQL("delete from {}").format(sql.Identifier(*table)))


def write(session: Session, table: TableName) -> Written:
    """Write a new row at the source, and prune all but the last hundred.

    Flushed whatever the source's `synchronous_commit` says: a marker that a crash undoes would be
    waited for in vain (https://www.postgresql.org/docs/15/wal-async-commit.html).

    Raises:
        FerryError: It is not there, or the server refuses.
    """
    name = sql.Identifier(*table)
    with _there(), session.transaction():
        session.execute("select pg_catalog.set_config('synchronous_commit', 'on', true)")
        ((key, at),) = session.rows(
            sql.SQL(
                "insert into {} (id, at) select coalesce(pg_catalog.max(id), 0) + 1, "
                "pg_catalog.clock_timestamp() from {} returning id, at"
            ).format(name, name)
        )
        session.execute(sql.SQL("delete from {} where id <= %s").format(name), [key - _KEPT])
    return Written(id=key, at=at)


def has_arrived(session: Session, table: TableName, written: Written) -> bool:
    """Whether a row is at Aurora.

    Raises:
        FerryError: The marker is not there, or the server refuses.
    """
    statement = sql.SQL("select 1 from {} where id = %s and at = %s")
    with _there():
        return bool(
            session.rows(
                statement.format(sql.Identifier(*table)),
                [written.id, written.at],
            )
        )


def newest(session: Session, table: TableName) -> Written | None:
    """The last row of a side; None where there is none."""
    rows = session.rows(
        sql.SQL("select id, at from {} order by id desc limit 1").format(sql.Identifier(*table))
    )
    return Written(id=rows[0][0], at=rows[0][1]) if rows else None


def rows_of_a_proof(task: Task) -> int:
    """How many rows, one after the other, have to arrive to prove that a task has caught up.

    Batch apply writes what it holds table by table: a row may be there before another table's
    change of the same batch. A second one, written when the first was seen, is in a later batch.
    """
    return 2 if task.settings.batch_apply else 1
