"""`ferry suggest tasks ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3, pydantic and psycopg

from __future__ import annotations

from typing import Annotated

import typer

from ferry.cli.arguments import EnvironmentName, SourceAddress, addresses
from ferry.cli.check import Json, say_reading


def tasks(
    name: EnvironmentName,
    *,
    json: Json = False,
    source_address: SourceAddress = None,
    seconds: Annotated[
        int, typer.Option(min=1, help="For how long the rows of each database may be read.")
    ] = 60,
) -> None:
    """Say how ENV's tasks could better be set, by what the source holds.

    Limits of LOBs by the largest that are there, large tables in segments of their keys, very large
    ones in tasks of their own, DMS's storage by what the source writes. Reads rows as
    'ferry check source ENV --deep' does, and changes nothing: each suggestion is a line for the file.

    Exit status: 1 with a suggestion; 3 where something could not be measured, or the source cannot
    be reached.
    """
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.account import account_of
        from ferry.check.source import Way, subjects, suggestions
        from ferry.cli.report import report
        from ferry.environments import find
        from ferry.findings import Level

        way = Way(source=addresses(source_address, None)[0], to_aurora=False)
        environment = find(name)
        account = account_of(environment)
        say_reading(name, seconds)
        report(
            suggestions(list(subjects(environment, account, way, deep_seconds=seconds))),
            title=f"What {name}'s tasks could be",
            meanings={
                Level.RIGHT: "Nothing is suggested.",
                Level.WARNING: "These lines would do better.",
                Level.UNJUDGED: "Something was not measured.",
                Level.BLOCKED: "The migration would fail.",
            },
            environment=name,
            account=account,
            as_json=json,
        )
