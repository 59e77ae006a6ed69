"""Pins Terraform's provider: puts the project's lock file beside each stack that it holds for.

With a lock file that has no hash for the machine's platform `terraform init` fails, so there it is
left out and said. The hashes do not tell their platform, so `make lock PLATFORMS=` writes it behind
each of them, and a hash without one counts for none: Terraform leaves the comments out when it writes
the file anew. Source:
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
_HASH: Final = re.compile(r'^\s*"h1:[A-Za-z0-9+/]{43}=",[ \t]*(?:# (\w+)[ \t]*)?$', re.MULTILINE)
_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}


def here() -> str:
    """This machine's platform, as Terraform calls it, such as `linux_amd64`."""
    architecture = platform.machine().lower()
    return f"{platform.system().lower()}_{_ARCHITECTURES.get(architecture, architecture)}"


def pin(output: Path, *, lock_file: Path) -> str:
    """Copy the lock file beside the stacks that it holds for; beside others none is left.

    Args:
        output: The synthesized `cdktf.out`.
        lock_file: The project's lock file, which may be missing.

    Returns:
        One line that names the stacks whose provider is not pinned here; empty where all are.
    """
    text = lock_file.read_text() if lock_file.is_file() else ""
    hashes = _HASH.findall(text)
    platforms = list(filter(None, hashes))
    version = re.findall(r'^\s*version\s*=\s*"(.*)"', text, re.MULTILINE)
    left = []
    for stack in sorted((output / "stacks").glob("*/cdk.tf.json")):
        wanted = json.loads(stack.read_text())["terraform"]["required_providers"]["aws"]["version"]
        if version == [wanted] and here() in platforms:
            (stack.parent / NAME).write_text(text)
        else:
            (stack.parent / NAME).unlink(missing_ok=True)
            left.append(f"{stack.parent.name} ({wanted})")
    if not left:
        return ""
    if hashes:
        told = " ".join(platforms) or "platforms that it no longer tells"
        holds = f"{' '.join(version)} on {told}"
    else:
        holds = "no hash of a platform"
    anew = " ".join(dict.fromkeys(["linux_amd64", *platforms, here()]))
    return (
        f"The AWS provider is not pinned here for {', '.join(left)}: {NAME} holds {holds}; this is "
        f"{here()}. 'make lock PLATFORMS=\"{anew}\"' pins it."
    )
