"""The Pipfile names every package that is imported: what another package brings may go away."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING, Final

import pytest

from harness.deployment import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OURS: Final = {file.parent.name for file in ROOT.glob("[!.]*/__init__.py")}
DISTRIBUTIONS: Final = packages_distributions()


@pytest.mark.unfollowed
def test_every_imported_package_is_declared() -> None:
    packages = declared()

    undeclared = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in code()
        for name in imported(file)
        if not packages.intersection(map(normal, DISTRIBUTIONS.get(name, [name])))
    }

    assert undeclared == set()


def declared() -> set[str]:
    """The Pipfile's packages; types-boto3[s3] stands for types-boto3-s3 too."""
    pipfile = tomllib.loads((ROOT / "Pipfile").read_text())
    packages = pipfile["packages"] | pipfile["dev-packages"]
    extras = {
        f"{name}-{extra}"
        for name, wanted in packages.items()
        if isinstance(wanted, dict)
        for extra in wanted["extras"]
    }
    return set(map(normal, packages)) | extras


def code() -> Iterator[Path]:
    yield ROOT / "main.py"
    for folder in OURS:
        yield from (ROOT / folder).rglob("*.py")


def imported(file: Path) -> set[str]:
    """The top-level packages of others that a file imports, for type checkers alone as well."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    # Every type checker brings _typeshed along, and only it knows it.
    known = OURS | {"main", "_typeshed"} | sys.stdlib_module_names
    return {name.partition(".")[0] for name in names} - known


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
