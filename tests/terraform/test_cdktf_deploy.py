"""`cdktf deploy`, the command that a person types, through the real cdktf."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.deployment import ROOT, run_command
from tests.integration.rollout import local

if TYPE_CHECKING:
    from harness.deployment import Deployment


def test_cdktf_deploys_the_accounts_stack(deployment: Deployment) -> None:
    environment = deployment.environment("dev")
    around = deployment.surroundings("dev")
    around["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), around["PATH"]])
    run_command("-m", "ferry", "bootstrap", "dev", environment=around)
    stack = f"account-{environment.aws.account_id}"

    finished = subprocess.run(
        [
            str(ROOT / "node_modules/.bin/cdktf"), "deploy", stack, "--auto-approve",
            "--skip-provider-lock", "--output", str(deployment.output),
        ],
        cwd=ROOT,
        env=around,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )  # fmt: skip

    assert finished.returncode == 0, finished.stdout
    iam = local(environment, url=deployment.cloud.url).iam
    assert {role["RoleName"] for role in iam.list_roles()["Roles"]} >= {
        "dms-vpc-role",
        "dms-cloudwatch-logs-role",
    }
    assert deployment.account_terraform("dev").changes() == []
