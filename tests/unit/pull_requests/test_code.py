"""What git says of the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pull_requests.code import check_out, commit_of, merge_base
from pull_requests.errors import ToolError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.pull_requests.conftest import Repository


def test_where_a_branch_was_left(repository: Repository) -> None:
    left = repository.commit(a="1")
    repository.git("switch", "--create", "change")
    repository.commit(a="2")

    assert merge_base(repository.folder, "main") == left


@pytest.mark.parametrize("name", ["nowhere", "--help", "HEAD^7"])
def test_a_commit_that_git_does_not_know(repository: Repository, name: str) -> None:
    repository.commit(a="1")

    with pytest.raises(ToolError, match="'git rev-parse' ended with 128"):
        commit_of(repository.folder, name)


def test_an_earlier_commit_is_written_out_and_leaves_nothing_behind(
    repository: Repository, tmp_path: Path
) -> None:
    earlier = repository.commit(a="1", b="1")
    repository.commit(a="2")
    (repository.folder / "a").write_text("edited")
    before = repository.git("status", "--porcelain"), repository.git("worktree", "list")

    check_out(repository.folder, earlier, into=tmp_path / "earlier")

    written = {file.name: file.read_text() for file in (tmp_path / "earlier").iterdir()}
    assert written == {"a": "1", "b": "1"}
    assert (repository.folder / "a").read_text() == "edited"
    assert before == (repository.git("status", "--porcelain"), repository.git("worktree", "list"))
