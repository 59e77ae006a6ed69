"""Installs the peers into the bench's own folder; the project's environment stays as it is."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).resolve().parent / "peers"
INSTALLED = Path(__file__).resolve().parent / ".peers"
_SECONDS = 420


class NotInstalledError(Exception):
    """A peer could not be installed; the message says why, in one line."""


def install(name: str) -> Path:
    """The folder that the peer is installed in; nothing is done where that is so already.

    ``peers/NAME`` holds either a ``package.json``, which npm installs, or a ``requirements.txt``,
    which pip installs into a virtual environment.

    Raises:
        NotInstalledError: The registry cannot be reached, or there is no such program.
    """
    manifests = [PEERS / name / "package.json", PEERS / name / "requirements.txt"]
    manifest = next(path for path in manifests if path.is_file())
    folder = INSTALLED / name
    stamp = folder / ".made-from"
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / ".gitignore").write_text("*\n")
    if manifest.name == "package.json":
        shutil.copy(manifest, folder)
        # Install scripts are not needed and are other people's code.
        _run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    else:
        _run(sys.executable, "-m", "venv", ".", folder=folder)
        pip = ("bin/python", "-m", "pip", "install", "-qq", "--disable-pip-version-check")
        _run(*pip, "--requirement", str(manifest), folder=folder)
        # pip compiles what it installs; `import` would otherwise do it in the warm-up.
    stamp.write_text(digest)
    return folder


def _run(*command: str, folder: Path) -> None:
    # Relative to the new environment, not to where the bench was started.
    program = str(folder / command[0]) if command[0].startswith("bin/") else command[0]
    try:
        done = subprocess.run(
            [program, *command[1:]],
            cwd=folder,
            env={**os.environ, "npm_config_update_notifier": "false"},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise NotInstalledError(f"{command[0]} is not on the PATH") from None
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"{command[0]} took more than {_SECONDS} s") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise NotInstalledError(f"{command[0]} ended with {done.returncode}: {said[-1][:200]}")
