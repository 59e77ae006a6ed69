"""The tables of a database, as far as DMS has to know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    from local_aws.dms_worker.job import TableId

# Types that DMS counts as large objects, by their names in pg_type, a domain's by that of what it is
# over; beside them arrays, composite types and text without a length.
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, data types
_COLUMNS = """
with recursive domains (domain, base, typmod) as (
  select oid, typbasetype, typtypmod from pg_catalog.pg_type where typtype = 'd'
  union all
  select d.domain, t.typbasetype, t.typtypmod
  from domains d join pg_catalog.pg_type t on t.oid = d.base and t.typtype = 'd'
)
select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), t.typname,
       t.typname in ('text', 'citext', 'bytea', 'json', 'jsonb', 'xml', 'hstore')
         or t.typcategory = 'A' or t.typtype = 'c' or t.typname = 'varchar' and m.typmod = -1,
       t.typcategory = 'A', t.typname = 'numeric' and m.typmod = -1, coalesce(k.position, 0),
       coalesce(a.attnum = any (r.indkey), false)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join (
  select d.* from domains d join pg_catalog.pg_type b on b.oid = d.base and b.typtype <> 'd'
) d on d.domain = a.atttypid
join pg_catalog.pg_type t on t.oid = coalesce(d.base, a.atttypid)
cross join lateral (select coalesce(d.typmod, a.atttypmod)) m (typmod)
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


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    `base_type` is the type's name, of a domain that of what it is over; `key` its position in the
    primary key, 0 where it is in none; `is_identity` whether REPLICA IDENTITY USING INDEX names an
    index that it is in.
    """

    name: str
    type: str
    base_type: str
    is_lob: bool = False
    is_array: bool = False
    is_unbounded_numeric: bool = False
    key: int = 0
    is_identity: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table or the root of partitions."""

    name: TableId
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key, in its order."""
        parts = sorted((column.key, column.name) for column in self.columns if column.key)
        return tuple(name for _, name in parts)

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns of the index that REPLICA IDENTITY USING INDEX names."""
        return tuple(column.name for column in self.columns if column.is_identity)

    def __str__(self) -> str:
        """Its name as messages have it."""
        return ".".join(self.name)


def read_tables(connection: psycopg.Connection[Any]) -> dict[TableId, Table]:
    """All tables of a database, but PostgreSQL's own."""
    found: dict[TableId, list[Column]] = {}
    for schema, table, *column in connection.execute(_COLUMNS):
        found.setdefault((schema, table), []).append(Column(*column))
    return {name: Table(name, tuple(columns)) for name, columns in found.items()}
