"""Every check of every environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferry.check.deployment import CHECKS
from ferry.check.deployment.deployed import NotDeployedError

if TYPE_CHECKING:
    from ferry.check.deployment import Check
    from ferry.check.deployment.deployed import Deployed


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_environment_is_as_its_settings_say(check: Check, deployed: Deployed) -> None:
    try:
        check(deployed)
    except (AssertionError, NotDeployedError) as error:
        # The message says all; a traceback of the checks would hide it.
        pytest.fail(f"{deployed.environment.name}: {error}", pytrace=False)
