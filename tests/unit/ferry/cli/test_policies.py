"""`ferry policies` as a person types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from ferry.cli.app import app
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the environment dev; ferry is called from the one above."""
    folder = tmp_path / "environments"
    folder.mkdir()
    (folder / "dev.toml").write_text(DEV)
    monkeypatch.setattr("ferry.environments.FOLDER", folder)
    monkeypatch.chdir(tmp_path)
    return folder


def ferry(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["policies", *arguments], prog_name="ferry")


def test_all_are_written_into_a_folder(environments: Path) -> None:
    result = ferry("dev")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "The IAM documents of dev, in policies-dev"
    assert (
        "  created        plan.json: for terraform plan -lock=false, ferry adopt, pull requests"
        in lines
    )
    written = environments.parent / "policies-dev"
    assert len(list(written.iterdir())) == len(lines) - 1


def test_one_alone_is_shown(environments: Path) -> None:
    result = ferry("dev", "operate")

    assert json.loads(result.stdout)["Statement"][0]["Sid"] == "StateList"
    assert not (environments.parent / "policies-dev").exists()


def test_one_goes_into_a_folder_that_is_named(environments: Path) -> None:
    result = ferry("dev", "operate", "--folder", "here")

    assert result.exit_code == 0
    assert [file.name for file in (environments.parent / "here").iterdir()] == ["operate.json"]


@pytest.mark.usefixtures("environments")
def test_a_document_that_is_not_there() -> None:
    result = ferry("dev", "everything")

    assert result.exit_code == 2
    assert result.stderr.startswith("'everything' given; allowed are bootstrap, account, plan, ")


def test_a_file_of_the_same_folder_that_is_wrong(environments: Path) -> None:
    """The boundary is the account's, so every file is read."""
    (environments / "prod.toml").write_text("[aws]\n")

    result = ferry("dev")

    assert result.exit_code == 2
    assert "prod.toml" in result.stderr


def test_with_the_repositorys_ids_who_may_take_a_role_is_written_too(environments: Path) -> None:
    ferry("dev", "--github", "11/22", "--branch", "trunk")

    trust = (environments.parent / "policies-dev" / "trust-review.json").read_text()
    assert "repo:example@11/aurora-ferry@22:ref:refs/heads/trunk" in trust


@pytest.mark.usefixtures("environments")
def test_ids_are_two_numbers() -> None:
    result = ferry("dev", "--github", "example/aurora-ferry")

    assert result.exit_code == 2
    assert result.stderr == (
        "--github: 'example/aurora-ferry' given; allowed: two numbers, OWNER_ID/REPOSITORY_ID. "
        "docs/pull-requests.md says how to ask GitHub for them.\n"
    )
