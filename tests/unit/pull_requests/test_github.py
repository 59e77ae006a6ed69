"""One comment a stack; who may approve; which environment is no gate. GitHub's answers are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pull_requests.errors import RefusedError, ToolError
from pull_requests.github import PullRequest, Repository
from tests.unit.pull_requests.examples import COMMIT

if TYPE_CHECKING:
    from tests.unit.pull_requests.conftest import FakeGh

MARKER = "<!-- aurora-ferry plan of dev -->"
TEXT = f"{MARKER}\n## dev: safe\n"
COMMENTS = "repos/owner/name/issues/7/comments"
COMMITS = "repos/owner/name/pulls/7/commits"
BOT = "github-actions[bot]"


@pytest.fixture
def repository_on_github() -> Repository:
    return Repository(name="owner/name")


@pytest.fixture
def pull_request(repository_on_github: Repository) -> PullRequest:
    return PullRequest(repository=repository_on_github, number=7)


def test_the_first_comment_is_created(gh: FakeGh, pull_request: PullRequest) -> None:
    pull_request.comment("dev", TEXT)

    assert gh.writes() == [("POST", COMMENTS, {"body": TEXT})]


def test_the_next_one_takes_its_place(gh: FakeGh, pull_request: PullRequest) -> None:
    gh.answer(
        COMMENTS,
        {"id": 1, "user": {"login": BOT}, "body": "<!-- aurora-ferry plan of prod -->\r\n## prod"},
        {"id": 2, "user": {"login": BOT}, "body": f"{MARKER}\r\n## dev: blocked"},
    )

    pull_request.comment("dev", TEXT)

    assert gh.writes() == [("PATCH", "repos/owner/name/issues/comments/2", {"body": TEXT})]


@pytest.mark.parametrize(
    ("login", "body"),
    [
        pytest.param("somebody", MARKER, id="somebody else's"),
        pytest.param(None, MARKER, id="one of a deleted account"),
        pytest.param(BOT, f"> {MARKER}", id="one that quotes it"),
        pytest.param(BOT, f"Look:\n{MARKER}", id="one that has it further down"),
        pytest.param(BOT, "", id="an empty one"),
    ],
)
def test_another_comment_is_left_alone(
    gh: FakeGh, pull_request: PullRequest, login: str | None, body: str
) -> None:
    gh.answer(COMMENTS, {"id": 1, "user": account(login), "body": body})

    pull_request.comment("dev", TEXT)

    assert gh.writes() == [("POST", COMMENTS, {"body": TEXT})]


def test_a_comment_of_several_lines_in_one_is_read(gh: FakeGh, pull_request: PullRequest) -> None:
    """Whoever may comment may write U+2028, at which Python ends a line and JSON does not."""
    body = f"{MARKER}\n## dev\u2028\x85"
    gh.answer(COMMENTS, {"id": 1, "user": {"login": BOT}, "body": body})

    assert pull_request.comments() == {"dev": {"id": 1, "user": {"login": BOT}, "body": body}}


def test_of_two_comments_of_a_stack_the_first_is_its_own(
    gh: FakeGh, pull_request: PullRequest
) -> None:
    gh.answer(COMMENTS, *({"id": it, "user": {"login": BOT}, "body": MARKER} for it in (1, 2)))

    assert pull_request.comments()["dev"]["id"] == 1


# --- approvals

REVIEWS = "repos/owner/name/pulls/7/reviews"


def account(login: str | None) -> dict[str, str] | None:
    return None if login is None else {"login": login}


def review(login: str | None, *, state: str = "APPROVED", commit: str = COMMIT) -> dict[str, Any]:
    return {"user": account(login), "state": state, "commit_id": commit}


def commit_by(author: str | None, committer: str | None) -> dict[str, Any]:
    """A commit. Where its address is nobody's on GitHub, null stands in the account's place."""
    people = {"author": author, "committer": committer}
    return {
        "commit": {role: {"name": "A Person"} for role in people},
        **{role: account(login) for role, login in people.items()},
    }


def approving(gh: FakeGh, pull_request: PullRequest, *reviews: dict[str, Any]) -> list[str]:
    gh.answer(COMMITS, commit_by("author", "committer"))
    # Somebody may be called None.
    for login in ("a", "b", "author", "committer", "None"):
        gh.answer(f"repos/owner/name/collaborators/{login}/permission", {"permission": "write"})
    gh.answer(REVIEWS, *reviews)
    return pull_request.approvers(COMMIT)


def test_all_pages_are_asked_for(gh: FakeGh, pull_request: PullRequest) -> None:
    approving(gh, pull_request)

    (call,) = (it for it in gh.calls() if "/reviews" in it["arguments"][-1])
    assert "--paginate" in call["arguments"]
    assert call["arguments"][-1] == f"{REVIEWS}?per_page=100"


def test_who_approves_this_commit_counts_once(gh: FakeGh, pull_request: PullRequest) -> None:
    found = approving(gh, pull_request, review("b"), review("a"), review("b"))

    assert found == ["a", "b"]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(review("a", state="COMMENTED"), id="a comment"),
        pytest.param(review("a", commit="c" * 40), id="of an earlier commit"),
        pytest.param(review("reader"), id="of who may only read"),
        pytest.param(review("author"), id="of the author"),
        pytest.param(review("committer"), id="of who committed"),
        pytest.param(review(None), id="of an account that is deleted"),
    ],
)
def test_what_is_no_approval(gh: FakeGh, pull_request: PullRequest, given: dict[str, Any]) -> None:
    gh.answer("repos/owner/name/collaborators/reader/permission", {"permission": "read"})

    assert approving(gh, pull_request, given) == []


@pytest.mark.parametrize("state", ["CHANGES_REQUESTED", "DISMISSED"])
def test_the_last_word_counts(gh: FakeGh, pull_request: PullRequest, state: str) -> None:
    approved, taken_back = review("a"), review("a", state=state)

    assert approving(gh, pull_request, approved, taken_back) == []
    assert approving(gh, pull_request, taken_back, approved) == ["a"]


def test_a_comment_takes_no_approval_back(gh: FakeGh, pull_request: PullRequest) -> None:
    assert approving(gh, pull_request, review("a"), review("a", state="COMMENTED")) == ["a"]


@pytest.mark.parametrize(
    ("permission", "may"),
    [
        ({"permission": "admin", "role_name": "admin"}, True),
        ({"permission": "write", "role_name": "maintain"}, True),
        ({"permission": "write", "role_name": "write"}, True),
        ({"permission": "read", "role_name": "triage"}, False),
        ({"permission": "read", "role_name": "read"}, False),
        ({"permission": "none"}, False),
    ],
)
def test_who_may_write_is_asked_of_github(
    gh: FakeGh, repository_on_github: Repository, permission: dict[str, str], *, may: bool
) -> None:
    gh.answer("repos/owner/name/collaborators/somebody/permission", permission)

    assert repository_on_github.may_write("somebody") is may


@pytest.mark.usefixtures("gh")
def test_who_github_does_not_know_may_not(repository_on_github: Repository) -> None:
    assert not repository_on_github.may_write("nobody")


def test_authors_and_committers_are_told(gh: FakeGh, pull_request: PullRequest) -> None:
    gh.answer("repos/owner/name/pulls/7", {"user": {"login": "opened"}})
    gh.answer(COMMITS, commit_by("wrote", "web-flow"), commit_by("b", "c"))

    assert pull_request.authors() == {"opened", "wrote", "web-flow", "b", "c"}


@pytest.mark.parametrize(
    "commits",
    [
        pytest.param([commit_by(None, "c")], id="an address that is nobody's"),
        pytest.param([commit_by("a", None)], id="nobody's committed"),
        pytest.param([commit_by("a", "a")] * 250, id="more than are listed"),
    ],
)
def test_without_knowing_all_authors_no_approval_counts(
    gh: FakeGh, pull_request: PullRequest, commits: list[dict[str, Any]]
) -> None:
    gh.answer("repos/owner/name/pulls/7", {"user": {"login": "opened"}})
    gh.answer(COMMITS, *commits)

    with pytest.raises(RefusedError, match=r"^Approvals cannot be counted: GitHub does not know"):
        pull_request.authors()


# --- the run's commit


def test_a_job_of_an_older_commit_is_refused(gh: FakeGh, pull_request: PullRequest) -> None:
    pull_request.refuse_old(COMMIT)
    gh.answer("repos/owner/name/pulls/7", {"head": {"sha": "b" * 40}})
    with pytest.raises(RefusedError) as refusal:
        pull_request.refuse_old(COMMIT)

    assert str(refusal.value) == (
        "This run is of the commit aaaaaaaaaaaa, and the pull request is at bbbbbbbbbbbb by now. "
        "Nothing was applied. Run this workflow anew; 'Re-run' takes the old commit again."
    )


def test_a_run_of_an_old_commit_is_refused(gh: FakeGh, repository_on_github: Repository) -> None:
    gh.answer("repos/owner/name/git/ref/heads/main", {"object": {"sha": "b" * 40}})

    repository_on_github.refuse_old("b" * 40, branch="main")
    with pytest.raises(RefusedError) as refusal:
        repository_on_github.refuse_old(COMMIT, branch="main")

    assert str(refusal.value) == (
        "This run is of the commit aaaaaaaaaaaa, and main is at bbbbbbbbbbbb by now. Nothing was "
        "applied. Run this workflow anew; 'Re-run' takes the old commit again."
    )


@pytest.mark.usefixtures("gh")
def test_a_branch_that_github_does_not_name_is_no_proof(repository_on_github: Repository) -> None:
    with pytest.raises(RefusedError, match="and main is at unknown by now"):
        repository_on_github.refuse_old("", branch="main")


# --- the GitHub environment

ENVIRONMENT = "repos/owner/name/environments/dev"
POLICIES = f"{ENVIRONMENT}/deployment-branch-policies"
REVIEWERS = {
    "id": 1,
    "type": "required_reviewers",
    "prevent_self_review": True,
    "reviewers": [{"type": "User", "reviewer": {"login": "a"}}],
}
PROTECTED: dict[str, Any] = {
    "name": "dev",
    "can_admins_bypass": False,
    "protection_rules": [{"id": 2, "type": "branch_policy"}, REVIEWERS],
    "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
}
MAIN = {"id": 3, "name": "main", "type": "branch"}


def gate(
    gh: FakeGh,
    repository: Repository,
    *policies: dict[str, Any],
    **changed: Any,  # noqa: ANN401
) -> list[str]:
    gh.answer(ENVIRONMENT, {**PROTECTED, **changed})
    gh.answer(POLICIES, {"total_count": len(policies), "branch_policies": policies})
    return repository.refuse_unprotected("dev", branch="main")


def test_an_environment_with_reviewers_for_the_default_branch_alone(
    gh: FakeGh, repository_on_github: Repository
) -> None:
    assert gate(gh, repository_on_github, MAIN) == []


@pytest.mark.usefixtures("gh")
def test_one_that_is_missing_would_be_made_without_rules(repository_on_github: Repository) -> None:
    with pytest.raises(RefusedError) as refusal:
        repository_on_github.refuse_unprotected("dev", branch="main")

    assert str(refusal.value) == (
        "GitHub has no environment 'dev': a job that names it would make it, without rules. Nothing "
        "goes on. docs/pull-requests.md, Set up, says how it must be and which plan of GitHub has "
        "it; without that, deploy by hand: docs/deployment.md."
    )


@pytest.mark.parametrize(
    "rules",
    [[], None, [{"type": "wait_timer", "wait_timer": 30}], [{**REVIEWERS, "reviewers": []}]],
    ids=["none", "null", "a timer", "nobody named"],
)
def test_one_without_reviewers_is_no_gate(
    gh: FakeGh, repository_on_github: Repository, rules: object
) -> None:
    with pytest.raises(RefusedError, match="'dev' has no required reviewers"):
        gate(gh, repository_on_github, MAIN, protection_rules=rules)


@pytest.mark.parametrize(
    ("policies", "branches", "admitted"),
    [
        ([MAIN], None, "every branch, or every protected one"),
        (
            [MAIN],
            {"protected_branches": True, "custom_branch_policies": False},
            "every branch, or every protected one",
        ),
        ([MAIN, {"name": "release/*", "type": "branch"}], ..., "branch main, branch release/\\*"),
        ([{"name": "main", "type": "tag"}], ..., "tag main"),
        ([{"name": "*", "type": "branch"}], ..., "branch \\*"),
        ([], ..., "nothing"),
    ],
)
def test_one_that_admits_others_is_no_gate(
    gh: FakeGh,
    repository_on_github: Repository,
    policies: list[dict[str, Any]],
    branches: Any,  # noqa: ANN401 - as GitHub has it; ... for custom policies
    admitted: str,
) -> None:
    more = {} if branches is ... else {"deployment_branch_policy": branches}

    with pytest.raises(RefusedError, match=f"'dev' admits {admitted}; by 'Selected branches"):
        gate(gh, repository_on_github, *policies, **more)


def test_what_weakens_it_is_said(gh: FakeGh, repository_on_github: Repository) -> None:
    rules = [{**REVIEWERS, "prevent_self_review": False}]

    found = gate(gh, repository_on_github, MAIN, protection_rules=rules, can_admins_bypass=True)

    assert found == [
        "who starts a run may approve it ('Prevent self-review' is off)",
        "administrators may bypass its rules",
    ]


def test_an_answer_that_does_not_come_is_no_gate(
    gh: FakeGh, repository_on_github: Repository
) -> None:
    gh.fail("gh: Resource not accessible by integration (HTTP 403)")

    with pytest.raises(ToolError, match="HTTP 403"):
        repository_on_github.refuse_unprotected("dev", branch="main")


def test_a_machine_without_gh(pull_request: PullRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(ToolError, match=r"^gh is not on the PATH; install it\.$"):
        pull_request.comments()
