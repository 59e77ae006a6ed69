"""The project's code: at another commit, as git has it, and the stacks that it is synthesized to.

What git or the app do not take is a ToolError with their words, such as a line for each mistake of
an environment's file.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pull_requests.errors import ToolError
from pull_requests.programs import output_of
from pull_requests.stacks import Stack, changes, read_stacks

if TYPE_CHECKING:
    from pull_requests.stacks import Change


def commit_of(project: Path, name: str) -> str:
    """The hash of a commit that is named by a hash, a branch, or `HEAD^1`."""
    what = ("--verify", "--end-of-options", f"{name}^{{commit}}")
    return output_of("git", "rev-parse", *what, folder=project).strip()


def merge_base(project: Path, name: str) -> str:
    """The commit at which HEAD left a branch."""
    return output_of("git", "merge-base", "HEAD", name, folder=project).strip()


def check_out(project: Path, commit: str, *, into: Path) -> None:
    """Write the files of a commit into a folder.

    Unlike `git worktree` it leaves nothing in the repository, whatever ends it half-way.
    """
    with tempfile.TemporaryDirectory(prefix="aurora-ferry-index-") as folder:
        index = str(Path(folder) / "index")
        writes = ("checkout-index", "--all", f"--prefix={into}{os.sep}")
        for command in (("read-tree", commit), writes):
            output_of("git", *command, folder=project, GIT_INDEX_FILE=index)


def synthesized(project: Path) -> dict[str, Stack]:
    """All stacks of the project, by name."""
    with tempfile.TemporaryDirectory(prefix="aurora-ferry-synth-") as folder:
        output = Path(folder) / "cdktf.out"
        # Every environment, whatever the caller's shell selects.
        variables = {"CDKTF_OUTDIR": str(output), "ENVIRONMENT_SUFFIX": ""}
        output_of(sys.executable, "main.py", folder=project, **variables)
        return read_stacks(output)


def changes_since(project: Path, commit: str) -> list[Change]:
    """The stacks that differ between a commit and the project as it stands."""
    with tempfile.TemporaryDirectory(prefix="aurora-ferry-base-") as folder:
        earlier = Path(folder) / "project"
        check_out(project, commit, into=earlier)
        try:
            before = synthesized(earlier)
        except ToolError as error:
            raise ToolError(
                f"The commit {commit}, which this is compared with, does not synthesize, so what "
                f"changes is not known. Mend it first.\n{error}"
            ) from None
    return changes(before=before, after=synthesized(project))
