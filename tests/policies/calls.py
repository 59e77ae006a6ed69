"""What was called on local AWS, and what AWS asks for in each call: actions, resources, conditions.

`recorded_calls.json` has the calls of each command; tests/terraform/test_recorded_calls.py sees to it
that a deployment makes no others.
"""

from __future__ import annotations

import json
import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

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
BUCKET = f"aurora-ferry-tfstate-{ACCOUNT}-{REGION}"


def arns(project: str, environment: str) -> list[str]:
    """The ARNs of what an environment is made of; where AWS draws an id, any."""
    prefix = f"{project}-{environment}"
    here, iam = f"{REGION}:{ACCOUNT}", f"arn:aws:iam::{ACCOUNT}"
    state = f"arn:aws:s3:::{project}-tfstate-{ACCOUNT}-{REGION}/environments/{environment}/terraform.tfstate"
    return [
        *(
            f"arn:aws:ec2:{here}:{kind}/{environment}-1"
            for kind in (
                "elastic-ip", "internet-gateway", "natgateway", "network-interface", "route-table",
                "security-group", "security-group-rule", "subnet", "transit-gateway-attachment",
                "vpc", "vpc-endpoint", "vpc-flow-log", "vpc-peering-connection",
            )
        ),
        *(
            f"arn:aws:rds:{here}:{name}"
            for name in (
                f"cluster:{prefix}", f"cluster-pg:{prefix}-aurora-postgresql15",
                f"cluster-snapshot:{prefix}-final-0a1b2c3d", f"db:{prefix}-writer",
                f"db:{prefix}-reader-1", f"es:{prefix}-aurora-cluster",
                f"es:{prefix}-aurora-instances", f"pg:{prefix}-aurora-postgresql15",
                f"subgrp:{prefix}",
            )
        ),
        *(
            f"arn:aws:dms:{here}:{name}"
            for name in ("cert:C", "endpoint:E", "rep:R", "es:any", f"subgrp:{prefix}-dms",
                         f"task:{prefix}-all")
        ),
        f"arn:aws:kms:{here}:key/{environment}",
        f"arn:aws:kms:{here}:alias/{prefix}",
        *(
            f"arn:aws:secretsmanager:{here}:secret:{prefix}/{name}-AbCdEf"
            for name in ("master", "source", "target")
        ),
        *(
            f"arn:aws:logs:{here}:log-group:{name}{end}"
            for name in (f"/aws/rds/cluster/{prefix}/postgresql", f"dms-tasks-{prefix}",
                         f"/aws/vpc/flow-logs/{prefix}")
            for end in ("", ":log-stream:s")
        ),
        *(f"arn:aws:cloudwatch:{here}:alarm:{name}-{environment}" for name in
          ("aurora-deadlocks", "dms-cpu-utilization")),
        f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{prefix}",
        f"arn:aws:sns:{here}:{prefix}-alarms",
        *(f"{iam}:role/{prefix}-{name}" for name in ("dms-secrets", "rds-monitoring", "flow-logs")),
        state,
        f"{state}.tflock",
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
) -> Iterator[Request]:
    """What IAM is asked about an action on each thing of an owner's.

    Args:
        action: The action.
        owned: The owner's ARNs.
        tags: The tags on what there is of the owner's.
        sent: The tags that the call sends along.
        context: More condition keys that hold.
    """
    more = dict(context or {})
    request_tags = {f"aws:RequestTag/{key}": value for key, value in sent.items()}
    resource_tags = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    kinds = [kind for kind in action.kinds if kind.name]
    if not kinds:
        known = request_tags if action.knows("aws:RequestTag/project") else {}
        yield Request(action=action.name, context={**known, **more})
    for kind in [kind for kind in kinds if kind.required] or kinds:
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
