"""The log groups, made before AWS's services make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.check.deployment.expect import only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_logs.type_defs import LogGroupTypeDef

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect


def _retention_days(deployed: Deployed) -> Mapping[str, int]:
    """How long each group should keep what Aurora, DMS and the flow logs write to it."""
    environment, names = deployed.environment, deployed.names
    vpc = environment.network.vpc
    return {
        names.postgresql_log_group: environment.aurora.log_retention_days,
        **({names.task_log_group: environment.dms.log_retention_days} if environment.dms else {}),
        **({names.flow_logs_group: vpc.flow_log_retention_days} if vpc else {}),
    }


def find_log_groups(deployed: Deployed) -> Mapping[str, LogGroupTypeDef]:
    """The environment's log groups by name, each of which must exist."""
    return {name: _find(deployed, name) for name in _retention_days(deployed)}


def _find(deployed: Deployed, name: str) -> LogGroupTypeDef:
    found = deployed.account.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return only(
        f"Log groups {name}", [group for group in found if group.get("logGroupName") == name]
    )


def check_log_groups_retention(deployed: Deployed, expect: Expect) -> None:
    """The log groups keep what is written as long as the file says."""
    wanted = _retention_days(deployed)
    for name, group in find_log_groups(deployed).items():
        expect.equal(f"The days that {name} keeps", group.get("retentionInDays"), wanted[name])
