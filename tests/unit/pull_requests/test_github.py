"""One comment a stack: found again by its hidden marker, and written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pull_requests.errors import ToolError
from pull_requests.github import PullRequest
from pull_requests.verdict import Approval

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.pull_requests.conftest import FakeGh

MARKER = "<!-- aurora-ferry plan of dev -->"
TEXT = f"{MARKER}\n## dev: safe\n"
COMMENTS = "repos/owner/name/issues/7/comments"
BOT = "github-actions[bot]"


@pytest.fixture
def pull_request(tmp_path: Path) -> PullRequest:
    return PullRequest(repository="owner/name", number=7, folder=tmp_path)


def test_the_first_comment_is_created(gh: FakeGh, pull_request: PullRequest) -> None:
    assert pull_request.comment(MARKER, TEXT) == "created"
    assert gh.writes() == [("POST", COMMENTS, {"body": TEXT})]


def test_the_next_one_takes_its_place(gh: FakeGh, pull_request: PullRequest) -> None:
    gh.answer(
        COMMENTS,
        {"id": 1, "login": BOT, "body": "<!-- aurora-ferry plan of prod -->\r\n## prod"},
        {"id": 2, "login": BOT, "body": f"{MARKER}\r\n## dev: blocked"},
    )

    assert pull_request.comment(MARKER, TEXT) == "updated"
    assert gh.writes() == [("PATCH", "repos/owner/name/issues/comments/2", {"body": TEXT})]


@pytest.mark.parametrize(
    ("login", "body"),
    [
        pytest.param("somebody", MARKER, id="somebody else's"),
        pytest.param(BOT, f"> {MARKER}", id="one that quotes it"),
        pytest.param(BOT, f"Look:\n{MARKER}", id="one that has it further down"),
        pytest.param(BOT, "", id="an empty one"),
    ],
)
def test_another_comment_is_left_alone(
    gh: FakeGh, pull_request: PullRequest, login: str, body: str
) -> None:
    gh.answer(COMMENTS, {"id": 1, "login": login, "body": body})

    assert pull_request.comment(MARKER, TEXT) == "created"


def test_only_an_existing_comment_is_updated(gh: FakeGh, pull_request: PullRequest) -> None:
    assert not pull_request.update(MARKER, TEXT)
    assert gh.writes() == []

    gh.answer(COMMENTS, {"id": 2, "login": BOT, "body": MARKER})

    assert pull_request.update(MARKER, TEXT)
    assert gh.writes() == [("PATCH", "repos/owner/name/issues/comments/2", {"body": TEXT})]


def test_all_pages_are_asked_for(gh: FakeGh, pull_request: PullRequest) -> None:
    pull_request.reviews()

    (call,) = gh.calls()
    assert "--paginate" in call["arguments"]
    assert call["arguments"][-1] == "repos/owner/name/pulls/7/reviews?per_page=100"


def test_reviews_are_read(gh: FakeGh, pull_request: PullRequest) -> None:
    review = {"login": "a", "association": "MEMBER", "state": "APPROVED", "commit": "c"}
    gh.answer("repos/owner/name/pulls/7/reviews", review)

    assert pull_request.reviews() == [Approval(**review)]


def test_a_machine_without_gh(pull_request: PullRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(ToolError, match=r"^gh is not on the PATH; install it\.$"):
        pull_request.reviews()
