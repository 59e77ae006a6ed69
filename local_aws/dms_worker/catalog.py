"""The tables of a database, as far as DMS has to know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

# Types that DMS counts as large objects.
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, data types
_LOB_TYPES = frozenset({"text", "citext", "bytea", "json", "jsonb", "xml", "hstore"})
_COLUMNS = """
select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       coalesce(nullif(t.typbasetype, 0)::regtype::text, t.typname), t.typtype::text, t.typcategory::text,
       a.atttypmod, a.attnotnull, a.attgenerated <> '', coalesce(k.position, 0)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
left join lateral (
  select o.position from unnest(i.indkey) with ordinality o(attnum, position)
  where o.attnum = a.attnum and o.position <= i.indnkeyatts
) k on true
where c.relkind in ('r', 'p')
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_t%'
order by n.nspname, c.relname, a.attnum
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column. `key` is its position in the primary key, 0 where it is in none."""

    name: str
    type: str
    base_type: str
    is_lob: bool
    is_array: bool
    is_unbounded_numeric: bool
    not_null: bool
    generated: bool
    key: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table or the root of partitions."""

    schema: str
    name: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key, in its order."""
        parts = sorted((column.key, column.name) for column in self.columns if column.key)
        return tuple(name for _, name in parts)


def read_tables(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], Table]:
    """All tables of a database, but PostgreSQL's own."""
    found: dict[tuple[str, str], list[Column]] = {}
    for schema, table, *column in connection.execute(_COLUMNS):
        found.setdefault((schema, table), []).append(_column(column))
    return {
        (schema, name): Table(schema=schema, name=name, columns=tuple(columns))
        for (schema, name), columns in found.items()
    }


def _column(row: list[Any]) -> Column:
    name, type_, base, kind, category, typmod, not_null, generated, key = row
    is_array = category == "A"
    unbounded_text = base == "character varying" and typmod == -1
    return Column(
        name=name,
        type=type_,
        base_type=base,
        is_lob=base in _LOB_TYPES or is_array or kind == "c" or unbounded_text,
        is_array=is_array,
        is_unbounded_numeric=base == "numeric" and typmod == -1,
        not_null=not_null,
        generated=generated,
        key=key,
    )
