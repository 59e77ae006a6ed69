"""What ferry itself says: its version, its help, what a shell completes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest
import typer
from typer.testing import CliRunner, Result

from ferry.cli.app import app
from ferry.findings import ExitStatus

ROOT: Final = Path(__file__).resolve().parents[4]
COMMANDS: Final = [
    ("bootstrap",),
    ("adopt",),
    ("policies",),
    ("review",),
    ("secret", "source"),
    ("secret", "application"),
    ("secret", "operator"),
    ("secret", "reverse"),
    ("subscribe",),
    ("prepare-databases",),
    ("schema",),
    ("start",),
    ("stop",),
    ("watch",),
    ("reload",),
    ("verify",),
    ("cutover",),
    ("rollback",),
    ("finish",),
    ("report",),
    ("status",),
    ("check", "aws"),
    ("check", "deployment"),
    ("check", "source"),
    ("suggest", "tasks"),
]


def ferry(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, arguments, prog_name="ferry", env=environment)


def words(text: str) -> str:
    """The words of a help text, without its frames and line ends."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", text).split())


def test_the_version_is_the_projects() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    result = ferry("--version")

    assert result.stdout == f"ferry {version}\n"
    assert result.exit_code == 0


def test_what_the_version_changed_is_written_down() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    numbered = re.findall(
        r"^## (\d\S*) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )

    assert numbered[0] == version


def test_help_has_the_table_of_exit_statuses() -> None:
    shown = ferry("--help").stdout

    for status in ExitStatus:
        assert f"• {status.value} {status.meaning}" in shown


def test_the_runbook_has_the_same_table() -> None:
    rows = [f"| {status.value} | {status.meaning} |" for status in ExitStatus]

    assert "\n".join(rows) in (ROOT / "docs" / "deployment.md").read_text()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_commands_help_names_its_exit_statuses(command: tuple[str, ...]) -> None:
    short, long = ferry(*command, "-h"), ferry(*command, "--help")

    assert short.stdout == long.stdout
    assert "Exit status: " in words(long.stdout)


def test_every_command_is_listed_above() -> None:
    root = typer.main.get_command(app)

    def leaves(command: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
        below = getattr(command, "commands", {})
        return [leaf for name in below for leaf in leaves(below[name], (*path, name))] or [path]

    assert sorted(leaves(root)) == sorted(COMMANDS)


@pytest.mark.parametrize("side", ["source", "target"])
def test_where_a_server_is_reached_a_variable_says_and_an_option_before_it(side: str) -> None:
    option, variable = f"--{side}-address", f"FERRY_{side.upper()}_ADDRESS"

    by_variable = ferry("cutover", "dev", **{variable: "nowhere"})
    by_option = ferry("cutover", "dev", option, "here", **{variable: "nowhere"})
    by_none = ferry("cutover", "no-such", **{variable: ""})

    assert by_variable.stderr.startswith(
        f"{option} ({variable}) is 'nowhere'; it has to be HOST:PORT"
    )
    assert by_option.stderr.startswith(f"{option} ({variable}) is 'here'; it has to be HOST:PORT")
    assert by_none.stderr.startswith("There is no environment 'no-such'")
    assert {by_variable.exit_code, by_option.exit_code, by_none.exit_code} == {2}


def test_a_shell_completes_commands_and_environments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dev", "demo", "prod"):
        (tmp_path / f"{name}.toml").touch()
    monkeypatch.setattr("ferry.environments.FOLDER", tmp_path)

    def completed(line: str) -> list[str]:
        return ferry(
            _FERRY_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(line.count(" "))
        ).stdout.split()

    assert completed("ferry boot") == ["bootstrap"]
    assert completed("ferry bootstrap de") == ["demo", "dev"]
    assert completed("ferry review pr") == ["prod"]
