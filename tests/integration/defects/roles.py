"""Defects of the roles."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ferry.check.deployment import roles as checks
from tests.integration.defects.planting import defect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ferry.check.deployment.deployed import Deployed

_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@contextmanager
def _trust(deployed: Deployed, role_name: str, wrong: Mapping[str, Any]) -> Iterator[None]:
    """Change a role's trust, and back."""
    right = checks.find_trust(deployed, role_name)
    for statement in ({**right, **wrong}, right):
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        deployed.iam.update_assume_role_policy(RoleName=role_name, PolicyDocument=policy)
        if statement is not right:
            yield


@contextmanager
def _attached(deployed: Deployed, role_name: str, policy_arn: str) -> Iterator[None]:
    deployed.iam.attach_role_policy(RoleName=role_name, PolicyArn=policy_arn)
    yield
    deployed.iam.detach_role_policy(RoleName=role_name, PolicyArn=policy_arn)


@contextmanager
def _own_policy(
    deployed: Deployed, role_name: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> Iterator[None]:
    """Change every statement of a role's only policy, and back."""
    name = deployed.iam.list_role_policies(RoleName=role_name)["PolicyNames"][0]
    right = checks.find_inline_statements(deployed, role_name)
    for statements in ([change(one) for one in right], right):
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        deployed.iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=policy)
        if statements is not right:
            yield


@defect(checks.check_the_accounts_roles_are_trusted_to_dms)
def vpc_role_that_trusts_another_service(deployed: Deployed) -> Iterator[None]:
    with _trust(deployed, "dms-vpc-role", {"Principal": {"Service": "ec2.amazonaws.com"}}):
        yield


@defect(checks.check_the_accounts_roles_carry_awss_policies)
def logs_role_without_its_policy(deployed: Deployed) -> Iterator[None]:
    role_name = "dms-cloudwatch-logs-role"
    policy_arn = f"arn:aws:iam::aws:policy/service-role/{checks.ACCOUNT_ROLES[role_name]}"
    deployed.iam.detach_role_policy(RoleName=role_name, PolicyArn=policy_arn)
    yield
    deployed.iam.attach_role_policy(RoleName=role_name, PolicyArn=policy_arn)


@defect(checks.check_the_secrets_role_is_trusted_to_the_regions_dms)
def secrets_role_that_trusts_dms_of_any_account(deployed: Deployed) -> Iterator[None]:
    with _trust(deployed, checks.secrets_role_name(deployed), {"Condition": {}}):
        yield


@defect(checks.check_the_secrets_role_reads_the_two_secrets_alone)
def secrets_role_that_reads_every_secret(deployed: Deployed) -> Iterator[None]:
    with _own_policy(
        deployed, checks.secrets_role_name(deployed), lambda one: {**one, "Resource": "*"}
    ):
        yield


@defect(checks.check_the_secrets_role_decrypts_through_secretsmanager_alone)
def secrets_role_that_decrypts_anything(deployed: Deployed) -> Iterator[None]:
    with _own_policy(
        deployed, checks.secrets_role_name(deployed), lambda one: {**one, "Condition": {}}
    ):
        yield


@defect(checks.check_the_monitoring_role)
def monitoring_role_that_may_do_everything(deployed: Deployed) -> Iterator[None]:
    with _attached(deployed, checks.monitoring_role_name(deployed) or "", _ADMINISTRATOR):
        yield


@defect(checks.check_the_flow_logs_role)
def flow_logs_role_that_writes_everywhere(deployed: Deployed) -> Iterator[None]:
    with _own_policy(
        deployed, checks.flow_logs_role_name(deployed), lambda one: {**one, "Resource": "*"}
    ):
        yield
