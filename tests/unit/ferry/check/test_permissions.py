"""What is asked about the deployer's permissions, and what is said of the answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ferry.check.judging.permissions import Decision, judge, questions
from ferry.findings import Finding, Level
from tests.unit.ferry.check.environments import environment

POLICIES = Path(__file__).resolve().parents[4] / "docs" / "policies"
WHO = "arn:aws:iam::111122223333:role/deployer"
ALLOWED = Decision(is_allowed=True)
DENIED = Decision(is_allowed=False)


def test_all_is_allowed() -> None:
    assert judge(WHO, {"s3:GetObject": ALLOWED, "iam:PassRole": ALLOWED}) == [
        Finding(
            check="permissions",
            level=Level.RIGHT,
            what=f"{WHO} may do the 2 actions that decide over a deployment, by IAM's simulation.",
        )
    ]


def test_an_action_that_is_allowed_although_a_condition_is_open() -> None:
    [finding] = judge(WHO, {"s3:GetObject": Decision(is_allowed=True, missing=("aws:a",))})

    assert finding.level is Level.RIGHT


def test_actions_that_are_denied() -> None:
    decisions = {"s3:GetObject": ALLOWED, "iam:PassRole": DENIED, "kms:CreateKey": DENIED}

    assert judge(WHO, decisions) == [
        Finding(
            check="permissions",
            level=Level.BLOCKED,
            what=f"{WHO} may not: iam:PassRole, kms:CreateKey.",
            why="A deployment with these credentials ends half-way.",
            remedy="Attach the policies in docs/policies (docs/deployment.md, Permissions), or "
            "name who deploys: --deployer ARN.",
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
    asked = questions(environment(**sections), partition="aws")
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


def test_resources_are_the_environments_own() -> None:
    resources = {question.resource for question in questions(environment(), partition="aws-cn")}

    assert resources == {
        "*",
        f"arn:aws-cn:s3:::{environment().state_bucket}/environments/dev/terraform.tfstate",
        "arn:aws-cn:rds:eu-central-1:111122223333:cluster:aurora-ferry-dev",
        "arn:aws-cn:rds:eu-central-1:111122223333:db:aurora-ferry-dev-writer",
        "arn:aws-cn:secretsmanager:eu-central-1:111122223333:secret:aurora-ferry-dev/master-AbCdEf",
        "arn:aws-cn:iam::111122223333:role/aurora-ferry-dev-dms-secrets",
        "arn:aws-cn:logs:eu-central-1:111122223333:log-group:dms-tasks-aurora-ferry-dev",
        "arn:aws-cn:sns:eu-central-1:111122223333:aurora-ferry-dev-alarms",
    }


@pytest.mark.parametrize(
    "question",
    questions(environment(), partition="aws"),
    ids=lambda question: question.actions[0],
)
def test_the_projects_own_policies_allow_what_is_asked(question: object) -> None:
    """Whoever has the policies of docs/policies is not told that something is missing."""
    documents = [json.loads(file.read_text()) for file in POLICIES.glob("*.json")]
    statements = [
        statement
        for file, document in zip(POLICIES.glob("*.json"), documents, strict=True)
        if file.stem.startswith(("apply", "plan"))
        for statement in document["Statement"]
    ]
    for action in question.actions:  # type: ignore[attr-defined] # pytest's parameter
        assert any(
            _matches(statement["Action"], action)
            and _matches(statement["Resource"], question.resource)  # type: ignore[attr-defined] # the same
            for statement in statements
        ), action


def _matches(patterns: str | list[str], value: str) -> bool:
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), value) for pattern in listed)
