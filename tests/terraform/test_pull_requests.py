"""What the workflows do, by the real Terraform: advise on a pull request, then plan, approve, apply."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT, run_command
from harness.server import LocalAws
from harness.surroundings import surroundings
from settings.reading.loading import load_environments
from tests.integration.rollout import local
from tests.terraform.checkout import check_out
from tests.terraform.checkout import replace as edit
from tests.terraform.served_provider import served
from tests.unit.pull_requests.conftest import FakeGh, write_gh

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from types_boto3_s3 import S3Client

    from harness.terraform import Terraform

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
STACK = f"account-{ACCOUNT}"
BUCKET = f"aurora-ferry-tfstate-{ACCOUNT}-eu-central-1"
LINKED = ("ferry", "pull_requests")
PULL_REQUEST = ("--repository", "owner/name", "--number", "7")
COMMENTS = "repos/owner/name/issues/7/comments"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """How a command ended, what it printed, and what it gave to the workflow."""

    code: int
    printed: str
    outputs: dict[str, str]
    summary: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A checkout in git, whose pull request changes a tag, an AWS, and a GitHub.

    `base` is the checkout of the branch that the pull request goes to; `provider` are the variables
    under which Terraform finds one that is served, empty for the one that is shipped.
    """

    project: Path
    base: Path
    folder: Path
    cloud: LocalAws
    gh: FakeGh
    provider: Mapping[str, str] = field(default_factory=dict)

    @property
    def as_shipped(self) -> Desk:
        """Where Terraform starts the provider itself, as it does in the workflows."""
        return replace(self, provider={})

    @property
    def around(self) -> dict[str, str]:
        found = surroundings(
            url=self.cloud.url, account_id=ACCOUNT, region="eu-central-1", folder=self.folder
        )
        path = f"{self.gh.folder}{os.pathsep}{found['PATH']}"
        return {**found, **self.provider, "PATH": path}

    @property
    def s3(self) -> S3Client:
        (environment,) = load_environments(ROOT / "environments", selected="dev")
        return local(environment, url=self.cloud.url).s3

    def kept(self) -> list[str]:
        return [it["Key"] for it in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def run(
        self,
        *arguments: str,
        name: str,
        project: Path | None = None,
        event: str = "workflow_dispatch",
    ) -> Ran:
        """A command of the workflows, in one that an event started."""
        outputs, summary = self.folder / f"{name}.outputs", self.folder / f"{name}.summary"
        finished = subprocess.run(
            [sys.executable, "-m", "pull_requests", *arguments],
            cwd=project or self.project,
            env={
                **self.around,
                "GITHUB_EVENT_NAME": event,
                "GITHUB_OUTPUT": str(outputs),
                "GITHUB_STEP_SUMMARY": str(summary),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        lines = outputs.read_text().splitlines() if outputs.exists() else []
        return Ran(
            code=finished.returncode,
            printed=finished.stdout,
            outputs=dict(line.split("=", 1) for line in lines),
            summary=summary.read_text() if summary.exists() else "",
        )

    def plan(self, name: str, base: str = "HEAD^1") -> Ran:
        """The job of a pull request that runs its code."""
        folder = self.folder / name
        folder.mkdir()
        return self.run(
            "plan", "--stack", STACK, "--base", base, "--folder", str(folder),
            name=name, event="pull_request",
        )  # fmt: skip

    def review(self, name: str) -> Ran:
        """The job that reviews what that one left, with the base's code alone."""
        return self.run(
            "review", "--stack", STACK, "--folder", str(self.folder / name),
            "--proposed", str(self.project / "environments"), "--commit", "a" * 40, *PULL_REQUEST,
            name=f"{name}-review", project=self.base, event="pull_request",
        )  # fmt: skip

    def propose(self, run: str, number: str = "7") -> Ran:
        which = ("--repository", "owner/name", "--number", number)
        return self.run("propose", "--stack", STACK, "--run", run, *which, name=run)

    def apply(self, run: str, digest: str) -> Ran:
        return self.run(
            "apply", "--stack", STACK, "--run", run, "--digest", digest, name=f"{run}-apply"
        )


def git(project: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A Person", "-c", "user.email=person@example.com")
    subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True)


def commit(project: Path) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--message", "a change")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The branch that pull requests go to."""
    folder = check_out(tmp_path_factory.mktemp("base") / "project")
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    (folder / "environments" / "staging.toml").unlink()  # the same account's
    shutil.copy(ROOT / ".gitignore", folder / ".gitignore")
    git(folder, "init", "--initial-branch=main")
    commit(folder)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, base: Path) -> Path:
    """A pull request that changes a tag of the environment dev and its account."""
    folder = tmp_path_factory.mktemp("pull-requests") / "project"
    shutil.copytree(base, folder, symlinks=True)
    edit(
        folder / "environments" / "dev.toml",
        'repository = "github.com/example/aurora-ferry"',
        'repository = "github.com/example/elsewhere"',
    )
    commit(folder)
    return folder


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, base: Path, project: Path, installed: Terraform
) -> Iterator[Desk]:
    """An account with the states' bucket, in which nothing is ever deployed."""
    folder = tmp_path_factory.mktemp("pull-requests-aws")
    with LocalAws(log=folder / "local-aws.log") as cloud:
        gh = write_gh(folder / "gh")
        desk = Desk(project=project, base=base, folder=folder, cloud=cloud, gh=gh)
        run_command("-m", "ferry", "bootstrap", "dev", environment=desk.around)
        with served(installed, environment=desk.around) as provider:
            yield replace(desk, provider=provider)


@pytest.fixture(scope="module")
def planned(shared: Desk) -> Ran:
    return shared.as_shipped.plan("planned")


def test_what_changes_is_found_and_where_it_is_deployed(shared: Desk) -> None:
    ran = shared.run("changed", "--base", "HEAD^1", name="changed", event="pull_request")

    assert ran.printed.splitlines() == [f"{STACK}: changed", "dev: changed"]
    where = {"account_id": ACCOUNT, "region": "eu-central-1", "partition": "aws"}
    assert json.loads(ran.outputs["stacks"]) == [
        {"stack": STACK, **where},
        {"stack": "dev", **where},
    ]


def test_a_plan_of_what_does_not_change_is_refused(shared: Desk) -> None:
    ran = shared.plan("unchanged", base="HEAD")

    assert ran.code == 2
    assert re.fullmatch(
        rf"'{STACK}' does not change since \w{{40}}; no stack does\.\n", ran.printed
    )


def test_a_pull_request_is_planned_without_a_lock_and_writes_nothing(shared: Desk) -> None:
    lock = "account/terraform.tfstate.tflock"
    shared.s3.put_object(Bucket=BUCKET, Key=lock, Body=b"{}")
    try:
        ran = shared.plan("locked")
        assert ran.code == 0, ran.printed
        assert "Plan: 4 to add" in ran.printed
        assert shared.kept() == [lock]
    finally:
        shared.s3.delete_object(Bucket=BUCKET, Key=lock)


def test_it_is_reviewed_and_commented_by_the_bases_code(shared: Desk, planned: Ran) -> None:
    assert planned.code == 0, planned.printed

    ran = shared.review("planned")

    assert ran.code == 0, ran.printed
    method, path, document = shared.gh.writes()[-1]
    assert (method, path) == ("POST", COMMENTS)
    whose, changes, said = document["body"].splitlines()[:3]
    assert whose == f"<!-- aurora-ferry plan of {STACK} -->"
    assert changes.startswith("<!-- aurora-ferry changes ")
    assert said.startswith(f"The stack **`{STACK}`**, ")
    assert "roles/dms-vpc-role" in document["body"]
    assert f"gh workflow run apply.yml -f stack={STACK} -f pull_request=7\n" in document["body"]
    assert document["body"] in ran.summary


ADMINISTRATOR = """
import json, pathlib
written = pathlib.Path(app.outdir) / "stacks" / "account-111122223333" / "cdk.tf.json"
stack = json.loads(written.read_text())
(role,) = [it for it in stack["resource"]["aws_iam_role"] if "vpc" in it]
stack["resource"].setdefault("aws_iam_role_policy_attachment", {})["more"] = {
    "role": "${aws_iam_role." + role + ".name}",
    "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess",
}
written.write_text(json.dumps(stack))
"""
REWRITES_FERRY = """
review = PROJECT / "ferry" / "review" / "rules" / "review.py"
if review.exists():
    review.write_text(review.read_text().replace(
        "return Verdict.SECOND_REVIEWER if dangers else Verdict.SAFE", "return Verdict.SAFE"))
    (PROJECT / "pull_requests" / "github.py").write_text("raise SystemExit(0)")
"""
HIDES = 'if os.environ["GITHUB_EVENT_NAME"] != "pull_request":\n' + indent(ADMINISTRATOR, "    ")


def test_constructs_that_rewrite_ferry_do_not_judge_themselves(
    shared: Desk, project: Path, tmp_path: Path
) -> None:
    """Their plan is reviewed by another checkout's ferry, and nothing of it is ever applied."""
    attacking = tmp_path / "project"
    shutil.copytree(project, attacking, symlinks=True)
    for name in LINKED:
        (attacking / name).unlink()
        shutil.copytree(ROOT / name, attacking / name)
    with (attacking / "main.py").open("a") as main:
        main.write(ADMINISTRATOR + REWRITES_FERRY)
    commit(attacking)
    desk = replace(shared, project=attacking)

    assert desk.plan("attack", base="HEAD^1").code == 0
    assert "SystemExit" in (attacking / "pull_requests" / "github.py").read_text()
    ran = desk.review("attack")

    assert ran.code == 1, ran.printed
    assert f"::error::{STACK}: needs a second reviewer; 0 of 2 approvals" in ran.printed
    assert "AdministratorAccess" in ran.printed
    assert desk.kept() == []


def test_another_build_of_the_provider_is_not_planned_with(
    shared: Desk, project: Path, tmp_path: Path
) -> None:
    other = tmp_path / "project"
    shutil.copytree(project, other, symlinks=True)
    lock = other / ".terraform.lock.hcl"
    lock.write_text(re.sub(r'"h1:[^"]+"', f'"h1:{"A" * 43}="', lock.read_text()))
    commit(other)
    desk = replace(shared.as_shipped, project=other)

    desk.plan("another-build", base="HEAD^1^1")
    ran = desk.review("another-build")

    assert ran.code == 3
    assert f"## {STACK}: could not be judged" in ran.printed
    assert "doesn't match any of the" in ran.printed


@pytest.fixture(scope="module")
def deploying(
    tmp_path_factory: pytest.TempPathFactory, base: Path, project: Path, installed: Terraform
) -> Iterator[Desk]:
    """An account of its own, in which the merged pull request is applied."""
    folder = tmp_path_factory.mktemp("pull-requests-deployed")
    with LocalAws(log=folder / "local-aws.log") as cloud:
        gh = write_gh(folder / "gh")
        desk = Desk(project=project, base=base, folder=folder, cloud=cloud, gh=gh)
        run_command("-m", "ferry", "bootstrap", "dev", environment=desk.around)
        with served(installed, environment=desk.around) as provider:
            desk = replace(desk, provider=provider)
            desk.plan("advised")
            desk.review("advised")
            ((_, _, document),) = gh.writes()
            gh.answer(COMMENTS, {"id": 1, "user": {"login": "github-actions[bot]"}, **document})
            yield desk


@dataclass(frozen=True, kw_only=True, slots=True)
class Runs:
    """Two runs of the workflow, planned one after the other; the first one is applied.

    That one has the provider as it is shipped, as has the plan that is reviewed and commented.
    """

    first: Ran
    second: Ran
    overwritten: Ran
    applied: Ran


@pytest.fixture(scope="module")
def runs(deploying: Desk) -> Runs:
    first, second = deploying.as_shipped.propose("41"), deploying.propose("42")
    key = f"runs/41/{STACK}.tfplan"
    plan = deploying.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    deploying.s3.put_object(Bucket=BUCKET, Key=key, Body=plan + b" ")
    overwritten = deploying.as_shipped.apply("41", first.outputs["digest"])
    deploying.s3.put_object(Bucket=BUCKET, Key=key, Body=plan)
    applied = deploying.as_shipped.apply("41", first.outputs["digest"])
    return Runs(first=first, second=second, overwritten=overwritten, applied=applied)


def test_approvers_see_the_review_and_whether_the_comment_showed_it(runs: Runs) -> None:
    assert runs.first.code == 0, runs.first.printed
    assert "roles/dms-vpc-role" in runs.first.summary
    assert "These are the changes that the comment of #7 showed." in runs.first.summary


def test_the_very_plan_of_the_run_is_applied(runs: Runs) -> None:
    assert runs.applied.code == 0, runs.applied.printed
    assert "Apply complete! Resources: 4 added, 0 changed, 0 destroyed." in runs.applied.printed


def test_a_plan_that_somebody_put_into_the_bucket_is_refused(runs: Runs) -> None:
    assert runs.overwritten.code == 4
    assert runs.overwritten.printed.startswith(
        f"What the bucket {BUCKET} has as runs/41/{STACK}.tfplan is not what this run has planned"
    )


def test_a_run_applies_no_other_runs_plan(deploying: Desk, runs: Runs) -> None:
    ran = deploying.apply("43", runs.second.outputs["digest"])

    assert ran.code == 4
    assert ran.printed.startswith(f"This run has kept no plan of {STACK}")


def test_a_plan_is_refused_where_the_state_has_moved(deploying: Desk, runs: Runs) -> None:
    ran = deploying.apply("42", runs.second.outputs["digest"])

    assert ran.code == 4
    assert ran.printed.endswith(
        "The state has moved since this was planned: somebody has deployed. Nothing was applied. "
        "Run this workflow again, and have the new plan approved.\n"
    )


@pytest.mark.usefixtures("runs")
def test_other_changes_than_the_comment_showed_are_told_and_nothing_is_left(
    deploying: Desk,
) -> None:
    ran = deploying.propose("44")

    assert ran.code == 0
    assert "**These are not the changes that the comment of #7 showed:**" in ran.summary
    assert ran.outputs["digest"] == ""
    assert ran.printed.endswith("There is nothing to apply.\n")
    assert f"runs/44/{STACK}.tfplan" not in deploying.kept()


@pytest.mark.usefixtures("runs")
def test_code_that_hides_its_changes_from_a_pull_request_shows_them_when_it_is_applied(
    deploying: Desk, project: Path, tmp_path: Path
) -> None:
    """Nothing can keep code from knowing where it runs. What is merged is planned where it counts."""
    hiding = tmp_path / "project"
    shutil.copytree(project, hiding, symlinks=True)
    with (hiding / "main.py").open("a") as main:
        main.write(HIDES)
    commit(hiding)
    desk = replace(deploying, project=hiding)

    hidden = desk.run("changed", "--base", "HEAD^1", name="hidden", event="pull_request")
    verdict = desk.run(
        "verdict", "--head", "owner/name", "--actor", "somebody", "--plan-role", "plan",
        "--changed", hidden.outputs["stacks"], "--changed-ended", "success",
        "--stacks-ended", "skipped", "--proposed", str(hiding / "environments"),
        "--commit", "a" * 40, *PULL_REQUEST,
        name="hidden-verdict", project=desk.base, event="pull_request",
    )  # fmt: skip
    merged, without_comment = desk.propose("46"), desk.propose("47", number="8")

    assert (hidden.printed, hidden.outputs["stacks"]) == ("No stack changes.\n", "[]")
    assert verdict.code == 0, verdict.printed
    assert (
        "Not planned, because the branch's own code says that they do not change: account-"
        f"{ACCOUNT}, account-{OTHER_ACCOUNT}, dev, prod."
    ) in verdict.printed
    assert "AdministratorAccess" in merged.summary
    assert f"**#8 has no comment that showed changes of `{STACK}`.**" in without_comment.summary
    assert "**These are not the changes that the comment of #7 showed:**" in merged.summary


def test_a_run_of_an_old_commit_goes_on_neither_before_its_approval_nor_after(
    shared: Desk,
) -> None:
    """'Re-run' takes the run's commit; both jobs ask this before they sign in."""
    head = ("git", "rev-parse", "HEAD")
    old, new = (
        subprocess.run(head, cwd=it, check=True, capture_output=True, text=True).stdout.strip()
        for it in (shared.base, shared.project)
    )
    shared.gh.answer("repos/owner/name/git/ref/heads/main", {"object": {"sha": new}})
    gate = ("gate", "--stack", STACK, "--repository", "owner/name", "--branch", "main")

    of_old = shared.run(*gate, name="gate-old", project=shared.base)
    of_last = shared.run(*gate, name="gate-last")

    assert (of_old.code, of_old.outputs) == (4, {})
    assert of_old.printed == (
        f"This run is of the commit {old[:12]}, and main is at {new[:12]} by now. Nothing was "
        "applied. Run this workflow anew; 'Re-run' takes the old commit again.\n"
    )
    assert of_last.printed.startswith(f"GitHub has no environment '{STACK}'")


@pytest.mark.usefixtures("runs")
def test_what_is_blocked_is_neither_kept_nor_asked_about(
    deploying: Desk, project: Path, tmp_path: Path
) -> None:
    opening = tmp_path / "project"
    shutil.copytree(project, opening, symlinks=True)
    with (opening / "main.py").open("a") as main:
        main.write(ADMINISTRATOR)
    dev = opening / "environments" / "dev.toml"
    dev.write_text(re.sub(r"(?m)^block = .*", 'block = ["wider-access"]', dev.read_text()))
    desk = replace(deploying, project=opening)

    ran = desk.propose("45")

    assert ran.code == 4, ran.printed
    assert "is blocked or could not be judged; see above. Nothing was applied." in ran.printed
    assert "AdministratorAccess" in ran.summary
    assert "digest" not in ran.outputs
    assert f"runs/45/{STACK}.tfplan" not in desk.kept()


def test_an_account_without_a_bucket(base: Path, project: Path, tmp_path: Path) -> None:
    with LocalAws(log=tmp_path / "local-aws.log") as cloud:
        gh = write_gh(tmp_path / "gh")
        desk = Desk(project=project, base=base, folder=tmp_path, cloud=cloud, gh=gh)
        desk.plan("no-bucket")
        ran = desk.review("no-bucket")

    assert ran.code == 3
    assert f"## {STACK}: could not be judged" in ran.printed
    assert f'Error: Failed to get existing workspaces: S3 bucket "{BUCKET}" does not exist.' in (
        ran.printed
    )
    assert "There is nothing to apply." in ran.printed


@pytest.mark.usefixtures("runs")
def test_a_deleted_environment_is_shown_as_destroyed(
    project: Path, tmp_path: Path, deploying: Desk
) -> None:
    deleting = tmp_path / "project"
    shutil.copytree(project, deleting, symlinks=True)
    (deleting / "environments" / "dev.toml").unlink()
    commit(deleting)
    desk = replace(deploying, project=deleting)

    assert desk.plan("deleted").code == 0
    ran = desk.review("deleted")

    assert ran.code in {1, 4}
    assert "**The last environment of the account is deleted.**" in ran.printed
    assert "4 to destroy" in ran.printed
    assert "There is nothing to apply." in ran.printed
