"""`ferry secret source ENV`, `ferry secret reverse ENV`, `ferry secret operator ENV source|target`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ferry.cli.arguments import EnvironmentName  # noqa: TC001 - typer reads the annotation when it runs

if TYPE_CHECKING:
    from ferry.prepare.credentials import Credentials


def source(name: EnvironmentName) -> None:
    """Write the source database's credentials into the secret that DMS reads.

    Asks for user name and password, the password unseen. Where standard input is not a terminal,
    reads one JSON object from it instead: {"username": "...", "password": "..."}. Host, port and
    database come from ENV's file: run this again when they change there. Safe to run again: a
    secret that is right is left alone.

    Exit status: 2 where PostgreSQL or DMS would reject the credentials; 3 where AWS refuses.
    """
    from ferry.cli.printing import failures_shown, show_next, show_steps

    with failures_shown():
        from facts import names
        from ferry.account import account_of
        from ferry.environments import find
        from ferry.prepare.secret import write
        from ferry.prepare.source_secret import secret_of

        environment = find(name)
        secret = secret_of(environment)
        account = account_of(environment)
        credentials = ask() if at_terminal() else read()
        show_steps(
            f"The source's credentials of {name}, in account {account.account_id}, "
            f"{account.region}",
            write(account.secretsmanager, secret, credentials),
        )
        show_next(
            f"cdktf deploy {names.environment_stack(name)}; DMS tasks that run already take new "
            "credentials when they are stopped and resumed"
        )


def reverse(name: EnvironmentName) -> None:
    """Write the credentials with which DMS writes back to ENV's source, for dms.rollback = true.

    A user of its own: it may write to the tables that are carried, and set session_replication_role.
    Then `ferry prepare-databases ENV` gives it what ferry's user may give. Asks for user name and password, or reads them, as `ferry secret source`.

    Exit status: 2 where PostgreSQL or DMS would reject the credentials, or nothing is carried; 3 where
    AWS refuses.
    """
    from ferry.cli.printing import failures_shown, show_next, show_steps

    with failures_shown():
        from facts import names
        from ferry.account import account_of
        from ferry.environments import find
        from ferry.prepare.secret import write
        from ferry.prepare.source_secret import reverse_secret_of

        environment = find(name)
        secret = reverse_secret_of(environment)
        account = account_of(environment)
        credentials = ask() if at_terminal() else read()
        show_steps(
            f"The credentials of {name}'s way back, in account {account.account_id}, "
            f"{account.region}",
            write(account.secretsmanager, secret, credentials),
        )
        show_next(
            f"cdktf deploy {names.environment_stack(name)}; then: ferry prepare-databases {name}"
        )


def operator(
    name: EnvironmentName,
    side: Annotated[
        Literal["source", "target"],
        typer.Argument(metavar="SIDE", help="source, or target for Aurora."),
    ],
) -> None:
    """Write the credentials with which ferry itself signs in to ENV's source or to Aurora.

    Not DMS's: ferry makes schema ferry, reads catalogs and rows, and later closes the source to
    writers. At the source that is a role which owns the databases, or a superuser; in Aurora the master
    user does, and without a secret of its own ferry takes the master secret. Asks for user name
    and password, or reads them, as `ferry secret source`.

    Exit status: 2 where PostgreSQL would reject the credentials, or nothing is carried; 3 where AWS
    refuses.
    """
    from ferry.cli.printing import failures_shown, show_next, show_steps

    with failures_shown():
        from ferry.account import account_of
        from ferry.environments import find
        from ferry.prepare.operator_secret import secret_of
        from ferry.prepare.secret import write

        environment = find(name)
        secret = secret_of(environment, side)
        account = account_of(environment)
        credentials = ask() if at_terminal() else read()
        show_steps(
            f"The operator's credentials of {name}, {side}, in account {account.account_id}, "
            f"{account.region}",
            write(account.secretsmanager, secret, credentials),
        )
        show_next(f"ferry prepare-databases {name}")


def at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask() -> Credentials:
    """Ask the person at the terminal; the password is typed twice, unseen."""
    from ferry.prepare.credentials import Credentials

    return Credentials(
        username=typer.prompt("User name"),
        password=typer.prompt("Password", hide_input=True, confirmation_prompt=True),
    )


def read() -> Credentials:
    """Read the credentials from standard input; one that is closed holds none."""
    from ferry.prepare.credentials import parse

    return parse(b"" if sys.stdin is None else sys.stdin.buffer.read())
