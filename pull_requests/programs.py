"""Runs other programs: git, gh, Terraform, this project's own app."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from pull_requests.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def output_of(*command: str, folder: Path | None = None, stdin: str = "", **variables: str) -> str:
    """Run a program, without a shell, and return what it printed.

    Raises:
        ToolError: It did not end with 0, or there is no such program.
    """
    try:
        finished = subprocess.run(
            command,
            cwd=folder,
            env=environment(variables),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise ToolError(f"{command[0]} is not on the PATH; install it.") from None
    if finished.returncode:
        said = finished.stderr.strip() or finished.stdout.strip()
        raise ToolError(f"'{' '.join(command[:2])}' ended with {finished.returncode}:\n{said}")
    return finished.stdout


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """This process's variables and these; never TF_LOG, by which passwords come into the log."""
    kept = {name: it for name, it in os.environ.items() if not name.startswith("TF_LOG")}
    return {**kept, **variables}
