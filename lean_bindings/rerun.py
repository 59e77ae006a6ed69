"""Runs a program a second time when the first run was too hasty.

It imported a submodule that the loaded bindings lack, or made a call that node refused.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING, NoReturn

from lean_bindings.ahead import AHEAD
from lean_bindings.bindings import Bindings
from lean_bindings.errors import SWITCH, LateImportError, say

if TYPE_CHECKING:
    from collections.abc import Iterator

_RERUN = f"{SWITCH}_RERUN"


@contextlib.contextmanager
def rerun_once() -> Iterator[None]:
    """Runs the whole program again if something in the block was imported too late.

    jsii cannot exchange an assembly that it has loaded, so the program starts over, as a process
    of its own with the same arguments, and this one ends with its exit code. What was missing has
    been remembered, so the second run has it from the start.

    In the block calls go ahead of node's answers. If node refuses one, the program is run again as
    well, without that, and raises the error where the call stands.

    Raises:
        LateImportError: A submodule is imported too late in the second run too.
    """
    second = os.environ.pop(_RERUN, None) is not None
    try:
        with contextlib.nullcontext() if second else AHEAD.during():
            yield
    except (Exception, SystemExit):
        if second or not (_late() or AHEAD.refused):
            raise
    # Also when the program has caught the error and gone on without.
    if late := _late():
        if second:
            raise LateImportError(
                f"{late} was imported too late in the second run as well. "
                f"Import it where the program starts, or set {SWITCH}=off."
            )
        _run_again(f"{late} was imported late; running the program again with it")
    if AHEAD.refused:
        _run_again("node refused a call; running the program again to show which")


def _run_again(reason: str) -> NoReturn:
    say(reason)
    sys.stdout.flush()
    command = [sys.executable, *sys.orig_argv[1:]]
    done = subprocess.run(command, env={**os.environ, _RERUN: "1"}, check=False)  # noqa: S603 (itself)
    raise SystemExit(done.returncode)


def _late() -> str | None:
    """The submodule that was imported too late, if there was one."""
    for finder in sys.meta_path:
        if isinstance(finder, Bindings) and finder.late:
            return f"{finder.package}.{finder.late}"
    return None
