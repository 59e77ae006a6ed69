"""The application's way to its database: the secret that ferry leads elsewhere at the switch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.rehearsal.database import Database

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_secretsmanager import SecretsManagerClient

NAME = "shop/application"
"""What its secret is called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """An application that reads its secret whenever it connects.

    Args:
        secrets: Secrets Manager.
        arn: Its secret.
        reached: Where a server of that name is on this machine, in the place of its name's address: the
            port, and the file of the authority by which it is known.
    """

    secrets: SecretsManagerClient
    arn: str
    reached: dict[str, tuple[int, Path]]

    def find(self) -> Database:
        """Where the secret leads now."""
        held = json.loads(self.secrets.get_secret_value(SecretId=self.arn)["SecretString"])
        port, authority = self.reached[held["host"]]
        return Database(
            name=held["host"],
            port=port,
            authority=authority,
            database=held["dbname"],
            username=held["username"],
            password=held["password"],
        )


def write_secret(secrets: SecretsManagerClient, database: Database) -> str:
    """Write an application's secret that leads to a database; its ARN."""
    made = secrets.create_secret(
        Name=NAME,
        SecretString=json.dumps(
            {
                "host": database.name,
                "port": database.port,
                "dbname": database.database,
                "username": database.username,
                "password": database.password,
            }
        ),
    )
    return str(made["ARN"])
