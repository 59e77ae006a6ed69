"""AWS refuses one call in ten, before it does anything: the deployment completes all the same.

The seed says which calls: 1, or with SEEDS=5 each from 1 to 5, a deployment of its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ferry.check.deployment.checks import findings
from ferry.findings import Level
from tests.integration.rollout import deployed

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.deployment import Deployment
    from harness.server import LocalAws


SEEDS = range(1, 1 + int(os.environ.get("SEEDS", "1")))


@pytest.mark.parametrize("seed", SEEDS)
def test_one_call_in_ten_is_refused(
    deployment: Deployment, cloud: LocalAws, seed: int, note: Callable[[str], None]
) -> None:
    cloud.post(
        "faults",
        {"seed": seed, "rules": [{"share": 0.05, "kind": "throttle"}, {"share": 0.05}]},
    )
    deployment.prepare_account("dev")
    deployment.prepare_environment("dev")
    terraform = deployment.terraform("dev")

    terraform.apply()
    left_to_change = terraform.changes()

    injected = cloud.get("faults")
    note(
        f"seed {seed}: {injected['injected']} calls refused, of {len(injected['operations'])} kinds"
    )
    assert injected["injected"] > 50
    assert left_to_change == []
    cloud.post("faults", {})
    dev = deployed(deployment.environment("dev"), url=cloud.url)
    assert [finding for finding in findings(dev) if finding.level is not Level.RIGHT] == []
