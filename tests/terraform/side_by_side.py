"""Which tests run side by side under pytest-xdist, and which share a process.

A deployment is waiting, for the most part: with `-n auto` each scenario gets a process of its own,
however few cores there are. Tests that look at one deployment stay together in one process.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xdist.scheduler.loadscope import (  # type: ignore[import-untyped]  # xdist has no types
    LoadScopeScheduling,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TOGETHER = {
    "test_aurora_alone": "aurora alone",
    "test_leaks": "everything",
    "test_lock": "everything",
    "test_lost_state": "everything",
    "test_review": "everything",
    "test_schema": "quick",
    "test_second_plan": "everything",
    "test_bad_settings": "quick",
    "test_cdktf_deploy": "quick",
    "test_desk_review": "pull requests",
    "test_pull_requests": "pull requests",
    "test_recovery": "quick",
    "test_unprepared": "quick",
    "test_upgrading": "everything",
    "test_validate": "quick",
}
"""The modules whose tests share a process; a test of another module has its own."""

PROCESSES = 14
"""As many as there are scopes."""


def scope_of(nodeid: str) -> str:
    """What a test shares its process with."""
    module = nodeid.partition("::")[0].rpartition("/")[2].removesuffix(".py")
    return _TOGETHER.get(module, nodeid)


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # the same
    """Keeps the tests of a scope in one process."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Keeps other processes that ask for the same file waiting."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
