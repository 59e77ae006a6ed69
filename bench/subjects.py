"""The programs that are measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import javascript
from bench.installing import PEERS, install
from bench.measuring import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
OURS = "ours"
SHIPPED = "ours, shipped bindings (LEAN_BINDINGS=off)"
JAVASCRIPT = "CDKTF in JavaScript"
AWS_CDK = "AWS CDK in Python"
PULUMI = "Pulumi in Python, mocks"
FLOOR = 'python -c "import cdktf"'
FERRY_HELP = "ferry --help"
UNCHECKED = "ours, without checks of arguments (python -O)"

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
    return Subject(
        name=name, command=(sys.executable, "main.py"), folder=project, before=_own_folder
    )


def shipped() -> Subject:
    """The same with the provider as it is shipped."""
    return Subject(
        name=SHIPPED,
        command=(sys.executable, "main.py"),
        folder=ROOT,
        environment=_OFF,
        before=_own_folder,
    )


def unchecked() -> Subject:
    """The same with Python's assertions off, in which generated code checks its arguments."""
    return Subject(
        name=UNCHECKED,
        command=(sys.executable, "-O", "main.py"),
        folder=ROOT,
        before=_own_folder,
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
        name="ours" if lean else "shipped bindings",
        command=(sys.executable, "main.py"),
        folder=ROOT,
        environment={} if lean else _OFF,
        before=_nothing_cached,
    )


def peer(name: str, workshop: Path) -> Subject:
    """A peer, installed and ready; ``workshop`` holds what ``prepare`` put there.

    Raises:
        NotInstalledError: It cannot be installed.
    """
    if name == JAVASCRIPT:
        folder = install("javascript")
        package = folder / "node_modules" / "@cdktf" / "provider-aws"
        calls = json.loads((workshop / "trace.json").read_text(encoding="utf-8"))
        text = javascript.program(calls, javascript.provider_modules(package))
        (folder / "program.js").write_text(text, encoding="utf-8")
        return Subject(name=name, command=("node", "program.js"), folder=folder, before=_own_folder)
    source = "aws_cdk" if name == AWS_CDK else "pulumi"
    folder = install(source)
    program = (str(folder / "bin" / "python"), str(PEERS / source / "program.py"))
    stacks = str(workshop / "cdktf.out" / "stacks")
    if name == AWS_CDK:
        return Subject(
            name=name,
            command=(*program, stacks),
            folder=folder,
            before=lambda scratch: {"CDK_OUTDIR": str(scratch / "cdk.out")},
        )
    return Subject(name=name, command=(*program, stacks), folder=folder)


def prepare(workshop: Path) -> list[dict[str, Any]]:
    """Synthesize the project's environments into ``workshop``, and say what was asked of jsii."""
    _run((sys.executable, "-m", "bench.tracing", str(workshop / "trace.json")), workshop)
    calls: list[dict[str, Any]] = json.loads((workshop / "trace.json").read_text(encoding="utf-8"))
    return calls


def same_json(subject: Subject, workshop: Path) -> bool:
    """Whether a peer writes the files that main.py writes, to the byte."""
    other = workshop / "other"
    other.mkdir()
    _run(subject.command, workshop, folder=subject.folder, variables=_own_folder(other))
    return _files(other / "cdktf.out") == _files(workshop / "cdktf.out")


def resources_of(subject: Subject, workshop: Path) -> int:
    """How many resources a peer says it made."""
    said = _run(subject.command, workshop, folder=subject.folder, variables={
        "CDK_OUTDIR": str(workshop / "cdk.out")
    })  # fmt: skip
    return int(json.loads(said.splitlines()[-1])["resources"])


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _run(
    command: tuple[str, ...],
    workshop: Path,
    *,
    folder: Path = ROOT,
    variables: Mapping[str, str] | None = None,
) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **_own_folder(workshop), **(variables or {})},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
