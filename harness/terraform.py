"""Runs the real Terraform in a synthesized stack's folder."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NO_CHANGES = 0
CHANGES = 2


class TerraformError(Exception):
    """Terraform ended with an error; the text is what it printed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One finished run of Terraform: its exit code and everything it printed."""

    returncode: int
    output: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Terraform:
    """Terraform in one stack's folder.

    Args:
        folder: The folder that holds ``cdk.tf.json``.
        environment: The variables to run under.
    """

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> Run:
        """Run Terraform and return what came of it, whatever that is."""
        finished = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        self._keep(arguments, finished.stdout)
        return Run(returncode=finished.returncode, output=finished.stdout)

    def start(self, *arguments: str, log: Path) -> subprocess.Popen[str]:
        """Start Terraform and return at once; its messages go to ``log``."""
        with log.open("w") as written:
            return subprocess.Popen(
                ["terraform", *arguments],
                cwd=self.folder,
                env=dict(self.environment),
                stdout=written,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )

    def must(self, *arguments: str) -> str:
        """Run Terraform and return what it printed.

        Raises:
            TerraformError: It did not end with 0.
        """
        run = self.run(*arguments)
        if run.returncode:
            raise TerraformError(f"terraform {' '.join(arguments)}: {run.output}")
        return run.output

    def init(self) -> None:
        """Install the provider and connect to the remote state."""
        self.must("init", "-no-color")

    def apply(self) -> str:
        """Apply without asking."""
        return self.must("apply", "-auto-approve", "-no-color")

    def destroy(self) -> str:
        """Destroy without asking."""
        return self.must("destroy", "-auto-approve", "-no-color")

    def plan(self, name: str = "plan") -> dict[str, Any]:
        """Plan, and return the plan as ``terraform show -json`` tells it.

        Raises:
            TerraformError: The plan failed.
        """
        self._plan(name)
        return self._show(name)

    def changes(self, name: str = "plan") -> list[str]:
        """Plan, and return ``actions address`` of each resource and output that would change.

        Raises:
            TerraformError: The plan failed.
        """
        if self._plan(name) == NO_CHANGES:
            return []
        plan = self._show(name)
        changed = [
            f"{'/'.join(change['change']['actions'])} {change['address']}"
            for change in plan.get("resource_changes", [])
            if change["change"]["actions"] not in (["no-op"], ["read"])
        ]
        changed += [
            f"{'/'.join(change['actions'])} output.{output}"
            for output, change in plan.get("output_changes", {}).items()
            if change["actions"] != ["no-op"]
        ]
        return changed

    def _plan(self, name: str) -> int:
        run = self.run("plan", "-no-color", "-detailed-exitcode", f"-out={name}.tfplan")
        if run.returncode not in {NO_CHANGES, CHANGES}:
            raise TerraformError(f"terraform plan: {run.output}")
        return run.returncode

    def _show(self, name: str) -> dict[str, Any]:
        shown = subprocess.run(
            ["terraform", "show", "-json", f"{name}.tfplan"],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=True,
        )
        (self.folder / f"{name}.json").write_text(shown.stdout)
        plan: dict[str, Any] = json.loads(shown.stdout)
        return plan

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs by name."""
        return {
            name: output["value"]
            for name, output in json.loads(self.must("output", "-json")).items()
        }

    def addresses(self) -> list[str]:
        """What the state holds."""
        return self.must("state", "list").split()

    def _keep(self, arguments: tuple[str, ...], output: str) -> None:
        """What is printed is kept beside the stack, for the person who looks into a failure.

        What `show` prints is not: a plan and a state hold secrets in plain text.
        """
        if arguments[0] == "show":
            output = "(not kept)"
        with (self.folder / "terraform.log").open("a") as log:
            log.write(f"$ terraform {' '.join(arguments)}\n{output}\n")
