"""Whether the stack that is given beside a plan is the one that was planned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import masked, read_plan
from ferry.review.plan.stack import unlike
from ferry.review.plan.whole import Unread, Why
from tests.unit.ferry.review.plans import plan_text, stack_of, stays

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

BODY = {
    "//": {"metadata": {"path": "dev/it"}},
    "alarm_actions": ["${aws_sns_topic.t.arn}"],
    "depends_on": ["aws_sns_topic.t"],
    "dynamic": {"ingress": {"for_each": "${var.x}"}},
    "enabled": False,
    "lifecycle": {"prevent_destroy": True},
    "name": "",
    "parameter": [{"name": "a", "value": "1"}],
    "scaling": {"max": 8, "rule": []},
    "tags": {},
    "timeouts": {"create": "4h"},
}
EXPRESSIONS: dict[str, Any] = {
    "alarm_actions": {
        "constant_value": ["${aws_sns_topic.t.arn}"],
        "references": ["aws_sns_topic.t.arn", "aws_sns_topic.t"],
    },
    "enabled": {"constant_value": False},
    "name": {"constant_value": ""},
    "parameter": [{"name": {"constant_value": "a"}, "value": {"constant_value": "1"}}],
    "scaling": [{"max": {"constant_value": 8}}],
    "tags": {"constant_value": {}},
    "timeouts": {"create": {"constant_value": "4h"}},
}
"""As Terraform 1.11 writes it of that body."""


def configuration(
    expressions: Json = None, address: str = "aws_vpc.it", **more: Json
) -> dict[str, Any]:
    resource = {"address": address, "mode": "managed", "expressions": expressions or EXPRESSIONS}
    return {"root_module": {"resources": [{**resource, **more}]}}


def differ(body: Json = None, **given: Json) -> list[str]:
    return unlike({"aws_vpc.it": body or BODY}, configuration(**given))


def test_what_was_planned_is_like_its_stack() -> None:
    assert differ() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"alarm_actions": ["${aws_sns_topic.other.arn}"]},
        {"enabled": True},
        {"name": "a"},
        {"name": None},
        {"parameter": []},
        {"parameter": [{"name": "a", "value": "2"}]},
        {"parameter": [{"name": "a", "value": "1"}, {"name": "b", "value": "1"}]},
        {"parameter": "a"},
        {"scaling": {"max": 9}},
        {"scaling": {"max": 8, "min": 1}},
        {"scaling": {}},
        {"tags": {"a": "b"}},
        {"timeouts": {"create": "5h"}},
        {"timeouts": "4h"},
        {"more": 1},
    ],
)
def test_another_argument_is_another_stack(changed: dict[str, Any]) -> None:
    assert differ({**BODY, **changed}) == ["aws_vpc.it"]


def test_so_is_one_resource_more_on_either_side() -> None:
    assert unlike({}, configuration()) == ["aws_vpc.it"]
    assert unlike({"aws_vpc.it": BODY, "aws_vpc.more": BODY}, configuration()) == ["aws_vpc.more"]


def test_what_a_plan_does_not_say_is_not_compared() -> None:
    untold: Json = {name: {"references": []} for name in EXPRESSIONS}
    assert differ(expressions=untold) == []
    assert unlike({"aws_vpc.it": BODY}, None) == []
    data = configuration(address="data.aws_vpc.read")["root_module"]["resources"]
    data += configuration(address="aws_vpc.read", mode="data")["root_module"]["resources"]
    data += configuration(address="module.m.aws_vpc.it")["root_module"]["resources"]
    assert unlike({}, {"root_module": {"resources": data}}) == []


def test_another_stack_is_told_and_nothing_of_it_believed() -> None:
    given = json.dumps(stack_of(aws_vpc={**BODY, "enabled": True}))
    found = read_plan(plan_text(stays("aws_vpc"), configuration=configuration()), stack_text=given)

    assert found.unread == [Unread(why=Why.STACK, name="aws_vpc.it")]
    assert found.stack == {}
    assert found.unread[0].why.format(name=found.unread[0].name) == (
        "The stack that was given is not the one that was planned: it is another commit's, or "
        "another environment's. They differ in aws_vpc.it."
    )


def test_a_masked_plan_is_compared_by_its_addresses() -> None:
    plan = masked(plan_text(stays("aws_vpc"), configuration=configuration()))
    same = json.dumps(stack_of(aws_vpc=BODY))
    other = json.dumps(stack_of(aws_subnet=BODY))

    assert read_plan(plan, stack_text=same).unread == []
    assert [it.why for it in read_plan(plan, stack_text=other).unread] == [Why.STACK]


@pytest.mark.parametrize("root", [{}, {"resources": []}])
def test_what_destroys_all_is_told_in_the_names_of_the_stack_that_was(root: Json) -> None:
    """The configuration of an environment whose file is gone has its provider alone."""
    assert unlike({"aws_vpc.it": BODY}, {"root_module": root}) == []
