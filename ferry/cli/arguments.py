"""The arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ferry.postgres import Address


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

_SOURCE, _TARGET = "--source-address", "--target-address"
# There is one way for a whole migration, and the commands that messages name do not have it.
_SOURCE_VARIABLE, _TARGET_VARIABLE = "FERRY_SOURCE_ADDRESS", "FERRY_TARGET_ADDRESS"

SourceAddress = Annotated[
    str | None,
    typer.Option(
        _SOURCE,
        envvar=_SOURCE_VARIABLE,
        metavar="HOST:PORT",
        help="Where the source is reached instead, as by a port forwarding; TLS verifies its own name.",
        show_default=False,
    ),
]
TargetAddress = Annotated[
    str | None,
    typer.Option(
        _TARGET,
        envvar=_TARGET_VARIABLE,
        metavar="HOST:PORT",
        help="Where Aurora is reached instead, as by a port forwarding; TLS verifies its own name.",
        show_default=False,
    ),
]
TargetAuthorities = Annotated[
    Path | None,
    typer.Option(
        "--target-ca",
        envvar="FERRY_TARGET_CA",
        metavar="FILE",
        help="The certificates of RDS's authorities; environments/certificates/rds-ca.pem by default.",
        show_default=False,
    ),
]


def addresses(source: str | None, target: str | None) -> tuple[Address | None, Address | None]:
    """Where source and Aurora are reached, as the options or the variables say.

    Raises:
        InputError: One of them is no address.
    """
    from ferry.postgres import Address  # noqa: PLC0415 - `ferry --help` does not wait for psycopg

    return (
        None if source is None else Address.parse(source, option=f"{_SOURCE} ({_SOURCE_VARIABLE})"),
        None if target is None else Address.parse(target, option=f"{_TARGET} ({_TARGET_VARIABLE})"),
    )
