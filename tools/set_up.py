"""Installs what the project needs into the project's own folders; does nothing where that is done.

Runs with the machine's Python and no package, because there is none yet. A lock file keeps two
copies that start at once from installing into the same folder. Nothing outside the checkout is
touched, but that Debian's package of Chromium is installed where it is wanted, none is there, and
root asks.

    python3 tools/set_up.py                      what `make demo` needs, and the programs of PROGRAMS
    python3 tools/set_up.py authorization checkov chromium postgresql workflows
                                                 also AWS's Service Authorization Reference, Checkov,
                                                 Chromium, and the linters of the workflows; it looks
                                                 for PostgreSQL's server programs, and installs none
    python3 tools/set_up.py audit                also pip-audit
    python3 tools/set_up.py cdktn                also CDKTF's successor, with its provider
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
MINIMUM_PYTHON = (3, 11)
SERVERS = "postgresql"
BROWSER = "chromium"
OPTIONAL = (
    "audit",
    "authorization",
    "cdktn",  # until the move to cdktn
    "checkov",
    BROWSER,
    SERVERS,
    "workflows",
)
SECONDS_OF_APT = 600
PROGRAMS = {
    "ferry": """#!/bin/sh
# Written by tools/set_up.py. -P: the folder that ferry is called from is no place for modules.
exec "$(dirname "$0")/python" -P -m ferry "$@"
""",
    "cdktf": """#!/bin/sh
# Written by tools/set_up.py: the project's cdktf, in the folder at or above this that cdktf.json is in.
bin=$(cd "$(dirname "$0")" && pwd)
export PATH="$bin:$PATH" CHECKPOINT_DISABLE="${CHECKPOINT_DISABLE:-1}"
folder=$PWD
while [ -n "$folder" ] && [ ! -f "$folder/cdktf.json" ]; do folder=${folder%/*}; done
cd "${folder:-.}" && exec "$bin/../../node_modules/.bin/cdktf" "$@"
""",
}
"""What is found from any folder of the project once .venv is activated, or through pipenv."""


def main(wanted: list[str]) -> int:
    """Install, and say in one line what is missing on the machine."""
    problems = [
        f"set-up: {name} given; {', '.join(OPTIONAL)} allowed"
        for name in wanted
        if name not in OPTIONAL
    ] + list(_missing_programs())
    if SERVERS in wanted and not problems:
        problems += _missing_servers()
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 2
    TOOLS.mkdir(exist_ok=True)
    try:
        with _one_at_a_time(TOOLS / "set_up.lock"):
            _own_environment("pipenv")
            _python_packages()
            write_programs()
            _node_packages()
            for name in set(wanted) - {BROWSER, SERVERS}:
                _own_environment(name)
            if BROWSER in wanted:
                install_browser()
    except subprocess.CalledProcessError as error:
        print(
            f"set-up: {' '.join(map(str, error.cmd[:4]))} ... ended with {error.returncode};"
            " its messages stand above. Mend that and run the same command again.",
            file=sys.stderr,
        )
        return 1
    return 0


def _missing_programs() -> Iterator[str]:
    if sys.version_info < MINIMUM_PYTHON:
        yield f"set-up: Python {sys.version.split()[0]} given; 3.11 or later is needed"
    for program, remedy in {
        "npm": "install Node.js 20 or later with npm",
        "terraform": "install Terraform 1.11 or later",
    }.items():
        if shutil.which(program) is None:
            yield f"set-up: {program} is not on the PATH; {remedy}"


def _missing_servers() -> list[str]:
    sys.path.insert(0, str(ROOT))
    from harness.postgres import PostgresMissingError, find_programs  # noqa: PLC0415 - of the project

    try:
        find_programs()
    except PostgresMissingError as error:
        return [f"set-up: {error}"]
    return []


def install_browser() -> None:
    """Install Debian's Chromium where there is none and that may be done; name it otherwise.

    What fails without it is one test, which says so: all others tell what they have to all the same.
    """
    sys.path.insert(0, str(ROOT))
    from harness.chromium import PACKAGE, ChromiumMissingError, find_program  # noqa: PLC0415 - of the project

    try:
        find_program()
    except ChromiumMissingError as error:
        if os.geteuid() == 0 and shutil.which("apt-get"):
            _say(f"installing {PACKAGE}, by apt-get")
            for command in (("update",), ("install", "-y", "--no-install-recommends", PACKAGE)):
                if not _apt(command):
                    break
            else:
                return
        _say(f"{error}")


def _apt(command: tuple[str, ...]) -> bool:
    """Whether apt-get does something, without a question; what it says is shown where it does not."""
    try:
        finished = subprocess.run(
            ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *command],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS_OF_APT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _say(f"apt-get {command[0]} did not end well: {error}")
        return False
    if finished.returncode:
        _say(f"apt-get {command[0]} ended with {finished.returncode}: {finished.stdout[-2000:]}")
    return finished.returncode == 0


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    import fcntl  # noqa: PLC0415 (not on Windows, where make is not either)

    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _own_environment(name: str) -> None:
    """A virtual environment for one tool, from ``tools/NAME.txt`` with hashes."""
    requirements = ROOT / "tools" / f"{name}.txt"
    folder = TOOLS / name
    with unless_current(folder, requirements) as stale:
        if stale:
            _say(f"installing {name}")
            venv.create(folder, with_pip=True, clear=True)
            _run(
                folder / "bin" / "python", "-m", "pip", "install", "-qq",
                "--disable-pip-version-check", "--no-compile", "--require-hashes", "--requirement", requirements,
            )  # fmt: skip


def _python_packages() -> None:
    folder = ROOT / ".venv"
    with unless_current(folder, ROOT / "Pipfile.lock") as stale:
        if stale:
            _say("installing the Python packages (about a minute)")
            # Made anew: its programs hold its path, and packages that left the lock would stay.
            shutil.rmtree(folder, ignore_errors=True)
            _run(
                TOOLS / "pipenv" / "bin" / "pipenv", "sync", "--dev",
                environment={
                    "PIPENV_VENV_IN_PROJECT": "1",
                    "PIPENV_IGNORE_VIRTUALENVS": "1",
                    "PIPENV_QUIET": "1",
                    "PIPENV_NOSPIN": "1",
                    # Not the Python of the very environment, which may be the one that runs this.
                    "PIPENV_PYTHON": f"{sys.base_prefix}/bin/python3.{sys.version_info.minor}",
                },
                quiet=True,
            )  # fmt: skip


def write_programs() -> None:
    """The programs, and the checkout as a place that Python imports from; no path to go stale."""
    environment = ROOT / ".venv"
    (packages,) = environment.glob("lib/python3*/site-packages")
    wanted = {environment / "bin" / name: text for name, text in PROGRAMS.items()}
    wanted[packages / "aurora-ferry.pth"] = "../../../..\n"  # from the folder that it lies in
    for file, text in wanted.items():
        if not file.is_file() or file.read_text() != text:
            file.write_text(text)
            file.chmod(0o755)


def _node_packages() -> None:
    with unless_current(ROOT / "node_modules", ROOT / "package-lock.json") as stale:
        if stale:
            _say("installing the cdktf command line")
            # Install scripts are not needed and are other people's code.
            _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


@contextmanager
def unless_current(folder: Path, source: Path) -> Iterator[bool]:
    """Yields whether ``folder`` has to be made from ``source``; notes it when that went well.

    A folder that was moved has to, because what is installed knows where it is.
    """
    digest = hashlib.sha256(bytes(folder.resolve()) + source.read_bytes()).hexdigest()
    stamp = folder / ".made-from"
    stale = not stamp.is_file() or stamp.read_text() != digest
    yield stale
    if stale:
        stamp.write_text(digest)


def _run(
    *command: str | Path, environment: dict[str, str] | None = None, quiet: bool = False
) -> None:
    finished = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if finished.returncode:
        if finished.stdout:
            print(finished.stdout, file=sys.stderr)
        raise subprocess.CalledProcessError(finished.returncode, list(map(str, command)))


def _say(what: str) -> None:
    print(f"set-up: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
