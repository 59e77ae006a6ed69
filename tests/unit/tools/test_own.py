"""`make own`: a project of one's own begins without the examples."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError
from tools import own

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = {"dev.toml", "own.toml", "prod.toml", "staging.toml"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder as a fresh clone has it."""
    return shutil.copytree(ROOT / "environments", tmp_path / "environments")


def names(folder: Path) -> set[str]:
    return {it.name for it in folder.glob("*.toml")}


def test_the_examples_go_and_say_where(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert own.main(folder) == 0

    assert names(folder) == set()
    assert names(folder / "examples") == EXAMPLES
    assert capsys.readouterr().out.splitlines() == [
        "environments/dev.toml -> environments/examples/dev.toml",
        "environments/prod.toml -> environments/examples/prod.toml",
        "environments/staging.toml -> environments/examples/staging.toml",
        "environments/certificates/source-ca.pem -> environments/examples/certificates/source-ca.pem",
        "Environments that are left: none. Next: your own, such as environments/dev.toml.",
    ]
    with pytest.raises(EnvironmentsError, match="no TOML file found"):
        load_environments(folder)


def test_what_moved_is_as_good_as_before(folder: Path) -> None:
    """They load, and where they are editors find the schema."""
    own.main(folder)

    for name in EXAMPLES:
        first_line = (folder / "examples" / name).read_text().partition("\n")[0]
        assert first_line == "#:schema ../schema.json"
    (folder / "examples" / "own.toml").unlink()  # its account is dev's, and agrees in other things
    assert [it.name for it in load_environments(folder / "examples")] == ["dev", "prod", "staging"]


def test_the_readmes_file_works_beside_nothing_else(folder: Path) -> None:
    """In a fresh clone it would be one of an account's four, which have to agree."""
    own.main(folder)
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (folder / "shop.toml").write_text(example)

    (environment,) = load_environments(folder)

    assert environment.name == "shop"
    assert environment.aurora.engine_version == "15.10"
    assert environment.migration.dms.engine_version == "3.6.1"


def test_what_is_ones_own_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dev = folder / "dev.toml"
    dev.write_text(dev.read_text().replace(own.REPOSITORY, "github.com/example/shop"))
    shutil.copy(folder / "staging.toml", folder / "shop.toml")
    (folder / "prod.toml").write_text("no TOML")

    assert own.main(folder) == 0

    assert names(folder) == {"dev.toml", "prod.toml", "shop.toml"}
    assert (folder / own.CERTIFICATE).is_file()
    assert "left: dev.toml, prod.toml, shop.toml." in capsys.readouterr().out


def test_a_second_time_nothing_is_left_to_move(folder: Path) -> None:
    own.main(folder)

    assert own.main(folder) == 0
    assert names(folder / "examples") == EXAMPLES


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "examples" / "prod.toml").write_text("mine")

    assert own.main(folder) == 1

    assert names(folder) == {"dev.toml", "prod.toml", "staging.toml"}
    assert capsys.readouterr().err == (
        "environments/examples/prod.toml is there already: nothing is moved. Move it away first.\n"
    )
