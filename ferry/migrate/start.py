"""Starts tasks: asks what has to be known, decides by `starting`, acts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from facts import outputs
from ferry.account import explained
from ferry.errors import FerryError
from ferry.migrate import markers, target_tables
from ferry.migrate.connections import outcomes
from ferry.migrate.reading import read_tasks
from ferry.migrate.slots import is_made
from ferry.migrate.source_slots import held_up, in_the_slot, read_open
from ferry.migrate.starting import Facts, Nothing, Refusal, Start, Tables, emptied, how, refusals
from ferry.migrate.waiting import SECONDS_BETWEEN_LOOKS, settled
from ferry.postgres import apart, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferry.deployment import Deployment
    from ferry.findings import Finding
    from ferry.migrate.gate import Gate
    from ferry.migrate.sides import Sides
    from ferry.migrate.starting import Connection, Wish
    from ferry.migrate.tasks import Task

_SECONDS_BETWEEN_SOURCES: Final = 5.0
_PURPOSE: Final = "say whether the tasks can start"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What is to be done with tasks.

    Args:
        starts: Those that are started.
        nothing: Those with which nothing is to be done.
        refused: What stands against a start; where there is any, none is started.
        warnings: What somebody should look at, although it stops no start.
    """

    starts: tuple[Start, ...] = ()
    nothing: tuple[Nothing, ...] = ()
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[Finding, ...] = ()


@dataclass(kw_only=True)
class HeldUpTasks:
    """Says what tasks wait for that do not come up: DMS does not, for as long as it takes.

    Args:
        sides: The way to both databases of a task.
        tell: Is told what a task waits for, a line each, once.
        clock: The time in seconds.
    """

    sides: Callable[[Task], Sides]
    tell: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _asked: float = field(default=float("-inf"), init=False)
    _told: set[str] = field(default_factory=set, init=False)

    def look(self, tasks: Sequence[Task]) -> None:
        """Ask the sources of tasks that are starting; not at every look of DMS's."""
        if self.clock() - self._asked < _SECONDS_BETWEEN_SOURCES:
            return
        servers = {
            (it.host, it.port, it.database): it
            for it in (self.sides(task).source.server for task in tasks)
        }
        for server in servers.values():
            try:
                with connect(server, purpose="say what DMS waits for") as session:
                    for each in held_up(session):
                        self._tell_once(f"{each.what}: {each.remedy}")
            except FerryError as error:  # It is still to be seen whether they come up.
                self._tell_once(f"What DMS waits for is not known: {error.why}")
        self._asked = self.clock()

    def _tell_once(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self.tell(line)


@dataclass(frozen=True, kw_only=True)
class Starting:
    """Starts tasks of an environment.

    Args:
        deployment: The environment as it is deployed.
        sides: The way to both databases of a task.
        wish: What was asked for.
        beside: All tasks of the environment.
        gate: Compares both schemas of a task; None where they may differ.
        tell: Is told what is being done, a line each.
        pause_seconds: How long to wait between two looks.
    """

    deployment: Deployment
    sides: Callable[[Task], Sides]
    wish: Wish
    beside: Sequence[Task]
    gate: Gate | None = None
    tell: Callable[[str], None] = field(default=lambda _: None)
    pause_seconds: float = SECONDS_BETWEEN_LOOKS

    def decide(self, tasks: Sequence[Task]) -> Decided:
        """What is to be done with tasks; changes nothing but that connections are tested.

        Raises:
            FerryError: Something cannot be told.
        """
        found = [how(task, self.wish) for task in tasks]
        starts = tuple(it for it in found if isinstance(it, Start))
        refused = [it for it in found if isinstance(it, Refusal)]
        connections = self._connections(starts)
        for start in starts:
            facts = self._facts(start, connections)
            refused += refusals(start, facts, self.wish)
        return Decided(
            starts=starts,
            nothing=tuple(it for it in found if isinstance(it, Nothing)),
            refused=tuple(refused),
            warnings=tuple(
                dict.fromkeys(
                    it for start in starts if self.gate for it in self.gate.warnings(start.task)
                )
            ),
        )

    def _connections(self, starts: Sequence[Start]) -> dict[str, Connection]:
        endpoints = {
            arn: side
            for start in starts
            for arn, side in (
                (start.task.source_endpoint_arn, "the source"),
                (start.task.target_endpoint_arn, "Aurora"),
            )
        }
        if not endpoints:
            return {}
        self.tell("Testing DMS's connections; this takes about a minute.")
        return outcomes(
            self.deployment.account.dms,
            instance_arn=self.deployment.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN],
            endpoints=endpoints,
            pause_seconds=self.pause_seconds,
        )

    def _facts(self, start: Start, connections: dict[str, Connection]) -> Facts:
        task, sides = start.task, self.sides(start.task)
        tables = Tables()
        with (
            connect(sides.source.server, purpose=_PURPOSE) as source,
            connect(sides.target.server, purpose=_PURPOSE) as target,
        ):
            apart(source, target)
            found = (
                markers.state(source, task.marker, user=sides.source.dms_user, at_source=True),
                markers.state(target, task.marker, user=sides.target.dms_user, at_source=False),
            )
            slot = in_the_slot(start, self.wish, source=source, target=target, beside=self.beside)
            parents = target_tables.parents(source, task.mappings)
            if is_made(start):
                for transaction in read_open(source):
                    waits = f"DMS starts the task {task.name} when {transaction}, has ended: "
                    self.tell(f"{waits}{transaction.remedy}")
            if start.loads:
                carried = target_tables.carried(source, task.mappings)
                loaded = [task.mappings.target(it.name) for it in carried]
                tables = target_tables.look(target, loaded)
                truncated = emptied(task, loaded, tables.filled, self.wish)
                referring = target_tables.referring(target, truncated)
                drops = task.settings.preparation == "DROP_AND_CREATE"
                depending = target_tables.depending(target, loaded) if drops else ()
                tables = replace(tables, referring=referring, depending=depending)
        return Facts(
            connections=(
                connections[task.source_endpoint_arn],
                connections[task.target_endpoint_arn],
            ),
            markers=found,
            tables=tables,
            parents=parents,
            drift=tuple(self.gate(task)) if self.gate else (),
            slot=slot,
        )

    def start(self, starts: Sequence[Start]) -> Iterator[Task]:
        """Start tasks, and give each as it is when DMS has begun, or given up.

        What was decided is looked at once more before anything is touched: people take their time to
        answer, and others have a console.

        Raises:
            FerryError: A task is no longer as it was, DMS or a server refuses, or DMS has not begun in
                time. What was started before that stays started.
        """
        if starts:
            self._unchanged(starts)
        for start in starts:
            if start.loads:
                self._empty(start.task)
            self._start(start)
        held_up = HeldUpTasks(sides=self.sides, tell=self.tell)
        yield from settled(
            self.deployment,
            {start.task.name for start in starts},
            passing={"starting"},
            pause_seconds=self.pause_seconds,
            meanwhile=held_up.look,
        )

    def _unchanged(self, starts: Sequence[Start]) -> None:
        now = {task.name: task for task in read_tasks(self.deployment)}
        for start in starts:
            task = now[start.task.name]
            found = how(task, self.wish)
            if not isinstance(found, Start) or found.type is not start.type:
                raise FerryError(
                    f"Meanwhile the task {task.name} is {task.status}; nothing was started.",
                    "Somebody else has started or stopped it. Run this again.",
                )

    def _empty(self, task: Task) -> None:
        sides, purpose = self.sides(task), f"empty the marker {task.marker}"
        for server in (sides.source.server, sides.target.server):
            with connect(server, purpose=purpose, read_only=False) as session:
                markers.empty(session, task.marker)

    def _start(self, start: Start) -> None:
        task = start.task
        stop: dict[str, Any] = {"CdcStopPosition": task.stop_position} if task.stop_position else {}
        with explained(f"start the task {task.name}"):
            self.deployment.account.dms.start_replication_task(
                ReplicationTaskArn=task.arn, StartReplicationTaskType=start.type.value, **stop
            )
        self.tell(f"The task {task.name}: {start.type}.")
