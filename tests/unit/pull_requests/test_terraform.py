"""Terraform's words pass the redaction, whichever way they come; its plan goes with the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
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


SEVERAL_LINES = (
    f"-----BEGIN PRIVATE KEY-----\n{PASSWORD}\n-----END PRIVATE KEY-----",
    f"password = <<-EOT\n    {PASSWORD}\n    EOT",
    f"Warning: odd\nMasterUserPassword:\n  {PASSWORD}",
)


@pytest.mark.parametrize("said", SEVERAL_LINES)
@pytest.mark.parametrize("ends", ["", "sys.exit('Error: no')"])
def test_nor_does_an_apply_that_says_it_in_several_lines(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    said: str,
    ends: str,
) -> None:
    found = terraform(tmp_path, monkeypatch, f"print({said!r}, flush=True)\n{ends}")

    with pytest.raises(ToolError, match=r"no$") if ends else nullcontext():
        found.apply()

    out = capsys.readouterr().out
    assert "(sensitive)" in out
    assert PASSWORD not in out


PROGRESS = (
    "Acquiring state lock. This may take a few moments...",
    "aws_rds_cluster.it: Creating...",
    'aws_subnet.it["a"]: Destroying... [id=subnet-1]',
    "data.aws_region.it: Reading...",
    "module.a.aws_rds_cluster.it[0]: Still creating... [1m10s elapsed]",
    "aws_rds_cluster.it: Still destroying... [id=it, 00m10s elapsed]",
    "aws_rds_cluster.it: Creation complete after 2m3s [id=it]",
    "aws_rds_cluster.it: Modifications complete after 0s [id=arn:aws:rds:eu-central-1:1:it]",
    "Releasing state lock. This may take a few moments...",
    "Interrupt received.",
    "Gracefully shutting down...",
    "Stopping operation...",
)


def test_progress_is_shown_at_once_and_the_rest_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "\n".join(("Warning: first", *PROGRESS))

    terraform(tmp_path, monkeypatch, f"print({said!r})").apply()

    assert capsys.readouterr().out.strip() == "\n".join((*PROGRESS, "Warning: first"))


def test_what_is_no_text_is_shown_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = terraform(tmp_path, monkeypatch, r"os.write(1, b'a \xff b\n')")

    found.apply()
    found.plan()

    assert capsys.readouterr().out.split("\n") == ["a \ufffd b", "", "a \ufffd b", "", ""]


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


def test_the_lock_file_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it Terraform adds another build's hash, and installs that."""
    terraform(tmp_path, monkeypatch, f"open({str(tmp_path / 'init')!r}, 'w').write(str(sys.argv))")

    with ready(replace(stack(), lock="pinned"), document()) as found:
        assert (found.folder / ".terraform.lock.hcl").read_text() == "pinned"

    assert "'init', '-no-color', '-lockfile=readonly'" in (tmp_path / "init").read_text()


def test_logs_of_terraforms_own_are_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TF_LOG", "trace")
    monkeypatch.setenv("TF_LOG_PROVIDER", "trace")
    found = terraform(tmp_path, monkeypatch, "print([n for n in os.environ if 'TF_LOG' in n])")

    found.plan()

    assert capsys.readouterr().out.strip() == "[]"


ERRORED = """
import pathlib
if sys.argv[1] == "apply":
    pathlib.Path("errored.tfstate").write_text("what was made")
    sys.exit("Error: Failed to persist state to backend")
assert sys.argv[1:] == ["state", "push", "errored.tfstate"]
assert pathlib.Path("errored.tfstate").read_text() == "what was made"
with open("attempts", "a") as attempts:
    attempts.write(".")
if len(pathlib.Path("attempts").read_text()) < {works}:
    sys.exit("Error: no route to host")
"""


def test_a_state_that_could_not_be_saved_is_saved_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pull_requests.terraform._WAITS_SECONDS", (0, 0, 0))
    found = terraform(tmp_path, monkeypatch, ERRORED.format(works=3))

    with pytest.raises(ToolError) as error:
        found.apply()

    assert str(error.value) == (
        "'terraform apply' ended with 1:\nError: Failed to persist state to backend\n"
        "The state was not saved at first, and is by now: docs/recovery.md, A deployment was "
        "interrupted."
    )


def test_one_that_cannot_be_saved_is_kept_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pull_requests.terraform._WAITS_SECONDS", (0, 0, 0))
    (tmp_path / "runner").mkdir()
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path / "runner"))
    found = terraform(tmp_path, monkeypatch, ERRORED.format(works=9))

    with pytest.raises(ToolError) as error:
        found.apply()

    (kept,) = (tmp_path / "runner").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o700
    assert (kept / "errored.tfstate").read_text() == "what was made"
    assert str(error.value) == (
        "'terraform apply' ended with 1:\nError: Failed to persist state to backend\n"
        "The state could not be saved. 'terraform state' ended with 1:\nError: no route to host\n"
        f"What was made stands in {kept}/errored.tfstate alone, which a runner of GitHub removes "
        "with its job: docs/recovery.md, Failed to persist state to backend."
    )
    assert "what was made" not in str(error.value) + "".join(capsys.readouterr())


APPLIES = """
import sys
from dataclasses import replace
from pull_requests import applying, command
from pull_requests.stacks import Stack
from tests.unit.pull_requests.examples import stack
command.synthesized = lambda _: {"dev": replace(stack(), lock="pinned")}
applying.kept.kept = lambda *_, **__: b"the plan"
applying._refuse_what_is_blocked = lambda *_: ""
sys.exit(command.main(["apply", "--stack=dev", "--run=1", f"--digest={'0' * 64}"]))
"""
"""`apply`, with all of it a stand-in but what runs Terraform."""

INTERRUPTED = """
import pathlib, signal
if sys.argv[1] == "apply":
    ended = []
    signal.signal(signal.SIGINT, lambda *_: ended.append(1))
    print("it: Creating...", flush=True)
    while not ended:
        time.sleep(0.05)
    for _ in range(20):
        print("it: Still creating...", flush=True)
        os.write(1, b"\\xff\\n")
        time.sleep(0.1)
    assert pathlib.Path("plan.tfplan").exists()
    pathlib.Path({saved!r}).write_text(f"saved after {{len(ended)}}")
    sys.exit("Error: execution halted")
"""


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_terraform_gets_one_interrupt_and_the_time_to_save_its_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: signal.Signals
) -> None:
    """What a runner of GitHub sends within ten seconds ends this process last."""
    saved = tmp_path / "saved"
    terraform(tmp_path, monkeypatch, INTERRUPTED.format(saved=str(saved)))
    (tmp_path / "temporary").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", APPLIES],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "it: Creating...\n"
        # The whole group, as a terminal does it.
        os.killpg(process.pid, first)
        time.sleep(0.5)
        for more in (signal.SIGINT, signal.SIGTERM):
            process.send_signal(more)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()

    assert saved.read_text() == "saved after 1"
    assert process.returncode == 130
    assert out.endswith(
        "'terraform apply' ended with 1:\nError: execution halted\n"
        "It was interrupted: docs/recovery.md, A deployment was interrupted.\n"
    )
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_log_that_nobody_reads_any_more_does_not_end_terraform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = terraform(
        tmp_path,
        monkeypatch,
        "for _ in range(9): print('it: Still creating...', flush=True); time.sleep(0.1)\n"
        "open('saved', 'w')",
    )

    def fail(_: str) -> str:
        raise BrokenPipeError

    monkeypatch.setattr("pull_requests.log.inert", fail)
    with pytest.raises(BrokenPipeError):
        found.apply()

    assert (tmp_path / "saved").exists()


@pytest.mark.parametrize("cancelled", [signal.SIGINT, signal.SIGTERM])
def test_a_job_that_is_cancelled_leaves_no_plan_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cancelled: signal.Signals
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
command.check_out = lambda *_, **__: None
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
        process.send_signal(cancelled)
        assert process.wait(timeout=60) == 130
    finally:
        process.kill()
        process.wait()

    assert list((tmp_path / "temporary").iterdir()) == []
