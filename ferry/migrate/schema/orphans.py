"""Rows whose foreign key points at nothing, named by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ferry.postgres import sql

if TYPE_CHECKING:
    from ferry.postgres import Session

MOST: Final = 10
"""How many are named."""

_SECONDS: Final = 3600.0

_COLUMNS: Final = """
select pn.nspname::text, pc.relname::text,
       array(select a.attname::text from unnest(c.conkey) with ordinality k (number, place)
             join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number
             order by k.place),
       array(select a.attname::text from unnest(c.confkey) with ordinality k (number, place)
             join pg_catalog.pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.number
             order by k.place),
       array(select format('operator(%%I.%%s)', n.nspname, o.oprname)
             from unnest(c.conpfeqop) with ordinality e (operator, place)
             join pg_catalog.pg_operator o on o.oid = e.operator
             join pg_catalog.pg_namespace n on n.oid = o.oprnamespace order by e.place),
       array(select a.attname::text from pg_catalog.pg_index i,
             unnest(i.indkey::int2[]) with ordinality k (number, place),
             pg_catalog.pg_attribute a
             where i.indrelid = c.conrelid and i.indisprimary and a.attrelid = c.conrelid
               and a.attnum = k.number order by k.place),
       c.confmatchtype = 'f'
from pg_catalog.pg_constraint c
join pg_catalog.pg_class r on r.oid = c.conrelid
join pg_catalog.pg_namespace n on n.oid = r.relnamespace
join pg_catalog.pg_class pc on pc.oid = c.confrelid
join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace
where c.contype = 'f' and n.nspname = %s and r.relname = %s and c.conname = %s"""


class ForeignKey(NamedTuple):
    """A foreign key, as it is or is to be.

    Args:
        schema: Its table's schema.
        table: Its table.
        columns: Its columns.
        of_schema: The schema of the table that it points at.
        of_table: That table.
        of_columns: The columns that it points at.
        operators: How each is compared, as SQL.
        key: The columns of its table's primary key; none where it has none.
        is_full: MATCH FULL: a null beside a value points at nothing too.
    """

    schema: str
    table: str
    columns: list[str]
    of_schema: str
    of_table: str
    of_columns: list[str]
    operators: list[str]
    key: list[str]
    is_full: bool = False


def foreign_key(session: Session, constraint: tuple[str, str, str]) -> ForeignKey | None:
    """A foreign key of a database; None where it has none of that name.

    Args:
        session: A session on the database.
        constraint: Schema, table and name.
    """
    found = session.rows(_COLUMNS, constraint)
    if not found:
        return None
    [(of_schema, of_table, columns, of_columns, operators, key, is_full)] = found
    return ForeignKey(
        *constraint[:2],
        columns=columns,
        of_schema=of_schema,
        of_table=of_table,
        of_columns=of_columns,
        operators=operators,
        key=key,
        is_full=is_full,
    )


def orphans(session: Session, foreign: ForeignKey) -> list[str]:
    """Rows that a foreign key would refuse, by the table's key and the values that point at nothing.

    One more than `MOST` are looked for. A key of several columns with a null in it points nowhere
    and is no orphan, as for PostgreSQL, but where it is MATCH FULL.

    Args:
        session: A session on a database that has both tables.
        foreign: The foreign key; the database need not have it.

    Raises:
        FerryError: The server refuses, or does not answer within an hour.
    """
    equal = sql.SQL(" and ").join(
        sql.SQL("p.{} {} t.{}").format(
            sql.Identifier(their), sql.SQL(operator), sql.Identifier(ours)
        )
        for their, operator, ours in zip(
            foreign.of_columns, foreign.operators, foreign.columns, strict=True
        )
    )
    there = sql.SQL(" or " if foreign.is_full else " and ").join(
        sql.SQL("t.{} is not null").format(sql.Identifier(each)) for each in foreign.columns
    )
    shown = list(dict.fromkeys([*foreign.key, *foreign.columns]))
    query = sql.SQL(
        "select {} from {} t where ({}) and not exists (select from {} p where {}) limit {}"
    ).format(
        sql.SQL(", ").join(sql.SQL("t.{}::text").format(sql.Identifier(each)) for each in shown),
        sql.Identifier(foreign.schema, foreign.table),
        there,
        sql.Identifier(foreign.of_schema, foreign.of_table),
        equal,
        sql.Literal(MOST + 1),
    )
    rows = session.rows(query, deadline_seconds=_SECONDS)
    return [
        ", ".join(f"{name} = {value}" for name, value in zip(shown, row, strict=True))
        for row in rows
    ]
