"""The tables of a database, as far as DMS has to know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

# Types that DMS counts as large objects.
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, data types
# Types by their names in pg_type, a domain's by that of what it is over.
_LOB_TYPES = frozenset({"text", "citext", "bytea", "json", "jsonb", "xml", "hstore"})
_COLUMNS = """
with recursive domains (domain, base, typmod) as (
  select oid, typbasetype, typtypmod from pg_catalog.pg_type where typtype = 'd'
  union all
  select d.domain, t.typbasetype, t.typtypmod
  from domains d join pg_catalog.pg_type t on t.oid = d.base and t.typtype = 'd'
)
select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       t.typname, t.typtype::text, t.typcategory::text,
       coalesce(d.typmod, a.atttypmod), a.attnotnull, a.attgenerated <> '', coalesce(k.position, 0),
       coalesce(a.attnum = any (r.indkey), false)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join (
  select d.* from domains d join pg_catalog.pg_type b on b.oid = d.base and b.typtype <> 'd'
) d on d.domain = a.atttypid
join pg_catalog.pg_type t on t.oid = coalesce(d.base, a.atttypid)
left join pg_catalog.pg_index r
  on r.indrelid = c.oid and r.indisreplident and c.relreplident = 'i'
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
    """A column.

    `key` is its position in the primary key, 0 where it is in none; `identity` is whether REPLICA
    IDENTITY USING INDEX names an index that it is in.
    """

    name: str
    type: str
    base_type: str
    is_lob: bool
    is_array: bool
    is_unbounded_numeric: bool
    not_null: bool
    generated: bool
    key: int
    identity: bool


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

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns of the index that REPLICA IDENTITY USING INDEX names."""
        return tuple(column.name for column in self.columns if column.identity)


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
    name, type_, base, kind, category, typmod, not_null, generated, key, identity = row
    is_array = category == "A"
    unbounded_text = base == "varchar" and typmod == -1
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
        identity=identity,
    )
