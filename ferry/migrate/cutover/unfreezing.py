"""Opens Aurora to those who could connect to the source, as `ferry schema ENV before-load` remembered it.

Source: https://www.postgresql.org/docs/15/ddl-priv.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.ferry_schema import ACCESS, JOURNAL, SCHEMA
from ferry.errors import FerryError
from ferry.migrate.cutover.rights import FROZEN, SWITCHING
from ferry.postgres import PostgresError, connect, sql

if TYPE_CHECKING:
    from ferry.postgres import Server, Session

_KEPT: Final = sql.SQL(
    """
select case a.grantee when 0 then null else pg_catalog.pg_get_userbyid(a.grantee)::text end,
       a.privilege_type, a.is_grantable
from {} k, pg_catalog.aclexplode(k.acl::pg_catalog.aclitem[])
     with ordinality a (grantor, grantee, privilege_type, is_grantable, number)
where k.database = pg_catalog.current_database() order by a.number"""
).format(sql.Identifier(SCHEMA, ACCESS))
_ACL: Final = """
select coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))::text from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database()"""
_LACKS: Final = """
select pg_catalog.count(*) from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
  and not exists (
    select from pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
    where a.grantee = coalesce((select r.oid from pg_catalog.pg_roles r where r.rolname = %s), 0)
      and a.privilege_type = %s)"""

# Whoever closes Aurora changes this table first, and waits for who opens it here, or is seen.
_LOCK: Final = sql.SQL("lock table {} in share row exclusive mode").format(
    sql.Identifier(SCHEMA, JOURNAL)
)
_CLOSING: Final = sql.SQL("select run from {} where phase = any (%s)").format(
    sql.Identifier(SCHEMA, JOURNAL)
)


def acl(session: Session) -> str:
    """Who may do what with a database now, as PostgreSQL writes it."""
    return str(session.rows(_ACL)[0][0])


def read(session: Session) -> tuple[tuple[str | None, str, bool], ...]:
    """Who is to have which right, and whether he may give it on; None for everybody.

    Raises:
        PostgresError: The server refuses.
        FerryError: Nothing was remembered: nobody could connect.
    """
    rows = session.rows(_KEPT)
    if not any(right == "CONNECT" for _, right, _ in rows):
        raise FerryError(
            f"Who may connect to {session.server.database} of {session.server.side} after the cutover is "
            f"not known: {SCHEMA}.{ACCESS} has nobody.",
            "The phase before-load of the schema remembers it. Where that was lost, look at the source's, "
            "and grant it by hand.",
        )
    return tuple((grantee, right, on) for grantee, right, on in rows)


def read_of(server: Server) -> None:
    """See that it is known who may connect to a database after the cutover.

    Raises:
        PostgresError: The server refuses.
        FerryError: As `read`.
    """
    with connect(server, purpose="read who may connect after the cutover") as session:
        read(session)


def open_(session: Session) -> int:
    """Give the rights that were remembered, in one transaction; those that are there stay.

    Args:
        session: A session in the database; it may write, and has its owner's rights.

    Returns:
        How many rights there are now of those that were remembered.

    Raises:
        PostgresError: The server refuses, or did not grant one; nothing is changed.
        FerryError: Nothing was remembered; or a rollback has closed Aurora meanwhile.
    """
    wanted = read(session)
    database = sql.Identifier(session.server.database)
    with session.transaction():
        session.execute("select pg_catalog.set_config('synchronous_commit', 'on', true)")
        session.execute(_LOCK)
        if closing := session.rows(_CLOSING, [[FROZEN, SWITCHING]]):
            raise FerryError(
                f"The rollback {closing[0][0]} has closed {session.server.side}: it is not opened beside the "
                "source.",
                "This cutover was halted, and is over. See where it stands before anything else.",
            )
        for grantee, right, on in wanted:
            statement = sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(
                sql.SQL(right),
                database,
                sql.SQL("PUBLIC") if grantee is None else sql.Identifier(grantee),
                sql.SQL(" WITH GRANT OPTION" if on else ""),
            )
            session.execute(statement)
            lacks = session.rows(_LACKS, [grantee or "", right])[0][0]
            if session.ungranted or lacks:
                raise PostgresError(
                    f"{session.server.subject} did not grant it: {statement.as_string()}.",
                    f"{session.server.username} does not have the rights of the database's owner.",
                    sqlstate="01007",
                    stays=True,
                )
    return len(wanted)
