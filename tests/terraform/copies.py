"""Plans changed copies of a deployed stack; the deployment and its state are not touched."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.terraform.served_provider import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.terraform import Terraform

PLAN = "plan.json"
STACK = "cdk.tf.json"
_STATE = "terraform.tfstate"
_LOCK = ".terraform.lock.hcl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Copies:
    """Copies of one deployed stack, each in a folder of its own, with the state as a file beside it.

    Args:
        terraform: Terraform in the folder of the stack as it was deployed.
        folder: Where the copies are made.
        state: The deployed stack's state.
    """

    terraform: Terraform
    folder: Path
    state: dict[str, Any]

    @property
    def stack(self) -> dict[str, Any]:
        """The stack as it was deployed, to be changed."""
        stack: dict[str, Any] = json.loads((self.terraform.folder / STACK).read_text())
        return stack

    def make(self, name: str, stack: dict[str, Any], *, state: dict[str, Any]) -> Terraform:
        """Make a copy.

        Args:
            name: The copy's folder.
            stack: The ``cdk.tf.json``.
            state: The state, such as the deployed stack's.
        """
        folder = self.folder / name
        folder.mkdir()
        stack["terraform"].pop("backend", None)
        (folder / STACK).write_text(json.dumps(stack))
        (folder / _STATE).write_text(json.dumps(state))
        shutil.copy(self.terraform.folder / _LOCK, folder / _LOCK)
        # One that is configured otherwise, as with other default tags, would be so for all copies.
        shares = stack["provider"] == self.stack["provider"]
        terraform = self.terraform if shares else shipped(self.terraform)
        environment = {**terraform.environment, "TF_DATA_DIR": str(self.folder / ".terraform")}
        return replace(terraform, folder=folder, environment=environment)


def refreshed(copies: Copies) -> dict[str, Any]:
    """A deployed stack's state once Terraform has looked at everything that it made."""
    state = json.loads(json.dumps(copies.state))
    copy = copies.make("refreshed", copies.stack, state=state)
    copy.must("apply", "-refresh-only", "-auto-approve", "-no-color", "-lock=false")
    found: dict[str, Any] = json.loads((copy.folder / _STATE).read_text())
    return found


def copies_of(terraform: Terraform, folder: Path) -> Copies:
    """Make ready to copy a deployed stack."""
    data = folder / ".terraform"
    data.mkdir(parents=True)
    (data / "providers").symlink_to(terraform.folder / ".terraform" / "providers")
    state = json.loads(terraform.must("state", "pull"))
    return Copies(terraform=terraform, folder=folder, state=state)


def plan(copy: Terraform, arguments: Sequence[str] = ("-refresh=false",)) -> Path:
    """Plan a copy and return the file of what ``terraform show -json`` says.

    Nothing is asked of AWS but what data sources read: the state is what was just deployed.

    Raises:
        TerraformError: The plan failed.
    """
    copy.must("plan", "-no-color", "-lock=false", "-out=plan.tfplan", *arguments)
    shown = copy.must("show", "-json", "plan.tfplan")
    file = copy.folder / PLAN
    file.write_text(shown)
    return file
