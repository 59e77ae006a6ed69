"""Writes Pipfile.lock, package-lock.json and tools/*.txt without the names of any registry host.

Where packages come from is for pip's and npm's own configuration to say, on each machine. Also
writes .terraform.lock.hcl, for the platforms that it names behind its hashes or, given some, for
these and nothing else anew: from Terraform's registry, or from the folder that TERRAFORM_PROVIDER_MIRROR names.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent


PROVIDERS = ROOT / ".terraform.lock.hcl"
_HASH = re.compile(r'"h1:.*",$', re.MULTILINE)


def main(platforms: list[str]) -> int:
    """Lock the Python and the Node packages, those of the tools, and Terraform's provider."""
    if platforms:
        _lock_provider(platforms)
        return 0
    named = re.findall(r'"h1:.*", # (\w+)$', PROVIDERS.read_text(), re.MULTILINE)
    if not named:
        print(
            f"{PROVIDERS.name} names no platform behind a hash: make lock PLATFORMS=linux_amd64 "
            "writes it anew"
        )
        return 2
    _pipenv("lock", "--dev", folder=ROOT)
    _drop_sources(ROOT / "Pipfile.lock")
    for wanted in sorted((ROOT / "tools").glob("*.in")):
        wanted.with_suffix(".txt").write_text(_requirements(wanted.read_text()))
    subprocess.run(
        ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ROOT,
        check=True,
    )
    _drop_resolved(ROOT / "package-lock.json")
    _lock_provider(named)
    return 0


def _lock_provider(platforms: list[str]) -> None:
    mirror = os.environ.get("TERRAFORM_PROVIDER_MIRROR")
    needed = {"aws": {"source": "hashicorp/aws", "version": _provider_version()}}
    with TemporaryDirectory() as folder:
        document = json.dumps({"terraform": {"required_providers": needed}})
        (Path(folder) / "main.tf.json").write_text(document)
        found, known = "", dict[str, str]()
        # One after the other: what Terraform adds is the platform's.
        for platform in platforms:
            subprocess.run(
                ["terraform", "providers", "lock", f"-platform={platform}",
                 *([f"-fs-mirror={Path(mirror).resolve()}"] if mirror else [])],
                cwd=folder,
                check=True,
            )  # fmt: skip
            found = (Path(folder) / PROVIDERS.name).read_text()
            known |= {it: platform for it in _hashes(found) if it not in known}
    PROVIDERS.write_text(re.sub(_HASH, lambda it: f"{it[0]} # {known[it[0]]}", found))


def _hashes(text: str) -> list[str]:
    """The hashes of single platforms in a lock file, as they stand there."""
    return re.findall(_HASH, text)


def _provider_version() -> str:
    """The version that the environments name, if it is one; else the default."""
    files = (
        tomllib.loads(it.read_text()) for it in (ROOT / "environments").glob("*.[tT][oO][mM][lL]")
    )
    named = {it.get("aws", {}).get("provider_version", "") for it in files}
    (default,) = re.findall(r'_TESTED: Final = "(.*)"', (ROOT / "settings/aws.py").read_text())
    return (named.pop() if len(named) == 1 else "") or default


def _pipenv(*arguments: str, folder: Path) -> str:
    """What pipenv prints for the Pipfile in a folder."""
    return subprocess.run(
        [str(ROOT / ".tools" / "pipenv" / "bin" / "pipenv"), *arguments],
        cwd=folder,
        env=os.environ | {"PIPENV_VENV_IN_PROJECT": "1", "PIPENV_IGNORE_VIRTUALENVS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def _requirements(wanted: str) -> str:
    """All that `NAME==VERSION` lines need, with hashes, as pip takes it."""
    pins = (line.split("==") for line in wanted.split())
    pipfile = ["[packages]", *(f'{name} = "=={version}"' for name, version in pins)]
    with TemporaryDirectory() as folder:
        (Path(folder) / "Pipfile").write_text("\n".join(pipfile))
        _pipenv("lock", folder=Path(folder))
        found = _pipenv("requirements", "--hash", folder=Path(folder)).splitlines()
    return "".join(
        line.replace(" --hash", " \\\n    --hash") + "\n"
        for line in found
        if not line.startswith("-")  # an option, which names a registry
    )


def _drop_sources(lock: Path) -> None:
    document = json.loads(lock.read_text())
    document["_meta"]["sources"] = []
    for section in ("default", "develop"):
        for package in document[section].values():
            package.pop("index", None)
    lock.write_text(json.dumps(document, indent=4) + "\n")


def _drop_resolved(lock: Path) -> None:
    document = json.loads(lock.read_text())
    for package in document["packages"].values():
        package.pop("resolved", None)
    lock.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
