"""What the workflows do with a pull request, by the real Terraform: plan, keep, refuse, apply."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT, run_command
from harness.server import LocalAws
from harness.surroundings import surroundings
from pull_requests.bundle import digest_of, unpacked
from settings.reading.loading import load_environments
from tests.integration.rollout import local
from tests.terraform.checkout import check_out
from tests.terraform.checkout import replace as edit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from types_boto3_s3 import S3Client

    from pull_requests.bundle import KeptPlan

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
STACK = f"account-{ACCOUNT}"
BUCKET = f"aurora-ferry-tfstate-{ACCOUNT}-eu-central-1"
LINKED = ("ferry", "pull_requests")
AGAIN = "Nothing was applied. Plan again and have that plan reviewed."


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """How a command ended, what it printed, and what it gave to the workflow."""

    code: int
    printed: str
    outputs: dict[str, str]

    @property
    def digest(self) -> str:
        found = re.search(
            rf"gh workflow run apply\.yml -f stack={STACK} -f plan=(\w+)", self.printed
        )
        assert found, self.printed
        return found[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A checkout in git, whose pull request changes a tag, and an AWS."""

    project: Path
    folder: Path
    cloud: LocalAws

    @property
    def around(self) -> dict[str, str]:
        return surroundings(
            url=self.cloud.url, account_id=ACCOUNT, region="eu-central-1", folder=self.folder
        )

    @property
    def s3(self) -> S3Client:
        (environment,) = load_environments(ROOT / "environments", selected="dev")
        return local(environment, url=self.cloud.url).s3

    def run(self, *arguments: str, name: str) -> Ran:
        """A command of the workflows; `name` is the folder that it may write to."""
        outputs = self.folder / f"{name}.outputs"
        finished = subprocess.run(
            [sys.executable, "-m", "pull_requests", *arguments],
            cwd=self.project,
            env={**self.around, "GITHUB_OUTPUT": str(outputs)},
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
        )

    def plan(self, name: str, base: str = "HEAD^1") -> Ran:
        folder = self.folder / name
        folder.mkdir()
        return self.run(
            "plan", "--stack", STACK, "--base", base, "--folder", str(folder), name=name
        )

    def apply(self, name: str, digest: str) -> Ran:
        folder = self.folder / name
        folder.mkdir()
        return self.run(
            "apply", "--stack", STACK, "--plan", digest, "--folder", str(folder), name=name
        )

    def kept(self, digest: str) -> KeptPlan:
        key = f"plans/{STACK}/{digest}.tar"
        return unpacked(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def keep(self, plan: KeptPlan) -> str:
        """Keep a plan as whoever may write plans could."""
        packed = plan.packed()
        digest = digest_of(packed)
        self.s3.put_object(Bucket=BUCKET, Key=f"plans/{STACK}/{digest}.tar", Body=packed)
        return digest


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployed:
    """An account whose stack was applied from a kept plan."""

    desk: Desk
    digest: str
    applied: Ran


def git(project: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A Person", "-c", "user.email=person@example.com")
    subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True)


def commit(project: Path) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--message", "a change")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits; the second changes a tag of the environment dev and its account."""
    folder = check_out(tmp_path_factory.mktemp("pull-requests") / "project")
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    (folder / "environments" / "staging.toml").unlink()  # the same account's
    shutil.copy(ROOT / ".gitignore", folder / ".gitignore")
    git(folder, "init", "--initial-branch=main")
    commit(folder)
    edit(
        folder / "environments" / "dev.toml",
        'repository = "github.com/example/aurora-ferry"',
        'repository = "github.com/example/elsewhere"',
    )
    commit(folder)
    return folder


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[Desk]:
    """An account with the states' bucket, in which nothing is ever deployed."""
    folder = tmp_path_factory.mktemp("pull-requests-aws")
    with LocalAws(log=folder / "local-aws.log") as cloud:
        desk = Desk(project=project, folder=folder, cloud=cloud)
        run_command("-m", "ferry", "bootstrap", "dev", environment=desk.around)
        yield desk


@pytest.fixture(scope="module")
def planned(shared: Desk) -> Ran:
    return shared.plan("planned")


def test_what_changes_is_found_and_where_it_is_deployed(shared: Desk) -> None:
    ran = shared.run("changed", "--base", "HEAD^1", name="changed")

    assert ran.printed.splitlines() == [f"{STACK}: changed", "dev: changed"]
    where = {"account_id": ACCOUNT, "region": "eu-central-1", "partition": "aws"}
    assert json.loads(ran.outputs["stacks"]) == [
        {"stack": STACK, **where},
        {"stack": "dev", **where},
    ]


def test_where_a_stack_is_deployed(shared: Desk) -> None:
    ran = shared.run("find", "--stack", "dev", name="find")

    assert ran.outputs == {
        "stack": "dev",
        "account_id": ACCOUNT,
        "region": "eu-central-1",
        "partition": "aws",
    }


def test_a_plan_is_reviewed_kept_and_shown(shared: Desk, planned: Ran) -> None:
    assert planned.code == 0, planned.printed
    assert planned.outputs["verdict"] in {"0", "1"}
    comment = (shared.folder / "planned" / "comment.md").read_text()
    assert comment.startswith(f"<!-- aurora-ferry plan of {STACK} -->\nThe stack **`{STACK}`**, ")
    assert "roles/dms-vpc-role" in comment
    kept = shared.kept(planned.digest)
    assert kept.stack == STACK
    assert json.loads(kept.planned_configuration) == json.loads(kept.configuration)


def test_a_plan_of_what_does_not_change_is_refused(shared: Desk) -> None:
    ran = shared.plan("unchanged", base="HEAD")

    assert ran.code == 2
    assert re.fullmatch(
        rf"'{STACK}' does not change since \w{{40}}; no stack does\.\n", ran.printed
    )


def test_what_nobody_kept_is_refused(shared: Desk) -> None:
    ran = shared.apply("nobody", "0" * 64)

    assert ran.code == 4
    assert ran.printed == (
        f"There is no plan {'0' * 64} of {STACK}. It was never kept, or is older than 14 days and "
        "has expired. Compare it with the comment, or plan again.\n"
    )


def test_what_was_overwritten_is_refused(shared: Desk, planned: Ran) -> None:
    key = f"plans/{STACK}/{planned.digest}.tar"
    packed = shared.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    shared.s3.put_object(Bucket=BUCKET, Key=key, Body=packed + b" ")
    try:
        ran = shared.apply("overwritten", planned.digest)
    finally:
        shared.s3.put_object(Bucket=BUCKET, Key=key, Body=packed)

    assert ran.code == 4
    assert ran.printed == (
        f"What the bucket {BUCKET} has as {key} is not what was reviewed: its digest is "
        f"{digest_of(packed + b' ')}. Somebody has overwritten it; find out who before you plan "
        "again.\n"
    )


def test_a_plan_of_other_code_is_refused(shared: Desk, planned: Ran) -> None:
    (shared.project / "README.md").write_text("What has come in since.\n")
    commit(shared.project)
    try:
        ran = shared.apply("other-code", planned.digest)
    finally:
        git(shared.project, "reset", "--hard", "HEAD^1")

    assert ran.code == 4
    assert ran.printed.startswith(
        f"The code has moved: the plan is of {shared.kept(planned.digest).commit}, the checkout is "
    )
    assert ran.printed.endswith(f" and holds other files. {AGAIN}\n")


def test_a_checkout_with_changes_is_refused(shared: Desk, planned: Ran) -> None:
    changed = shared.project / "environments" / "qa.toml.draft"
    changed.write_text("")
    try:
        ran = shared.apply("changes", planned.digest)
    finally:
        changed.unlink()

    assert ran.code == 4
    assert ran.printed == (
        "The checkout has 1 files that are not committed, such as environments/qa.toml.draft; what "
        f"was reviewed has none. {AGAIN}\n"
    )


def test_a_plan_that_has_expired_is_refused(shared: Desk, planned: Ran) -> None:
    kept = shared.kept(planned.digest)
    made_at = kept.made_at - timedelta(days=14, seconds=1)

    ran = shared.apply("expired", shared.keep(replace(kept, made_at=made_at)))

    assert ran.code == 4
    assert ran.printed == (
        f"The plan was made at {made_at:%Y-%m-%d %H:%M} UTC and has expired: plans are applied "
        f"within 14 days. {AGAIN}\n"
    )


def test_a_plan_of_other_providers_is_refused(shared: Desk, planned: Ran) -> None:
    kept = shared.kept(planned.digest)
    other = re.sub(
        rb'"(h1|zh):[^"]+"', rb'"h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="', kept.lock
    )

    ran = shared.apply("other-providers", shared.keep(replace(kept, lock=other)))

    assert ran.code == 4
    assert ran.printed.startswith(
        "Terraform cannot install the providers that the plan was made with, by its lock file of "
    )
    assert ran.printed.endswith(f"\n{AGAIN}\n")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[Deployed]:
    """An account of its own, in which a plan was applied."""
    folder = tmp_path_factory.mktemp("pull-requests-deployed")
    with LocalAws(log=folder / "local-aws.log") as cloud:
        desk = Desk(project=project, folder=folder, cloud=cloud)
        run_command("-m", "ferry", "bootstrap", "dev", environment=desk.around)
        digest = desk.plan("plan").digest
        yield Deployed(desk=desk, digest=digest, applied=desk.apply("apply", digest))


def test_a_plan_is_applied(deployed: Deployed) -> None:
    assert deployed.applied.code == 0, deployed.applied.printed
    assert "Apply complete! Resources: 4 added, 0 changed, 0 destroyed." in deployed.applied.printed


def test_it_is_applied_once(deployed: Deployed) -> None:
    ran = deployed.desk.apply("again", deployed.digest)

    assert ran.code == 4
    assert ran.printed.startswith("The state has moved: the plan is of serial 0, the state is at ")
    assert ran.printed.endswith(f" Somebody has deployed since. {AGAIN}\n")


def test_a_plan_that_changes_nothing_is_not_kept(deployed: Deployed) -> None:
    ran = deployed.desk.plan("nothing-left")

    assert ran.outputs["verdict"] == "0"
    assert "No plan was kept: there is none to apply." in ran.printed


def test_an_account_without_a_bucket(project: Path, tmp_path: Path) -> None:
    with LocalAws(log=tmp_path / "local-aws.log") as cloud:
        ran = Desk(project=project, folder=tmp_path, cloud=cloud).plan("no-bucket")

    assert ran.code == 0
    assert ran.outputs["verdict"] == "3"
    assert f"## {STACK}: could not be judged" in ran.printed
    assert f'Error: Failed to get existing workspaces: S3 bucket "{BUCKET}" does not exist.' in (
        ran.printed
    )
    assert "No plan was kept: there is none to apply." in ran.printed


def test_a_deleted_environment_is_shown_as_destroyed(
    project: Path, tmp_path: Path, deployed: Deployed
) -> None:
    deleting = tmp_path / "project"
    shutil.copytree(project, deleting, symlinks=True)
    (deleting / "environments" / "dev.toml").unlink()
    commit(deleting)

    ran = replace(deployed.desk, project=deleting).plan("deleted")

    assert ran.code == 0
    assert ran.outputs["verdict"] == "1"
    assert "**The last environment of the account is deleted.**" in ran.printed
    assert "4 to destroy" in ran.printed
    assert "No plan was kept: there is none to apply." in ran.printed
