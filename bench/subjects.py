"""The programs that are measured."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.measuring import Subject

ROOT = Path(__file__).resolve().parent.parent
OURS = "ours"
SHIPPED = "ours, shipped bindings (LEAN_BINDINGS=off)"
FLOOR = 'python -c "import cdktf"'
FERRY_HELP = "ferry --help"

_SYNTHESIZE = (sys.executable, "main.py")
_OFF = {"LEAN_BINDINGS": "off"}


def _own_folder(scratch: Path) -> dict[str, str]:
    return {"CDKTF_OUTDIR": str(scratch / "cdktf.out")}


def _nothing_cached(scratch: Path) -> dict[str, str]:
    """The variables that make a run the first of its machine; the user's own caches stay."""
    cache = str(scratch / "cache")
    return {
        **_own_folder(scratch),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": cache,
        # lean_bindings.cache_folder(): Linux, macOS, Windows.
        "XDG_CACHE_HOME": cache,
        "HOME": str(scratch),
        "LOCALAPPDATA": cache,
    }


def ours(project: Path = ROOT, *, name: str = OURS) -> Subject:
    """``python main.py`` of a checkout or a copy of it."""
    return Subject(name=name, command=_SYNTHESIZE, folder=project, before=_own_folder)


def shipped() -> Subject:
    """The same with the provider as it is shipped."""
    return Subject(
        name=SHIPPED, command=_SYNTHESIZE, folder=ROOT, environment=_OFF, before=_own_folder
    )


def floor() -> Subject:
    """What no CDKTF program in Python can be faster than."""
    return Subject(name=FLOOR, command=(sys.executable, "-c", "import cdktf"), folder=ROOT)


def ferry_help() -> Subject:
    """What an operator types first."""
    command = (sys.executable, "-m", "ferry", "--help")
    return Subject(name=FERRY_HELP, command=command, folder=ROOT)


def cold(*, lean: bool) -> Subject:
    """The first run after all caches are emptied."""
    return Subject(
        name=OURS if lean else SHIPPED,
        command=_SYNTHESIZE,
        folder=ROOT,
        environment={} if lean else _OFF,
        before=_nothing_cached,
    )
