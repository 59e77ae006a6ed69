"""Takes looks: asks DMS, CloudWatch and both databases side by side, and waits for none too long."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from ferry.account import Unanswered
from ferry.migrate.reading import read_all, read_tasks
from ferry.migrate.slots import against, is_needed, of_task, reached
from ferry.migrate.starting import Start, Wish, how
from ferry.migrate.watching.asking import Asking
from ferry.migrate.watching.cloudwatch import CloudWatch, CloudWatchSeen
from ferry.migrate.watching.databases import SourceDatabase, TargetDatabase
from ferry.migrate.watching.look import Look, Phase, Proof, TaskLook
from ferry.migrate.watching.proving import Proving
from ferry.migrate.watching.statistics import Budget, Statistics
from ferry.migrate.ways import Direction
from ferry.words import capital

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ferry.deployment import Deployment
    from ferry.mappings import TableName
    from ferry.migrate.sides import Sides
    from ferry.migrate.starting import Refusal
    from ferry.migrate.tasks import Task
    from ferry.migrate.watching.databases import SourceSeen, TargetSeen
    from ferry.migrate.watching.tables import TableRow

_T = TypeVar("_T")

_SECONDS_OF_A_LOOK: Final = 12.0
_SECONDS_OF_A_RATE: Final = 60.0
_PROVED: Final = frozenset({Phase.COUNTING, Phase.CATCHING_UP, Phase.REPLICATING})


class _Closable(Protocol):
    def close(self) -> None: ...


@dataclass(kw_only=True)
class Watcher:
    """Looks at the tasks of a deployment again and again.

    Args:
        deployment: The environment as it is deployed.
        tasks: The tasks that are watched, as they were read.
        sides: The way to both databases of a task.
        seconds_of_a_look: How long a look may take: what has not answered by then is said.
        budget: DMS's calls.
        allowed_seconds: How long a task's load may take; None for any time.
        direction: Where the tasks carry; `sides` has the one first that they read.
        course: What a cutover or a rollback has to do with it, a sentence each.
        are_legs: Whether the tasks are legs.
    """

    deployment: Deployment
    tasks: Sequence[Task]
    sides: Callable[[Task], Sides]
    seconds_of_a_look: float = _SECONDS_OF_A_LOOK
    budget: Budget = field(default_factory=Budget)
    allowed_seconds: float | None = None
    direction: Direction = Direction.FORWARD
    course: tuple[str, ...] = ()
    are_legs: bool = False

    def __post_init__(self) -> None:
        """Prepare what is asked; nothing is asked yet."""
        name = self.deployment.environment.name
        account = self.deployment.account
        sides = {task.name: self.sides(task) for task in self.tasks}
        self._statistics = {
            task.name: Statistics(dms=account.dms, task_arn=task.arn, budget=self.budget)
            for task in self.tasks
        }
        self._proving = {task.name: Proving(sides=sides[task.name]) for task in self.tasks}
        cloudwatch = CloudWatch(
            environment=self.deployment.environment,
            account=account,
            tasks=self.tasks,
            # What DMS warns of when it begins is there before anybody watches.
            since=min(
                (task.started_at for task in self.tasks if task.started_at),
                default=datetime.now(UTC),
            ),
        )
        by_database: dict[str, list[Task]] = {}
        for task in self.tasks:
            by_database.setdefault(task.database.aurora, []).append(task)
        self._dms = Asking(who="DMS", ask=self._read)
        self._cloudwatch = Asking(who="CloudWatch", ask=cloudwatch.look)
        sources = {
            _who(capital(self.direction.ends[0]), database, by_database): SourceDatabase(
                server=sides[some[0].name].source.server, tasks=some
            )
            for database, some in by_database.items()
        }
        targets = {
            _who(capital(self.direction.ends[1]), database, by_database): TargetDatabase(
                server=sides[some[0].name].target.server, tasks=some, loaded=self._loaded_at
            )
            for database, some in by_database.items()
        }
        self._sources = [Asking(who=who, ask=each.look) for who, each in sources.items()]
        self._targets = [Asking(who=who, ask=each.look) for who, each in targets.items()]
        self._open: list[tuple[Asking[Any], _Closable]] = list(
            zip(self._sources, sources.values(), strict=True)
        )
        self._open += zip(self._targets, targets.values(), strict=True)
        self._proofs = Asking(who="The proof", ask=self._prove)
        self._open += [(self._proofs, each) for each in self._proving.values()]
        self._last = Look(
            environment=name,
            at=datetime.now(UTC),
            tasks=tuple(TaskLook(environment=name, task=task) for task in self.tasks),
        )
        self._seen: dict[str, tuple[Task, Mapping[TableName, TableRow]]] = {}
        self._loaded: dict[str, deque[tuple[float, int]]] = {}
        self._source_seen: list[SourceSeen] = []
        self._target_seen: dict[str, TargetSeen] = {}
        self._cloud_seen = CloudWatchSeen()
        self._beside: Sequence[Task] = self.tasks
        self._refused = 0

    def _read(self) -> dict[str, tuple[Task, Mapping[TableName, TableRow]]]:
        """The tasks, and of those that have begun their tables."""
        self.budget.take()
        wanted = {task.name for task in self.tasks}
        found: dict[str, tuple[Task, Mapping[TableName, TableRow]]] = {}
        self._beside = (read_all if self.are_legs else read_tasks)(self.deployment)
        for task in self._beside:
            if task.name in wanted:
                tables = self._statistics[task.name].refresh(task) if task.was_started else {}
                found[task.name] = (task, tables)
        return found

    def _loaded_at(self, task: Task) -> dict[TableName, datetime]:
        """When its tables were loaded last, by the names that they have at Aurora."""
        now, tables = self._seen.get(task.name, (task, {}))
        return {
            now.mappings.target(name): row.loaded_at
            for name, row in tables.items()
            if row.loaded_at
        }

    def _prove(self) -> None:
        """Go on with the proofs of what DMS says has loaded, as it was seen last."""
        for look in self._last.tasks:
            if look.phase in _PROVED:
                self._proving[look.task.name].step(look)

    def close(self) -> None:
        """Close all sessions; one whose question hangs ends with the process."""
        for asking, session in self._open:
            if asking.is_quiet(within=1):
                session.close()

    def look(self) -> Look:
        """What is seen now; it ends within `seconds_of_a_look` and the time to say so."""
        until = time.monotonic() + self.seconds_of_a_look
        askings: list[Asking[Any]] = [self._dms, self._cloudwatch, *self._sources, *self._targets]
        for asking in askings:
            asking.begin()
        unanswered: list[str] = []
        dms = self._dms.answer(until=until)
        self._seen = _kept(dms, self._seen, unanswered)
        log = self._cloud_seen = _kept(
            self._cloudwatch.answer(until=until), self._cloud_seen, unanswered
        )
        sources = [each.answer(until=until) for each in self._sources]
        if any(not isinstance(each, Unanswered) for each in sources):
            self._source_seen = [each for each in sources if not isinstance(each, Unanswered)]
        targets = [each.answer(until=until) for each in self._targets]
        unanswered += [
            _sentence(each) for each in (*sources, *targets) if isinstance(each, Unanswered)
        ]
        for target in targets:
            if not isinstance(target, Unanswered):
                self._target_seen |= target
        self._last = self._make(log, unanswered)
        # With what was seen just now; what it comes to is in this look where that is soon.
        self._proofs.begin()
        proved = self._proofs.answer(until=min(until, time.monotonic() + 1))
        if isinstance(proved, Unanswered) and not self._proofs.is_asking:
            unanswered.append(_sentence(proved))
        # What CloudWatch says is not waited for.
        stays = any(
            isinstance(each, Unanswered) and each.stays
            for each in (dms, *sources, *targets, proved)
        ) or any(
            look.phase in _PROVED and self._proving[look.task.name].proof.trouble_stays
            for look in self._last.tasks
        )
        self._refused = self._refused + 1 if stays else 0
        self._last = self._make(log, unanswered)
        self._cloud_seen = CloudWatchSeen(latencies=log.latencies, alarms=log.alarms)
        return self._last

    def _make(self, cloud: CloudWatchSeen, unanswered: Sequence[str]) -> Look:
        by_task = {name: seen for seen in self._source_seen for name in seen.expected}
        return Look(
            environment=self.deployment.environment.name,
            at=datetime.now(UTC),
            tasks=tuple(self._task(task, cloud, by_task.get(task.name)) for task in self.tasks),
            slots=tuple(slot for seen in self._source_seen for slot in seen.slots),
            course=self.course,
            held_up=tuple(each for seen in self._source_seen for each in seen.held_up),
            alarms=cloud.alarms,
            log=cloud.log,
            unanswered=tuple(dict.fromkeys(unanswered)),
            refused=self._refused,
            calls=self.budget.made,
        )

    def _task(
        self,
        task: Task,
        cloud: CloudWatchSeen,
        source: SourceSeen | None,
    ) -> TaskLook:
        name = task.name
        now, tables = self._seen.get(name, (task, {}))
        own = tuple(table for _, table in sorted(tables.items()) if not table.name.is_ferrys)
        target = self._target_seen.get(name)
        return TaskLook(
            environment=self.deployment.environment.name,
            task=now,
            tables=own,
            marker=tables.get(now.marker),
            expected=source.expected[name] if source else {},
            proof=self._proving[name].proof if now.was_started else Proof(),
            rows_a_second=self._rate(name, sum(table.rows for table in own)),
            loading_seconds=(datetime.now(UTC) - now.load_began).total_seconds()
            if now.load_began
            else None,
            source_latency=cloud.latencies.get((name, "source")),
            target_latency=cloud.latencies.get((name, "target")),
            unapplied=target.unapplied if target else None,
            suspended=target.suspended if target else (),
            slot=self._slot(now, source, target) if source and not self.are_legs else (),
            allowed_seconds=self.allowed_seconds,
            arrives_at=self.direction.ends[1],
            is_leg=self.are_legs,
            is_the_only_task=len(self.deployment.environment.tasks) == 1,
        )

    def _slot(
        self, task: Task, source: SourceSeen, target: TargetSeen | None
    ) -> tuple[Refusal, ...]:
        """What stands in a task's slot against going on, where it does not run: what a start refuses."""
        wish = Wish(environment=self.deployment.environment.name)
        start = how(task, wish)
        if not isinstance(start, Start) or not is_needed(start):
            return ()
        found = of_task(task, source.readable, beside=self._beside)
        carried = reached(start, target.recorded if target else None)
        return tuple(against(start, found, carried, wish))

    def _rate(self, name: str, rows: int) -> float | None:
        """How fast a task has loaded during the last minute."""
        now = time.monotonic()
        known = self._loaded.setdefault(name, deque())
        if not known or known[-1][1] != rows or now - known[-1][0] >= 1:
            known.append((now, rows))
        while len(known) > 2 and now - known[0][0] > _SECONDS_OF_A_RATE:  # noqa: PLR2004 - two ends
            known.popleft()
        seconds = known[-1][0] - known[0][0]
        return max(0.0, (known[-1][1] - known[0][1]) / seconds) if seconds > 0 else None

    def again(self, task_name: str, table: TableName) -> None:
        """A table is loaded again: forget what was proved of it."""
        self._proving[task_name].again(table)


def _who(side: str, database: str, known: Mapping[str, object]) -> str:
    return side if len(known) == 1 else f"{side} ({database})"


def _kept(answer: _T | Unanswered, last: _T, unanswered: list[str]) -> _T:
    """An answer; where there is none, the last one, and why goes to `unanswered`."""
    if isinstance(answer, Unanswered):
        unanswered.append(_sentence(answer))
        return last
    return answer


def _sentence(answer: Unanswered) -> str:
    return f"{answer.why} {answer.remedy}".rstrip()
