"""With a permissions boundary: nobody gets out of it, and the roles can do what they are for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.policies.calls import ACCOUNT, REGION
from tests.policies.environments import BOUNDARY, BOUNDED, DEV
from tests.policies.evaluation import Request, allows, allows_within
from tests.policies.test_evaluation import of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from settings.environment import Environment

IAM = f"arn:aws:iam::{ACCOUNT}"
HERE = f"{REGION}:{ACCOUNT}"
EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
MONITORING = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
VPC_MANAGEMENT = "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole"
OWN_ROLE = f"{IAM}:role/aurora-ferry-dev-dms-secrets"
MONITORING_ROLE = f"{IAM}:role/aurora-ferry-dev-rds-monitoring"
WORKFLOWS_ROLES = [
    f"{IAM}:role/aurora-ferry-{name}"
    for name in ("plan", "plan-dev", "review", "review-dev", "apply", "apply-dev")
]
CHANGES = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
)
BOUNDED_BY_OURS = {"iam:PermissionsBoundary": BOUNDARY}


def deploying(environment: Environment) -> list[Mapping[str, Any]]:
    """The documents of whoever deploys."""
    return [*of(environment, "plan", "apply-", "snapshots", "dms-of-anybody", "review")]


@pytest.mark.parametrize("environment", [DEV, BOUNDED], ids=["without boundary", "with boundary"])
@pytest.mark.parametrize("action", [*CHANGES, "iam:TagRole", "iam:UntagRole", "iam:PassRole"])
@pytest.mark.parametrize(
    "role",
    [
        *WORKFLOWS_ROLES,
        f"{IAM}:role/aurora-ferry-prod-dms-secrets",
        f"{IAM}:role/dms-cloudwatch-logs-role",
        f"{IAM}:role/administrator",
    ],
)
def test_no_other_role_is_changed_or_handed_over(
    environment: Environment, action: str, role: str
) -> None:
    for context in ({}, BOUNDED_BY_OURS, {"iam:PolicyARN": MONITORING, **BOUNDED_BY_OURS}):
        request = Request(
            action=action, resource=role, context={"iam:PassedToService": "dms.x", **context}
        )
        assert not allows(deploying(environment), request)


@pytest.mark.parametrize("action", [each for each in CHANGES if "Attach" not in each])
def test_without_a_boundary_whoever_deploys_changes_no_role_at_all(action: str) -> None:
    assert not allows(deploying(DEV), Request(action=action, resource=OWN_ROLE))
    assert not allows(
        deploying(DEV), Request(action=action, resource=OWN_ROLE, context=BOUNDED_BY_OURS)
    )


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize("boundary", [None, ADMINISTRATOR])
def test_a_role_is_changed_within_the_boundary_alone(action: str, boundary: str | None) -> None:
    context = {"iam:PolicyARN": MONITORING}
    context |= {"iam:PermissionsBoundary": boundary} if boundary else {}

    for role in (OWN_ROLE, MONITORING_ROLE):
        assert not allows(
            deploying(BOUNDED), Request(action=action, resource=role, context=context)
        )
    for role in (f"{IAM}:role/dms-vpc-role", f"{IAM}:role/dms-cloudwatch-logs-role"):
        for policy in (VPC_MANAGEMENT, ADMINISTRATOR):
            asked = Request(
                action=action, resource=role, context={**context, "iam:PolicyARN": policy}
            )
            assert not allows(of(BOUNDED, "account"), asked)


@pytest.mark.parametrize(
    ("role", "policy"), [(OWN_ROLE, MONITORING), (MONITORING_ROLE, ADMINISTRATOR)]
)
def test_no_policy_is_attached_but_that_of_monitoring(role: str, policy: str) -> None:
    context = {"iam:PolicyARN": policy, **BOUNDED_BY_OURS}

    assert not allows(
        deploying(BOUNDED),
        Request(action="iam:AttachRolePolicy", resource=role, context=context),
    )


@pytest.mark.parametrize("names", [("apply-",), ("account",)], ids=str)
def test_roles_that_exist_are_given_the_boundary(names: tuple[str, ...]) -> None:
    role = OWN_ROLE if "apply-" in names else f"{IAM}:role/dms-vpc-role"
    give = Request(action="iam:PutRolePermissionsBoundary", resource=role, context=BOUNDED_BY_OURS)

    assert allows(of(BOUNDED, *names), give)
    assert not allows(of(DEV, *names), give)


@pytest.mark.parametrize(
    "request_",
    [
        *(
            Request(action=action, resource=role, context=BOUNDED_BY_OURS)
            for action in CHANGES
            for role in WORKFLOWS_ROLES
        ),
        Request(action="iam:DeleteRolePermissionsBoundary", resource=OWN_ROLE),
        Request(action="iam:CreateRole", resource=OWN_ROLE),
        Request(
            action="iam:PutRolePermissionsBoundary",
            resource=OWN_ROLE,
            context={"iam:PermissionsBoundary": ADMINISTRATOR},
        ),
        *(
            Request(action=f"iam:{action}", resource=BOUNDARY)
            for action in (
                "CreatePolicyVersion",
                "DeletePolicy",
                "DeletePolicyVersion",
                "SetDefaultPolicyVersion",
            )
        ),
    ],
    ids=lambda request_: f"{request_.action} {request_.resource.rpartition('/')[2]}",
)
def test_not_even_together_with_administrator_access(request_: Request) -> None:
    assert allows([EVERYTHING], request_)
    assert not allows([EVERYTHING, *deploying(BOUNDED)], request_)


# --- what the boundary says


def within(role: str, action: str, resource: str = "*", **context: str) -> bool:
    """Whether a role that is allowed everything may, within the boundary."""
    [boundary] = of(BOUNDED, "boundary")
    keys = {key.replace("__", ":"): value for key, value in context.items()}
    tagged = re.match(r"aurora-ferry-(dev|prod)-", role)
    keys = ({"aws:PrincipalTag/environment": tagged[1]} if tagged else {}) | keys
    return allows_within(
        boundary,
        [EVERYTHING],
        Request(
            action=action,
            resource=resource,
            context={"aws:PrincipalArn": f"{IAM}:role/{role}", **keys},
        ),
    )


SECRETS_ROLE = "aurora-ferry-dev-dms-secrets"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:aurora-ferry"
KEY = f"arn:aws:kms:{HERE}:key/1"
OWN_KEY = {"aws__ResourceTag/project": "aurora-ferry", "aws__ResourceTag/environment": "dev"}


@pytest.mark.parametrize("secret", ["source", "target"])
def test_the_secrets_role_reads_its_environments_secrets(secret: str) -> None:
    for action in ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"):
        assert within(SECRETS_ROLE, action, f"{SECRET}-dev/{secret}-AbCdEf")
        assert not within(SECRETS_ROLE, action, f"{SECRET}-prod/{secret}-AbCdEf")
        assert not within("aurora-ferry-dev-flow-logs", action, f"{SECRET}-dev/{secret}-AbCdEf")


def test_a_role_whose_tag_is_anothers_reads_nothing() -> None:
    """Whoever deploys dev may tag its roles; prod's secrets are out of their reach all the same."""
    secret = f"{SECRET}-prod/master-AbCdEf"
    prods = {"aws__PrincipalTag/environment": "prod"}
    key = {**OWN_KEY, "aws__ResourceTag/environment": "prod"}

    assert within("aurora-ferry-prod-dms-secrets", "secretsmanager:GetSecretValue", secret)
    assert not within(SECRETS_ROLE, "secretsmanager:GetSecretValue", secret, **prods)
    assert not within(SECRETS_ROLE, "kms:Decrypt", KEY, **key, **prods)


def test_the_secrets_role_decrypts_with_its_environments_key() -> None:
    for action in ("kms:Decrypt", "kms:DescribeKey"):
        assert within(SECRETS_ROLE, action, KEY, **OWN_KEY)
        assert not within(
            SECRETS_ROLE, action, KEY, **{**OWN_KEY, "aws__ResourceTag/environment": "prod"}
        )
    assert not within(SECRETS_ROLE, "kms:ScheduleKeyDeletion", KEY, **OWN_KEY)


LOGS = f"arn:aws:logs:{HERE}:log-group"


@pytest.mark.parametrize(
    ("role", "action", "resource"),
    [
        (role, f"{service}:{action}", resource)
        for role, service, resource, actions in (
            (
                "aurora-ferry-dev-flow-logs",
                "logs",
                f"{LOGS}:/aws/vpc/flow-logs/aurora-ferry-dev:*",
                "CreateLogStream DescribeLogStreams PutLogEvents",
            ),
            ("aurora-ferry-dev-flow-logs", "logs", "*", "DescribeLogGroups"),
            # AmazonRDSEnhancedMonitoringRole
            (
                "aurora-ferry-dev-rds-monitoring",
                "logs",
                f"{LOGS}:RDSOSMetrics",
                "CreateLogGroup PutRetentionPolicy",
            ),
            (
                "aurora-ferry-dev-rds-monitoring",
                "logs",
                f"{LOGS}:RDSOSMetrics:log-stream:db-1",
                "CreateLogStream PutLogEvents DescribeLogStreams GetLogEvents",
            ),
            # AmazonDMSCloudWatchLogsRole
            ("dms-cloudwatch-logs-role", "logs", "*", "DescribeLogGroups"),
            (
                "dms-cloudwatch-logs-role",
                "logs",
                f"{LOGS}:dms-tasks-aurora-ferry-dev:log-stream:dms-task-1",
                "CreateLogGroup CreateLogStream DescribeLogStreams PutLogEvents",
            ),
            # AmazonDMSVPCManagementRole
            (
                "dms-vpc-role",
                "ec2",
                "*",
                "CreateNetworkInterface ModifyNetworkInterfaceAttribute DescribeSubnets DescribeVpcs",
            ),
        )
        for action in actions.split()
    ],
)
def test_every_role_can_do_what_it_is_for(role: str, action: str, resource: str) -> None:
    assert within(role, action, resource)
    assert not within("aurora-ferry-dev-another", action, resource)


@pytest.mark.parametrize("action", ["iam:CreateRole", "s3:GetObject", "sts:AssumeRole", "rds:X"])
@pytest.mark.parametrize("role", [SECRETS_ROLE, "dms-vpc-role", "aurora-ferry-dev-rds-monitoring"])
def test_no_role_gets_further(role: str, action: str) -> None:
    assert not within(role, action)
