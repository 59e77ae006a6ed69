"""`ferry check aws ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ferry.check.examine import Examination
    from ferry.findings import Finding


def aws(
    name: Annotated[str, typer.Argument(metavar="ENV", help="The environment, such as dev.")],
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

    Exit status: 0 all is right; 1 something needs a look; 2 wrong use; 3 something could not be
    judged, or AWS could not be asked; 4 a deployment or the migration would fail.
    """
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.check.rendering import as_json
        from ferry.findings import worst

        examination = _prepare(name, deployer)
        if json:
            account = examination.account
            findings = list(examination.findings())
            text = as_json(
                findings,
                environment=name,
                account_id=account.account_id,
                region=account.region,
            )
            typer.echo(text)
        else:
            findings = _show(examination)
        raise typer.Exit(worst(findings).status)


def today() -> date:
    """The date by which ends are judged, in UTC as AWS's own dates."""
    return datetime.now(UTC).date()


def _prepare(name: str, deployer: str | None) -> Examination:
    """Sign in, and make ready to ask."""
    from ferry.account import account_of
    from ferry.check.examine import Examination
    from ferry.environments import find

    environment = find(name)
    account = account_of(environment)
    return Examination(
        environment=environment,
        account=account,
        today=today(),
        deployer_arn=deployer,
    )


def _show(examination: Examination) -> list[Finding]:
    """Print each finding when it is known, then what they add up to."""
    from rich.console import Console
    from rich.text import Text

    from ferry.check.rendering import as_text, summary

    console = Console(soft_wrap=True, highlight=False)
    account = examination.account
    title = (
        f"What {examination.environment.name} needs, in account {account.account_id}, "
        f"{account.region}"
    )
    console.print(Text(title, style="bold"))
    found: list[Finding] = []
    findings: Iterable[Finding] = examination.findings()
    for finding in findings:
        console.print(as_text(finding))
        found.append(finding)
    console.print(summary(found))
    return found
