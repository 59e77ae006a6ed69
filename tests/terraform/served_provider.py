"""The AWS provider as a server that many runs of Terraform share, which saves starting it for each.

Terraform starts the provider two to four times in a run, and reads its 700 MB to compare them with
the lock file: a plan of dev takes 3.4 s of a processor's time with a provider of its own, and 1.3 s
with one that is served. As it is shipped the provider runs in tests/integration, in
test_pull_requests and wherever a program of the project starts Terraform.

Source: https://developer.hashicorp.com/terraform/plugin/debugging
"""

from __future__ import annotations

import re
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Self

from harness.deployment import Deployment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from harness.terraform import Terraform

_VARIABLE = "TF_REATTACH_PROVIDERS"


@dataclass(kw_only=True)
class ServedDeployment(Deployment):
    """Environments whose runs of Terraform share a provider for each stack, until this is left.

    Terraform configures it as the stack says, in each run anew: runs side by side may share it only
    as long as the stack's provider says the same.
    """

    _servers: ExitStack = field(default_factory=ExitStack)
    _served: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _starting: Lock = field(default_factory=Lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._servers.close()

    def terraform(self, name: str) -> Terraform:
        """Terraform in the folder of an environment's stack."""
        return self._serve(super().terraform(name))

    def account_terraform(self, name: str) -> Terraform:
        """Terraform in the folder of the stack of an environment's account."""
        return self._serve(super().account_terraform(name))

    def _serve(self, terraform: Terraform) -> Terraform:
        """Until `init` has installed the provider there is none to serve."""
        stack = terraform.folder.name
        if not (terraform.folder / ".terraform" / "providers").exists():
            return terraform
        with self._starting:
            if stack not in self._served:
                self._served[stack] = self._servers.enter_context(_server(terraform))
        environment = {**terraform.environment, **self._served[stack]}
        return replace(terraform, environment=environment)


def shipped(terraform: Terraform) -> Terraform:
    """Terraform that starts the provider itself, as users' does."""
    environment = {it: text for it, text in terraform.environment.items() if it != _VARIABLE}
    return replace(terraform, environment=environment)


@contextmanager
def _server(terraform: Terraform) -> Iterator[Mapping[str, str]]:
    """Run the provider of a stack, and give the variables under which Terraform finds it.

    Raises:
        RuntimeError: It did not start.
    """
    folder = terraform.folder / ".terraform" / "providers"
    (binary,) = folder.glob("registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*")
    process = subprocess.Popen(
        [str(binary), "-debug"],
        env=dict(terraform.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield {_VARIABLE: _announced(process)}
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _announced(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        found = re.search(rf"{_VARIABLE}='(.+)'", line)
        if found:
            return found[1]
    raise RuntimeError("the provider ended before it said where it listens")
