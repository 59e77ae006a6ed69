"""What DMS needs at the source to carry changes back there: decided from what is there, as SQL to look at.

Its user of the way back writes to the tables that are carried, to the markers `fence_TASK_back`, and
keeps DMS's own tables in the control schema. Nothing here runs anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from facts import ferry_schema
from facts.names import BACK
from ferry.mappings import Mappings, TableName
from ferry.own_tables.shape import APPLYING
from ferry.postgres import sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.postgres import Session
    from settings.databases import Database
    from settings.environment import Environment

_WRITES: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
_PARAMETER: Final = "session_replication_role"
_ROLES: Final = """
    select r.rolsuper, pg_catalog.current_setting('server_version_num')::int >= 150000,
           (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
    from pg_catalog.pg_roles r where r.rolname = %s"""
_MAY_SET: Final = "select pg_catalog.has_parameter_privilege(%s, %s, 'SET')"
_SCHEMAS: Final = """
    select nspname, pg_catalog.has_schema_privilege(%s, oid, 'USAGE'),
           pg_catalog.has_schema_privilege(%s, oid, 'CREATE')
    from pg_catalog.pg_namespace"""
_TABLES: Final = """
    select n.nspname, c.relname
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relpersistence = 'p' and n.nspname !~ '^pg_'
    and n.nspname <> all (array['information_schema', %s])
    and exists (select from pg_catalog.unnest(%s::text[]) p
                where not pg_catalog.has_table_privilege(%s, c.oid, p))
    order by 1, 2"""
_MARKERS: Final = """
    select p from pg_catalog.unnest(%s::text[]) p
    where pg_catalog.has_table_privilege(%s, pg_catalog.to_regclass(%s), p)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the source has for a way back.

    Args:
        user: As whom DMS writes.
        missing_user: Whether there is no role of that name.
        usable: The schemas that it may use.
        schemas: All schemas, with whether it may make tables there.
        closed: The tables that are carried, and that it may not read and write all of.
        markers: Its rights on each marker of the way back.
        may_set: Whether it may set session_replication_role; None where nobody here can grant that.
    """

    user: str
    missing_user: bool = False
    usable: frozenset[str] = frozenset()
    schemas: dict[str, bool] = field(default_factory=dict)
    closed: tuple[TableName, ...] = ()
    markers: dict[str, frozenset[str]] = field(default_factory=dict)
    may_set: bool | None = True


def look(session: Session, environment: Environment, database: Database, *, user: str) -> Found:
    """What a database of the source has for its way back.

    Raises:
        PostgresError: The server refuses a question.
    """
    role = session.rows(_ROLES, [user])
    if not role:
        return Found(user=user, missing_user=True)
    ((is_superuser, has_parameters, i_am_superuser),) = role
    legs = [it for it in environment.legs if it.leg == BACK and it.database == database]
    carried = [Mappings.of(it.of) for it in legs]
    closed = [
        TableName(schema, table)
        for schema, table in session.rows(_TABLES, [ferry_schema.SCHEMA, list(_WRITES), user])
    ]
    may_set: bool | None = is_superuser
    if not is_superuser and has_parameters:
        ((may_set,),) = session.rows(_MAY_SET, [user, _PARAMETER])
    if not may_set and not (has_parameters and i_am_superuser):
        may_set = None
    schemas = session.rows(_SCHEMAS, [user, user])
    return Found(
        user=user,
        usable=frozenset(name for name, usable, _ in schemas if usable),
        schemas={name: creatable for name, _, creatable in schemas},
        closed=tuple(it for it in closed if any(mappings.selects(it) for mappings in carried)),
        markers={
            it.marker: frozenset(
                right
                for (right,) in session.rows(
                    _MARKERS,
                    [list(APPLYING), user, f'{ferry_schema.SCHEMA}."{it.marker}"'],
                )
            )
            for it in legs
        },
        may_set=may_set,
    )


def statements(found: Found, control_schemas: Sequence[str]) -> Iterator[sql.Composed]:
    """What lets DMS carry changes back to a database of the source, in order."""
    user = sql.Identifier(found.user)
    for control in control_schemas:
        name = sql.Identifier(control)
        if control not in found.schemas:
            yield sql.SQL("CREATE SCHEMA {}").format(name)
        if not found.schemas.get(control) or control not in found.usable:
            yield sql.SQL("GRANT USAGE, CREATE ON SCHEMA {} TO {}").format(name, user)
    if found.markers and ferry_schema.SCHEMA not in found.usable:
        yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(
            sql.Identifier(ferry_schema.SCHEMA), user
        )
    for marker, given in sorted(found.markers.items()):
        yield from _granted(
            [right for right in APPLYING if right not in given],
            [TableName(ferry_schema.SCHEMA, marker)],
            user,
        )
    for schema in sorted({it.schema for it in found.closed}):
        if schema not in found.usable:
            yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), user)
        yield from _granted(_WRITES, [it for it in found.closed if it.schema == schema], user)
    if found.may_set is False:
        yield sql.SQL("GRANT SET ON PARAMETER {} TO {}").format(sql.SQL(_PARAMETER), user)


def _granted(
    rights: Sequence[str], tables: Sequence[TableName], user: sql.Identifier
) -> Iterator[sql.Composed]:
    if rights:
        yield sql.SQL("GRANT {} ON TABLE {} TO {}").format(
            sql.SQL(", ").join(map(sql.SQL, rights)),
            sql.SQL(", ").join(sql.Identifier(*it) for it in tables),
            user,
        )
