"""The permissions boundary of the roles that a stack makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.iam_role import IamRole

if TYPE_CHECKING:
    from constructs import Construct


def bound_roles(scope: Construct, *, policy_arn: str) -> None:
    """Give every role of a stack the boundary: none can do more than that policy says.

    By looking for them when all are made, so that no construct can forget it.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html

    Args:
        scope: The stack, after the last of its constructs.
        policy_arn: The managed policy that is the boundary.
    """
    for construct in scope.node.find_all():
        if isinstance(construct, IamRole):
            construct.permissions_boundary = policy_arn
