"""PostgreSQL's own programs, and how one of them signs in: no password in its arguments."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from psycopg.conninfo import make_conninfo

from ferry.errors import FerryError
from ferry.postgres.session import certificates, where

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.postgres.server import Server

OLDEST: Final = 15
_NEWEST: Final = 20
_PLACES: Final = (
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
)
_LINES_OF_ERROR: Final = 4


class ProgramError(FerryError):
    """A program of PostgreSQL's is not there, failed, or did not end."""


def folder_of_programs(release: int) -> Path:
    """The folder with pg_dump and pg_restore that are at least as new as a server.

    Of several the oldest is taken: what a newer one writes an older server may not read.

    Args:
        release: The server's major version.

    Raises:
        ProgramError: The machine has none.
    """
    for each in range(max(release, OLDEST), _NEWEST):
        for place in _PLACES:
            folder = Path(place.format(each))
            if (folder / "pg_dump").exists() and (folder / "pg_restore").exists():
                return folder
    for path in os.get_exec_path():
        folder = Path(path)
        if (folder / "pg_dump").exists() and (folder / "pg_restore").exists():
            said = run(folder / "pg_dump", ["--version"], deadline_seconds=30)
            found = re.search(r"\) (\d+)", said)
            if found and int(found[1]) >= max(release, OLDEST):
                return folder
    wanted = max(release, OLDEST)
    raise ProgramError(
        f"This machine has no pg_dump and pg_restore of PostgreSQL {wanted} or later.",
        f"On Debian and Ubuntu: apt-get install postgresql-client-{wanted}; on macOS: brew install "
        f"postgresql@{wanted}.",
    )


@contextmanager
def sign_in(server: Server) -> Iterator[tuple[str, dict[str, str]]]:
    """A connection string without the password, and the variable that names the file that has it.

    The file is this user's alone, and gone at the end.

    Args:
        server: Where, and as whom.

    Raises:
        UnreachableError: The address's name leads nowhere.
    """
    with certificates(server) as ca_file, tempfile.TemporaryDirectory(prefix="ferry-") as folder:
        path = Path(folder) / "passwords"
        path.touch(mode=0o600)
        password = server.password.replace("\\", "\\\\").replace(":", "\\:")
        path.write_text(f"*:*:*:*:{password}\n")
        yield make_conninfo("", **where(server, ca_file)), {"PGPASSFILE": str(path)}


def run(
    program: Path,
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    deadline_seconds: float,
) -> str:
    """What a program writes to its standard output.

    It sees no setting of libpq's but those that are given to it.

    Args:
        program: The program.
        arguments: Its arguments.
        environment: Variables beside those of this process.
        deadline_seconds: When it is ended.

    Raises:
        ProgramError: It failed, or did not end in time.
    """
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own, found by folder_of_programs
            [str(program), *arguments],
            env={**inherited, "LC_ALL": "C", **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=deadline_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ProgramError(
            f"{program.name} did not end within {deadline_seconds:g} seconds.",
            "Look at the server's load and at locks on its tables, then run this again.",
        ) from None
    except OSError as error:
        raise ProgramError(f"{program} cannot be started: {error.strerror}.") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        lines = [line for line in said if "error:" in line or "detail:" in line.lower()] or said
        raise ProgramError(
            f"{program.name} failed: {' '.join(lines[:_LINES_OF_ERROR]) or 'without a message'}"
        )
    try:
        return done.stdout.decode()
    except UnicodeDecodeError:
        raise ProgramError(
            f"{program.name} wrote what is no UTF-8: the database holds names or texts in an encoding "
            "of which it does not know.",
            "Rename what has such a name, or take such comments away; then run this again.",
        ) from None
