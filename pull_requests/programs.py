"""Runs other programs: git, gh, Terraform, this project's own commands."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from pull_requests.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def output_of(
    *command: str,
    folder: Path,
    stdin: str | None = None,
    variables: Mapping[str, str] | None = None,
) -> str:
    """Run a program, without a shell, and return what it printed.

    Variables stand beside those of the environment; standard input is empty by default.

    Raises:
        ToolError: It did not end with 0, or there is no such program.
    """
    name = " ".join(command[:2])
    try:
        finished = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(variables or {})},
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise ToolError(f"{command[0]} is not on the PATH; install it.") from None
    if finished.returncode:
        said = "\n".join(
            text for text in (finished.stderr.strip(), finished.stdout.strip()) if text
        )
        raise ToolError(f"'{name}' ended with {finished.returncode}:\n{said}")
    return finished.stdout
