"""[aws]: the account, the region, the provider."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

from settings.fields import (
    AccountId,
    BucketName,
    ExternalId,
    KeyPrefix,
    KmsKeyArn,
    PolicyArn,
    Region,
    RoleArn,
    RolePath,
    SessionName,
)
from settings.section import Allowed, Section, refuse

_TESTED: Final = "5.100.0"
_FIRST_UNKNOWN: Final = "7.0.0"
_BROKEN: Final = ("6.45.0", "6.50.0")
"""From the first to below the second an apply ends in "inconsistent final plan" where a secret's
version depends on what is not known yet. Source:
https://github.com/hashicorp/terraform-provider-aws/issues/47884"""

_IN_WORDS: Final = f"one exact version from {_TESTED} to below {_FIRST_UNKNOWN}"


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _provider_version(value: str) -> str:
    """Refuse ranges, what is older than the tests' version or broken, and unknown major versions."""
    exact = re.fullmatch(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}", value)
    if not exact or not _numbers(_TESTED) <= _numbers(value) < _numbers(_FIRST_UNKNOWN):
        refuse(_IN_WORDS)
    first, mended = map(_numbers, _BROKEN)
    if first <= _numbers(value) < mended:
        refuse(f"{_IN_WORDS}, but none from {_BROKEN[0]} to below {_BROKEN[1]}", instead=_BROKEN[1])
    return value


class AssumeRole(Section):
    """A role that Terraform and ferry take, with the credentials that they find.

    The backend takes it as well: it reads and writes the state.
    """

    role_arn: RoleArn
    """The role, of the environment's account. Its trust admits who is signed in, for whom
    `sts:AssumeRole` on it is allowed
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html)."""

    external_id: ExternalId | None = None
    """What the role's trust asks for in `sts:ExternalId`. It is no secret. Default: none."""

    session_name: SessionName = "aurora-ferry"
    """What CloudTrail calls the session."""


class Aws(Section):
    """Where the environment lives."""

    account_id: AccountId
    """The AWS account's id, in quotes. The provider refuses every other account."""

    region: Region
    """The AWS region that everything but the state's bucket is made in."""

    state_region: Region | None = None
    """The region of the account's state bucket and of its own stack. The environments of one
    account must agree on it. Default: `region`."""

    newer_region: bool = False
    """Whether `region`, `state_region` and the region of a VPC that is peered may be one that AWS has
    opened since this project last looked. What follows from it, its partition and domains, is known by
    its code's form; whether it has Aurora and DMS, `ferry check aws` asks."""

    state_bucket: BucketName | None = None
    """The S3 bucket of your own that keeps the states, of the account and in `state_region`. It is
    left as it is; it should keep versions, encrypt and be closed to the public. The environments of
    one account must agree on it. Default: none, `ferry bootstrap` makes one."""

    state_key_prefix: KeyPrefix = ""
    """What the keys of the states begin with, in front of `environments/NAME/`. The
    environments of one account must agree on it. To change it later moves the states: `terraform init
    -migrate-state` does."""

    provider_version: Annotated[str, AfterValidator(_provider_version), Allowed(_IN_WORDS)] = (
        _TESTED
    )
    """The exact version of Terraform's AWS provider; the default is what everything is tested with.
    The environments of one account must agree on it."""

    assume_role: AssumeRole | None = None
    """A role of the account that provider, backend and ferry take, for whoever signs in to another
    account first. The environments of one account must agree on it. Default: none."""

    permissions_boundary_arn: PolicyArn | None = None
    """The permissions boundary that every role carries which is made here; `ferry policies ENV
    boundary` writes one. With it whoever deploys may make these roles, because none can do more
    than it says. The environments of one account must agree on it. Default: none; an administrator
    applies what changes a role."""

    role_path: RolePath = "/"
    """The IAM path of every role that is made here, for organizations that allow roles below certain
    paths alone. The environments of one account must agree on it. IAM moves no role: set it before
    the first deployment, for another path later replaces the environment's roles. The account's two
    roles, which DMS finds by name, stay where they are
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)."""

    kms_key_arn: KmsKeyArn | None = None
    """The KMS key of your own that encrypts all of the environment, of this account or another, in
    place of one that is made. An alias is not taken: AWS answers with the key's ARN, and each plan
    would replace the cluster. `ferry policies ENV key` writes what the key's policy has to say. Set
    it before the first deployment: a cluster keeps its key for good. Where the key is disabled or
    its policy closed, Aurora stops until it is restored from a backup
    (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html).
    Default: none, a key is made."""

    @property
    def home_region(self) -> str:
        """The state's region: `state_region`, or `region` where that is not set."""
        return self.state_region or self.region
