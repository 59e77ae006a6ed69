"""Read the environments' files."""

import tomllib
from pathlib import Path

from settings.environment import Environment


def load_environments(folder: Path, *, selected: str | None = None) -> tuple[Environment, ...]:
    """Return the environments of a folder's files, by name.

    Args:
        folder: Where the TOML files are.
        selected: Names separated by commas, as ENVIRONMENT_SUFFIX holds them. Default: all.
    """
    wanted = {name.strip() for name in (selected or "").split(",")} - {""}
    return tuple(
        Environment.model_validate(
            {"name": file.stem, **tomllib.loads(file.read_text(encoding="utf-8"))}
        )
        for file in sorted(folder.glob("*.toml"))
        if not wanted or file.stem in wanted
    )
