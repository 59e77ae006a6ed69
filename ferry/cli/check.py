"""`ferry check aws ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ferry.cli.arguments import EnvironmentName  # noqa: TC001 - typer reads the annotation when it runs

if TYPE_CHECKING:
    from datetime import date


def aws(
    name: EnvironmentName,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
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
        from ferry.account import account_of
        from ferry.check.account import Subject, findings
        from ferry.cli.report import report
        from ferry.environments import find
        from ferry.findings import Level

        environment = find(name)
        account = account_of(environment)
        subject = Subject(
            environment=environment, account=account, today=today(), deployer_arn=deployer
        )
        report(
            findings(subject),
            title=f"What {name} needs",
            meanings={
                Level.RIGHT: "All is right: plan.",
                Level.WARNING: "Nothing stops a deployment; look at the warnings.",
                Level.UNJUDGED: "Nothing that is known stops a deployment.",
                Level.BLOCKED: "A deployment or the migration would fail.",
            },
            environment=name,
            account=account,
            as_json=json,
        )


def today() -> date:
    """The date by which ends are judged, in UTC as AWS's own dates."""
    return datetime.now(UTC).date()
