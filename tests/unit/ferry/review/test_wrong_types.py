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

WRONG: tuple[Any, ...] = ([], {}, [[]], [{}], [1], {"a": []}, 7, True, "x", None,
                          10**300, "9" * 400, "\ud800", {"\ud800": ["\udfff"]})  # fmt: skip
"""Of another type, larger than anything, and no text at all: a half of a pair of surrogates."""
OF_TYPE = {it.type: it for it in reversed(list(deployed().values()))}
BESIDE = [stays(it.type, "beside", **it.values) for it in OF_TYPE.values()]


def verdict(type_: str, *sides: tuple[Mapping[str, Any], Mapping[str, Any]]) -> Verdict:
    """That of one plan, in which each pair is changed, its second made anew, and found changed."""
    changed, found = [], []
    for number, (before, after) in enumerate(sides):
        given = type_, "update", dict(before), dict(after)
        changed += [
            change_of(*given, name=f"it-{number}"),
            change_of(type_, "create", None, dict(after), name=f"new-{number}"),
        ]
        found.append(change_of(*given, name=f"found-{number}"))
    plan = read_plan(plan_text(*changed, *BESIDE, resource_drift=found))
    return review(plan, environment=ENVIRONMENT, block=BLOCKING).verdict


@pytest.mark.slow
@pytest.mark.parametrize("type_", sorted(OF_TYPE))
def test_a_value_of_any_type_is_judged(type_: str) -> None:
    """All values of an attribute in one plan: each in one of its own would take ten times as long."""
    known = OF_TYPE[type_].values
    for name in known:
        others = [{**known, name: value} for value in WRONG]
        sides = [pair for it in others for pair in ((known, it), (it, known))]
        try:
            assert verdict(type_, *sides) in Verdict
        except Exception:
            for pair in sides:  # which it is
                verdict(type_, pair)
            raise


@pytest.mark.parametrize(
    ("type_", "name", "value"),
    [
        ("aws_flow_log", "traffic_type", ["ALL"]),
        ("aws_dms_replication_instance", "replication_instance_id", {"a": ["b"]}),
        ("aws_dms_certificate", "certificate_pem", "-----BEGIN CERTIFICATE-----\n\ud800"),
        ("aws_nat_gateway", "private_ip", ["10.0.0.1"]),
    ],
)
def test_so_is_what_once_was_a_fault(type_: str, name: str, value: Any) -> None:  # noqa: ANN401
    known = OF_TYPE[type_].values
    assert verdict(type_, (known, {**known, name: value})) in Verdict
