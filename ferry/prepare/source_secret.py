"""The secret that DMS reads the source's credentials from.

It is encrypted with the account's own `aws/secretsmanager` key. The environment's key would make
the order of things matter twice: it exists only after the deployment that needs this secret, and
destroying the environment would make the secret unreadable. Every role of the account may use
`aws/secretsmanager` through Secrets Manager, so DMS's access role needs no permission on a key for
this secret: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.account import explained, found_or_none
from ferry.environments import tags
from ferry.errors import InputError
from ferry.prepare.steps import Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_secretsmanager.type_defs import DescribeSecretResponseTypeDef, TagTypeDef

    from ferry.prepare.credentials import Credentials
    from settings.environment import Environment

_NONE: Final = "ResourceNotFoundException"


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
    """

    name: str
    description: str
    host: str
    port: int
    database_name: str
    tags: Mapping[str, str]

    def value(self, credentials: Credentials) -> str:
        """The secret's JSON, with the keys that DMS reads.

        DMS takes username, password, host and port and leaves the others be; they serve people
        and PostgreSQL clients:
        https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
        """
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


def secret_of(environment: Environment) -> SourceSecret:
    """The secret of an environment that lets ferry keep the credentials.

    Raises:
        InputError: The environment brings its own: `source.secret_arn` is set; or it is Aurora alone.
    """
    if not environment.has_migration:
        raise InputError(
            f"'{environment.name}' has no [source] that credentials could be for: it is Aurora "
            f"alone. Add [source] and [dms] to {environment.name}.toml to begin a migration."
        )
    migration = environment.migration
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


def write(
    client: SecretsManagerClient, secret: SourceSecret, credentials: Credentials
) -> Iterator[Step]:
    """Make the secret say the credentials; leave alone what is right already.

    A secret that was scheduled for deletion is restored: its name is taken until then.

    Yields:
        Each step as it is done; never with a value.

    Raises:
        FerryError: AWS refuses a call.
    """
    with explained(f"read the secret {secret.name}"):
        found = found_or_none(lambda: client.describe_secret(SecretId=secret.name), _NONE)
    if found is None:
        with explained(f"create the secret {secret.name}"):
            created = _create(client, secret, credentials)
        if created:
            yield Step(what=f"secret {secret.name}", outcome=Outcome.CREATED)
            return
        with explained(f"read the secret {secret.name}"):
            found = client.describe_secret(SecretId=secret.name)
    restored = "DeletedDate" in found
    if restored:
        with explained(f"restore the secret {secret.name}"):
            client.restore_secret(SecretId=secret.name)
    yield Step(
        what=f"secret {secret.name}", outcome=Outcome.RESTORED if restored else Outcome.RIGHT
    )
    with explained(f"write the secret {secret.name}"):
        changed = _put(client, secret, credentials)
    yield Step(
        what="credentials, host, port, database", outcome=Outcome.SET if changed else Outcome.RIGHT
    )
    with explained(f"tag the secret {secret.name}"):
        changed = _tag(client, secret, found)
    yield Step(what="tags", outcome=Outcome.MENDED if changed else Outcome.RIGHT)


def _create(client: SecretsManagerClient, secret: SourceSecret, credentials: Credentials) -> bool:
    """Make the secret with its value. Return False where it has come to exist meanwhile.

    Another run can have made it, or this one, with an answer that was lost on the way.
    """
    try:
        client.create_secret(
            Name=secret.name,
            Description=secret.description,
            SecretString=secret.value(credentials),
            Tags=_tags(secret.tags),
        )
    except client.exceptions.ResourceExistsException:
        return False
    return True


def _put(client: SecretsManagerClient, secret: SourceSecret, credentials: Credentials) -> bool:
    """Write a new version where the current one differs. Return whether it did."""
    wanted = secret.value(credentials)
    # None for a secret without any version
    current = found_or_none(lambda: client.get_secret_value(SecretId=secret.name), _NONE)
    if current is not None and current.get("SecretString") == wanted:
        return False
    client.put_secret_value(SecretId=secret.name, SecretString=wanted)
    return True


def _tag(
    client: SecretsManagerClient, secret: SourceSecret, found: DescribeSecretResponseTypeDef
) -> bool:
    tags = {entry.get("Key"): entry.get("Value") for entry in found.get("Tags", [])}
    missing = {key: value for key, value in secret.tags.items() if tags.get(key) != value}
    if missing:
        client.tag_resource(SecretId=secret.name, Tags=_tags(missing))
    return bool(missing)


def _tags(tags: Mapping[str, str]) -> list[TagTypeDef]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
