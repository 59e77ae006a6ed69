"""The role with which DMS reads the endpoints' secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.service_role import make_service_role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import ITerraformDependable

    from constructs_lib.policies import Statement
    from constructs_lib.protocols import Key, Secret
    from facts.names import Names
    from facts.placement import Placement


class SecretAccessRole(Construct):
    """A role that reads these secrets and decrypts with their keys, no more.

    It trusts DMS's principal of the region, as endpoints with secrets need it, and only when DMS
    acts for this account. Decrypting goes through Secrets Manager alone. A secret that is encrypted
    with the account's ``aws/secretsmanager`` key needs no permission on a key.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region that DMS works in.
        key: The environment's key, which encrypts the target's secret.
        secrets: The secrets that DMS reads.
        source_key_arn: The customer managed key that encrypts the source's secret, where it has
            one of its own.
    """

    arn: str
    """The role's ARN."""

    ready: list[ITerraformDependable]
    """The policy. Endpoints depend on it: DMS reads the secret as soon as an endpoint is made."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        placement: Placement,
        key: Key,
        secrets: Sequence[Secret],
        source_key_arn: str | None,
    ) -> None:
        super().__init__(scope, id_)
        keys = [key.arn] if source_key_arn is None else [key.arn, source_key_arn]
        role = make_service_role(
            self,
            name=names.secret_access_role,
            description=f"AWS DMS reads the secrets of {names.prefix}'s endpoints",
            service=placement.regional_principal("dms"),
            # DMS names the account where it guards against a confused deputy; its page on secrets
            # shows a trust without.
            condition={"StringEqualsIfExists": {"aws:SourceAccount": placement.account_id}},
            policy_name="read-secrets",
            statements=_statements(placement, [secret.arn for secret in secrets], keys),
            tags={"Name": names.secret_access_role},
        )
        self.arn, self.ready = role.arn, role.ready


def _statements(placement: Placement, secrets: list[str], keys: list[str]) -> list[Statement]:
    via = placement.regional_principal("secretsmanager")
    return [
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
    ]
