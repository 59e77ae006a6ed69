"""`make demo`: deploys the environment dev to local AWS, end to end, and takes it down again.

It types the commands that a person would type, with the variables that lead them to local AWS.
Everything that it writes is in a temporary folder and on a free port, so that several copies can
run at once.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from harness.providers import cli_configuration
from harness.server import LocalAws
from harness.surroundings import surroundings
from harness.terraform import Terraform, TerraformError
from settings import naming
from settings.loading import load_environments

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = "dev"
_PLAIN = {
    # Without a terminal cdktf's spinner prints a line for each of its frames.
    "CI": "true",
    "TF_CLI_ARGS_init": "-no-color",
    "TF_CLI_ARGS_plan": "-no-color",
    "TF_CLI_ARGS_apply": "-no-color",
}


class StepFailedError(Exception):
    """A step of the demo failed; the text says what to do."""


class Demo:
    """The steps of the demo, in order.

    Args:
        folder: Where everything is written.
        console: Where progress is shown.
    """

    def __init__(self, *, folder: Path, console: Console) -> None:
        self._folder = folder
        self._console = console
        self._output = folder / "cdktf.out"
        self._started = time.monotonic()
        self._step = 0

    def run(self) -> None:
        """Run all steps; whatever was started ends with it."""
        (environment,) = load_environments(ROOT / "environments", selected=ENVIRONMENT)
        account_stack = naming.account_stack(environment.aws.account_id)
        self._say("synthesize every environment")
        self._type(
            "cdktf",
            "synth",
            "--output",
            str(self._output),
            environment=os.environ | cli_configuration(self._folder),
        )
        self._say("start local AWS")
        with LocalAws(log=self._folder / "local-aws.log") as cloud:
            around = surroundings(
                url=cloud.url,
                account_id=environment.aws.account_id,
                region=environment.aws.region,
                folder=self._folder,
            )
            self._say("make the bucket for the state: ferry bootstrap dev")
            self._ferry("bootstrap", ENVIRONMENT, environment=around)
            self._say("write the source's credentials: ferry secret source dev")
            credentials = {"username": "ferry", "password": secrets.token_urlsafe(24)}
            self._ferry(
                "secret", "source", ENVIRONMENT, environment=around, given=json.dumps(credentials)
            )
            self._say(f"deploy the account: cdktf deploy {account_stack}")
            self._deploy(account_stack, around)
            self._say(f"deploy the environment: cdktf deploy {ENVIRONMENT} (about three minutes)")
            self._deploy(ENVIRONMENT, around)
            self._say("check what was deployed: pytest tests/integration --deployed dev")
            self._type(
                "pytest", "tests/integration", "--deployed", ENVIRONMENT, "-q", "-p",
                "no:cacheprovider", environment=around,
            )  # fmt: skip
            terraform = Terraform(folder=self._output / "stacks" / ENVIRONMENT, environment=around)
            self._say("show the outputs")
            self._show(terraform.outputs())
            self._say("plan again: nothing may be left to change")
            changes = terraform.changes()
            if changes:
                raise StepFailedError("the second plan has changes:\n" + "\n".join(changes))
            self._console.print("   no changes")
            self._say(f"destroy the environment: cdktf destroy {ENVIRONMENT} (about two minutes)")
            self._type(
                "cdktf", "destroy", ENVIRONMENT, "--auto-approve", "--skip-provider-lock",
                "--output", str(self._output), environment=around,
            )  # fmt: skip
        self._say("done; local AWS has stopped")

    def _deploy(self, stack: str, environment: Mapping[str, str]) -> None:
        self._type(
            "cdktf", "deploy", stack, "--auto-approve", "--skip-provider-lock",
            "--output", str(self._output), environment=environment,
        )  # fmt: skip

    def _ferry(self, *arguments: str, environment: Mapping[str, str], given: str = "") -> None:
        self._type(sys.executable, "-m", "ferry", *arguments, environment=environment, given=given)

    def _type(
        self, *command: str, environment: Mapping[str, str], given: str | None = None
    ) -> None:
        """Run a command as a person would, its lines shown as they come."""
        started = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment, **_PLAIN},
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if given is not None and started.stdin is not None:
            started.stdin.write(given)
            started.stdin.close()
        for line in started.stdout or ():
            if line.strip():
                self._console.print(f"   {line.rstrip()}", markup=False, highlight=False)
        if started.wait():
            raise StepFailedError(
                f"'{' '.join(command)}' ended with {started.returncode}; its messages stand above."
                f" Local AWS's own are in {self._folder / 'local-aws.log'}"
            )

    def _say(self, what: str) -> None:
        self._step += 1
        seconds = time.monotonic() - self._started
        self._console.print(f"\n[bold]{self._step}. {what}[/bold] [dim]({seconds:.0f} s)[/dim]")

    def _show(self, outputs: Mapping[str, object]) -> None:
        for name, value in sorted(outputs.items()):
            shown = value if isinstance(value, str) else json.dumps(value)
            self._console.print(f"   {name:32} {shown}", markup=False, highlight=False)


def main() -> int:
    """Run the demo; say what to do where it fails, and keep its folder then."""
    console = Console(soft_wrap=True, emoji=False)
    folder = Path(tempfile.mkdtemp(prefix="aurora-ferry-demo-"))
    try:
        Demo(folder=folder, console=console).run()
    except (StepFailedError, TerraformError) as error:
        console.print(f"\nThe demo failed: {error}\nIts files are kept in {folder}", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print(f"\nStopped. Its files are kept in {folder}", markup=False)
        return 130
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
