"""One at a time: two who start, reload or carry a schema at once would undo each other's steps.

An advisory lock of a database, held by a session for as long as the command runs: it ends with the
command, however that ends, and needs no table and no right
(https://www.postgresql.org/docs/15/explicit-locking.html#ADVISORY-LOCKS). `ferry stop` takes none: it
has to work where no database can be reached, and empties nothing.
"""

from __future__ import annotations

import getpass
import socket
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.postgres import connect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ferry.postgres import Server, Session

_FERRY: Final = 0x66657272
"""The first half of the lock's number: the bytes of `ferr`, which no application is likely to take."""


class Doing(IntEnum):
    """What only one may do at a time, each beside the other. The value is the lock's second half."""

    TASKS = 1
    """Starting tasks, loading tables again: of the source's database."""

    SCHEMA = 2
    """Carrying the schema: of Aurora's database. It may take hours, in which tasks are started."""

    CUTOVER = 3
    """A cutover or a rollback: of the first database that is carried, at the source and in Aurora."""


_SETTINGS: Final = (
    # The server notices within a minute that this machine is gone, and lets others in.
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
    ("idle_session_timeout", "0"),
)
_SET: Final = (
    "select pg_catalog.set_config(name, %s, false) from pg_catalog.pg_settings where name = %s"
)
_HOLDER: Final = """
select l.pid, pg_catalog.concat_ws(', ', nullif(a.application_name, ''), a.usename,
                                   pg_catalog.host(a.client_addr)),
       pg_catalog.to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')
from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.classid = %s and l.objid = %s and l.objsubid = 2
  and l.database = (select d.oid from pg_catalog.pg_database d
                    where d.datname = pg_catalog.current_database())"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alone:
    """That nobody else does the same, as long as its sessions last.

    Args:
        sessions: The sessions that hold the locks.
    """

    sessions: Sequence[Session]

    def still(self) -> None:
        """Make sure of it before something is done that another must not do too.

        Raises:
            FerryError: A session has ended, and its lock with it.
        """
        for session in self.sessions:
            session.rows("select 1")


@contextmanager
def alone(servers: Iterable[Server], doing: Doing, *, command: str) -> Iterator[Alone]:
    """Do something to some databases that nobody else may do meanwhile.

    Args:
        servers: The databases; one that is named twice is locked once.
        doing: What.
        command: The command, as others are told who finds it under way.

    Raises:
        FerryError: Somebody else does it, or a database cannot be reached.
    """
    with ExitStack() as stack:
        sessions = []
        for server in {(it.host, it.port, it.database): it for it in servers}.values():
            session = stack.enter_context(
                connect(server, purpose="see to it that nobody else is at it")
            )
            _take(session, doing, command)
            sessions.append(session)
        yield Alone(sessions=sessions)


def is_under_way(session: Session, doing: Doing) -> bool:
    """Whether somebody does it now in a session's database.

    Raises:
        PostgresError: The server refuses.
    """
    return bool(session.rows(_HOLDER, [_FERRY, int(doing)]))


def _take(session: Session, doing: Doing, command: str) -> None:
    for name, value in (("application_name", _named(command)), *_SETTINGS):
        session.rows(_SET, [value, name])
    ((taken,),) = session.rows(
        "select pg_catalog.pg_try_advisory_lock(%s::int4, %s::int4)", [_FERRY, int(doing)]
    )
    if taken:
        return
    server = session.server
    for pid, who, since in session.rows(_HOLDER, [_FERRY, int(doing)]):
        at = f", since {since} UTC" if since else ""
        raise FerryError(
            f"Somebody else is at it in the database {server.database} of {server.side}: "
            f"{who or 'a session that may not be seen'}, process {pid}{at}. Nothing was done.",
            "Wait until that has ended, then run this again. Where nobody is behind it any more, end it "
            f"there: select pg_terminate_backend({pid})",
        )
    raise FerryError(
        f"Somebody else was at it in the database {server.database} of {server.side}. Nothing was done.",
        "Run this again.",
    )


def _named(command: str) -> str:
    """Who runs a command, in so many bytes as PostgreSQL shows: the command's end is cut first."""
    try:
        who = getpass.getuser()
    except (KeyError, OSError):  # A user without a name, as in a container.
        who = "somebody"
    behind = f", by {who}@{socket.gethostname()}"[:40]
    return f"{f'ferry: {command}'[: 63 - len(behind)]}{behind}".encode("ascii", "replace").decode()
