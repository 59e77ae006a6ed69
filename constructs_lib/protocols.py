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


class Capacity(Protocol):
    """Between what each serverless instance of a cluster scales, in Aurora capacity units (ACU)."""

    @property
    def min_acu(self) -> float:
        """What an idle one comes down to."""

    @property
    def max_acu(self) -> float:
        """What a busy one grows to."""


class Instance(Protocol):
    """An instance of a cluster."""

    @property
    def instance_class(self) -> str:
        """Its class, such as ``db.r6g.large`` or ``db.serverless``."""

    @property
    def promotion_tier(self) -> int:
        """How soon a failover takes it, 0 first."""


class AssumedRole(Protocol):
    """A role that Terraform takes with the credentials that it finds."""

    @property
    def role_arn(self) -> str:
        """The role's ARN."""

    @property
    def external_id(self) -> str | None:
        """What the role's trust asks for, where it asks for something."""

    @property
    def session_name(self) -> str:
        """What CloudTrail calls the session."""


class Topic(Protocol):
    """An SNS topic."""

    @property
    def arn(self) -> str:
        """The topic's ARN."""


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


class MasterUser(Protocol):
    """The cluster's master user."""

    @property
    def username(self) -> str:
        """The user's name."""

    @property
    def password_reference(self) -> str:
        """The password, as the value of a write-only argument."""

    @property
    def password_version(self) -> float:
        """A number (a token) for a ``*_wo_version``: another one for another password."""


class DatabaseEndpoint(Protocol):
    """Where a database is reached."""

    @property
    def endpoint(self) -> str:
        """The writer's host name."""

    @property
    def port(self) -> int:
        """The TCP port."""

    @property
    def database_name(self) -> str:
        """The database."""
