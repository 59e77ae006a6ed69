"""The role with which RDS writes the operating system's metrics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

if TYPE_CHECKING:
    from facts.placement import Placement


class EnhancedMonitoringRole(Construct):
    """The role ``NAME-rds-monitoring``, with AWS's managed policy for it.

    RDS may use it for instances of this account whose names begin with ``NAME-``. The metrics go to
    the account's log group ``RDSOSMetrics``, which RDS makes itself.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html

    Args:
        scope: The cluster.
        id_: The construct's id.
        name: The environment's prefix.
        placement: The account and region of the instances.
    """

    arn: str
    policy: IamRolePolicyAttachment
    """Instances depend on it: RDS tries the role when an instance is made."""

    def __init__(self, scope: Construct, id_: str, *, name: str, placement: Placement) -> None:
        super().__init__(scope, id_)
        role_name = f"{name}-rds-monitoring"
        role = IamRole(
            self,
            "role",
            name=role_name,
            description=f"RDS writes the enhanced monitoring metrics of {name}",
            assume_role_policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                            "Condition": {
                                "StringEquals": {"aws:SourceAccount": placement.account_id},
                                "ArnLike": {"aws:SourceArn": placement.arn("rds", f"db:{name}-*")},
                            },
                        }
                    ],
                }
            ),
            tags={"Name": role_name},
        )
        self.arn = role.arn
        self.policy = IamRolePolicyAttachment(
            self,
            "policy",
            role=role.name,
            policy_arn=placement.aws_managed_arn(
                "iam", "policy/service-role/AmazonRDSEnhancedMonitoringRole"
            ),
        )
