"""What the documents say stays true where a machine can tell."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT
from settings.reading.loading import load_environments

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if link.startswith("https://"):
            continue
        path, _, fragment = link.partition("#")
        target = (document.parent / path) if path else document
        assert target.exists(), link
        if fragment:
            headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
            assert fragment in map(anchor, headings), link


def test_what_keeps_whom_from_what_is_shown_by_tests_that_are_there() -> None:
    tests = "".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    text = (ROOT / "docs" / "pull-requests.md").read_text()
    section = text.partition("\n## What keeps whom from what\n")[2].partition("\n## ")[0]
    lines = {line: re.findall(r"`(test_\w+)`", line) for line in section.strip().splitlines()}

    assert [line for line, named in lines.items() if not named] == []
    for name in re.findall(r"`(test_\w+)`", text):
        assert f"def {name}(" in tests, name


def test_the_readmes_file_loads(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "dev.toml").write_text(example)

    (environment,) = load_environments(tmp_path)

    assert environment.prefix == "aurora-ferry-dev"


def test_the_trials_file_loads_and_leads_its_application(tmp_path: Path) -> None:
    (example,) = re.findall(
        r"```toml\n(.*?)```", (ROOT / "docs" / "trial.md").read_text(), re.DOTALL
    )
    (tmp_path / "trial.toml").write_text(example)

    (environment,) = load_environments(tmp_path)

    assert environment.legs
    assert environment.cutover is not None
    led = [
        subprocess.run(
            environment.cutover.hooks.switch,
            env={
                "XDG_STATE_HOME": str(tmp_path),
                "FERRY_DIRECTION": direction,
                "FERRY_SOURCE_ADDRESS": "127.0.0.1:1",
                "FERRY_TARGET_ADDRESS": "127.0.0.1:2",
            },
            check=True,
        )
        and (tmp_path / "where").read_text()
        for direction in ("cutover", "rollback")
    ]
    assert led == ["127.0.0.1:2\n", "127.0.0.1:1\n"]
