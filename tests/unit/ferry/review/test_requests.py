"""Whether a policy's statements let a request through: what cannot be told, they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review.plan.policy_documents import statements
from ferry.review.plan.requests import Request, lets

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

ACCOUNT = "111122223333"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/ferry"}
TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:alarms"
SOURCE = f"arn:aws:rds:eu-central-1:{ACCOUNT}:*"

SERVICE = Request(
    who=frozenset({"Service: events.rds.amazonaws.com"}),
    action="sns:Publish",
    of=frozenset({TOPIC, "${aws_sns_topic.it.arn}"}),
    context={"aws:sourceaccount": ACCOUNT, "aws:sourcearn": SOURCE},
)
SOMEBODY = Request(
    who=frozenset({f"AWS: {ACCOUNT}"}),
    action="sns:Publish",
    of=SERVICE.of,
    context={"aws:principalaccount": ACCOUNT},
)
ROLES_OWN = Request(action="secretsmanager:GetSecretValue", of=frozenset({TOPIC}))
PUBLISH: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "events.rds.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": TOPIC,
}


def said(*them: dict[str, Any], request: Request = SERVICE) -> bool:
    found = statements({"Version": "2012-10-17", "Statement": list(them)})
    assert found is not None
    return lets(found, request)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"Action": ["sns:Get*", "SNS:Pub*"]}, True),
        ({"Action": "sns:Subscribe"}, False),
        ({"Action": "sns:P?blish"}, False),
        ({"Resource": "*"}, True),
        ({"Resource": "arn:aws:sns:eu-central-1:*"}, True),
        ({"Resource": "${aws_sns_topic.it.arn}"}, True),
        ({"Resource": "${aws_sns_topic.other.arn}"}, False),
        ({"Resource": "${local.topic}"}, True),
        ({"Resource": f"{TOPIC}-of-prod"}, False),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"Service": "*"}}, True),
        ({"Principal": {"Service": "rds.amazonaws.com"}}, False),
        ({"Principal": ROOT}, False),
    ],
    ids=str,
)
def test_a_statement_lets_a_service(changed: dict[str, Json], expected: bool) -> None:  # noqa: FBT001
    assert said({**PUBLISH, **changed}) is expected


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"NotAction": "sns:Subscribe"}, True),
        ({"NotAction": "sns:*"}, False),
        ({"NotAction": "sns:P?blish"}, False),
        ({"NotResource": f"{TOPIC}-of-prod"}, True),
        ({"NotResource": TOPIC}, False),
        ({"NotPrincipal": {"Service": "rds.amazonaws.com"}}, True),
        ({"NotPrincipal": {"Service": "events.rds.amazonaws.com"}}, False),
    ],
    ids=str,
)
def test_a_statement_of_all_but(element: dict[str, Json], expected: bool) -> None:  # noqa: FBT001
    [name] = element
    kept = {key: value for key, value in PUBLISH.items() if key != name.removeprefix("Not")}
    assert said({**kept, **element}) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:SourceAccount": [ACCOUNT, "222222222222"]}}, True),
        ({"StringEquals": {"AWS:SourceAccount": "222222222222"}}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"StringEqualsIgnoreCase": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": "222222222222"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}, False),
        ({"StringLike": {"aws:SourceAccount": "1111*"}}, True),
        ({"StringNotLike": {"aws:SourceAccount": "1111*"}}, False),
        ({"ForAnyValue:StringEquals": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": ACCOUNT}}, False),
        ({"NumericEquals": {"aws:SourceAccount": ACCOUNT}}, False),
        ({"StringEquals": {"aws:SourceOrgID": "o-1"}}, False),
        ({"StringEquals": {"sts:ExternalId": "x"}}, False),
        ({"ArnLike": {"aws:SourceArn": SOURCE}}, True),
        ({"ArnEquals": {"aws:SourceArn": f"arn:*:rds:*:{ACCOUNT}:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:rds:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": SOURCE.replace(ACCOUNT, "222222222222")}}, False),
        ({"ArnLike": {"aws:SourceArn": f"{SOURCE[:-1]}db:prod"}}, False),
        ({"StringEquals": {"aws:SourceArn": SOURCE}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        (
            {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "StringLike": {"aws:SourceOrgID": "*"},
            },
            False,
        ),
    ],
    ids=str,
)
def test_a_condition(condition: dict[str, Json], expected: bool) -> None:  # noqa: FBT001
    assert said({**PUBLISH, "Condition": condition}) is expected


@pytest.mark.parametrize(
    ("denied", "expected"),
    [
        ({}, False),
        ({"Principal": "*"}, False),
        ({"Action": "sns:P?blish"}, False),
        ({"Action": "sns:Subscribe"}, True),
        ({"Principal": {"Service": "rds.amazonaws.com"}}, True),
        ({"Resource": f"{TOPIC}-of-prod"}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:SourceOrgID": "o-1"}}}, False),
        ({"Condition": {"ArnLike": {"aws:SourceArn": f"{SOURCE[:-1]}db:prod"}}}, False),
    ],
    ids=str,
)
def test_what_may_deny_it_denies_it(denied: dict[str, Json], expected: bool) -> None:  # noqa: FBT001
    assert said(PUBLISH, {**PUBLISH, **denied, "Effect": "Deny"}) is expected
    assert said({**PUBLISH, **denied, "Effect": "Deny"}) is False


@pytest.mark.parametrize(
    ("principal", "allowed", "denied"),
    [
        (ROOT, True, False),
        ({"AWS": ACCOUNT}, True, False),
        ("*", True, False),
        (ROLE, False, False),
        ({"AWS": "${aws_iam_role.it.arn}"}, False, False),
        ({"AWS": "arn:aws:iam::222222222222:root"}, False, True),
        ({"Service": "rds.amazonaws.com"}, False, True),
    ],
    ids=str,
)
def test_of_an_account_it_may_be_anybody(principal: Json, allowed: bool, denied: bool) -> None:  # noqa: FBT001
    statement = {**PUBLISH, "Principal": principal}
    everyone = {**PUBLISH, "Principal": "*"}
    assert said(statement, request=SOMEBODY) is allowed
    assert said(everyone, {**statement, "Effect": "Deny"}, request=SOMEBODY) is denied


def test_a_roles_own_policy_names_nobody() -> None:
    reads = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": TOPIC}
    assert said(reads, request=ROLES_OWN)
    assert not said({**reads, "Resource": f"{TOPIC}-of-prod"}, request=ROLES_OWN)


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_is_not_known_yet_is_among_everything(effect: str) -> None:
    key = Request(action="kms:Decrypt", of=frozenset({"${aws_kms_key.it.arn}"}))
    decrypt = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "${aws_kms_key.it.arn}"}
    everything = {"Effect": effect, "Action": "kms:*", "Resource": "*"}
    assert said(everything, request=key) is (effect == "Allow")
    assert said(decrypt, everything, request=key) is (effect == "Allow")


def test_of_more_than_a_policy_may_have_nothing_is_known() -> None:
    topics = [f"{TOPIC}-{it}" for it in range(199)]
    assert said({**PUBLISH, "Resource": [TOPIC, *topics]})
    assert not said({**PUBLISH, "Resource": [TOPIC, *topics, f"{TOPIC}-more"]})
    assert said(*[PUBLISH] * 200)
    assert not said(*[PUBLISH] * 201)
