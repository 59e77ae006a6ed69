"""The commands that the workflows call of the default branch's code."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from ferry.findings import ExitStatus
from pull_requests import command
from pull_requests.command import main
from tests.unit.pull_requests.examples import (
    ACCOUNT_STACK,
    COMMIT,
    plan_json,
    planned,
    stack,
    stacks,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.pull_requests.conftest import FakeGh

PULL_REQUEST = ("--repository", "owner/name", "--number", "7", "--commit", COMMIT)
COMMENTS = "repos/owner/name/issues/7/comments"
REVIEWS = "repos/owner/name/pulls/7/reviews"
BOT = "github-actions[bot]"
FILE = '[aws]\naccount_id = "111122223333"\n[review]\nblock = [{}]\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default branch's checkout, with what a pull request proposes below it."""
    folder = tmp_path / "project"
    for side in (folder, folder / "proposed"):
        (side / "environments").mkdir(parents=True)
        (side / "environments" / "dev.toml").write_text(FILE.format('"outage"'))
    monkeypatch.chdir(folder)
    for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(signal, "signal", lambda *_: handler)
    return folder


def approve(gh: FakeGh, *logins: str) -> None:
    """Approvals of people who may write, of somebody else's commits."""
    author = {"login": "author"}
    gh.answer("repos/owner/name/pulls/7/commits", {"author": author, "committer": author})
    for login in logins:
        gh.answer(f"repos/owner/name/collaborators/{login}/permission", {"permission": "write"})
    gh.answer(
        REVIEWS,
        *({"user": {"login": it}, "state": "APPROVED", "commit_id": COMMIT} for it in logins),
    )


def review(project: Path, **changed: Any) -> int:  # noqa: ANN401 - planned's
    planned(**changed).write(project)
    return main(
        ["review", "--stack", "dev", "--folder", str(project),
         "--proposed", "proposed/environments", *PULL_REQUEST]
    )  # fmt: skip


def test_a_plan_that_is_safe_passes_and_is_commented(
    gh: FakeGh, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(project, plan=plan_json(action="no-op", after="1")) == 0

    ((method, path, document),) = gh.writes()
    assert (method, path) == ("POST", COMMENTS)
    whose, _, title = document["body"].splitlines()[:3]
    assert (whose, title) == ("<!-- aurora-ferry plan of dev -->", "## `dev`: safe")
    assert capsys.readouterr().out.endswith("::notice::dev: safe.\n")


def test_two_approvals_let_a_plan_through(
    gh: FakeGh, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    approve(gh, "a")
    assert review(project, kind="moved", plan=plan_json(action="no-op", after="1")) == 1
    assert "::error::dev: needs a second reviewer; 1 of 2 approvals" in capsys.readouterr().out

    approve(gh, "a", "b")
    assert review(project, kind="moved", plan=plan_json(action="no-op", after="1")) == 0


@pytest.mark.parametrize("plan", ["", "{}", '{"format_version": "9.9"}'])
def test_what_is_not_judged_does_not_pass(gh: FakeGh, project: Path, plan: str) -> None:
    assert review(project, plan=plan, failure="'terraform init' ended with 1") == 3
    assert "## dev: could not be judged" in gh.writes()[0][2]["body"]


SAFE = plan_json(action="no-op", after="1")


@pytest.mark.parametrize(
    ("word", "said", "ends"),
    [
        (ExitStatus.GOOD, "", 0),
        (ExitStatus.LOOK, "needs a second reviewer", 1),
        (ExitStatus.NOT_DONE, "could not be judged", 3),
        (ExitStatus.STOP, "blocked", 4),
    ],
)
def test_of_the_word_with_hidden_values_and_without_the_stricter_holds(
    gh: FakeGh, project: Path, word: ExitStatus, said: str, ends: int
) -> None:
    approve(gh)

    assert review(project, plan=SAFE, verdict=word) == ends

    body = gh.writes()[0][2]["body"]
    lead = (
        f"> [!CAUTION]\n> **With the values that are hidden here: {said}.** The log of the job that "
        "planned says why.\n\n## `dev`: safe\n"
    )
    assert (lead in body) is bool(said)


def test_a_laxer_word_changes_nothing(gh: FakeGh, project: Path) -> None:
    approve(gh)

    unclear = plan_json(after_sensitive={"input": True})
    assert review(project, plan=unclear, verdict=ExitStatus.GOOD) == 1
    assert "[!CAUTION]" not in gh.writes()[0][2]["body"]


def verdict(**changed: str) -> int:
    options = {
        "head": "owner/name",
        "actor": "somebody",
        "plan-role": "aurora-ferry-plan",
        "changed": "[]",
        "changed-ended": "success",
        "stacks-ended": "skipped",
        "proposed": "proposed/environments",
        **changed,
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    return main(["verdict", *arguments, *PULL_REQUEST])


@pytest.mark.usefixtures("gh")
def test_the_one_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(changed=json.dumps([{"stack": "dev"}, {"stack": ACCOUNT_STACK}])) == 0
    assert capsys.readouterr().out == "::notice::No stack's plan stands against the merge.\n"

    assert verdict(**{"stacks-ended": "failure"}) == 3
    assert capsys.readouterr().out.startswith(
        "::error::The plan of a stack needs a second reviewer"
    )


@pytest.mark.usefixtures("gh")
def test_it_says_which_stacks_nobody_has_planned_and_by_whose_word(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Code of a pull request may synthesize otherwise in a pull request."""
    assert verdict() == 0
    assert capsys.readouterr().out == (
        "::notice::No stack's plan stands against the merge. Not planned, because the branch's own "
        "code says that they do not change: account-111122223333, dev.\n"
    )


def test_a_fork_fails_with_the_way_out_and_nothing_is_written(gh: FakeGh) -> None:
    gh.answer(
        COMMENTS,
        {"id": 1, "user": {"login": BOT}, "body": "<!-- aurora-ferry plan of dev -->\nold"},
    )

    assert verdict(head="other/name", changed="") == 3
    assert gh.writes() == []


def test_loosened_guardrails_need_two_approvals_though_no_stack_changes(
    gh: FakeGh, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "proposed" / "environments" / "dev.toml").write_text(FILE.format(""))
    approve(gh, "a")
    assert verdict() == 1
    assert (
        "::error::what dev no longer blocks (outage): needs a second reviewer; 1 of 2 approvals of "
        "this commit (a)."
    ) in capsys.readouterr().out

    approve(gh, "a", "b")
    assert verdict() == 0


def test_a_new_file_that_is_looser_than_the_default_needs_two_approvals(
    gh: FakeGh, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = '"data-loss", "protection-loss", "replication-loss", "public-reach", "refused"'
    (project / "proposed" / "environments" / "prod.toml").write_text(FILE.format(block))
    approve(gh, "a")
    assert verdict() == 1
    assert (
        "::error::what prod, a new file, lets through and the default blocks (outage): needs a "
        "second reviewer; 1 of 2 approvals of this commit (a)."
    ) in capsys.readouterr().out

    approve(gh, "a", "b")
    assert verdict() == 0


def test_readers_and_authors_approvals_do_not_loosen(gh: FakeGh, project: Path) -> None:
    (project / "proposed" / "environments" / "dev.toml").write_text(FILE.format(""))
    approve(gh, "a", "author", "reader")
    gh.answer("repos/owner/name/collaborators/reader/permission", {"permission": "read"})

    assert verdict() == 1


def test_comments_of_what_changes_no_more_are_settled(
    gh: FakeGh, capsys: pytest.CaptureFixture[str]
) -> None:
    gh.answer(
        COMMENTS,
        {"id": 1, "user": {"login": BOT}, "body": "<!-- aurora-ferry plan of dev -->\nold"},
        {"id": 2, "user": {"login": BOT}, "body": "<!-- aurora-ferry plan of prod -->\nnew"},
        {"id": 3, "user": {"login": BOT}, "body": "another workflow's"},
        {"id": 4, "user": {"login": "person"}, "body": "<!-- aurora-ferry plan of qa -->"},
    )

    assert verdict(changed=json.dumps([{"stack": "prod"}]), **{"stacks-ended": "success"}) == 0

    ((method, path, document),) = gh.writes()
    assert (method, path) == ("PATCH", "repos/owner/name/issues/comments/1")
    assert document["body"].startswith("<!-- aurora-ferry plan of dev -->\n## dev: no change\n")
    assert capsys.readouterr().out.endswith("dev: changes no more\n")


def test_an_older_commits_job_that_is_run_again_writes_nothing(
    gh: FakeGh, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gh.answer("repos/owner/name/pulls/7", {"head": {"sha": "b" * 40}})
    gh.answer(
        COMMENTS, {"id": 1, "user": {"login": BOT}, "body": "<!-- aurora-ferry plan of qa -->\nnew"}
    )

    assert review(project) == 4
    assert verdict() == 4
    assert gh.writes() == []
    assert (
        capsys.readouterr().err.count("This run is of the commit aaaaaaaaaaaa, and the pull") == 2
    )


@pytest.mark.usefixtures("gh")
@pytest.mark.parametrize(
    "changed",
    ["[", "1", "[1]", '{"stack": "dev"}', '[{"name": "dev"}]', '[{"stack": [1]}]', "[" * 9999],
)
def test_what_was_not_given_by_changed_is_one_line(
    changed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdict(changed=changed) == 2
    assert capsys.readouterr().err == (
        "What '--changed' gave is not what 'changed' gives: a list of stacks in JSON.\n"
    )


def test_what_github_refuses_is_one_error(
    gh: FakeGh, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gh.fail("gh: Bad credentials (HTTP 401)")

    assert review(project) == 3
    assert capsys.readouterr().err == "'gh api' ended with 1:\ngh: Bad credentials (HTTP 401)\n"


GATE = ("gate", "--stack=dev", "--repository=owner/name", "--branch=main")
ENVIRONMENT = "repos/owner/name/environments/dev"


@pytest.fixture
def output(gh: FakeGh, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What the gate gives to the workflow, of a run of the default branch's last commit."""
    monkeypatch.setattr(command, "synthesized", lambda _: stacks(stack()))
    monkeypatch.setattr(command, "commit_of", lambda *_: COMMIT)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    gh.answer("repos/owner/name/git/ref/heads/main", {"object": {"sha": COMMIT}})
    rule = {"type": "required_reviewers", "reviewers": [{"type": "Team"}]}
    branches = {"protected_branches": False, "custom_branch_policies": True}
    gh.answer(ENVIRONMENT, {"protection_rules": [rule], "deployment_branch_policy": branches})
    gh.answer(f"{ENVIRONMENT}/deployment-branch-policies", {"branch_policies": [{"name": "main"}]})
    return tmp_path / "output"


def test_a_protected_one_says_where_the_stack_is(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(GATE) == 0
    assert output.read_text() == (
        "stack=dev\naccount_id=111122223333\nregion=eu-central-1\npartition=aws\n"
    )
    assert "::warning::The GitHub environment dev: who starts a run may" in capsys.readouterr().out


def test_nothing_is_planned_for_a_github_environment_that_is_missing(
    gh: FakeGh, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gh.answer(ENVIRONMENT, {})

    assert main(GATE) == 4
    assert capsys.readouterr().err.startswith("GitHub has no environment 'dev'")
    assert not output.exists()


def test_a_run_that_is_behind_the_default_branch_is_refused(
    gh: FakeGh, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gh.answer("repos/owner/name/git/ref/heads/main", {"object": {"sha": "b" * 40}})

    assert main(GATE) == 4
    assert capsys.readouterr().err.startswith("This run is of the commit aaaaaaaaaaaa, and main")
    assert not output.exists()


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("--stack", "../dev"),
        ("--stack", "$(id)"),
        ("--run", "../41"),
        ("--digest", "A" * 64),
        ("--digest", ""),
    ],
)
def test_what_goes_into_a_key_is_looked_at_first(
    option: str, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = {"--stack": "dev", "--run": "42", "--digest": "0" * 64, option: given}

    with pytest.raises(SystemExit, match="2"):
        main(["apply", *(f"{name}={value}" for name, value in arguments.items())])

    assert f"argument {option}: {given!r} given; allowed: [" in capsys.readouterr().err
