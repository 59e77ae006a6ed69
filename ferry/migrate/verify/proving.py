"""Tells rows that differ from rows whose changes are on their way, by each task's marker.

What differs for good is unlike at every moment; what is unlike beyond that is on its way. So a row that
a scan found unlike is read at the source, a marker is written there and waited for, then the row is read
in Aurora, and at the source again. Aurora has by then applied all that the first look saw. Where both
looks at the source saw one and the same version of the row, nothing newer is on its way either: Aurora
differs. Where Aurora has any version that the source had meanwhile, it follows; of a table without a key
only where nothing changed. The others go into the next round.

On the way back the sides have changed places: markers are written in Aurora, and looked for at the source.

The version of a row is its xmin and ctid: https://www.postgresql.org/docs/15/ddl-system-columns.html.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from ferry.errors import FerryError
from ferry.migrate import markers
from ferry.migrate.alone import Doing, is_under_way
from ferry.migrate.verify.comparing import Settled
from ferry.migrate.verify.sessions import of_keys
from ferry.migrate.watching.tables import COMPLETED, LOADING, RELOADING, WAITING
from ferry.migrate.ways import Direction
from ferry.postgres import apart, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ferry.mappings import TableName
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.comparing import Settle, Suspect
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.scans import Reading
    from ferry.migrate.verify.sessions import Key, Sessions
    from ferry.migrate.verify.verify import Scope
    from ferry.migrate.watching.tables import TableRow
    from ferry.postgres import Session

ROUNDS: Final = 8
SECONDS_OF_A_MARKER: Final = 600.0
"""For how long a marker is waited for: a task may be minutes behind."""
SECONDS_BETWEEN_CHECKS: Final = 10.0

_SECONDS_BETWEEN_ROUNDS: Final = 0.2
_SECONDS_BETWEEN_LOOKS: Final = 0.005
_SAMPLED: Final = 500
"""Up to so many rows are read again and again while a marker is on its way, and behind it."""
_LOOKS_BEHIND: Final = 20
_KEYS_AT_ONCE: Final = 20_000
_SECONDS_OF_A_LOOK: Final = 120.0
_AT_WORK: Final = frozenset({LOADING, RELOADING, WAITING})


class _Seen(NamedTuple):
    """A row as one look saw it.

    Args:
        row: Its hash; of a table without a key, how many rows have that hash.
        version: What changes with each change of it.
    """

    row: int
    version: str


_Look = dict["Key", _Seen]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ground:
    """Where suspects are settled; as source where is written, as target where that arrives.

    Args:
        sides: How both ends are reached.
        locked: A session where those hold a lock who start tasks: at the source, in either direction.
        sessions: A session at each side.
        plan: The table.
    """

    sides: Sides
    locked: Session
    sessions: Sessions
    plan: Plan

    def turned(self) -> Self:
        """The same with both sides in each other's place."""
        return replace(
            self,
            sides=self.sides.turned(),
            sessions=self.sessions.turned(),
            plan=self.plan.turned(),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Proving:
    """Picks what settles the suspects of a table, by what its tasks are doing.

    Args:
        tasks: Reads the tasks as they are now, those of the direction that is compared.
        statistics: Reads what DMS says of a task's table; None where it has none of that name.
        waits: Is told what is waited for; an empty text when that has ended.
        against: Says why what the tasks of a table carry cannot be judged now; empty where it can.
        rounds: How many rounds there are.
        seconds_of_a_marker: For how long a marker is waited for.
        seconds_between_checks: How often it is looked meanwhile whether it can arrive still.
    """

    tasks: Callable[[], Iterable[Task]]
    statistics: Callable[[Task, TableName], TableRow | None]
    waits: Callable[[str], None] = field(default=lambda _why: None)
    against: Callable[[Iterable[str]], str] = field(default=lambda _tasks: "")
    rounds: int = ROUNDS
    seconds_of_a_marker: float = SECONDS_OF_A_MARKER
    seconds_between_checks: float = SECONDS_BETWEEN_CHECKS

    def __call__(self, scope: Scope, plan: Plan) -> Settle | None:
        """What settles them; None where no task carries changes to the table, or ever did.

        What goes back waits in a slot from the first write in Aurora on.
        """
        is_forward = plan.direction is Direction.FORWARD
        if is_forward and all(_is_at_rest(task) for task in _carrying(scope.tasks, plan)):
            return None
        return partial(self._settle, scope)

    def _settle(
        self, scope: Scope, sessions: Sessions, plan: Plan, suspects: Sequence[Suspect]
    ) -> Settled:
        ground = _Ground(sides=scope.sides, locked=sessions.source, sessions=sessions, plan=plan)
        if plan.direction is Direction.FORWARD:
            return self._settled(ground, suspects)
        return self._settled(ground.turned(), [each.turned() for each in suspects]).turned()

    def _settled(self, ground: _Ground, suspects: Sequence[Suspect]) -> Settled:
        plan, locked = ground.plan, ground.locked
        if why := " ".join(_without_versions(ground)):
            return Settled(moving=tuple(suspects), why=why)
        try:
            tasks = _carrying(self.tasks(), plan)
            against = self.against(plan.tasks)
            if len(tasks) < len(plan.tasks):
                against = against or "Other tasks carry it than when the run began; run this again."
            before = self._tables(tasks, plan)
            at_it = tuple(_at_it(locked))
        except FerryError as error:
            return Settled(moving=tuple(suspects), why=str(error))
        not_proving = _not_proving(tasks, plan.direction)
        if why := against or " ".join((*at_it, *not_proving, *_being_loaded(before, plan))):
            return Settled(moving=tuple(suspects), why=why)
        # Those that are at rest beside others carry nothing: no marker of theirs would arrive.
        settled = self._in_rounds(ground, suspects, tasks)
        if not settled.proved:
            return settled
        try:
            # In this order: who loads a table again has his lock until DMS says so of the table.
            why = self.against(plan.tasks) or " ".join(_at_it(locked))
            if _loads(before) != _loads(self._tables(tasks, plan)):
                why = "It was loaded again meanwhile."
        except FerryError as error:
            why = str(error)
        if not why:
            return settled
        return Settled(moving=(*settled.proved, *settled.moving), why=why)

    def _tables(
        self, tasks: Sequence[Task], plan: Plan
    ) -> dict[tuple[str, TableName], TableRow | None]:
        """What DMS says of the table's parts and of the markers, by the task's name and theirs."""
        return {
            (task.name, name): self.statistics(task, name)
            for task in tasks
            for name in (*plan.parts, task.marker)
            if task.mappings.selects(name)
        }

    def _in_rounds(
        self, ground: _Ground, suspects: Sequence[Suspect], tasks: Sequence[Task]
    ) -> Settled:
        plan, sessions = ground.plan, ground.sessions
        proved: list[Suspect] = []
        left: Sequence[Suspect] = suspects
        try:
            with connect(
                ground.sides.source.server, purpose="write a marker", read_only=False
            ) as writer:
                apart(writer, sessions.target)
                there = _look(sessions.target, plan.target, left)
                for number in range(self.rounds):
                    time.sleep(_SECONDS_BETWEEN_ROUNDS * number)
                    sampled = left if number and len(left) <= _SAMPLED else []
                    waiting = self._arriving(writer, ground, tasks)
                    round_ = _look_around(
                        sessions, plan, left, sampled, before=there, waiting=waiting
                    )
                    there = round_.there
                    proved.extend(round_.proved)
                    left = round_.still
                    if not left:
                        break
        except _NotArrivedError as error:
            return Settled(proved=tuple(proved), moving=tuple(left), why=error.why)
        why = f"Still moving after {self.rounds} rounds." if left else ""
        return Settled(proved=tuple(proved), moving=tuple(left), why=why)

    def _arriving(self, writer: Session, ground: _Ground, tasks: Sequence[Task]) -> Iterator[None]:
        """Write each task's marker, twice where one is no proof, and come back until all arrived.

        Raises:
            _NotArrivedError: One did not in time.
        """
        target = ground.sessions.target
        lacking = {task.name: markers.rows_of_a_proof(task) for task in tasks}
        by_name = {task.name: task for task in tasks}
        written = {name: markers.write(writer, by_name[name].marker) for name in lacking}
        ends = time.monotonic() + self.seconds_of_a_marker
        checks = time.monotonic() + self.seconds_between_checks
        try:
            while lacking:
                for name, marker in list(written.items()):
                    if not markers.has_arrived(target, by_name[name].marker, marker):
                        continue
                    lacking[name] -= 1
                    if lacking[name]:
                        written[name] = markers.write(writer, by_name[name].marker)
                    else:
                        del lacking[name], written[name]
                if not lacking:
                    return
                if time.monotonic() > ends:
                    raise _NotArrivedError(
                        f"The marker of {' and '.join(lacking)} has not arrived within "
                        f"{self.seconds_of_a_marker:,.0f} s."
                    )
                if time.monotonic() > checks:
                    self._check(ground, tasks)
                    for name, marker in written.items():
                        if not markers.has_arrived(writer, by_name[name].marker, marker):
                            # Somebody has emptied it on both sides.
                            written[name] = markers.write(writer, by_name[name].marker)
                    checks = time.monotonic() + self.seconds_between_checks
                self.waits(f"for the marker of {' and '.join(lacking)}")
                yield
                time.sleep(_SECONDS_BETWEEN_LOOKS)
        finally:
            self.waits("")

    def _check(self, ground: _Ground, tasks: Sequence[Task]) -> None:
        """Make sure that a marker can arrive still.

        Raises:
            _NotArrivedError: It cannot, or not soon.
        """
        names = {task.name for task in tasks}
        try:
            now = [task for task in self.tasks() if task.name in names]
            why = self.against(ground.plan.tasks) or " ".join(
                (*_at_it(ground.locked), *_not_proving(now, ground.plan.direction))
            )
        except FerryError:  # Nobody who could be asked: it may arrive yet.
            return
        if why:
            raise _NotArrivedError(why)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Round:
    """What a round found.

    Args:
        there: The rows in Aurora, behind the markers.
        proved: Those that differ.
        still: Those that go into the next round.
    """

    there: _Look
    proved: list[Suspect]
    still: list[Suspect]


def _look_around(
    sessions: Sessions,
    plan: Plan,
    suspects: Sequence[Suspect],
    sampled: Sequence[Suspect],
    *,
    before: _Look,
    waiting: Iterator[None],
) -> _Round:
    """Look at suspects before and behind the markers.

    Args:
        sessions: A session at each side.
        plan: The table.
        suspects: The rows.
        sampled: Those whose versions are read all the while.
        before: The rows in Aurora, as they were before.
        waiting: Ends when all markers have arrived.
    """
    here = _look(sessions.source, plan.source, suspects)
    had: defaultdict[Key, set[int | None]] = defaultdict(set)
    for key, seen in here.items():
        had[key].add(seen.row)
    for _ in waiting:
        for key, seen in _look(sessions.source, plan.source, sampled).items():
            had[key].add(seen.row)
    there = _look(sessions.target, plan.target, suspects)
    after = _look(sessions.source, plan.source, suspects)
    found = _Round(there=there, proved=[], still=[])
    for suspect in suspects:
        key = suspect.key
        now = replace(suspect, source=_row(here, key), target=_row(there, key))
        # A count that the source has passed through proves nothing: Aurora may have it by a row too many.
        is_known = not suspect.is_counted or here.get(key) == after.get(key)
        if is_known and now.target in {now.source, _row(after, key), *had[key]}:
            continue
        is_proof = _is_proof(*(look.get(key) for look in (before, here, there, after)))
        # Where both counts happen to be equal it stays as many rows as it was.
        (found.proved if is_proof else found.still).append(now if now.rows else suspect)
    if sampled:
        for look in (here, after):
            for each in found.still:
                had[each.key].add(_row(look, each.key))
        return replace(found, still=_unfollowed(sessions, plan, found.still, had))
    return found


def _unfollowed(
    sessions: Sessions,
    plan: Plan,
    suspects: Sequence[Suspect],
    had: Mapping[Key, set[int | None]],
) -> list[Suspect]:
    """Of rows that are written all the time, those of which Aurora never shows a version that was seen.

    Where a row changes more often than it is looked at, one look at Aurora hits a version that was
    seen by chance alone; twenty looks miss all of them only where Aurora does not follow.

    Args:
        sessions: A session at each side; the markers have arrived.
        plan: The table.
        suspects: The rows.
        had: What each was at the source since before the markers; more is added.
    """
    left = list(suspects)
    for _ in range(_LOOKS_BEHIND):
        if all(each.is_counted for each in left):
            break
        here = _look(sessions.source, plan.source, left)
        there = _look(sessions.target, plan.target, left)
        for each in left:
            had[each.key].add(_row(here, each.key))
        left = [it for it in left if it.is_counted or _row(there, it.key) not in had[it.key]]
    return left


class _NotArrivedError(Exception):
    """A marker did not arrive in time."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _at_it(source: Session) -> Iterator[str]:
    """That tables are emptied and loaded now, which DMS may not say yet."""
    if is_under_way(source, Doing.TASKS):
        yield "Somebody starts tasks, or loads tables again: what is unlike may be on its way."


def _carrying(tasks: Iterable[Task], plan: Plan) -> tuple[Task, ...]:
    return tuple(task for task in tasks if task.name in plan.tasks)


def _is_at_rest(task: Task) -> bool:
    """Whether no change is on its way by a task, nor waits for it.

    One that has stopped goes on later with what was written meanwhile.
    """
    return task.status == "ready" or (
        task.status in {"stopped", "failed"} and not task.carries_changes
    )


def _without_versions(ground: _Ground) -> Iterator[str]:
    """That the versions of rows cannot be read on a side: who may read columns alone may not read `xmin`."""
    for each, side in (
        (ground.plan.source, ground.sides.source),
        (ground.plan.target, ground.sides.target),
    ):
        if each.table.by_columns:
            server = side.server
            yield (
                f"What is unlike may be on its way, and what tells is xmin, which {server.username} may not "
                f"read of {server.side}'s {each.table.name}: SELECT on columns is none on it. "
                "Give this user SELECT on the whole table."
            )


def _not_proving(tasks: Sequence[Task], direction: Direction) -> Iterator[str]:
    """Why markers prove nothing, a sentence each."""
    written, arrives = direction.at
    for task in tasks:
        if not task.mappings.selects(task.marker):
            yield f"The task {task.name} carries no marker: docs/upgrading.md says how it gets one."
        elif task.status in {"stopped", "failed"}:
            yield (
                f"The task {task.name} is {task.status}: what was written {written} since then is not "
                f"{arrives}."
            )
        elif task.status != "running":
            yield f"The task {task.name} is {task.status}: what is unlike may be on its way."
        elif not task.carries_changes:
            yield f"The task {task.name} is loading: what is unlike may be on its way."


def _being_loaded(
    tables: Mapping[tuple[str, TableName], TableRow | None], plan: Plan
) -> Iterator[str]:
    for (task, name), row in tables.items():
        if name in plan.parts:
            if row and row.state in _AT_WORK:
                yield f"DMS says '{row.state}' of {name}: what is unlike may be on its way."
        elif row is None or row.state != COMPLETED:
            # One that is loaded arrives with its rows, and not behind the changes before it.
            state = f"'{row.state}'" if row else "nothing"
            yield f"DMS says {state} of {name}, by which {task} is proved to have caught up."


def _loads(tables: Mapping[tuple[str, TableName], TableRow | None]) -> dict[object, object]:
    return {name: (row.state, row.loaded_at) if row else None for name, row in tables.items()}


def _look(session: Session, reading: Reading, suspects: Sequence[Suspect]) -> _Look:
    """The rows of suspects as they are now, by their keys."""
    found: _Look = {}
    for first in range(0, len(suspects), _KEYS_AT_ONCE):
        keys = [each.key for each in suspects[first : first + _KEYS_AT_ONCE]]
        for row, version, *key in of_keys(
            session, reading.versions, keys, seconds=_SECONDS_OF_A_LOOK
        ):
            found[tuple(key)] = _Seen(int(row), version)
    return found


def _row(look: _Look, key: Key) -> int | None:
    seen = look.get(key)
    return seen.row if seen else None


def _is_proof(
    before: _Seen | None, here: _Seen | None, there: _Seen | None, after: _Seen | None
) -> bool:
    """Whether a row that differs does so for good.

    Args:
        before: It in Aurora before all others were read.
        here: At the source, before the marker.
        there: In Aurora, behind the marker.
        after: At the source again.
    """
    if here is not None and after is not None:
        return here.version == after.version
    # In neither look at the source: it may have come and gone between. Then Aurora had it not before,
    # or had another version.
    return here is after and before is not None and there is not None and before == there
