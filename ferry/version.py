"""Which ferry this is: the version of the project, which pyproject.toml names."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

_PROJECT: Final = Path(__file__).resolve().parents[1] / "pyproject.toml"


def version() -> str:
    """The version, such as `0.1.0`."""
    found: str = tomllib.loads(_PROJECT.read_text())["project"]["version"]
    return found
