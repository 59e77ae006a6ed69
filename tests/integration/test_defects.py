"""A check that cannot fail is worth nothing: each fails under a defect that is planted for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ferry.check.deployment import CHECKS
from tests.integration.defects import DEFECTS, Defect
from tests.integration.options import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment import Check
    from ferry.check.deployment.deployed import Deployed


@pytest.fixture(scope="module")
def planted(get_deployed: Callable[[str], Deployed]) -> Iterator[set[str]]:
    """The environments that defects were planted in; in the end no check may fail there."""
    names: set[str] = set()
    yield names
    left = [
        f"{name}: {found}"
        for name in sorted(names)
        for found in (outcome(check, get_deployed(name)) for check in CHECKS.values())
        if found is not None
    ]
    assert not left, f"a defect is left behind: {left}"


def test_every_check_has_a_defect() -> None:
    assert {defect.check for defect in DEFECTS} == set(CHECKS.values())


@pytest.mark.only(
    Where.OWN_LOCAL_AWS, reason="defects are planted in a local AWS of the tests' own"
)
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_check_fails_under_its_defect(
    defect: Defect, get_deployed: Callable[[str], Deployed], planted: set[str]
) -> None:
    deployed = get_deployed(defect.environment)
    planted.add(defect.environment)
    with defect.plant(deployed):
        found = outcome(defect.check, deployed)
    assert isinstance(found, AssertionError), f"{defect.check.__name__} did not fail: {found!r}"
    assert outcome(defect.check, deployed) is None, "the defect was not undone"


def outcome(check: Check, deployed: Deployed) -> Exception | None:
    """What a check says of the environment as it is now, with nothing remembered of it."""
    try:
        check(replace(deployed))
    except Exception as error:  # noqa: BLE001 - whatever it is, the defect has to be undone
        return error
    return None
