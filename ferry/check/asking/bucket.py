"""The bucket of the Terraform states as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.account import Unanswered, asked
from ferry.check.judging.bucket import StateBucket
from ferry.deployment.state_bucket import SETTINGS, find

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

    from ferry.deployment.state_bucket import Bucket


def state_bucket(s3: S3Client, bucket: Bucket) -> StateBucket | None:
    """The bucket, and which of its settings are not as they should be; None where there is none."""
    found = find(s3, bucket)
    if found is None:
        return None
    if not found.is_ours or found.region != bucket.region:
        return StateBucket(is_ours=found.is_ours, region=found.region)
    answers = {
        setting.what: asked(
            f"read '{setting.what}' of the bucket {bucket.name}",
            lambda setting=setting: setting.is_right(s3, bucket),  # type: ignore[misc] # mypy infers no default's type
        )
        for setting in SETTINGS
    }
    return StateBucket(
        region=found.region,
        wrong=tuple(what for what, answer in answers.items() if answer is False),
        unread={what: answer for what, answer in answers.items() if isinstance(answer, Unanswered)},
    )
