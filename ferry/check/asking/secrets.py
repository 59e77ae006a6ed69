"""The secrets: what they are, and the shape of what the source's says. No value is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.account import asked
from ferry.check.judging.secret_shape import Shape, shape_of
from ferry.check.judging.secrets import Secret

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

    from settings.source import Source


def secret(client: SecretsManagerClient, name: str) -> Secret | None:
    """A secret, without looking at its value; None where there is none.

    Args:
        client: A client for Secrets Manager.
        name: The secret's name or ARN.
    """
    try:
        found = client.describe_secret(SecretId=name)
    except client.exceptions.ResourceNotFoundException:
        return None
    deleted = found.get("DeletedDate")
    return Secret(
        deleted_on=deleted.date() if deleted else None, key_id=found.get("KmsKeyId") or ""
    )


def source_secret(client: SecretsManagerClient, name: str, source: Source) -> Secret | None:
    """The source's secret with the shape of its value; None where there is none.

    Args:
        client: A client for Secrets Manager.
        name: The secret's name or ARN.
        source: The source, as the environment's file says.
    """
    found = secret(client, name)
    if found is None or found.deleted_on is not None:
        return found
    shape = asked(f"read the secret {name}", lambda: _shape(client, name, source))
    return Secret(key_id=found.key_id, shape=shape)


def _shape(client: SecretsManagerClient, name: str, source: Source) -> Shape | None:
    """The shape of the current value; None where there is no value. The value stays in here."""
    try:
        value = client.get_secret_value(SecretId=name)
    except client.exceptions.ResourceNotFoundException:
        return None
    return shape_of(value.get("SecretString"), host=source.host, port=source.port)
