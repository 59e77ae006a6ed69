"""Terraform's words pass the redaction, whichever way they come; its plan goes with the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT
from pull_requests.errors import RefusedError, ToolError
from pull_requests.terraform import Terraform, ready
from tests.unit.pull_requests.examples import document, stack

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "hunter2-Hunter2"
QUOTES = (
    f'Error: creating RDS Cluster: InvalidParameter {{MasterUserPassword: "{PASSWORD}", Port: 1}}',
    f'Error: Post: {{\\"SecretString\\":\\"{PASSWORD}\\"}}',
    f"Error: Action=CreateDBCluster&MasterUserPassword={PASSWORD}&Version=1",
    f"Error: failed\n│ MasterUserPassword:\n│ {PASSWORD}\n│",
)


def appears(folder: Path) -> Path:
    """The plan, as soon as it is somewhere below a folder."""
    for _ in range(600):
        for found in folder.rglob("plan.tfplan"):
            return found
        time.sleep(0.1)
    raise AssertionError(f"no plan in {folder}")


def terraform(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Terraform:
    """A stand-in that says what a test has it say."""
    programs = folder / "programs"
    programs.mkdir()
    program = programs / "terraform"
    program.write_text(f"#!{sys.executable}\nimport os, sys, time\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return Terraform(folder=folder)


@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_an_error_that_quotes_a_password_shows_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    quote: str,
) -> None:
    found = terraform(tmp_path, monkeypatch, f"print('ok')\nsys.exit({quote!r})")

    with pytest.raises(ToolError) as error:
        getattr(found, command)()

    assert str(error.value).startswith(f"'terraform {command}' ended with 1:\nError: ")
    assert "(sensitive)" in str(error.value)
    assert PASSWORD not in str(error.value) + "".join(capsys.readouterr())


def test_nor_does_what_it_prints_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = f"password = {PASSWORD}\n::warning::forged"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    terraform(tmp_path, monkeypatch, f"print({said!r})").apply()

    out = capsys.readouterr().out
    assert "password = (sensitive)\n\\u003a:warning::forged\n" in out
    assert out.startswith("::stop-commands::")


def test_a_state_that_has_moved_is_refused_by_terraform_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = terraform(tmp_path, monkeypatch, "sys.exit('Error: Saved plan is stale')")

    with pytest.raises(RefusedError, match=r"^The state has moved since this was planned"):
        found.apply()


def test_a_provider_that_is_not_pinned_is_not_installed() -> None:
    refusal = pytest.raises(ToolError, match=r"^The provider of dev is not pinned for this machine")
    with refusal, ready(stack(), document()):
        pass


def test_logs_of_terraforms_own_are_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TF_LOG", "trace")
    monkeypatch.setenv("TF_LOG_PROVIDER", "trace")
    found = terraform(tmp_path, monkeypatch, "print([n for n in os.environ if 'TF_LOG' in n])")

    found.plan()

    assert capsys.readouterr().out.strip() == "[]"


def test_a_job_that_is_cancelled_leaves_no_plan_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of the plan is its owner's alone, and goes with the process."""
    terraform(
        tmp_path,
        monkeypatch,
        "if sys.argv[1] == 'init': open('plan.tfplan', 'w').write('secret')\n"
        "if sys.argv[1] == 'plan': time.sleep(60)",
    )
    (tmp_path / "temporary").mkdir()
    script = """
import sys
from dataclasses import replace
from pull_requests import command
from pull_requests.stacks import Change, Kind
from tests.unit.pull_requests.examples import stack
command.commit_of = lambda *_: "base"
command.changes_since = lambda *_: [
    Change(stack=replace(stack(), lock="pinned"), kind=Kind.NEW)
]
sys.exit(command.main(["plan", "--stack=dev", "--base=base", "--folder=/nonexistent"]))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
    )
    try:
        plan = appears(tmp_path / "temporary")
        assert plan.parent.stat().st_mode & 0o777 == 0o700
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    finally:
        process.kill()
        process.wait()

    assert list((tmp_path / "temporary").iterdir()) == []
