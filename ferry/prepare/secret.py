"""A secret that ferry writes: made, changed, restored, left alone where it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from ferry.account import explained, found_or_none
from ferry.prepare.steps import Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_secretsmanager.type_defs import DescribeSecretResponseTypeDef, TagTypeDef

    from ferry.prepare.credentials import Credentials

_NONE: Final = "ResourceNotFoundException"


class WrittenSecret(Protocol):
    """What a secret is called, and what it says."""

    @property
    def name(self) -> str:
        """The secret's name."""

    @property
    def description(self) -> str:
        """What it is for, for people who find it in the console."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Tags that it must have; others are kept."""

    @property
    def holds(self) -> str:
        """What its value says, for people."""

    def value(self, credentials: Credentials) -> str:
        """Its value with these credentials.

        Raises:
            InputError: It does not take them.
        """


def write(
    client: SecretsManagerClient, secret: WrittenSecret, credentials: Credentials
) -> Iterator[Step]:
    """Make the secret say the credentials; leave alone what is right already.

    A secret that was scheduled for deletion is restored: its name is taken until then.

    Yields:
        Each step as it is done; never with a value.

    Raises:
        InputError: The secret does not take these credentials; nothing is done.
        FerryError: AWS refuses a call.
    """
    wanted = secret.value(credentials)
    with explained(f"read the secret {secret.name}"):
        found = found_or_none(lambda: client.describe_secret(SecretId=secret.name), _NONE)
    if found is None:
        with explained(f"create the secret {secret.name}"):
            created = _create(client, secret, wanted)
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
        changed = _put(client, secret, wanted)
    yield Step(what=secret.holds, outcome=Outcome.SET if changed else Outcome.RIGHT)
    with explained(f"tag the secret {secret.name}"):
        changed = _tag(client, secret, found)
    yield Step(what="tags", outcome=Outcome.MENDED if changed else Outcome.RIGHT)


def _create(client: SecretsManagerClient, secret: WrittenSecret, wanted: str) -> bool:
    """Make the secret with its value. Return False where it has come to exist meanwhile.

    Another run can have made it, or this one, with an answer that was lost on the way.
    """
    try:
        client.create_secret(
            Name=secret.name,
            Description=secret.description,
            SecretString=wanted,
            Tags=_tags(secret.tags),
        )
    except client.exceptions.ResourceExistsException:
        return False
    return True


def _put(client: SecretsManagerClient, secret: WrittenSecret, wanted: str) -> bool:
    """Write a new version where the current one differs. Return whether it did."""
    # None for a secret without any version
    current = found_or_none(lambda: client.get_secret_value(SecretId=secret.name), _NONE)
    if current is not None and current.get("SecretString") == wanted:
        return False
    client.put_secret_value(SecretId=secret.name, SecretString=wanted)
    return True


def _tag(
    client: SecretsManagerClient, secret: WrittenSecret, found: DescribeSecretResponseTypeDef
) -> bool:
    tags = {entry.get("Key"): entry.get("Value") for entry in found.get("Tags", [])}
    missing = {key: value for key, value in secret.tags.items() if tags.get(key) != value}
    if missing:
        client.tag_resource(SecretId=secret.name, Tags=_tags(missing))
    return bool(missing)


def _tags(tags: Mapping[str, str]) -> list[TagTypeDef]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
