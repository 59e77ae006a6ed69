"""The AWS account in which resources are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ferry.aws.failures import error_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from types_boto3_dms import DatabaseMigrationServiceClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_iam import IAMClient
    from types_boto3_kms import KMSClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_rds import RDSClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sns import SNSClient

    from ferry.aws.account import Account


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """Clients for an account, and what is asked once for many resources.

    Args:
        account: The account and region.
        prefix: What the environment's names begin with, such as `aurora-ferry-dev`.
    """

    account: Account
    prefix: str

    @cached_property
    def dms(self) -> DatabaseMigrationServiceClient:
        """A client for DMS."""
        return self.account.session.client("dms")

    @cached_property
    def ec2(self) -> EC2Client:
        """A client for EC2."""
        return self.account.session.client("ec2")

    @cached_property
    def iam(self) -> IAMClient:
        """A client for IAM."""
        return self.account.session.client("iam")

    @cached_property
    def kms(self) -> KMSClient:
        """A client for KMS."""
        return self.account.session.client("kms")

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """A client for CloudWatch Logs."""
        return self.account.session.client("logs")

    @cached_property
    def rds(self) -> RDSClient:
        """A client for RDS."""
        return self.account.session.client("rds")

    @cached_property
    def secretsmanager(self) -> SecretsManagerClient:
        """A client for Secrets Manager."""
        return self.account.session.client("secretsmanager")

    @cached_property
    def sns(self) -> SNSClient:
        """A client for SNS."""
        return self.account.session.client("sns")

    @cached_property
    def key_ids(self) -> Mapping[str, list[str]]:
        """The ids of the KMS keys that are in use, by their `Name` tag."""
        ids: dict[str, list[str]] = {}
        for page in self.kms.get_paginator("list_keys").paginate():
            for key in page["Keys"]:
                name = self._key_name(key["KeyId"])
                if name is not None and name.startswith(self.prefix):
                    state = self.kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
                    if state != "PendingDeletion":
                        ids.setdefault(name, []).append(key["KeyId"])
        return ids

    def _key_name(self, key_id: str) -> str | None:
        """A key's `Name`; None as well where its policy hides it, as another team's may."""
        try:
            tags = self.kms.list_resource_tags(KeyId=key_id)["Tags"]
        except ClientError as error:
            if error_code(error) != "AccessDeniedException":
                raise
            return None
        return next((tag["TagValue"] for tag in tags if tag["TagKey"] == "Name"), None)


def exists(ask: Callable[[], Sequence[object]], *, absent: str) -> bool:
    """Whether AWS knows what it is asked for.

    Args:
        ask: Asks for it by its name; what is listed is it.
        absent: AWS's code for "there is none", where AWS does not answer with an empty list.
    """
    try:
        return bool(ask())
    except ClientError as error:
        if error_code(error) != absent:
            raise
        return False
