"""What differs between two values, place by place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review.plan.differences import Difference, differences

if TYPE_CHECKING:
    from ferry.review.plan.values import Json


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (1, 1, []),
        (None, "", []),
        (1, 2, [("x", 1, 2)]),
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, [("x.a", 1, None), ("x.b", 2, 3), ("x.c", None, 4)]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("x.a.b", 1, 2)]),
        (["a", "b"], ["b", "c"], [("x[]", "a", None), ("x[]", None, "c")]),
        ([{"n": 1}], [{"n": 2}], [("x[]", {"n": 1}, None), ("x[]", None, {"n": 2})]),
        (["a", "b"], ["b", "a"], [("x", ["a", "b"], ["b", "a"])]),
        (["a"], ["a", "a"], [("x", ["a"], ["a", "a"])]),
        ('{"a": {"b": 1}}', '{"a": {"b": 2}}', [("x.a.b", 1, 2)]),
        ("a=1;b=2", "a=1;b=3", [("x.b", "2", "3")]),
        ('{"a": 1}', "text", [("x", '{"a": 1}', "text")]),
        ({"a": 1}, None, [("x", {"a": 1}, None)]),
    ],
)
def test_differences(before: Json, after: Json, found: list[tuple[str, Any, Any]]) -> None:
    assert list(differences("x", before, after)) == [Difference(*it) for it in found]
