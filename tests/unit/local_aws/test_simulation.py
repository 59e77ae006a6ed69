"""IAM's simulation says what policies say, though local AWS itself refuses nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local_aws.aws import refused

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        ],
    }
)


def allow(action: str | list[str], resource: str | list[str] = "*", **more: object) -> Any:  # noqa: ANN401 - a statement
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def role(aws: Aws, *statements: object) -> str:
    """A role with an inline policy of these statements; its ARN."""
    arn = aws.iam.create_role(RoleName="r", Path="/teams/", AssumeRolePolicyDocument=TRUST)
    aws.iam.put_role_policy(
        RoleName="r",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    return str(arn["Role"]["Arn"])


def simulated(
    aws: Aws, arn: str, action: str, resource: str | None = None, **context: str
) -> tuple[str, list[str]]:
    """The decision on an action, and the condition keys that were missing for it."""
    given = {"ResourceArns": [resource]} if resource else {}
    [result] = aws.iam.simulate_principal_policy(
        PolicySourceArn=arn,
        ActionNames=[action],
        ContextEntries=[
            {
                "ContextKeyName": key.replace("__", ":"),
                "ContextKeyValues": [value],
                "ContextKeyType": "string",
            }
            for key, value in context.items()
        ],
        **given,
    )["EvaluationResults"]
    assert result["EvalActionName"] == action
    assert result["EvalResourceName"] == resource or "*"
    return result["EvalDecision"], result["MissingContextValues"]


@pytest.mark.parametrize(
    ("action", "resource", "decision"),
    [
        ("rds:CreateDBCluster", "arn:aws:rds:eu-central-1:1:cluster:mine-1", "allowed"),
        ("RDS:createdbcluster", "arn:aws:rds:eu-central-1:1:cluster:mine-1", "allowed"),
        ("rds:CreateDBCluster", "arn:aws:rds:eu-central-1:1:cluster:theirs", "implicitDeny"),
        ("rds:DeleteDBCluster", "arn:aws:rds:eu-central-1:1:cluster:mine-1", "explicitDeny"),
        ("dms:CreateEndpoint", None, "implicitDeny"),
    ],
)
def test_actions_and_resources_are_matched(
    aws: Aws, action: str, resource: str | None, decision: str
) -> None:
    arn = role(
        aws,
        allow("rds:*", ["arn:aws:rds:*:*:cluster:mine-?", "arn:aws:rds:*:*:db:mine-?"]),
        {"Effect": "Deny", "Action": ["rds:Delete*"], "Resource": "*"},
    )

    assert simulated(aws, arn, action, resource) == (decision, [])


def test_what_is_not_excepted_is_matched(aws: Aws) -> None:
    arn = role(aws, {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::a"})

    assert simulated(aws, arn, "s3:GetObject", "arn:aws:s3:::b")[0] == "allowed"
    assert simulated(aws, arn, "s3:GetObject", "arn:aws:s3:::a")[0] == "implicitDeny"
    assert simulated(aws, arn, "iam:CreateRole")[0] == "implicitDeny"


def test_conditions_on_strings_are_compared(aws: Aws) -> None:
    condition = {"StringLike": {"iam:PassedToService": ["dms.*", "rds.*"]}}
    arn = role(aws, allow("iam:PassRole", Condition=condition))

    assert simulated(aws, arn, "iam:PassRole", iam__PassedToService="dms.eu")[0] == "allowed"
    assert simulated(aws, arn, "iam:PassRole", iam__PassedToService="ec2")[0] == "implicitDeny"
    assert simulated(aws, arn, "iam:PassRole") == ("implicitDeny", ["iam:PassedToService"])


@pytest.mark.parametrize(
    ("condition", "given", "decision"),
    [
        ({"StringEqualsIfExists": {"aws:ResourceTag/a": "1"}}, {}, "allowed"),
        (
            {"StringEqualsIfExists": {"aws:ResourceTag/a": "1"}},
            {"aws__ResourceTag/a": "2"},
            "implicitDeny",
        ),
        ({"StringNotEquals": {"aws:ResourceTag/a": "1"}}, {}, "allowed"),
        (
            {"StringNotEquals": {"aws:ResourceTag/a": "1"}},
            {"aws__ResourceTag/a": "1"},
            "implicitDeny",
        ),
        ({"ForAllValues:StringEquals": {"aws:ResourceTag/a": ["1", "2"]}}, {}, "allowed"),
        (
            {"ForAllValues:StringEquals": {"aws:ResourceTag/a": ["1", "2"]}},
            {"aws__ResourceTag/a": "2"},
            "allowed",
        ),
        (
            {"ForAllValues:StringEquals": {"aws:ResourceTag/a": ["1", "2"]}},
            {"aws__ResourceTag/a": "3"},
            "implicitDeny",
        ),
        ({"Null": {"aws:ResourceTag/a": "true"}}, {}, "allowed"),
        ({"Null": {"aws:ResourceTag/a": "true"}}, {"aws__ResourceTag/a": "1"}, "implicitDeny"),
        ({"Null": {"aws:ResourceTag/a": "false"}}, {"aws__ResourceTag/a": "1"}, "allowed"),
    ],
)
def test_conditions_that_do_without_the_key(
    aws: Aws, condition: dict[str, Any], given: dict[str, str], decision: str
) -> None:
    arn = role(aws, allow("kms:TagResource", Condition=condition))

    assert simulated(aws, arn, "kms:TagResource", **given) == (decision, [])


def test_conditions_of_another_kind_hold_for_nobody(aws: Aws) -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    arn = role(aws, allow("iam:PassRole", Condition=condition))

    assert simulated(aws, arn, "iam:PassRole") == ("implicitDeny", ["aws:MultiFactorAuthPresent"])


def test_managed_policies_count_in_their_default_version(aws: Aws) -> None:
    arn = role(aws, allow("s3:GetObject"))
    policy = aws.iam.create_policy(
        PolicyName="p", PolicyDocument=json.dumps(document("dms:CreateEndpoint"))
    )["Policy"]["Arn"]
    aws.iam.create_policy_version(
        PolicyArn=policy, PolicyDocument=json.dumps(document("dms:DeleteEndpoint"))
    )
    aws.iam.attach_role_policy(RoleName="r", PolicyArn=policy)

    assert simulated(aws, arn, "dms:CreateEndpoint")[0] == "allowed"
    assert simulated(aws, arn, "dms:DeleteEndpoint")[0] == "implicitDeny"


def document(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": allow(action)}


def test_a_users_policies_count(aws: Aws) -> None:
    arn = aws.iam.create_user(UserName="u")["User"]["Arn"]
    aws.iam.put_user_policy(
        UserName="u", PolicyName="p", PolicyDocument=json.dumps(document("s3:GetObject"))
    )

    assert simulated(aws, arn, "s3:GetObject")[0] == "allowed"
    assert simulated(aws, arn, "s3:PutObject")[0] == "implicitDeny"


def test_a_user_that_nobody_made_may_do_everything(aws: Aws) -> None:
    assert simulated(aws, f"arn:aws:iam::{aws.account}:user/moto", "s3:GetObject")[0] == "allowed"


def test_a_role_that_nobody_made_is_not_found(aws: Aws) -> None:
    with refused("NoSuchEntity"):
        simulated(aws, f"arn:aws:iam::{aws.account}:role/r", "s3:GetObject")


def test_neither_user_nor_role_is_refused(aws: Aws) -> None:
    with refused("InvalidInput", "Invalid Entity Arn"):
        simulated(aws, f"arn:aws:iam::{aws.account}:root", "s3:GetObject")
