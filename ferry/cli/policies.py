"""`ferry policies ENV [DOCUMENT]...`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for pydantic

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from ferry.cli.arguments import EnvironmentName  # noqa: TC001 - typer reads the annotation when it runs


def policies(
    name: EnvironmentName,
    wanted: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="DOCUMENT",
            help="Which, such as plan, or apply for all that begin with apply-; all by default.",
            show_default=False,
        ),
    ] = None,
    *,
    github: Annotated[
        str,
        typer.Option(
            metavar="OWNER_ID/REPOSITORY_ID",
            help="The repository's ids; writes who may take the workflows' roles as well.",
            show_default=False,
        ),
    ] = "",
    branch: Annotated[
        str, typer.Option(metavar="BRANCH", help="The repository's default branch.")
    ] = "main",
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where to; policies-ENV by default. One document alone is shown instead.",
        ),
    ] = None,
) -> None:
    """Write the IAM documents of ENV: who needs what to plan, deploy, check and operate it.

    For ENV's account, region, partition and names: nothing is left to replace. Asks AWS nothing.
    What each is for: docs/deployment.md, Permissions.

    Exit status: 2 where there is no document of that name; 3 where the folder cannot be written to.
    """
    from ferry.cli.printing import failures_shown, show_steps

    with failures_shown():
        from ferry.environments import find, of_account
        from ferry.errors import InputError
        from ferry.prepare.policies import chosen, documents, text, write

        environment = find(name)
        if github and not re.fullmatch(r"[0-9]+/[0-9]+", github):
            raise InputError(
                f"--github: {github!r} given; allowed: two numbers, OWNER_ID/REPOSITORY_ID. "
                "docs/pull-requests.md says how to ask GitHub for them."
            )
        found = documents(environment, of_account(environment), ids=github, branch=branch)
        some = chosen(found, wanted) if wanted else found
        if len(some) == 1 and folder is None:
            typer.echo(text(some[0]))
            return
        where = folder or Path(f"policies-{name}")
        show_steps(f"The IAM documents of {name}, in {where}", write(some, where))
