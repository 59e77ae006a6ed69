"""The bucket of the Terraform states as it is: `ferry bootstrap`'s own settings, only looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ferry.account import Unanswered, asked, error_code
from ferry.aws.bucket_settings import SETTINGS, Bucket
from ferry.check.judging.bucket import StateBucket

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Looking:
    """A client for S3 that reads, and in the place of a write does nothing.

    With it, putting a setting right says whether the setting is wrong.

    Args:
        s3: The client that reads.
    """

    s3: S3Client

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any call of S3
        """A call that reads, or one that does nothing instead of writing."""
        if name.startswith("get_"):
            return getattr(self.s3, name)
        if name.startswith("put_"):
            return lambda **_: None
        raise AttributeError(f"{name} neither reads nor puts a setting")


def state_bucket(s3: S3Client, bucket: Bucket) -> StateBucket | None:
    """The bucket, and which of its settings are not as they should be; None where there is none."""
    try:
        found = s3.head_bucket(Bucket=bucket.name, ExpectedBucketOwner=bucket.account_id)
    except s3.exceptions.ClientError as error:
        # HEAD answers have no body, so botocore reports the status as the code
        if error_code(error) in {"404", "NoSuchBucket"}:
            return None
        if error_code(error) in {"403", "AccessDenied"}:
            return StateBucket(is_ours=False)
        raise
    region = found.get("BucketRegion", bucket.region)
    if region != bucket.region:
        return StateBucket(region=region)
    looking = cast("S3Client", Looking(s3))
    answers = {
        setting.what: asked(
            f"read '{setting.what}' of the bucket {bucket.name}",
            lambda setting=setting: setting.put_right(looking, bucket),  # type: ignore[misc] # mypy infers no default's type
        )
        for setting in SETTINGS
    }
    return StateBucket(
        region=region,
        wrong=tuple(what for what, answer in answers.items() if answer is True),
        unread={what: answer for what, answer in answers.items() if isinstance(answer, Unanswered)},
    )
