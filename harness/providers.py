"""Finds Terraform's AWS provider on machines that do not reach the public registry."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MIRROR_VARIABLE = "TERRAFORM_PROVIDER_MIRROR"
_PROVIDER = Path("registry.terraform.io") / "hashicorp" / "aws"
_ADD_ON_PREFIXES = ("/opt", "/srv", "/usr/local/lib", "/usr/local/share", "/usr/share")


def mirror_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder of a provider mirror, or None where the public registry has to serve.

    Looked for, in this order: the environment variable ``TERRAFORM_PROVIDER_MIRROR``; the folders
    that Terraform itself looks in; folders below the usual prefixes of add-on software.
    Source: https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories

    Raises:
        ValueError: The variable names a folder that holds no AWS provider.
    """
    named = environment.get(MIRROR_VARIABLE)
    if named:
        folder = Path(named)
        if not (folder / _PROVIDER).is_dir():
            raise ValueError(
                f"{MIRROR_VARIABLE}={named} given; a folder that holds {_PROVIDER} is needed;"
                " make one with 'terraform providers mirror' or unset the variable"
            )
        return folder
    return next((folder for folder in _candidates(environment) if _holds_provider(folder)), None)


def _candidates(environment: Mapping[str, str]) -> Iterable[Path]:
    home = Path(environment.get("HOME", "/nonexistent"))
    yield home / ".terraform.d" / "plugins"
    yield Path(environment.get("XDG_DATA_HOME", home / ".local/share")) / "terraform" / "plugins"
    for share in environment.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":"):
        yield Path(share) / "terraform" / "plugins"
    for prefix in map(Path, _ADD_ON_PREFIXES):
        yield prefix
        try:
            yield from sorted(child for child in prefix.iterdir() if child.is_dir())
        except OSError:
            continue  # not there, or not ours to read


def _holds_provider(folder: Path) -> bool:
    try:
        return (folder / _PROVIDER).is_dir()
    except OSError:
        return False


def cli_configuration(folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables under which Terraform installs the provider from a mirror, if there is one.

    A configuration that the user has is left to rule; otherwise one is written into ``folder``.
    """
    configured = environment.get("TF_CLI_CONFIG_FILE")
    if configured and Path(configured).is_file():
        return {"TF_CLI_CONFIG_FILE": configured}
    if (
        not configured
        and (Path(environment.get("HOME", "/nonexistent")) / ".terraformrc").is_file()
    ):
        return {}
    mirror = mirror_folder(environment)
    file = folder / "terraform.rc"
    installation = (
        f'  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n'
        '  direct {\n    exclude = ["registry.terraform.io/hashicorp/aws"]\n  }\n'
        if mirror
        else "  direct {}\n"
    )
    # Several threads may deploy from one folder: none may read a file that is half written.
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as written:
        written.write(f"provider_installation {{\n{installation}}}\n")
    Path(written.name).replace(file)
    return {"TF_CLI_CONFIG_FILE": str(file)}
