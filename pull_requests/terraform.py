"""Terraform in the folder of one stack, as the workflows run it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.review.plan.redacting import redacted
from pull_requests.errors import RefusedError, ToolError
from pull_requests.log import inert, without_orders
from pull_requests.stacks import FILE, LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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

    def init(self, stack: Stack, configuration: Mapping[str, object]) -> None:
        """Write what is planned, install the provider that is pinned and no other, find the state."""
        # Indented, because Terraform's errors quote the line.
        (self.folder / FILE).write_text(json.dumps(configuration, indent=2))
        if not stack.lock:
            raise ToolError(
                f"The provider of {stack.name} is not pinned for this machine, and no other is "
                "used. 'make lock PLATFORMS=' pins it: docs/deployment.md, The AWS provider."
            )
        (self.folder / LOCK_FILE).write_text(stack.lock)
        self._must("init", "-no-color", "-lockfile=readonly")

    def plan(self) -> str:
        """Plan into `plan.tfplan`, without a lock: who plans may write nothing. Return the output."""
        return redacted(self._must("plan", "-no-color", "-lock=false", f"-out={PLAN_FILE}"))

    def shown(self) -> str:
        """The plan as JSON. It has sensitive values in clear, so it is never written to a file."""
        return self._must("show", "-no-color", "-json", PLAN_FILE)

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
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as run,
            without_orders() as log,
        ):
            for line in run.stdout or ():
                # Errors come last, and are redacted whole: a secret may be wrapped.
                if errors or line.startswith("Error:"):
                    errors += line
                else:
                    print(inert(line), end="", file=log, flush=True)
        if _STALE in errors:
            raise RefusedError(
                "The state has moved since this was planned: somebody has deployed. Nothing was "
                "applied. Run this workflow again, and have the new plan approved."
            )
        if run.returncode:
            raise ToolError(f"'terraform apply' ended with {run.returncode}:\n{_errors(errors)}")

    def _must(self, *arguments: str) -> str:
        finished = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode:
            raise ToolError(
                f"'terraform {arguments[0]}' ended with {finished.returncode}:\n"
                f"{_errors(finished.stderr or finished.stdout)}"
            )
        return finished.stdout

    def _environment(self) -> dict[str, str]:
        """Never TF_LOG: what it writes has passwords in it, and a workflow's log is kept."""
        kept = {name: it for name, it in os.environ.items() if not name.startswith("TF_LOG")}
        return {**kept, **_VARIABLES}


def _errors(text: str) -> str:
    """What Terraform says, from its first error on, without its frames."""
    plain = _COLOUR.sub("", text)
    lines = [line.lstrip("│╷╵ ").rstrip() for line in plain.splitlines()]
    first = next((number for number, line in enumerate(lines) if line.startswith("Error:")), 0)
    # A provider's error may quote the request that failed, and so a password.
    return redacted("\n".join(line for line in lines[first:] if line))
