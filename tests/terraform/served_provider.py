"""The AWS provider as a server that many runs of Terraform share, which saves starting it for each.

Source: https://developer.hashicorp.com/terraform/plugin/debugging
"""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.terraform import Terraform

_VARIABLE = "TF_REATTACH_PROVIDERS"
_FEWER_COLLECTIONS = {"GOGC": "400"}
"""Go's garbage is collected less often: a sixth of the processors' time for some memory."""


@contextmanager
def served_provider(terraform: Terraform) -> Iterator[Mapping[str, str]]:
    """Run the provider of a stack, and give the variables under which Terraform finds it.

    Terraform configures it as the stack says: only runs of one stack, in one region and account and
    with the same default tags, may share it.

    Raises:
        RuntimeError: It did not start.
    """
    folder = terraform.folder / ".terraform" / "providers"
    (binary,) = folder.glob("registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*")
    process = subprocess.Popen(
        [str(binary), "-debug"],
        env={**terraform.environment, **_FEWER_COLLECTIONS},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield {_VARIABLE: _announced(process), **_FEWER_COLLECTIONS}
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
