"""Keeps plans in the encrypted bucket of the states, and brings them back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from facts import names
from ferry.account import explained, found_or_none, sign_in
from ferry.errors import InputError
from pull_requests.bundle import digest_of, unpacked
from pull_requests.errors import RefusedError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

    from pull_requests.bundle import KeptPlan
    from pull_requests.stacks import Stack

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def keep(plan: KeptPlan, stack: Stack) -> str:
    """Write a plan into the bucket of its stack's state and return its digest.

    Raises:
        FerryError: AWS refuses, or the credentials are another account's.
    """
    packed = plan.packed()
    digest = digest_of(packed)
    key = names.kept_plan(stack.name, digest)
    with explained(f"keep the plan as {key} in the bucket {stack.bucket}"):
        _s3(stack).put_object(
            Bucket=stack.bucket,
            Key=key,
            Body=packed,
            ExpectedBucketOwner=stack.account_id,
            ChecksumAlgorithm="SHA256",
        )
    return digest


def kept(stack: Stack, digest: str) -> KeptPlan:
    """The plan of a digest.

    Raises:
        InputError: It is no digest.
        RefusedError: There is none, or what is there is not what was kept.
        FerryError: AWS refuses, or the credentials are another account's.
    """
    if not _DIGEST.fullmatch(digest):
        raise InputError(
            f"{digest!r} is no name of a plan: that is 64 hexadecimal digits, as the comment shows "
            "them."
        )
    key = names.kept_plan(stack.name, digest)
    with explained(f"read the plan {key} in the bucket {stack.bucket}"):
        s3 = _s3(stack)
        answer = found_or_none(
            lambda: s3.get_object(
                Bucket=stack.bucket, Key=key, ExpectedBucketOwner=stack.account_id
            ),
            "NoSuchKey",
        )
        packed = None if answer is None else answer["Body"].read()
    if packed is None:
        raise RefusedError(
            f"There is no plan {digest} of {stack.name}. It was never kept, or is older than "
            f"{names.PLAN_DAYS} days and has expired. Compare it with the comment, or plan again."
        )
    if digest_of(packed) != digest:
        raise RefusedError(
            f"What the bucket {stack.bucket} has as {key} is not what was reviewed: its digest is "
            f"{digest_of(packed)}. Somebody has overwritten it; find out who before you plan again."
        )
    return unpacked(packed)


def _s3(stack: Stack) -> S3Client:
    account = sign_in(
        environment=stack.name, account_id=stack.account_id, region=stack.bucket_region
    )
    return account.s3
