"""Makes a copy of the project that stands on CDK Terrain (cdktn) in place of CDKTF, which is archived.

    python -m tools.move_to_cdktn FOLDER

The copy has the files that git tracks, without the lock files of Python's and Node's packages: `make
lock` writes them anew there. Only names are exchanged. Those that cdktn has kept stay: `cdktf.json`,
`cdktf.out`, the variables `CDKTF_...`, the state. So do texts about the past: CHANGELOG, decisions,
measurements. Ends with 2 where FOLDER holds something, and writes nothing then.

Source: https://cdktn.io/docs/release/upgrade-guide-v0-22
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent

VERSIONS: Final = {
    "cdktf": '"~=0.24.0"',
    "cdktf-cdktf-provider-aws": '"~=25.8"',
    "constructs": '">=10.6,<10.8"',
}
"""What the Pipfile says of the packages then. cdktn 0.24 wants this of constructs."""

CLI: Final = ('"cdktf-cli": "0.21.0"', '"cdktn-cli": "0.24.0"')
"""The line of package.json, before and after."""

_NAMES: Final = (
    (re.compile(r"cdktf([-_])cdktf([-_])provider"), r"cdktn\1provider"),
    # Not its file, its folder, HashiCorp's pages, nor what is said of the version that was left.
    (re.compile(r"(?<!terraform/)\bcdktf\b(?!\.json|\.out| 0\.)"), "cdktn"),
)
_HISTORY: Final = ("CHANGELOG.md", "bench/", "docs/decisions/", "docs/upgrading.md")
_WRITTEN_ANEW: Final = ("Pipfile.lock", "package-lock.json")
_UNTIL: Final = "# until the move to cdktn"
"""The end of lines that there is no need of any more."""
_ITSELF: Final = (
    "tools/move_to_cdktn.py",
    "tools/cdktn.in",
    "tools/cdktn.txt",
    "tests/moved/",
    "tests/unit/tools/test_move_to_cdktn.py",
)
"""Nor of these."""


def moved(name: str, text: str) -> str:
    """What a file of the project becomes.

    Args:
        name: Its path in the project, with slashes.
        text: What it holds.

    Raises:
        ValueError: It does not have the line that is to be exchanged: this has to follow.
    """
    if name.startswith(_HISTORY):
        return text
    text = "".join(it for it in text.splitlines(keepends=True) if not it.rstrip().endswith(_UNTIL))
    if name == "Pipfile":
        for package, version in VERSIONS.items():
            text, found = re.subn(rf"(?m)^{package} = .*$", f"{package} = {version}", text)
            if not found:
                raise ValueError(f"{name} does not name {package}.")
    if name == "package.json":
        if CLI[0] not in text:
            raise ValueError(f"{name} does not say {CLI[0]}.")
        text = text.replace(*CLI)
    for pattern, other in _NAMES:
        text = pattern.sub(other, text)
    return text


def move(folder: Path) -> int:
    """Write the copy; return how many files have become others."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, check=True
    ).stdout.decode()
    others = 0
    for name in filter(None, listed.split("\0")):
        file = ROOT / name
        if name in _WRITTEN_ANEW or name.startswith(_ITSELF) or not file.is_file():
            continue
        before = file.read_bytes()
        try:
            after = moved(name, before.decode()).encode()
        except UnicodeDecodeError:  # a picture
            after = before
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(after)
        target.chmod(file.stat().st_mode & 0o777)
        others += after != before
    return others


def main(arguments: list[str]) -> int:
    """Make the copy, and say what is left to do by hand."""
    if len(arguments) != 1:
        sys.stderr.write("One argument: the folder of the copy, which is made.\n")
        return 2
    folder = Path(arguments[0])
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        sys.stderr.write(f"{folder} is there, and not empty: name another folder.\n")
        return 2
    others = move(folder)
    print(f"{others} files are others in {folder}.")
    print(
        "Left to do there: git init; make lock; make test. Then read what README.md says of CDKTF."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
