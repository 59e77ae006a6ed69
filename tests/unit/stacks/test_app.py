"""main.py, as cdktf runs it."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cdktf import App

from settings.reading.problem import EnvironmentsError, Problem
from stacks.app import add_stacks

if TYPE_CHECKING:
    from settings.environment import Environment

ROOT = Path(__file__).resolve().parents[3]


def test_the_app_writes_the_selected_environment_and_its_account(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # jsii's own process keeps the variables that it was started with, CDKTF_OUTDIR among them.
    monkeypatch.setattr("cdktf.App", lambda: App(outdir=str(tmp_path / "cdktf.out")))
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "prod")

    runpy.run_path(str(ROOT / "main.py"))

    written = sorted(path.name for path in (tmp_path / "cdktf.out" / "stacks").iterdir())
    assert written == ["account-444455556666", "prod"]


def test_an_account_in_which_nothing_is_carried_has_no_stack(
    environments: dict[str, Environment], tmp_path: Path
) -> None:
    alone = environments["prod"].model_copy(update={"source": None, "dms": None})
    app = App(outdir=str(tmp_path))

    add_stacks(app, [environments["dev"], environments["staging"], alone])

    assert [it.node.id for it in app.node.children] == [
        "account-111122223333",
        "dev",
        "staging",
        "prod",
    ]


def test_an_app_that_does_not_find_its_provider_pinned_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cdktf.App", lambda: App(outdir=str(tmp_path / "cdktf.out")))
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "prod")
    monkeypatch.setattr("stacks.lock_file.here", lambda: "plan9_mips")

    runpy.run_path(str(ROOT / "main.py"))

    *_, said = capsys.readouterr().err.splitlines()
    assert said.startswith("The AWS provider is not pinned here for account-444455556666 (5.100.0)")


def test_the_app_says_once_what_ends_when(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cdktf.App", lambda: App(outdir=str(tmp_path / "cdktf.out")))
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "dev,staging")

    runpy.run_path(str(ROOT / "main.py"))

    ends = [it for it in capsys.readouterr().err.splitlines() if it.startswith("What ends when")]
    assert ends == [
        (
            "What ends when: Aurora PostgreSQL 15.8 could no longer be created in July 2026 (dev, "
            "staging); DMS 3.5.4 takes no new instance after 31 January 2027 and ends on 31 March 2027 "
            "(dev, staging). 'ferry check aws ENV' asks your region what it offers."
        )
    ]


def test_an_unknown_environment_ends_with_2_and_one_line_and_writes_nothing(
    tmp_path: Path,
) -> None:
    output = tmp_path / "cdktf.out"

    run = subprocess.run(
        [sys.executable, "main.py"],
        cwd=ROOT,
        env=os.environ | {"CDKTF_OUTDIR": str(output), "ENVIRONMENT_SUFFIX": "prd"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr == (
        'ENVIRONMENT_SUFFIX: "prd" given; allowed: dev, prod or staging, several separated by commas;'
        " correct the name, or unset it for all\n"
    )
    assert not output.exists()


def test_every_problem_is_printed_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = [
        Problem("environments/a.toml", "aws.region", "none given", "a region", "set one"),
        Problem("environments/b.toml", "aws.region", "none given", "a region", "set one"),
    ]

    def refuse(*_: object, **__: object) -> None:
        raise EnvironmentsError(problems)

    monkeypatch.setattr("settings.reading.loading.load_environments", refuse)

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "main.py"))

    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "environments/a.toml: aws.region: none given; a region; set one\n"
        "environments/b.toml: aws.region: none given; a region; set one\n"
    )
