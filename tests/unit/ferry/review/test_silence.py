"""Nothing is safe by silence: any attribute of the stacks' resources becomes any other value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.review import PlanError, Verdict, masked, read_plan, review
from ferry.review.rules.combined.limits import limits_kept
from ferry.review.rules.combined.policy_limits import policies_are_taken
from ferry.review.rules.combined.tag_limits import tags_are_taken
from ferry.review.rules.finding import Fine
from ferry.review.rules.row import ANY, CREATED, Harmless, Judged, Replaces, Reported
from ferry.review.rules.table import ROWS
from tests.unit.ferry.review.plans import (
    ACCOUNT,
    BLOCKING,
    UNKNOWN,
    change,
    plan_text,
    reviewed,
    stays,
)
from tests.unit.ferry.review.schema import SCHEMA, synthesized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

TYPES = sorted({type_ for type_, _ in synthesized()})
TEXTS = (
    "",
    "a",
    "another",
    "0",
    "1",
    "-1",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/8",
    "true",
    "disabled",
    "Disabled",
    "none",
    "15.7",
    "db.t4g.medium",
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:iam::999999999999:role/another",
    "arn:aws:kms:eu-central-1:999999999999:key/1",
    "arn:aws:sns:eu-central-1:999999999999:another",
    "sg-0123456789abcdef0",
    "subnet-0123456789abcdef0",
    '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}',
)


SCALARS: dict[str, st.SearchStrategy[Json]] = {
    "string": st.sampled_from(TEXTS) | st.text(max_size=20),
    "number": st.integers(-1, 70_000) | st.sampled_from([0, 0.5, 1e9]),
    "bool": st.booleans(),
    "dynamic": st.sampled_from(["a", 1, True, {"a": "b"}]),
}


def values(kind: Json) -> st.SearchStrategy[Json]:
    """Any value of a type of the provider's schema."""
    match kind:
        case str():
            return SCALARS[kind]
        case dict():  # blocks
            return st.lists(members(kind), max_size=2)
        case ["map", items]:
            return st.dictionaries(st.sampled_from(["a", "b", "Name"]), values(items), max_size=2)
        case ["object", attributes]:
            return st.fixed_dictionaries({name: values(it) for name, it in attributes.items()})
        case _:  # a list, or a set
            return st.lists(values(kind[1]), max_size=3)


def members(block: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Json]]:
    """Any block: each attribute set or not."""
    return st.fixed_dictionaries(
        {name: st.none() | values(it["type"]) for name, it in block.items()}
    )


@st.composite
def steps(draw: st.DrawFn, type_: str) -> tuple[str, str, Json, Json]:
    """An action, an attribute, and two values of it."""
    attribute = draw(st.sampled_from(sorted(SCHEMA[type_])))
    known = st.none() | values(SCHEMA[type_][attribute]["type"])
    action = draw(st.sampled_from(["create", "update", "replace"]))
    before = None if action == "create" else draw(known)
    return action, attribute, before, draw(known)


def step(type_: str, action: str, attribute: str, before: Json, after: Json) -> dict[str, Any]:
    """One attribute of a resource changes."""
    return change(
        type_, action, None if action == "create" else {attribute: before}, {attribute: after}
    )


def verdict(text: str, account_id: str = ACCOUNT) -> Verdict:
    """What comes of a plan; one of another account is not judged."""
    try:
        plan = read_plan(text, account_id=account_id)
    except PlanError:
        return Verdict.NOT_JUDGED
    return review(plan, environment="dev", block=BLOCKING).verdict


def refused_texts(plan: Plan) -> set[str]:
    """What is told of a value for its letters or its length alone."""
    return {
        it.effect.text()
        for rule in (limits_kept, tags_are_taken, policies_are_taken)
        for it in rule(plan)
    }


def allowing(plan: Plan, it: Change, attribute: str) -> list[Any]:
    """The rows that name an attribute and allow what becomes of it, each asked by itself."""
    rows = [
        row
        for row in ROWS
        if isinstance(row, Harmless | Reported | Judged)
        and row.resource in {it.type, ANY}
        and attribute in row.attributes
    ]
    return [
        row
        for row in rows
        if isinstance(row, Reported)
        or (
            isinstance(row, Harmless)
            and (attribute == CREATED or it.action in row.on)
            and row.when(it, attribute) is True
        )
        or (
            isinstance(row, Judged)
            and (
                any(
                    isinstance(said, Fine) and said.change is it and said.attribute == attribute
                    for said in row.by(plan)
                )
            )
        )
    ]


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_safe_has_a_row_that_names_it_and_allows_it(
    type_: str, data: st.DataObject
) -> None:
    action, attribute, before, after = data.draw(steps(type_))
    text = plan_text(
        step(type_, action, attribute, before, after),
        stays("aws_subnet", "beside", id="subnet-0123456789abcdef0"),
    )
    if verdict(text) is Verdict.SAFE:
        plan = read_plan(text, account_id=ACCOUNT)
        it = plan.changes[0]
        assert all(allowing(plan, it, name) for name in it.changed())
        assert action != "create" or allowing(plan, it, CREATED)


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_safe_whatever_aws_will_say_is_safe_with_each_value(
    type_: str, data: st.DataObject
) -> None:
    """A value that only AWS will say may be any of them, but for a text that AWS refuses."""
    action, attribute, before, after = data.draw(steps(type_))
    unknown = plan_text(step(type_, action, attribute, before, UNKNOWN))
    known = read_plan(plan_text(step(type_, action, attribute, before, after)))
    if verdict(unknown) is Verdict.SAFE and known.changes[0].changed():
        found = review(known, environment="dev", block=BLOCKING)
        assert {it.effect.text() for it in found.findings} <= refused_texts(known)
        assert found.is_judged


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=40)
@given(data=st.data())
def test_a_mark_of_sensitivity_makes_nothing_safer(type_: str, data: st.DataObject) -> None:
    """It may make it worse: many read what it marks."""
    action, attribute, before, after = data.draw(steps(type_))
    item = step(type_, action, attribute, before, after)
    open_ = verdict(plan_text(item))
    item["change"]["before_sensitive"] = item["change"]["after_sensitive"] = {attribute: True}
    if verdict(plan_text(item)) is Verdict.SAFE:
        assert open_ is Verdict.SAFE


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=40)
@given(data=st.data())
def test_a_masked_plan_is_never_safer_than_the_plan(type_: str, data: st.DataObject) -> None:
    action, attribute, before, after = data.draw(steps(type_))
    item = step(type_, action, attribute, before, after)
    item["change"]["before_sensitive"] = item["change"]["after_sensitive"] = {attribute: True}
    text = plan_text(item)
    if verdict(masked(text), "") is Verdict.SAFE:  # whose plan it is, its mask may hide
        assert verdict(text, "") is Verdict.SAFE


@pytest.mark.parametrize(
    ("type_", "attribute"),
    [
        (type_, attribute)
        for type_ in TYPES
        for attribute in SCHEMA[type_]
        if not any(
            row.resource in {type_, ANY}
            and attribute in getattr(row, "attributes", (getattr(row, "attribute", ""),))
            for row in ROWS
        )
    ],
)
def test_an_attribute_without_a_row_is_not_judged(type_: str, attribute: str) -> None:
    assert reviewed(step(type_, "update", attribute, "a", "b")).exit_code == 3


@pytest.mark.parametrize(
    ("type_", "name"),
    sorted(
        {(it.resource, name) for it in ROWS if isinstance(it, Replaces) for name in it.attributes}
    ),
)
def test_what_replaces_a_resource_is_never_safe_in_place(type_: str, name: str) -> None:
    """A provider that changes it in place is none that the table was written for."""
    before = {"topic_arn": "t", "protocol": "email", "endpoint": "a@example.com", name: "a"}
    item = change(type_, "update", before, {**before, name: "b"})
    found = reviewed(item)
    assert found.exit_code != 0
    assert found.findings or [it.attributes for it in found.judgement.doubts] == [[name]]
