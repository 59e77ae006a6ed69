"""Roles that one AWS service takes, with one policy of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy

from constructs_lib.policies import policy, trust

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import ITerraformDependable
    from constructs import Construct

    from constructs_lib.policies import Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceRole:
    """A role that is made.

    Args:
        arn: The role's ARN.
        ready: Its policy: what the service does at once with the role waits for it.
    """

    arn: str
    ready: list[ITerraformDependable]


def make_service_role(
    scope: Construct,
    *,
    name: str,
    description: str,
    service: str,
    condition: Statement,
    policy_name: str,
    statements: Sequence[Statement],
    tags: Mapping[str, str] | None = None,
) -> ServiceRole:
    """Make a role.

    Args:
        scope: The construct that it belongs to; the ids are ``role`` and ``policy``.
        name: The role's name.
        description: What it is for.
        service: The principal of the service that takes it.
        condition: When the service may take it.
        policy_name: The name of the policy in the role.
        statements: What the role may do.
        tags: The role's own tags; none by default.
    """
    role = IamRole(
        scope,
        "role",
        name=name,
        description=description,
        assume_role_policy=trust(service, condition),
        tags=tags,
    )
    inline = IamRolePolicy(
        scope, "policy", name=policy_name, role=role.id, policy=policy(*statements)
    )
    return ServiceRole(arn=role.arn, ready=[inline])
