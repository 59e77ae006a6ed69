"""All secrets of an environment's applications, read and understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.environments import migration_of
from ferry.errors import FerryError, InputError
from ferry.prepare.application.planning import prepare
from ferry.prepare.application.versions import held

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

    from ferry.prepare.application.planning import Prepared
    from settings.environment import Environment


def arns_of(environment: Environment) -> tuple[str, ...]:
    """The secrets that the file names, of which there are some.

    Raises:
        InputError: It names none, or nothing is carried.
    """
    migration_of(environment)
    arns = environment.cutover.application_secret_arns if environment.cutover else ()
    if not arns:
        raise InputError(
            f"{environment.name}.toml names no secret of an application: cutover."
            "application_secret_arns is empty. Name there those from which the applications take "
            "host and password."
        )
    return arns


def read(client: SecretsManagerClient, environment: Environment, endpoint: str) -> list[Prepared]:
    """Every secret, understood.

    Args:
        client: Secrets Manager.
        environment: The environment.
        endpoint: The writer endpoint of Aurora's cluster.

    Raises:
        FerryError: Some are not; a line each.
    """
    found: list[Prepared] = []
    problems: list[str] = []
    for arn in arns_of(environment):
        try:
            found.append(prepare(held(client, arn), environment, endpoint))
        except FerryError as error:
            problems.append(str(error))
    if problems:
        raise FerryError("\n".join(problems))
    return found
