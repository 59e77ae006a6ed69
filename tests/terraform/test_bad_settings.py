"""A wrong environment file: `cdktf synth` and `python main.py` say the same, and write nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT
from tests.terraform.checkout import check_out, replace

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = [
    (
        "environments/dev.toml: aurora.backup_retention_days: 99 given; allowed: 1 to 35 days;"
        " set backup_retention_days = 7"
    ),
    (
        'environments/dev.toml: network.vpc.cidr: "10.20.0.0/33" given; allowed: an IPv4 network such'
        ' as 10.20.0.0/16; set cidr = "10.20.0.0/16"'
    ),
    (
        'environments/prod.toml: alarms.emails[0]: "dba" given; allowed: an e-mail address such as'
        ' dba@example.org; write "dba@example.org"'
    ),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with two defects in one file and one in another."""
    project = check_out(tmp_path / "project")
    dev, prod = project / "environments/dev.toml", project / "environments/prod.toml"
    replace(dev, 'cidr = "10.20.0.0/20"', 'cidr = "10.20.0.0/33"')
    replace(dev, "backup_retention_days = 1", "backup_retention_days = 99")
    replace(prod, 'emails = ["dba@example.org", ', 'emails = ["dba", ')
    return project


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as the Makefile does: with the project's Python and cdktf first on the path."""
    path = [str(Path(sys.executable).parent), str(ROOT / "node_modules/.bin"), os.environ["PATH"]]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CDKTF_")}
    return subprocess.run(
        command,
        cwd=folder,
        env=kept | {"PATH": os.pathsep.join(path), "CHECKPOINT_DISABLE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_app_says_a_line_for_each_problem_and_ends_with_2(project: Path) -> None:
    finished = run("python", "main.py", folder=project)

    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.splitlines() == LINES
    assert "Traceback" not in finished.stderr
    assert not (project / "cdktf.out").exists()


def make_deep(file: Path) -> None:
    file.write_text(".".join("a" * 3000) + " = 1")


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, make_deep])
def test_what_is_no_file_of_settings_is_one_line(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    project = check_out(tmp_path / "project")
    dev = project / "environments/dev.toml"
    dev.unlink()
    make(dev)

    finished = run("python", "main.py", folder=project)

    assert finished.returncode == 2
    assert len(finished.stderr.splitlines()) == 1
    assert finished.stderr.startswith("environments/dev.toml: ")


def test_the_status_is_right_where_nobody_can_be_told(project: Path) -> None:
    assert run("sh", "-c", "python main.py 2>/dev/full", folder=project).returncode == 2


def test_cdktf_synth_shows_the_same_lines(project: Path) -> None:
    finished = run("cdktf", "synth", folder=project)
    shown = finished.stdout + finished.stderr

    assert finished.returncode == 1  # whatever the app's own exit code was
    assert [line for line in LINES if line not in shown] == []
    assert "Traceback" not in shown


@pytest.mark.parametrize("command", [("python", "main.py"), ("cdktf", "synth")])
def test_what_was_synthesized_before_stays(project: Path, command: tuple[str, ...]) -> None:
    before = project / "cdktf.out/stacks/dev/cdk.tf.json"
    before.parent.mkdir(parents=True)
    before.write_text("{}")

    assert run(*command, folder=project).returncode != 0

    left = [file for file in (project / "cdktf.out").rglob("*") if file.is_file()]
    assert left == [before]
    assert before.read_text() == "{}"
