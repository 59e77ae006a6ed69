"""The one KMS key that an environment's data, secrets, logs and messages are encrypted with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from constructs_lib.policies import policy
from facts.placement import CLOUDWATCH_ALARMS, KEY_SERVICES, RDS_EVENTS

if TYPE_CHECKING:
    from constructs_lib.policies import Statement
    from facts.names import Names
    from facts.placement import Placement

_USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
_PUBLISH = ["kms:Decrypt", "kms:GenerateDataKey*"]


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

    - The account's administrators administer the key but cannot decrypt with it directly.
    - RDS (Performance Insights included), DMS and Secrets Manager have no principal of their own in
      a key policy: they call KMS on behalf of their caller, which ``kms:ViaService`` and
      ``kms:CallerAccount`` recognise, as the policies of AWS's own keys ``aws/rds``, ``aws/dms``
      and ``aws/secretsmanager`` do. ``aws:SourceAccount`` is absent from such calls.
    - Grants let RDS and DMS go on using the key after the caller has gone.
    - CloudWatch Logs is recognised by the log group in the encryption context.
    - CloudWatch alarms, RDS events and DMS events publish to an encrypted topic. The first two name
      the account that they act for in ``aws:SourceAccount``. Whether DMS does is written nowhere, so
      it is recognised by the topic, which SNS puts into the encryption context.

    Whatever is missing here fails silently: an alarm that never arrives.

    Sources: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html,
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html,
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html,
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html

    Args:
        names: The environment's names.
        placement: The key's account and region.
    """
    for_the_account = {"aws:SourceAccount": placement.account_id}
    for_the_topic = {
        "kms:EncryptionContext:aws:sns:topicArn": placement.arn("sns", names.alarm_topic)
    }
    return policy(
        _administration(placement),
        _use_through_services(placement),
        _grants_to_services(placement),
        _log_groups(placement),
        _publisher("CloudWatchAlarms", CLOUDWATCH_ALARMS, for_the_account),
        _publisher("RdsEvents", RDS_EVENTS, for_the_account),
        _publisher("DmsEvents", placement.dms_principal, for_the_topic),
    )


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
        "Principal": {"Service": placement.regional_principal("logs")},
        "Action": _USE,
        "Resource": "*",
        "Condition": {
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": placement.arn("logs", "log-group:*"),
            }
        },
    }


def _publisher(sid: str, principal: str, condition: dict[str, str]) -> Statement:
    """Without the key a service cannot publish to a topic that is encrypted with it."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": _PUBLISH,
        "Resource": "*",
        "Condition": {"StringEquals": condition},
    }


def _account(placement: Placement) -> dict[str, str]:
    """All of the account's identities that an IAM policy of their own permits the action."""
    return {"AWS": placement.global_arn("iam", "root")}


def _on_behalf_of_callers(placement: Placement) -> dict[str, Any]:
    return {
        "kms:CallerAccount": placement.account_id,
        "kms:ViaService": [placement.regional_principal(service) for service in KEY_SERVICES],
    }
