"""All environments deployed side by side, once for the tests that only look at them.

They begin as an earlier version deployed them and are brought up to date, which costs little more
than a deployment of today's code, and shows what an upgrade does.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.deployment import ROOT, synthesize
from settings.reading.loading import load_environments
from tests.terraform.checkout import check_out
from tests.terraform.copies import STACK
from tests.upgrading import EARLIER, VERSIONS

if TYPE_CHECKING:
    from pathlib import Path

    from harness.terraform import Terraform
    from tests.terraform.served_provider import ServedDeployment

NAMES = tuple(one.name for one in load_environments(ROOT / "environments"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Everything:
    """All environments and their accounts' stacks, deployed.

    Args:
        deployment: Where.
        upgrades: What each version had deployed, planned by today's code: by version, then by stack.
        second_plans: What each stack's plan would change after its last deployment.
    """

    deployment: ServedDeployment
    upgrades: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {version: {} for version in VERSIONS}
    )
    second_plans: dict[str, list[str]] = field(default_factory=dict)


def deploy_everything(deployment: ServedDeployment) -> Everything:
    """Deploy each version and plan today's code on it; deploy that as well, and plan again."""
    everything = Everything(deployment=deployment)
    upgraded = {version: _synthesize(version, deployment.folder / version) for version in VERSIONS}

    def deploy(terraform: Terraform) -> None:
        stack, file = terraform.folder.name, terraform.folder / STACK
        today = file.read_text()
        for version in VERSIONS:
            file.write_text((EARLIER / version / "stacks" / f"{stack}.json").read_text())
            terraform.apply()
            file.write_text((upgraded[version] / "stacks" / stack / STACK).read_text())
            everything.upgrades[version][stack] = terraform.plan(f"from-{version}")
        file.write_text(today)
        # Nothing was changed since the last plan looked.
        terraform.must("apply", "-auto-approve", "-no-color", "-refresh=false")
        everything.second_plans[stack] = terraform.changes("second")

    def deploy_account(name: str) -> None:
        deployment.bootstrap(name)
        deploy(deployment.account_terraform(name))

    def deploy_environment(name: str) -> None:
        deployment.prepare_environment(name)
        deploy(deployment.terraform(name))

    accounts = {deployment.environment(name).aws.account_id: name for name in NAMES}
    with ThreadPoolExecutor(max_workers=len(NAMES)) as pool:
        list(pool.map(deploy_account, accounts.values()))
        list(pool.map(deploy_environment, NAMES))
    return everything


def _synthesize(version: str, folder: Path) -> Path:
    """What today's code makes of the environments' files of an earlier version."""
    folder.mkdir()
    project = check_out(folder / "project", environments=EARLIER / version / "environments")
    return synthesize(folder, project=project)
