from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws


@pytest.fixture
def vpc_id(aws: Aws) -> str:
    return str(aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


def deliver(aws: Aws, vpc_id: str, group_arn: str) -> dict[str, Any]:
    """What EC2 says of a flow log that names its log group by the ARN alone."""
    aws.ec2.create_flow_logs(
        ResourceIds=[vpc_id],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogDestination=group_arn,
        DeliverLogsPermissionArn=f"arn:aws:iam::{aws.account}:role/flow-logs",
    )
    filters = [{"Name": "resource-id", "Values": [vpc_id]}]
    [log] = aws.ec2.describe_flow_logs(Filters=filters)["FlowLogs"]
    found: dict[str, Any] = log
    return found


def test_they_are_delivered_to_a_log_group_named_by_its_arn(aws: Aws, vpc_id: str) -> None:
    aws.logs.create_log_group(logGroupName="/flow/logs")
    [group] = aws.logs.describe_log_groups(logGroupNamePrefix="/flow/logs")["logGroups"]
    log = deliver(aws, vpc_id, group["arn"])
    assert (log["LogGroupName"], log["DeliverLogsStatus"]) == ("/flow/logs", "SUCCESS")


def test_they_are_not_delivered_where_the_log_group_is_missing(aws: Aws, vpc_id: str) -> None:
    log = deliver(aws, vpc_id, f"arn:aws:logs:{aws.region}:{aws.account}:log-group:missing")
    assert (log["DeliverLogsStatus"], log["DeliverLogsErrorMessage"]) == ("FAILED", "Access error")
