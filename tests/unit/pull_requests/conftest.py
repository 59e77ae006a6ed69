"""A `gh` that keeps what it is asked, and answers what a test says; a repository in git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.ferry.conftest import aws, credentials  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from pathlib import Path

_GH = """#!{python}
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
call = {{"arguments": sys.argv[1:], "given": sys.stdin.read()}}
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(call) + "\\n")
path = sys.argv[-1].partition("?")[0]
failure = folder / "failure"
if failure.exists():
    sys.exit(failure.read_text())
if "GET" in sys.argv:
    answers = json.loads((folder / "answers").read_text())
    if path not in answers and "--paginate" not in sys.argv:
        sys.exit("gh: Not Found (HTTP 404)")
    lines = [json.dumps(line, ensure_ascii=False) for line in answers.get(path, [])]
    if "--paginate" in sys.argv and sys.argv[sys.argv.index("--jq") + 1] != ".[]":
        sys.exit("this gh knows no other query than .[]")
    sys.stdout.reconfigure(encoding="utf-8")
    print("".join(line + "\\n" for line in lines), end="")
"""


PULL_REQUEST = "repos/owner/name/pulls/7"
OPENED = {"user": {"login": "author"}, "head": {"sha": "a" * 40}}
"""What GitHub says of the pull request, as far as it is looked at."""


@dataclass(frozen=True, slots=True)
class FakeGh:
    """The command line of GitHub, as far as these tests go."""

    folder: Path

    def answer(self, path: str, *lines: dict[str, Any]) -> None:
        """What it prints when it is asked for a path: one answer, or the items of a list."""
        file = self.folder / "answers"
        answers = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(json.dumps({**answers, path: lines}))

    def fail(self, message: str) -> None:
        (self.folder / "failure").write_text(message)

    def calls(self) -> list[dict[str, Any]]:
        file = self.folder / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def writes(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Method, path and document of each call that writes."""
        return [
            (call["arguments"][2], call["arguments"][-1], json.loads(call["given"]))
            for call in self.calls()
            if call["arguments"][2] != "GET"
        ]


def write_gh(folder: Path) -> FakeGh:
    """Write the program into a new folder, for the PATH."""
    folder.mkdir()
    program = folder / "gh"
    program.write_text(_GH.format(python=sys.executable))
    program.chmod(0o755)
    fake = FakeGh(folder)
    fake.answer(PULL_REQUEST, OPENED)
    return fake


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeGh:
    fake = write_gh(tmp_path / "gh")
    monkeypatch.setenv("PATH", f"{fake.folder}{os.pathsep}{os.environ['PATH']}")
    return fake


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository in git, outside of every other."""

    folder: Path

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=A Person", "-c", "user.email=person@example.com")
        return subprocess.run(
            ["git", *who, *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def commit(self, **files: str) -> str:
        """Write files, commit them, and return the commit's hash."""
        for name, text in files.items():
            (self.folder / name).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--allow-empty", "--message", "a change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "repository"
    folder.mkdir()
    found = Repository(folder)
    found.git("init", "--initial-branch=main")
    return found
