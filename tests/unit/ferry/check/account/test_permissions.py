"""What is asked about the deployer's permissions, and what is said of the answers."""

from __future__ import annotations

from typing import Any

import pytest

from facts.placement import Placement
from ferry.check.account.permissions import (
    Decision,
    Question,
    decisions,
    judge,
    principal,
    questions,
)
from ferry.errors import FerryError
from ferry.findings import Finding, Level, blocked, right
from tests.unit.ferry.environments import environment

AWS = Placement(account_id="111122223333", region="eu-central-1")
CHINA = Placement(account_id="111122223333", region="cn-north-1")
WHO = "arn:aws:iam::111122223333:role/deployer"
ALLOWED = Decision(is_allowed=True)
DENIED = Decision(is_allowed=False)


def test_all_is_allowed() -> None:
    assert judge(WHO, {"s3:GetObject": ALLOWED, "iam:PassRole": ALLOWED}) == [
        right(
            "permissions",
            f"{WHO} may do the 2 actions that decide over a deployment, by IAM's simulation.",
        )
    ]


def test_an_action_that_is_allowed_although_a_condition_is_open() -> None:
    [finding] = judge(WHO, {"s3:GetObject": Decision(is_allowed=True, missing=("aws:a",))})

    assert finding.level is Level.RIGHT


def test_actions_that_are_denied() -> None:
    decisions = {"s3:GetObject": ALLOWED, "iam:PassRole": DENIED, "kms:CreateKey": DENIED}

    assert judge(WHO, decisions) == [
        blocked(
            "permissions",
            f"{WHO} may not: iam:PassRole, kms:CreateKey.",
            why="A deployment with these credentials ends half-way.",
            remedy="Attach the documents that 'ferry policies' writes (docs/deployment.md, "
            "Permissions), or name who deploys: --deployer ARN.",
        )
    ]


def test_conditions_that_the_simulation_cannot_know() -> None:
    open_ = Decision(is_allowed=False, missing=("aws:b", "aws:a"))

    assert judge(WHO, {"s3:GetObject": ALLOWED, "iam:PassRole": open_}) == [
        Finding(
            check="permissions",
            level=Level.UNJUDGED,
            what=f"Whether {WHO} may is not known for: iam:PassRole.",
            why="The policies' conditions ask for aws:a, aws:b, which the simulation is not given.",
            remedy="Look at the conditions by hand.",
        )
    ]
    denied, unknown = judge(WHO, {"s3:GetObject": DENIED, "iam:PassRole": open_})
    assert (denied.level, unknown.level) == (Level.BLOCKED, Level.UNJUDGED)


def actions(**sections: dict[str, object]) -> set[str]:
    asked = questions(environment(**sections), AWS)
    return {action for question in asked for action in question.actions}


def test_the_network_is_asked_about_where_it_is_made() -> None:
    with_nat = actions(network={"vpc": {"cidr": "10.0.0.0/16", "nat": "single"}})
    existing = {
        "vpc_id": "vpc-11111111",
        "aurora_subnet_ids": ["subnet-11111111", "subnet-22222222"],
        "dms_subnet_ids": ["subnet-11111111", "subnet-22222222"],
    }
    without = actions(network={"vpc": None, "existing_vpc": existing})

    assert "ec2:CreateVpc" in actions()
    assert with_nat - actions() == {"ec2:CreateNatGateway"}
    assert actions() - without == {"ec2:CreateVpc", "ec2:CreateSubnet"}


def test_aurora_alone_is_not_asked_about_dms() -> None:
    boundary = {"permissions_boundary_arn": "arn:aws:iam::111122223333:policy/boundary"}
    alone = questions(environment(source=None, dms=None, aws=boundary), CHINA)

    asked = {action for question in alone for action in question.actions}
    assert actions() - asked == {
        "dms:CreateReplicationInstance",
        "dms:CreateEndpoint",
        "dms:CreateReplicationTask",
        "iam:PassRole",
    }
    roles = {question.resource for question in alone if ":role/" in question.resource}
    assert roles == {"arn:aws-cn:iam::111122223333:role/aurora-ferry-dev-rds-monitoring"}


def test_resources_are_the_environments_own() -> None:
    asked = questions(environment(), CHINA)

    assert {question.resource for question in asked} == {
        "*",
        f"arn:aws-cn:s3:::{environment().state_bucket}/environments/dev/terraform.tfstate",
        "arn:aws-cn:dms:cn-north-1:111122223333:rep:*",
        "arn:aws-cn:ec2:cn-north-1:111122223333:security-group/*",
        "arn:aws-cn:ec2:cn-north-1:111122223333:vpc/*",
        "arn:aws-cn:ec2:cn-north-1:111122223333:subnet/*",
        "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:aurora-cpu-utilization-dev",
        "arn:aws-cn:rds:cn-north-1:111122223333:cluster:aurora-ferry-dev",
        "arn:aws-cn:rds:cn-north-1:111122223333:db:aurora-ferry-dev-writer",
        "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:aurora-ferry-dev/master-AbCdEf",
        "arn:aws-cn:iam::111122223333:role/aurora-ferry-dev-dms-secrets",
        "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/aws/rds/cluster/aurora-ferry-dev/postgresql",
        "arn:aws-cn:sns:cn-north-1:111122223333:aurora-ferry-dev-alarms",
    }


def test_what_is_made_is_asked_about_with_the_environments_tags() -> None:
    tags = (
        ("aws:RequestTag/project", "aurora-ferry"),
        ("aws:RequestTag/environment", "dev"),
    )

    tagged = {
        action
        for question in questions(environment(), AWS)
        if question.context[:2] == tags
        for action in question.actions
    }

    assert tagged == {
        "ec2:CreateSecurityGroup",
        "ec2:CreateVpc",
        "ec2:CreateSubnet",
        "ec2:CreateTags",
        "kms:CreateKey",
        "dms:CreateReplicationInstance",
        "dms:CreateEndpoint",
        "cloudwatch:PutMetricAlarm",
    }


def test_a_key_of_ones_own_is_used_and_none_is_made() -> None:
    key = "arn:aws:kms:eu-central-1:444455556666:key/1234abcd"
    asked = questions(environment(aws={"kms_key_arn": key}), AWS)

    assert not any("kms:CreateKey" in each.actions for each in asked)
    [question] = [each for each in asked if each not in questions(environment(), AWS)]
    assert question == Question(
        actions=("kms:CreateGrant", "kms:GenerateDataKey"),
        resource=key,
        context=(("kms:ViaService", "rds.eu-central-1.amazonaws.com"),),
    )


def test_no_topic_is_made_beside_one_of_ones_own() -> None:
    topic = "arn:aws:sns:eu-central-1:111122223333:on-call"
    asked = questions(environment(alarms={"topic_arn": topic}), AWS)

    [left_out] = [each for each in questions(environment(), AWS) if each not in asked]
    assert left_out.actions == ("sns:CreateTopic",)


def test_roles_are_asked_about_with_the_boundary_and_not_without() -> None:
    boundary = "arn:aws:iam::111122223333:policy/aurora-ferry-boundary"
    asked = questions(environment(aws={"permissions_boundary_arn": boundary}), AWS)

    [question] = [each for each in asked if each not in questions(environment(), AWS)]
    assert question == Question(
        actions=("iam:CreateRole", "iam:PutRolePolicy"),
        resource="arn:aws:iam::111122223333:role/aurora-ferry-dev-dms-secrets",
        context=(("iam:PermissionsBoundary", boundary),),
    )


@pytest.mark.parametrize(
    ("placement", "principal"),
    [(AWS, "dms.eu-central-1.amazonaws.com"), (CHINA, "dms.cn-north-1.amazonaws.com.cn")],
)
def test_the_role_is_passed_to_dms_as_the_partition_calls_it(
    placement: Placement, principal: str
) -> None:
    [passing] = [each for each in questions(environment(), placement) if "iam" in each.actions[0]]

    assert passing.actions == ("iam:PassRole",)
    assert passing.context == (("iam:PassedToService", principal),)


# --- what IAM answers


class Iam:
    """Knows one role."""

    def get_role(self, *, RoleName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        assert RoleName == "deployer"
        return {"Role": {"Arn": "arn:aws:iam::1:role/teams/deployer"}}


@pytest.mark.parametrize(
    ("caller", "who"),
    [
        (
            "arn:aws:sts::1:assumed-role/deployer/me@example.org",
            "arn:aws:iam::1:role/teams/deployer",
        ),
        ("arn:aws-cn:iam::1:user/teams/me", "arn:aws-cn:iam::1:user/teams/me"),
    ],
)
def test_policies_are_those_of_the_user_or_role(caller: str, who: str) -> None:
    iam: Any = Iam()

    assert principal(iam, caller) == who


@pytest.mark.parametrize("caller", ["arn:aws:iam::1:root", "arn:aws:sts::1:federated-user/me"])
def test_nobody_else_can_be_simulated(caller: str) -> None:
    iam: Any = Iam()

    with pytest.raises(FerryError) as error:
        principal(iam, caller)

    assert str(error.value) == (
        f"IAM simulates users and roles, and {caller} is neither; sign in as one, or name who "
        "deploys: --deployer ARN."
    )


class Simulator:
    """Allows what reads; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def simulate_principal_policy(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's own
        self.asked.append(asked)
        [action] = asked["ActionNames"]  # AWS refuses some actions together
        decision = "allowed" if ":Get" in action else "explicitDeny"
        return {"EvaluationResults": [{"EvalActionName": action, "EvalDecision": decision}]}


def test_actions_are_asked_one_by_one() -> None:
    iam: Any = Simulator()
    asked = [
        Question(actions=("s3:GetObject", "s3:PutObject"), resource="arn:aws:s3:::b/k"),
        Question(actions=("iam:PassRole",), context=(("iam:PassedToService", "dms"),)),
    ]

    decided = decisions(iam, "arn:aws:iam::1:role/r", asked)

    assert decided == {
        "s3:GetObject": Decision(is_allowed=True),
        "s3:PutObject": Decision(is_allowed=False),
        "iam:PassRole": Decision(is_allowed=False),
    }
    assert iam.asked[-1] == {
        "PolicySourceArn": "arn:aws:iam::1:role/r",
        "ActionNames": ["iam:PassRole"],
        "ResourceArns": ["*"],
        "ContextEntries": [
            {
                "ContextKeyName": "iam:PassedToService",
                "ContextKeyValues": ["dms"],
                "ContextKeyType": "string",
            }
        ],
    }
    assert iam.asked[0]["ResourceArns"] == ["arn:aws:s3:::b/k"]
