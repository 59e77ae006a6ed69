"""`make review ENV=dev`: what the working tree would do to an environment as it is deployed.

Deploys the environment of an earlier commit to local AWS, plans the working tree's on it, and shows
`ferry review` of that plan. The verdict is what it shows. It ends with 0 where there is a review,
whatever that says; with 2 where the environment is wrong, and with 3 where it came to no review.
`ferry review` itself has a status for each verdict.

    python -m harness.review dev            the commit at which HEAD left main
    python -m harness.review dev HEAD~3     the commit at which HEAD left another

Everything that it writes is in a temporary folder and on a free port, so that several copies can
run at once.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from ferry.findings import ExitStatus
from harness.deployment import CommandFailedError, Deployment, synthesize
from harness.progress import Progress
from harness.server import LocalAws
from harness.steps import StepFailedError, Steps
from harness.terraform import Terraform, TerraformError
from pull_requests.code import check_out, merge_base
from pull_requests.errors import ToolError
from pull_requests.stacks import FILE, Change, Kind, changes, read_stacks
from settings.reading.problem import EnvironmentsError

if TYPE_CHECKING:
    from collections.abc import Sequence

_BRANCHES: Final = ("main", "origin/main")
_LOG: Final = "local-aws.log"
_PLAN_FILE: Final = "review.tfplan"
_PLAN: Final = "plan.json"
# What `ferry review` ends with where it has judged the plan.
_JUDGED: Final = {ExitStatus.GOOD, ExitStatus.LOOK, ExitStatus.STOP}


class UnknownEnvironmentError(Exception):
    """There is no such environment; the text says what to do."""


class DeskReview:
    """The steps of a review at a desk, in order.

    Args:
        name: The environment.
        base: The commit that is taken for what is deployed.
        project: The working tree.
        folder: Where everything is written.
        console: Where progress is shown.
    """

    def __init__(
        self, *, name: str, base: str, project: Path, folder: Path, console: Console
    ) -> None:
        self._name = name
        self._project = project
        self._base = base
        self._folder = folder
        self._console = console
        self._steps = Steps(console=console, log=folder / "review.log")
        self._earlier = folder / "earlier"

    def run(self) -> ExitStatus:
        """Run all steps; whatever was started ends with it."""
        self._steps.say(f"synthesize the commit {self._base[:12]} and the working tree")
        check_out(self._project, self._base, into=self._earlier)
        before = self._synthesize("before", self._earlier)
        after = self._synthesize("after", self._project)
        change = self._change(before, after)
        if change is None:
            return ExitStatus.GOOD
        with LocalAws(log=self._folder / _LOG) as cloud:
            deployed = Deployment(
                cloud=cloud, output=before, folder=self._folder, project=self._earlier
            )
            planned = Deployment(
                cloud=cloud, output=after, folder=self._folder, project=self._project
            )
            if change.kind is not Kind.NEW:
                self._prepare(deployed, "as it is deployed")
                self._steps.say(f"deploy {self._name} as it was (about two minutes)")
                self._apply(deployed.terraform(self._name))
            if change.kind in {Kind.NEW, Kind.MOVED}:
                self._prepare(planned, "as it is to be")
            return self._review(change, deployed if change.kind is Kind.GONE else planned)

    def _synthesize(self, name: str, project: Path) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return synthesize(folder, project=project)

    def _change(self, before: Path, after: Path) -> Change | None:
        """How the environment changes; what else does is only named."""
        found = {
            it.stack.name: it
            for it in changes(before=read_stacks(before), after=read_stacks(after))
        }
        others = sorted(set(found) - {self._name})
        if others:
            self._steps.show(f"{', '.join(others)}: changes as well, and is not reviewed here")
        if self._name in found:
            self._steps.show(f"{self._name}: {found[self._name].kind}")
            return found[self._name]
        if self._name not in read_stacks(after):
            raise UnknownEnvironmentError(
                f"{self._name!r} is an environment neither in the working tree nor at "
                f"{self._base[:12]}. Name one with ENV=, such as ENV=dev."
            )
        self._steps.show(f"{self._name}: nothing changes, so there is nothing to review")
        return None

    def _prepare(self, deployment: Deployment, which: str) -> None:
        self._steps.say(f"prepare the account for {self._name} {which}")
        deployment.prepare_account(self._name)
        deployment.prepare_environment(self._name)
        self._steps.show("the bucket for the state, the account's roles, the source's credentials")

    def _review(self, change: Change, deployment: Deployment) -> ExitStatus:
        self._steps.say(f"plan {self._name} as the working tree has it")
        terraform = deployment.terraform(self._name)
        reviewed = terraform.folder / "reviewed.json"
        reviewed.write_text(json.dumps(change.stack.document))
        (terraform.folder / FILE).write_text(json.dumps(change.configuration, indent=2))
        terraform.init()
        terraform.must("plan", "-no-color", f"-out={_PLAN_FILE}")
        plan = terraform.folder / _PLAN
        plan.write_text(terraform.must("show", "-json", _PLAN_FILE))
        self._steps.say(f"review it: ferry review {self._name}")
        self._console.print()
        finished = subprocess.run(
            [
                sys.executable, "-m", "ferry", "review", self._name, str(plan),
                "--stack", str(reviewed), "--format", "text",
            ],
            cwd=self._project,
            check=False,
        )  # fmt: skip
        return ExitStatus.GOOD if finished.returncode in _JUDGED else ExitStatus.NOT_DONE

    def _apply(self, terraform: Terraform) -> None:
        progress = Progress(self._steps)
        self._steps.type(
            "terraform", "apply", "-auto-approve",
            folder=terraform.folder, environment=terraform.environment, follow=progress,
        )  # fmt: skip
        progress.end()
        # What AWS fills in after a first deployment is no drift that anybody made.
        terraform.must("apply", "-auto-approve", "-refresh-only", "-no-color")


def main(arguments: Sequence[str]) -> int:
    """Review an environment; where Terraform or local AWS fails, say so and keep the folder.

    A plan holds secrets in plain text: only its owner may read it, and it is never kept.
    """
    console = Console(soft_wrap=True, emoji=False)
    if not 1 <= len(arguments) <= 2 or not arguments[0]:  # noqa: PLR2004 (name and base)
        console.print("Name an environment: make review ENV=dev", markup=False)
        return ExitStatus.WRONG_USE
    os.umask(0o077)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    folder = Path(tempfile.mkdtemp(prefix="aurora-ferry-review-"))
    is_kept = False
    try:
        project = Path.cwd()
        base = _base(project, *arguments[1:])
        return DeskReview(
            name=arguments[0], base=base, project=project, folder=folder, console=console
        ).run()
    except (
        CommandFailedError, EnvironmentsError, StepFailedError, TerraformError, ToolError,
        UnknownEnvironmentError,
    ) as error:  # fmt: skip
        console.print(f"\nThere is no review: {error}", markup=False)
        is_wrong = isinstance(error, EnvironmentsError | UnknownEnvironmentError)
        is_kept = (folder / _LOG).exists()
        if is_kept:
            console.print(f"Its files are kept in {folder}", markup=False)
        return ExitStatus.WRONG_USE if is_wrong else ExitStatus.NOT_DONE
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return ExitStatus.INTERRUPTED
    finally:
        for file in [*folder.rglob(_PLAN_FILE), *folder.rglob(_PLAN)]:
            file.unlink()
        if not is_kept:
            shutil.rmtree(folder)


def _base(project: Path, given: str = "") -> str:
    """The commit to compare with.

    Raises:
        ToolError: git does not know it.
    """
    if given:
        return merge_base(project, given)
    for branch in _BRANCHES:
        try:
            return merge_base(project, branch)
        except ToolError:
            continue
    raise ToolError(
        f"git knows neither {' nor '.join(_BRANCHES)}; name the commit to compare with: BASE=HEAD~1"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
