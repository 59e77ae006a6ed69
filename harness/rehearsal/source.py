"""Runs the rehearsal's source: a server of the machine under the name that the environment gives it."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.certificates import make_certificate
from harness.postgres import Postgres
from harness.rehearsal.database import Database
from harness.rehearsal.shop import AFTER_LOAD, before_load, fill
from harness.rehearsal.writers import COUNTERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWNER, APPLICATION, DMS_USER = "shop_owner", "shop_app", "dms"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The source as those see it who sign in to it."""

    superuser: Database
    owner: Database
    application: Database
    dms: Database


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
    certificate = make_certificate(host)
    own, authority = folder / "server.pem", folder / "authority.pem"
    own.touch(mode=0o600)
    own.write_text(certificate.with_key)
    authority.write_text(certificate.authority)
    with Postgres(certificate=own) as server:
        superuser = Database(
            name=host,
            port=server.port,
            authority=authority,
            database="postgres",
            username=server.superuser,
            password=server.password,
        )
        passwords = {who: secrets.token_urlsafe() for who in (OWNER, APPLICATION, DMS_USER)}
        superuser.run(
            *(f"create role {who} login password '{it}'" for who, it in passwords.items()),
            f"grant {OWNER} to {APPLICATION}",
            f"alter role {DMS_USER} replication",
            f"grant pg_monitor, pg_signal_backend to {OWNER}",
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
        )
        made.owner.run(*before_load())
        fill(made.owner, seed=seed, rows=rows, counters=COUNTERS)
        made.owner.run(*AFTER_LOAD)
        yield made
