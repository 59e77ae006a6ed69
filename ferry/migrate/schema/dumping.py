"""A database's schema, as pg_dump says it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.migrate.schema.archive import Entry, entries
from ferry.postgres import programs

if TYPE_CHECKING:
    from ferry.postgres import Server

DEADLINE_SECONDS: Final = 900.0
"""For how long pg_dump may read a schema: 10,000 tables take well below a minute."""

_DUMP: Final = (
    "--format=custom",
    "--schema-only",
    "--encoding=UTF8",
    "--no-password",
    "--lock-wait-timeout=30s",
)
_WRITTEN: Final = ("--verbose", "--no-tablespaces", "--no-table-access-method", "--file=-")


def dump(server: Server, *, folder: Path) -> tuple[Entry, ...]:
    """The entries of a database's schema. Its tables are locked against DDL meanwhile, no row is read.

    Args:
        server: The database, and who signs in: a role that may read all tables.
        folder: The folder of pg_dump and pg_restore, at least as new as the server.

    Raises:
        FerryError: pg_dump fails; its own words are in the message.
    """
    with (
        programs.sign_in(server) as (connection, environment),
        tempfile.TemporaryDirectory(prefix="ferry-") as place,
    ):
        archive = str(Path(place) / "schema")
        try:
            programs.run(
                folder / "pg_dump",
                [*_DUMP, f"--file={archive}", f"--dbname={connection}"],
                environment=environment,
                deadline_seconds=DEADLINE_SECONDS,
            )
        except programs.ProgramError as error:
            raise FerryError(
                f"The schema of {server.side} ({server.database}) could not be read: {error.why}",
                error.remedy or _remedy(error.why, server.username),
            ) from None
        return entries(
            listed=_restore(folder, "--list", archive),
            written=_restore(folder, *_WRITTEN, "--no-owner", archive),
            with_owners=_restore(folder, *_WRITTEN, archive),
        )


def _remedy(why: str, user: str) -> str:
    """What helps against what pg_dump says."""
    if "LOCK TABLE" in why and "timeout" in why:
        return (
            "Somebody changes a table, or waits to (ALTER TABLE, VACUUM FULL): run this again when that is "
            "done."
        )
    if "permission denied" in why:
        return f"{user} needs SELECT on every table and USAGE on every schema."
    return "Mend that, then run this again."


def _restore(folder: Path, *arguments: str) -> str:
    return programs.run(folder / "pg_restore", arguments, deadline_seconds=DEADLINE_SECONDS)
