"""Who uses the key that an environment is encrypted with, as statements of the key's policy.

They are the same for the key that a stack makes and for one's own, which may be another account's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts.placement import CLOUDWATCH_ALARMS, KEY_SERVICES, RDS_EVENTS

if TYPE_CHECKING:
    from facts.names import Names
    from facts.placement import Placement

KeyStatement = dict[str, Any]

_USE: Final = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:DescribeKey",
]
_PUBLISH: Final = ["kms:Decrypt", "kms:GenerateDataKey*"]


def uses(names: Names, placement: Placement) -> list[KeyStatement]:
    """All who use the key of an environment with a topic of its own making."""
    return [*of_the_data(placement), *of_the_topic(names, placement)]


def of_the_data(placement: Placement) -> list[KeyStatement]:
    """An environment's account through four services, and its log groups.

    - RDS (Performance Insights included), DMS and Secrets Manager have no principal of their own in
      a key policy: they call KMS on behalf of their caller, which ``kms:ViaService`` and
      ``kms:CallerAccount`` recognise, as the policies of AWS's own keys ``aws/rds``, ``aws/dms``
      and ``aws/secretsmanager`` do. ``aws:SourceAccount`` is absent from such calls.
    - Grants let RDS and DMS go on using the key after the caller has gone.
    - CloudWatch Logs is recognised by the log group in the encryption context.

    Sources:
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html,
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html

    Args:
        placement: The environment's account and region.
    """
    return [
        _use_through_services(placement),
        _grants_to_services(placement),
        _log_groups(placement),
    ]


def of_the_topic(names: Names, placement: Placement) -> list[KeyStatement]:
    """CloudWatch alarms, RDS events and DMS events, which publish to an encrypted topic.

    The first two name the account that they act for in ``aws:SourceAccount``. Whether DMS does is
    written nowhere, so it is recognised by the topic, which SNS puts into the encryption context.

    Whatever is missing here fails silently: an alarm that never arrives.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html

    Args:
        names: The environment's names.
        placement: The environment's account and region.
    """
    for_the_account = {"aws:SourceAccount": placement.account_id}
    for_the_topic = {
        "kms:EncryptionContext:aws:sns:topicArn": placement.arn("sns", names.alarm_topic)
    }
    return [
        _publisher("CloudWatchAlarms", CLOUDWATCH_ALARMS, for_the_account),
        _publisher("RdsEvents", RDS_EVENTS, for_the_account),
        _publisher("DmsEvents", placement.dms_principal, for_the_topic),
    ]


def description(placement: Placement) -> KeyStatement:
    """Describing a key directly: DMS's role and ferry do, and a key of one's own has to allow it.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    return {
        "Sid": "Description",
        "Effect": "Allow",
        "Principal": account(placement),
        "Action": "kms:DescribeKey",
        "Resource": "*",
    }


def account(placement: Placement) -> dict[str, str]:
    """All of the account's identities that an IAM policy of their own permits the action."""
    return {"AWS": placement.global_arn("iam", "root")}


def _use_through_services(placement: Placement) -> KeyStatement:
    return {
        "Sid": "UseThroughServices",
        "Effect": "Allow",
        "Principal": account(placement),
        "Action": _USE,
        "Resource": "*",
        "Condition": {"StringEquals": _on_behalf_of_callers(placement)},
    }


def _grants_to_services(placement: Placement) -> KeyStatement:
    return {
        "Sid": "GrantsToServices",
        "Effect": "Allow",
        "Principal": account(placement),
        "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
        "Resource": "*",
        "Condition": {
            "StringEquals": _on_behalf_of_callers(placement),
            "Bool": {"kms:GrantIsForAWSResource": "true"},
        },
    }


def _log_groups(placement: Placement) -> KeyStatement:
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


def _publisher(sid: str, principal: str, condition: dict[str, str]) -> KeyStatement:
    """Without the key a service cannot publish to a topic that is encrypted with it."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": _PUBLISH,
        "Resource": "*",
        "Condition": {"StringEquals": condition},
    }


def _on_behalf_of_callers(placement: Placement) -> dict[str, Any]:
    return {
        "kms:CallerAccount": placement.account_id,
        "kms:ViaService": [placement.regional_principal(service) for service in KEY_SERVICES],
    }
