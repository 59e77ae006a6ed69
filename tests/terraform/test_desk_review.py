"""`make review`, by the real Terraform, of an environment that is new: nothing has to be deployed.

What is left out here is the deployment of the earlier commit, which is `terraform apply`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT
from harness.surroundings import surroundings
from tests.terraform.checkout import check_out

if TYPE_CHECKING:
    from pathlib import Path

LINKED = ("bench", "ferry", "harness", "local_aws", "pull_requests")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose commit has the environment prod, and whose working tree has dev as well."""
    folder = check_out(tmp_path_factory.mktemp("desk-review") / "project")
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / ".gitignore", folder / ".gitignore")
    environments = folder / "environments"
    (environments / "staging.toml").unlink()
    kept = (environments / "dev.toml").read_text()
    (environments / "dev.toml").unlink()
    who = ("-c", "user.name=A Person", "-c", "user.email=person@example.com")
    for command in (("init", "--initial-branch=main"), ("add", "--all"), ("commit", "-m", "one")):
        subprocess.run(["git", *who, *command], cwd=folder, check=True, capture_output=True)
    (environments / "dev.toml").write_text(kept)
    return folder


def review(project: Path, folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the command with a folder of its own for what it writes; nothing may be left there."""
    around = surroundings(url="", account_id="", region="", folder=folder)
    temporary = folder / ("long" * 25)  # too long for the provider's socket
    temporary.mkdir()
    before = git(project, "status", "--porcelain"), git(project, "worktree", "list")
    finished = subprocess.run(
        [sys.executable, "-m", "harness.review", *arguments],
        cwd=project,
        env={**around, "TMPDIR": str(temporary), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # jsii keeps its own copy of what it runs; what it leaves is not the review's.
    left = [it.name for it in temporary.iterdir() if "jsii" not in it.name]
    assert [it for it in left if it.startswith("aurora-ferry")] == [], finished.stdout
    assert before == (git(project, "status", "--porcelain"), git(project, "worktree", "list"))
    return finished.returncode, finished.stdout


def git(project: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=project, check=True, capture_output=True, text=True
    ).stdout


def test_a_new_environment_is_planned_and_reviewed(project: Path, tmp_path: Path) -> None:
    code, shown = review(project, tmp_path, "dev")

    assert code == 0, shown
    steps = [line for line in shown.splitlines() if line[:1].isdigit()]
    assert [
        line.partition(". ")[2].rpartition(" (")[0].partition(" the commit")[0] for line in steps
    ] == [
        "synthesize",
        "prepare the account for dev as it is to be",
        "plan dev as the working tree has it",
        "review it: ferry review dev",
    ]
    assert "account-111122223333: changes as well, and is not reviewed here" in shown
    assert "   dev: new\n" in shown
    assert "to create" in shown
    assert "Data at risk" not in shown


def test_what_does_not_change_takes_no_aws(project: Path, tmp_path: Path) -> None:
    code, shown = review(project, tmp_path, "prod", "HEAD")

    assert code == 0
    assert shown.endswith("   prod: nothing changes, so there is nothing to review\n")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "Name an environment: make review ENV=dev\n"),
        (("",), 2, "Name an environment: make review ENV=dev\n"),
        (
            ("qa",),
            2,
            "There is no review: 'qa' is an environment neither in the working tree nor at ",
        ),
        (("dev", "nowhere"), 3, "There is no review: 'git merge-base' ended with 128:\n"),
    ],
    ids=["no environment", "an empty one", "an unknown one", "an unknown commit"],
)
def test_what_cannot_be_reviewed(
    project: Path, tmp_path: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    code, shown = review(project, tmp_path, *arguments)

    assert code == status
    assert said in shown
