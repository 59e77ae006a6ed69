"""Moves the example environments out of the way, so that a project of one's own begins with none.

    python tools/own.py

They go from environments/ to environments/examples/, with their certificate, and can be copied from
there. What is no example stays where it is, and nothing is overwritten. Of an example that was edited
for a repository of one's own it is known that it is none: `tags.repository` says so.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
EXAMPLES: Final = ("dev.toml", "prod.toml", "staging.toml")
REPOSITORY: Final = "github.com/example/aurora-ferry"
CERTIFICATE: Final = Path("certificates/source-ca.pem")


def main(folder: Path = ROOT / "environments") -> int:
    """Move them; 1 where one cannot be moved."""
    examples = [folder / name for name in EXAMPLES if _is_example(folder / name)]
    others = [it for it in sorted(folder.glob("*.toml")) if it not in examples]
    moves = {it: folder / "examples" / it.name for it in examples}
    if (folder / CERTIFICATE).is_file() and not any(map(_names_the_certificate, others)):
        moves[folder / CERTIFICATE] = folder / "examples" / CERTIFICATE
    taken = [target for target in moves.values() if target.exists()]
    if taken:
        names = ", ".join(_shown(it, folder) for it in taken)
        sys.stderr.write(f"{names} is there already: nothing is moved. Move it away first.\n")
        return 1
    for source, target in moves.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        if target.suffix == ".toml":
            text = target.read_text(encoding="utf-8")
            target.write_text(re.sub(r"^#:schema \./", "#:schema ../", text), encoding="utf-8")
        print(f"{_shown(source, folder)} -> {_shown(target, folder)}")
    left = ", ".join(it.name for it in others) or "none"
    print(f"Environments that are left: {left}. Next: your own, such as environments/dev.toml.")
    return 0


def _is_example(file: Path) -> bool:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    tags = document.get("tags")
    return isinstance(tags, dict) and tags.get("repository") == REPOSITORY


def _names_the_certificate(file: Path) -> bool:
    return file.is_file() and str(CERTIFICATE) in file.read_text(encoding="utf-8", errors="replace")


def _shown(file: Path, folder: Path) -> str:
    return f"{folder.name}/{file.relative_to(folder)}"


if __name__ == "__main__":
    sys.exit(main())
