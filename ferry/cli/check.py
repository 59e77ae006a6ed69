"""`ferry check aws ENV`, `ferry check deployment ENV`, `ferry check source ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ferry.cli.arguments import (
    EnvironmentName,
    SourceAddress,
    TargetAddress,
    TargetAuthorities,
    addresses,
)
from ferry.findings import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from typing import Never

    from ferry.account import Account
    from ferry.findings import Finding
    from settings.environment import Environment

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def aws(
    name: EnvironmentName,
    *,
    json: Json = False,
    deployer: Annotated[
        str | None,
        typer.Option(metavar="ARN", help="The user or role that deploys; you yourself by default."),
    ] = None,
) -> None:
    """Say whether the account has what ENV needs, before a plan is worth making.

    Asks AWS for versions and classes on offer and their ends, quotas, the account's roles, the
    state's bucket, the secrets, and the deployer's permissions. Changes nothing, shows no secret.

    Exit status: 1 with a warning; 3 where something could not be judged; 4 where a deployment or
    the migration would fail.
    """
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.check.account import Subject, findings

        judge(
            name,
            lambda environment, account: findings(
                Subject(
                    environment=environment, account=account, today=today(), deployer_arn=deployer
                )
            ),
            json=json,
            title=f"What {name} needs",
            meanings={
                Level.RIGHT: "All is right: plan.",
                Level.WARNING: "Nothing stops a deployment; look at the warnings.",
                Level.UNJUDGED: "Nothing that is known stops a deployment.",
                Level.BLOCKED: "A deployment or the migration would fail.",
            },
        )


def deployment(name: EnvironmentName, *, json: Json = False) -> None:
    """Say whether what is deployed of ENV is what its file says, and works.

    Asks AWS about all that the stack has made: network, key, secrets, roles, Aurora, DMS, alarms.
    Changes nothing, starts nothing, shows no secret. What passes by itself (a backup, a failover, a
    change that waits for its window) and what waits for a person (a task that failed, an address
    that has not confirmed) is a warning.

    Exit status: 1 with a warning; 3 where something could not be judged, or nothing is deployed; 4
    where something differs or does not work.
    """
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.check.deployment.checks import AREAS, findings
        from ferry.check.deployment.deployed import Deployed

        judge(
            name,
            lambda environment, account: findings(
                Deployed(environment=environment, account=account)
            ),
            json=json,
            title=f"What is deployed of {name}",
            meanings={
                Level.RIGHT: "What is deployed is what the file says.",
                Level.WARNING: "What is deployed is what the file says; look at the warnings.",
                Level.UNJUDGED: "Nothing that is known differs from the file.",
                Level.BLOCKED: "What is deployed is not what the file says, or does not work.",
            },
            areas=AREAS,
        )


def source(
    name: EnvironmentName,
    *,
    json: Json = False,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Read rows too: sizes of LOBs, infinities, NaN, blanks.")
    ] = False,
    seconds: Annotated[
        int,
        typer.Option(min=1, metavar="SECONDS", help="For how long --deep may read each database."),
    ] = 60,
) -> None:
    """Say whether the databases can be carried as ENV's file says, before the tasks are started.

    Reads the catalogs of the source and of Aurora, as ferry's operator; locks nothing that a writer
    needs. Rows it reads only with --deep: the smallest tables first, in pieces, at rest for a fifth of
    the time; what there was no time for is said, and the next run goes on there. Each finding says
    what it means with this file's tasks, and how to mend it. Without Aurora the source is judged alone.

    Exit status: 1 with a warning; 3 where something could not be judged, or the source cannot be
    reached; 4 where the migration would fail or lose something.
    """
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.check.source import AREAS, Way, findings, subjects

        reached = addresses(source_address, target_address)
        way = Way(source=reached[0], target=reached[1], target_ca=target_ca)
        rehearse = f"Rehearse it: make rehearsal ENV={name} SCHEMA=dump.sql"

        def found(environment: Environment, account: Account) -> Iterable[Finding]:
            if deep:
                say_reading(name, seconds)
            return findings(
                list(subjects(environment, account, way, deep_seconds=seconds if deep else None))
            )

        judge(
            name,
            found,
            json=json,
            title=f"What {name} carries",
            meanings={
                Level.RIGHT: f"All can be carried. {rehearse}",
                Level.WARNING: f"Nothing stops the migration; look at the warnings. {rehearse}",
                Level.UNJUDGED: "Nothing that is known stops the migration.",
                Level.BLOCKED: "The migration would fail, or lose something.",
            },
            areas=AREAS,
        )


def judge(
    name: str,
    found: Callable[[Environment, Account], Iterable[Finding]],
    *,
    json: bool,
    title: str,
    meanings: Mapping[Level, str],
    areas: Mapping[str, str] | None = None,
) -> Never:
    """Look at an environment, say what was found, and end with the status that it adds up to.

    Args:
        name: The environment's name.
        found: What looks, with the environment and its account.
        json: Whether JSON is printed, for programs.
        title: What was looked at; this and the others as `ferry.cli.report.report` has them.
        meanings: What it means that a level is the gravest.
        areas: The area of each check.

    Raises:
        FerryError: There is no such environment, or it cannot be looked at.
        typer.Exit: Otherwise always, with the status.
    """
    from ferry.account import account_of
    from ferry.cli.report import report
    from ferry.environments import find

    environment = find(name)
    account = account_of(environment)
    report(
        found(environment, account),
        title=title,
        meanings=meanings,
        areas=areas,
        environment=name,
        account=account,
        as_json=json,
    )


def say_reading(name: str, seconds: int) -> None:
    """Say on standard error that nothing will be said for a while."""
    from ferry.cli.printing import tell

    tell(f"Reading the rows of {name}'s source: {seconds} seconds a database at most.")


def today() -> date:
    """The date by which ends are judged, in UTC as AWS's own dates."""
    return datetime.now(UTC).date()
