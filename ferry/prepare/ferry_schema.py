"""What one database needs of schema `ferry`: decided from what is there, as SQL to look at.

Nothing here runs anything. Each statement is needed: where all is as it should be there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from facts import ferry_schema
from ferry.errors import FerryError
from ferry.own_tables.reading import read
from ferry.own_tables.shape import oddity
from ferry.postgres import sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.own_tables.shape import Columns, OwnTable
    from ferry.postgres import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What one database has.

    Args:
        dms_user: DMS's role; None where it is the owner itself, who needs no grant.
        missing_user: Whether there is no role of that name.
        schema: Whether schema ferry is there.
        usage: Whether DMS's user may use it.
        public: Whether everybody may.
        tables: The tables in it, by name.
        publications: Those that would take tables of schema ferry along.
    """

    dms_user: str | None
    missing_user: bool = False
    schema: bool = False
    usage: bool = False
    public: bool = False
    tables: Mapping[str, OwnTable] = field(default_factory=dict)
    publications: tuple[str, ...] = ()


_ROLE: Final = "select 1 from pg_catalog.pg_roles where rolname = %s"
_SCHEMA: Final = """
    select coalesce(pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE'), false),
           exists (select from pg_catalog.aclexplode(n.nspacl) a where a.grantee = 0)
    from pg_catalog.pg_namespace n
    left join pg_catalog.pg_roles r on r.rolname = %s
    where n.nspname = %s"""
_FOR_ALL: Final = "select pubname from pg_catalog.pg_publication where puballtables order by 1"
_FOR_SCHEMA: Final = """
    select p.pubname from pg_catalog.pg_publication p
    join pg_catalog.pg_publication_namespace s on s.pnpubid = p.oid
    join pg_catalog.pg_namespace n on n.oid = s.pnnspid
    where n.nspname = %s order by 1"""
_OF_SCHEMAS: Final = "select pg_catalog.to_regclass('pg_catalog.pg_publication_namespace') is null"


def look(session: Session, dms_user: str, *, owner: str) -> Found:
    """What a database has.

    Args:
        session: A session with it.
        dms_user: The role as which DMS signs in.
        owner: The role that makes the tables.

    Raises:
        PostgresError: The server refuses a question.
    """
    with session.transaction(snapshot=True):
        role = session.rows(_ROLE, [dms_user])
        schema = session.rows(_SCHEMA, [dms_user, ferry_schema.SCHEMA])
        tables = read(session, dms_user)
        publications = session.rows(_FOR_ALL)
        if session.rows(_OF_SCHEMAS) == [(False,)]:
            publications += session.rows(_FOR_SCHEMA, [ferry_schema.SCHEMA])
    return Found(
        dms_user=None if dms_user == owner else dms_user,
        missing_user=not role,
        schema=bool(schema),
        # What DMS may do because everybody may goes when that is taken back.
        usage=bool(schema and schema[0][0] and not schema[0][1]),
        public=bool(schema and schema[0][1]),
        tables={
            # What DMS may do because everybody may goes when that is taken back.
            name: replace(it, rights=frozenset()) if it.public else it
            for name, it in tables.items()
        },
        publications=tuple(name for (name,) in publications),
    )


def statements(
    found: Found, tables: Mapping[str, Columns], *, rights: Sequence[str]
) -> Iterator[sql.Composed]:
    """What makes schema ferry of one database as it should be, in order.

    Args:
        found: What is there.
        tables: The tables that there should be, by name.
        rights: What DMS does with markers here.

    Raises:
        FerryError: Something of a name of ferry's is there, and it is something else.
    """
    schema = sql.Identifier(ferry_schema.SCHEMA)
    user = None if found.dms_user is None else sql.Identifier(found.dms_user)
    if not found.schema:
        yield sql.SQL("CREATE SCHEMA {}").format(schema)
    if found.public:
        yield sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(schema)
    if user is not None and not found.usage:
        yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, user)
    for name, columns in sorted(tables.items()):
        table, there = sql.Identifier(ferry_schema.SCHEMA, name), found.tables.get(name)
        if there is None:
            yield sql.SQL("CREATE TABLE {} ({})").format(table, _definition(columns))
        else:
            _refuse_another(name, there, columns)
        if there is None or there.public:
            # Default privileges of whoever makes it may give everybody what nobody asked for.
            yield sql.SQL("REVOKE ALL ON TABLE {} FROM PUBLIC").format(table)
        if user is None or name in ferry_schema.TABLES:
            continue
        given: frozenset[str] = frozenset() if there is None else there.rights
        if missing := [sql.SQL(right) for right in rights if right not in given]:
            yield sql.SQL("GRANT {} ON TABLE {} TO {}").format(
                sql.SQL(", ").join(missing), table, user
            )


def _definition(columns: Columns) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(what)) for name, what in columns
    )


def _refuse_another(name: str, there: OwnTable, wanted: Columns) -> None:
    """Refuse a table of a name of ferry's that is another."""
    if odd := oddity(there, wanted):
        raise FerryError(
            f"{ferry_schema.SCHEMA}.{name} is there already and {odd.what}.",
            f"{odd.remedy}, then run this again.",
        )
