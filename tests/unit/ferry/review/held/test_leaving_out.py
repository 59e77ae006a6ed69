"""What a new resource leaves out is safe only where a row says so, with AWS's default and its page."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest

from ferry.findings import ExitStatus
from ferry.review.rules.combined.left_out import LEFT_OUT
from ferry.review.rules.row import ANY
from tests.unit.ferry.review.held.leaving_out import leaving_out, optional
from tests.unit.ferry.review.held.table import judged
from tests.unit.ferry.review.schema import SCHEMA

HARMLESS: Final = {
    (row.resource, attribute)
    for row in LEFT_OUT
    if row.danger is None
    for attribute in row.attributes
}
ALL: Final = [*optional()]
FIRST: Final = [*{(address.partition(".")[0], attribute): (example, address, attribute)
                  for example, address, attribute in reversed(ALL)}.values()]  # fmt: skip
"""Of each type and attribute the first resource that sets it."""


NOT_DESTROYED: Final = {"staging", "prod"}
"""Examples whose cluster Terraform does not destroy: there it is told that everybody else can."""


def is_harmless(example: str, address: str, attribute: str) -> bool:
    type_ = address.partition(".")[0]
    if attribute == "deletion_protection" and example in NOT_DESTROYED:
        return False
    return bool({(type_, attribute), (ANY, attribute)} & HARMLESS)


@cache
def is_told(example: str, address: str, attribute: str) -> bool:
    """Whether something is said of the resource.

    What AWS does then may make another resource's value wrong, such as an alarm's threshold: that
    is told of the other.
    """
    found = judged(leaving_out(example, address, attribute))
    return found.exit_code == ExitStatus.NOT_DONE or any(
        it.change.address == address for it in found.findings
    )


# In one process with those of every resource, of which these are some.
@pytest.mark.xdist_group("left out")
@pytest.mark.parametrize(("example", "address", "attribute"), FIRST)
def test_what_is_left_out_is_safe_only_where_a_row_says_so(
    example: str, address: str, attribute: str
) -> None:
    assert is_told(example, address, attribute) is not is_harmless(example, address, attribute)


@pytest.mark.xdist_group("left out")
def test_so_it_is_of_every_resource() -> None:
    wrong = [it for it in ALL if is_told(*it) is is_harmless(*it)]
    assert wrong == []


def test_every_row_is_of_an_attribute_that_may_be_left_out() -> None:
    known = {
        (type_, name)
        for type_, attributes in SCHEMA.items()
        for name, how in attributes.items()
        if how["is"] not in {"required", "computed"}
    }
    named = {
        (row.resource, name)
        for row in LEFT_OUT
        if row.resource != ANY
        for name in (*row.attributes, *row.instead)
    }
    assert named - known == set()


def test_there_are_many() -> None:
    assert len(FIRST) > 150
    assert len(ALL) > 600
