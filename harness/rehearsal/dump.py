"""The schema of a user's source, out of a dump of pg_dump's: plain SQL, or its own format."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from facts.dms import INTERCEPT_DDL, is_own_table
from facts.ferry_schema import SCHEMA
from ferry.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from harness.rehearsal.database import Database

_OWN_FORMAT = b"PGDMP"
_FROM = re.compile(r"^-- Dumped from database version (\d+)(?:\.(\d+))?", re.MULTILINE)
_ERROR = re.compile(r"psql:.*?:(\d+): ERROR: +(.*)")
_NO_ROLE = re.compile(r'role "(.*)" does not exist$')
# Settings of newer releases, which dumps set and nothing of a schema hangs on.
_UNKNOWN_SETTING = re.compile(r'unrecognized configuration parameter "')
_MOST = 20


def read(file: Path, programs: Path) -> str:
    """A dump as SQL.

    Args:
        file: The dump.
        programs: The folder of PostgreSQL's programs.

    Raises:
        InputError: It is none, or none that these programs read.
    """
    try:
        with file.open("rb") as opened:
            begins = opened.read(len(_OWN_FORMAT))
        if begins != _OWN_FORMAT:
            text = file.read_text(encoding="utf-8")
        else:
            done = subprocess.run(
                [programs / "pg_restore", "--schema-only", "--file", "-", file],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise InputError(
                    f"{file} cannot be read by {programs}/pg_restore: {_last(done.stderr)}. "
                    "A newer pg_dump wrote it where that is a version: pg_dump --schema-only of the "
                    "release that this machine has, or plain SQL."
                )
            text = done.stdout
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(
            f"{file} is neither SQL in UTF-8 nor of pg_dump's own format: pg_dump --schema-only writes "
            "either."
        ) from None
    if not re.search(r"^\s*create\s+(unlogged\s+)?table\s", text, re.IGNORECASE | re.MULTILINE):
        raise InputError(f"{file} makes no table: pg_dump --schema-only of the source writes one.")
    return text


def version_of(text: str) -> int | None:
    """The major version of the server that was dumped; None where the dump does not say."""
    found = _FROM.search(text)
    return int(found[1]) if found else None


def restore(text: str, *, name: str, database: Database, programs: Path, folder: Path) -> None:
    """Make a schema in a database that is made anew for it, and the roles that it names.

    Args:
        text: The SQL.
        name: What the dump is called, for messages.
        database: Where, as a superuser.
        programs: The folder of PostgreSQL's programs.
        folder: Where files may be written.

    Raises:
        InputError: Something of it cannot be made here; a line each.
    """
    file = folder / "schema.sql"
    file.write_text(text, encoding="utf-8")
    server = database.of("postgres")
    quoted = database.database.replace('"', '""')
    made = set[str]()
    while True:
        server.run(
            f'drop database if exists "{quoted}"',
            f"create database \"{quoted}\" template template0 encoding 'UTF8'",
        )
        errors = _run(file, database=database, programs=programs, folder=folder)
        roles = {found[1] for _, said in errors if (found := _NO_ROLE.search(said))} - made
        if not roles:
            break
        made |= roles
        server.run(*('create role "{}"'.format(role.replace('"', '""')) for role in sorted(roles)))
    if errors:
        lines = [f"{name}:{line}: {said}{_remedy(said)}" for line, said in errors[:_MOST]]
        more = len(errors) - _MOST
        raise InputError(
            "\n".join(
                [*lines, *([f"and {more} more, which may follow from these"] if more > 0 else ())]
            )
        )


_OF_DMS = """
select relname, format('drop table if exists %%I.%%I cascade', nspname, relname)
from pg_class c join pg_namespace n on n.oid = relnamespace where relkind in ('r', 'p')"""
_TRIGGERS_OF_DMS = f"""
select format('drop function %%s cascade', oid::regprocedure) from pg_proc where proname = '{INTERCEPT_DDL}'"""


def leave_out_made(database: Database) -> None:
    """Drop what ferry and DMS have made at the user's own source: here they begin anew."""
    database.run(
        f"drop schema if exists {SCHEMA} cascade",
        *(drop for (drop,) in database.rows(_TRIGGERS_OF_DMS)),
        *(drop for name, drop in database.rows(_OF_DMS) if is_own_table(name)),
    )


def _run(file: Path, *, database: Database, programs: Path, folder: Path) -> list[tuple[int, str]]:
    """Run SQL by psql; what was refused, with the lines."""
    passwords = folder / "passwords"
    passwords.touch(mode=0o600)
    passwords.write_text(f"*:*:*:*:{database.password}\n")
    done = subprocess.run(
        [programs / "psql", "-X", "-q", "-o", "/dev/null", "-f", file],
        env={
            "PGPASSFILE": str(passwords),
            "PGHOST": database.name,
            "PGHOSTADDR": "127.0.0.1",
            "PGPORT": str(database.port),
            "PGDATABASE": database.database,
            "PGUSER": database.username,
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(database.authority),
            "LC_ALL": "C.UTF-8",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    passwords.unlink()
    found = [(int(line), said) for line, said in _ERROR.findall(done.stderr)]
    if done.returncode and not found:
        raise InputError(f"psql cannot run it: {_last(done.stderr)}")
    return [
        (line, said)
        for line, said in found
        if not _UNKNOWN_SETTING.match(said) and said != 'schema "public" already exists'
    ]


def _remedy(said: str) -> str:
    if found := re.match(r'extension "(.*)" is not available', said):
        return (
            f"; install {found[1]} for this machine's PostgreSQL, or leave it and what uses it out of "
            "the dump: pg_dump --schema-only --exclude-schema, --exclude-table"
        )
    return ""


def _last(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if line]
    return lines[-1].rstrip(".") if lines else "it says nothing"
