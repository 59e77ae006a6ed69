"""The S3 bucket that holds an account's Terraform states: how it must be set up, and how it is.

`ferry bootstrap` makes and mends it, `ferry check aws` looks at it. A setting says what is there
and what should be there instead; what the bucket has beyond that (other policy statements,
lifecycle rules, tags) is kept.

Every call names the owner that it expects: a bucket of the same name in another account is never
touched. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict

from facts import names
from facts.placement import Placement
from ferry.account import error_code, found_or_none
from ferry.environments import shared_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_s3 import S3Client

    from settings.environment import Environment

OLD_VERSIONS_DAYS: Final = 90
"""How long an earlier version of a state can be brought back."""

INCOMPLETE_UPLOADS_DAYS: Final = 7

_STATEMENT_ID: Final = "OnlyTls"


class Owned(TypedDict):
    """What every call on the bucket says: which it is, and who must own it."""

    Bucket: str
    ExpectedBucketOwner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """Which bucket, and whose.

    Args:
        name: The bucket's name, unique in the partition.
        account_id: The account that must own it.
        region: Where it must be.
        tags: Tags that it must have; others are kept.
        prefix: What the keys of the states in it begin with.
        is_ones_own: Whether the file names it: then it is left as it is.
    """

    name: str
    account_id: str
    region: str
    tags: Mapping[str, str]
    prefix: str = ""
    is_ones_own: bool = False

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What should be set: all, or of one's own bucket what keeps the states and others out."""
        return OF_ONES_OWN if self.is_ones_own else SETTINGS

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        return Placement(account_id=self.account_id, region=self.region).bucket_arn(self.name)

    @property
    def owned(self) -> Owned:
        """The arguments of every call on it."""
        return {"Bucket": self.name, "ExpectedBucketOwner": self.account_id}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A bucket of that name.

    Args:
        is_ours: Whether the account owns it, as far as the credentials may see.
        region: Where it is; empty where that is not known.
    """

    is_ours: bool = True
    region: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One setting of the bucket.

    Args:
        what: The setting and how it should be, for people.
        read: What is there.
        wanted: What should be there in its place: the same, where it is right.
    """

    what: str
    read: Callable[[S3Client, Bucket], Any]
    wanted: Callable[[Bucket, Any], Any]

    def is_right(self, s3: S3Client, bucket: Bucket) -> bool:
        """Whether what is there is what should be there."""
        found = self.read(s3, bucket)
        return bool(self.wanted(bucket, found) == found)


def bucket_of(environment: Environment) -> Bucket:
    """The bucket of the states of an environment's account."""
    return Bucket(
        name=environment.state_bucket,
        account_id=environment.aws.account_id,
        region=environment.aws.home_region,
        tags=shared_tags(environment),
        prefix=environment.aws.state_key_prefix,
        is_ones_own=environment.aws.state_bucket is not None,
    )


def find(s3: S3Client, bucket: Bucket) -> Found | None:
    """Look for the bucket; None where nobody has one of that name."""
    try:
        # HEAD answers have no body, so botocore reports the status as the code
        head = found_or_none(lambda: s3.head_bucket(**bucket.owned), "404", "NoSuchBucket")
    except s3.exceptions.ClientError as error:
        if error_code(error) in {"403", "AccessDenied"}:
            return Found(is_ours=False)
        raise
    return None if head is None else Found(region=head.get("BucketRegion", bucket.region))


def _read_public_access(s3: S3Client, bucket: Bucket) -> Mapping[str, object]:
    found = found_or_none(
        lambda: s3.get_public_access_block(**bucket.owned), "NoSuchPublicAccessBlockConfiguration"
    )
    return dict(found["PublicAccessBlockConfiguration"]) if found else {}


def _read_ownership(s3: S3Client, bucket: Bucket) -> list[Any]:
    found = found_or_none(
        lambda: s3.get_bucket_ownership_controls(**bucket.owned), "OwnershipControlsNotFoundError"
    )
    return [*found["OwnershipControls"]["Rules"]] if found else []


def _read_policy(s3: S3Client, bucket: Bucket) -> dict[str, Any]:
    found = found_or_none(lambda: s3.get_bucket_policy(**bucket.owned), "NoSuchBucketPolicy")
    policy: dict[str, Any] = json.loads(found["Policy"]) if found else {"Version": "2012-10-17"}
    return policy


def _read_encryption(s3: S3Client, bucket: Bucket) -> list[Any]:
    found = found_or_none(
        lambda: s3.get_bucket_encryption(**bucket.owned),
        "ServerSideEncryptionConfigurationNotFoundError",
    )
    return [*found["ServerSideEncryptionConfiguration"]["Rules"]] if found else []


def _read_versioning(s3: S3Client, bucket: Bucket) -> str:
    return s3.get_bucket_versioning(**bucket.owned).get("Status", "")


def _read_lifecycle(s3: S3Client, bucket: Bucket) -> list[Any]:
    found = found_or_none(
        lambda: s3.get_bucket_lifecycle_configuration(**bucket.owned),
        "NoSuchLifecycleConfiguration",
    )
    return [*found["Rules"]] if found else []


def _read_tags(s3: S3Client, bucket: Bucket) -> dict[str, str]:
    found = found_or_none(lambda: s3.get_bucket_tagging(**bucket.owned), "NoSuchTagSet")
    return {entry["Key"]: entry["Value"] for entry in found["TagSet"]} if found else {}


def _with_tls_only(bucket: Bucket, policy: Mapping[str, Any]) -> Mapping[str, Any]:
    """The policy, refusing every request that does not come by TLS.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    ours = {
        "Sid": _STATEMENT_ID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, f"{bucket.arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    statements = policy.get("Statement", [])
    if isinstance(statements, dict):  # IAM's grammar allows a single statement without a list
        statements = [statements]
    if any(_same_statement(statement, ours) for statement in statements):
        return policy
    others = [statement for statement in statements if statement.get("Sid") != _STATEMENT_ID]
    return {**policy, "Statement": [*others, ours]}


def _same_statement(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two statements say the same; the order of resources says nothing."""
    return {**one, "Resource": sorted(one.get("Resource", []))} == {
        **other,
        "Resource": sorted(other["Resource"]),
    }


def _encrypted(_: Bucket, rules: list[Any]) -> list[Any]:
    """S3's own keys (SSE-S3), unless a KMS key is set already.

    SSE-S3 because Terraform's backend asks for it with each object that it writes
    (`encrypt = true` without `kms_key_id`), and because a state without passwords gains little
    from a key whose loss would be the loss of the state.
    """
    if any("ApplyServerSideEncryptionByDefault" in rule for rule in rules):
        return rules
    return [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]


def _with_rule(
    rule: Callable[[Bucket], Mapping[str, Any]],
) -> Callable[[Bucket, list[Any]], list[Any]]:
    """The lifecycle rules with ours; rules of other names stay as they are."""

    def wanted(bucket: Bucket, rules: list[Any]) -> list[Any]:
        ours = rule(bucket)
        if any({**rule, "Filter": _filter(rule)} == ours for rule in rules):
            return rules
        return [*(rule for rule in rules if rule.get("ID") != ours["ID"]), ours]

    return wanted


def _filter(rule: Mapping[str, Any]) -> dict[str, Any]:
    """What a lifecycle rule is for; no filter and an empty prefix are one."""
    return {what: value for what, value in rule.get("Filter", {}).items() if value}


PUBLIC_ACCESS: Final = Setting(
    what="public access: blocked",
    read=_read_public_access,
    wanted=lambda _, __: {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    },
)

OWNERSHIP: Final = Setting(
    what="ownership: the bucket's owner, no ACLs",
    read=_read_ownership,
    wanted=lambda _, __: [{"ObjectOwnership": "BucketOwnerEnforced"}],
)

POLICY: Final = Setting(what="policy: TLS only", read=_read_policy, wanted=_with_tls_only)

ENCRYPTION: Final = Setting(what="encryption: on", read=_read_encryption, wanted=_encrypted)

VERSIONING: Final = Setting(
    what="versioning: on", read=_read_versioning, wanted=lambda _, __: "Enabled"
)
"""Keeps the earlier versions of each state, to go back to after an accident."""

OLD_VERSIONS: Final = Setting(
    what=f"lifecycle: earlier versions expire after {OLD_VERSIONS_DAYS} days",
    read=_read_lifecycle,
    wanted=_with_rule(
        lambda _: {
            "ID": "expire-old-versions",
            "Status": "Enabled",
            "Filter": {},
            "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSIONS_DAYS},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": INCOMPLETE_UPLOADS_DAYS},
        }
    ),
)
"""Each run of Terraform writes and deletes a lock object, which leaves a version and a delete
marker behind, unseen."""

RUNS: Final = Setting(
    what=f"lifecycle: plans of runs expire after {names.RUN_DAYS} days",
    read=_read_lifecycle,
    wanted=_with_rule(
        lambda bucket: {
            "ID": "expire-runs",
            "Status": "Enabled",
            "Filter": {"Prefix": f"{bucket.prefix}{names.RUNS_PREFIX}"},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
            "Expiration": {"Days": names.RUN_DAYS},
        }
    ),
)
"""A plan that old is of a state that has moved on.

Where two rules speak of one object S3 takes the one that expires it earlier, so a plan's versions
do not stay as long as a state's.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html

Older buckets have a rule `expire-plans` beside it, which stays like any other: what is still below
plans/ there expires by it, and after 14 days it has nothing left to do.
"""

TAGS: Final = Setting(
    what="tags", read=_read_tags, wanted=lambda bucket, tags: {**tags, **bucket.tags}
)

SETTINGS: Final = (
    # first what keeps others out, then what keeps the states
    PUBLIC_ACCESS,
    OWNERSHIP,
    POLICY,
    ENCRYPTION,
    VERSIONING,
    OLD_VERSIONS,
    RUNS,
    TAGS,
)

OF_ONES_OWN: Final = (PUBLIC_ACCESS, ENCRYPTION, VERSIONING)
"""What is looked at of a bucket that the file names; the rest of it is its owner's."""
