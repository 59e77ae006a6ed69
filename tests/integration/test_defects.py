"""A check that cannot fail is worth nothing: each fails under a defect that is planted for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ferry.check.deployment.checks import CHECKS, findings, judge
from ferry.findings import Finding, Level
from tests.integration.defects import DEFECTS, Defect, tasks
from tests.integration.options import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed

BY_NAME = {check.name: check for check in CHECKS}

only_on_local_aws = pytest.mark.only(
    Where.OWN_LOCAL_AWS, reason="defects are planted in a local AWS of the tests' own"
)


@pytest.fixture(scope="module")
def planted(get_deployed: Callable[[str], Deployed]) -> Iterator[set[str]]:
    """The environments that defects were planted in; in the end no check may fail there."""
    names: set[str] = set()
    yield names
    left = [found for name in sorted(names) for found in not_right(get_deployed(name))]
    assert not left, f"a defect is left behind: {left}"


def test_every_check_has_a_defect() -> None:
    assert {defect.check for defect in DEFECTS} == set(BY_NAME)


@only_on_local_aws
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.check)
def test_the_check_finds_its_defect(
    defect: Defect, get_deployed: Callable[[str], Deployed], planted: set[str]
) -> None:
    deployed, check = get_deployed(defect.environment), BY_NAME[defect.check]
    planted.add(defect.environment)
    with defect.plant(replace(deployed)):
        found = judge(check, replace(deployed))
    assert [it for it in found if it.what.startswith(defect.says)], found
    assert {finding.level for finding in found} == {defect.level}
    assert [it.level for it in judge(check, replace(deployed))] == [Level.RIGHT]


@only_on_local_aws
def test_a_task_that_runs_is_no_fault_of_the_deployment(
    get_deployed: Callable[[str], Deployed], planted: set[str]
) -> None:
    dev = get_deployed("dev")
    planted.add("dev")
    with tasks.started(replace(dev)):
        assert not_right(dev) == []


def not_right(deployed: Deployed) -> list[Finding]:
    """What is wrong with the environment as it is now, with nothing remembered of it."""
    return [it for it in findings(replace(deployed)) if it.level is not Level.RIGHT]
