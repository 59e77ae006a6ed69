"""The secrets that DMS reads the source's credentials from: to read it, and to write back to it.

Each is encrypted with the account's own `aws/secretsmanager` key. The environment's key would make
the order of things matter twice: it exists only after the deployment that needs this secret, and
destroying the environment would make the secret unreadable. Every role of the account may use
`aws/secretsmanager` through Secrets Manager, so DMS's access role needs no permission on a key for
this secret: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ferry.environments import migration_of, tags
from ferry.errors import InputError
from ferry.prepare.credentials import refuse_what_dms_rejects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.prepare.credentials import Credentials
    from settings.environment import Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceSecret:
    """What the secret is called and what it says beside the credentials.

    Args:
        name: The secret's name, which the stack looks for.
        description: What it is for, for people who find it in the console.
        host: Name or address of the source, as DMS reaches it.
        port: The source's port.
        database_name: The database that DMS signs in to.
        tags: Tags that the secret must have; others are kept.
        holds: What its value says, for people.
    """

    name: str
    description: str
    host: str
    port: int
    database_name: str
    tags: Mapping[str, str]
    holds: str = "credentials, host, port, database"

    def value(self, credentials: Credentials) -> str:
        """The secret's JSON, with the keys that DMS reads.

        DMS takes username, password, host and port and leaves the others be; they serve people
        and PostgreSQL clients:
        https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html

        Raises:
            InputError: DMS would reject the password.
        """
        refuse_what_dms_rejects(credentials)
        return json.dumps(
            {
                "username": credentials.username,
                "password": credentials.password,
                "engine": "postgres",
                "host": self.host,
                "port": self.port,
                "dbname": self.database_name,
            }
        )


def reverse_secret_of(environment: Environment) -> SourceSecret:
    """The secret with which DMS writes back to the source; the same server, another user.

    Raises:
        InputError: The environment is Aurora alone.
    """
    migration = migration_of(environment)
    return SourceSecret(
        name=environment.names.reverse_secret,
        description=f"How DMS writes back to the source of {environment.prefix}",
        host=migration.source.host,
        port=migration.source.port,
        database_name=migration.databases[0].source,
        tags=tags(environment),
    )


def secret_of(environment: Environment) -> SourceSecret:
    """The secret of an environment that lets ferry keep the credentials.

    Raises:
        InputError: The environment brings its own: `source.secret_arn` is set; or it is Aurora alone.
    """
    migration = migration_of(environment)
    source = migration.source
    if source.secret_arn is not None:
        raise InputError(
            f"'{environment.name}' brings its own secret (source.secret_arn = "
            f"{source.secret_arn}), and ferry leaves it alone. It must hold JSON with the keys "
            "username, password, host and port; 'aws secretsmanager put-secret-value --secret-id "
            "... --secret-string file://...' writes it. To let ferry keep the credentials, remove "
            f"secret_arn from {environment.name}.toml."
        )
    return SourceSecret(
        name=environment.names.source_secret,
        description=f"How DMS signs in to the source of {environment.prefix}",
        host=source.host,
        port=source.port,
        database_name=migration.databases[0].source,
        tags=tags(environment),
    )
