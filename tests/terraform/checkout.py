"""A copy of the project whose environments a test may change."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from harness.deployment import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COPIED = ("main.py", "cdktf.json", ".terraform.lock.hcl")
LINKED = ("constructs_lib", "facts", "lean_bindings", "settings", "stacks")


def check_out(folder: Path, *, environments: Path = ROOT / "environments") -> Path:
    """Make a project in ``folder``: the code is linked, what a user writes is copied."""
    folder.mkdir()
    for name in COPIED:
        shutil.copy(ROOT / name, folder / name)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(environments, folder / "environments")
    return folder


def replace(file: Path, old: str, new: str) -> None:
    """Replace the one place in a file that reads ``old``."""
    text = file.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new))
