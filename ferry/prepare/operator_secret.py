"""The secrets that ferry itself signs in to the databases with: an operator's, never DMS's.

Each holds the user's name and password alone: where the databases are, the file and Terraform's
state say. As the source's, they are encrypted with the account's own `aws/secretsmanager` key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ferry.environments import migration_of, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.prepare.credentials import Credentials
    from settings.environment import Environment

Side = Literal["source", "target"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorSecret:
    """An operator's secret.

    Args:
        name: The secret's name.
        description: What it is for, for people who find it in the console.
        tags: Tags that the secret must have; others are kept.
        holds: What its value says, for people.
    """

    name: str
    description: str
    tags: Mapping[str, str]
    holds: str = "credentials"

    def value(self, credentials: Credentials) -> str:
        """The secret's JSON."""
        return json.dumps(
            {
                "username": credentials.username,
                "password": credentials.password,
                "engine": "postgres",
            }
        )


def secret_of(environment: Environment, side: Side) -> OperatorSecret:
    """The operator's secret of one side of an environment's migration.

    Raises:
        InputError: The environment is Aurora alone.
    """
    names, source = environment.names, migration_of(environment).source
    name, where = {
        "source": (names.source_operator_secret, f"the source {source.host}"),
        "target": (names.target_operator_secret, f"the Aurora cluster {names.cluster}"),
    }[side]
    return OperatorSecret(
        name=name, description=f"How ferry signs in to {where}", tags=tags(environment)
    )
