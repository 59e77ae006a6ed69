"""The environment of cdktn, and the copy of the project that runs in it."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Any, Final

import pydantic

from harness.deployment import ROOT
from tools.move_to_cdktn import moved

_ENVIRONMENT: Final = ROOT / ".tools/cdktn"
_OURS: Final = Path(pydantic.__file__).parents[1]
"""What the project needs beside cdktn and its provider, which are found first."""
_RUN: Final = """
import runpy, sys
sys.path[:0] = [""]
sys.path.append(sys.argv.pop(1))
runpy.run_path("main.py", run_name="__main__")
"""
SECONDS: Final = 1200
"""How long may be waited for the provider as shipped, on a machine with other things to do."""


def synthesized(project: Path, output: Path, **variables: str) -> dict[str, Any]:
    """Synthesize the copy with cdktn; return the documents of `documents`.

    Args:
        project: The copy.
        output: Where they are written.
        **variables: Environment variables beside this process's own.
    """
    finished = subprocess.run(
        [_ENVIRONMENT / "bin/python", "-B", "-c", _RUN, str(_OURS)],
        cwd=project,
        env=os.environ | {"CDKTF_OUTDIR": str(output)} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    return documents(output)


def documents(output: Path) -> dict[str, Any]:
    """All that was synthesized, by its path, but for which of cdktf and cdktn has done it.

    Messages say which of both is to be typed: as the move has it.
    """
    found = {}
    for file in sorted(output.rglob("*.json")):
        document = json.loads(moved(file.name, file.read_text()))
        if file.name == "manifest.json":
            del document["version"]
        else:
            del document["//"]["metadata"]["version"]
        found[str(file.relative_to(output))] = document
    return found


def assembly() -> dict[str, Any]:
    """What jsii knows of the types of cdktn-provider-aws."""
    (packed,) = _ENVIRONMENT.glob("lib/python3*/site-packages/cdktn_provider_aws/_jsii/*.tgz")
    with tarfile.open(packed) as archive:
        file = archive.extractfile("package/.jsii")
        assert file is not None
        loaded: dict[str, Any] = json.load(file)
        return loaded
