"""Closes the side where applications write to all but ferry and DMS, and opens it again as it was.

That is the source before a cutover, and Aurora before a rollback.

The order holds: what is kept is kept before anything is taken; closing is one transaction, which is seen
to be undone before it is done; who opens it and who goes beyond the point of no return change one
row from the same value, and PostgreSQL lets one of them.
"""

from __future__ import annotations

import time
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from facts.ferry_schema import JOURNAL, SCHEMA
from facts.providers import signs_in_for_provider
from ferry import files, progress
from ferry.errors import FerryError
from ferry.migrate.cutover.rights import (
    FROZEN,
    READ_ONLY,
    SWITCHING,
    THAWED,
    Item,
    Rights,
    Saved,
    script,
    script_name,
)
from ferry.migrate.ways import Direction
from ferry.postgres import PostgresError, UnreachableError, sql
from ferry.words import capital

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ferry.postgres import Session

SECONDS_TO_END_SESSIONS: Final = 30.0
"""For how long sessions that come back are ended again."""

_SECONDS_BETWEEN_PASSES: Final = 0.1
"""A session that is just starting is listed only when it has: two passes in a row have to find none."""
_SECONDS_OF_SILENCE: Final = 0.2
_TRIES: Final = 3
_NO_RIGHT: Final = "42501"
_FERRY: Final = "ferry"
_LONGEST: Final = 5

_JOURNAL: Final = sql.Identifier(SCHEMA, JOURNAL)
# Whoever is halted within a transaction holds the row of the phase, and keeps others from opening.
_FLUSHED: Final = """
select pg_catalog.set_config('synchronous_commit', 'on', true),
       pg_catalog.set_config('idle_in_transaction_session_timeout', '5s', true)"""
_RIGHTS: Final = """
select pg_catalog.pg_get_userbyid(d.datdba)::text,
       coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))::text
from pg_catalog.pg_database d where d.datname = %s"""
_ITEMS: Final = """
select case a.grantee when 0 then '' else pg_catalog.pg_get_userbyid(a.grantee)::text end,
       pg_catalog.pg_get_userbyid(a.grantor)::text, a.privilege_type, a.is_grantable,
       a.grantee <> 0 and not coalesce(r.rolcanlogin, true)
from pg_catalog.pg_database d,
     pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba)))
         with ordinality a (grantor, grantee, privilege_type, is_grantable, number)
     left join pg_catalog.pg_roles r on r.oid = a.grantee
where d.datname = %s order by a.number"""
_SETTINGS: Final = """
select case s.setrole when 0 then '' else pg_catalog.pg_get_userbyid(s.setrole)::text end, s.setconfig
from pg_catalog.pg_db_role_setting s join pg_catalog.pg_database d on d.oid = s.setdatabase
where d.datname = %s
  and (s.setrole = 0 or pg_catalog.pg_get_userbyid(s.setrole) = any (%s::text[]))
order by 1"""
_STILL_MAY: Final = """
select r.rolname::text from pg_catalog.pg_roles r
where r.rolcanlogin and not r.rolsuper and r.rolname <> all (%s::text[])
  and pg_catalog.has_database_privilege(r.oid, %s, 'connect')
order by 1"""
# What a session is for is not shown to everybody: one of which that is not known is counted. One that was
# opened for replication runs SQL too, as long as it does not read a slot:
# https://www.postgresql.org/docs/15/protocol-replication.html
_OTHERS: Final = """
select a.pid, coalesce(a.usename, '')::text, coalesce(a.application_name, ''), a.datname::text,
       coalesce(pg_catalog.host(a.client_addr), '')
from pg_catalog.pg_stat_activity a
where a.datname = any (%s::text[]) and a.pid <> pg_catalog.pg_backend_pid()
  and coalesce(a.backend_type, '') not in ('autovacuum worker', 'parallel worker')
  and not (coalesce(a.backend_type, 'walsender') = 'walsender' and exists (
    select from pg_catalog.pg_replication_slots s where s.active_pid = a.pid))"""
# A session that is being made locks its database's row until it is listed, and reads behind that lock
# whether it may connect: InitPostgres in src/backend/utils/init/postinit.c.
_BEING_MADE: Final = """
select l.pid from pg_catalog.pg_locks l join pg_catalog.pg_database d on d.oid = l.objid
where d.datname = any (%s::text[]) and l.locktype = 'object' and l.mode = 'RowExclusiveLock' and l.granted
  and l.classid = 'pg_catalog.pg_database'::pg_catalog.regclass
  and l.pid <> pg_catalog.pg_backend_pid()"""
_END: Final = "select pg_catalog.pg_terminate_backend(%s)"
_NEXT: Final = "select pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text"
_PREPARED: Final = """
select gid from pg_catalog.pg_prepared_xacts where database = any (%s::text[]) order by 1"""
# Catalogs and what initdb made have lower numbers (FirstNormalObjectId).
_WRITING: Final = """
select l.pid, coalesce(a.usename, '')::text, coalesce(a.application_name, ''), d.datname::text,
       coalesce(pg_catalog.host(a.client_addr), '')
from pg_catalog.pg_locks l join pg_catalog.pg_database d on d.oid = l.database
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where d.datname = any (%s::text[]) and l.locktype = 'relation' and l.relation >= 16384
  and l.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  and l.pid is distinct from pg_catalog.pg_backend_pid()
  and coalesce(a.backend_type, '') not in ('autovacuum worker', 'parallel worker')"""
_PHASE: Final = sql.SQL("select phase from {} where run = %s and phase is not null").format(
    _JOURNAL
)
# Whoever gives a run its first phase holds all its records: it has one phase, whichever of them has it.
_HELD: Final = sql.SQL("select id from {} where run = %s order by id for update").format(_JOURNAL)
_FIRST: Final = sql.SQL(
    "update {0} set phase = %s where id = %s and run = %s and not exists "
    "(select from {0} j where j.run = %s and j.phase is not null)"
).format(_JOURNAL)
_CHANGE: Final = sql.SQL("update {} set phase = %s where run = %s and phase = %s").format(_JOURNAL)


class Thaw(StrEnum):
    """What opening a side came to."""

    OPENED = "opened"
    """It is open again, as it was."""

    OTHERWISE = "opened otherwise"
    """It is open again; somebody has changed rights or roles meanwhile, and the list is another than before.
    A role that was dropped or renamed has none any more."""

    WAS_OPEN = "was open"
    """The run had opened it already, or somebody by the script."""

    NEVER_CLOSED = "never closed"
    """The run has not closed it, and does not any more."""


class ClosedError(FerryError):
    """A run is beyond its point of no return: what it closed is not opened by it any more."""


class OpenError(FerryError):
    """The side was opened again: the run may not go on."""


class _Undone(Exception):  # noqa: N818 - no error: it ends a transaction that is only tried
    """Ends a transaction that is only tried."""


def save(
    session: Session,
    *,
    environment: str,
    run: str,
    databases: Sequence[str],
    dms: Sequence[str],
    direction: Direction = Direction.FORWARD,
) -> Saved:
    """What has to be kept before a side is closed. Nothing is changed.

    Closing and opening are both done in a transaction that is rolled back: nothing is closed that was not
    seen to open again, to the letter.

    Args:
        session: A session at that side, in the first of the databases; it may write.
        environment: The environment's name.
        run: The run's id.
        databases: The databases, by their names there.
        dms: The roles that DMS signs in as there.
        direction: Where changes are carried: that side is the one that they come from.

    Raises:
        PostgresError: The server refuses.
        FerryError: Others could still connect; or the rights would not be the same again.
    """
    ferry = session.server.username
    keepers = [ferry, *dms]
    saved = Saved(
        environment=environment,
        run=run,
        ferry=ferry,
        dms=tuple(dms),
        belt=True,
        databases=tuple(_rights(session, it, keepers) for it in databases),
        direction=direction,
    )
    try:
        _try_both(session, saved)
    except PostgresError as error:
        # Setting what the keepers' sessions may do is another right than closing a database.
        if error.sqlstate != _NO_RIGHT:
            raise
        saved = replace(saved, belt=False)
        _try_both(session, saved)
    return saved


def write_script(saved: Saved) -> Path:
    """Write the script that opens a side without ferry: on the disk, the user's alone. Say where.

    Raises:
        FerryError: It cannot be written.
    """
    file = script_of(saved.environment, saved.direction)
    try:
        files.replace(file, script(saved).encode(), mode=0o600)
    except OSError as error:
        raise FerryError(f"{file} cannot be written: {error.strerror}.") from None
    return file


def script_of(environment: str, direction: Direction = Direction.FORWARD) -> Path:
    """Where the script is that opens an environment's side without ferry that changes come from.

    Raises:
        FerryError: There is no folder for it.
    """
    return progress.folder(environment) / script_name(environment, direction)


def phase(session: Session, run: str) -> str | None:
    """A run's phase by its row at the side that it closes; None where it has not closed it."""
    rows = session.rows(_PHASE, [run])
    return str(rows[0][0]) if rows else None


def freeze(session: Session, saved: Saved, *, record_id: str) -> None:
    """Close a side, in one transaction, in which nobody else may connect any more.

    Sessions that there are stay; `end_sessions` ends them. What is closed already stays so.

    Args:
        session: A session at that side, in the first of the databases; it may write.
        saved: What is kept, in the journal there and as a script on the disk.
        record_id: The journal's record that keeps it: it gets the phase.

    Raises:
        PostgresError: The server refuses; nothing is closed.
        FerryError: Others could still connect, the run has opened it already, or the rights are
            others than what is kept.
    """
    with session.transaction():
        session.execute(_FLUSHED)
        if not _begins(session, saved, FROZEN, record_id):
            found = phase(session, saved.run)
            if found != FROZEN:
                raise OpenError(
                    f"The run {saved.run} may not close {saved.side}: its phase there is "
                    f"{found or 'none'}.",
                    f"Begin a new one: {saved.again}",
                )
            return
        if not is_as_it_was(session, saved):
            raise FerryError(
                f"Rights or settings of {saved.side}'s databases were changed since the run {saved.run} "
                "kept them: opening it would take that back.",
                "Nothing is closed. Run this again: it keeps them anew.",
            )
        close(session, saved)


def close(session: Session, saved: Saved) -> None:
    """Take CONNECT from all but the keepers, and see that nobody else has it; within a transaction.

    Raises:
        PostgresError: The server refuses.
        FerryError: Others may still connect.
    """
    _run(session, saved.closes())
    _see_closed(session, saved)


def end_sessions(
    session: Session, saved: Saved, *, seconds: float = SECONDS_TO_END_SESSIONS
) -> int:
    """End all sessions of the databases but ferry's, DMS's and the provider's. Return how many there were.

    The side is closed by now. Sessions that were let in before and are not listed yet are waited for;
    those that are being made only now are refused.

    Raises:
        FerryError: One may not be ended, or they come back.
    """
    until = time.monotonic() + seconds
    ended: set[int] = set()
    let_in = _being_made(session, saved)
    empty = 0
    while empty < 2:  # noqa: PLR2004 - twice in a row, see _SECONDS_BETWEEN_PASSES
        # In this order: what is no longer being made is listed.
        let_in &= _being_made(session, saved)
        found = others(session, saved)
        empty = 0 if found or let_in else empty + 1
        for pid, who in found.items():
            try:
                session.rows(_END, [pid])
            except UnreachableError:
                raise
            except PostgresError as error:
                raise FerryError(
                    f"A session of {saved.side} may not be ended: {who}. {error.why}",
                    f"End it {saved.at} as a superuser: select pg_terminate_backend({pid})",
                ) from None
            ended.add(pid)
        if found and time.monotonic() > until:
            raise FerryError(
                f"Sessions of {saved.side} come back for {seconds:.0f} s: {_some(found.values())}.",
                "Neither a right nor ending them keeps them out: they are superusers, or ferry's own role "
                "is used by others. End what they do, or let them sign in as another role.",
            )
        if let_in and time.monotonic() > until:
            pids = ", ".join(map(str, sorted(let_in)))
            raise FerryError(
                f"Sessions of {saved.side} that began before it was closed are still being made after "
                f"{seconds:.0f} s: process {pids}.",
                f"End them {saved.at} as a superuser: select pg_terminate_backend({min(let_in)})",
            )
        if empty < 2:  # noqa: PLR2004 - as above
            time.sleep(_SECONDS_BETWEEN_PASSES)
    return len(ended)


def others(session: Session, saved: Saved) -> dict[int, str]:
    """Who is connected to the databases and should not be, in words, by process id."""
    rows = session.rows(_OTHERS, [_names(saved)])
    return {pid: _who(*row) for pid, *row in rows if not _stays(saved, *row[:2])}


def _being_made(session: Session, saved: Saved) -> set[int]:
    """The process ids of sessions of the databases that are being made: no other list has them yet."""
    return {pid for (pid,) in session.rows(_BEING_MADE, [_names(saved)])}


def prove_silence(session: Session, saved: Saved) -> str:
    """Prove that nobody writes to the databases, and say by what.

    Twice the same next transaction proves it for the whole server. Where others go on there, in other
    databases, or a provider's own role or DMS's heartbeat in these, it is proved by locks: whoever has
    written to a table holds its lock until the end.

    Raises:
        FerryError: Somebody is connected or writes, or a transaction is prepared.
    """
    names = _names(saved)
    if prepared := [gid for (gid,) in session.rows(_PREPARED, [names])]:
        raise FerryError(
            f"A transaction is prepared {saved.at}: {prepared[0]}.",
            "Commit it or roll it back: it has no session that could be ended, and its rows are carried "
            "only when it is committed.",
        )
    first = session.rows(_NEXT)
    time.sleep(_SECONDS_OF_SILENCE)
    by = "no transaction anywhere on the server"
    if session.rows(_NEXT) != first:
        by = "no lock for writing of anybody but ferry, DMS and the provider"
        writing = [
            _who(*row) for _, *row in session.rows(_WRITING, [names]) if not _stays(saved, *row[:2])
        ]
        if writing:
            raise FerryError(
                f"Somebody writes {saved.at} although it is closed: {_some(writing)}.",
                "See in pg_locks and pg_stat_activity who it is, and end it.",
            )
    if found := others(session, saved):
        raise FerryError(f"Somebody is connected to {saved.side} again: {_some(found.values())}.")
    return by


def stay_closed(session: Session, saved: Saved) -> None:
    """See that the run's phase is still `frozen`, and that nobody may connect or is connected.

    Raises:
        OpenError: It was opened.
        FerryError: Somebody may connect, or is connected.
    """
    found = phase(session, saved.run)
    if found != FROZEN:
        raise _opened(saved, found)
    _see_closed(session, saved)
    if connected := others(session, saved):
        raise FerryError(f"Somebody is connected to {saved.side}: {_some(connected.values())}.")


def go_beyond(session: Session, saved: Saved) -> None:
    """Change the run's phase to `switching`: from here on the side is not opened by it any more.

    Raises:
        OpenError: It was opened; the run may not go on.
        FerryError: Somebody may connect or is connected; or the server refuses. Where it does not answer,
            `phase` says what became of it.
    """
    with session.transaction():
        session.execute(_FLUSHED)
        if not session.execute(_CHANGE, [SWITCHING, saved.run, FROZEN]):
            found = phase(session, saved.run)
            if found == SWITCHING:
                return
            raise _opened(saved, found)
        _see_closed(session, saved)
        if connected := others(session, saved):
            raise FerryError(f"Somebody is connected to {saved.side}: {_some(connected.values())}.")


def thaw(session: Session, saved: Saved, *, record_id: str) -> Thaw:
    """Open a side again as it was, in one transaction. What is open already is left alone.

    A run that has not closed it yet does not do so any more: its phase is `thawed` from now on.

    Args:
        session: A session at that side, in the first of the databases; it may write.
        saved: What is kept.
        record_id: The journal's record that keeps it.

    Raises:
        ClosedError: The run is beyond its point of no return.
        PostgresError: The server refuses; it is as closed as it was.
    """
    for _ in range(_TRIES - 1):
        try:
            return _thaw(session, saved, record_id)
        except UnreachableError:
            raise
        except PostgresError:  # Such as a tuple that autovacuum has just updated.
            time.sleep(_SECONDS_BETWEEN_PASSES)
    return _thaw(session, saved, record_id)


def give_back(
    session: Session, saved: Saved, *, first: Callable[[Session], None] = lambda _: None
) -> Thaw:
    """Open the side that a run closed for good: the applications come back to it. In one transaction.

    It is for the run of the other direction, beyond its own point of no return.

    Args:
        session: A session at that side, in the first of the databases; it may write.
        saved: What was kept when it was closed.
        first: What has to be done in the same transaction, or refuses it.

    Raises:
        FerryError: The run is not beyond its point of no return; or the server or `first` refuses.
    """
    with session.transaction():
        session.execute(_FLUSHED)
        first(session)
        if session.execute(_CHANGE, [THAWED, saved.run, SWITCHING]):
            return _open(session, saved)
        found = phase(session, saved.run)
    if found == THAWED:
        return Thaw.WAS_OPEN
    raise FerryError(
        f"{capital(saved.side)} is not opened: the phase of the run {saved.run} there is "
        f"{found or 'gone'}, and was {SWITCHING}.",
        f"Look who has changed {SCHEMA}.{JOURNAL} of {saved.side}.",
    )


def is_as_it_was(session: Session, saved: Saved) -> bool:
    """Whether rights and settings are what is kept, to the letter."""
    return all(_rights(session, it.database, saved.keepers) == it for it in saved.databases)


def _thaw(session: Session, saved: Saved, record_id: str) -> Thaw:
    with session.transaction():
        session.execute(_FLUSHED)
        # A run that closes just now is waited for, and its phase is another then.
        if _begins(session, saved, THAWED, record_id):
            # A journal that was restored or emptied has lost the phase; the rights tell it too.
            if is_as_it_was(session, saved) or may_still(session, saved):
                return Thaw.NEVER_CLOSED
            return _open(session, saved)
        if session.execute(_CHANGE, [THAWED, saved.run, FROZEN]):
            return _open(session, saved)
        found = phase(session, saved.run)
        if found == THAWED:
            return Thaw.WAS_OPEN
    if found != SWITCHING:
        raise FerryError(
            f"{SCHEMA}.{JOURNAL} of {session.server.side} has no record {record_id} of the run "
            f"{saved.run}: whether it has closed {saved.side} is not known.",
            f"Run this on the machine where it ran, which gives the journal what is missing: {saved.again}",
        )
    raise ClosedError(
        f"The run {saved.run} is beyond its point of no return: {saved.side} stays closed.",
        f"It goes on from there: {saved.again}",
    )


def _begins(session: Session, saved: Saved, phase_: str, record_id: str) -> bool:
    """Give the run its first phase; whether it had none."""
    session.rows(_HELD, [saved.run])
    return session.execute(_FIRST, [phase_, record_id, saved.run, saved.run]) > 0


def _open(session: Session, saved: Saved) -> Thaw:
    _run(session, saved.opens())
    return Thaw.OPENED if is_as_it_was(session, saved) else Thaw.OTHERWISE


def _opened(saved: Saved, found: str | None) -> OpenError:
    return OpenError(
        f"{capital(saved.side)} was opened again: the phase of the run {saved.run} is {found or 'gone'}.",
        f"Begin anew: {saved.again}",
    )


def _try_both(session: Session, saved: Saved) -> None:
    """Close and open in a transaction that is rolled back, and see that all is as it was."""
    try:
        with session.transaction():
            close(session, saved)
            _run(session, saved.opens())
            is_the_same = is_as_it_was(session, saved)
            raise _Undone  # noqa: TRY301 - it is what rolls back
    except _Undone:
        pass
    if not is_the_same:
        raise FerryError(
            f"The rights on {saved.side}'s databases could not be given back as they are: "
            f"{', '.join(it.acl for it in saved.databases)}.",
            "Grant them anew, those who give rights on before those who have them from these; then run "
            "this again.",
        )


def _see_closed(session: Session, saved: Saved) -> None:
    """Read back who may connect.

    Raises:
        FerryError: Others may.
    """
    may = may_still(session, saved)
    if may:
        shown = _some(f"{name} to {database}" for name, database in may)
        raise FerryError(
            f"With CONNECT taken from all but {', '.join(saved.keepers)}, others may still connect to "
            f"{saved.side}: {shown}.",
            "They are members of one of these roles, or somebody else than the owner has given them "
            "CONNECT. Take that away: REVOKE ... FROM ...;",
        )


def may_still(session: Session, saved: Saved) -> list[tuple[str, str]]:
    """Who may connect beside the keepers, each with each database that he may connect to."""
    return [
        (name, it.database)
        for it in saved.databases
        for (name,) in session.rows(_STILL_MAY, [list(saved.keepers), it.database])
        if not signs_in_for_provider(name)
    ]


def _run(session: Session, statements: Iterable[str]) -> None:
    """Run statements of ferry's, whose names stand in quotes.

    Raises:
        PostgresError: One is refused, or was to take or give rights and did not.
    """
    for statement in statements:
        session.execute(sql.SQL(statement))
        if session.ungranted:
            raise PostgresError(
                f"{session.server.subject} did not run it: {statement}; {', '.join(session.ungranted)}.",
                f"{session.server.username} does not have the rights of the database's owner, or of who "
                "gave this right: GRANT that role to it.",
                sqlstate="01006",
                stays=True,
            )


def _rights(session: Session, database: str, keepers: Sequence[str]) -> Rights:
    rows = session.rows(_RIGHTS, [database])
    if not rows:
        raise FerryError(f"{session.server.subject} has no database {database}.")
    ((owner, acl),) = rows
    settings: dict[str, tuple[str, ...]] = {
        role: tuple(config) for role, config in session.rows(_SETTINGS, [database, list(keepers)])
    }
    read_only = {
        role: value
        for role, config in settings.items()
        for name, _, value in (each.partition("=") for each in config)
        if name == READ_ONLY
    }
    return Rights(
        database=database,
        owner=owner,
        acl=acl,
        items=tuple(
            Item(grantee=grantee, grantor=by, privilege=what, grantable=on, is_group=group)
            for grantee, by, what, on, group in session.rows(_ITEMS, [database])
        ),
        read_only=read_only,
        settings=settings,
    )


def _names(saved: Saved) -> list[str]:
    return [it.database for it in saved.databases]


def _stays(saved: Saved, user: str, application: str) -> bool:
    """Whether a session is ferry's, DMS's or the provider's; ferry's role may be used by others too."""
    if user in saved.dms or signs_in_for_provider(user):
        return True
    return user == saved.ferry and (application == _FERRY or application.startswith(f"{_FERRY}:"))


def _who(*words: Any) -> str:  # noqa: ANN401 - columns of text
    return ", ".join(str(each) for each in words if each)


def _some(names: Iterable[str]) -> str:
    found = sorted(set(names))
    more = f" and {len(found) - _LONGEST} more" if len(found) > _LONGEST else ""
    return f"{'; '.join(found[:_LONGEST])}{more}"
