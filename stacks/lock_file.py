"""Pins Terraform's provider: puts the project's lock file beside each stack that it holds for.

With a lock file that has no hash for the machine's platform `terraform init` fails, so there it is
left out and said. `make lock PLATFORMS=` writes the file, with the platforms in its first line:
the hashes themselves do not tell. Source:
https://developer.hashicorp.com/terraform/language/files/dependency-lock
"""

from __future__ import annotations

import json
import platform
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = ".terraform.lock.hcl"
_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}


def here() -> str:
    """This machine's platform, as Terraform calls it, such as `linux_amd64`."""
    architecture = platform.machine().lower()
    return f"{platform.system().lower()}_{_ARCHITECTURES.get(architecture, architecture)}"


def pin(output: Path, *, lock_file: Path) -> str:
    """Copy the lock file beside the stacks that it holds for.

    Args:
        output: The synthesized `cdktf.out`.
        lock_file: The project's lock file, which may be missing.

    Returns:
        One line that names the stacks whose provider is not pinned here; empty where all are.
    """
    text = lock_file.read_text() if lock_file.is_file() else ""
    platforms = re.findall(r"^# Platforms:(.*)", text)
    version = re.findall(r'^\s*version\s*=\s*"(.*)"', text, re.MULTILINE)
    left = []
    for stack in sorted((output / "stacks").glob("*/cdk.tf.json")):
        wanted = json.loads(stack.read_text())["terraform"]["required_providers"]["aws"]["version"]
        if version == [wanted] and here() in " ".join(platforms).split():
            (stack.parent / NAME).write_text(text)
        else:
            left.append(f"{stack.parent.name} ({wanted})")
    if not left:
        return ""
    holds = f"{' '.join(version)} on{''.join(platforms)}" if text else "nothing"
    return (
        f"The AWS provider is not pinned here for {', '.join(left)}: {NAME} holds {holds}; this is "
        f"{here()}. 'make lock PLATFORMS=\"linux_amd64 {here()}\"' pins it."
    )
