"""Synthesizes the project, and the project as it was at another commit."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pull_requests.code import check_out
from pull_requests.errors import ToolError
from pull_requests.programs import output_of
from pull_requests.stacks import Stack, changes, read_stacks

if TYPE_CHECKING:
    from pull_requests.stacks import Change


def synthesized(project: Path) -> dict[str, Stack]:
    """All stacks of the project, by name.

    Raises:
        ToolError: An environment's file has mistakes; the text has a line for each.
    """
    with tempfile.TemporaryDirectory(prefix="aurora-ferry-synth-") as folder:
        output = Path(folder) / "cdktf.out"
        # Every environment, whatever the caller's shell selects.
        variables = {"CDKTF_OUTDIR": str(output), "ENVIRONMENT_SUFFIX": ""}
        output_of(sys.executable, "main.py", folder=project, variables=variables)
        return read_stacks(output)


def synthesized_at(project: Path, commit: str) -> dict[str, Stack]:
    """All stacks of the project as it was at a commit, by name.

    Raises:
        ToolError: That commit does not synthesize.
    """
    with tempfile.TemporaryDirectory(prefix="aurora-ferry-base-") as folder:
        earlier = Path(folder) / "project"
        check_out(project, commit, into=earlier)
        try:
            return synthesized(earlier)
        except ToolError as error:
            raise ToolError(
                f"The commit {commit}, which this is compared with, does not synthesize, so what "
                f"changes is not known. Mend it first.\n{error}"
            ) from None


def changes_since(project: Path, commit: str) -> list[Change]:
    """The stacks that differ between a commit and the project as it stands."""
    return changes(before=synthesized_at(project, commit), after=synthesized(project))
