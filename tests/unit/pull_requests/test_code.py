"""What git says of the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pull_requests.code import check_out, commit_of, merge_base, tree_of, uncommitted
from pull_requests.errors import ToolError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.pull_requests.conftest import Repository


def test_a_squashed_branch_holds_the_files_that_were_reviewed(repository: Repository) -> None:
    repository.commit(a="1")
    repository.git("switch", "--create", "change")
    repository.commit(a="2")
    reviewed = repository.commit(b="3")
    repository.git("switch", "main")
    repository.git("merge", "--squash", "change")
    merged = repository.commit()

    assert merged != reviewed
    assert tree_of(repository.folder, merged) == tree_of(repository.folder, reviewed)
    assert commit_of(repository.folder, "change") == reviewed


def test_a_branch_that_moved_does_not(repository: Repository) -> None:
    repository.commit(a="1")
    repository.git("switch", "--create", "change")
    reviewed = repository.commit(a="2")
    repository.git("switch", "main")
    repository.commit(b="from another pull request")
    repository.git("merge", "--squash", "change")
    merged = repository.commit()

    assert tree_of(repository.folder, merged) != tree_of(repository.folder, reviewed)


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


def test_what_is_not_committed_is_named(repository: Repository) -> None:
    repository.commit(a="1")
    assert uncommitted(repository.folder) == []

    (repository.folder / "a").write_text("2")
    (repository.folder / "b").write_text("")

    assert [line.split()[-1] for line in uncommitted(repository.folder)] == ["a", "b"]


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
