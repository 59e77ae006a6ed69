"""A plan whose values have other JSON types than the provider's is judged like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ferry.review import Verdict, read_plan, review
from tests.unit.ferry.review.held.base import ENVIRONMENT, deployed
from tests.unit.ferry.review.plans import BLOCKING, plan_text, stays
from tests.unit.ferry.review.plans import change as change_of

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.slow

WRONG: tuple[Any, ...] = ([], {}, [[]], [{}], [1], {"a": []}, 7, True, "x", None)
OF_TYPE = {it.type: it for it in reversed(list(deployed().values()))}
BESIDE = [stays(it.type, "beside", **it.values) for it in OF_TYPE.values()]


def verdict(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Verdict:
    item = change_of(type_, "update", dict(before), dict(after))
    plan = read_plan(plan_text(item, *BESIDE))
    return review(plan, environment=ENVIRONMENT, block=BLOCKING).verdict


@pytest.mark.parametrize("type_", sorted(OF_TYPE))
def test_a_value_of_any_type_is_judged(type_: str) -> None:
    known = OF_TYPE[type_].values
    for name in known:
        for value in WRONG:
            other = {**known, name: value}
            assert verdict(type_, known, other) in Verdict
            assert verdict(type_, other, known) in Verdict
