"""Names of another environment: held/other_names.py has them in a whole deployment."""

from __future__ import annotations

import pytest

from ferry.review import read_plan, review
from tests.unit.ferry.review.plans import UNKNOWN, change, effects, plan_text, reviewed, stays

OURS = stays("aws_eip", "ours", tags_all={"environment": "dev"})
"""By which the plan tells whose it is."""

TOLD = (
    "{} is no name of aurora-ferry-dev's: where another environment has it, AWS refuses it, or takes "
    "the other's for this one."
)


@pytest.mark.parametrize(
    ("type_", "attribute", "name", "told"),
    [
        ("aws_iam_role", "name", "aurora-ferry-prod-dms-secrets", True),
        ("aws_iam_role", "name", "aurora-ferry-dev-dms-secrets", False),
        ("aws_iam_role", "name", "aurora-ferry-developer", True),
        ("aws_iam_role", "name", "somebody", False),
        ("aws_iam_role", "name", UNKNOWN, False),
        ("aws_secretsmanager_secret", "name", "aurora-ferry-dev/target", False),
        ("aws_secretsmanager_secret", "name", "aurora-ferry-prod/target", True),
        ("aws_rds_cluster", "cluster_identifier", "aurora-ferry-dev", False),
        ("aws_cloudwatch_metric_alarm", "alarm_name", "aurora-replica-lag-prod", True),
        ("aws_cloudwatch_metric_alarm", "alarm_name", "aurora-replica-lag-dev", False),
        ("aws_cloudwatch_metric_alarm", "alarm_name", "writer-is-busy", False),
    ],
)
def test_a_name(type_: str, attribute: str, name: object, told: bool) -> None:  # noqa: FBT001 (a parameter)
    before = {attribute: "before"}
    for item in (
        change(type_, "create", None, {attribute: name}),
        change(type_, "update", before, {attribute: name}),
    ):
        assert (TOLD.format(f'"{name}"') in effects(reviewed(OURS, item))) is told


def test_a_name_that_stays_is_not_told() -> None:
    named = {"name": "aurora-ferry-prod-role"}
    item = change("aws_iam_role", "update", named, {**named, "description": "d"})
    assert TOLD.format('"aurora-ferry-prod-role"') not in effects(reviewed(OURS, item))


def test_whose_names_are_not_known_are_not_told() -> None:
    item = change("aws_iam_role", "create", None, {"name": "aurora-ferry-prod-role"})
    found = review(read_plan(plan_text(item)), environment="dev", block=frozenset())
    assert not [it for it in effects(found) if "is no name of" in it]
