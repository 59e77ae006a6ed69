"""Asks both sides what there is to compare."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.mappings import TableName
from ferry.migrate.verify.expressions import CONSTANT, Form
from ferry.migrate.verify.pairing import Database
from ferry.migrate.verify.scans import SHAPE
from ferry.postgres import PostgresError, UnreachableError, sql
from ferry.postgres.catalog import UnreadError, read

if TYPE_CHECKING:
    from ferry.migrate.verify.sessions import Sessions
    from ferry.postgres import Session

_UNREADABLE: Final = """
select a.attrelid, a.attname::text from pg_catalog.pg_attribute a
where a.attrelid = any(%s::oid[]) and a.attnum > 0 and not a.attisdropped
  and not pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'select')"""
_SECONDS: Final = 120.0
# The timeline changes where a standby takes over, or the server is restored: transactions may be lost,
# and their numbers given again.
_IDENTITY: Final = """
select s.system_identifier::text, c.timeline_id::text, d.oid::text
from pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c, pg_catalog.pg_database d
where d.datname = pg_catalog.current_database()"""
# The labels of enums change what rows hold, and touch neither rows nor files. All of the database's are
# taken for a table that has any type beside PostgreSQL's: one of its columns may hold an enum inside.
_FILES: Final = """
select n.nspname::text, c.relname::text, pg_catalog.concat_ws(' ', coalesce(
    (select pg_catalog.string_agg(pg_catalog.pg_relation_filenode(p.relid)::text, ' ' order by p.relid)
     from pg_catalog.pg_partition_tree(c.oid) p),
    pg_catalog.pg_relation_filenode(c.oid)::text),
  case when exists (select from pg_catalog.pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and a.atttypid >= 16384)
       then (select pg_catalog.md5(pg_catalog.string_agg(
               pg_catalog.concat_ws(' ', e.oid, e.enumlabel), E'\\n' order by e.oid))
             from pg_catalog.pg_enum e) end)
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"""

_SHAPES: Final = sql.SQL(
    "select c.oid::int8, pg_catalog.has_table_privilege(c.oid, 'select'), {} from pg_catalog.pg_class c join pg_catalog.pg_namespace n "
    "on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' "
    "and n.nspname <> 'information_schema'"
).format(sql.SQL(SHAPE))


def database(session: Session) -> Database:
    """A database of one side.

    Raises:
        FerryError: It does not answer, or does not show what tables it has.
    """
    with session.transaction(snapshot=True):
        catalog = read(session)
        user = catalog.server.user
        unreadable: defaultdict[int, set[str]] = defaultdict(set)
        try:
            tables = [
                each.oid
                for each in catalog.relations
                if each.kind in {"r", "p"} and user not in each.readable_by
            ]
            for part in (catalog.columns, catalog.indexes, catalog.collations):
                iter(part)
        except UnreadError as error:
            raise FerryError(error.why, error.remedy) from None
        for oid, column in session.rows(_UNREADABLE, [tables], deadline_seconds=_SECONDS):
            unreadable[oid].add(column)
        shapes = session.rows(_SHAPES, deadline_seconds=_SECONDS)
    return Database(
        catalog=catalog,
        unreadable={oid: frozenset(columns) for oid, columns in unreadable.items()},
        shapes={oid: shape for oid, _, shape in shapes},
        by_columns=frozenset(oid for oid, is_whole, _ in shapes if not is_whole),
    )


def identity(sessions: Sessions) -> dict[str, str] | str:
    """Which servers and databases both sides are; or why a server does not say.

    Raises:
        UnreachableError: A server is gone.
    """
    found: dict[str, str] = {}
    for side, session in (("source", sessions.source), ("target", sessions.target)):
        try:
            ((system, timeline, oid),) = session.rows(_IDENTITY)
        except UnreachableError:
            raise
        except PostgresError as error:
            return str(error)
        found |= {side: system, f"{side}_timeline": timeline, f"{side}_database": oid}
    return found


def files(session: Session) -> dict[TableName, str]:
    """The files of all tables, partitions included: others once a table was emptied.

    Beside them what stands for the labels of the enums that a table may hold.

    Raises:
        PostgresError: The server refuses.
    """
    rows = session.rows(_FILES, deadline_seconds=_SECONDS)
    return {TableName(schema, table): file or "" for schema, table, file in rows}


def form(sessions: Sessions, source: Database, target: Database) -> Form:
    """How both sides hash rows alike.

    Raises:
        PostgresError: A server refuses.
    """
    release = min(each.catalog.server.release for each in (source, target))
    if Form.of(release, agree=True) is not Form.RECORD:
        return Form.of(release, agree=False)
    agree = sessions.source.rows(CONSTANT) == sessions.target.rows(CONSTANT)
    return Form.of(release, agree=agree)
