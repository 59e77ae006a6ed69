"""What is said of the roles that DMS looks up by name."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.check.account.roles import NEEDED, Role, judge
from ferry.findings import Finding, Level, blocked, right
from tests.unit.ferry.environments import environment

VPC, LOGS = NEEDED
ARN = "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole"


def trust(**changes: object) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "dms.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [{**statement, **changes}]}


def vpc_role(*policies: str, trusts: dict[str, Any] | None = None) -> Finding:
    role = Role(policies=policies, trust=trust() if trusts is None else trusts)
    return judge(environment(), VPC, role)


def test_a_role_as_it_should_be() -> None:
    assert vpc_role("arn:aws:iam::1:policy/other", ARN) == right(
        "role-dms-vpc-role", "The role dms-vpc-role is there, with AmazonDMSVPCManagementRole."
    )


@pytest.mark.parametrize("needed", NEEDED)
def test_a_role_that_is_missing(needed: Any) -> None:  # noqa: ANN401 - pytest's parameter
    finding = judge(environment(), needed, None)

    assert finding == blocked(
        f"role-{needed.role}",
        f"The account has no role {needed.role}.",
        why="The plan stops: DMS looks the role up by exactly this name.",
        remedy="Run 'cdktf deploy account-111122223333' first, once for the account.",
    )


def test_a_role_without_its_policy() -> None:
    assert vpc_role() == blocked(
        "role-dms-vpc-role",
        "The role dms-vpc-role lacks its policy AmazonDMSVPCManagementRole.",
        why="DMS makes no subnet group and no replication instance ('The IAM Role ... is not "
        "configured properly').",
        remedy="Plan the account's stack ('cdktf diff account-111122223333'): it shows what was "
        "changed; deploy.",
    )


def test_a_policy_of_the_accounts_own_is_not_awss() -> None:
    own = "arn:aws:iam::111122223333:policy/service-role/AmazonDMSVPCManagementRole"

    assert vpc_role(own).level is Level.BLOCKED


def test_without_the_role_for_logs_tasks_run_without_a_log() -> None:
    finding = judge(environment(), LOGS, Role(policies=(), trust=trust()))

    assert finding.level is Level.WARNING
    assert finding.what == (
        "The role dms-cloudwatch-logs-role lacks its policy AmazonDMSCloudWatchLogsRole."
    )
    assert finding.why == "The tasks run without a log."


@pytest.mark.parametrize(
    "trusts",
    [
        {},
        {"Statement": []},
        trust(Effect="Deny"),
        trust(Principal="*"),
        trust(Principal={"AWS": "*"}),
        trust(Principal={"Service": "rds.amazonaws.com"}),
        trust(Action="sts:TagSession"),
    ],
)
def test_a_role_that_dms_may_not_take(trusts: dict[str, Any]) -> None:
    finding = vpc_role(ARN, trusts=trusts)

    assert finding.level is Level.BLOCKED
    assert finding.what == ("The role dms-vpc-role does not let DMS take it (dms.amazonaws.com).")


@pytest.mark.parametrize(
    "trusts",
    [
        {"Statement": trust()["Statement"][0]},
        trust(Principal={"Service": ["ec2.amazonaws.com", "dms.amazonaws.com"]}),
        trust(Principal={"Service": "dms.amazonaws.com.cn"}),
        trust(Action=["sts:assumerole", "sts:TagSession"]),
    ],
)
def test_a_trust_may_be_written_in_many_ways(trusts: dict[str, Any]) -> None:
    assert vpc_role(ARN, trusts=trusts).level is Level.RIGHT


def test_the_policy_of_another_partition() -> None:
    assert vpc_role(ARN.replace("arn:aws:", "arn:aws-cn:")).level is Level.RIGHT
