"""Where a stack is deployed: the account, the region, and the partition that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

_PARTITION_OF_REGION_PREFIX = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_DNS_SUFFIX_OF_PARTITION = {"aws-cn": "amazonaws.com.cn"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """An AWS account and region, known before Terraform runs.

    Known values in ARNs and policies keep plans readable and need no data source.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html

    Args:
        account_id: The account's twelve digits.
        region: The region's code, such as ``eu-central-1``.
    """

    account_id: str
    region: str

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov``."""
        for prefix, partition in _PARTITION_OF_REGION_PREFIX.items():
            if self.region.startswith(prefix):
                return partition
        return "aws"

    @property
    def dns_suffix(self) -> str:
        """The domain of the partition's endpoints, ``amazonaws.com`` or ``amazonaws.com.cn``."""
        return _DNS_SUFFIX_OF_PARTITION.get(self.partition, "amazonaws.com")

    def arn(self, service: str, resource: str) -> str:
        """An ARN of this account and region, such as ``arn("logs", "log-group:*")``."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """An ARN of a service without regions, such as ``global_arn("iam", "role/dms-vpc-role")``."""
        return f"arn:{self.partition}:{service}::{self.account_id}:{resource}"

    def aws_managed_arn(self, service: str, resource: str) -> str:
        """An ARN that AWS owns, such as ``aws_managed_arn("iam", "policy/job-function/Billing")``."""
        return f"arn:{self.partition}:{service}::aws:{resource}"
