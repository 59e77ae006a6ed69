"""Runs the rehearsal's source: a server of the machine under the name that the environment gives it."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.certificates import write_certificate
from harness.postgres import Postgres, find_programs
from harness.rehearsal.database import Database
from harness.rehearsal.dump import leave_out_made, restore
from harness.rehearsal.shop import AFTER_LOAD, before_load, fill, rights
from harness.rehearsal.writers import COUNTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

OWNER, APPLICATION, DMS_USER, BACK_USER = "shop_owner", "shop_app", "dms", "shop_back"

_ROLES = (OWNER, APPLICATION, DMS_USER, BACK_USER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The source as those see it who sign in to it."""

    superuser: Database
    owner: Database
    application: Database
    dms: Database
    back: Database


@contextmanager
def _server(folder: Path, *, host: str, version: int | None = None) -> Iterator[Database]:
    """A server that is known by a name, as its superuser sees it."""
    own, authority = write_certificate(folder, host)
    with Postgres(certificate=own, version=version) as server:
        yield Database(
            name=host,
            port=server.port,
            authority=authority,
            database="postgres",
            username=server.superuser,
            password=server.password,
        )


@contextmanager
def source(folder: Path, *, host: str, database: str, seed: int, rows: int) -> Iterator[Source]:
    """Start the source and fill it.

    It listens on 127.0.0.1 alone, takes TLS alone, and ends with this process.

    Args:
        folder: Where its certificate is written.
        host: The name by which TLS knows it.
        database: The database that is carried.
        seed: From which its rows follow.
        rows: How many each table has.

    Raises:
        PostgresMissingError: The machine has no PostgreSQL server that will do.
    """
    with _server(folder, host=host) as superuser:
        passwords = {who: secrets.token_urlsafe() for who in _ROLES}
        superuser.run(
            *(f"create role {who} login password '{it}'" for who, it in passwords.items()),
            f"alter role {DMS_USER} replication",
            f"grant pg_monitor, pg_signal_backend to {OWNER}",
            f"alter role {OWNER} replication",
            f"create database {database} owner {OWNER}",
        )
        carried = superuser.of(database)
        # The heartbeat's table.
        carried.run(f"grant create on schema public to {DMS_USER}")
        made = Source(
            superuser=carried,
            owner=carried.as_(OWNER, passwords[OWNER]),
            application=carried.as_(APPLICATION, passwords[APPLICATION]),
            dms=carried.as_(DMS_USER, passwords[DMS_USER]),
            back=carried.as_(BACK_USER, passwords[BACK_USER]),
        )
        made.owner.run(*before_load())
        fill(made.owner, seed=seed, rows=rows, counters=COUNTERS)
        made.owner.run(*AFTER_LOAD, *rights(APPLICATION))
        yield made


_SCHEMAS = """
select quote_ident(nspname) from pg_namespace
where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1"""


@contextmanager
def own_source(
    folder: Path, *, host: str, database: str, text: str, dump: str, version: int | None
) -> Iterator[Source]:
    """Start a source with the schema of a user's own, without what ferry and DMS have made there.

    Its owner, for ferry, is a superuser: who owns what of the user's, the dump says.

    Args:
        folder: Where files are written.
        host: The name by which TLS knows it.
        database: The database that is carried.
        text: The schema, as SQL.
        dump: What the dump is called, for messages.
        version: The major version of the server; None for the first that is there.

    Raises:
        PostgresMissingError: The machine has no such server.
        InputError: Something of the schema cannot be made here.
    """
    with _server(folder, host=host, version=version) as superuser:
        passwords = {who: secrets.token_urlsafe() for who in _ROLES}
        superuser.run(
            *(f"create role {who} login password '{it}'" for who, it in passwords.items()),
            f"alter role {DMS_USER} replication",
            f"alter role {OWNER} superuser",
        )
        carried = superuser.of(database)
        restore(text, name=dump, database=carried, programs=find_programs(version), folder=folder)
        leave_out_made(carried)
        yield Source(
            superuser=carried,
            owner=carried.as_(OWNER, passwords[OWNER]),
            application=carried.as_(APPLICATION, passwords[APPLICATION]),
            dms=carried.as_(DMS_USER, passwords[DMS_USER]),
            back=carried.as_(BACK_USER, passwords[BACK_USER]),
        )


def schemas_of(database: Database) -> tuple[str, ...]:
    """The schemas of a database that are nobody's but its users', as SQL writes them."""
    return tuple(name for (name,) in database.rows(_SCHEMAS))


def let_in(database: Database, schemas: Iterable[str]) -> None:
    """Let the application read and write, and DMS make its heartbeat's table."""
    for schema in schemas:
        database.run(
            f"grant usage on schema {schema} to {APPLICATION}",
            f"grant select, insert, update, delete on all tables in schema {schema} to {APPLICATION}",
            f"grant usage on all sequences in schema {schema} to {APPLICATION}",
            f"grant create on schema {schema} to {DMS_USER}",
        )
