"""The project's code as git has it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pull_requests.programs import output_of


def commit_of(project: Path, name: str) -> str:
    """The hash of a commit that is named by a hash, a branch, or `HEAD^1`.

    Raises:
        ToolError: git does not know it.
    """
    return _git(project, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")


def merge_base(project: Path, name: str) -> str:
    """The commit at which HEAD left a branch.

    Raises:
        ToolError: git does not know the branch, or they have no commit in common.
    """
    return _git(project, "merge-base", "HEAD", name)


def check_out(project: Path, commit: str, *, into: Path) -> None:
    """Write the files of a commit into a folder.

    Unlike `git worktree` it leaves nothing in the repository, whatever ends it half-way.
    """
    with tempfile.TemporaryDirectory(prefix="aurora-ferry-index-") as folder:
        variables = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        output_of("git", "read-tree", commit, folder=project, variables=variables)
        output_of(
            "git", "checkout-index", "--all", f"--prefix={into}{os.sep}",
            folder=project, variables=variables,
        )  # fmt: skip


def _git(project: Path, *arguments: str) -> str:
    return output_of("git", *arguments, folder=project).strip()
