"""`make demo`: deploys the environment dev to local AWS, end to end, and takes it down again.

It types the commands that a person would type, with the variables that lead them to local AWS, and
shows what a person follows: the steps, each kind of resource when it is there, the outputs. All that
the commands print is in a log, whose path it names; ``VERBOSE=1`` shows it. Everything that it writes
is in a temporary folder and on a free port, so that several copies can run at once.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from facts import names
from ferry.findings import ExitStatus
from harness.progress import Progress
from harness.providers import cli_configuration
from harness.server import LocalAws
from harness.steps import StepFailedError, Steps
from harness.surroundings import surroundings
from harness.terraform import Terraform, TerraformError
from settings.reading.loading import load_environments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = "dev"


class Demo:
    """The steps of the demo, in order.

    Args:
        folder: Where everything is written.
        console: Where progress is shown.
        log: Where everything goes that the commands print.
    """

    def __init__(self, *, folder: Path, console: Console, log: Path) -> None:
        self._folder = folder
        self._output = folder / "cdktf.out"
        self._steps = Steps(console=console, log=log)

    def run(self) -> None:
        """Run all steps; whatever was started ends with it."""
        (environment,) = load_environments(ROOT / "environments", selected=ENVIRONMENT)
        account_stack = names.account_stack(environment.aws.account_id)
        self._steps.say("synthesize every environment")
        self._type(
            "cdktf",
            "synth",
            "--output",
            str(self._output),
            environment=os.environ | cli_configuration(self._folder),
        )
        self._steps.say("start local AWS")
        with LocalAws(log=self._folder / "local-aws.log") as cloud:
            around = surroundings(
                url=cloud.url,
                account_id=environment.aws.account_id,
                region=environment.aws.region,
                folder=self._folder,
            )
            self._steps.say("make the bucket for the state: ferry bootstrap dev")
            self._ferry("bootstrap", ENVIRONMENT, environment=around)
            self._steps.say("write the source's credentials: ferry secret source dev")
            credentials = {"username": "ferry", "password": secrets.token_urlsafe(24)}
            self._ferry(
                "secret", "source", ENVIRONMENT, environment=around, given=json.dumps(credentials)
            )
            self._steps.say(f"deploy the account: cdktf deploy {account_stack}")
            self._cdktf("deploy", account_stack, around)
            self._steps.say(
                f"deploy the environment: cdktf deploy {ENVIRONMENT} (about three minutes)"
            )
            self._cdktf("deploy", ENVIRONMENT, around)
            self._steps.say(f"check what was deployed: ferry check deployment {ENVIRONMENT}")
            self._ferry("check", "deployment", ENVIRONMENT, environment=around)
            terraform = Terraform(folder=self._output / "stacks" / ENVIRONMENT, environment=around)
            self._steps.say("show the outputs")
            self._show(terraform.outputs())
            self._steps.say("plan again: nothing may be left to change")
            changes = terraform.changes()
            if changes:
                raise StepFailedError("the second plan has changes:\n" + "\n".join(changes))
            self._steps.show("no changes")
            self._steps.say(
                f"destroy the environment: cdktf destroy {ENVIRONMENT} (about two minutes)"
            )
            self._cdktf("destroy", ENVIRONMENT, around, each_kind=False)
        self._steps.say("done; local AWS has stopped")
        self._steps.show(
            "Next, with PostgreSQL's server programs: make rehearsal carries a database."
        )

    def _cdktf(
        self, verb: str, stack: str, environment: Mapping[str, str], *, each_kind: bool = True
    ) -> None:
        progress = Progress(self._steps, each_kind=each_kind)
        self._type(
            "cdktf", verb, stack, "--auto-approve", "--skip-provider-lock",
            "--output", str(self._output), environment=environment, follow=progress,
        )  # fmt: skip
        progress.end()

    def _ferry(self, *arguments: str, environment: Mapping[str, str], given: str = "") -> None:
        self._type(sys.executable, "-m", "ferry", *arguments, environment=environment, given=given)

    def _type(
        self,
        *command: str,
        environment: Mapping[str, str],
        given: str | None = None,
        follow: Callable[[str], None] | None = None,
    ) -> None:
        self._steps.type(*command, folder=ROOT, environment=environment, given=given, follow=follow)

    def _show(self, outputs: Mapping[str, object]) -> None:
        """Shows what a person reads: names, addresses, numbers. The log has the ARNs and lists."""
        in_log = 0
        for name, value in sorted(outputs.items()):
            if isinstance(value, str | int) and not str(value).startswith(("arn:", "https:")):
                self._steps.show_short(f"{name:25} {value}")
            else:
                self._steps.keep(f"{name:25} {json.dumps(value)}")
                in_log += 1
        self._steps.show(f"and {in_log} more in the log: ARNs, lists, a link")


def main() -> int:
    """Run the demo; say what to do where it fails, and keep its folder then."""
    console = Console(soft_wrap=True, emoji=False, highlight=False)
    handle, log = tempfile.mkstemp(prefix="aurora-ferry-demo-", suffix=".log")
    os.close(handle)
    folder = Path(tempfile.mkdtemp(prefix="aurora-ferry-demo-"))
    console.print(f"Everything goes to {log}; VERBOSE=1 shows it.")
    try:
        Demo(folder=folder, console=console, log=Path(log)).run()
    except (StepFailedError, TerraformError) as error:
        console.print(f"\nThe demo failed: {error}\nIts files are kept in {folder}", markup=False)
        return ExitStatus.NOT_DONE
    except KeyboardInterrupt:
        console.print(f"\nStopped. Its files are kept in {folder}", markup=False)
        return ExitStatus.INTERRUPTED
    shutil.rmtree(folder)
    console.print(f"   Everything that was printed is in {log}")
    return ExitStatus.GOOD


if __name__ == "__main__":
    sys.exit(main())
