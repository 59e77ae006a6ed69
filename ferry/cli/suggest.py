"""`ferry suggest tasks ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3, pydantic and psycopg

from __future__ import annotations

import codecs
import stat
from typing import TYPE_CHECKING, Annotated

import typer

from ferry.cli.arguments import EnvironmentName, SourceAddress, addresses
from ferry.cli.check import Json, judge, say_reading
from ferry.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ferry.account import Account
    from ferry.check.source.edits import Edit
    from ferry.findings import Finding
    from settings.environment import Environment


def tasks(
    name: EnvironmentName,
    *,
    json: Json = False,
    source_address: SourceAddress = None,
    seconds: Annotated[
        int,
        typer.Option(
            min=1, metavar="SECONDS", help="For how long the rows of each database may be read."
        ),
    ] = 60,
    write: Annotated[
        bool, typer.Option("--write", help="Write them into ENV's file; its comments stay.")
    ] = False,
) -> None:
    """Say how ENV's tasks could better be set, by what the source holds.

    Limits of LOBs by the largest that are there, large tables in segments of their keys, very large
    ones in tasks of their own, DMS's storage by what the source writes; and what the file mends of
    what 'ferry check source ENV' finds: generated columns, roots of partitioned tables, tables of
    extensions and of DMS that are carried. Reads rows as 'ferry check source ENV --deep' does, and
    goes on where that ended. Each suggestion is a line for the file; with --write it stands there,
    but for tasks of their own, which are yours to cut. Nothing else is changed.

    Exit status: 1 with a suggestion; 3 where something could not be measured, or the source cannot
    be reached.
    """
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.check.source import Way, edits, subjects, suggestions

        way = Way(source=addresses(source_address, None)[0], to_aurora=False)

        def found(environment: Environment, account: Account) -> Iterable[Finding]:
            say_reading(name, seconds)
            read = list(subjects(environment, account, way, deep_seconds=seconds))
            if write:
                write_into(name, list(edits(read)))
            return suggestions(read)

        judge(
            name,
            found,
            json=json,
            title=f"What {name}'s tasks could be",
            meanings={
                Level.RIGHT: "Nothing is suggested.",
                Level.WARNING: "These lines would do better.",
                Level.UNJUDGED: "Something was not measured.",
                Level.BLOCKED: "The migration would fail.",
            },
        )


def write_into(name: str, wanted: Sequence[Edit]) -> None:
    """Write edits into an environment's file, or leave it as it is.

    Whatever ends this, the file is one or the other, and never half of one.

    Raises:
        FerryError: The file cannot be written, or would not be valid; it is as it was.
    """
    from ferry.check.source import edited
    from ferry.cli.printing import tell
    from ferry.environments import FOLDER, find
    from ferry.errors import FerryError
    from ferry.files import replace

    file = FOLDER / f"{name}.toml"
    before = file.read_bytes()
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    after = mark + edited(before.removeprefix(mark).decode(), wanted).encode()
    if after == before:
        tell(f"Nothing to write into {file.name}.")
        return
    mode = stat.S_IMODE(file.stat().st_mode)
    try:
        replace(file, after, mode=mode)
        find(name)
    except BaseException as error:
        if file.read_bytes() != before:
            replace(file, before, mode=mode)
        if isinstance(error, OSError | FerryError):
            raise FerryError(f"{file.name} is left as it was: {error}") from None
        raise
    tell(f"Written into {file.name}; look at it, then: cdktf diff {name}")
