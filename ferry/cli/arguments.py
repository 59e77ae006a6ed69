"""The argument that all commands have."""

from __future__ import annotations

from typing import Annotated

import typer


def environments(incomplete: str) -> list[str]:
    """The environments that a shell can complete a word to."""
    from ferry.environments import known  # noqa: PLC0415 - `ferry --help` does not wait for pydantic

    return [name for name in known() if name.startswith(incomplete)]


EnvironmentName = Annotated[
    str,
    typer.Argument(
        metavar="ENV", help="The environment, such as dev.", autocompletion=environments
    ),
]
