"""The AWS account that ferry works in: clients for it, made only after it proved to be the one."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from ferry.aws.failures import explained
from ferry.errors import FerryError, InputError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient

# Five attempts ride out throttling; where AWS cannot be reached they end within half a minute.
_CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 5},
    connect_timeout=5,
    read_timeout=30,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account and region that the caller is signed in to.

    Args:
        account_id: The twelve digits.
        region: Where the clients work.
        partition: `aws`, `aws-cn` or `aws-us-gov`, as the caller's own ARN says.
        session: The session that the clients come from.
    """

    account_id: str
    region: str
    partition: str
    session: boto3.Session

    def s3(self) -> S3Client:
        """A client for S3."""
        return self.session.client("s3", config=_CONFIG)

    def secretsmanager(self) -> SecretsManagerClient:
        """A client for Secrets Manager."""
        return self.session.client("secretsmanager", config=_CONFIG)


def sign_in(*, environment: str, account_id: str, region: str) -> Account:
    """Find out which account the credentials are for, and go on only in the environment's.

    Args:
        environment: The environment's name, for messages.
        account_id: The account that the environment's file names.
        region: Where the clients will work.

    Raises:
        FerryError: There are no credentials, they do not work, or they are another account's.
        InputError: AWS_ENDPOINT_URL is not a URL.
    """
    # At DEBUG botocore logs whole requests, and PutSecretValue's holds the password
    logging.getLogger("botocore").setLevel(logging.INFO)
    with explained("find out which AWS account you are signed in to"):
        session = boto3.Session(region_name=region)
        try:
            sts = session.client("sts", config=_CONFIG)
        except ValueError:
            raise InputError(
                f"AWS_ENDPOINT_URL is '{os.environ.get('AWS_ENDPOINT_URL', '')}', which is not a "
                "URL. Unset it to reach AWS, or give a URL such as http://127.0.0.1:5000."
            ) from None
        caller = sts.get_caller_identity()
    if caller["Account"] != account_id:
        raise FerryError(
            f"You are signed in to account {caller['Account']} ({caller['Arn']}), but "
            f"'{environment}' belongs to account {account_id}. Sign in to {account_id} "
            f"('export AWS_PROFILE=...'), or correct account_id in {environment}.toml."
        )
    return Account(
        account_id=account_id,
        region=region,
        partition=caller["Arn"].split(":")[1],
        session=session,
    )
