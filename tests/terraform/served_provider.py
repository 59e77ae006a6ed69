"""The AWS provider as a server that many runs of Terraform share, which saves starting it for each.

Terraform starts the provider two to four times in a run, reads its 700 MB to compare them with the
lock file, and asks it for all that it has of 1,500 types. What is served here tells of the types that
this project makes alone (lean_provider.js): on a busy machine `terraform validate` takes 5.5 s of a
processor with a provider of its own, 2.4 s with one that is served, and 0.24 s with this. A type that
is not told of Terraform refuses. As it is shipped the provider runs in tests/integration, in
test_pull_requests and wherever a program of the project starts Terraform.

Source: https://developer.hashicorp.com/terraform/plugin/debugging
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Self

from ferry.adopt.finders import FINDERS, REPEATED
from harness.deployment import ROOT, Deployment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from harness.terraform import Terraform

_VARIABLE = "TF_REATTACH_PROVIDERS"
_LEAN = Path(__file__).parent / "lean_provider.js"
_TYPE = re.compile(r"(?:\b|(?<=data_))aws_[a-z0-9_]+")


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
                self._served[stack] = self._servers.enter_context(
                    served(terraform, environment=terraform.environment)
                )
        environment = {**terraform.environment, **self._served[stack]}
        return replace(terraform, environment=environment)


def shipped(terraform: Terraform) -> Terraform:
    """Terraform that starts the provider itself, as users' does."""
    environment = {it: text for it, text in terraform.environment.items() if it != _VARIABLE}
    return replace(terraform, environment=environment)


@contextmanager
def served(installed: Terraform, *, environment: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Run a provider, and give the variables under which Terraform finds it.

    Args:
        installed: Where `init` has installed it.
        environment: Its variables: which AWS it speaks to, it reads from them, not from Terraform's.

    Raises:
        RuntimeError: It did not start, or what tells of few types did not.
    """
    folder = installed.folder / ".terraform" / "providers"
    (binary,) = folder.glob("registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*")
    with _running(str(binary), "-debug", environment=environment) as provider:
        listens = json.loads(_said(provider, rf"{_VARIABLE}='(.+)'"))
        (address,) = (it["Addr"] for it in listens.values())
        lean = Path(address["String"]).with_name(f"lean{secrets.token_hex(4)}")
        with _running(
            *("node", str(_LEAN), str(lean), address["String"], *sorted(_types())),
            environment=environment,
        ) as process:
            _said(process, "(listens)")
            address["String"] = str(lean)
            try:
                yield {_VARIABLE: json.dumps(listens)}
            finally:
                lean.unlink(missing_ok=True)


@cache
def _types() -> frozenset[str]:
    """The types of resources that the stacks have, and of what they look up."""
    sources = (it.read_text() for it in (ROOT / "constructs_lib").rglob("*.py"))
    return frozenset({*FINDERS, *REPEATED, *(it for text in sources for it in _TYPE.findall(text))})


@contextmanager
def _running(*command: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A program that ends with this, and hears of this process's end at its standard input."""
    with subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _said(process: subprocess.Popen[str], pattern: str) -> str:
    for line in process.stdout or ():
        found = re.search(pattern, line)
        if found:
            return found[1]
    raise RuntimeError(f"{process.args!r} ended before it said where it listens")
