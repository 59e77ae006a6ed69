"""Asks the servers what has to be known before a schema is carried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts.ferry_schema import ACCESS, SCHEMA
from ferry.migrate.schema.sides import Grant, Membership, Role, Side
from ferry.postgres import sql

if TYPE_CHECKING:
    from ferry.postgres import Session

_SELF: Final = """
select current_setting('server_version_num')::int, current_user::text,
       (select rolsuper from pg_catalog.pg_roles where rolname = current_user),
       d.datname::text, pg_catalog.pg_get_userbyid(d.datdba)::text,
       pg_catalog.pg_encoding_to_char(d.encoding)::text,
       coalesce(d.datcollate::text, ''), coalesce(d.datctype::text, ''),
       coalesce((select setconfig from pg_catalog.pg_db_role_setting
                 where setdatabase = d.oid and setrole = 0), '{}')
from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()"""

_GRANTS: Final = """
select case a.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end,
       a.privilege_type, a.is_grantable
from pg_catalog.pg_database d,
     pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
where d.datname = pg_catalog.current_database() order by 1, 2"""

_ROLES: Final = """
select r.rolname::text, r.oid = 10, r.rolcanlogin, r.rolinherit, r.rolcreaterole, r.rolcreatedb,
       r.rolsuper, r.rolreplication, r.rolbypassrls, r.rolconnlimit,
       coalesce(nullif(r.rolvaliduntil, 'infinity')::text, ''),
       coalesce((select setconfig from pg_catalog.pg_db_role_setting
                 where setrole = r.oid and setdatabase = 0), '{}'),
       coalesce((select setconfig from pg_catalog.pg_db_role_setting s
                 join pg_catalog.pg_database d on d.oid = s.setdatabase
                 where s.setrole = r.oid and d.datname = pg_catalog.current_database()), '{}'),
       coalesce(pg_catalog.shobj_description(r.oid, 'pg_authid'), '')
from pg_catalog.pg_roles r where r.rolname !~ '^pg_' order by 1"""

_MEMBERSHIPS: Final = """
select pg_catalog.pg_get_userbyid(roleid)::text, pg_catalog.pg_get_userbyid(member)::text,
       pg_catalog.bool_or(admin_option),
       pg_catalog.bool_or(coalesce((pg_catalog.to_jsonb(m)->>'inherit_option')::bool, true))
from pg_catalog.pg_auth_members m group by 1, 2 order by 1, 2"""

# Since PostgreSQL 15.
_HAS_PARAMETERS: Final = "select pg_catalog.to_regclass('pg_catalog.pg_parameter_acl') is not null"
_ON_PARAMETERS: Final = """
select distinct p.parname || ' to '
       || case a.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end
from pg_catalog.pg_parameter_acl p, pg_catalog.aclexplode(p.paracl) a
where a.grantee <> 10 order by 1"""

_COMMENTED: Final = """
select e.extname::text from pg_catalog.pg_extension e
join pg_catalog.pg_available_extensions() v on v.name = e.extname
where pg_catalog.obj_description(e.oid, 'pg_extension') is distinct from v.comment order by 1"""

# Since PostgreSQL 16 whoever makes a role is its member, with ADMIN alone.
_ACTS_AS: Final = """
select rolname::text from pg_catalog.pg_roles
where pg_catalog.pg_has_role(oid, 'usage') and rolname !~ '^pg_' order by 1"""

_EXTENSIONS: Final = "select name::text from pg_catalog.pg_available_extensions() order by 1"

# Of a table without a primary key DMS takes a unique key, and its UPDATE and DELETE name the replica
# identity's columns. A unique index with WHERE or an expression tells no row from all others.
_KEYS: Final = """
select i.indexrelid::int8, coalesce(c.oid, 0)::int8
from pg_catalog.pg_index i
join pg_catalog.pg_class t on t.oid = i.indrelid and t.relkind in ('r', 'p')
left join pg_catalog.pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
where i.indrelid >= 16384 and (i.indisprimary or i.indisreplident or (
  i.indisunique and i.indimmediate and i.indpred is null and i.indexprs is null
  and not exists (select from pg_catalog.pg_index p
                  where p.indrelid = i.indrelid and p.indisprimary)))"""

# Whoever owns the database at the source does not own Aurora's: PostgreSQL gives him CREATE on schema
# public as a member of pg_database_owner.
_CANNOT_CREATE: Final = """
select distinct n.nspname::text, r.rolname::text, exists (
  select from pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a
  where a.privilege_type = 'CREATE' and pg_catalog.pg_get_userbyid(a.grantee) = 'pg_database_owner'
    and pg_catalog.pg_has_role(r.oid, a.grantee, 'usage')) and not r.rolsuper
from (select relnamespace, relowner from pg_catalog.pg_class where oid >= 16384
      union select pronamespace, proowner from pg_catalog.pg_proc where oid >= 16384
      union select typnamespace, typowner from pg_catalog.pg_type where oid >= 16384
      union select collnamespace, collowner from pg_catalog.pg_collation where oid >= 16384
      union select oprnamespace, oprowner from pg_catalog.pg_operator where oid >= 16384
      union select stxnamespace, stxowner from pg_catalog.pg_statistic_ext
      union select connamespace, conowner from pg_catalog.pg_conversion where oid >= 16384
      union select dictnamespace, dictowner from pg_catalog.pg_ts_dict where oid >= 16384
      union select cfgnamespace, cfgowner from pg_catalog.pg_ts_config where oid >= 16384)
     o (namespace, owner)
join pg_catalog.pg_namespace n on n.oid = o.namespace and n.nspname !~ '^pg_'
join pg_catalog.pg_roles r on r.oid = o.owner
where not (exists (select from pg_catalog.aclexplode(coalesce(n.nspacl,
                     pg_catalog.acldefault('n', n.nspowner))) a
                   where a.privilege_type = 'CREATE'
                     and pg_catalog.pg_get_userbyid(a.grantee) <> 'pg_database_owner'
                     and (a.grantee = 0 or pg_catalog.pg_has_role(r.oid, a.grantee, 'usage')))
           and not r.rolsuper)"""

# ANALYZE leaves out with a warning alone what the role may not analyze, and what has no partition yet.
# Ferry's and DMS's own tables are looked up by no plan that matters.
_NEVER_ANALYZED: Final = """
select pg_catalog.format('%I.%I', n.nspname, c.relname)
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where (c.relkind = 'r' or (c.relkind = 'p' and c.relhassubclass))
  and c.oid >= 16384 and c.reltuples = -1 and n.nspname !~ '^pg_'
  and n.nspname <> 'ferry' and c.relname !~ '^awsdms_'
  and pg_catalog.pg_has_role(c.relowner, 'usage') order by 1"""

_REACHABLE: Final = """
select rolname::text from pg_catalog.pg_roles
where rolcanlogin and not rolsuper
  and pg_catalog.has_database_privilege(oid, pg_catalog.current_database(), 'connect') order by 1"""


def read(session: Session, *, is_target: bool = False) -> Side:
    """What is known of a database and its server. Reads catalogs, and in Aurora ferry's own table.

    Args:
        session: A session on the database.
        is_target: Whether it is Aurora's.

    Raises:
        FerryError: The server refuses or does not answer.
    """
    [(version, user, is_superuser, database, owner, encoding, collate, ctype, settings)] = (
        session.rows(_SELF)
    )
    return Side(
        version=version,
        user=user,
        is_superuser=is_superuser,
        database=database,
        owner=owner,
        encoding=encoding,
        collate=collate,
        ctype=ctype,
        settings=tuple(settings),
        grants=tuple(map(Grant._make, session.rows(_GRANTS))),
        roles=tuple(map(_role, session.rows(_ROLES))),
        memberships=tuple(map(Membership._make, session.rows(_MEMBERSHIPS))),
        acts_as=frozenset(name for (name,) in session.rows(_ACTS_AS)),
        extensions=frozenset(name for (name,) in session.rows(_EXTENSIONS)),
        keys=frozenset(oid for row in session.rows(_KEYS) for oid in row if oid),
        cannot_create={
            (schema, role): as_owner for schema, role, as_owner in session.rows(_CANNOT_CREATE)
        },
        is_reachable_by=tuple(name for (name,) in session.rows(_REACHABLE)),
        never_analyzed=tuple(name for (name,) in session.rows(_NEVER_ANALYZED)),
        remembers_access=_remembers_access(session) if is_target else None,
        on_parameters=tuple(
            line
            for (line,) in (
                session.rows(_ON_PARAMETERS) if session.rows(_HAS_PARAMETERS) == [(True,)] else ()
            )
        ),
        commented=tuple(name for (name,) in session.rows(_COMMENTED)),
    )


def _role(row: tuple[Any, ...]) -> Role:
    *attributes, settings, settings_here, comment = row
    return Role._make((*attributes, tuple(settings), tuple(settings_here), comment))


def _remembers_access(session: Session) -> bool | None:
    [(there,)] = session.rows(
        "select pg_catalog.to_regclass(%s) is not null", [f"{SCHEMA}.{ACCESS}"]
    )
    if not there:
        return None
    [(kept,)] = session.rows(
        sql.SQL(
            "select exists (select from {}.{} where database = pg_catalog.current_database())"
        ).format(sql.Identifier(SCHEMA), sql.Identifier(ACCESS))
    )
    return bool(kept)
