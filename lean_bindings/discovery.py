"""Finds out which submodules of a package a project imports, by reading the project's sources."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Folders that hold other people's code or a tool's output; hidden ones are left out as well.
_FOREIGN = frozenset({"__pycache__", "cdktf.out", "node_modules", "site-packages"})

_NAME = re.compile(r"\w+")


def imported_submodules(package: str, sources: Iterable[Path]) -> set[str]:
    """The first-level submodules of ``package`` that the Python files below ``sources`` name.

    Understands ``from package.sub import Name``, ``from package import sub``,
    ``import package.sub``, ``import package as alias`` with ``alias.sub``, and the string
    ``"package.sub"`` as ``importlib.import_module`` takes it. Words are looked for, not syntax,
    which takes a fortieth of the time and errs on the safe side: a name too many, such as one in a
    comment, does no harm, and one too few is a clear error
    when the program runs, unless it was imported in time.

    A file that cannot be read is passed over: Python could not import it either.
    """
    found: set[str] = set()
    patterns = _Patterns(package)
    for path in python_files(sources):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if package in text:
            found |= patterns.named_in(text)
    return found


def python_files(sources: Iterable[Path]) -> Iterator[Path]:
    """The project's own Python files: no virtual environments, packages of Node, hidden folders."""
    for source in sources:
        for folder, folders, files in os.walk(source):
            if "pyvenv.cfg" in files:
                folders.clear()
                continue
            folders[:] = [
                name for name in folders if not name.startswith(".") and name not in _FOREIGN
            ]
            yield from (Path(folder, name) for name in files if name.endswith(".py"))


class _Patterns:
    """What the submodules of one package are named by."""

    def __init__(self, package: str) -> None:
        name = re.escape(package)
        self._dotted = re.compile(rf"{name}\.(\w+)")
        self._from = re.compile(
            rf"^[ \t]*from\s+{name}\s+import\s+(\([^)]*\)|(?:\\\n|[^\n])*)", re.MULTILINE
        )
        self._alias = re.compile(rf"{name}\s+as\s+(\w+)")

    def named_in(self, text: str) -> set[str]:
        """The submodules, and other words, that one file names."""
        found = set(self._dotted.findall(text))
        for names in self._from.findall(text):
            found.update(_NAME.findall(names))
        for alias in self._alias.findall(text):
            found.update(re.findall(rf"\b{alias}\.(\w+)", text))
        return found
