"""What all secrets that Terraform makes have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret

from constructs_lib.acknowledge import acknowledge

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_lib.protocols import Key


def make_secret(
    scope: Construct,
    *,
    name: str,
    description: str,
    key: Key,
    recovery_window_days: int,
    prevent_destroy: bool,
) -> SecretsmanagerSecret:
    """A secret without a value, under a fixed name.

    The name is fixed so that a lost state gives ``ResourceExistsException``, after which the secret
    can be imported, and never a second secret. While a deleted secret waits, its name is taken.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html

    Args:
        scope: The construct that the secret belongs to; the secret's id is ``secret``.
        name: The secret's name.
        description: What it is for.
        key: The key that encrypts it.
        recovery_window_days: How long a deleted secret can be restored; 0 for not at all.
        prevent_destroy: Whether Terraform refuses to destroy it.
    """
    secret = SecretsmanagerSecret(
        scope,
        "secret",
        name=name,
        description=description,
        kms_key_id=key.arn,
        recovery_window_in_days=recovery_window_days,
        tags={"Name": name},
        lifecycle=TerraformResourceLifecycle(prevent_destroy=prevent_destroy),
    )
    acknowledge(
        secret,
        "CKV2_AWS_57",
        reason="The password is rotated by its version in the settings: a rotation that DMS does "
        "not expect ends its running tasks",
    )
    return secret
