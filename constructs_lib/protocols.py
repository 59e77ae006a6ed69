"""What one construct needs of another, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import ITerraformDependable


class Key(Protocol):
    """A KMS key."""

    @property
    def arn(self) -> str:
        """The key's ARN."""


class Secret(Protocol):
    """A secret that DMS reads."""

    @property
    def arn(self) -> str:
        """The secret's ARN."""


class AccessRole(Protocol):
    """The role with which DMS reads secrets."""

    @property
    def arn(self) -> str:
        """The role's ARN."""

    @property
    def ready(self) -> Sequence[ITerraformDependable]:
        """What to wait for until the role may read."""


class Network(Protocol):
    """A VPC with private subnets for Aurora and for DMS, each list in two or more zones."""

    @property
    def vpc_id(self) -> str:
        """The VPC."""

    @property
    def aurora_subnet_ids(self) -> Sequence[str]:
        """Where Aurora's instances are."""

    @property
    def dms_subnet_ids(self) -> Sequence[str]:
        """Where the replication instance and the Secrets Manager endpoint are."""
