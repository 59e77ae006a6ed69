"""Writes Pipfile.lock, package-lock.json and tools/*.txt without the names of any registry host.

Where packages come from is for pip's and npm's own configuration to say, on each machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Lock the Python and the Node packages."""
    pipenv = ROOT / ".tools" / "pipenv" / "bin" / "pipenv"
    environment = os.environ | {"PIPENV_VENV_IN_PROJECT": "1", "PIPENV_IGNORE_VIRTUALENVS": "1"}
    subprocess.run([str(pipenv), "lock", "--dev"], cwd=ROOT, env=environment, check=True)
    _drop_sources(ROOT / "Pipfile.lock")
    subprocess.run(
        ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ROOT,
        check=True,
    )
    _drop_resolved(ROOT / "package-lock.json")
    return 0


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
    sys.exit(main())
