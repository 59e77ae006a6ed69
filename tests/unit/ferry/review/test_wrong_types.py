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


def verdict(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Verdict:
    changed = change_of(type_, "update", dict(before), dict(after))
    new = change_of(type_, "create", None, dict(after), name="new")
    found = change_of(type_, "update", dict(before), dict(after), name="found")
    plan = read_plan(plan_text(changed, new, *BESIDE, resource_drift=[found]))
    return review(plan, environment=ENVIRONMENT, block=BLOCKING).verdict


@pytest.mark.slow
@pytest.mark.parametrize("type_", sorted(OF_TYPE))
def test_a_value_of_any_type_is_judged(type_: str) -> None:
    known = OF_TYPE[type_].values
    for name in known:
        for value in WRONG:
            other = {**known, name: value}
            assert verdict(type_, known, other) in Verdict
            assert verdict(type_, other, known) in Verdict


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
    assert verdict(type_, known, {**known, name: value}) in Verdict
