"""What a resource shows of parts that are resources of their own."""

from __future__ import annotations

import pytest

from ferry.review import read_plan
from ferry.review.plan.inline import PARTS, is_inline
from ferry.review.rules.explained import _MADE
from tests.unit.ferry.review.plans import configured, plan_text, stays
from tests.unit.ferry.review.schema import SCHEMA

SHOWN = [(type_, attribute) for type_, attributes in PARTS.items() for attribute in attributes]


@pytest.mark.parametrize(("type_", "attribute"), SHOWN)
def test_what_is_shown_is_computed(type_: str, attribute: str) -> None:
    """A block that the provider computes as well is told as one."""
    assert SCHEMA[type_][attribute]["is"] in {"computed", "optional computed", "set of blocks"}


def test_what_other_resources_explain_is_among_the_parts() -> None:
    assert set(_MADE) <= set(SHOWN)


@pytest.mark.parametrize(
    ("configuration", "answer"),
    [
        ({}, None),
        (configured(aws_eip__it={"domain": []}), None),
        (configured(aws_security_group__it={"egress": []}), False),
        (configured(aws_security_group__it={"ingress": []}), True),
    ],
)
def test_the_configuration_says_whether_it_is_inline(
    configuration: dict[str, object],
    answer: bool | None,  # noqa: FBT001 (a parameter)
) -> None:
    group = stays("aws_security_group", id="sg-1", ingress=[])
    (change,) = read_plan(plan_text(group, configuration=configuration)).changes
    assert is_inline(change, "ingress") is answer


def test_what_is_no_part_is_not_asked_of() -> None:
    (change,) = read_plan(plan_text(stays("aws_security_group", id="sg-1"))).changes
    with pytest.raises(KeyError):
        is_inline(change, "name")
