"""The commands that the workflows call where no package is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT
from pull_requests.command import main
from tests.unit.pull_requests.examples import COMMIT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.pull_requests.conftest import FakeGh

PULL_REQUEST = ("--repository", "owner/name", "--number", "7")
COMMENTS = "repos/owner/name/issues/7/comments"
REVIEWS = "repos/owner/name/pulls/7/reviews"
BOT = "github-actions[bot]"


def verdict(value: str) -> int:
    return main(
        ["verdict", "--stack", "dev", "--verdict", value, "--author", "author", "--commit", COMMIT,
         *PULL_REQUEST]
    )  # fmt: skip


@pytest.mark.usefixtures("gh")
@pytest.mark.parametrize(
    ("value", "code"), [("0", 0), ("1", 1), ("3", 3), ("4", 4), ("", 3), ("9", 3)]
)
def test_the_jobs_status_is_the_verdicts(
    value: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdict(value) == code
    kind = "error" if code else "notice"
    assert capsys.readouterr().out.startswith(f"::{kind}::dev: ")


def test_two_approvals_let_a_plan_through(gh: FakeGh, capsys: pytest.CaptureFixture[str]) -> None:
    reviews = [
        {"login": login, "association": "MEMBER", "state": "APPROVED", "commit": COMMIT}
        for login in ("a", "b")
    ]
    gh.answer(REVIEWS, *reviews)

    assert verdict("1") == 0
    assert capsys.readouterr().out == (
        "::notice::dev: needs a second reviewer; 2 of 2 approvals of this commit (a, b).\n"
    )


def test_a_comment_is_written_from_what_plan_left(gh: FakeGh, tmp_path: Path) -> None:
    (tmp_path / "comment.md").write_text("<!-- aurora-ferry plan of dev -->\ntext")

    assert main(["comment", "--stack", "dev", "--folder", str(tmp_path), *PULL_REQUEST]) == 0
    assert gh.writes() == [("POST", COMMENTS, {"body": "<!-- aurora-ferry plan of dev -->\ntext"})]


def test_comments_of_what_changes_no_more_are_settled(
    gh: FakeGh, capsys: pytest.CaptureFixture[str]
) -> None:
    gh.answer(
        COMMENTS,
        {"id": 1, "login": BOT, "body": "<!-- aurora-ferry plan of dev -->\nold"},
        {"id": 2, "login": BOT, "body": "<!-- aurora-ferry plan of prod -->\nnew"},
        {"id": 3, "login": BOT, "body": "another workflow's"},
        {"id": 4, "login": "person", "body": "<!-- aurora-ferry plan of qa -->"},
    )

    changed = json.dumps([{"stack": "prod"}])
    code = main(["settle", "--changed", changed, "--commit", COMMIT, *PULL_REQUEST])

    assert code == 0
    ((method, path, document),) = gh.writes()
    assert (method, path) == ("PATCH", "repos/owner/name/issues/comments/1")
    assert document["body"].startswith("<!-- aurora-ferry plan of dev -->\n## dev: no change\n")
    assert capsys.readouterr().out == "dev: changes no more\n"


def test_what_github_refuses_is_one_error(gh: FakeGh, capsys: pytest.CaptureFixture[str]) -> None:
    gh.fail("gh: Bad credentials (HTTP 401)")

    assert verdict("0") == 3
    assert capsys.readouterr().err == "'gh api' ended with 1:\ngh: Bad credentials (HTTP 401)\n"


@pytest.mark.parametrize("module", ["comment", "github", "verdict", "command"], ids=lambda it: it)
def test_they_run_without_any_package(module: str) -> None:
    # -S: no site-packages. The job that calls them installs nothing.
    finished = subprocess.run(
        [sys.executable, "-S", "-c", f"import pull_requests.{module}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
