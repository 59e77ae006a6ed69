"""`ferry report ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ferry.cli.arguments import (  # typer reads the annotations when it runs
    EnvironmentName,
    SourceAddress,
    TargetAddress,
    TargetAuthorities,
    addresses,
)


def report(
    name: EnvironmentName,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="The page, a name that ends in .html; report-ENV.html by default. The same as JSON is "
            "written beside it, as .json.",
            show_default=False,
        ),
    ] = None,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """Write what happened to ENV on one page, for those who sign; and the same as JSON.

    The timeline with the seconds that writers were kept out, latency and load, the comparison of each table
    with counts and hashes of both sides, differences and their repair, what was left out and why, who did
    it, versions, settings. No value of a row and no key is in it, and no secret. What is not known says so.
    The page is one file that asks for nothing; both files are the user's alone. Changes nothing else.

    Exit status: 1 where somebody should look at something first, as before a cutover; 2 where --output is
    no .html; 3 where something is not known, or a file could not be written; 4 where something is wrong,
    such as rows that differ.
    """
    from ferry.cli.migration import Ways, deployment_of
    from ferry.cli.printing import failures_shown, plain_console

    with failures_shown():
        from rich.text import Text

        from facts.inert import visible
        from ferry.cli.report import show, summary
        from ferry.errors import InputError
        from ferry.findings import Level, worst
        from ferry.migrate.report.document import as_json
        from ferry.migrate.report.gathering import gather
        from ferry.migrate.report.page import html
        from ferry.migrate.report.verdict import findings, headline

        page = output or Path(f"report-{name}.html")
        if page.suffix != ".html":
            raise InputError(f"--output is '{page}'; its name has to end in .html.")
        deployment = deployment_of(name)
        source, target = addresses(source_address, target_address)
        ways = Ways(deployment=deployment, source=source, target=target, target_ca=target_ca)
        told = gather(deployment, ways.of_database)
        twin = page.with_suffix(".json")
        for file, text in ((page, html(told)), (twin, as_json(told))):
            _write(file, text)
        console = plain_console()
        found = findings(told)
        console.print(Text(visible(headline(told, found)), style="bold"))
        show(console, found)
        meanings = {
            Level.RIGHT: "Nothing stands against it.",
            Level.WARNING: "Look at the warnings before somebody signs.",
            Level.UNJUDGED: "Not all of it is known.",
            Level.BLOCKED: "Something is wrong.",
        }
        console.print(summary(found, meanings))
        console.print(Text(visible(f"Written: {page}, {twin}")))
        raise typer.Exit(worst(found).status)


def _write(file: Path, text: str) -> None:
    """Write a file whole, for the user alone.

    Raises:
        FerryError: It cannot be written.
    """
    from ferry.errors import FerryError
    from ferry.files import replace

    try:
        replace(file, text.encode(), mode=0o600)
    except OSError as error:
        raise FerryError(f"{file} cannot be written: {error.strerror}.") from None
