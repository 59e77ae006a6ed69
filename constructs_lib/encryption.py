"""The one KMS key of an environment, for data, secrets, logs and messages: made, or one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from constructs_lib.policies import policy
from facts.key_policy import account, uses

if TYPE_CHECKING:
    from constructs_lib.policies import Statement
    from facts.names import Names
    from facts.placement import Placement


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnKey:
    """A key that is there already; nothing of it is made or changed here.

    Args:
        arn: The key's ARN.
    """

    arn: str


class EnvironmentKey(Construct):
    """A symmetric key that AWS KMS rotates every year, with an alias.

    Its policy is :func:`key_policy`.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region that may use the key.
        deletion_window_days: How long a deleted key can still be rescued. What is encrypted with it
            is lost afterwards, backups included.
        prevent_destroy: Whether Terraform refuses to destroy the key.
    """

    arn: str
    """The key's ARN."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        placement: Placement,
        deletion_window_days: int,
        prevent_destroy: bool,
    ) -> None:
        super().__init__(scope, id_)
        key = KmsKey(
            self,
            "key",
            description=f"Data, secrets, logs and messages of {names.prefix}",
            enable_key_rotation=True,
            deletion_window_in_days=deletion_window_days,
            policy=key_policy(names, placement),
            tags={"Name": names.prefix},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=prevent_destroy),
        )
        KmsAlias(self, "alias", name=names.key_alias, target_key_id=key.key_id)
        self.arn = key.arn


def key_policy(names: Names, placement: Placement) -> str:
    """Who may use an environment's key: its account through four services, and who delivers.

    The account's administrators administer the key but cannot decrypt with it directly.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html

    Args:
        names: The environment's names.
        placement: The key's account and region.
    """
    return policy(_administration(placement), *uses(names, placement))


def _administration(placement: Placement) -> Statement:
    """Everything that keeps the key manageable; using it, and granting its use, is not in it."""
    return {
        "Sid": "Administration",
        "Effect": "Allow",
        "Principal": account(placement),
        "Action": [
            "kms:CreateAlias",
            "kms:Describe*",
            "kms:Enable*",
            "kms:List*",
            "kms:Put*",
            "kms:Update*",
            "kms:Revoke*",
            "kms:Disable*",
            "kms:Get*",
            "kms:Delete*",
            "kms:TagResource",
            "kms:UntagResource",
            "kms:RotateKeyOnDemand",
            "kms:ScheduleKeyDeletion",
            "kms:CancelKeyDeletion",
        ],
        "Resource": "*",
    }
