"""A deployment that is interrupted: docs/recovery.md leads to 'no changes' from each."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.terraform import recovery
from tests.terraform.served_provider import shipped

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from harness.deployment import Deployment
    from harness.server import LocalAws

PATIENCE_SECONDS = 120


def start(deployment: Deployment, log: Path) -> subprocess.Popen[str]:
    """With a provider of its own, which hears of Ctrl-C and dies with it."""
    return shipped(deployment.terraform("dev")).start(
        "apply", "-auto-approve", "-no-color", log=log
    )


def wait_for_call(cloud: LocalAws, operation: str) -> None:
    """Until Terraform has made the call: how far it is after some seconds, the machine decides."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not cloud.get(f"calls?operation={operation}")["calls"]:
        assert time.monotonic() < deadline, f"{operation} was not called"
        time.sleep(0.2)


def kill(process: subprocess.Popen[str]) -> None:
    """As a machine that loses its power: Terraform and its provider at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_ctrl_c_leaves_what_was_being_made_tainted(
    ready: Deployment, cloud: LocalAws, tmp_path: Path
) -> None:
    process = start(ready, tmp_path / "apply.log")
    wait_for_call(cloud, "CreateDBCluster")
    wait_for_call(cloud, "CreateReplicationInstance")
    time.sleep(2)
    os.killpg(process.pid, signal.SIGINT)

    assert process.wait(timeout=PATIENCE_SECONDS) == 1
    assert "Interrupt received" in (tmp_path / "apply.log").read_text()
    assert recovery.unlock_if_locked(ready, "dev") is False
    adoption = recovery.bring_in(ready, "dev")
    tainted = {address.partition(".")[0] for address in adoption.tainted}
    assert tainted & {"aws_rds_cluster", "aws_dms_replication_instance"}
    recovery.finish(ready, "dev")


@pytest.mark.parametrize("seconds", [20, 60])
def test_kill_9(
    ready: Deployment,
    cloud: LocalAws,
    tmp_path: Path,
    seconds: int,
    note: Callable[[str], None],
) -> None:
    process = start(ready, tmp_path / "apply.log")
    time.sleep(seconds)
    wait_for_call(cloud, "CreateVpc")  # a busy machine may not have begun yet
    wait_for_call(cloud, "CreateLogGroup")
    assert process.poll() is None, (tmp_path / "apply.log").read_text()
    kill(process)

    assert recovery.unlock_if_locked(ready, "dev") is True
    adoption = recovery.bring_in(ready, "dev")
    note(f"after {seconds} s: {len(adoption.imports)} imported")
    assert adoption.imports
    recovery.finish(ready, "dev")


def test_lost_answers(ready: Deployment, cloud: LocalAws, note: Callable[[str], None]) -> None:
    cloud.post("faults", {"seed": 1, "rules": [{"share": 0.05, "moment": "after"}]})
    recovery.apply(ready, "dev")
    injected = cloud.get("faults")
    cloud.post("faults", {})

    note(f"{injected['injected']} answers lost: {', '.join(injected['operations'])}")
    assert injected["injected"] > 0
    recovery.unlock_if_locked(ready, "dev")
    recovery.bring_in(ready, "dev")
    recovery.finish(ready, "dev")
