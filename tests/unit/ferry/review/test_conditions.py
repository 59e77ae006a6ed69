"""The conditions of rules, at their edges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ferry.review.plan.plan import Action, Change, Neighbours
from ferry.review.plan.values import UNKNOWN, Hidden, Json
from ferry.review.rules import conditions

if TYPE_CHECKING:
    from collections.abc import Callable


def holds(condition: conditions.Condition, before: Json, after: Json) -> bool | None:
    change = Change(
        address="a.b", type="a", action=Action.UPDATE, before={"x": before}, after={"x": after}
    )
    return condition(change, "x")


@pytest.mark.parametrize(
    ("condition", "before", "after", "expected"),
    [
        (conditions.always, None, None, True),
        (conditions.lowered, 2, 1, True),
        (conditions.lowered, 2, None, True),
        (conditions.lowered, None, 1, False),
        (conditions.lowered, True, False, False),
        (conditions.lowered, "30", "7", True),
        (conditions.lowered, 30, "7", True),
        (conditions.lowered, "7", 30, False),
        (conditions.lowered, 30, "a week", None),
        (conditions.lowered_from(30), None, 7, True),
        (conditions.lowered_from(30), None, 0, True),
        (conditions.lowered_from(30), None, 30, False),
        (conditions.lowered_from(30), 7, None, False),
        (conditions.lowered_or_first, None, 365, True),
        (conditions.lowered_or_first, 0, 365, True),
        (conditions.lowered_or_first, 365, 90, True),
        (conditions.lowered_or_first, 90, 365, False),
        (conditions.lowered_or_first, 90, UNKNOWN, None),
        (conditions.raised, 1, 2, True),
        (conditions.raised, None, 2, True),
        (conditions.raised, 2, None, False),
        (conditions.turned_on, None, True, True),
        (conditions.turned_on, True, True, False),
        (conditions.turned_off, True, None, True),
        (conditions.turned_off, None, False, False),
        (conditions.removed, "a", "", True),
        (conditions.removed, None, "a", False),
        (conditions.stays_unset, None, 0, True),
        (conditions.stays_unset, 0, "", True),
        (conditions.stays_unset, 60, None, False),
        (conditions.stays_unset, None, 60, False),
        (conditions.stays_unset, None, UNKNOWN, None),
        (conditions.loses_items, ["a"], None, True),
        (conditions.loses_items, None, ["a"], False),
        (conditions.version_goes_down, "15.10", "15.9", True),
        (conditions.version_goes_down, "15.9", "15.10", False),
        (conditions.version_goes_down, "15.8", "15", False),
        (conditions.version_goes_down, "15.8", "14", True),
        (conditions.version_goes_down, "15.8", None, False),
        (conditions.version_goes_up, "3.5.4", "4.0.0", True),
        (conditions.version_goes_up, "3.5.4", None, False),
        (conditions.version_goes_up, "3.5.4", "latest", False),
        (conditions.major_version_goes_up, "15.8", "16.1", True),
        (conditions.major_version_goes_up, "15.8", "15.9", False),
        (conditions.minor_version_goes_up, "15.8", "15.9", True),
        (conditions.minor_version_goes_up, "15.8", "16.1", False),
        (conditions.minor_version_goes_up, "15.8", None, False),
        (conditions.becomes(0), 60, 0, True),
        (conditions.becomes(0), 0, 0, False),
        (conditions.goes_down_in(("a", "b")), "b", "a", True),
        (conditions.goes_down_in(("a", "b")), "a", "b", False),
        (conditions.goes_down_in(("a", "b")), "a", None, True),
        (conditions.one_of("a", "b"), "c", "b", True),
        (conditions.one_of("a", "b"), "a", "c", False),
        (conditions.one_of(None), "a", [], True),
        (conditions.one_of(None), "a", False, False),
        (conditions.unset, "a", None, True),
        (conditions.unset, "a", 0, False),
        (conditions.between(1, 35), 7, 1, True),
        (conditions.between(1, 35), 7, 35, True),
        (conditions.between(1, 35), 7, 0, False),
        (conditions.between(1, 35), 7, 36, False),
        (conditions.between(1, 35), 7, "35", True),
        (conditions.between(1, 35), 7, "35 days", False),
        (conditions.between(0, 1), 7, True, False),
        (conditions.between(0, 1), 7, None, False),
        (conditions.matches("[a-z]+"), None, "abc", True),
        (conditions.matches("[a-z]+"), None, "abc\n", False),
        (conditions.matches("[a-z]+"), None, 5, False),
        (conditions.any_of(conditions.lowered, conditions.raised), 1, 2, True),
        (conditions.any_of(conditions.lowered, conditions.becomes(7)), 1, 2, False),
        (conditions.all_of(conditions.raised, conditions.becomes(2)), 1, 2, True),
        (conditions.all_of(conditions.raised, conditions.becomes(7)), 1, 2, False),
    ],
)
def test_conditions(
    condition: conditions.Condition,
    before: Json,
    after: Json,
    expected: bool,  # noqa: FBT001 (a parameter)
) -> None:
    assert holds(condition, before, after) is expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (1, UNKNOWN),
        (Hidden("a"), 1),
        (1, Hidden("a")),
        (["a"], ["a", UNKNOWN]),
        (["a"], [{"b": Hidden("a")}]),
    ],
)
def test_of_what_cannot_be_seen_nothing_can_be_told(before: Json, after: Json) -> None:
    assert holds(conditions.lowered, before, after) is None


@pytest.mark.parametrize("after", [UNKNOWN, Hidden("a"), ["a", UNKNOWN]])
@pytest.mark.parametrize(
    "condition",
    [conditions.one_of("a"), conditions.between(0, 9), conditions.matches("a"), conditions.unset],
)
def test_a_new_value_that_cannot_be_seen_is_not_told_to_be_one(
    condition: conditions.Condition, after: Json
) -> None:
    assert holds(condition, "b", after) is None


@pytest.mark.parametrize(
    ("together", "answers", "expected"),
    [
        (conditions.any_of, (False, None), None),
        (conditions.any_of, (None, True), True),
        (conditions.any_of, (False, False), False),
        (conditions.all_of, (True, None), None),
        (conditions.all_of, (None, False), False),
        (conditions.all_of, (True, True), True),
    ],
)
def test_what_cannot_be_told_of_one_is_told_of_several_only_where_it_does_not_matter(
    together: Callable[..., conditions.Condition],
    answers: tuple[bool | None, ...],
    expected: bool | None,  # noqa: FBT001 (a parameter)
) -> None:
    several = [(lambda _change, _name, it=it: it) for it in answers]
    assert holds(together(*several), 1, 2) is expected


KEY = "aws_kms_key.k"


def refers(
    condition: conditions.Condition,
    after: Json,
    *addresses: str,
    action: Action = Action.NO_OP,
    arn: Json = "arn",
) -> bool | None:
    """What a condition says of an attribute that refers to addresses, beside one key."""
    key = Change(
        address=KEY, type="aws_kms_key", action=action, after={"arn": arn, "description": ""}
    )
    change = Change(
        address="a.b",
        type="a",
        action=Action.CREATE,
        after={"x": after},
        references={"x": addresses},
        neighbours=Neighbours({KEY: [key], "data.aws_kms_key.k": [replace(key, managed=False)]}),
    )
    return condition(change, "x")


def test_a_value_is_that_of_a_resource_that_it_refers_to_and_that_is_there() -> None:
    ours = conditions.refers_to("aws_kms_key")
    assert refers(ours, "arn", KEY) is True
    assert refers(ours, ["arn"], KEY) is True
    assert refers(ours, UNKNOWN, KEY, action=Action.CREATE, arn=UNKNOWN) is True
    assert refers(ours, "another", KEY) is False
    assert refers(ours, ["arn", "another"], KEY) is False
    assert refers(ours, "", KEY) is False
    assert refers(ours, "arn") is False
    assert refers(ours, "arn", KEY, "var.key") is False
    assert refers(ours, "arn", "data.aws_kms_key.k") is False
    assert refers(ours, "arn", KEY, action=Action.DELETE) is False
    assert refers(conditions.refers_to("aws_eip"), "arn", KEY) is False
    assert refers(ours, Hidden("arn"), KEY) is None


def test_a_value_is_that_of_a_resource_that_the_plan_makes() -> None:
    new = conditions.refers_to_new("aws_kms_key")
    assert refers(new, UNKNOWN, KEY, action=Action.CREATE, arn=UNKNOWN) is True
    assert refers(new, "arn", KEY, action=Action.NO_OP) is False
    assert refers(new, UNKNOWN, KEY, action=Action.REPLACE, arn=UNKNOWN) is False


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        ({"x": ("data.aws_subnet.a", "data.aws_subnet.b")}, True),
        ({"x": ("data.aws_subnet.a", "aws_subnet.b")}, False),
        ({"x": ("data.aws_subnets.a",)}, False),
        ({"x": ()}, False),
        ({}, False),
        (None, None),
    ],
)
def test_a_value_is_looked_up_where_the_configuration_refers_to_data_sources_alone(
    references: dict[str, tuple[str, ...]] | None,
    expected: bool | None,  # noqa: FBT001 (a parameter)
) -> None:
    change = Change(
        address="a.b", type="a", action=Action.CREATE, after={"x": ["s"]}, references=references
    )
    assert conditions.looked_up("aws_subnet")(change, "x") is expected


@pytest.mark.parametrize(
    ("after", "references", "expected"),
    [
        (UNKNOWN, {}, True),
        (UNKNOWN, {"x": ()}, False),
        (UNKNOWN, None, None),
        ("known", {}, False),
    ],
)
def test_what_the_configuration_does_not_name_and_aws_decides_is_left_out(
    after: Json,
    references: dict[str, tuple[str, ...]] | None,
    expected: bool | None,  # noqa: FBT001 (a parameter)
) -> None:
    change = Change(
        address="a.b", type="a", action=Action.CREATE, after={"x": after}, references=references
    )
    assert conditions.left_out(change, "x") is expected


def test_what_a_resource_refers_to_is_not_known_without_a_configuration() -> None:
    change = Change(address="a.b", type="a", action=Action.CREATE, after={"x": "arn"})
    assert conditions.refers_to("aws_kms_key")(change, "x") is None


@pytest.mark.parametrize(
    ("value", "numbers"), [("15.8", (15, 8)), ("3.5.4", (3, 5, 4)), ("none", ()), (None, ())]
)
def test_the_numbers_of_a_version(value: Json, numbers: tuple[int, ...]) -> None:
    assert conditions.version(value) == numbers


@pytest.mark.parametrize(
    ("condition", "before", "possible"),
    [
        (conditions.removed, "a", True),
        (conditions.removed, None, False),
        (conditions.removed, "", False),
        (conditions.removed, Hidden("a"), True),
        (conditions.turned_off, True, True),
        (conditions.turned_off, False, False),
        (conditions.turned_off, None, False),
    ],
)
def test_what_is_not_there_cannot_be_lost_whatever_comes(
    condition: conditions.Condition,
    before: Json,
    possible: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Protection that is turned on names a snapshot by digits that are not drawn yet."""
    assert (holds(condition, before, UNKNOWN) is not False) is possible
