"""Finds out which submodules of a package a project imports, by reading the project's sources."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Folders that hold other people's code or a tool's output; hidden ones are left out as well.
_FOREIGN = frozenset({"__pycache__", "cdktf.out", "node_modules", "site-packages"})


def imported_submodules(package: str, sources: Iterable[Path]) -> set[str]:
    """The first-level submodules of ``package`` that the Python files below ``sources`` name.

    Understands ``from package.sub import Name``, ``from package import sub``,
    ``import package.sub``, ``import package as alias`` with ``alias.sub`` further down, and the
    string ``"package.sub"`` as ``importlib.import_module`` takes it. A name too many does no harm
    and one too few is learned when the program runs, so nothing is executed to be certain.

    A file that cannot be read or parsed is passed over: Python could not import it either.
    """
    found: set[str] = set()
    needle = package.encode()
    for path in python_files(sources):
        try:
            text = path.read_bytes()
            if needle in text:
                found |= _named_in(ast.parse(text), package)
        except (OSError, SyntaxError, ValueError):
            continue
    return found


def python_files(sources: Iterable[Path]) -> Iterator[Path]:
    """The project's own Python files: no virtual environments, packages of Node, hidden folders."""
    for source in sources:
        for folder, folders, files in os.walk(source):
            if "pyvenv.cfg" in files:
                folders.clear()
                continue
            folders[:] = sorted(
                name for name in folders if not name.startswith(".") and name not in _FOREIGN
            )
            yield from (Path(folder, name) for name in files if name.endswith(".py"))


def _named_in(tree: ast.Module, package: str) -> set[str]:
    """The submodules that one parsed file names."""
    prefix = f"{package}."
    dotted: set[str] = set()
    aliases = {package}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                dotted.update(name.name for name in names)
                aliases.update(
                    name.asname for name in names if name.name == package and name.asname
                )
            case ast.ImportFrom(module=str(module), names=names, level=0):
                dotted.add(module)
                if module == package:
                    dotted.update(prefix + name.name for name in names)
            case ast.Constant(value=str(text)):
                dotted.add(text)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in aliases:
                dotted.add(prefix + attribute)
    return {
        name.removeprefix(prefix).partition(".")[0] for name in dotted if name.startswith(prefix)
    }
