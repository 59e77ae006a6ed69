"""The one KMS key that an environment's data, secrets, logs and messages are encrypted with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

if TYPE_CHECKING:
    from facts.placement import Placement

Statement = dict[str, Any]

_USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
_PUBLISH = ["kms:Decrypt", "kms:GenerateDataKey*"]
_SERVICES_ON_BEHALF_OF_CALLERS = ("rds", "dms", "secretsmanager", "logs")


class EnvironmentKey(Construct):
    """A symmetric key that AWS KMS rotates every year, under the alias ``alias/NAME``.

    Its policy is :func:`key_policy`.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        name: The environment's prefix, such as ``aurora-ferry-dev``.
        placement: The account and region that may use the key.
        deletion_window_days: How long a deleted key can still be rescued, 7 to 30 days; 30 by
            default. What is encrypted with it is lost afterwards, backups included.
        prevent_destroy: Whether Terraform refuses to destroy the key.
    """

    key: KmsKey
    arn: str

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        placement: Placement,
        deletion_window_days: int = 30,
        prevent_destroy: bool,
    ) -> None:
        super().__init__(scope, id_)
        self.key = KmsKey(
            self,
            "key",
            description=f"Data, secrets, logs and messages of {name}",
            enable_key_rotation=True,
            deletion_window_in_days=deletion_window_days,
            policy=json.dumps(key_policy(placement)),
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=prevent_destroy),
        )
        self.arn = self.key.arn
        KmsAlias(self, "alias", name=f"alias/{name}", target_key_id=self.key.key_id)


def key_policy(placement: Placement) -> dict[str, Any]:
    """Who may use an environment's key: its account through four services, and who delivers.

    - The account's administrators administer the key but cannot decrypt with it directly.
    - RDS (Performance Insights included), DMS and Secrets Manager have no principal of their own in
      a key policy: they call KMS on behalf of their caller, which ``kms:ViaService`` and
      ``kms:CallerAccount`` recognise, as the policies of AWS's own keys ``aws/rds``, ``aws/dms``
      and ``aws/secretsmanager`` do. ``aws:SourceAccount`` is absent from such calls.
    - Grants let RDS and DMS go on using the key after the caller has gone.
    - CloudWatch Logs is recognised by the log group in the encryption context.
    - CloudWatch alarms, RDS events and DMS events publish to an encrypted topic; each names the
      account that it acts for in ``aws:SourceAccount``.

    Whatever is missing here fails silently: an alarm that never arrives.

    Sources: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html,
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html,
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html,
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html

    Args:
        placement: The key's account and region.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            _administration(placement),
            _use_through_services(placement),
            _grants_to_services(placement),
            _log_groups(placement),
            _publisher("CloudWatchAlarms", "cloudwatch.amazonaws.com", placement),
            _publisher("RdsEvents", "events.rds.amazonaws.com", placement),
            _publisher("DmsEvents", f"dms.{placement.dns_suffix}", placement),
        ],
    }


def _administration(placement: Placement) -> Statement:
    """Everything that keeps the key manageable; using it, and granting its use, is not in it."""
    return {
        "Sid": "Administration",
        "Effect": "Allow",
        "Principal": _account(placement),
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


def _use_through_services(placement: Placement) -> Statement:
    return {
        "Sid": "UseThroughServices",
        "Effect": "Allow",
        "Principal": _account(placement),
        "Action": _USE,
        "Resource": "*",
        "Condition": {"StringEquals": _on_behalf_of_callers(placement)},
    }


def _grants_to_services(placement: Placement) -> Statement:
    return {
        "Sid": "GrantsToServices",
        "Effect": "Allow",
        "Principal": _account(placement),
        "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
        "Resource": "*",
        "Condition": {
            "StringEquals": _on_behalf_of_callers(placement),
            "Bool": {"kms:GrantIsForAWSResource": "true"},
        },
    }


def _log_groups(placement: Placement) -> Statement:
    return {
        "Sid": "LogGroups",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{placement.region}.{placement.dns_suffix}"},
        "Action": _USE,
        "Resource": "*",
        "Condition": {
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": placement.arn("logs", "log-group:*"),
            }
        },
    }


def _publisher(sid: str, principal: str, placement: Placement) -> Statement:
    """Without the key a service cannot publish to a topic that is encrypted with it."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": _PUBLISH,
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": placement.account_id}},
    }


def _account(placement: Placement) -> dict[str, str]:
    """All of the account's identities that an IAM policy of their own permits the action."""
    return {"AWS": placement.global_arn("iam", "root")}


def _on_behalf_of_callers(placement: Placement) -> dict[str, Any]:
    return {
        "kms:CallerAccount": placement.account_id,
        "kms:ViaService": [
            f"{service}.{placement.region}.{placement.dns_suffix}"
            for service in _SERVICES_ON_BEHALF_OF_CALLERS
        ],
    }
