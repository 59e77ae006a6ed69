"""`ferry prepare-databases ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3, pydantic and psycopg

from __future__ import annotations

from typing import Annotated

import typer

from ferry.cli.arguments import (
    EnvironmentName,
    SourceAddress,
    TargetAddress,
    TargetAuthorities,
    addresses,
)
from ferry.cli.secret import at_terminal


def prepare_databases(
    name: EnvironmentName,
    *,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
    yes: Annotated[bool, typer.Option("--yes", help="Run the SQL without asking.")] = False,
) -> None:
    """Make schema ferry in ENV's databases, at the source and in Aurora: markers and notes.

    Shows its SQL first and asks. One marker table a task, which DMS carries: what is written to it at
    the source arrives when all before it has. DMS's user gets what it needs of them, PUBLIC
    nothing. A database that several carry and Aurora does not have yet is made too. Signs in with
    the operator's secrets (ferry secret operator). Safe to run again: what is right is left alone.

    Exit status: 2 where nobody can be asked, or nothing is carried; 3 where a server cannot be
    reached or refuses, or a publication would take the tables along; 130 where the answer is no.
    """
    from ferry.cli.printing import failures_shown, show_lines, show_next, show_steps

    with failures_shown():
        from ferry.account import account_of
        from ferry.deployment import Deployment
        from ferry.environments import find, migration_of
        from ferry.errors import InputError
        from ferry.prepare.databases import carry_out, plans

        environment = find(name)
        migration_of(environment)
        source, target = addresses(source_address, target_address)
        deployment = Deployment(environment=environment, account=account_of(environment))
        made = plans(deployment, source_address=source, target_address=target, ca_file=target_ca)
        wanted = [plan for plan in made if plan.lines]
        for plan in wanted:
            show_lines(plan.title, plan.lines)
        if wanted and not yes:
            if not at_terminal():
                raise InputError("Nobody can be asked here: look at the SQL, then add --yes.")
            typer.confirm("Run it?", abort=True)
        show_steps(f"Schema ferry of {name}", (step for plan in made for step in carry_out(plan)))
        show_next(f"ferry check source {name}")
