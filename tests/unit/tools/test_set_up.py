"""The programs that set-up writes, in a project of a few files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.chromium import ChromiumMissingError
from harness.postgres import PostgresMissingError
from tools import set_up

SAYS = '#!/bin/sh\necho "in $(pwd): $*"\n'
"""A program that says where it runs and with what arguments."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "a project"
    for file in (".venv/bin/python", "node_modules/.bin/cdktf"):
        program = root / file
        program.parent.mkdir(parents=True)
        program.write_text(SAYS)
        program.chmod(0o755)
    (root / ".venv/lib/python3.11/site-packages").mkdir(parents=True)
    (root / "docs/pages").mkdir(parents=True)
    (root / "cdktf.json").touch()
    monkeypatch.setattr(set_up, "ROOT", root)
    set_up.write_programs()
    return root


def run(program: Path, *arguments: str, folder: Path) -> str:
    return subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def test_ferry_runs_where_it_is_called_and_no_module_of_that_folder(project: Path) -> None:
    said = run(project / ".venv/bin/ferry", "adopt", "a b", folder=project / "docs/pages")

    assert said == f"in {project}/docs/pages: -P -m ferry adopt a b\n"


@pytest.mark.parametrize("below", [".", "docs", "docs/pages"])
def test_cdktf_runs_where_cdktf_json_is(project: Path, below: str) -> None:
    said = run(project / ".venv/bin/cdktf", "deploy", "dev", folder=project / below)

    assert said == f"in {project}: deploy dev\n"


def test_cdktf_stays_where_no_project_is(project: Path, tmp_path: Path) -> None:
    assert run(project / ".venv/bin/cdktf", "init", folder=tmp_path) == f"in {tmp_path}: init\n"


def test_a_project_that_moved_has_working_programs(project: Path, tmp_path: Path) -> None:
    moved = project.rename(tmp_path / "moved")

    assert run(moved / ".venv/bin/cdktf", "synth", folder=moved / "docs") == f"in {moved}: synth\n"
    assert run(moved / ".venv/bin/ferry", folder=moved) == f"in {moved}: -P -m ferry\n"


def test_the_checkouts_packages_are_imported_from_its_root(project: Path) -> None:
    packages = project / ".venv/lib/python3.11/site-packages"

    assert (packages / (packages / "aurora-ferry.pth").read_text().strip()).resolve() == project


def test_a_program_that_is_missing_or_old_is_written_again(project: Path) -> None:
    ferry, cdktf = project / ".venv/bin/ferry", project / ".venv/bin/cdktf"
    ferry.unlink()
    cdktf.write_text("an earlier one")
    cdktf.chmod(0o644)

    set_up.write_programs()

    assert run(ferry, folder=project) == f"in {project}: -P -m ferry\n"
    assert run(cdktf, folder=project) == f"in {project}: \n"


def test_a_folder_is_made_again_when_its_source_changed_or_it_was_moved(tmp_path: Path) -> None:
    source, folder = tmp_path / "lock", tmp_path / "folder"
    source.write_text("one")
    folder.mkdir()

    def is_stale(folder: Path) -> bool:
        with set_up.unless_current(folder, source) as stale:
            return stale

    assert is_stale(folder)
    assert not is_stale(folder)
    source.write_text("two")
    assert is_stale(folder)
    assert is_stale(folder.rename(tmp_path / "moved"))


def test_what_set_up_does_not_know_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert set_up.main(["chekov"]) == 2

    assert (
        capsys.readouterr().err == f"set-up: chekov given; {', '.join(set_up.OPTIONAL)} allowed\n"
    )


def test_postgresqls_programs_are_looked_for_where_they_are_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Path:
        raise PostgresMissingError("PostgreSQL 15's server programs are missing; install them")

    monkeypatch.setattr("harness.postgres.find_programs", missing)
    monkeypatch.setattr("sys.path", [*sys.path])

    assert set_up.main(["postgresql"]) == 2

    assert (
        capsys.readouterr().err
        == "set-up: PostgreSQL 15's server programs are missing; install them\n"
    )


MISSING = ChromiumMissingError("Chromium is missing; on Debian: apt-get install chromium")


@pytest.fixture
def without_chromium(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Chromium whose apt-get notes what it is asked for, in a file."""

    def missing() -> Path:
        raise MISSING

    programs, asked = tmp_path / "bin", tmp_path / "asked"
    programs.mkdir()
    (programs / "apt-get").write_text(f'#!/bin/sh\necho "$*" >> "{asked}"\nexit "${{ENDS:-0}}"\n')
    (programs / "apt-get").chmod(0o755)
    monkeypatch.setattr("harness.chromium.find_program", missing)
    monkeypatch.setattr("sys.path", [*sys.path])
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return asked


def test_root_gets_debians_chromium_where_none_is_there(
    without_chromium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)

    set_up.install_browser()

    waits = "-qq -o DPkg::Lock::Timeout=120"
    assert without_chromium.read_text() == (
        f"{waits} update\n{waits} install -y --no-install-recommends chromium\n"
    )


@pytest.mark.parametrize("user", [0, 1000])
def test_chromium_is_named_where_it_cannot_be_installed_and_nothing_else_fails(
    without_chromium: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    user: int,
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setenv("ENDS", "100")

    set_up.install_browser()

    assert without_chromium.exists() is (user == 0)
    assert capsys.readouterr().out.endswith(f"set-up: {MISSING}\n")


def test_chromium_that_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.chromium.find_program", lambda: Path("/usr/bin/chromium"))
    monkeypatch.setattr(set_up, "_apt", lambda command: pytest.fail(f"{command} was asked for"))
    monkeypatch.setattr("sys.path", [*sys.path])

    set_up.install_browser()
