"""Makes the bucket of an account's Terraform states, and mends what drifted.

Terraform cannot keep its own bucket in a state that the bucket holds, so this is boto3's work.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ferry.account import explained
from ferry.deployment import state_bucket as kept
from ferry.errors import FerryError, InputError
from ferry.prepare.steps import Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CreateBucketRequestTypeDef

    from ferry.deployment.state_bucket import Bucket, Setting

_NO_LOCATION_CONSTRAINT: Final = "us-east-1"
"""The one region that S3 refuses as a LocationConstraint: it is the default.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html
"""


def prepare(s3: S3Client, bucket: Bucket) -> Iterator[Step]:
    """Make the bucket where it is missing and put every setting right that is not.

    Safe to run again, after a failure half-way as well: what is right is left alone.

    Yields:
        Each step as it is done: the bucket, then each setting.

    Raises:
        InputError: The file names a bucket of one's own.
        FerryError: The name is another account's bucket, the bucket is in another region, or AWS
            refuses a call.
    """
    if bucket.is_ones_own:
        raise InputError(
            f"The states are kept in a bucket of your own (aws.state_bucket = {bucket.name}), and "
            "ferry leaves it alone: 'ferry check aws' says whether it is there and set up right."
        )
    existed = _exists(s3, bucket)
    if not existed:
        existed = not _create(s3, bucket)
    yield Step(what=f"bucket {bucket.name}", outcome=Outcome.RIGHT if existed else Outcome.CREATED)
    for setting in kept.SETTINGS:
        with explained(f"see to '{setting.what}' of the bucket {bucket.name}"):
            found = setting.read(s3, bucket)
            wanted = setting.wanted(bucket, found)
            if wanted != found:
                _PUT[setting](s3, bucket, wanted)
        outcome = Outcome.RIGHT
        if wanted != found:
            outcome = Outcome.MENDED if existed else Outcome.SET
        yield Step(what=setting.what, outcome=outcome)


def _exists(s3: S3Client, bucket: Bucket) -> bool:
    """Whether the account has the bucket already, in the right region."""
    with explained(f"look for the bucket {bucket.name}"):
        found = kept.find(s3, bucket)
    if found is None:
        return False
    if not found.is_ours:
        raise _foreign(bucket)
    if found.region != bucket.region:
        raise FerryError(
            f"The bucket {bucket.name} is in {found.region}, but the states belong in "
            f"{bucket.region}. It was not made by ferry. Where it is not needed, empty and delete "
            "it, then run this again."
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
            **bucket.owned, WaiterConfig={"Delay": 2, "MaxAttempts": 15}
        )
    return True


def _foreign(bucket: Bucket) -> FerryError:
    return FerryError(
        f"The bucket {bucket.name} exists, but account {bucket.account_id} does not own it or "
        "your credentials may not see it. Nothing was changed, and no state must go there. If "
        "the bucket is the account's own, you need s3:ListBucket on it; if not, choose another "
        "project name in the environment files: the bucket's name begins with it."
    )


def _put_lifecycle(s3: S3Client, bucket: Bucket, rules: Any) -> None:  # noqa: ANN401 - S3's own shape
    s3.put_bucket_lifecycle_configuration(**bucket.owned, LifecycleConfiguration={"Rules": rules})


_PUT: Final[Mapping[Setting, Callable[[S3Client, Bucket, Any], object]]] = {
    kept.PUBLIC_ACCESS: lambda s3, bucket, wanted: s3.put_public_access_block(
        **bucket.owned, PublicAccessBlockConfiguration=wanted
    ),
    kept.OWNERSHIP: lambda s3, bucket, wanted: s3.put_bucket_ownership_controls(
        **bucket.owned, OwnershipControls={"Rules": wanted}
    ),
    kept.POLICY: lambda s3, bucket, wanted: s3.put_bucket_policy(
        **bucket.owned, Policy=json.dumps(wanted)
    ),
    kept.ENCRYPTION: lambda s3, bucket, wanted: s3.put_bucket_encryption(
        **bucket.owned, ServerSideEncryptionConfiguration={"Rules": wanted}
    ),
    kept.VERSIONING: lambda s3, bucket, wanted: s3.put_bucket_versioning(
        **bucket.owned, VersioningConfiguration={"Status": wanted}
    ),
    kept.OLD_VERSIONS: _put_lifecycle,
    kept.RUNS: _put_lifecycle,
    kept.TAGS: lambda s3, bucket, wanted: s3.put_bucket_tagging(
        **bucket.owned,
        Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in wanted.items()]},
    ),
}
"""How each setting is put right."""
