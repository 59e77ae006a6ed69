"""The S3 bucket that holds an account's Terraform states: makes it, and mends what drifted.

Terraform cannot keep its own bucket in a state that the bucket holds, so this is boto3's work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.account import error_code, explained
from ferry.aws.bucket_settings import SETTINGS, Bucket
from ferry.errors import FerryError
from ferry.steps import Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CreateBucketRequestTypeDef

_NO_LOCATION_CONSTRAINT = "us-east-1"
"""The one region that S3 refuses as a LocationConstraint: it is the default.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html
"""


def prepare(s3: S3Client, bucket: Bucket) -> Iterator[Step]:
    """Make the bucket where it is missing and put every setting right that is not.

    Safe to run again, after a failure half-way as well: what is right is left alone.

    Yields:
        Each step as it is done: the bucket, then each setting.

    Raises:
        FerryError: The name is another account's bucket, the bucket is in another region, or AWS
            refuses a call.
    """
    existed = _exists(s3, bucket)
    if not existed:
        existed = not _create(s3, bucket)
    yield Step(what=f"bucket {bucket.name}", outcome=Outcome.RIGHT if existed else Outcome.CREATED)
    for setting in SETTINGS:
        with explained(f"see to '{setting.what}' of the bucket {bucket.name}"):
            changed = setting.put_right(s3, bucket)
        outcome = Outcome.RIGHT
        if changed:
            outcome = Outcome.MENDED if existed else Outcome.SET
        yield Step(what=setting.what, outcome=outcome)


def _exists(s3: S3Client, bucket: Bucket) -> bool:
    """Whether the account has the bucket already, in the right region."""
    with explained(f"look for the bucket {bucket.name}"):
        try:
            found = s3.head_bucket(Bucket=bucket.name, ExpectedBucketOwner=bucket.account_id)
        except s3.exceptions.ClientError as error:
            # HEAD answers have no body, so botocore reports the status as the code
            if error_code(error) in {"404", "NoSuchBucket"}:
                return False
            if error_code(error) in {"403", "AccessDenied"}:
                raise _foreign(bucket) from None
            raise
    region = found.get("BucketRegion", bucket.region)
    if region != bucket.region:
        raise FerryError(
            f"The bucket {bucket.name} is in {region}, but the states belong in {bucket.region}. "
            f"It was not made by ferry. Where it is not needed, empty and delete it, then run "
            "this again."
        )
    return True


def _create(s3: S3Client, bucket: Bucket) -> bool:
    """Make the bucket. Return False where another run has just made it."""
    request: CreateBucketRequestTypeDef = {"Bucket": bucket.name}
    if bucket.region != _NO_LOCATION_CONSTRAINT:
        request["CreateBucketConfiguration"] = {"LocationConstraint": bucket.region}  # type: ignore[typeddict-item] # the stubs list the regions of their day; ours comes from a file
    with explained(f"create the bucket {bucket.name}"):
        try:
            s3.create_bucket(**request)
        except s3.exceptions.BucketAlreadyOwnedByYou:
            return False
        except s3.exceptions.BucketAlreadyExists:
            raise _foreign(bucket) from None
        s3.get_waiter("bucket_exists").wait(
            Bucket=bucket.name,
            ExpectedBucketOwner=bucket.account_id,
            WaiterConfig={"Delay": 2, "MaxAttempts": 15},
        )
    return True


def _foreign(bucket: Bucket) -> FerryError:
    return FerryError(
        f"The bucket {bucket.name} exists, but account {bucket.account_id} does not own it or "
        "your credentials may not see it. Nothing was changed, and no state must go there. If "
        "the bucket is the account's own, you need s3:ListBucket on it; if not, choose another "
        "project name in the environment files: the bucket's name begins with it."
    )
