"""Making and changing the roles that the stacks make, and the boundary that holds them.

With a permissions boundary whoever deploys may make roles, because none of them can do more than
the boundary says. Without one, whoever makes a role can make one that does everything; so then an
administrator does it. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from facts.aurora import MONITORING_POLICY
from facts.dms import LOGS_ROLE, MANAGED_POLICIES, VPC_ROLE
from facts.names import Names, workflow_roles
from ferry.prepare.policies.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ferry.prepare.policies.statements import Scope
    from settings.environment import Environment

_WITHIN_BOUNDARY: Final = (
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
"""What changes a role; IAM knows its boundary in each. Source:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

_OF_ACCOUNT: Final = (
    "iam:CreateRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_ATTACH: Final = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
_READ_SECRET: Final = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
_DECRYPT: Final = ("kms:Decrypt", "kms:DescribeKey")


def roles(scope: Scope) -> list[Statement]:
    """The environment's three roles, by name; within the boundary where there is one."""
    return [
        *_changes(scope, scope.roles, within=_WITHIN_BOUNDARY),
        _attachments(
            scope,
            roles=scope.made_roles(scope.names.monitoring_role),
            policies=[MONITORING_POLICY],
        ),
        Statement(
            sid="ServiceLinkedRoles",
            actions=["iam:CreateServiceLinkedRole"],
            resources=scope.role_arns("aws-service-role/*"),
            condition={
                "StringEquals": {
                    "iam:AWSServiceName": ["rds.amazonaws.com", "transitgateway.amazonaws.com"]
                }
            },
        ),
        *_denied(scope),
    ]


def account_roles(scope: Scope) -> list[Statement]:
    """The two roles that DMS looks up by name; Terraform never deletes them."""
    arns = scope.made_roles(VPC_ROLE, LOGS_ROLE)
    return [
        Statement(
            sid="LookAtRoles",
            actions=["iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
            resources=arns,
        ),
        *_changes(scope, arns, within=_OF_ACCOUNT),
        _attachments(scope, roles=arns, policies=MANAGED_POLICIES.values()),
    ]


def _changes(scope: Scope, arns: Sequence[str], *, within: Sequence[str]) -> list[Statement]:
    boundary = scope.boundary_arn
    found = [
        Statement(sid="Roles", actions=within, resources=arns, condition=_bounded(boundary)),
        Statement(
            sid="TagsOfRoles",
            actions=["iam:ListInstanceProfilesForRole", "iam:TagRole", "iam:UntagRole"],
            resources=arns,
        ),
    ]
    if boundary is not None:
        # A role that is older than the boundary gets it, and no other.
        found.append(
            Statement(
                sid="GiveTheBoundary",
                actions=["iam:PutRolePermissionsBoundary"],
                resources=arns,
                condition=_bounded(boundary),
            )
        )
    return found


def _attachments(scope: Scope, *, roles: Sequence[str], policies: Iterable[str]) -> Statement:
    arns = [
        scope.placement.aws_managed_arn("iam", f"policy/service-role/{policy}")
        for policy in policies
    ]
    return Statement(
        sid="PoliciesOfAws",
        actions=_ATTACH,
        resources=roles,
        condition={**_bounded(scope.boundary_arn), "ArnEquals": {"iam:PolicyARN": arns}},
    )


def _bounded(boundary: str | None) -> dict[str, dict[str, str]]:
    return {} if boundary is None else {"StringEquals": {"iam:PermissionsBoundary": boundary}}


def _denied(scope: Scope) -> list[Statement]:
    """What no other document of the same role may allow: leaving the boundary, in any way."""
    boundary = scope.boundary_arn
    if boundary is None:
        return []
    return [
        Statement(
            sid="NoRoleLosesItsBoundary",
            effect="Deny",
            actions=["iam:DeleteRolePermissionsBoundary"],
            resources=scope.role_arns("*"),
        ),
        Statement(
            sid="NoOtherBoundary",
            effect="Deny",
            actions=["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
            resources=scope.role_arns("*"),
            condition={"StringNotEquals": {"iam:PermissionsBoundary": boundary}},
        ),
        Statement(
            sid="TheBoundaryStays",
            effect="Deny",
            actions=[
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:SetDefaultPolicyVersion",
            ],
            resources=[boundary],
        ),
        Statement(
            sid="TheWorkflowsRolesStay",
            effect="Deny",
            actions=[
                *_ATTACH,
                *_WITHIN_BOUNDARY,
                "iam:PutRolePermissionsBoundary",
                "iam:TagRole",
                "iam:UntagRole",
            ],
            resources=scope.role_arns(*workflow_roles(scope.names)),
        ),
    ]


def boundary(scope: Scope, of_account: Sequence[Environment]) -> list[Statement]:
    """The most that any role of the account's stacks may do: what AWS needs each of them for.

    Each statement names the role that it is for, so that a role which is given more than it needs
    still cannot do what another is for.

    Args:
        scope: An environment of the account.
        of_account: All environments of the account, whose own secrets the roles read.
    """
    return [
        *_of_secrets(scope),
        *chain.from_iterable(_of_given_secret(scope, each) for each in of_account),
        *_of_monitoring(scope),
        *_of_flow_logs(scope),
        *_of_account(scope),
    ]


def _of_secrets(scope: Scope) -> list[Statement]:
    """DMS reads its own environment's secrets: that of the role's tag, which its name has to bear.

    So the boundary stays as it is when an environment is added. Source:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    names = Names(project=scope.names.project, environment="${aws:PrincipalTag/environment}")
    role = _as(scope, names.secret_access_role)
    return [
        Statement(
            sid="Secrets",
            actions=_READ_SECRET,
            resources=_anywhere(scope, "secretsmanager", f"secret:{names.prefix}/*"),
            condition=role,
        ),
        Statement(
            sid="Keys",
            actions=_DECRYPT,
            condition={
                **role,
                "StringEquals": {
                    "aws:ResourceTag/project": names.project,
                    "aws:ResourceTag/environment": names.environment,
                },
            },
        ),
    ]


def _of_given_secret(scope: Scope, environment: Environment) -> Iterator[Statement]:
    """The secret that a file brings along, its key, and the environment's own."""
    what = "".join(part.capitalize() for part in environment.name.split("-"))
    role, source = _as(scope, environment.names.secret_access_role), environment.source
    if source is None:
        return
    for sid, actions, arns in (
        (f"SecretOf{what}", _READ_SECRET, [source.secret_arn]),
        (f"KeyOf{what}", _DECRYPT, [source.secret_kms_key_arn, environment.aws.kms_key_arn]),
    ):
        given = [arn for arn in arns if arn is not None]
        if given:
            yield Statement(sid=sid, actions=actions, resources=given, condition=role)


def _as(scope: Scope, *names: str) -> dict[str, dict[str, list[str]]]:
    return {"ArnLike": {"aws:PrincipalArn": scope.made_roles(*names)}}


def _anywhere(scope: Scope, service: str, *resources: str) -> list[str]:
    """ARNs in every region: an account's environments may lie in several."""
    where = f"arn:{scope.placement.partition}:{service}:*:{scope.placement.account_id}"
    return [f"{where}:{resource}" for resource in resources]


def _any(scope: Scope) -> Names:
    """The names of any environment of the project."""
    return Names(project=scope.names.project, environment="*")


def _of_monitoring(scope: Scope) -> list[Statement]:
    """What AmazonRDSEnhancedMonitoringRole allows."""
    return [
        Statement(
            sid="Monitoring",
            actions=[
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:GetLogEvents",
                "logs:PutLogEvents",
                "logs:PutRetentionPolicy",
            ],
            resources=_anywhere(scope, "logs", "log-group:RDS*"),
            condition=_as(scope, _any(scope).monitoring_role),
        )
    ]


def _of_flow_logs(scope: Scope) -> list[Statement]:
    role = _as(scope, _any(scope).flow_logs_role)
    return [
        Statement(
            sid="FlowLogs",
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=_anywhere(scope, "logs", f"log-group:{_any(scope).flow_logs_group}:*"),
            condition=role,
        ),
        Statement(
            sid="FindLogGroups",
            actions=["logs:DescribeLogGroups"],
            condition=_as(scope, _any(scope).flow_logs_role, LOGS_ROLE),
        ),
    ]


def _of_account(scope: Scope) -> list[Statement]:
    """What AmazonDMSVPCManagementRole and AmazonDMSCloudWatchLogsRole allow."""
    return [
        Statement(
            sid="NetworkOfDms",
            actions=[
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:Describe*",
                "ec2:ModifyNetworkInterfaceAttribute",
            ],
            condition=_as(scope, VPC_ROLE),
        ),
        Statement(
            sid="LogsOfDms",
            actions=[
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            resources=_anywhere(scope, "logs", "log-group:dms-*"),
            condition=_as(scope, LOGS_ROLE),
        ),
    ]
