"""Opens Aurora to those who could connect to the source, as `ferry schema ENV before-load` remembered it.

A cutover that is taken back must not open it any more, and one that has opened it is not taken back: its row
of the journal in Aurora gets one phase or the other, in one transaction with what it stands for.

Source: https://www.postgresql.org/docs/15/ddl-priv.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.ferry_schema import ACCESS, JOURNAL, SCHEMA
from facts.providers import signs_in_for_provider
from ferry.errors import FerryError
from ferry.migrate.cutover.rights import FROZEN, OPENED, SWITCHING, THAWED
from ferry.postgres import PostgresError, connect, sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
select pg_catalog.count(*) from pg_catalog.pg_database d where d.datname = %s
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
# Whoever is halted within a transaction keeps others from the table.
_FLUSHED: Final = """
select pg_catalog.set_config('synchronous_commit', 'on', true),
       pg_catalog.set_config('idle_in_transaction_session_timeout', '5s', true)"""
_PHASE: Final = sql.SQL("select phase from {} where run = %s and phase is not null").format(
    sql.Identifier(SCHEMA, JOURNAL)
)
_SETTLE: Final = sql.SQL(
    "update {0} set phase = %s where id = %s and run = %s and not exists "
    "(select from {0} j where j.run = %s and j.phase is not null)"
).format(sql.Identifier(SCHEMA, JOURNAL))
_MAY_CONNECT: Final = """
select r.rolname::text from pg_catalog.pg_roles r, pg_catalog.pg_database d
where d.datname = %s and r.rolcanlogin and not r.rolsuper and r.rolname <> all (%s::text[])
  and pg_catalog.has_database_privilege(r.oid, d.oid, 'connect')
order by 1"""


class GivenUpError(FerryError):
    """A cutover was taken back: it may not open Aurora any more."""


class OpenedError(FerryError):
    """A cutover has opened Aurora: it cannot be taken back any more."""


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


def opens(session: Session, *, run: str, record_id: str) -> None:
    """Say, within a transaction, that a cutover opens Aurora in it.

    Args:
        session: A session in Aurora, in the first database that is carried; it may write.
        run: The cutover's id.
        record_id: The journal's record that keeps what it has closed.

    Raises:
        GivenUpError: It was taken back.
        FerryError: The journal there has not that record; or the server refuses.
    """
    session.execute(_LOCK)
    found = _settled(session, OPENED, run=run, record_id=record_id)
    if found == THAWED:
        raise GivenUpError(
            f"The cutover {run} was taken back: it does not open {session.server.side} any more.",
            "See where it stands before anything else.",
        )
    if found != OPENED:
        raise FerryError(
            f"{SCHEMA}.{JOURNAL} of {session.server.side} has no record {record_id} of the run {run}: whether "
            "it was taken back is not known.",
            "Run this on the machine where it began, which gives the journal what is missing.",
        )


def give_up(
    session: Session, *, databases: Iterable[str], keepers: Sequence[str], run: str, record_id: str
) -> None:
    """Have a cutover open Aurora no more, unless it has: in one transaction.

    Args:
        session: As of `opens`.
        databases: The databases of Aurora's that are carried.
        keepers: Who may connect to them.
        run: The cutover's id.
        record_id: As of `opens`.

    Raises:
        OpenedError: It has opened Aurora.
        FerryError: Somebody else may connect there; or the server refuses.
    """
    with session.transaction():
        session.execute(_FLUSHED)
        see_unopened(session, run=run)
        for database in databases:
            for (name,) in session.rows(_MAY_CONNECT, [database, list(keepers)]):
                if not signs_in_for_provider(name):
                    raise FerryError(
                        f"{name} may connect to {database} of {session.server.side}: what it writes there "
                        "would be lost.",
                        "Look who has let it in. Take that away: REVOKE CONNECT ON DATABASE ... FROM ...;",
                    )
        if _settled(session, THAWED, run=run, record_id=record_id) != THAWED:
            raise FerryError(
                f"{SCHEMA}.{JOURNAL} of {session.server.side} has no record {record_id} of the run {run}.",
                "Run this again: it gives the journal what is missing.",
            )


def see_unopened(session: Session, *, run: str) -> None:
    """See, within a transaction, that a cutover has not opened Aurora; until its end it does not.

    Raises:
        OpenedError: It has.
    """
    session.execute(_LOCK)
    if session.rows(_PHASE, [run]) == [(OPENED,)]:
        raise OpenedError(
            f"The cutover {run} has opened {session.server.side}: applications may have written there.",
            "Let it end; then go back with all that they have written.",
        )


def _settled(session: Session, phase: str, *, run: str, record_id: str) -> str | None:
    """Give a cutover its phase in Aurora where it has none there; the one that it has then."""
    session.execute(_SETTLE, [phase, record_id, run, run])
    found = session.rows(_PHASE, [run])
    return str(found[0][0]) if found else None


def open_(sessions: Sequence[Session], *, run: str, record_id: str) -> int:
    """Give the rights that were remembered, in one transaction; those that are there stay.

    Args:
        sessions: A session in each database, the first one's journal has the run's phase; they may write,
            and have the owners' rights.
        run: The cutover's id.
        record_id: The journal's record that keeps what it has closed.

    Returns:
        How many rights there are now of those that were remembered.

    Raises:
        PostgresError: The server refuses, or did not grant one; nothing is changed.
        FerryError: Nothing was remembered; the cutover was taken back; or a rollback has closed Aurora.
    """
    # What a database remembers stands in it alone; rights on databases are the whole server's.
    wanted = [(it.server.database, right) for it in sessions for right in read(it)]
    session = sessions[0]
    with session.transaction():
        session.execute(_FLUSHED)
        opens(session, run=run, record_id=record_id)
        if closing := session.rows(_CLOSING, [[FROZEN, SWITCHING]]):
            raise FerryError(
                f"The rollback {closing[0][0]} has closed {session.server.side}: it is not opened beside the "
                "source.",
                "This cutover was halted, and is over. See where it stands before anything else.",
            )
        for database, (grantee, right, on) in wanted:
            statement = sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(
                sql.SQL(right),
                sql.Identifier(database),
                sql.SQL("PUBLIC") if grantee is None else sql.Identifier(grantee),
                sql.SQL(" WITH GRANT OPTION" if on else ""),
            )
            session.execute(statement)
            lacks = session.rows(_LACKS, [database, grantee or "", right])[0][0]
            if session.ungranted or lacks:
                raise PostgresError(
                    f"{session.server.subject} did not grant it: {statement.as_string()}.",
                    f"{session.server.username} does not have the rights of the database's owner.",
                    sqlstate="01007",
                    stays=True,
                )
    return len(wanted)
