"""How the bucket of the Terraform states must be set up: one function for each setting.

Each reads first and writes only what is wrong, so a second run changes nothing. What the bucket
has beyond this (other policy statements, lifecycle rules, tags) is kept.

Every call names the owner that it expects: a bucket of the same name in another account is never
touched. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from facts import names
from ferry.account import found_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import (
        LifecycleRuleOutputTypeDef,
        PublicAccessBlockConfigurationTypeDef,
    )

OLD_VERSIONS_DAYS: Final = 90
"""How long an earlier version of a state can be brought back."""

INCOMPLETE_UPLOADS_DAYS: Final = 7

_STATEMENT_ID: Final = "OnlyTls"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """Which bucket, and whose.

    Args:
        name: The bucket's name, unique in the partition.
        account_id: The account that must own it.
        region: Where it must be.
        partition: `aws`, `aws-cn` or `aws-us-gov`.
        tags: Tags that it must have; others are kept.
    """

    name: str
    account_id: str
    region: str
    partition: str
    tags: Mapping[str, str]

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        return f"arn:{self.partition}:s3:::{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One setting of the bucket.

    Args:
        what: The setting and how it should be, for people.
        put_right: Reads it, writes it where it is wrong; returns whether it was wrong.
    """

    what: str
    put_right: Callable[[S3Client, Bucket], bool]


def block_public_access(s3: S3Client, bucket: Bucket) -> bool:
    """Turn on all four blocks, whatever a policy or ACL says."""
    wanted: PublicAccessBlockConfigurationTypeDef = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    found = found_or_none(
        lambda: s3.get_public_access_block(
            Bucket=bucket.name, ExpectedBucketOwner=bucket.account_id
        ),
        "NoSuchPublicAccessBlockConfiguration",
    )
    if found and found["PublicAccessBlockConfiguration"] == wanted:
        return False
    s3.put_public_access_block(
        Bucket=bucket.name,
        ExpectedBucketOwner=bucket.account_id,
        PublicAccessBlockConfiguration=wanted,
    )
    return True


def enforce_ownership(s3: S3Client, bucket: Bucket) -> bool:
    """Turn ACLs off: the bucket's owner owns every object."""
    found = found_or_none(
        lambda: s3.get_bucket_ownership_controls(
            Bucket=bucket.name, ExpectedBucketOwner=bucket.account_id
        ),
        "OwnershipControlsNotFoundError",
    )
    if found and found["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}
    ]:
        return False
    s3.put_bucket_ownership_controls(
        Bucket=bucket.name,
        ExpectedBucketOwner=bucket.account_id,
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    )
    return True


def demand_tls(s3: S3Client, bucket: Bucket) -> bool:
    """Refuse every request that does not come by TLS.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    wanted = {
        "Sid": _STATEMENT_ID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, f"{bucket.arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    found = found_or_none(
        lambda: s3.get_bucket_policy(Bucket=bucket.name, ExpectedBucketOwner=bucket.account_id),
        "NoSuchBucketPolicy",
    )
    policy: dict[str, Any] = json.loads(found["Policy"]) if found else {"Version": "2012-10-17"}
    statements = policy.get("Statement", [])
    if isinstance(statements, dict):  # IAM's grammar allows a single statement without a list
        statements = [statements]
    if any(_same_statement(statement, wanted) for statement in statements):
        return False
    others = [statement for statement in statements if statement.get("Sid") != _STATEMENT_ID]
    s3.put_bucket_policy(
        Bucket=bucket.name,
        ExpectedBucketOwner=bucket.account_id,
        Policy=json.dumps({**policy, "Statement": [*others, wanted]}),
    )
    return True


def encrypt(s3: S3Client, bucket: Bucket) -> bool:
    """Encrypt by default, with S3's own keys (SSE-S3), unless a KMS key is set already.

    SSE-S3 because Terraform's backend asks for it with each object that it writes
    (`encrypt = true` without `kms_key_id`), and because a state without passwords gains little
    from a key whose loss would be the loss of the state.
    """
    found = found_or_none(
        lambda: s3.get_bucket_encryption(Bucket=bucket.name, ExpectedBucketOwner=bucket.account_id),
        "ServerSideEncryptionConfigurationNotFoundError",
    )
    if found and any(
        "ApplyServerSideEncryptionByDefault" in rule
        for rule in found["ServerSideEncryptionConfiguration"]["Rules"]
    ):
        return False
    s3.put_bucket_encryption(
        Bucket=bucket.name,
        ExpectedBucketOwner=bucket.account_id,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    return True


def keep_versions(s3: S3Client, bucket: Bucket) -> bool:
    """Keep the earlier versions of each state, to go back to after an accident."""
    found = s3.get_bucket_versioning(Bucket=bucket.name, ExpectedBucketOwner=bucket.account_id)
    if found.get("Status") == "Enabled":
        return False
    s3.put_bucket_versioning(
        Bucket=bucket.name,
        ExpectedBucketOwner=bucket.account_id,
        VersioningConfiguration={"Status": "Enabled"},
    )
    return True


def expire_old_versions(s3: S3Client, bucket: Bucket) -> bool:
    """Let earlier versions expire, and what else piles up unseen.

    Each run of Terraform writes and deletes a lock object, which leaves a version and a delete
    marker behind.
    """
    return _put_rule(
        s3,
        bucket,
        {
            "ID": "expire-old-versions",
            "Status": "Enabled",
            "Filter": {},
            "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSIONS_DAYS},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": INCOMPLETE_UPLOADS_DAYS},
        },
    )


def expire_plans(s3: S3Client, bucket: Bucket) -> bool:
    """Let kept plans expire: one that old is of a state that has moved on.

    Where two rules speak of one object S3 takes the one that expires it earlier, so a plan's
    versions do not stay as long as a state's.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
    """
    return _put_rule(
        s3,
        bucket,
        {
            "ID": "expire-plans",
            "Status": "Enabled",
            "Filter": {"Prefix": names.PLANS_PREFIX},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
            "Expiration": {"Days": names.PLAN_DAYS},
        },
    )


def tag(s3: S3Client, bucket: Bucket) -> bool:
    """Give the bucket the environment's tags; tags that others gave it stay."""
    found = found_or_none(
        lambda: s3.get_bucket_tagging(Bucket=bucket.name, ExpectedBucketOwner=bucket.account_id),
        "NoSuchTagSet",
    )
    tags = {entry["Key"]: entry["Value"] for entry in found["TagSet"]} if found else {}
    wanted = {**tags, **bucket.tags}
    if tags == wanted:
        return False
    s3.put_bucket_tagging(
        Bucket=bucket.name,
        ExpectedBucketOwner=bucket.account_id,
        Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in wanted.items()]},
    )
    return True


SETTINGS: Final[tuple[Setting, ...]] = (
    # first what keeps others out, then what keeps the states
    Setting(what="public access: blocked", put_right=block_public_access),
    Setting(what="ownership: the bucket's owner, no ACLs", put_right=enforce_ownership),
    Setting(what="policy: TLS only", put_right=demand_tls),
    Setting(what="encryption: on", put_right=encrypt),
    Setting(what="versioning: on", put_right=keep_versions),
    Setting(
        what=f"lifecycle: earlier versions expire after {OLD_VERSIONS_DAYS} days",
        put_right=expire_old_versions,
    ),
    Setting(
        what=f"lifecycle: kept plans expire after {names.PLAN_DAYS} days",
        put_right=expire_plans,
    ),
    Setting(what="tags", put_right=tag),
)


def _same_statement(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two statements say the same; the order of resources says nothing."""
    return {**one, "Resource": sorted(one.get("Resource", []))} == {
        **other,
        "Resource": sorted(other["Resource"]),
    }


def _put_rule(s3: S3Client, bucket: Bucket, wanted: LifecycleRuleOutputTypeDef) -> bool:
    """See to it that the bucket has a lifecycle rule; rules of other names stay as they are."""
    found = found_or_none(
        lambda: s3.get_bucket_lifecycle_configuration(
            Bucket=bucket.name, ExpectedBucketOwner=bucket.account_id
        ),
        "NoSuchLifecycleConfiguration",
    )
    rules = found["Rules"] if found else []
    if any(_same_rule(rule, wanted) for rule in rules):
        return False
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket.name,
        ExpectedBucketOwner=bucket.account_id,
        LifecycleConfiguration={
            "Rules": [*(rule for rule in rules if rule.get("ID") != wanted.get("ID")), wanted]
        },
    )
    return True


def _same_rule(one: LifecycleRuleOutputTypeDef, other: LifecycleRuleOutputTypeDef) -> bool:
    """Whether two lifecycle rules say the same; no filter and an empty prefix are one."""
    return {**one, "Filter": _filter(one)} == {**other, "Filter": _filter(other)}


def _filter(rule: LifecycleRuleOutputTypeDef) -> dict[str, Any]:
    return {what: value for what, value in rule.get("Filter", {}).items() if value}
