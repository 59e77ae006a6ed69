"""The AWS account that ferry works in: its clients, handed out after it proved to be the one."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import NoCredentialsError

from facts.placement import Placement
from ferry.account.failures import explained
from ferry.errors import FerryError, InputError

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_dms import DatabaseMigrationServiceClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_iam import IAMClient
    from types_boto3_kms import KMSClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_rds import RDSClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sns import SNSClient
    from types_boto3_sts import STSClient

    from settings.environment import Environment

# Four attempts ride out throttling. Where nobody answers they end within half a minute or so: four
# times eight seconds, and the pauses between them. Only a server that drips a byte now and then can
# hold ferry for longer: botocore has no limit for a call as a whole.
_CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=5, read_timeout=8
)


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account that the caller is signed in to, and a client for each service, made once.

    Args:
        account_id: The twelve digits.
        region: Where the clients work, but for S3's.
        state_region: Where the bucket of the states is, and S3's client works.
        session: Where the clients come from.
        caller: Who is signed in, as an ARN; empty where that was not asked.
    """

    account_id: str
    region: str
    state_region: str
    session: boto3.Session
    caller: str = ""

    @property
    def placement(self) -> Placement:
        """What ARNs and service principals are made of, here."""
        return Placement(account_id=self.account_id, region=self.region)

    @cached_property
    def cloudwatch(self) -> CloudWatchClient:
        """CloudWatch."""
        return self.session.client("cloudwatch", region_name=self.region, config=_CONFIG)

    @cached_property
    def dms(self) -> DatabaseMigrationServiceClient:
        """DMS."""
        return self.session.client("dms", region_name=self.region, config=_CONFIG)

    @cached_property
    def ec2(self) -> EC2Client:
        """EC2."""
        return self.session.client("ec2", region_name=self.region, config=_CONFIG)

    @cached_property
    def iam(self) -> IAMClient:
        """IAM."""
        return self.session.client("iam", region_name=self.region, config=_CONFIG)

    @cached_property
    def kms(self) -> KMSClient:
        """KMS."""
        return self.session.client("kms", region_name=self.region, config=_CONFIG)

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """CloudWatch Logs."""
        return self.session.client("logs", region_name=self.region, config=_CONFIG)

    @cached_property
    def rds(self) -> RDSClient:
        """RDS."""
        return self.session.client("rds", region_name=self.region, config=_CONFIG)

    @cached_property
    def route53(self) -> Any:  # noqa: ANN401 - its stubs are not among those installed
        """Route 53, which is one for all regions of a partition."""
        return self.session.client("route53", region_name=self.region, config=_CONFIG)

    @cached_property
    def s3(self) -> S3Client:
        """S3, in the state's region."""
        return self.session.client("s3", region_name=self.state_region, config=_CONFIG)

    @cached_property
    def secretsmanager(self) -> SecretsManagerClient:
        """Secrets Manager."""
        return self.session.client("secretsmanager", region_name=self.region, config=_CONFIG)

    @cached_property
    def service_quotas(self) -> Any:  # noqa: ANN401 - its stubs are not among those installed
        """Service Quotas."""
        return self.session.client("service-quotas", region_name=self.region, config=_CONFIG)

    @cached_property
    def sns(self) -> SNSClient:
        """SNS."""
        return self.session.client("sns", region_name=self.region, config=_CONFIG)

    @cached_property
    def sts(self) -> STSClient:
        """STS."""
        return self.session.client("sts", region_name=self.region, config=_CONFIG)


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """A role that is taken with the credentials that are found.

    Args:
        arn: Its ARN.
        session_name: What CloudTrail calls the session.
        external_id: What its trust asks for; None where it asks for nothing.
    """

    arn: str
    session_name: str
    external_id: str | None = None


def sign_in(
    *,
    environment: str,
    account_id: str,
    region: str,
    state_region: str | None = None,
    role: Role | None = None,
) -> Account:
    """Find out which account the credentials are for, and go on only in the environment's.

    Args:
        environment: The environment's name, for messages.
        account_id: The account that the environment's file names.
        region: Where the clients will work.
        state_region: Where the bucket of the states is; `region` by default.
        role: The role to take first; none by default.

    Raises:
        FerryError: There are no credentials, they do not work, may not take the role, or are another
            account's.
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
    if role is not None:
        with explained(f"take the role {role.arn}"):
            session = _taken(session, role)
            sts = session.client("sts", config=_CONFIG)
    with explained("find out which AWS account you are signed in to"):
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
        state_region=state_region or region,
        session=session,
        caller=caller["Arn"],
    )


def _taken(session: boto3.Session, role: Role) -> boto3.Session:
    """A session of a role, which asks for new credentials before the old ones end.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    found = session.get_credentials()
    if found is None:
        raise NoCredentialsError
    given = {"RoleSessionName": role.session_name}
    if role.external_id is not None:
        given["ExternalId"] = role.external_id
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(session.client, config=_CONFIG),
        source_credentials=found,
        role_arn=role.arn,
        extra_args=given,
    )
    credentials = DeferredRefreshableCredentials(
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    credentials.get_frozen_credentials()
    taken = botocore.session.get_session()
    vars(taken)["_credentials"] = credentials  # there is no public way
    return boto3.Session(botocore_session=taken, region_name=session.region_name)


def account_of(environment: Environment) -> Account:
    """The account of an environment, if the credentials are for it.

    Raises:
        FerryError: As `sign_in`.
    """
    return sign_in(
        environment=environment.name,
        account_id=environment.aws.account_id,
        region=environment.aws.region,
        state_region=environment.aws.home_region,
        role=_role_of(environment),
    )


def _role_of(environment: Environment) -> Role | None:
    wanted = environment.aws.assume_role
    if wanted is None:
        return None
    return Role(
        arn=wanted.role_arn, session_name=wanted.session_name, external_id=wanted.external_id
    )
