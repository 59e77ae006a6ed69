"""What is killed, halted or cut off at a record of ferry's journal, while ferry waits there."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferry.migrate.cutover.rights import THAWED
from ferry.migrate.ways import Direction
from harness.rehearsal.acknowledged import PLACES, Writer
from harness.rehearsal.ferries import Point, watched
from harness.rehearsal.wrong import WrongError, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.rehearsal.world import World

_SECONDS_OFF: Final = 3.0

Kill = tuple[str, Point]
"""What is killed, and where."""


def _kill_ferry(_: World, __: str, ___: Point, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _halt_ferry(world: World, here: str, at: Point, pid: int) -> None:
    """Until the watchdog has acted, where there is one; or for a moment."""
    os.kill(pid, signal.SIGSTOP)
    try:
        direction = Direction.FORWARD if here == PLACES[0] else Direction.BACK
        if at in watched(world.environment, direction):
            eventually(lambda: world.phase(here) == THAWED, f"{here} opens by itself")
            world.are_at(here)
        else:
            time.sleep(1)
    finally:
        os.kill(pid, signal.SIGCONT)


def _kill_workers(_: World, __: str, ___: Point, ____: int) -> None:
    for pid in workers_of(os.getpid()):  # none where the tasks are stopped just now
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _crash(place: str) -> Callable[[World, str, Point, int], None]:
    def crash(world: World, _: str, __: Point, ___: int) -> None:
        world.restarts += 1
        world.servers[place].crash()
        world.servers[place].start()

    return crash


def _cut(place: str, how: str) -> Callable[[World, str, Point, int], None]:
    def cut(world: World, _: str, __: Point, ___: int) -> None:
        thread = threading.Thread(target=getattr(world.lines[place], how), args=(_SECONDS_OFF,))
        thread.start()
        world.meanwhile.append(thread)
        time.sleep(0.1)

    return cut


def _lag(world: World, here: str, _: Point, __: int) -> None:
    """The task of the last database comes late: somebody locks the table that it writes to."""
    there = PLACES[1 - PLACES.index(here)]

    def lock() -> None:
        with world.databases[-1].connect(there) as connection, connection.transaction():
            connection.execute("lock table ledger in share mode")
            time.sleep(_SECONDS_OFF)

    thread = threading.Thread(target=lock)
    thread.start()
    world.meanwhile.append(thread)


def _commit_late(world: World, here: str, _: Point, __: int) -> None:
    """Commits that no server has on its disk yet, when ferry is about to close it."""
    for ends in world.applications:
        writer = Writer(ends, 1000 + len(world.late))
        world.late.append(writer)
        lines = {here: ends.connect(here, options="-c synchronous_commit=off")}
        for _number in range(20):
            if not writer.write(lines, here):
                raise WrongError(f"{here} is closed already")
        lines[here].close()


KILLS: Final[Mapping[str, Callable[[World, str, Point, int], None]]] = {
    "ferry": _kill_ferry,
    "halt": _halt_ferry,
    "workers": _kill_workers,
    "source": _crash("source"),
    "aurora": _crash("aurora"),
    "source's line": _cut("source", "cut"),
    "aurora's line": _cut("aurora", "cut"),
    "source's silence": _cut("source", "swallow"),
    "aurora's silence": _cut("aurora", "swallow"),
    "lag": _lag,
    "late commits": _commit_late,
}
"""What is killed, halted or cut off at a record of the side that is closed, while ferry waits there."""


def workers_of(pid: int) -> list[int]:
    """The processes of DMS's workers that come of a process, by Linux's word."""
    parents: dict[int, int] = {}
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"local_aws.dms_worker" in (each / "cmdline").read_bytes():
                stat = (each / "stat").read_text().rpartition(")")[2].split()
                parents[int(each.name)] = int(stat[1])
    return [each for each, parent in parents.items() if parents.get(parent) == pid]
