"""What was called on local AWS, and what AWS asks for in each call: actions, resources, conditions.

`recorded_calls.json` has the calls of each command; tests/terraform/test_recorded_calls.py sees to it
that a deployment makes no others.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tests.policies.environments import partition_of
from tests.policies.evaluation import Request
from tests.policies.reference import Action, Kind, actions, is_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RECORDED: Mapping[str, list[str]] = json.loads(
    (Path(__file__).parent / "recorded_calls.json").read_text()
)
"""The calls of each command, as `service:Operation`."""

UNDER_ANOTHER_NAME = {
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
"""Operations of S3 whose action is called differently. Source:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"""

WITHOUT_PERMISSION = {"sts:GetCallerIdentity"}
NOT_ASKED_FOR = re.compile(
    r"ecs:.*|secretsmanager:.*|rds:CreateTenantDatabase|rds:DeleteTenantDatabase|rds:CreateDBSnapshot"
    r"|rds:ModifyDBInstance|autoscaling:.*|cloudformation:.*|dynamodb:.*|elasticloadbalancing:.*"
    r"|iam:GetAccountSummary|kinesis:.*|route53:GetAccountLimit|iam:CreateServiceLinkedRole"
)
"""What AWS asks for behind a call in cases that are none of ours: a managed master password, other
engines, other services' quotas, keys in several regions."""

ACCOUNT, REGION = "111122223333", "eu-central-1"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """An environment of a project in a region, whose things the documents are asked about.

    Args:
        project: The project.
        environment: The environment.
        region: The region, of whichever partition.
    """

    project: str
    environment: str
    region: str = REGION

    @property
    def tags(self) -> dict[str, str]:
        """What tells its things from others'."""
        return {"project": self.project, "environment": self.environment}

    @property
    def sent(self) -> dict[str, str]:
        """The tags that its calls send along."""
        return {**self.tags, "Name": f"{self.project}-{self.environment}-default-locked"}

    def arn(self, service: str, resource: str) -> str:
        """An ARN in its region."""
        return f"arn:{partition_of(self.region)}:{service}:{self.region}:{ACCOUNT}:{resource}"

    def secret(self, name: str) -> str:
        """The ARN of a secret, whose end AWS draws."""
        return self.arn("secretsmanager", f"secret:{self.project}-{self.environment}/{name}-AbCdEf")

    def iam(self, resource: str) -> str:
        """An ARN of IAM's."""
        return f"arn:{partition_of(self.region)}:iam::{ACCOUNT}:{resource}"

    def of_aws(self, policy: str) -> str:
        """The ARN of a policy that AWS keeps."""
        return f"arn:{partition_of(self.region)}:iam::aws:policy/{policy}"

    def principal(self, service: str) -> str:
        """A service's name in its region."""
        end = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        return f"{service}.{self.region}.{end}"

    @property
    def bucket(self) -> str:
        """Its account's bucket of states."""
        return (
            f"arn:{partition_of(self.region)}:s3:::{self.project}-tfstate-{ACCOUNT}-{self.region}"
        )

    @property
    def roles(self) -> list[str]:
        """The roles that its stack makes."""
        prefix = f"{self.project}-{self.environment}"
        return [
            self.iam(f"role/{prefix}-{name}")
            for name in ("dms-secrets", "rds-monitoring", "flow-logs")
        ]

    @property
    def things(self) -> list[str]:
        """All that it is made of; where AWS draws an id, any."""
        prefix = f"{self.project}-{self.environment}"
        state = f"{self.bucket}/environments/{self.environment}/terraform.tfstate"
        names = {
            "ec2": (
                f"{kind}/{self.environment}-1"
                for kind in (
                    "elastic-ip", "internet-gateway", "natgateway", "network-interface",
                    "route-table", "security-group", "security-group-rule", "subnet",
                    "transit-gateway-attachment", "vpc", "vpc-endpoint", "vpc-flow-log",
                    "vpc-peering-connection",
                )
            ),
            "rds": (
                f"cluster:{prefix}", f"cluster-pg:{prefix}-aurora-postgresql15",
                f"cluster-snapshot:{prefix}-final-0a1b2c3d", f"db:{prefix}-writer",
                f"db:{prefix}-reader-1", f"es:{prefix}-aurora-cluster",
                f"es:{prefix}-aurora-instances", f"pg:{prefix}-aurora-postgresql15",
                f"subgrp:{prefix}",
            ),
            "dms": ("cert:C", "endpoint:E", "rep:R", "es:any", f"subgrp:{prefix}-dms",
                    f"task:{prefix}-all"),
            "kms": (f"key/{self.environment}", f"alias/{prefix}"),
            "logs": (
                f"log-group:{name}{end}"
                for name in (f"/aws/rds/cluster/{prefix}/postgresql", f"dms-tasks-{prefix}",
                             f"/aws/vpc/flow-logs/{prefix}")
                for end in ("", ":log-stream:s")
            ),
            "cloudwatch": (
                f"alarm:{name}-{self.environment}"
                for name in ("aurora-deadlocks", "dms-cpu-utilization")
            ),
            "sns": (f"{prefix}-alarms",),
        }  # fmt: skip
        partition = partition_of(self.region)
        return [
            *(self.arn(service, name) for service in names for name in names[service]),
            *map(self.secret, ("master", "source", "target")),
            f"arn:{partition}:cloudwatch::{ACCOUNT}:dashboard/{prefix}",
            *self.roles,
            state,
            f"{state}.tflock",
        ]

    @property
    def around(self) -> list[str]:
        """What belongs to it besides: made by hand, by AWS, by an administrator."""
        prefix = f"{self.project}-{self.environment}"
        return [
            *(
                self.arn("ec2", f"{kind}/{self.environment}-1")
                for kind in ("dhcp-options", "instance", "network-acl", "transit-gateway",
                             "transit-gateway-route-table", "vpn-connection", "vpn-gateway")
            ),
            *(
                self.arn("rds", name)
                for name in (f"cluster-snapshot:{prefix}-before",
                             f"cluster-snapshot:rds:{prefix}-2025-01-01-00-00",
                             f"snapshot:{prefix}-before", f"cluster:{prefix}-copy")
            ),
            self.arn("rds", f"cluster-snapshot:{prefix}-20250101"),
            self.arn("cloudwatch", f"alarm:latency-{self.environment}"),
            *map(self.secret, ("operator", "operator-source", "operator-target", "reverse")),
            *(
                self.iam(f"role/{self.project}-{workflow}{end}")
                for workflow in ("plan", "review", "apply")
                for end in ("", f"-{self.environment}")
            ),
            self.iam(f"policy/{prefix}-apply-network"),
            f"{self.bucket}/runs/42/{self.environment}.tfplan",
        ]  # fmt: skip


def action_of(call: str) -> Action | None:
    """What a recorded call is called in IAM; None where it takes no permission."""
    if call in WITHOUT_PERMISSION:
        return None
    name = UNDER_ANOTHER_NAME.get(call, call)
    return actions(name.partition(":")[0])[name]


def requests(
    action: Action,
    owned: list[str],
    *,
    tags: Mapping[str, str],
    sent: Mapping[str, str],
    context: Mapping[str, str] | None = None,
    with_optional: bool = False,
) -> Iterator[Request]:
    """What IAM is asked about an action on each thing of an owner's.

    Args:
        action: The action.
        owned: The owner's ARNs.
        tags: The tags on what there is of the owner's.
        sent: The tags that the call sends along.
        context: More condition keys that hold.
        with_optional: Whether to ask about the types of resources as well that not every call of
            the action is for, such as the snapshot that a cluster is restored from.
    """
    more = dict(context or {})
    request_tags = {f"aws:RequestTag/{key}": value for key, value in sent.items()}
    resource_tags = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    kinds = [kind for kind in action.kinds if kind.name]
    if not kinds:
        known = request_tags if action.knows("aws:RequestTag/project") else {}
        yield Request(action=action.name, context={**known, **more})
    required = [] if with_optional else [kind for kind in kinds if kind.required]
    for kind in required or kinds:
        for arn in _of_kind(owned, kind):
            if kind.created:
                yield Request(action=action.name, resource=arn, context={**request_tags, **more})
                continue
            has_tags = resource_tags if "aws:ResourceTag/${TagKey}" in kind.keys else {}
            for also in ({}, request_tags):
                yield Request(
                    action=action.name, resource=arn, context={**has_tags, **also, **more}
                )


def _of_kind(owned: list[str], kind: Kind) -> list[str]:
    return [arn for arn in owned if is_of(arn, kind.arn)]


def needed_behind(recorded: list[Action]) -> list[Action]:
    """What AWS asks for behind the calls."""
    names = set(chain.from_iterable(action.needs for action in recorded))
    return [
        actions(name.partition(":")[0])[name]
        for name in sorted(names)
        if not NOT_ASKED_FOR.fullmatch(name)
    ]
