"""The plan of `make review` holds secrets: nobody else may read it, and it is never kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT
from harness.terraform import Terraform

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import sys, time
from harness import review

class Desk(review.DeskReview):
    def run(self):
        stack = self._folder / "stack"
        stack.mkdir()
        (self._folder / "local-aws.log").write_text("what local AWS said")
        (stack / "review.tfplan").write_text("canary")
        (stack / "plan.json").write_text("canary")
        {then}

review.DeskReview = Desk
sys.exit(review.main(["dev", "HEAD"]))
"""


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def started(temporary: Path, then: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT.replace("{then}", then)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        text=True,
    )


def appears(folder: Path) -> Path:
    for _ in range(6_000):
        for found in folder.rglob("plan.json"):
            return found
        time.sleep(0.1)
    raise AssertionError(f"no plan in {folder}")


def test_a_review_that_is_stopped_leaves_nothing_behind(temporary: Path) -> None:
    with started(temporary, "time.sleep(60)") as process:
        try:
            plan = appears(temporary)
            assert plan.stat().st_mode & 0o777 == 0o600
            assert plan.parent.parent.stat().st_mode & 0o777 == 0o700
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=600)
        finally:
            process.kill()

    assert (process.returncode, said) == (130, "\nStopped.\n")
    assert list(temporary.iterdir()) == []


def test_a_review_that_fails_keeps_its_logs_and_not_the_plan(temporary: Path) -> None:
    with started(temporary, "raise review.TerraformError('no plan')") as process:
        said, _ = process.communicate(timeout=600)

    folder = next(temporary.iterdir())
    assert process.returncode == 3
    assert said == f"\nThere is no review: no plan\nIts files are kept in {folder}\n"
    assert [it.name for it in folder.rglob("*") if it.is_file()] == ["local-aws.log"]


def test_the_log_of_terraform_does_not_hold_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "terraform"
    program.write_text('#!/bin/sh\necho "canary $1"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    terraform = Terraform(folder=tmp_path, environment=os.environ)

    assert terraform.must("show", "-json", "review.tfplan") == "canary show\n"
    terraform.must("plan")

    assert (tmp_path / "terraform.log").read_text() == (
        "$ terraform show -json review.tfplan\n(not kept)\n$ terraform plan\ncanary plan\n\n"
    )
