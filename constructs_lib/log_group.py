"""Log groups: encrypted, and kept for a time that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup

from constructs_lib.acknowledge import acknowledge

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_lib.protocols import Key

_YEAR_DAYS = 365


def make_log_group(
    scope: Construct, id_: str, *, name: str, key: Key, retention_days: int, reason: str
) -> CloudwatchLogGroup:
    """Make a log group before the service that writes to it does, which would do neither.

    Args:
        scope: The construct that it belongs to.
        id_: The construct's id.
        name: The group's name.
        key: The key that encrypts it.
        retention_days: How long records are kept; one of the numbers that CloudWatch Logs allows.
        reason: Why a retention of less than a year is right.
    """
    group = CloudwatchLogGroup(
        scope, id_, name=name, retention_in_days=retention_days, kms_key_id=key.arn
    )
    if retention_days < _YEAR_DAYS:
        acknowledge(group, "CKV_AWS_338", reason=reason)
    return group
