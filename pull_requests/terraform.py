"""Terraform in the folder of one stack, as the workflows run it."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferry.review.plan.redacting import redacted
from pull_requests import log
from pull_requests.errors import RefusedError, ToolError
from pull_requests.programs import environment, output_of
from pull_requests.stacks import FILE, LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pull_requests.stacks import Stack

PLAN_FILE: Final = "plan.tfplan"
_LOCK_TIMEOUT: Final = "-lock-timeout=5m"
"""How long an apply waits for another that has the state's lock."""

_STALE: Final = "Saved plan is stale"
"""Terraform's own words for a state that has another serial or lineage than the plan."""

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_VARIABLES: Final = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Terraform:
    """Terraform in one stack's folder. A plan in it has sensitive values in clear."""

    folder: Path

    def plan(self) -> None:
        """Plan, without a lock: who plans may write nothing. Show what Terraform says."""
        log.show(self.run("plan", "-no-color", "-lock=false", f"-out={PLAN_FILE}"))

    def shown(self) -> str:
        """The plan as JSON. It has sensitive values in clear, so it is never written to a file."""
        return self.run("show", "-no-color", "-json", PLAN_FILE)

    def apply(self) -> None:
        """Apply the plan, its messages shown as they come.

        Raises:
            RefusedError: The state has moved since.
            ToolError: It failed, perhaps half-way.
        """
        errors = ""
        with (
            subprocess.Popen(
                ["terraform", "apply", "-no-color", _LOCK_TIMEOUT, PLAN_FILE],
                cwd=self.folder,
                env=environment(_VARIABLES),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as run,
            log.without_orders() as to,
        ):
            for line in run.stdout or ():
                # Errors come last, and are redacted whole: a secret may be wrapped.
                if errors or line.startswith("Error:"):
                    errors += line
                else:
                    print(log.inert(line), end="", file=to, flush=True)
        if _STALE in errors:
            raise RefusedError(
                "The state has moved since this was planned: somebody has deployed. Nothing was "
                "applied. Run this workflow again, and have the new plan approved."
            )
        if run.returncode:
            raise ToolError(f"'terraform apply' ended with {run.returncode}:\n{_errors(errors)}")

    def run(self, *arguments: str) -> str:
        """Run a command and return what it printed."""
        try:
            return output_of("terraform", *arguments, folder=self.folder, **_VARIABLES)
        except ToolError as error:
            which, _, said = str(error).partition("\n")
            raise ToolError(f"{which}\n{_errors(said)}".rstrip()) from None


@contextmanager
def ready(stack: Stack, configuration: Mapping[str, object]) -> Iterator[Terraform]:
    """Terraform for what is planned of a stack, its state found and its provider the pinned one.

    Its folder is temporary, and goes with the plan in it.
    """
    if not stack.lock:
        raise ToolError(
            f"The provider of {stack.name} is not pinned for this machine, and no other is used. "
            "'make lock PLATFORMS=' pins it: docs/deployment.md, The AWS provider."
        )
    with tempfile.TemporaryDirectory(prefix="aurora-ferry-plan-") as folder:
        terraform = Terraform(folder=Path(folder))
        # Indented, because Terraform's errors quote the line.
        (terraform.folder / FILE).write_text(json.dumps(configuration, indent=2))
        (terraform.folder / LOCK_FILE).write_text(stack.lock)
        terraform.run("init", "-no-color", "-lockfile=readonly")
        yield terraform


def _errors(text: str) -> str:
    """What Terraform says, from its first error on, without its frames."""
    plain = _COLOUR.sub("", text)
    lines = [line.lstrip("│╷╵ ").rstrip() for line in plain.splitlines()]
    first = next((number for number, line in enumerate(lines) if line.startswith("Error:")), 0)
    # A provider's error may quote the request that failed, and so a password.
    return redacted("\n".join(line for line in lines[first:] if line))
