"""What psycopg raises, in one line: what was being done, why it failed, how to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg

from facts.identifiers import identifier
from ferry.errors import FerryError

if TYPE_CHECKING:
    from ferry.postgres.server import Server


_STAYS: Final = ("28", "42501")
"""https://www.postgresql.org/docs/15/errcodes-appendix.html"""


class PostgresError(FerryError):
    """A server refused what it was asked, or the connection broke.

    Args:
        why: What could not be done, and why.
        remedy: How to mend it.
        sqlstate: PostgreSQL's code, such as `42501`; None where the server said none.
        stays: Whether it is so until somebody mends it; what says so of itself is a wrong password or
            user (class 28) and a right that is missing (42501).
    """

    def __init__(
        self, why: str, remedy: str = "", *, sqlstate: str | None = None, stays: bool = False
    ) -> None:
        super().__init__(why, remedy, stays=stays or (sqlstate or "").startswith(_STAYS))
        self.sqlstate = sqlstate


class UnreachableError(PostgresError):
    """There is no way to the server, or nobody answers there."""


class NoAnswerError(PostgresError):
    """The server did not answer within the deadline; what it was asked was cancelled."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A reason for which no connection comes about.

    libpq gives no code for these, so its words tell them apart.

    Args:
        words: Any of these is in libpq's message.
        why: The reason. `{user}`, `{database}`, `{host}` are filled in.
        remedy: How to mend it; the server's `{way}`, `{credentials}` and `{authority}` are filled in,
            and as SQL writes them `{user_sql}` and `{database_sql}`; `{address}` is ferry's.
        reached: Whether the server was reached.
        passes: Whether it may pass by itself.
        sqlstate: PostgreSQL's code for it, where something goes by it.
    """

    words: tuple[str, ...]
    why: str
    remedy: str
    reached: bool = True
    passes: bool = False
    sqlstate: str | None = None


_AGAIN: Final = "Run this again in a moment."
_COMES_FROM: Final = re.compile(r'for host "([^"]+)"')

# In this order: the first whose words are there is taken.
_REFUSALS: Final = (
    _Refusal(
        ("password authentication failed", "no password supplied"),
        "it does not accept the password of user '{user}'.",
        "{credentials}",
        sqlstate="28P01",
    ),
    _Refusal(
        ("root certificate file", "no certificate or crl found"),
        "there is no CA certificate to verify its own with.",
        "{authority}",
        reached=False,
    ),
    _Refusal(
        ('" does not exist', "is not permitted to log in"),
        "there is no database '{database}', or no user '{user}' that may log in.",
        "Look at both names. {credentials}",
    ),
    _Refusal(
        ("permission denied for database", "does not have CONNECT privilege"),
        "user '{user}' may not connect to database '{database}'.",
        "As its owner: GRANT CONNECT ON DATABASE {database_sql} TO {user_sql};",
        sqlstate="42501",
    ),
    _Refusal(
        ("no encryption", "SSL off"),
        "it takes encrypted connections alone, and this one was not.",
        'Set ssl_mode = "verify-full" in [source], or at least "require".',
    ),
    _Refusal(
        ("no pg_hba.conf entry", "pg_hba.conf rejects"),
        "its pg_hba.conf lets user '{user}' into '{database}' from other addresses alone.",
        "Add a line to its pg_hba.conf, such as 'host {database_sql} {user_sql} {address} "
        "scram-sha-256', then, as a superuser: SELECT pg_reload_conf();",
    ),
    _Refusal(
        ("does not match host name", "does not match the host name"),
        "its certificate is for another name than '{host}'.",
        (
            "Where that is the right server, name it in the file as its certificate does; an address "
            "that leads there is given with --source-address or --target-address."
        ),
    ),
    _Refusal(
        ("certificate verify failed", "unable to get local issuer", "self-signed certificate"),
        "its certificate is signed by nobody in the CA file, or has ended.",
        "{authority}",
    ),
    _Refusal(
        ("server does not support SSL",),
        "it does not speak TLS.",
        'Turn ssl on in the server; for a source in a network that you trust, ssl_mode = "none".',
    ),
    _Refusal(
        ("too many clients", "too many connections", "connection slots are reserved"),
        "all its connections are taken.",
        "End some that are idle, or raise max_connections.",
        passes=True,
    ),
    _Refusal(
        ("is starting up", "is shutting down", "is in recovery mode", "not yet accepting"),
        "it is starting, ending or recovering.",
        _AGAIN,
        passes=True,
    ),
    _Refusal(
        (
            "translate host name",
            "Name or service not known",
            "nodename nor servname",
            "name resolution",
        ),
        "the name '{host}' leads to no address here.",
        "{way}",
        reached=False,
        passes=True,
    ),
    _Refusal(
        (
            "Connection refused",
            "timeout expired",
            "timed out",
            "Network is unreachable",
            "No route to host",
        ),
        "nobody answers there.",
        "{way}",
        reached=False,
        passes=True,
    ),
    _Refusal(
        ("closed the connection unexpectedly", "reset by peer", "Broken pipe"),
        "the connection was cut while it was made.",
        "{way}",
        reached=False,
        passes=True,
    ),
)


@dataclass(frozen=True, slots=True)
class _Mend:
    """What mends a statement that was refused.

    Args:
        sqlstate: How PostgreSQL's code begins.
        said: What its words have to match, in English; any words do where it is empty. `name` is a name.
        remedy: `{user}` and `{name}` are filled in as SQL writes them, and `{side}`, `{credentials}`.
    """

    sqlstate: str
    said: str
    remedy: str


_DENIED: Final = "permission denied for"
_ACTIVE: Final = (
    "SELECT pid, usename, wait_event_type, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE "
    "state <> 'idle';"
)

# In this order: the first that fits is taken. Codes:
# https://www.postgresql.org/docs/15/errcodes-appendix.html
_MENDS: Final = (
    _Mend(
        "42501",
        rf"{_DENIED} schema (?P<name>ferry)",
        "As its owner, who ran ferry prepare-databases: GRANT ALL ON SCHEMA {name} TO {user}; GRANT ALL ON "
        "ALL TABLES IN SCHEMA {name} TO {user};",
    ),
    _Mend(
        "42501",
        rf"{_DENIED} schema (?P<name>.+)",
        "As its owner: GRANT USAGE ON SCHEMA {name} TO {user}; and CREATE, where something is made in it.",
    ),
    _Mend(
        "42501",
        rf"{_DENIED} (?:table|view|materialized view|foreign table|sequence) (?P<name>.+)",
        "As its owner: GRANT SELECT ON {name} TO {user}; with its schema before the name; or of all, since "
        "PostgreSQL 14: GRANT pg_read_all_data TO {user};",
    ),
    _Mend(
        "42501",
        rf"{_DENIED} (?:function|procedure) (?P<name>.+)",
        "As its owner: GRANT EXECUTE ON ROUTINE {name} TO {user}; with its arguments behind the name.",
    ),
    _Mend(
        "42501",
        rf"{_DENIED} database (?P<name>.+)",
        "As its owner: GRANT CREATE ON DATABASE {name} TO {user};",
    ),
    _Mend(
        "42501",
        r"must be owner of .+",
        "Give {user} the role that owns it: GRANT OWNER TO {user}; who that is, \\d of psql says.",
    ),
    _Mend(
        "42501",
        r".*row-level security.*",
        "As a superuser: ALTER ROLE {user} BYPASSRLS;",
    ),
    _Mend("42501", "", "{user} lacks the right: grant it, or sign in as another. {credentials}"),
    _Mend(
        "25006",
        "",
        "It takes no writes. Whether it is a standby: SELECT pg_is_in_recovery(); otherwise: ALTER ROLE "
        "{user} RESET default_transaction_read_only;",
    ),
    _Mend("40", "", _AGAIN),
    _Mend("55P03", "", f"Who holds the lock: {_ACTIVE} Then run this again."),
    _Mend(
        "53100", "", "Its disk is full: give {side} more, or free some of it, then run this again."
    ),
    _Mend("53200", "", "Its memory is used up: look what else runs there, then run this again."),
    _Mend("58", "", "See the log of {side}'s server: it has a fault of its own."),
    _Mend("XX", "", "See the log of {side}'s server: it has a fault of its own."),
)


def _ferrys_address(said: str) -> str:
    """Whence ferry comes, as pg_hba.conf writes it, where the server says so."""
    found = _COMES_FROM.search(said)
    if found is None:
        return "ADDRESS/32"
    return f"{found[1]}/{128 if ':' in found[1] else 32}"


def _mended(server: Server, sqlstate: str, said: str) -> str:
    """How what a server refused is mended; empty where only its words say it."""
    for mend in _MENDS:
        fits = re.fullmatch(mend.said or ".*", said, re.DOTALL)
        if sqlstate.startswith(mend.sqlstate) and fits:
            name = fits.groupdict().get("name") or ""
            return mend.remedy.format(
                user=identifier(server.username),
                name=identifier(name),
                side=server.side,
                credentials=server.credentials,
            ).strip()
    return ""


def nameless(server: Server, host: str) -> UnreachableError:
    """That the name of an address leads nowhere."""
    return UnreachableError(
        f"Could not connect to {server.side} ({server.reached_at}): the name '{host}' leads to no "
        "address here.",
        server.way,
    )


def refused_connection(server: Server, error: psycopg.Error) -> PostgresError:
    """Why no connection came about. The message never holds the password: libpq's does not either."""
    said = str(error)
    doing = f"Could not connect to {server.side} ({server.reached_at})"
    filled = {
        "user": server.username,
        "database": server.database,
        "host": server.host,
        "user_sql": identifier(server.username),
        "database_sql": identifier(server.database),
        "address": _ferrys_address(said),
        "way": server.way,
        "credentials": server.credentials,
        "authority": server.authority,
    }
    for refusal in _REFUSALS:
        if any(words in said for words in refusal.words):
            kind = PostgresError if refusal.reached else UnreachableError
            return kind(
                f"{doing}: {refusal.why.format(**filled)}",
                refusal.remedy.format(**filled).strip(),
                sqlstate=refusal.sqlstate or error.sqlstate,
                stays=not refusal.passes,
            )
    lines = said.strip().splitlines() or ["without a message"]
    return PostgresError(f"{doing}: {lines[-1]}", sqlstate=error.sqlstate)


def failed(server: Server, purpose: str, error: psycopg.Error) -> PostgresError:
    """Why a statement failed. Only the message's first part is shown: the others may quote rows.

    Of class 22, Data Exception, this quotes values too, and the condition's name is shown:
    https://www.postgresql.org/docs/15/errcodes-appendix.html
    """
    if error.sqlstate is None or isinstance(
        error, psycopg.errors.AdminShutdown | psycopg.errors.CrashShutdown
    ):
        return UnreachableError(
            f"{server.subject} could not {purpose}: the connection ended before the answer came.",
            "Look whether the server runs, then run this again.",
            sqlstate=error.sqlstate,
        )
    said = error.diag.message_primary or "without a message"
    if error.sqlstate.startswith("22"):
        said = re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__).lower()
    return PostgresError(
        f"{server.subject} could not {purpose}: {said} ({error.sqlstate}).",
        _mended(server, error.sqlstate, said),
        sqlstate=error.sqlstate,
    )


def no_answer(server: Server, purpose: str, seconds: float) -> NoAnswerError:
    """That a deadline passed."""
    return NoAnswerError(
        f"{server.subject} could not {purpose}: no answer within {seconds:g} seconds, so it was cancelled.",
        f"What holds it up: {_ACTIVE} Where nothing does, look at the network; then run this again.",
    )
