"""Where something is in AWS: account, region, and the partition that follows from the region."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Partition:
    """A part of AWS with accounts, credentials and domains of its own.

    Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html, botocore's
    ``partitions.json``. Nothing was tried outside ``aws``.

    Args:
        name: What ARNs call it, such as ``aws-cn``.
        form: A regular expression of its regions' codes, of those to come as well.
        regions: Those that were open in November 2026.
        dns_suffix: The domain of its endpoints.
        console_domain: The domain of its console.
    """

    name: str
    form: str
    regions: tuple[str, ...]
    dns_suffix: str
    console_domain: str


_WHERE: Final = "(?:north|south)?(?:east|west)|north|south|central"
"""Where in its country or part of the world a region is: every code says so in these words."""

PARTITIONS: Final = (
    Partition(
        name="aws",
        form=rf"(us|eu|ap|sa|ca|me|af|il|mx)-({_WHERE})-\d",
        regions=(
            "af-south-1",
            *(f"ap-east-{number}" for number in (1, 2)),
            *(f"ap-northeast-{number}" for number in (1, 2, 3)),
            *(f"ap-south-{number}" for number in (1, 2)),
            *(f"ap-southeast-{number}" for number in (1, 2, 3, 4, 5, 6, 7)),
            *("ca-central-1", "ca-west-1"),
            *("eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2"),
            *("eu-west-1", "eu-west-2", "eu-west-3"),
            "il-central-1",
            *("me-central-1", "me-south-1", "me-west-1"),
            "mx-central-1",
            *("sa-east-1", "sa-west-1"),
            *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
        ),
        dns_suffix="amazonaws.com",
        console_domain="console.aws.amazon.com",
    ),
    Partition(
        name="aws-cn",
        form=rf"cn-({_WHERE})-\d",
        regions=("cn-north-1", "cn-northwest-1"),
        dns_suffix="amazonaws.com.cn",
        console_domain="console.amazonaws.cn",
    ),
    Partition(
        name="aws-us-gov",
        form=rf"us-gov-({_WHERE})-\d",
        regions=("us-gov-east-1", "us-gov-west-1"),
        dns_suffix="amazonaws.com",
        console_domain="console.amazonaws-us-gov.com",
    ),
    Partition(
        name="aws-eusc",
        form=rf"eusc-de-({_WHERE})-\d",
        regions=("eusc-de-east-1",),
        dns_suffix="amazonaws.eu",
        console_domain="console.amazonaws-eusc.eu",
    ),
)
"""The partitions that the project knows. The isolated ones (``aws-iso`` and others) are not open."""

REGIONS: Final = tuple(region for partition in PARTITIONS for region in partition.regions)
"""The regions that were open in November 2026. Source: botocore's ``partitions.json``, which a test
compares."""

_OPENED_LATER: Final = frozenset(
    {"ap-east-2", "ap-southeast-6", "eusc-de-east-1", "me-west-1", "sa-west-1"}
)


def is_known_to_terraform(region: str) -> bool:
    """Whether the oldest Terraform and provider that are taken have a region in their own lists.

    They refuse every other, whether it is there or not, unless they are told not to look: the backend
    of 1.11 with ``Invalid region value``, the provider 5.100.0 with ``invalid AWS Region``. Both were
    tried with each region.
    """
    return region in REGIONS and region not in _OPENED_LATER


# These services bear one name in every partition. Source:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
CLOUDWATCH_ALARMS: Final = "cloudwatch.amazonaws.com"
RDS_EVENTS: Final = "events.rds.amazonaws.com"
RDS_MONITORING: Final = "monitoring.rds.amazonaws.com"
FLOW_LOGS: Final = "vpc-flow-logs.amazonaws.com"

KEY_SERVICES: Final = ("rds", "dms", "secretsmanager", "logs")
"""The services through which the account uses an environment's key."""


def partition_of(region: str) -> Partition:
    """The partition that a region is in.

    Raises:
        ValueError: The region is in none that the project knows.
    """
    for partition in PARTITIONS:
        if re.fullmatch(partition.form, region):
            return partition
    raise ValueError(
        f"the region is {region!r}; allowed is a region of the partitions "
        f"{', '.join(it.name for it in PARTITIONS)}. Correct its code."
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """An AWS account and region, known before Terraform runs.

    Known values in ARNs and policies keep plans readable and need no data source.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html

    Args:
        account_id: The account's twelve digits.
        region: The region's code, such as ``eu-central-1``.

    Raises:
        ValueError: The region is in no partition that the project knows.
    """

    account_id: str
    region: str

    def __post_init__(self) -> None:
        """Refuse a region whose ARNs and domains nobody here knows."""
        partition_of(self.region)

    @property
    def partition(self) -> str:
        """What ARNs call the partition, such as ``aws``."""
        return partition_of(self.region).name

    @property
    def dns_suffix(self) -> str:
        """The domain of the partition's endpoints, such as ``amazonaws.com``."""
        return partition_of(self.region).dns_suffix

    @property
    def console_domain(self) -> str:
        """The domain of the partition's console, after the region's code."""
        return partition_of(self.region).console_domain

    def arn(self, service: str, resource: str) -> str:
        """An ARN of this account and region, such as ``arn("logs", "log-group:*")``."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """An ARN of a service without regions, such as ``global_arn("iam", "role/dms-vpc-role")``."""
        return f"arn:{self.partition}:{service}::{self.account_id}:{resource}"

    def role_arn(self, name: str, path: str) -> str:
        """The ARN of a role below a path, which begins and ends with a slash; ``/`` for none."""
        return self.global_arn("iam", f"role{path}{name}")

    def aws_managed_arn(self, service: str, resource: str) -> str:
        """An ARN that AWS owns, such as ``aws_managed_arn("iam", "policy/job-function/Billing")``."""
        return f"arn:{self.partition}:{service}::aws:{resource}"

    def bucket_arn(self, bucket: str, key: str = "") -> str:
        """The ARN of an S3 bucket, or of an object in it: neither account nor region is part of it."""
        return f"arn:{self.partition}:s3:::{bucket}" + (f"/{key}" if key else "")

    @property
    def dms_principal(self) -> str:
        """DMS where it is not a region's: as it publishes events and takes the account's roles."""
        return f"dms.{self.dns_suffix}"

    def endpoint_service(self, service: str) -> str:
        """What a VPC endpoint of a service is for; spelt so in every partition, China included."""
        return f"com.amazonaws.{self.region}.{service}"

    def regional_principal(self, service: str) -> str:
        """A service's principal, or its name in ``kms:ViaService``, in this region."""
        return f"{service}.{self.region}.{self.dns_suffix}"
