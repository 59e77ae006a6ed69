"""The conditions of rules, at their edges."""

from __future__ import annotations

import pytest

from ferry.review.plan.plan import Action, Change
from ferry.review.plan.values import UNKNOWN, Hidden, Json
from ferry.review.rules import conditions


def holds(condition: conditions.Condition, before: Json, after: Json) -> bool:
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
        (conditions.raised, 1, 2, True),
        (conditions.raised, None, 2, True),
        (conditions.raised, 2, None, False),
        (conditions.turned_on, None, True, True),
        (conditions.turned_on, True, True, False),
        (conditions.turned_off, True, None, True),
        (conditions.turned_off, None, False, False),
        (conditions.removed, "a", "", True),
        (conditions.removed, None, "a", False),
        (conditions.loses_items, ["a"], None, True),
        (conditions.loses_items, None, ["a"], False),
        (conditions.version_goes_down, "15.10", "15.9", True),
        (conditions.version_goes_down, "15.9", "15.10", False),
        (conditions.version_goes_down, "15.8", "15", False),
        (conditions.version_goes_down, "15.8", "14", True),
        (conditions.version_goes_down, "15.8", None, False),
        (conditions.version_goes_up, "3.5.4", "4.0.0", True),
        (conditions.major_version_goes_up, "15.8", "16.1", True),
        (conditions.major_version_goes_up, "15.8", "15.9", False),
        (conditions.minor_version_goes_up, "15.8", "15.9", True),
        (conditions.minor_version_goes_up, "15.8", "16.1", False),
        (conditions.becomes(0), 60, 0, True),
        (conditions.becomes(0), 0, 0, False),
        (conditions.goes_down_in(("a", "b")), "b", "a", True),
        (conditions.goes_down_in(("a", "b")), "a", "b", False),
        (conditions.goes_down_in(("a", "b")), "a", None, True),
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
    [(1, UNKNOWN), (Hidden("a"), 1), (1, Hidden("a")), (["a"], ["a", UNKNOWN])],
)
def test_what_cannot_be_seen_may_be_anything(before: Json, after: Json) -> None:
    assert holds(conditions.lowered, before, after)


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
    assert holds(condition, before, UNKNOWN) is possible
