"""The log groups, made before AWS's services make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.expect import equal, only
from ferry.check.deployment.network import in_the_vpc, new_vpc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_logs.type_defs import LogGroupTypeDef

    from ferry.check.deployment.deployed import Deployed


def find_log_groups(deployed: Deployed) -> Mapping[str, LogGroupTypeDef]:
    """The log groups that Aurora, DMS and the flow logs write to, each of which must exist."""
    return {name: _find(deployed, name) for name in _retention_days(deployed)}


def _retention_days(deployed: Deployed) -> Mapping[str, int]:
    """How long each group should keep: its name follows from what writes to it."""
    environment = deployed.environment
    days: dict[str, int] = {
        f"/aws/rds/cluster/{deployed.outputs[outputs.CLUSTER_ID]}/postgresql": (
            environment.aurora.log_retention_days
        ),
        f"dms-tasks-{_replication_instance(deployed)}": environment.dms.log_retention_days,
    }
    vpc = new_vpc(deployed)
    if vpc:
        days[_flow_log_group(deployed)] = vpc.flow_log_retention_days
    return days


def _replication_instance(deployed: Deployed) -> str:
    arn = deployed.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]
    found = deployed.dms.describe_replication_instances(
        Filters=[{"Name": "replication-instance-arn", "Values": [arn]}]
    )["ReplicationInstances"]
    return only(f"replication instances {arn}", found).get("ReplicationInstanceIdentifier", "")


def _flow_log_group(deployed: Deployed) -> str:
    found = deployed.ec2.describe_flow_logs(Filters=in_the_vpc(deployed, "resource-id"))["FlowLogs"]
    arn = only("flow logs of the VPC", found).get("LogDestination", "")
    return arn.removesuffix(":*").partition(":log-group:")[2]


def _find(deployed: Deployed, name: str) -> LogGroupTypeDef:
    found = deployed.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return only(
        f"log groups {name}", [group for group in found if group.get("logGroupName") == name]
    )


def check_log_groups_retention(deployed: Deployed) -> None:
    wanted = _retention_days(deployed)
    for name, group in find_log_groups(deployed).items():
        equal(f"the days that {name} keeps", group.get("retentionInDays"), wanted[name])
