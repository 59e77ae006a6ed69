"""Where packages come from is each machine's own affair: the lock files name no registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from harness.deployment import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TOOLS: Final = sorted((ROOT / "tools").glob("*.in"))


def test_pythons_names_no_registry() -> None:
    lock = json.loads((ROOT / "Pipfile.lock").read_text())

    assert lock["_meta"]["sources"] == []
    for section in ("default", "develop"):
        for name, package in lock[section].items():
            assert "index" not in package, name


def test_nodes_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


@pytest.mark.parametrize("wanted", TOOLS, ids=lambda it: it.stem)
def test_a_tools_holds_what_is_wanted_and_names_no_registry(wanted: Path) -> None:
    pins = wanted.with_suffix(".txt").read_text()

    assert set(wanted.read_text().split()) <= set(pins.replace(";", " ").split())
    assert "://" not in pins
    assert not pins.startswith("-")
