"""All environments deployed side by side, once for the tests that only look at them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.deployment import ROOT
from settings.reading.loading import load_environments

if TYPE_CHECKING:
    from harness.deployment import Deployment

NAMES = tuple(one.name for one in load_environments(ROOT / "environments"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Everything:
    """All environments, deployed.

    Args:
        deployment: Where.
        second_plans: What each environment's plan would change after its deployment.
    """

    deployment: Deployment
    second_plans: dict[str, list[str]] = field(default_factory=dict)


def deploy_everything(deployment: Deployment) -> Everything:
    """Deploy as a careful person does: plan into a file, look at it, apply that file, plan again."""
    accounts = {deployment.environment(name).aws.account_id: name for name in NAMES}
    for name in accounts.values():
        deployment.prepare_account(name)

    def deploy(name: str) -> list[str]:
        deployment.prepare_environment(name)
        terraform = deployment.terraform(name)
        terraform.plan("first")
        terraform.must("apply", "-no-color", "first.tfplan")
        return terraform.changes("second")

    with ThreadPoolExecutor(max_workers=len(NAMES)) as pool:
        plans = pool.map(deploy, NAMES)
        return Everything(deployment=deployment, second_plans=dict(zip(NAMES, plans, strict=True)))
