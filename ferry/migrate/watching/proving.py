"""Proves that what DMS says is loaded is loaded, and that changes arrive: by counting, by a marker.

DMS has said 'Load complete' of tables that were empty. The rows of both sides are counted while
changes run, so that one count alone proves nothing: Aurora's is right if it is the source's, or lies
between the source's before and after it. One that is not is counted again after a marker has come
through: then Aurora has all that the source had. Who can, verifies every row later.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.mappings import ALL_ROWS, Inexpressible
from ferry.migrate import markers, target_tables
from ferry.migrate.watching.databases import Held
from ferry.migrate.watching.look import Difference, Proof, Uncounted
from ferry.migrate.watching.tables import COMPLETED
from ferry.postgres import NoAnswerError, PostgresError, apart
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ferry.mappings import CarriedTable, TableName
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.watching.look import TaskLook
    from ferry.postgres import Session

_SECONDS_OF_A_COUNT: Final = 600.0
_REFUSED_FOR_GOOD: Final = ("22", "42")
"""Classes of errors that stay: a value that is none of its type, a right or a name that is missing.
https://www.postgresql.org/docs/15/errcodes-appendix.html"""
_ROUNDS: Final = 4
_ROUNDS_ON_ONE_SIDE: Final = 12
"""What is merely written to has the right number now and then, and is as often above as below."""
_SECONDS_UNTIL_TOLD: Final = 3.0
"""Sessions tell of their writes about a second later: a table that seems quiet may not be."""
_SECONDS_OF_A_MARKER: Final = 5.0
_SECONDS_BETWEEN_MARKERS: Final = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Off:
    """A table that has not as many rows, round after round, by more than is written to it.

    Args:
        since: When that began.
        writes: How many rows had been written to it by then.
        missing: Whether Aurora has fewer, and not more.
        rounds: For how many rounds it is so.
        same_side: For how many rounds it was fewer, or more, whatever is written.
    """

    since: float
    writes: int
    missing: bool
    rounds: int = 1
    same_side: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fence:
    """A marker that was written after the source's rows of a table were counted.

    When it is at Aurora, so is every change that those rows came of.

    Args:
        rows: The source's rows, before it was written.
        written: The marker.
        since: When the first of its markers was written.
        arrived: How many arrived before it: with batch apply two are a proof.
    """

    rows: int
    written: markers.Written
    since: float
    arrived: int = 0


@dataclass(kw_only=True)
class Proving:
    """The proof of one task, step by step; a step ends soon, but for a long count.

    Args:
        sides: Both databases.
        clock: The time in seconds.
        seconds_of_a_count: How long counting one table may take.
    """

    sides: Sides
    clock: Callable[[], float] = time.monotonic
    seconds_of_a_count: float = _SECONDS_OF_A_COUNT
    proof: Proof = field(default_factory=Proof)
    _equal: set[TableName] = field(default_factory=set)
    _left_out: dict[TableName, str] = field(default_factory=dict)
    _carried: dict[TableName, CarriedTable] = field(default_factory=dict)
    _off: dict[TableName, _Off] = field(default_factory=dict)
    _differs: dict[TableName, Difference] = field(default_factory=dict)
    _fences: dict[TableName, _Fence] = field(default_factory=dict)
    _written: markers.Written | None = None
    _written_at: float = 0.0
    _began_at: float = 0.0
    _arrived: int = 0
    _proved_at: float = float("-inf")

    def __post_init__(self) -> None:
        """No session is open yet."""
        purpose = "prove what has arrived"
        self._source = Held(server=self.sides.source.server, purpose=purpose, read_only=False)
        self._target = Held(server=self.sides.target.server, purpose=purpose)

    def again(self, table: TableName) -> None:
        """Forget what was counted of a table: it is loaded again."""
        self._equal.discard(table)
        self._left_out.pop(table, None)
        self._carried.pop(table, None)
        self._differs.pop(table, None)
        self._off.pop(table, None)
        self._fences.pop(table, None)

    def close(self) -> None:
        """Close its sessions."""
        self._source.drop()
        self._target.drop()

    def step(self, look: TaskLook) -> Proof:
        """Go on with the proof of a task that has loaded.

        Args:
            look: The task, as it was seen last.
        """
        for table in look.tables:
            if table.state != COMPLETED:
                self.again(table.name)
        try:
            apart(self._source.session(), self._target.session())
            if look.task.loads:
                self._count(look)
            if _carries(look.task):
                self._mark(look.task)
            self.proof = replace(self.proof, trouble="", trouble_stays=False)
        except FerryError as error:
            self.close()
            self.proof = replace(
                self.proof,
                trouble=str(error),
                trouble_stays=error.stays,
                marker_seconds=None,
            )
            self._written = None
            self._fences.clear()
        return self.proof

    def _count(self, look: TaskLook) -> None:
        loaded = {table.name: table.rows for table in look.tables if table.state == COMPLETED}
        for name, rows in loaded.items():
            if name in self._equal or name in self._left_out or name in self._differs:
                continue
            try:
                if why := self._inexpressible(look.task, name):
                    self._left_out[name] = why
                    continue
                fence = self._fence(look.task, name)
                if fence is not None and not self._is_through(look.task, name):
                    # Nor would the next one's be: a task's changes arrive in one order.
                    waits = self.clock() - fence.since
                    self.proof = replace(self.proof, marker_waits=waits)
                    break
                self._count_one(look.task, name, rows, fence)
            except PostgresError as error:
                # For good: the others are counted all the same.
                for_good = (error.sqlstate or "").startswith(_REFUSED_FOR_GOOD)
                if not (for_good or isinstance(error, NoAnswerError)):
                    raise
                self._left_out[name] = error.why.rstrip(".")
                if isinstance(error, NoAnswerError):
                    raise
            self._show(loaded)
        self._show(loaded)

    def _inexpressible(self, task: Task, name: TableName) -> str:
        """Why nobody can tell which rows of a table are carried; empty where that can be told."""
        if not task.mappings.is_filtered(name):
            return ""
        if name not in self._carried:
            found = target_tables.described(self._source.session(), task.mappings, name)
            if found is None:
                return ""
            self._carried[name] = found
        unknown = self._carried[name].inexpressible
        return unknown.why if unknown else ""

    def _count_at(self, session: Session, task: Task, name: TableName) -> int:
        """How many rows of a table a side has: of one that is filtered, those that pass."""
        at_source = session is self._source.session()
        rows, carried = ALL_ROWS, self._carried.get(name)
        if carried:
            passing = carried.at_source if at_source else carried.at_target
            rows = ALL_ROWS if isinstance(passing, Inexpressible) else passing
        table = name if at_source else task.mappings.target(name)
        return target_tables.count(session, table, seconds=self.seconds_of_a_count, rows=rows)

    def _fence(self, task: Task, name: TableName) -> _Fence | None:
        """The marker that a table waits for; None where its count needs none."""
        if name not in self._off or not _carries(task):
            return None
        if not task.mappings.selects(task.marker):
            return None  # Deployed before there were markers: it would be waited for in vain.
        if name not in self._fences:
            source = self._source.session()
            rows = self._count_at(source, task, name)
            self._fences[name] = _Fence(
                rows=rows, written=markers.write(source, task.marker), since=self.clock()
            )
        return self._fences[name]

    def _is_through(self, task: Task, name: TableName) -> bool:
        """Whether a table's marker is at Aurora by now, however far the task is behind."""
        fence = self._fences[name]
        if not self._arrives(task, fence.written):
            return False
        arrived = fence.arrived + 1
        if arrived >= markers.rows_of_a_proof(task):
            del self._fences[name]
            self.proof = replace(self.proof, marker_waits=None)
            return True
        again = markers.write(self._source.session(), task.marker)
        self._fences[name] = replace(fence, arrived=arrived, written=again)
        return self._is_through(task, name)

    def _arrives(self, task: Task, written: markers.Written) -> bool:
        """Whether a marker is at Aurora within a moment; the next look asks again."""
        target = self._target.session()
        ends = self.clock() + _SECONDS_OF_A_MARKER
        while not markers.has_arrived(target, task.marker, written):
            if self.clock() > ends:
                return False
            time.sleep(0.05)
        return True

    def _count_one(self, task: Task, name: TableName, loaded: int, fence: _Fence | None) -> None:
        source, target = self._source.session(), self._target.session()
        is_filtered = name in self._carried
        before = self._count_at(source, task, name) if fence is None else fence.rows
        there = self._count_at(target, task, name)
        if there == before:
            self._equal.add(name)
            return
        if not _carries(task):
            found = Difference(table=name, source=before, target=there, is_filtered=is_filtered)
            self._judge_a_load(task, found, loaded)
            return
        after = self._count_at(source, task, name)
        if min(before, after) <= there <= max(before, after):
            self._equal.add(name)
            return
        here = Difference(table=name, source=after, target=there, is_filtered=is_filtered)
        self._judge(
            here, off=max(min(before, after) - there, there - max(before, after)), source=source
        )

    def _judge(self, found: Difference, *, off: int, source: Session) -> None:
        """Of a table that has not as many rows: whether what is written to it explains that.

        Args:
            found: The difference.
            off: By how many rows.
            source: A session at the source.
        """
        now, writes = self.clock(), target_tables.writes(source, found.table)
        missing = found.target < found.source
        fresh = _Off(since=now, writes=writes, missing=missing)
        known = self._off.get(found.table, fresh)
        same_side = known.same_side + 1 if known.missing is missing else 1
        if known is fresh or off <= writes - known.writes:
            self._off[found.table] = replace(fresh, same_side=same_side)
        else:
            self._off[found.table] = replace(
                known, missing=missing, same_side=same_side, rounds=known.rounds + 1
            )
        streak = self._off[found.table]
        unexplained = streak.rounds >= _ROUNDS and now - streak.since >= _SECONDS_UNTIL_TOLD
        if unexplained or same_side >= _ROUNDS_ON_ONE_SIDE:
            self._differs[found.table] = found

    def _judge_a_load(self, task: Task, found: Difference, loaded: int) -> None:
        """Of a task that does not go on with changes: the source goes on without it.

        Aurora's rows are right where they are as many as DMS has loaded. Where it has loaded none,
        or applied some of the changes since, nobody can tell by a count.
        """
        if found.target == loaded and loaded:
            self._equal.add(found.table)
        elif found.target == loaded or task.stop_reason == "STOPPED_AFTER_CACHED_EVENTS":
            self._left_out[found.table] = (
                f"{counted(found.source, 'row')} at the source by now, {found.target:,} at Aurora: the "
                "task ended with its load, and the source goes on without it"
            )
        else:
            self._differs[found.table] = found

    def _show(self, loaded: Mapping[TableName, int]) -> None:
        self.proof = replace(
            self.proof,
            counted=len(self._equal & loaded.keys()),
            of=len(loaded),
            left_out=tuple(
                Uncounted(table=name, why=self._left_out[name])
                for name in sorted(self._left_out.keys() & loaded.keys())
            ),
            moving=len(self._off.keys() - self._equal - self._differs.keys()),
            differs=tuple(self._differs[name] for name in sorted(self._differs)),
        )

    def _mark(self, task: Task) -> None:
        """Write a marker now and then, and see it arrive; two where batches are applied."""
        if task.loads and not self.proof.is_counted:
            return
        now = self.clock()
        if self._written is None:
            if now - self._proved_at < _SECONDS_BETWEEN_MARKERS:
                return
            self._written = markers.write(self._source.session(), task.marker)
            self._written_at = now
            if not self._arrived:
                self._began_at = now
        if not self._arrives(task, self._written):
            waits = self.clock() - self._written_at
            self.proof = replace(self.proof, marker_seconds=None, marker_waits=waits)
            return
        self._written = None
        self._arrived += 1
        if self._arrived < markers.rows_of_a_proof(task):
            self._mark(task)
            return
        self._arrived, self._proved_at = 0, self.clock()
        self.proof = replace(
            self.proof, marker_seconds=self._proved_at - self._began_at, marker_waits=None
        )


def _carries(task: Task) -> bool:
    """Whether a task applies changes now."""
    return task.status == "running" and task.carries_changes
