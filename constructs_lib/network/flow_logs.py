"""Records which connections a VPC accepted and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.flow_log import FlowLog
from constructs import Construct

from constructs_lib.log_group import make_log_group
from constructs_lib.service_role import make_service_role
from facts.placement import FLOW_LOGS

if TYPE_CHECKING:
    from constructs_lib.protocols import Key
    from facts.names import Names
    from facts.placement import Placement


class FlowLogs(Construct):
    """Flow logs of all of a VPC's traffic, in an encrypted log group.

    The role that delivers them may write into this group alone, and only for flow logs of this
    account and region.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html

    Args:
        scope: The network.
        id_: The construct's id.
        names: The environment's names.
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
        names: Names,
        placement: Placement,
        key: Key,
        vpc_id: str,
        retention_days: int,
    ) -> None:
        super().__init__(scope, id_)
        group = make_log_group(
            self,
            "group",
            name=names.flow_logs_group,
            key=key,
            retention_days=retention_days,
            reason="The environment's settings say how long its flow logs are worth keeping",
        )
        role = make_service_role(
            self,
            name=names.flow_logs_role,
            description=f"VPC flow logs write to {names.flow_logs_group}",
            service=FLOW_LOGS,
            condition={
                "StringEquals": {"aws:SourceAccount": placement.account_id},
                "ArnLike": {"aws:SourceArn": placement.arn("ec2", "vpc-flow-log/*")},
            },
            policy_name="write-flow-logs",
            statements=[
                {
                    "Sid": "WriteToTheGroup",
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    "Resource": placement.arn("logs", f"log-group:{names.flow_logs_group}:*"),
                },
                {
                    "Sid": "FindTheGroup",
                    "Effect": "Allow",
                    "Action": "logs:DescribeLogGroups",
                    "Resource": placement.arn("logs", "log-group:*"),
                },
            ],
        )
        FlowLog(
            self,
            "flow-log",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags={"Name": names.prefix},
            # A flow log whose role cannot write yet reports an access error and delivers nothing.
            depends_on=role.ready,
        )
