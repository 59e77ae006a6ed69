"""An interrupt while the real Terraform applies: its state is whole, its lock is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT

if TYPE_CHECKING:
    from pathlib import Path

APPLIES = """
import json, sys
from pathlib import Path
from pull_requests.programs import held_back
from pull_requests.stacks import Stack
from pull_requests.terraform import ready
stack = Stack(name="dev", document={}, lock="# needs no provider")
with held_back(lambda *_: sys.exit(130)), ready(stack, json.loads(sys.argv[1])) as terraform:
    terraform.plan()
    terraform.apply()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_apply_saves_its_state_and_gives_back_its_lock(
    tmp_path: Path, number: signal.Signals
) -> None:
    slow = {
        "depends_on": ["terraform_data.first"],
        "provisioner": [{"local-exec": [{"command": "sleep 60"}]}],
    }
    state, temporary = tmp_path / "state" / "it.tfstate", tmp_path / "temporary"
    temporary.mkdir()
    configuration = {
        "terraform": {"backend": {"local": {"path": str(state)}}},
        "resource": {"terraform_data": {"first": {"input": "made"}, "slow": slow}},
    }
    process = subprocess.Popen(
        [sys.executable, "-c", APPLIES, json.dumps(configuration)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "terraform_data.slow: Creating...\n":
                break
        assert list(state.parent.glob(".*.lock.info")) != []
        process.send_signal(number)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()

    assert "StoppedError: 'terraform apply' ended with 1:\nError: execution halted" in out
    resources = {it["name"]: it["instances"] for it in json.loads(state.read_text())["resources"]}
    assert resources["first"][0]["attributes"]["input"]["value"] == "made"
    assert resources["slow"][0]["status"] == "tainted"
    assert list(state.parent.glob(".*.lock.info")) == []
    assert list(temporary.iterdir()) == []
