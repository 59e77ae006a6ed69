"""What is killed, halted or cut off at a record of ferry's journal, while ferry waits there."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import ExitStack, suppress
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

BOTH: Final = "both"
TRIED_ON: Final = "It is tried on;"
"""What ferry says where it cannot open a side."""

_SECONDS_OFF: Final = 3.0
_SECONDS_OF_DMS: Final = 30.0
_SECONDS_BETWEEN_LOOKS: Final = 0.2

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


def _network(
    place: str, who: str, how: str, until: Callable[[World], object]
) -> Callable[[World, str, Point, int], None]:
    """Something that happens to the network to a place, until it is mended."""

    def breaks(world: World, _: str, __: Point, ___: int) -> None:
        lines = world.lines[place]
        with ExitStack() as stack:
            for line in (lines.ferry, lines.dms):
                if who == BOTH or line is getattr(lines, who):
                    stack.enter_context(getattr(line, how)())
            broken = stack.pop_all()

        def mend() -> None:
            with broken:
                until(world)

        thread = threading.Thread(target=mend)
        thread.start()
        world.meanwhile.append(thread)

    return breaks


def _a_moment(_: World) -> None:
    time.sleep(_SECONDS_OFF)


def _ferry_gives_up(world: World) -> None:
    """Until ferry has ended; or says that it cannot open a side, as it does not end before it has."""
    while not world.over.wait(_SECONDS_BETWEEN_LOOKS):
        if TRIED_ON in world.ferries.said():
            world.over.wait(_SECONDS_OFF)
            return


def _the_worker_has_given_up(world: World) -> None:
    """Until ferry has ended, or for long: behind the point of no return ferry waits for DMS for long."""
    world.over.wait(_SECONDS_OF_DMS)


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
    "source's line": _network("source", BOTH, "cut", _a_moment),
    "aurora's line": _network("aurora", BOTH, "cut", _a_moment),
    "source's silence": _network("source", BOTH, "swallow", _a_moment),
    "aurora's silence": _network("aurora", BOTH, "swallow", _a_moment),
    **{
        f"{who}'s {how} {place}": _network(place, who, how, until)
        for who, until in (("ferry", _ferry_gives_up), ("dms", _the_worker_has_given_up))
        for how in ("cut", "swallow", "hold")
        for place in PLACES
    },
    "lag": _lag,
    "late commits": _commit_late,
}
"""What is killed, halted or cut off at a record of the side that is closed, while ferry waits there."""


OF_THE_NETWORK: Final = frozenset(it for it in KILLS if "'" in it)
"""Those that need something between who asks and who answers."""

LASTING: Final = frozenset(it for it in KILLS if it.startswith(("ferry's", "dms's")))
"""Those that last until whoever waits for an answer has given up."""

FERRYS: Final = frozenset(it for it in LASTING if it.startswith("ferry's"))
"""Those of them in which it is ferry that waits."""


def workers_of(pid: int) -> list[int]:
    """The processes of DMS's workers that come of a process, by Linux's word."""
    parents: dict[int, int] = {}
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"local_aws.dms_worker" in (each / "cmdline").read_bytes():
                stat = (each / "stat").read_text().rpartition(")")[2].split()
                parents[int(each.name)] = int(stat[1])
    return [each for each, parent in parents.items() if parents.get(parent) == pid]
