"""Long values in a sentence: what differs, and how much does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.review import read_plan
from tests.unit.ferry.review.plans import change, effects, plan_text, reviewed, update

ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
LONG = [f"subnet-{number:017x}" for number in range(12)]
SUBSCRIPTION = "aws_sns_topic_subscription"


def sides(before: Any, after: Any) -> tuple[str, str]:  # noqa: ANN401 (any JSON)
    """How a sentence says a value before and after."""
    found = read_plan(plan_text(change("a_b", "update", {"c": before}, {"c": after})))
    said = found.changes[0].shown_sides("c")
    return said["before"], said["after"]


def alone(value: Any) -> str:  # noqa: ANN401 (the same)
    """How a sentence says a value of which it says nothing else."""
    found = read_plan(plan_text(change("a_b", "create", None, {"c": value})))
    return found.changes[0].shown_after("c")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (ZONES[:1], ZONES[:2], ('["eu-central-1a"]', '["eu-central-1a", "eu-central-1b"]')),
        (
            LONG[:3],
            LONG[1:3],
            ('["subnet-00000000000000000", … 2 the same]', "[… 2 the same]"),
        ),
        ([], LONG, ("[]", f'["{LONG[0]}", "{LONG[1]}", "{LONG[2]}", "{LONG[3]}", … 8 more]')),
        (
            [{"max": 64, "min": 8, "pause": None, "text": "x" * 60}],
            [{"max": 64, "min": 0, "pause": 300, "text": "x" * 60}],
            (
                '[{"min": 8, "pause": (not set), … 2 the same}]',
                '[{"min": 0, "pause": 300, … 2 the same}]',
            ),
        ),
        (
            {"a": "x" * 60, "gone": 1},
            {"a": "x" * 60, "come": False},
            ('{"gone": 1, … 1 the same}', '{"come": false, … 1 the same}'),
        ),
        (
            json.dumps({"Statement": [{"Sid": "One", "Action": "kms:*"}], "Id": "x" * 60}),
            json.dumps({"Statement": [{"Sid": "One", "Action": "kms:List*"}], "Id": "x" * 60}),
            (
                '{"Statement": [{"Action": "kms:*", … 1 the same}], … 1 the same}',
                '{"Statement": [{"Action": "kms:List*", … 1 the same}], … 1 the same}',
            ),
        ),
        ("", '{"team": ["dba"]}', ('""', '{"team": ["dba"]}')),
        ("one text", "x" * 90, ('"one text"', f'"{"x" * 90}"')),
        ([1] * 30, [1] * 31, ("[1, 1, 1, 1, … 26 more]", "[1, 1, 1, 1, … 27 more]")),
    ],
)
def test_both_sides_say_what_differs(before: Any, after: Any, said: tuple[str, str]) -> None:  # noqa: ANN401 (the same)
    assert sides(before, after) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (ZONES, '["eu-central-1a", "eu-central-1b", "eu-central-1c"]'),
        (
            [{"cidr_block": "10.0.0.0/8", "gateway_id": "", "nat": None, "more": "y" * 40, "n": 0}],
            f'[{{"cidr_block": "10.0.0.0/8", "more": "{"y" * 40}", "n": 0}}]',
        ),
        (dict.fromkeys(LONG, 1), f'{{"{LONG[0]}": 1, "{LONG[1]}": 1, "{LONG[2]}": 1, "{LONG[3]}": 1, … 8 more}}'),
        ('{"team": ["dba"]}', '{"team": ["dba"]}'),
        ("{no JSON", '"{no JSON"'),
    ],
)  # fmt: skip
def test_a_value_alone_says_how_it_begins(value: Any, said: str) -> None:  # noqa: ANN401 (the same)
    assert alone(value) == said


def test_no_secret_is_told_by_what_differs() -> None:
    def policy(password: str) -> str:
        return json.dumps({"password": password, "text": "x" * 60})

    assert sides(policy("Pa55-one"), policy("Pa55-two")) == (
        '{"password": (sensitive), … 1 the same}',
        '{"password": (sensitive), … 1 the same}',
    )
    assert alone([{"name": "DB_PASSWORD", "value": "Pa55-one", "x": "x" * 60}]) == (
        f'[{{"name": "DB_PASSWORD", "value": (sensitive), "x": "{"x" * 60}"}}]'
    )


def test_a_filter_is_said_without_escapes() -> None:
    before = {"filter_policy": '{"severity":["high"]}', "filter_policy_scope": "MessageBody"}
    found = reviewed(update(SUBSCRIPTION, before, filter_policy='{"team":["nobody"]}'))
    assert 'other things: {"team": ["nobody"]} in place of {"severity": ["high"]}.' in str(
        effects(found)
    )
