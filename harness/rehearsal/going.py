"""Kills what takes part in a cutover or a rollback, there and back, and counts what applications were told.

An application writes all the while and tries both sides. At a record of ferry's journal something is killed,
halted or cut off: ferry itself, DMS's workers, a server, the network to it. Then it is seen that before the
point of no return the side that was closed opens by itself, that beyond it the same command comes to its
end, that never were both sides open, and that no acknowledged row is lost, doubled, changed or back again.

What it is no proof of is in `local_aws.dms_worker`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from ferry.migrate.cutover.rights import SWITCHING
from ferry.migrate.cutover.standing import FINISHED
from ferry.migrate.cutover.steps import OPENING, POINT
from ferry.migrate.ways import Direction
from harness.rehearsal.acknowledged import PLACES
from harness.rehearsal.ferries import Point, before, points, watched
from harness.rehearsal.killing import FERRYS, KILLS, LASTING, OF_THE_NETWORK
from harness.rehearsal.wrong import WrongError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from random import Random

    from harness.rehearsal.ferries import Ended
    from harness.rehearsal.killing import Kill
    from harness.rehearsal.world import World

_TRIES: Final = 4
_PATIENCE_SECONDS: Final = 5.0
_BOUNDS: Final = (POINT, OPENING, FINISHED)
_LATE: Final = Point(step="freeze", state="begun")


def trip(
    world: World, command: str, kills: Sequence[Kill] = (), *, clock_seconds: float = 0.0
) -> int:
    """Go one way, with something killed at one record after the other, and count.

    Args:
        world: The environment; its writers write.
        command: `cutover`, or `rollback`.
        kills: What is killed where, in the order of the records; what is left when the command has come
            to its end is not done.
        clock_seconds: How far ferry's clock is put forward or back.

    Returns:
        How many of the kills were done.

    Raises:
        WrongError: Something is that must not be.
    """
    here, there = PLACES if command == "cutover" else PLACES[::-1]
    world.are_at(here)
    done, killed = False, 0
    for kind, at in kills:
        ended = _tried(world, command, here, (kind, at), clock_seconds)
        killed += 1
        done = ended.status == 0
        if done:
            break
    for _ in range(_TRIES):
        if done:
            break
        ended = world.typed(command, clock_seconds=clock_seconds)
        # one that was killed at its last record was done
        done = ended.status == 0 or " is done." in ended.output
        _see_open(world, here)
    if not done:
        raise WrongError(f"{command} does not come to its end any more:\n{ended.output}")
    world.are_at(there)
    world.count(there)
    return killed


def _tried(world: World, command: str, here: str, kill: Kill, clock_seconds: float) -> Ended:
    """Type a command with one kill; once more where the gate did not let it come so far."""
    kind, at = kill
    patience_seconds = _PATIENCE_SECONDS if kind in FERRYS else 0.0
    for _ in range(_TRIES):
        began = time.monotonic()
        world.over.clear()
        try:
            ended = world.typed(
                command,
                at=at,
                then=lambda pid: KILLS[kind](world, here, at, pid),
                clock_seconds=clock_seconds,
                patience_seconds=patience_seconds,
            )
            _see_open(world, here)  # whatever is cut off still
            _see_told(world, here, ended)
        finally:
            world.over.set()
            for thread in world.meanwhile:
                thread.join()
            world.meanwhile.clear()
        _see_open(world, here)
        if ended.is_reached or ended.status == 0:
            break
        time.sleep(1)
    else:
        raise WrongError(f"{command} does not come to {at}:\n{ended.output}")
    missed = "" if ended.is_reached else ", which it did not come to"
    seconds = time.monotonic() - began
    world.tell(
        f"{command}: {kind} at {at}{missed}: exit status {ended.status}, {seconds:.1f} s, "
        f"{world.phase(here)}"
    )
    return ended


def _see_open(world: World, here: str) -> None:
    """See that a run that is not beyond its point leaves the side open, with nobody's help."""
    if world.phase(here) != SWITCHING:
        world.are_at(here)


def _see_told(world: World, here: str, ended: Ended) -> None:
    """See that a command that failed says what is left where nobody may write for now, and how to go on."""
    if "Traceback" in ended.output:
        raise WrongError(f"it has a fault of its own:\n{ended.output}")
    is_left = ended.is_reached and ended.status > 0 and world.phase(here) == SWITCHING
    if is_left and "It goes on from there: " not in ended.output:
        raise WrongError(f"nobody is told how it goes on:\n{ended.output}")


def there_and_back(world: World, kinds: Iterable[str], only: Collection[Point] = ()) -> int:
    """Kill each of some kinds at each record in both directions; return how many kills there were.

    Ferry is halted where a watchdog acts meanwhile, and commits come late where something is closed next.
    What lasts does not begin where a step is done, unless the step is one of `_BOUNDS`: until the next one
    begins ferry asks for nothing but that its journal be written.

    Args:
        world: The environment; its writers write.
        kinds: What is killed.
        only: At which records; at all where there is none.
    """
    many = 0
    for kind in kinds:
        left = {
            direction: [
                (kind, it)
                for it in points(world.environment, direction)
                if (not only or it in only)
                and (kind not in LASTING or it.state != "done" or it.step in _BOUNDS)
                and (kind != "late commits" or it == _LATE)
                and (kind != "halt" or it in watched(world.environment, direction))
            ]
            for direction in Direction
        }
        while any(left.values()):
            for direction, kills in left.items():
                done = trip(world, direction.command, kills)
                many += done
                del kills[:done]
    return many


def drawn(world: World, direction: Direction, random: Random) -> list[Kill]:
    """Some kills of one trip, before and after the point of no return."""
    all_ = points(world.environment, direction)
    first = all_.index(random.choice(before(world.environment, direction)))
    places = sorted({first, *random.sample(range(len(all_)), k=2)})
    kinds = [
        it for it in KILLS if it != "late commits" and (world.lines or it not in OF_THE_NETWORK)
    ]
    return [(random.choice(kinds), all_[place]) for place in places]
