"""The role with which DMS reads the endpoints' secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import ITerraformDependable

    from constructs_lib.encryption import EnvironmentKey
    from facts.placement import Placement


class Secret(Protocol):
    """A secret that DMS reads."""

    @property
    def arn(self) -> str:
        """The secret's ARN."""


class SecretAccessRole(Construct):
    """The role ``NAME-dms-secrets``: reads these secrets and decrypts with their keys, no more.

    It trusts DMS's principal of the region, as endpoints with secrets need it, and only when DMS
    acts for this account. Decrypting goes through Secrets Manager alone. A secret that is encrypted
    with the account's ``aws/secretsmanager`` key needs no permission on a key.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        name: The environment's prefix.
        placement: The account and region that DMS works in.
        key: The environment's key, which encrypts the target's secret.
        secrets: The secrets that DMS reads.
        source_key_arn: The customer managed key that encrypts the source's secret, where it has
            one of its own.
    """

    arn: str
    ready: list[ITerraformDependable]
    """The policy. Endpoints depend on it: DMS reads the secret as soon as an endpoint is made."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        placement: Placement,
        key: EnvironmentKey,
        secrets: Sequence[Secret],
        source_key_arn: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        role_name = f"{name}-dms-secrets"
        role = IamRole(
            self,
            "role",
            name=role_name,
            description=f"AWS DMS reads the secrets of {name}'s endpoints",
            assume_role_policy=json.dumps(_trust(placement)),
            tags={"Name": role_name},
        )
        self.arn = role.arn
        keys = [key.arn] if source_key_arn is None else [key.arn, source_key_arn]
        self.ready = [
            IamRolePolicy(
                self,
                "policy",
                name="read-secrets",
                role=role.id,
                policy=json.dumps(_policy(placement, [secret.arn for secret in secrets], keys)),
            )
        ]


def _trust(placement: Placement) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"dms.{placement.region}.{placement.dns_suffix}"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": placement.account_id}},
            }
        ],
    }


def _policy(placement: Placement, secrets: list[str], keys: list[str]) -> dict[str, Any]:
    via = f"secretsmanager.{placement.region}.{placement.dns_suffix}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadSecrets",
                "Effect": "Allow",
                "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
                "Resource": secrets,
            },
            {
                "Sid": "DecryptSecrets",
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": keys,
                "Condition": {"StringEquals": {"kms:ViaService": via}},
            },
            {
                "Sid": "DescribeKeys",
                "Effect": "Allow",
                "Action": "kms:DescribeKey",
                "Resource": keys,
            },
        ],
    }
