"""Copies of the project with any number of environments."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = ("constructs_lib", "facts", "lean_bindings", "settings", "stacks")
_CIDR = re.compile(r'(^\[network\.vpc\]\ncidr = )"[^"]+"', re.MULTILINE)


def grow(project: Path, folder: Path, *, environments: int) -> None:
    """Copy the program into ``folder``, with this many environments instead of its own.

    They are the project's own environments over and over, each copy with another name and another
    network, as the rules of the settings demand. Each of them is a full one.

    Args:
        project: The checkout.
        folder: Where the copy goes; made here.
        environments: How many, 254 at most.
    """
    folder.mkdir()
    shutil.copy(project / "main.py", folder)
    for package in _PROGRAM:
        shutil.copytree(project / package, folder / package)
    files = sorted((project / "environments").glob("*.toml"), reverse=True)
    target = folder / "environments"
    shutil.copytree(project / "environments" / "certificates", target / "certificates")
    for number in range(environments):
        text = files[number % len(files)].read_text(encoding="utf-8")
        changed, replaced = _CIDR.subn(rf'\1"10.{number + 1}.0.0/16"', text)
        if not replaced:
            raise ValueError(f"{files[number % len(files)]} has no [network.vpc] with a cidr first")
        (target / f"e{number + 1}.toml").write_text(changed, encoding="utf-8")
