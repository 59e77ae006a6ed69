"""Records which connections a VPC accepted and refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.flow_log import FlowLog
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from constructs_lib.acknowledge import acknowledge

if TYPE_CHECKING:
    from constructs_lib.encryption import EnvironmentKey
    from facts.placement import Placement

_YEAR_DAYS = 365


class FlowLogs(Construct):
    """Flow logs of all of a VPC's traffic, in the encrypted log group ``/aws/vpc/flow-logs/NAME``.

    The role that delivers them may write into this group alone, and only for flow logs of this
    account and region.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html

    Args:
        scope: The network.
        id_: The construct's id.
        name: The environment's prefix.
        placement: The account and region.
        key: The key that encrypts the log group.
        vpc_id: The VPC.
        retention_days: How long records are kept; one of the numbers that CloudWatch Logs allows.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        placement: Placement,
        key: EnvironmentKey,
        vpc_id: str,
        retention_days: int,
    ) -> None:
        super().__init__(scope, id_)
        group_name = f"/aws/vpc/flow-logs/{name}"
        group = CloudwatchLogGroup(
            self, "group", name=group_name, retention_in_days=retention_days, kms_key_id=key.arn
        )
        if retention_days < _YEAR_DAYS:
            acknowledge(
                group,
                "CKV_AWS_338",
                reason="The environment's settings say how long its flow logs are worth keeping",
            )
        role = IamRole(
            self,
            "role",
            name=f"{name}-flow-logs",
            description=f"VPC flow logs write to {group_name}",
            assume_role_policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                            "Condition": {
                                "StringEquals": {"aws:SourceAccount": placement.account_id},
                                "ArnLike": {
                                    "aws:SourceArn": placement.arn("ec2", "vpc-flow-log/*")
                                },
                            },
                        }
                    ],
                }
            ),
        )
        policy = IamRolePolicy(
            self,
            "policy",
            name="write-flow-logs",
            role=role.id,
            policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "WriteToTheGroup",
                            "Effect": "Allow",
                            "Action": [
                                "logs:CreateLogStream",
                                "logs:DescribeLogStreams",
                                "logs:PutLogEvents",
                            ],
                            "Resource": placement.arn("logs", f"log-group:{group_name}:*"),
                        },
                        {
                            "Sid": "FindTheGroup",
                            "Effect": "Allow",
                            "Action": "logs:DescribeLogGroups",
                            "Resource": placement.arn("logs", "log-group:*"),
                        },
                    ],
                }
            ),
        )
        FlowLog(
            self,
            "flow-log",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags={"Name": name},
            # A flow log whose role cannot write yet reports an access error and delivers nothing.
            depends_on=[policy],
        )
