"""Clients for the questions, and what becomes of a question that is not answered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.config import Config

from ferry.aws.failures import explained
from ferry.check.unanswered import Unanswered
from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_dms import DatabaseMigrationServiceClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_iam import IAMClient
    from types_boto3_rds import RDSClient
    from types_boto3_s3 import S3Client
    from types_boto3_sts import STSClient

    from ferry.aws.account import Account

_T = TypeVar("_T")

# Fewer attempts than where something is made: what does not answer is said and passed over.
_CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=5, read_timeout=30
)


@dataclass(frozen=True, kw_only=True)
class Clients:
    """Clients for an account, made when first asked for.

    Args:
        account: The account and region.
    """

    account: Account

    @cached_property
    def dms(self) -> DatabaseMigrationServiceClient:
        """A client for DMS."""
        return self.account.session.client("dms", config=_CONFIG)

    @cached_property
    def ec2(self) -> EC2Client:
        """A client for EC2."""
        return self.account.session.client("ec2", config=_CONFIG)

    @cached_property
    def iam(self) -> IAMClient:
        """A client for IAM."""
        return self.account.session.client("iam", config=_CONFIG)

    @cached_property
    def rds(self) -> RDSClient:
        """A client for RDS."""
        return self.account.session.client("rds", config=_CONFIG)

    @cached_property
    def quotas(self) -> Any:  # noqa: ANN401 - types-boto3 has no Service Quotas here
        """A client for Service Quotas."""
        return self.account.session.client("service-quotas", config=_CONFIG)

    @cached_property
    def sts(self) -> STSClient:
        """A client for STS."""
        return self.account.session.client("sts", config=_CONFIG)

    def s3(self, *, region: str) -> S3Client:
        """A client for S3 in another region than the account's: the states have one of their own."""
        return self.account.session.client("s3", region_name=region, config=_CONFIG)


def asked(doing: str, ask: Callable[[], _T]) -> _T | Unanswered:
    """The answer to a question, or why there is none.

    Args:
        doing: What is asked, after "Could not", such as `read the quotas of RDS`.
        ask: Asks it.
    """
    try:
        with explained(doing):
            return ask()
    except FerryError as error:
        return Unanswered(str(error))
