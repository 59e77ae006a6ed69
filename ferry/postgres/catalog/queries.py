"""The queries that read a database's catalogs: raw ones, each once.

None of them locks what a writer needs: `pg_sequences` would lock every sequence, `pg_relation_size`
opens every file, and information_schema shows only what the role may see. A column that a release
lacks is read through `to_jsonb`, or is written in its place. Everything of users has an oid of 16,384
or more.
"""

# ruff: noqa: PLR2004, S608 - the releases of PostgreSQL, and text of this file alone

from __future__ import annotations

from typing import Final

_OF_USERS: Final = "left(n.nspname, 3) <> 'pg_' and n.nspname <> 'information_schema'"


def server(version: int) -> str:
    """The server and the database."""
    actual = "pg_database_collation_actual_version(d.oid)" if version >= 150_000 else "''"
    return f"""
select current_setting('server_version_num')::int, pg_is_in_recovery(),
       coalesce(host(inet_server_addr()), ''), inet_server_port(), current_user::text,
       (select rolsuper from pg_roles where rolname = current_user),
       pg_has_role(current_user, 'pg_read_all_stats', 'usage'),
       exists (select from pg_roles where rolname = 'rds_superuser'),
       d.datname::text, pg_get_userbyid(d.datdba)::text, pg_encoding_to_char(d.encoding)::text,
       coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', d.datcollate::text, ''),
       coalesce(d.datctype::text, ''),
       coalesce(to_jsonb(d)->>'datlocprovider', 'c'), coalesce(to_jsonb(d)->>'datcollversion', ''),
       coalesce({actual}, ''), has_database_privilege('public', d.oid, 'connect')
from pg_database d where d.datname = current_database()"""


SETTINGS: Final = "select name, coalesce(reset_val, ''), coalesce(unit, '') from pg_settings"
"""As sessions begin with them: this one has set some for itself."""

ROLES: Final = """
select r.rolname::text, r.rolsuper, r.rolreplication, r.rolbypassrls, r.rolcanlogin, r.rolconnlimit,
       extract(epoch from nullif(r.rolvaliduntil, 'infinity') - now())::float8,
       array(select o.rolname::text from pg_roles o
             where pg_has_role(r.oid, o.oid, 'member') and o.oid <> r.oid order by 1),
       array(select unnest(s.setconfig) from pg_db_role_setting s
             where s.setrole in (0, r.oid) and s.setdatabase in
                   (0, (select oid from pg_database where datname = current_database()))
             order by s.setrole <> 0, s.setdatabase <> 0),
       has_database_privilege(r.oid, current_database(), 'connect'),
       has_database_privilege(r.oid, current_database(), 'create')
from pg_roles r where r.rolname = any(%s::text[]) order by 1"""

SUPERUSERS: Final = "select rolname::text from pg_roles where rolsuper order by 1"

SCHEMAS: Final = f"""
select n.nspname::text, pg_get_userbyid(n.nspowner)::text,
       array(select r.rolname::text from pg_roles r where r.rolname = any(%s::text[])
             and has_schema_privilege(r.oid, n.oid, 'usage')),
       array(select r.rolname::text from pg_roles r where r.rolname = any(%s::text[])
             and has_schema_privilege(r.oid, n.oid, 'create'))
from pg_namespace n where {_OF_USERS} order by 1"""

RELATIONS: Final = f"""
select c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.relpersistence::text,
       c.relreplident::text, c.relispartition,
       array(select i.inhparent from pg_inherits i where i.inhrelid = c.oid order by i.inhseqno),
       array(select r.rolname::text from pg_roles r where c.relrowsecurity
             and r.rolname = any(%s::text[]) and not r.rolbypassrls
             and (c.relforcerowsecurity and not r.rolsuper
                  or not pg_has_role(r.oid, c.relowner, 'usage'))),
       c.relrowsecurity, c.reltuples::float8, greatest(c.relpages, 0), coalesce(o.relpages, 0),
       pg_stat_get_live_tuples(c.oid), pg_stat_get_tuples_updated(c.oid),
       pg_stat_get_tuples_deleted(c.oid),
       coalesce(e.extname::text, ''), pg_get_userbyid(c.relowner)::text,
       array(select r.rolname::text from pg_roles r where r.rolname = any(%s::text[])
             and (has_table_privilege(r.oid, c.oid, 'select')
                  or has_any_column_privilege(r.oid, c.oid, 'select') and not exists (
                    select from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                      and not has_column_privilege(r.oid, c.oid, a.attnum, 'select'))))
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_class o on o.oid = c.reltoastrelid
left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
left join pg_extension e on e.oid = d.refobjid
where c.relkind in ('r', 'p', 'v', 'm', 'f') and {_OF_USERS}
order by n.nspname, c.relname"""


def columns(version: int) -> str:
    """The columns of tables, and what their types are.

    `inside` says which types are parts of others, but for what no name can be in, such as text: of a
    database with many tables that is nearly all. `names` are those that hold a name of something.
    """
    generated = "a.attgenerated::text" if version >= 120_000 else "''"
    return f"""
with recursive domains (domain, base, modifier) as (
  select oid, typbasetype, typtypmod from pg_type where typtype = 'd'
  union all
  select d.domain, t.typbasetype, case when d.modifier = -1 then t.typtypmod else d.modifier end
  from domains d join pg_type t on t.oid = d.base and t.typtype = 'd'
),
inside (type, part) as (
  select oid, typbasetype from pg_type where typtype = 'd'
  union all
  select oid, typelem from pg_type where typelem <> 0
  union all
  select r.reltype, a.atttypid
  from pg_attribute a join pg_class r on r.oid = a.attrelid
  join pg_type p on p.oid = a.atttypid and (p.oid >= 16384 or p.typtype <> 'b' or p.typname ~ '^_?reg')
  where a.attnum > 0
),
names (type) as (
  select oid from pg_type where typnamespace = 'pg_catalog'::regnamespace and typname ~ '^reg'
  union
  select i.type from names n join inside i on i.part = n.type
)
select a.attrelid, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod),
       case when t.typnamespace <> 'pg_catalog'::regnamespace and t.typname in
                 (select typname from pg_type where typnamespace = 'pg_catalog'::regnamespace)
            then t.typnamespace::regnamespace || '.' else '' end || t.typname,
       t.typtype::text, t.typcategory::text, coalesce(d.modifier, a.atttypmod), a.attnotnull,
       {generated}, a.attidentity::text, a.attcollation, a.atttypid in (select type from names)
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
left join (
  select d.* from domains d join pg_type b on b.oid = d.base and b.typtype <> 'd'
) d on d.domain = a.atttypid
join pg_type t on t.oid = coalesce(d.base, a.atttypid)
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and {_OF_USERS}
order by a.attrelid, a.attnum"""


INDEXES: Final = """
select i.indrelid, c.relname::text, (i.indkey::int2[])[0:i.indnkeyatts - 1], i.indisunique,
       i.indisprimary, i.indisvalid, i.indimmediate, i.indpred is not null, i.indisreplident,
       coalesce(pg_get_expr(i.indexprs, i.indrelid), '')
from pg_index i join pg_class c on c.oid = i.indexrelid
join pg_class r on r.oid = i.indrelid and r.relkind in ('r', 'p')
where i.indrelid >= 16384
order by i.indrelid, 2"""

CONSTRAINTS: Final = """
select conrelid, conname::text, contype::text, condeferrable, convalidated, confrelid
from pg_constraint where conrelid >= 16384 and contype in ('p', 'u', 'f', 'c', 'x')
order by 1, 2"""

TRIGGERS: Final = """
select tgrelid, 'TRIGGER', tgname::text from pg_trigger
where tgrelid >= 16384 and not tgisinternal and tgenabled in ('A', 'R')
union all
select ev_class, 'RULE', rulename::text from pg_rewrite
where ev_class >= 16384 and ev_enabled in ('A', 'R') order by 1, 3"""

WITHOUT_AUDIT: Final = """
select distinct n.nspname::text, pg_get_userbyid(t.relowner)::text, coalesce(s.name, '')
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
cross join lateral (
  select min(d.objid::regclass::text) as name, min(d.objid) as oid from pg_depend d
  join pg_sequence q on q.seqrelid = d.objid
  where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid > 0
) s
join pg_proc p on p.proname = 'awsdms_intercept_ddl' and not p.prosecdef
join pg_class t on t.relkind in ('r', 'p') and t.oid >= 16384
where c.relname = 'awsdms_ddl_audit' and not (
  has_schema_privilege(t.relowner, n.oid, 'usage')
  and has_table_privilege(t.relowner, c.oid, 'insert')
  and has_table_privilege(t.relowner, c.oid, 'delete')
  and coalesce(has_sequence_privilege(t.relowner, s.oid, 'usage, update'), true))
order by 1, 2"""
"""Owners of tables who may not write to the table of DMS's event trigger, which writes as they do: it
inserts a row, whose key is of a sequence, and deletes it. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, its function
`awsdms_intercept_ddl`"""

EVENT_TRIGGERS: Final = """
select e.evtname::text, e.evtevent::text, e.evtenabled::text, p.proname::text
from pg_event_trigger e join pg_proc p on p.oid = e.evtfoid order by 1"""

SEQUENCES: Final = f"""
select c.oid, n.nspname::text, c.relname::text, format_type(s.seqtypid, -1), s.seqmin, s.seqmax,
       s.seqincrement, s.seqcycle, coalesce(d.refobjid, 0), coalesce(a.attname::text, ''),
       coalesce(t.typname::text, '')
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
  and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
left join pg_type t on t.oid = a.atttypid
where {_OF_USERS}
order by n.nspname, c.relname"""

LAST_VALUES: Final = """
select o.oid, pg_sequence_last_value(o.oid::regclass) from unnest(%s::oid[]) o (oid)
where has_sequence_privilege(o.oid, 'usage, select')"""
"""Of some sequences: each is locked until the transaction ends, as `nextval` does it."""

EXTENSIONS: Final = """
select e.extname::text, e.extversion, n.nspname::text
from pg_extension e join pg_namespace n on n.oid = e.extnamespace order by 1"""

AVAILABLE: Final = """
select e.name::text, coalesce(e.default_version, ''),
       array(select v.version from pg_available_extension_versions() v where v.name = e.name)
from pg_available_extensions() e order by 1"""


def collations(version: int) -> str:
    """The collations that columns and indexes of users name."""
    deterministic = "c.collisdeterministic" if version >= 120_000 else "true"
    return f"""
select c.oid, n.nspname::text, c.collname::text, c.collprovider::text, {deterministic},
       coalesce(c.collversion, ''), coalesce(pg_collation_actual_version(c.oid), '')
from pg_collation c join pg_namespace n on n.oid = c.collnamespace
where c.collprovider <> 'd'
  and c.oid in (select attcollation from pg_attribute where attrelid >= 16384 and attnum > 0)
order by 2, 3"""


SLOTS: Final = """
select s.slot_name::text, coalesce(s.plugin::text, ''), coalesce(s.database::text, ''), s.active,
       pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
                            else pg_current_wal_lsn() end, s.restart_lsn)::int8,
       coalesce(to_jsonb(s)->>'wal_status', '')
from pg_replication_slots s order by 1"""

SESSIONS: Final = """
select pid, coalesce(datname::text, ''), coalesce(usename::text, ''),
       coalesce(application_name, ''), coalesce(state, ''),
       extract(epoch from clock_timestamp() - xact_start)::float8
from pg_stat_activity
where xact_start is not null and pid <> pg_backend_pid() and backend_type = 'client backend'
order by xact_start"""

PREPARED: Final = """
select gid, database::text, owner::text, extract(epoch from now() - prepared)::float8
from pg_prepared_xacts order by 1"""


def publications(version: int) -> str:
    """The database's publications."""
    schemas = "'{}'::text[]"
    if version >= 150_000:
        schemas = """array(select n.nspname::text from pg_publication_namespace s
            join pg_namespace n on n.oid = s.pnnspid where s.pnpubid = p.oid order by 1)"""
    return f"select p.pubname::text, p.puballtables, {schemas} from pg_publication p order by 1"


SUBSCRIPTIONS: Final = """
select subname::text, subenabled from pg_subscription
where subdbid = (select oid from pg_database where datname = current_database()) order by 1"""

FOREIGN_SERVERS: Final = """
select s.srvname::text, w.fdwname::text
from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw order by 1"""

DEFAULT_PRIVILEGES: Final = """
select pg_get_userbyid(d.defaclrole)::text, coalesce(n.nspname::text, ''), d.defaclobjtype::text
from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace order by 1, 2, 3"""

WAL: Final = """
select wal_bytes::int8, extract(epoch from clock_timestamp() - stats_reset)::float8 from pg_stat_wal"""
"""Since PostgreSQL 14."""

PGLOGICAL_NODES: Final = "select node_name::text from pglogical.node order by 1"

COUNTS: Final = """
select (select count(*) from (select from pg_largeobject_metadata limit 1000000) o),
       (select count(*) from pg_stat_replication),
       (select sum(numbackends)::int8 from pg_stat_database)"""
"""`pg_stat_activity` hides from others what kind of session one is."""

POSITION: Final = """
select pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
                            else pg_current_wal_insert_lsn() end, '0/0')::int8,
       extract(epoch from clock_timestamp())::float8"""
"""Where WAL stands, and when that was, in seconds."""
