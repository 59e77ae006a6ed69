"""Reads what a database has of ferry's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.ferry_schema import SCHEMA
from ferry.own_tables.shape import APPLYING, OwnTable

if TYPE_CHECKING:
    from ferry.postgres import Session

# A key that is checked late is no replica identity; heirs and partitions bring rows of other tables.
_TABLES: Final = """
    select c.relname,
           case when c.relkind = 'r' and c.relpersistence = 'p' and not exists (
                    select from pg_catalog.pg_inherits h where c.oid in (h.inhrelid, h.inhparent))
           then
               (select pg_catalog.array_agg(
                    array[a.attname::text,
                          case a.atttypid when 'timestamptz'::pg_catalog.regtype then 'timestamptz'
                          else pg_catalog.format_type(a.atttypid, a.atttypmod) end
                          || case when a.attnum = any (i.indkey) then ' primary key'
                             when a.attnotnull then ' not null' else '' end]
                    order by a.attnum)
                from pg_catalog.pg_attribute a
                left join pg_catalog.pg_index i
                on i.indrelid = c.oid and i.indisprimary and i.indimmediate
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
           end,
           (select pg_catalog.array_agg(p) from pg_catalog.unnest(%s::text[]) p
            where pg_catalog.has_table_privilege(r.oid, c.oid, p)),
           exists (select from pg_catalog.aclexplode(c.relacl) a where a.grantee = 0),
           array(
               select 'trigger ' || t.tgname from pg_catalog.pg_trigger t
               where t.tgrelid = c.oid and not t.tgisinternal
               union all select 'rule ' || r.rulename from pg_catalog.pg_rewrite r
               where r.ev_class = c.oid and c.relkind = 'r'
               union all select 'constraint ' || k.conname from pg_catalog.pg_constraint k
               where c.oid in (k.conrelid, k.confrelid) and k.contype not in ('p', 'n')
               union all select 'default or identity of ' || a.attname
               from pg_catalog.pg_attribute a where a.attrelid = c.oid and not a.attisdropped
               and (a.attidentity <> '' or a.atthasdef)
               union all select 'row level security' where c.relrowsecurity
               order by 1)
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_roles r on r.rolname = %s
    where n.nspname = %s and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')"""


def read(session: Session, dms_user: str) -> dict[str, OwnTable]:
    """What there is of the names of ferry's tables, by name.

    Args:
        session: A session with the database.
        dms_user: The role as which DMS signs in; one that is not there has no rights.

    Raises:
        PostgresError: The server refuses.
    """
    rows = session.rows(_TABLES, [list(APPLYING), dms_user, SCHEMA])
    return {
        name: OwnTable(
            columns=tuple((column, what) for column, what in columns or ()),
            rights=frozenset(rights or ()),
            public=public,
            reacting=tuple(reacting),
        )
        for name, columns, rights, public, reacting in rows
    }
