"""A deployed environment, as the checks see it: its settings, its outputs, and AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import ClientError

from facts import names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3
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

_RETRIES = Config(retries={"mode": "standard", "max_attempts": 10})


class NotDeployedError(Exception):
    """The environment has no state, or its state has no outputs; the text says what to run."""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """An environment that is deployed somewhere.

    A check starts from :attr:`outputs` and :attr:`tags` and asks AWS about what it finds there;
    what it should find, :attr:`environment` says.

    Args:
        environment: The environment's settings.
        session: Credentials and region.
        endpoint_url: Where AWS is; None for the real one, or what ``AWS_ENDPOINT_URL`` says.
    """

    environment: Environment
    session: boto3.Session
    endpoint_url: str | None = None

    @cached_property
    def state(self) -> Mapping[str, Any]:
        """Terraform's state, read from the bucket that it is kept in.

        Raises:
            NotDeployedError: There is none.
        """
        environment = self.environment
        where = f"s3://{environment.state_bucket}/{environment.state_key}"
        try:
            body = self.s3.get_object(Bucket=environment.state_bucket, Key=environment.state_key)
        except ClientError as error:
            raise NotDeployedError(
                f"{where} cannot be read ({error.response.get('Error', {}).get('Code')}); deploy"
                f" {environment.name} first: cdktf deploy {names.environment_stack(environment.name)}"
            ) from None
        state: dict[str, Any] = json.loads(body["Body"].read())
        if not state.get("outputs"):
            raise NotDeployedError(
                f"{where} has no outputs: {environment.name} was destroyed, or its deployment did"
                " not end; deploy it first"
            )
        return state

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs by name."""
        return {name: output["value"] for name, output in self.state["outputs"].items()}

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags that everything in the environment carries."""
        tags = self.environment.tags
        return {
            "project": tags.project,
            "environment": self.environment.name,
            "repository": tags.repository,
            **tags.extra,
        }

    @property
    def account_id(self) -> str:
        """The account that the environment belongs to."""
        return self.environment.aws.account_id

    @property
    def region(self) -> str:
        """The region that it is in."""
        return self.environment.aws.region

    @cached_property
    def cloudwatch(self) -> CloudWatchClient:
        """CloudWatch in the environment's region."""
        return self.session.client("cloudwatch", **self._options)

    @cached_property
    def dms(self) -> DatabaseMigrationServiceClient:
        """DMS in the environment's region."""
        return self.session.client("dms", **self._options)

    @cached_property
    def ec2(self) -> EC2Client:
        """EC2 in the environment's region."""
        return self.session.client("ec2", **self._options)

    @cached_property
    def iam(self) -> IAMClient:
        """IAM."""
        return self.session.client("iam", **self._options)

    @cached_property
    def kms(self) -> KMSClient:
        """KMS in the environment's region."""
        return self.session.client("kms", **self._options)

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """CloudWatch Logs in the environment's region."""
        return self.session.client("logs", **self._options)

    @cached_property
    def rds(self) -> RDSClient:
        """RDS in the environment's region."""
        return self.session.client("rds", **self._options)

    @cached_property
    def s3(self) -> S3Client:
        """S3 in the region of the account's state bucket."""
        options = {**self._options, "region_name": self.environment.aws.home_region}
        return self.session.client("s3", **options)

    @cached_property
    def secretsmanager(self) -> SecretsManagerClient:
        """Secrets Manager in the environment's region."""
        return self.session.client("secretsmanager", **self._options)

    @cached_property
    def sns(self) -> SNSClient:
        """SNS in the environment's region."""
        return self.session.client("sns", **self._options)

    @cached_property
    def sts(self) -> STSClient:
        """STS in the environment's region."""
        return self.session.client("sts", **self._options)

    @property
    def _options(self) -> dict[str, Any]:
        return {
            "region_name": self.region,
            "endpoint_url": self.endpoint_url,
            "config": _RETRIES,
        }
