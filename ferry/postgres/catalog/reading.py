"""Reads a database's catalogs, in one transaction, into rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from facts.identifiers import identifier
from ferry.errors import FerryError
from ferry.postgres import PostgresError, UnreachableError
from ferry.postgres.catalog import queries, rows
from ferry.postgres.catalog.catalog import Catalog
from ferry.postgres.catalog.parts import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ferry.postgres import Session

_R = TypeVar("_R")

OLDEST: Final = 110_000
"""The oldest server whose catalogs are read: PostgreSQL 11."""

_COUNTS_WAL: Final = 140_000
"""The first server with `pg_stat_wal`."""

AT_ONCE: Final = 500
"""How many sequences are asked at once: each is locked until the transaction ends."""

_POLITE: Final = "set local lock_timeout = '100ms'"
"""Catalogs are locked by nobody for long; whoever alters a table is not to wait behind this."""


def columns_of(session: Session, schema: str, table: str) -> tuple[rows.Column, ...]:
    """The columns of one table; none where there is no such table.

    Raises:
        PostgresError: The server refuses.
    """
    [(version,)] = session.rows("select current_setting('server_version_num')::int")
    found = session.rows(
        f"select * from ({queries.columns(version)}) every where attrelid = (select c.oid "  # noqa: S608 - ferry's own text
        "from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relname = %s) order by attnum",
        [schema, table],
    )
    return tuple(map(rows.Column._make, found))


def read(session: Session, *, roles: Sequence[str] = ()) -> Catalog:
    """All that is known of a database.

    What cannot be read (a right is missing, somebody holds a lock for longer than 100 ms) is a part
    that says so; the others are there.

    Args:
        session: Within a transaction with a snapshot, so that all parts are of one moment. It needs
            no right beyond those that everybody has on PostgreSQL's own catalogs.
        roles: The roles whose rights are asked for, beside whoever is signed in.

    Raises:
        FerryError: The server does not answer, or is older than PostgreSQL 11.
    """
    session.execute(_POLITE)
    [(version,)] = session.rows("select current_setting('server_version_num')::int")
    if version < OLDEST:
        raise FerryError(
            f"The server runs PostgreSQL {version / 10_000:.1f}; ferry reads the catalogs of 11 and "
            "later.",
            "Look at this source by hand, or upgrade it first.",
        )
    [found] = session.rows(queries.server(version))
    server = rows.Server._make(found)
    reader = _Reader(session)
    asked = list(dict.fromkeys((*roles, server.user)))
    extensions = reader.part("the extensions", rows.Extension, queries.EXTENSIONS)
    has_pglogical = any(each.name == "pglogical" for each in extensions.rows)
    return Catalog(
        server=server,
        settings=reader.part("the settings", rows.Setting, queries.SETTINGS),
        roles=reader.part("the roles", rows.Role, queries.ROLES, asked),
        superusers=reader.part("the superusers", _text, queries.SUPERUSERS),
        schemas=reader.part("the schemas", rows.Schema, queries.SCHEMAS, asked, asked),
        relations=reader.part("the tables", rows.Relation, queries.RELATIONS, asked, asked),
        columns=reader.part("the columns", rows.Column, queries.columns(version)),
        indexes=reader.part("the indexes", rows.Index, queries.INDEXES),
        constraints=reader.part("the constraints", rows.Constraint, queries.CONSTRAINTS),
        triggers=reader.part("the triggers and rules", rows.Trigger, queries.TRIGGERS),
        without_audit=reader.part(
            "the rights on DMS's table", rows.WithoutAudit, queries.WITHOUT_AUDIT
        ),
        event_triggers=reader.part("the event triggers", rows.EventTrigger, queries.EVENT_TRIGGERS),
        sequences=reader.part("the sequences", rows.Sequence, queries.SEQUENCES),
        extensions=extensions,
        available=reader.part(
            "the extensions that can be installed", rows.Available, queries.AVAILABLE
        ),
        collations=reader.part("the collations", rows.Collation, queries.collations(version)),
        slots=reader.part("the replication slots", rows.Slot, queries.SLOTS),
        sessions=_sessions(reader, server),
        prepared=reader.part("the prepared transactions", rows.Prepared, queries.PREPARED),
        publications=reader.part(
            "the publications", rows.Publication, queries.publications(version)
        ),
        subscriptions=reader.part("the subscriptions", rows.Subscription, queries.SUBSCRIPTIONS),
        foreign_servers=reader.part(
            "the foreign servers", rows.ForeignServer, queries.FOREIGN_SERVERS
        ),
        default_privileges=reader.part(
            "the default privileges", rows.DefaultPrivilege, queries.DEFAULT_PRIVILEGES
        ),
        pglogical_nodes=reader.part("pglogical's nodes", _text, queries.PGLOGICAL_NODES)
        if has_pglogical
        else Part(),
        wal=reader.part("the statistics of WAL", rows.Wal, queries.WAL)
        if version >= _COUNTS_WAL
        else Part(),
        counts=reader.part("large objects and WAL senders", rows.Counts, queries.COUNTS),
    )


def last_values(session: Session, sequences: Sequence[int]) -> dict[int, int | None]:
    """The last values of some sequences, by their oids; None where one gave none yet.

    One that may not be read is not among them.

    Args:
        session: Within a transaction of its own, which is to end at once.
        sequences: Their oids, `AT_ONCE` at most.
    """
    session.execute(_POLITE)
    return dict(session.rows(queries.LAST_VALUES, [list(sequences)]))


def wal_position(session: Session) -> tuple[int, float]:
    """Where WAL stands, in bytes, and when that was, in seconds."""
    [(position, second)] = session.rows(queries.POSITION)
    return position, second


def _sessions(reader: _Reader, server: rows.Server) -> Part[rows.Session]:
    if not server.sees_all_activity:
        return Part(
            why=f"{server.user} may not see what other users' sessions do.",
            remedy=f"GRANT pg_monitor TO {identifier(server.user)};",
        )
    return reader.part("the sessions", rows.Session, queries.SESSIONS)


def _text(row: Sequence[Any]) -> str:
    return str(row[0])


class _Reader:
    """Reads part after part; one that fails leaves the transaction as it was."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def part(
        self,
        what: str,
        kind: type[_R] | Callable[[Sequence[Any]], _R],
        sql: str,
        *parameters: object,
    ) -> Part[_R]:
        make: Callable[[Sequence[Any]], _R] = getattr(kind, "_make", kind)
        self._session.execute("savepoint part")
        try:
            found = self._session.rows(sql, parameters)
        except UnreachableError:
            raise
        except PostgresError as error:
            self._session.execute("rollback to savepoint part")
            return Part(why=f"Reading {what} failed: {error.why}", remedy=error.remedy)
        return Part(tuple(map(make, _unchangeable(found))))


def _unchangeable(found: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """Rows whose arrays are tuples."""
    if not any(isinstance(value, list) for row in found[:1] for value in row):
        return found
    return ([tuple(value) if isinstance(value, list) else value for value in row] for row in found)
