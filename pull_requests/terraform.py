"""Terraform in the folder of one stack, as the workflows run it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pull_requests.errors import ToolError

if TYPE_CHECKING:
    from pathlib import Path

LOCK_FILE: Final = ".terraform.lock.hcl"
PLAN_FILE: Final = "plan.tfplan"
_LOCK_TIMEOUT: Final = "-lock-timeout=5m"
"""How long a plan or an apply waits for another that has the state's lock."""

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_VARIABLES: Final = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """Which state it is: a state that has changed has another serial.

    Args:
        lineage: The state's own identifier; empty where nothing was ever deployed.
        serial: How often it was written.
    """

    lineage: str
    serial: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Terraform:
    """Terraform in one stack's folder.

    Args:
        folder: The folder that holds `cdk.tf.json`.
    """

    folder: Path

    def init(self) -> None:
        """Install the provider and connect to the state."""
        self._must("init", "-no-color")

    def init_with_lock(self) -> None:
        """The same, with the providers that the lock file in the folder names and no others."""
        self._must("init", "-no-color", "-lockfile=readonly")

    def plan(self) -> str:
        """Plan into `plan.tfplan` and return what Terraform printed, its warnings too."""
        return self._must("plan", "-no-color", _LOCK_TIMEOUT, f"-out={PLAN_FILE}")

    def shown(self) -> str:
        """The plan as JSON. It has sensitive values in clear."""
        return self._must("show", "-no-color", "-json", PLAN_FILE)

    def state(self) -> State:
        """Which state the backend has."""
        text = self._must("state", "pull")
        document: dict[str, Any] = json.loads(text) if text.strip() else {}
        return State(lineage=document.get("lineage", ""), serial=document.get("serial", 0))

    def apply(self) -> int:
        """Apply the plan, its messages shown as they come, and return Terraform's exit code."""
        sys.stdout.flush()
        return subprocess.run(
            ["terraform", "apply", "-no-color", _LOCK_TIMEOUT, PLAN_FILE],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode

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
    # `state pull` knows no -no-color.
    plain = _COLOUR.sub("", text)
    lines = [line.lstrip("│╷╵ ").rstrip() for line in plain.splitlines()]
    first = next((number for number, line in enumerate(lines) if line.startswith("Error:")), 0)
    return "\n".join(line for line in lines[first:] if line)
