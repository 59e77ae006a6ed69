"""`ferry secret application ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ferry.cli.arguments import EnvironmentName  # noqa: TC001 - typer reads the annotation when it runs
from ferry.cli.secret import at_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.prepare.application import Change, Plan, Prepared


def application(
    name: EnvironmentName,
    *,
    drop: Annotated[
        bool, typer.Option("--drop", help="Take away what was prepared, of every secret.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
) -> None:
    """Prepare ENV's applications' secrets for the switch: a version of each that leads to Aurora.

    Copies what is under AWSCURRENT of each of cutover.application_secret_arns, exchanges host, port
    and database in keys and connection URLs, shows which keys change and no value, asks, and puts it
    under ferry-next alone: applications go on reading AWSCURRENT. Asks for other user names and
    passwords, the passwords unseen; an empty answer keeps what is there. Where standard input is not
    a terminal, reads them from it: nothing, or {"ARN": {"username": "...", "password": "..."}}. Safe to
    run again: what is right is left alone, the rest replaced.

    Exit status: 2 where the file names no secret, PostgreSQL would reject the credentials, or nobody
    can be asked; 3 where a secret is not certain to lead from the source to Aurora, others write it, or
    AWS refuses; 130 where the answer is no. Nothing is written unless all secrets can be.
    """
    from ferry.cli.printing import failures_shown, show_steps

    with failures_shown():
        from facts import outputs
        from ferry.account import account_of
        from ferry.deployment import Deployment
        from ferry.environments import find
        from ferry.prepare.application import arns_of, carry_out, name_of, plan, read
        from ferry.prepare.application import drop as taken_away

        environment = find(name)
        arns = arns_of(environment)
        account = account_of(environment)
        client = account.secretsmanager
        title = f"The applications' secrets of {name}, in account {account.account_id}, {account.region}"
        if drop:
            _confirm(f"Take ferry-next from {', '.join(map(name_of, arns))}?", yes=yes)
            show_steps(title, (taken_away(client, arn) for arn in arns))
            return
        deployment = Deployment(environment=environment, account=account)
        prepared = read(client, environment, str(deployment.outputs[outputs.CLUSTER_ENDPOINT]))
        given = _asked(prepared) if at_terminal() else _given(arns)
        plans = [plan(each, change) for each, change in zip(prepared, given, strict=True)]
        _show(plans)
        if not all(each.is_there for each in plans):
            _confirm("Write them?", yes=yes)
        show_steps(title, (carry_out(client, each) for each in plans))


def _asked(prepared: Sequence[Prepared]) -> list[Change]:
    """The changes, as the person at the terminal types them."""
    from facts.inert import visible
    from ferry.prepare.application import Change

    changes = []
    for each in prepared:
        typer.echo(f"{visible(each.held.name)}, on Aurora:")
        hint = f"empty keeps that of {each.kept}" if each.kept else "of Aurora"
        username = typer.prompt(f"User name ({hint})", default="", show_default=False)
        changes.append(Change(username=username, password=_password(hint)))
    return changes


def _password(hint: str) -> str:
    """The password, typed twice, unseen; an empty one is typed once."""

    def typed(text: str) -> str:
        return str(typer.prompt(text, default="", show_default=False, hide_input=True))

    while password := typed(f"Password ({hint})"):
        if typed("Repeat for confirmation") == password:
            break
        typer.echo("The two passwords differ; once more.")
    return password


def _given(arns: Sequence[str]) -> list[Change]:
    """The changes, as standard input has them; one that is closed holds none."""
    from ferry.prepare.application import Change, parse

    given = parse(b"" if sys.stdin is None else sys.stdin.buffer.read(), arns)
    return [given.get(arn, Change()) for arn in arns]


def _show(plans: Sequence[Plan]) -> None:
    """Print what is otherwise than what the applications read, key by key."""
    from ferry.cli.printing import show_lines

    for each in plans:
        show_lines(f"{each.held.name}: ferry-next beside AWSCURRENT", each.lines)


def _confirm(question: str, *, yes: bool) -> None:
    from ferry.errors import InputError

    if yes:
        return
    if not at_terminal():
        raise InputError("Nobody can be asked here: look at what is said, then add --yes.")
    typer.confirm(question, abort=True)
