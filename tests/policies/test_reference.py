"""Every action of every document is one of AWS's, with the resources and conditions that it knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.prepare.policies import documents, text
from ferry.prepare.policies.statements import LONGEST_DOCUMENT, MOST_POLICIES
from tests.policies.environments import ALL, LONGEST
from tests.policies.reference import Action, matching, overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from settings.environment import Environment

Statement = dict[str, Any]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def problems(statement: Statement) -> Iterator[str]:
    """What AWS would not take, or would never apply, in a statement."""
    resources = listed(statement["Resource"])
    known: list[Action] = []
    for pattern in listed(statement["Action"]):
        found = matching(pattern)
        if not found:
            yield f"there is no action {pattern}"
        known += found
    for action in known:
        arns = [kind.arn for kind in action.kinds if kind.name]
        if resources != ["*"] and not any(
            overlap(resource, arn) for resource in resources for arn in arns
        ):
            yield f"{action.name} is never for {resources}"
        for keys in statement.get("Condition", {}).values():
            yield from (f"{action.name} knows no {key}" for key in keys if not action.knows(key))
    for resource in resources:
        if resource != "*" and not any(
            overlap(resource, kind.arn) for action in known for kind in action.kinds if kind.name
        ):
            yield f"no action is for {resource}"


@pytest.mark.parametrize("environment", ALL, ids=lambda each: f"{each.name}-{each.aws.region}")
def test_every_statement_is_one_that_aws_knows(environment: Environment) -> None:
    found = [
        f"{document.name}, {statement['Sid']}: {problem}"
        for document in documents(environment, [environment])
        if not document.name.startswith(("trust-", "key", "topic"))
        for statement in document.as_json()["Statement"]
        for problem in problems(statement)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            {"Action": "sns:Unsubscribe", "Resource": "arn:aws:sns:eu-central-1:1:topic"},
            "sns:Unsubscribe is never for ['arn:aws:sns:eu-central-1:1:topic']",
        ),
        ({"Action": "kms:MakeKey", "Resource": "*"}, "there is no action kms:MakeKey"),
        (
            {
                "Action": "cloudwatch:PutDashboard",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:ResourceTag/project": "p"}},
            },
            "cloudwatch:PutDashboard knows no aws:ResourceTag/project",
        ),
        (
            {
                "Action": "s3:GetObject",
                "Resource": ["arn:aws:s3:::bucket/key", "arn:aws:s3:::bucket"],
            },
            "no action is for arn:aws:s3:::bucket",
        ),
    ],
)
def test_what_aws_does_not_know_is_found(statement: Statement, problem: str) -> None:
    assert problem in list(problems(statement))


def test_documents_fit_into_iam_with_the_longest_names() -> None:
    found = documents(LONGEST, [LONGEST] * 4)

    lengths = {
        document.name: len(json.dumps(json.loads(text(document)), separators=(",", ":")))
        for document in found
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_DOCUMENT} == {}
    applies = [name for name in lengths if name.startswith("apply-")]
    assert len([*applies, "plan", "snapshots", "dms-of-anybody"]) <= MOST_POLICIES
