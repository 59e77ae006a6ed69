"""Terraform in the folder of one stack, as the workflows run it."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferry.redaction.redacting import redacted
from pull_requests import log
from pull_requests.errors import RefusedError, StoppedError, ToolError
from pull_requests.programs import followed, held_back, output_of
from pull_requests.stacks import FILE, LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pull_requests.stacks import Stack

PLAN_FILE: Final = "plan.tfplan"
_LOCK_TIMEOUT: Final = "-lock-timeout=5m"  # for another apply that has the state's lock

_STALE: Final = "Saved plan is stale"
"""Terraform's own words for a state that has another serial or lineage than the plan."""

_PROGRESS: Final = re.compile(
    r"[\w.\-/\[\]\"]+: (?:Still \w+\.\.\.|\w+\.\.\.|\w+ complete(?: after \w+)?)(?: \[.*\])?"
    r"|(?:Acquiring|Releasing) state lock\. This may take a few moments\.\.\."
    r"|Interrupt received\.|Gracefully shutting down\.\.\.|Stopping operation\.\.\."
)
"""The lines that are shown while Terraform applies. Each is whole by itself."""

_WAITS_SECONDS: Final = (0, 10, 30)  # before each attempt to save a state once more
_INTERRUPTED: Final = "docs/recovery.md, A deployment was interrupted."

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
        """Apply the plan, its progress shown as it comes, the rest at the end.

        Whatever wants to end this process meanwhile, Terraform ends first, and saves its state.

        Raises:
            RefusedError: The state has moved since.
            StoppedError: It was interrupted, perhaps half-way.
            ToolError: It failed, perhaps half-way.
        """
        said, came = "", list[int]()
        command = ("terraform", "apply", "-no-color", _LOCK_TIMEOUT, PLAN_FILE)
        with log.without_orders() as to, held_back(lambda number, *_: came.append(number)):
            try:
                with followed(*command, folder=self.folder, came=came, **_VARIABLES) as run:
                    for line in run.stdout or ():
                        if _PROGRESS.fullmatch(line.rstrip()):
                            print(log.inert(line), end="", file=to, flush=True)
                        else:  # a secret may have several lines: redacted whole
                            said += line
            finally:
                left = self._saved_again()
        if not run.returncode:
            log.show(said)
            return
        before, errors = _divided(said)
        log.show(before)
        if _STALE in errors:
            raise RefusedError(
                "The state has moved since this was planned: somebody has deployed. Nothing was "
                "applied. Run this workflow again, and have the new plan approved."
            )
        told = f"'terraform apply' ended with {run.returncode}:\n{errors}\n{left}".rstrip()
        if came:
            raise StoppedError(f"{told}\nIt was interrupted: {_INTERRUPTED}")
        raise ToolError(told)

    def _saved_again(self) -> str:
        """Save a state that Terraform could not save, or keep it; say which, empty for none."""
        state, failure = self.folder / "errored.tfstate", ""
        if not state.is_file():
            return ""
        for seconds in _WAITS_SECONDS:
            time.sleep(seconds)
            try:
                self.run("state", "push", state.name)
            except ToolError as error:
                failure = str(error)
            else:
                return f"The state was not saved at first, and is by now: {_INTERRUPTED}"
        kept = tempfile.mkdtemp(prefix="aurora-ferry-state-", dir=os.environ.get("RUNNER_TEMP"))
        shutil.move(state, kept)
        return (
            f"The state could not be saved. {failure}\nWhat was made stands in {kept}/{state.name} "
            "alone, which a runner of GitHub removes with its job: docs/recovery.md, Failed to "
            "persist state to backend."
        )

    def run(self, *arguments: str) -> str:
        """Run a command and return what it printed."""
        try:
            return output_of("terraform", *arguments, folder=self.folder, **_VARIABLES)
        except ToolError as error:
            which, _, said = str(error).partition("\n")
            raise ToolError(f"{which}\n{_divided(said)[1]}".rstrip()) from None


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


def _divided(text: str) -> tuple[str, str]:
    """What Terraform says before its first error, and from there on, without its frames."""
    plain = _COLOUR.sub("", text)
    lines = [line.lstrip("│╷╵ ").rstrip() for line in plain.splitlines()]
    # A provider's error may quote the request that failed, and so a password.
    said = redacted("\n".join(line for line in lines if line))
    found = re.search(r"^Error:", said, re.MULTILINE)
    first = found.start() if found else 0
    return said[:first].rstrip(), said[first:]
