"""The role with which RDS writes the operating system's metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from constructs_lib.policies import trust
from facts.aurora import MONITORING_POLICY
from facts.placement import RDS_MONITORING

if TYPE_CHECKING:
    from cdktf import ITerraformDependable

    from facts.names import Names
    from facts.placement import Placement


class EnhancedMonitoringRole(Construct):
    """The role, with AWS's managed policy for it.

    RDS may use it for instances of this account whose names begin as the environment's do. The metrics go to
    the account's log group ``RDSOSMetrics``, which RDS makes itself.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html

    Args:
        scope: The cluster.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region of the instances.
    """

    arn: str
    """The role's ARN."""

    ready: list[ITerraformDependable]
    """The policy. Instances depend on it: RDS tries the role when an instance is made."""

    def __init__(self, scope: Construct, id_: str, *, names: Names, placement: Placement) -> None:
        super().__init__(scope, id_)
        role = IamRole(
            self,
            "role",
            name=names.monitoring_role,
            description=f"RDS writes the enhanced monitoring metrics of {names.prefix}",
            assume_role_policy=trust(
                RDS_MONITORING,
                {
                    "StringEquals": {"aws:SourceAccount": placement.account_id},
                    "ArnLike": {"aws:SourceArn": placement.arn("rds", f"db:{names.prefix}-*")},
                },
            ),
            tags={"Name": names.monitoring_role},
        )
        self.arn = role.arn
        self.ready = [
            IamRolePolicyAttachment(
                self,
                "policy",
                role=role.name,
                policy_arn=placement.aws_managed_arn(
                    "iam", f"policy/service-role/{MONITORING_POLICY}"
                ),
            )
        ]
