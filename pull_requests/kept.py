"""Keeps the plan of a run in the encrypted bucket of the states until the run may apply it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from facts import names
from ferry.account import Role, explained, found_or_none, sign_in
from pull_requests.errors import RefusedError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

    from pull_requests.stacks import Stack


def keep(plan: bytes, stack: Stack, *, run: str) -> str:
    """Write a run's plan into the bucket of its stack's state and return its SHA-256, in hex."""
    key = _key(stack, run)
    with explained(f"keep the plan as {key} in the bucket {stack.bucket}"):
        _s3(stack).put_object(**_where(stack, key), Body=plan, ChecksumAlgorithm="SHA256")
    return hashlib.sha256(plan).hexdigest()


def kept(stack: Stack, *, run: str, digest: str) -> bytes:
    """The plan that this run has kept, known by what `keep` returned to it by way of GitHub.

    Raises:
        RefusedError: The run has kept none, or what is there is another.
    """
    key = _key(stack, run)
    with explained(f"read the plan {key} in the bucket {stack.bucket}"):
        s3, where = _s3(stack), _where(stack, key)
        answer = found_or_none(lambda: s3.get_object(**where), "NoSuchKey")
        plan = None if answer is None else answer["Body"].read()
    if plan is None:
        raise RefusedError(
            f"This run has kept no plan of {stack.name}, or it has expired after {names.RUN_DAYS} "
            "days. Nothing was applied. Run this workflow anew."
        )
    if hashlib.sha256(plan).hexdigest() != digest:
        raise RefusedError(
            f"What the bucket {stack.bucket} has as {key} is not what this run has planned and its "
            "approvers saw. Nothing was applied. Find out who has overwritten it before you run "
            "this workflow anew."
        )
    return plan


def _key(stack: Stack, run: str) -> str:
    return names.plan_of_run(run, stack.name, names.prefix_of_states(stack.name, stack.key))


def _where(stack: Stack, key: str) -> dict[str, Any]:
    return {"Bucket": stack.bucket, "Key": key, "ExpectedBucketOwner": stack.account_id}


def _s3(stack: Stack) -> S3Client:
    taken = stack.assumed_role
    account = sign_in(
        environment=stack.name,
        account_id=stack.account_id,
        region=stack.bucket_region,
        role=None
        if taken is None
        else Role(
            arn=taken["role_arn"],
            session_name=taken["session_name"],
            external_id=taken.get("external_id"),
        ),
    )
    return account.s3
