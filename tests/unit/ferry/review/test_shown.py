"""What is sensitive is judged as it is, and shown nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ferry.review
from ferry.review import Danger, Phrase, masked, ours, read_plan, review
from ferry.review.plan.shown import Masker, clipped, joined
from ferry.review.report import as_json, as_markdown, as_text
from ferry.review.rules.finding import Finding
from tests.unit.ferry.review.plans import change, dangers, effects, plan_text, reviewed, update

if TYPE_CHECKING:
    from ferry.review.plan.values import Json

GROUP = "aws_security_group"
OPEN = {
    "cidr_blocks": ["0.0.0.0/0"], "description": "", "from_port": 5432, "to_port": 5432,
    "protocol": "tcp", "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [],
    "self": False,
}  # fmt: skip


@pytest.mark.parametrize(
    "mask", [{}, {"ingress": True}, {"ingress": [{"cidr_blocks": [True]}]}, True]
)
def test_a_range_that_is_marked_as_sensitive_still_opens_the_group(mask: Json) -> None:
    group = {"id": "sg-1", "name": "aurora", "ingress": []}
    item = change(GROUP, "update", group, {**group, "ingress": [OPEN]}, after_sensitive=mask)

    found = reviewed(item)

    assert dangers(found) == {Danger.PUBLIC_REACH}
    shown = (
        "(sensitive) may connect to (sensitive)." if mask else "0.0.0.0/0 may connect to tcp 5432."
    )
    assert effects(found) == [shown]


def test_an_output_that_is_sensitive_hides_no_route_from_the_rules() -> None:
    to_internet = {"destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-0abc"}
    secret = {"actions": ["no-op"], "before": "0.0.0.0/0", "after": "0.0.0.0/0"}
    marks = {"before_sensitive": True, "after_sensitive": True}

    found = reviewed(
        change("aws_route", "create", None, {**to_internet, "route_table_id": "rtb-1"}),
        output_changes={"s": {**secret, **marks}},
    )

    assert dangers(found) == {Danger.WIDER_ACCESS}
    assert effects(found) == [
        "Subnets that exist get a route to (sensitive) over an internet gateway."
    ]


def test_a_sensitive_parameter_is_judged_and_not_shown() -> None:
    before, after = ({"parameter": [{"name": "shared_buffers", "value": it}]} for it in "12")
    item = update("aws_rds_cluster_parameter_group", before, **after)
    item["change"]["after_sensitive"] = {"parameter": True}

    assert effects(reviewed(item)) == [
        "(sensitive) becomes (sensitive), and stays (sensitive) until the instances are restarted."
    ]


def test_a_parameter_that_a_masked_plan_hides_may_be_any() -> None:
    before, after = ({"parameter": [{"name": "work_mem", "value": it}]} for it in "12")
    item = update("aws_rds_cluster_parameter_group", before, **after)
    item["change"]["after_sensitive"] = {"parameter": True}
    plan = read_plan(masked(plan_text(item)))

    assert effects(review(plan, environment="dev", block=frozenset())) == [
        "Which parameters change is known only after apply."
    ]


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [({"a": "x"}, "made of x"), ({"a": "x", "b": "canary"}, "(sensitive)")],
)
def test_a_text_that_is_made_of_something_sensitive_is_hidden_whole(
    attributes: dict[str, Any], shown: str
) -> None:
    item = change("aws_vpc", "create", None, attributes, after_sensitive={"b": True})
    (found,) = reviewed(item).plan.changes

    assert found.shown("made of x", *attributes) == shown


def test_a_secret_that_a_rule_puts_into_its_own_words_is_hidden_all_the_same() -> None:
    """The second line of defence: mypy cannot tell a template from a text of the plan's."""
    item = change("aws_vpc", "delete", {"x": "canary-secret"}, before_sensitive={"x": True})
    found = reviewed(item)
    effect = Phrase("It says canary-secret {{}} of {place}.", {"place": ours("canary-secret")})
    leak = Finding(danger=Danger.OUTAGE, change=found.plan.changes[0], effect=effect)
    found.judgement.findings.append(leak)

    for write in (as_markdown, as_text, as_json):
        assert "It says (sensitive) {} of" in write(found)
        assert "canary" not in write(found)


def test_texts_are_joined_and_cut() -> None:
    text = Masker().text
    assert joined([text("a"), text("b")]) == "a, b"
    assert clipped(text("a" * 201)) == f"{'a' * 200}… (201 characters)"


def test_no_other_module_makes_a_text_that_may_be_shown() -> None:
    """mypy refuses every other text: https://mypy.readthedocs.io/en/stable/more_types.html#newtypes"""
    files = Path(ferry.review.__file__).parent.rglob("*.py")
    makers = {it.name for it in files if re.search(r"\bShown\(", it.read_text())}
    assert makers == {"shown.py"}
