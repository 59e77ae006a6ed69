"""What a task carries: the source's tables, and Aurora's that they are loaded into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts.dms import is_own_table
from ferry.mappings import ALL_ROWS, Inexpressible, TableName
from ferry.mappings.rendering import where
from ferry.migrate.starting import Parent, Tables
from ferry.postgres import PostgresError, sql
from ferry.postgres.catalog import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ferry.mappings import CarriedTable, Mappings, Rows
    from ferry.postgres import Session

# A partition that is partitioned itself has no rows of its own.
_PARTS: Final = """
with recursive part (parent, child) as (
  select inhparent, inhrelid from pg_catalog.pg_inherits
  union
  select part.parent, i.inhrelid from part join pg_catalog.pg_inherits i on i.inhparent = part.child)
select pn.nspname, p.relname, p.relkind = 'p', cn.nspname, c.relname, c.relkind = 'r'
from part
join pg_catalog.pg_class p on p.oid = part.parent and p.relkind in ('r', 'p')
join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
join pg_catalog.pg_class c on c.oid = part.child
join pg_catalog.pg_namespace cn on cn.oid = c.relnamespace
where p.relpersistence <> 't'
order by 1, 2, 4, 5"""
# As each TRUNCATE looks: at all that goes with its tables, and at keys from elsewhere. A key of or on a
# partition hangs on that of its root, which alone can be dropped.
_REFERRING: Final = """
with recursive emptied (at, oid) as (
  select named.at, c.oid
  from rows from (
    pg_catalog.unnest(%s::int[]), pg_catalog.unnest(%s::text[]), pg_catalog.unnest(%s::text[])
  ) named (at, of, called)
  join pg_catalog.pg_namespace n on n.nspname = named.of
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = named.called
  union
  select emptied.at, i.inhrelid
  from emptied join pg_catalog.pg_inherits i on i.inhparent = emptied.oid),
refers as (
  select k.conparentid, k.conrelid, k.conname
  from emptied join pg_catalog.pg_constraint k on k.contype = 'f' and k.confrelid = emptied.oid
  where not exists (
    select from emptied beside where beside.at = emptied.at and beside.oid = k.conrelid)
  union
  select k.conparentid, k.conrelid, k.conname
  from refers join pg_catalog.pg_constraint k on k.oid = refers.conparentid)
select n.nspname, c.relname, refers.conname from refers
join pg_catalog.pg_class c on c.oid = refers.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where refers.conparentid = 0
order by 1, 2, 3"""
# What goes with a table that is dropped, and what hangs on any of that by itself, but for foreign keys:
# https://www.postgresql.org/docs/15/catalog-pg-depend.html. A view hangs by its rule, with which it goes.
_DEPENDING: Final = """
with recursive dropped (at, class, oid) as (
  select named.at, 'pg_catalog.pg_class'::pg_catalog.regclass::oid, c.oid
  from rows from (
    pg_catalog.generate_series(1, %s), pg_catalog.unnest(%s::text[]), pg_catalog.unnest(%s::text[])
  ) named (at, of, called)
  join pg_catalog.pg_namespace n on n.nspname = named.of
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = named.called
  union
  select dropped.at, d.classid, d.objid
  from dropped join pg_catalog.pg_depend d on d.refclassid = dropped.class
    and d.refobjid = dropped.oid and d.deptype in ('a', 'i', 'P', 'S'))
select distinct case
  when r.oid is null then pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
  else pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, r.ev_class, 0) end
from dropped
join pg_catalog.pg_depend d on d.refclassid = dropped.class and d.refobjid = dropped.oid
  and d.deptype = 'n'
left join pg_catalog.pg_constraint k
  on d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.oid = d.objid
left join pg_catalog.pg_rewrite r
  on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and r.oid = d.objid
where k.contype is distinct from 'f' and not exists (
  select from dropped beside
  where beside.at = dropped.at and beside.class = d.classid and beside.oid = d.objid)
order by 1"""
_AT_ONCE: Final = 200
_SECONDS: Final = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceTable:
    """A table of the source.

    Args:
        name: Its name.
        rows: How many rows PostgreSQL expects it to have; None where it was never analyzed.
    """

    name: TableName
    rows: int | None


def carried(session: Session, mappings: Mappings) -> tuple[SourceTable, ...]:
    """The source's tables that a task carries, ferry's own left out and DMS's.

    DMS makes its own in the schema that it may write to, for the DDL that it captures and its
    heartbeat; `ferry schema` carries none of them. DMS reads ordinary tables, partitions among them by their own names. Their parents hold no row.
    """
    found = session.rows(
        "select n.nspname, c.relname, c.reltuples::bigint from pg_catalog.pg_class c "
        "join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' "
        "and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' "
        "order by 1, 2"
    )
    return tuple(
        SourceTable(name=name, rows=None if estimate < 0 else estimate)
        for schema, table, estimate in found
        if mappings.selects(name := TableName(schema, table))
        and not (name.is_ferrys or is_own_table(table))
    )


def expected(session: Session, mappings: Mappings) -> dict[TableName, int | None]:
    """How many rows of each table PostgreSQL expects a task to carry; as `SourceTable.rows`.

    Of a table of which some rows are carried, as many as its planner expects to pass the filter:
    https://www.postgresql.org/docs/15/row-estimation-examples.html
    """
    found = {table.name: table.rows for table in carried(session, mappings)}
    for table, rows in found.items():
        if rows and mappings.is_filtered(table):
            found[table] = _planned(session, described(session, mappings, table)) or rows
    return found


def described(session: Session, mappings: Mappings, table: TableName) -> CarriedTable | None:
    """What a task carries of a table, by the columns that the source has now."""
    return mappings.carried(table, columns_of(session, *table))


def _planned(session: Session, table: CarriedTable | None) -> int | None:
    """How many rows of a table pass its filter, as the planner expects; None where it does not say."""
    if table is None or isinstance(table.at_source, Inexpressible):
        return None
    query = sql.SQL("explain (format json) select from only {} where {}").format(
        sql.Identifier(*table.source), where(table.at_source)
    )
    try:
        (([plan],),) = session.rows(query)
    except PostgresError:
        return None
    return int(plan["Plan"]["Plan Rows"])


def parents(session: Session, mappings: Mappings) -> tuple[Parent, ...]:
    """The source's tables that a task selects and others are part of, at whatever depth."""
    below: dict[tuple[TableName, bool], list[TableName]] = {}
    for schema, table, partitioned, child_schema, child, has_rows in session.rows(_PARTS):
        parent = TableName(schema, table)
        if mappings.selects(parent):
            those = below.setdefault((parent, partitioned), [])
            if has_rows and mappings.selects(part := TableName(child_schema, child)):
                those.append(part)
    return tuple(
        Parent(name=name, partitioned=partitioned, carried=tuple(those))
        for (name, partitioned), those in below.items()
    )


def look(session: Session, tables: Iterable[TableName]) -> Tables:
    """Which of some tables are not there, and which hold a row."""
    wanted = sorted(set(tables))
    there = {
        TableName(schema, table)
        for schema, table in session.rows(
            "select n.nspname, c.relname from pg_catalog.pg_class c "
            "join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
            "where c.relkind in ('r', 'p', 'f')"
        )
    }
    present = [table for table in wanted if table in there]
    filled = [
        name
        for first in range(0, len(present), _AT_ONCE)
        for name in _filled(session, present[first : first + _AT_ONCE])
    ]
    return Tables(
        missing=tuple(table for table in wanted if table not in there), filled=tuple(filled)
    )


def _filled(session: Session, tables: Sequence[TableName]) -> list[TableName]:
    query = sql.SQL(" union all ").join(
        sql.SQL("select {} where exists (select from {})").format(
            sql.Literal(place), sql.Identifier(*table)
        )
        for place, table in enumerate(tables)
    )
    return [tables[place] for (place,) in session.rows(query, deadline_seconds=_SECONDS)]


def count(session: Session, table: TableName, *, seconds: float, rows: Rows = ALL_ROWS) -> int:
    """How many rows a table has itself; a partitioned one has those of its partitions.

    Args:
        session: A session at its server.
        table: The table.
        seconds: How long it may take.
        rows: Which of its rows, by this server's names.

    Raises:
        NoAnswerError: It cannot be counted within so many seconds.
        PostgresError: The server refuses.
    """
    partitioned = session.rows(
        "select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relname = %s and c.relkind = 'p'",
        [*table],
    )
    only = sql.SQL("" if partitioned else "only ")
    query = sql.SQL("select pg_catalog.count(*) from {}{} where {}")
    ((found,),) = session.rows(
        query.format(only, sql.Identifier(*table), where(rows)), deadline_seconds=seconds
    )
    return int(found)


def writes(session: Session, table: TableName) -> int:
    """How many rows were inserted into a table and deleted from it, by PostgreSQL's own count.

    A session tells of what it did about a second later:
    https://www.postgresql.org/docs/15/monitoring-stats.html#MONITORING-STATS-VIEWS
    """
    ((found,),) = session.rows(
        "select coalesce(pg_catalog.sum(pg_catalog.pg_stat_get_tuples_inserted(c.oid) "
        "+ pg_catalog.pg_stat_get_tuples_deleted(c.oid)), 0)::bigint from pg_catalog.pg_class c "
        "join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relname = %s",
        [*table],
    )
    return int(found)


def referring(
    session: Session, truncated: Iterable[Iterable[TableName]]
) -> tuple[tuple[TableName, str], ...]:
    """Foreign keys for which PostgreSQL does not truncate tables: their tables and names.

    Args:
        session: A session at Aurora.
        truncated: The tables, those together that one statement empties.
    """
    named = [(at, *it) for at, together in enumerate(truncated) for it in together]
    return tuple(
        (TableName(schema, table), name)
        for schema, table, name in session.rows(
            _REFERRING, [[it[place] for it in named] for place in range(3)]
        )
    )


def depending(session: Session, dropped: Sequence[TableName]) -> tuple[str, ...]:
    """What PostgreSQL does not drop tables for, in its own words, but for foreign keys.

    Args:
        session: A session at Aurora.
        dropped: The tables, each by itself and without CASCADE.
    """
    names = [[it[place] for it in dropped] for place in range(2)]
    return tuple(what for (what,) in session.rows(_DEPENDING, [len(dropped), *names]))


def truncate(session: Session, tables: Sequence[TableName]) -> None:
    """Empty tables of Aurora's together. PostgreSQL refuses where another table refers to one."""
    named = sql.SQL(", ").join(sql.Identifier(*table) for table in tables)
    session.execute(sql.SQL("truncate table {}").format(named))
