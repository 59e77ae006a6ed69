"""Every check of every environment, a test each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferry.check.deployment.checks import CHECKS, Check, judge
from ferry.findings import Level, worst
from tests.integration.options import TARGET, Where

if TYPE_CHECKING:
    from ferry.check.deployment.deployed import Deployed


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_environment_is_as_its_file_says(
    check: Check, deployed: Deployed, pytestconfig: pytest.Config
) -> None:
    findings = judge(check, deployed)
    text = "; ".join(f"{it.what} {it.why} {it.remedy}" for it in findings)
    text = f"{deployed.environment.name}: {text}"
    level = worst(findings)
    if level is Level.WARNING and pytestconfig.stash[TARGET].where is not Where.OWN_LOCAL_AWS:
        pytest.skip(f"look at it: {text}")
    if level is not Level.RIGHT:
        # The finding says all; a traceback of the checks would hide it.
        pytest.fail(text, pytrace=False)
