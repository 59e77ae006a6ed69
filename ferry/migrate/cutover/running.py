"""Does a cutover: the table of steps, one after the other, each written down before and after.

Before the point of no return whatever fails opens the source again, and the run is over: the next one begins
anew. After it nothing is undone: the next run goes on with the first step that is not done. Which of both it
is says the row of the phase at the source, and nobody's memory.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from facts import outputs
from facts.ferry_schema import SCHEMA
from facts.names import BACK
from ferry.account import explained
from ferry.errors import FerryError
from ferry.mappings import TableName
from ferry.migrate import markers
from ferry.migrate.alone import Doing, alone
from ferry.migrate.cutover import fence, freezing, journal, leg_slots, sequences, unfreezing
from ferry.migrate.cutover.freezing import ClosedError, Thaw
from ferry.migrate.cutover.journal import Journal, State
from ferry.migrate.cutover.rights import FROZEN, SWITCHING, Saved
from ferry.migrate.cutover.steps import POINT, Stage, Step, steps
from ferry.migrate.cutover.switching import cname, dns, hooks, secrets
from ferry.migrate.cutover.watchdog import Watchdog, Watched, watching
from ferry.migrate.reading import read_tasks
from ferry.migrate.schema import carrying
from ferry.migrate.schema.phases import Phase
from ferry.migrate.schema.work import works
from ferry.migrate.slots import of_task
from ferry.migrate.source_slots import read_slots
from ferry.migrate.verify import kept
from ferry.migrate.verify import verify as verifying
from ferry.migrate.verify.comparing import Verdict
from ferry.migrate.waiting import stop
from ferry.postgres import apart, connect, sql
from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ferry.deployment import Deployment
    from ferry.migrate.alone import Alone
    from ferry.migrate.cutover.journal import Record
    from ferry.migrate.schema.steps import Orders
    from ferry.migrate.schema.work import Work
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.verify import Scope
    from ferry.postgres import Session
    from settings.databases import Database
    from settings.environment import Leg

SAVE: Final = "save"
CLOSED: Final = "closed_seconds"
"""The detail that says for how long writers were kept out."""

BY: Final = "by"
"""The record of who goes on with a run, with which ferry, and what was shown before."""

FINISHED: Final = "finished"
"""The record behind the last step: there is nothing left to go on with."""

_PURPOSE: Final = "cut over"
_SECONDS_OF_THE_WAY_BACK: Final = 900.0
_SECONDS_BETWEEN_LOOKS: Final = 2.0
_SECONDS_TO_ANALYZE: Final = 4 * 3600.0
_PROVED: Final = (Verdict.SAME, Verdict.IN_PART)
_VIEWS: Final = """
select n.nspname::text, c.relname::text
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'm' and n.nspname !~ '^pg_' order by c.oid"""


class _Taken(Exception):  # noqa: N818 - no error: it ends a transaction that is only tried
    """Ends a transaction that is only tried."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is cut over, and how it is told of.

    Args:
        deployment: The environment as it is deployed.
        sides: The way to both ends of a database.
        back_user: The role as which DMS writes back to the source; None without a way back.
        folder: The project's folder, in which hooks run.
        tell: Is told what is done, a line each.
    """

    deployment: Deployment
    sides: Callable[[Database], Sides]
    back_user: str | None
    folder: Path
    tell: Callable[[str], None]


@dataclass(kw_only=True)
class Running:
    """A cutover that has its locks.

    Args:
        asked: What is cut over.
        works: The databases.
        held: Its locks.
        journal: Its journal, with a session at each side.
        saved: What is kept of the source; None before that.
        record_id: The record that keeps it.
    """

    asked: Asked
    works: tuple[Work, ...]
    held: Sequence[Alone]
    journal: Journal
    saved: Saved | None = None
    record_id: str = ""
    _scopes: list[Scope] = field(default_factory=list)
    _orders: dict[str, Orders] = field(default_factory=dict)
    _tasks: tuple[Task, ...] = ()
    _dog: Watchdog | None = None
    _closed_at: float | None = None
    _slots: list[tuple[Work, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.asked.deployment.environment.name

    @property
    def is_beyond(self) -> bool:
        """Whether it goes on behind the point of no return."""
        return self.saved is not None and (
            freezing.phase(self.journal.source, self.journal.run) == SWITCHING
        )

    @property
    def settings(self) -> Cutover:
        """What the file says of it."""
        return self.asked.deployment.environment.cutover or Cutover()

    def go(self, by: Mapping[str, Any] | None = None) -> None:
        """Do all steps that are not done.

        Args:
            by: Who does them, for the journal: names, versions and findings; None where nobody says.

        Raises:
            FerryError: One failed. Before the point of no return the source is open again; where it could
                not be opened, that is what is said.
        """
        table = steps(self.asked.deployment.environment)
        place = [it.name for it in table].index(POINT)
        if by is not None:
            self.journal.write(BY, State.KEPT, **by)
        if not self.is_beyond:
            with ExitStack() as stack:
                try:
                    for step in table[: place + 1]:
                        if step.stage is Stage.WINDOW and self._dog is None:
                            self._begin_window(stack)
                        self._do(step)
                except BaseException as error:
                    self._undo(error)
                    raise
        for step in table[place + 1 :]:
            if not self.journal.last(step.name, State.DONE):
                self._do(step)
        self.journal.write(FINISHED, State.DONE)

    def _do(self, step: Step) -> None:
        for each in self.held:
            each.still()
        is_within = step.stage is Stage.WINDOW and self._closed_at is not None
        if is_within and not self.is_beyond:
            self._check()
        self.journal.write(step.name, State.BEGUN)
        began = time.monotonic()
        try:
            said = getattr(self, f"_{step.name.replace('-', '_')}")()
        except Exception as error:
            with suppress(FerryError):
                self.journal.write(step.name, State.FAILED, why=str(error)[:500])
            raise
        seconds = time.monotonic() - began
        more = {}
        if step.name == "unfreeze" and (closed := self._seconds_closed()) is not None:
            said += f"; the source was closed {closed:.1f} s before"
            more = {CLOSED: round(closed, 3)}
        self.journal.write(step.name, State.DONE, seconds=round(seconds, 3), **more)
        self.asked.tell(f"{step.name:<18} {seconds:7.2f} s  {said}")

    def _seconds_closed(self) -> float | None:
        """For how long writers are kept out, by one clock; None where another process closed the source."""
        return None if self._closed_at is None else time.monotonic() - self._closed_at

    def _check(self) -> None:
        """See that the source is closed, that somebody opens it where this ends, and that there is time."""
        freezing.stay_closed(self.journal.source, self._kept)
        if self._dog is None or not self._dog.watches():
            raise FerryError(
                "The process that opens the source again where ferry is killed has ended."
            )
        if self._closed_at is not None:
            closed = time.monotonic() - self._closed_at
            if closed > self.settings.max_outage_seconds:
                raise FerryError(
                    f"The source has been closed for {closed:.0f} s, and "
                    f"{self.settings.max_outage_seconds} are allowed.",
                    "See above which step takes so long; cutover.max_outage_seconds says how long all may "
                    "take.",
                )

    @property
    def _kept(self) -> Saved:
        if self.saved is None:
            raise FerryError("Nothing is kept of the source's rights.")
        return self.saved

    # before the window

    def _gate(self) -> str:
        """The gate itself is judged by the command; here is looked at what the window needs ready."""
        self._tasks = read_tasks(self.asked.deployment)
        for work in self.works:
            own = [it for it in self._tasks if it.name in {task.name for task in work.tasks}]
            scope = verifying.look(work.sides.target.server.database, work.sides, own)
            if scope.trouble:
                raise scope.trouble
            self._scopes.append(scope)
            orders = work.orders(Phase.CUTOVER)
            self._orders[scope.database] = orders
            unfreezing.read_of(work.sides.target.server)
        return "what the window needs is read"

    def _save(self) -> str:
        moves = secrets.read(
            self.asked.deployment.account.secretsmanager, self.settings.application_secret_arns
        )
        self.journal.write("switch-secrets", State.KEPT, moves=[it.as_json() for it in moves])
        if self.settings.dns is not None:
            self._lower_ttl()
        dms = [self.works[0].sides.source.dms_user]
        if self.asked.back_user is not None:
            dms.append(self.asked.back_user)
        saved = freezing.save(
            self.journal.source,
            environment=self.name,
            run=self.journal.run,
            databases=[work.sides.source.server.database for work in self.works],
            dms=dms,
        )
        self.record_id = self.journal.write(SAVE, State.KEPT, **saved.as_json()).id
        self.saved = saved
        return f"without ferry this opens the source: {freezing.write_script(saved)}"

    def _lower_ttl(self) -> None:
        given = self.settings.dns
        if given is None:
            return
        client = self.asked.deployment.account.route53
        lowered = dns.lower_ttl(client, given)
        record = dns.read(client, given).record
        if lowered:
            left = lowered.seconds_left(datetime.now(UTC))
            self.asked.tell(
                f"The record {given.name} had a TTL of {lowered.before.ttl_seconds} s; waiting {left:.0f} s "
                "until nobody keeps it longer."
            )
            time.sleep(left)
        self.journal.write(
            "switch-dns",
            State.KEPT,
            record=record.as_json(),
            before=(lowered.before if lowered else record).as_json(),
        )

    def _before_freeze(self) -> str:
        return self._hook("before-freeze", self.settings.hooks.before_freeze)

    # within the window, before the point of no return

    def _begin_window(self, stack: ExitStack) -> None:
        watched = Watched(
            server=self.works[0].sides.source.server,
            saved=self._kept,
            record_id=self.record_id,
            seconds=float(self.settings.max_outage_seconds),
        )
        self._dog = stack.enter_context(watching(watched))

    def _freeze(self) -> str:
        self._closed_at = time.monotonic()
        freezing.freeze(self.journal.source, self._kept, record_id=self.record_id)
        ended = freezing.end_sessions(self.journal.source, self._kept)
        belt = "" if self._kept.belt else "; without default_transaction_read_only"
        return f"{ended} sessions ended{belt}"

    def _silence(self) -> str:
        return freezing.prove_silence(self.journal.source, self._kept)

    def _fence(self) -> str:
        with ExitStack() as stack:
            streams = [
                fence.Stream(
                    task=task.name,
                    marker=task.marker,
                    rows=markers.rows_of_a_proof(task),
                    written_at=source,
                    seen_at=target,
                )
                for work in self.works
                for source, target in [_both(stack, work)]
                for task in self._tasks
                if task.name in {it.name for it in work.tasks}
            ]
            taken = fence.arrive(streams, seconds=self._seconds_left(), check=self._check)
        return f"{len(taken)} markers arrived"

    def _seconds_left(self) -> float:
        spent = 0.0 if self._closed_at is None else time.monotonic() - self._closed_at
        return max(1.0, self.settings.max_outage_seconds - spent)

    def _verify(self) -> str:
        known = {
            it.database: kept.opened(
                it.identity
                if isinstance(it.identity, str)
                else kept.where(self.name, it.database, it.identity),
                it.plans,
                it.files,
                resume=True,
                is_run=False,
            )
            for it in self._scopes
        }
        compared: list[dict[str, Any]] = []
        # Both sides are at rest: what is unlike now is a difference.
        for result in verifying.verify(
            self._scopes, settling=lambda *_: None, kept=known, is_delta=True
        ):
            self._check()
            if result.verdict not in _PROVED:
                raise FerryError(
                    f"{result.table or result.database} is {result.verdict}"
                    f"{': ' + result.why if result.why else ''}.",
                    f"See which rows: ferry verify {self.name} --keys",
                )
            if found := result.compared:
                compared.append(
                    {
                        "database": result.database,
                        "table": None if result.table is None else list(result.table),
                        "verdict": result.verdict,
                        "at": found.scanned_at.isoformat(),
                        "rows": list(found.rows),
                        "hashes": list(found.hashes),
                        "newer": None if found.newer is None else list(found.newer),
                    }
                )
        self.journal.write("verify", State.KEPT, tables=compared)
        return f"{len(compared)} tables are the same"

    def _sequences(self) -> str:
        raised = 0
        for work in self.works:
            with ExitStack() as stack:
                source, target = _both(stack, work)
                raised += sequences.raise_to(target, sequences.read(source))
        return f"{raised} sequences raised"

    def _try_left_over(self) -> str:
        tried = 0
        for work in self.works:
            orders = self._orders[work.sides.target.server.database]
            with (
                connect(work.sides.target.server, purpose=_PURPOSE, read_only=False) as session,
                suppress(_Taken),
                session.transaction(),
            ):
                session.execute("set local check_function_bodies = off")
                for each in orders.steps:
                    session.execute(sql.SQL(each.sql))
                    tried += 1
                raise _Taken
        return f"{tried} things can be made"

    def _reverse_slot(self) -> str:
        made = {}
        for work, leg in self._legs():
            slot = self.asked.deployment.environment.names.slot(BACK, leg.of.name)
            with connect(work.sides.target.server, purpose=_PURPOSE, read_only=False) as session:
                self._slots.append((work, slot))
                made[leg.of.name] = leg_slots.make(session, slot)
        self.journal.write("reverse-slot", State.KEPT, positions=made)
        return f"{len(made)} slots made"

    def _legs(self) -> Iterator[tuple[Work, Leg]]:
        for leg in self.asked.deployment.environment.legs:
            if leg.leg == BACK:
                for work in self.works:
                    if leg.of.name in {it.name for it in work.tasks}:
                        yield work, leg

    def _point_of_no_return(self) -> str:
        freezing.go_beyond(self.journal.source, self._kept)
        if self._dog:
            self._dog.dismiss()
        return "from here on only forward"

    def _undo(self, error: BaseException) -> None:
        """Open the source again, and take back what was made; say what could not be done."""
        if self.saved is None:
            return
        try:
            with connect(
                self.works[0].sides.source.server, purpose="open the source again", read_only=False
            ) as session:
                done = freezing.thaw(session, self._kept, record_id=self.record_id)
        except ClosedError:
            raise FerryError(
                f"The point of no return is behind, and then: {error}",
                f"It goes on from there: ferry cutover {self.name}",
            ) from None
        except FerryError as trouble:
            self.asked.tell(
                f"The source could not be opened: {trouble} It is tried on; or by psql: "
                f"{freezing.script_of(self.name)}"
            )
            return
        if self._dog:
            self._dog.dismiss()
        said = {
            Thaw.OPENED: "The source is open again, as it was.",
            Thaw.OTHERWISE: "The source is open again. Somebody has changed rights on it meanwhile.",
            Thaw.WAS_OPEN: "The source had been opened again already.",
            Thaw.NEVER_CLOSED: "The source was not closed.",
        }[done]
        self.asked.tell(said)
        closed = self._seconds_closed()
        more = {} if closed is None else {CLOSED: round(closed, 3)}
        with suppress(FerryError):
            self.journal.write("thaw", State.DONE, came_to=done.value, **more)
        for work, slot in self._slots:
            with (
                suppress(FerryError),
                connect(work.sides.target.server, purpose=_PURPOSE, read_only=False) as session,
            ):
                leg_slots.drop(session, slot)
        if self.settings.hooks.on_failure:
            with suppress(FerryError):
                self._hook("on-failure", self.settings.hooks.on_failure)

    # after the point of no return

    def _left_over(self) -> str:
        made = 0
        for work in self.works:
            database = work.sides.target.server.database
            orders = self._orders.get(database) or work.orders(Phase.CUTOVER)
            for done in carrying.carry(
                work.sides.source.server, work.sides.target.server, orders.steps
            ):
                if done.outcome is not carrying.Outcome.DONE:
                    raise FerryError(f"{done.step.what}: {done.why}", done.remedy)
                made += 1
        return f"{made} things made"

    def _switch_secrets(self) -> str:
        client = self.asked.deployment.account.secretsmanager
        moves = [secrets.Move.of(it) for it in self._detail("switch-secrets")["moves"]]
        for move in moves:
            secrets.carry_out(client, move)
        return f"{len(moves)} secrets lead to Aurora"

    def _switch_dns(self) -> str:
        given = self.settings.dns
        if given is None:
            return ""
        before = cname.Cname.of(self._detail("switch-dns")["record"])
        to = self.asked.deployment.outputs[outputs.CLUSTER_ENDPOINT]
        dns.change(
            self.asked.deployment.account.route53, given, before=before, after=before.leading(to)
        )
        return f"{given.name} leads to Aurora"

    def _switch_hook(self) -> str:
        return self._hook("switch", self.settings.hooks.switch)

    def _unfreeze(self) -> str:
        given = 0
        for work in self.works:
            with connect(work.sides.target.server, purpose=_PURPOSE, read_only=False) as session:
                self.journal.write(
                    "unfreeze",
                    State.KEPT,
                    database=session.server.database,
                    acl=unfreezing.acl(session),
                )
                given += unfreezing.open_(session)
        return f"{given} rights given"

    def _after_switch(self) -> str:
        return self._hook("after-switch", self.settings.hooks.after_switch)

    def _stop_forward(self) -> str:
        stopped = list(stop(self.asked.deployment, read_tasks(self.asked.deployment)))
        return f"{len(stopped)} tasks stopped"

    def _start_reverse(self) -> str:
        positions = self._detail("reverse-slot")["positions"]
        arns = self.asked.deployment.outputs[outputs.DMS_BACK_TASK_ARNS]
        dms = self.asked.deployment.account.dms
        wanted = {arns[task]: at for task, at in positions.items()}
        for arn, status in _statuses(dms, list(wanted)).items():
            if status not in {"starting", "running"}:
                with explained(f"start the task {arn}"):
                    dms.start_replication_task(
                        ReplicationTaskArn=arn,
                        StartReplicationTaskType="start-replication",
                        CdcStartPosition=wanted[arn],
                    )
        until = time.monotonic() + _SECONDS_OF_THE_WAY_BACK
        while late := {a: s for a, s in _statuses(dms, list(wanted)).items() if s != "running"}:
            if time.monotonic() > until or "failed" in late.values():
                raise FerryError(
                    f"The way back does not run: {', '.join(f'{a} is {s}' for a, s in late.items())}.",
                    "See its log, mend that, then run this again.",
                )
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        return f"{len(wanted)} tasks run"

    def _reverse_fence(self) -> str:
        with ExitStack() as stack:
            streams = [
                fence.Stream(
                    task=leg.task.name,
                    marker=TableName(SCHEMA, leg.marker),
                    rows=2,
                    written_at=target,
                    seen_at=source,
                )
                for work, leg in self._legs()
                for source, target in [_both(stack, work)]
            ]
            fence.arrive(streams, seconds=_SECONDS_OF_THE_WAY_BACK)
        return "what is written to Aurora arrives at the source: one can go back"

    def _drop_slots(self) -> str:
        dropped, left = 0, []
        tasks = read_tasks(self.asked.deployment)
        for work in self.works:
            with connect(work.sides.source.server, purpose=_PURPOSE, read_only=False) as session:
                slots = read_slots(session)
                for task in (it for it in tasks if it.name in {own.name for own in work.tasks}):
                    found = of_task(task, slots, beside=tasks)
                    if len(found) == 1 and found[0].reader_pid is None:
                        dropped += leg_slots.drop(session, found[0].name)
                    elif found:
                        left.append(task.name)
        more = f"; drop by hand those of {', '.join(left)}" if left else ""
        return f"{dropped} slots dropped{more}"

    def _refresh(self) -> str:
        views = 0
        for work in self.works:
            with connect(work.sides.target.server, purpose=_PURPOSE, read_only=False) as session:
                for schema, view in session.rows(_VIEWS):
                    session.execute(
                        sql.SQL("refresh materialized view {}").format(
                            sql.Identifier(schema, view)
                        ),
                        deadline_seconds=_SECONDS_TO_ANALYZE,
                    )
                    views += 1
                session.execute("analyze", deadline_seconds=_SECONDS_TO_ANALYZE)
        return f"{views} materialized views filled, all tables analyzed"

    def _stragglers(self) -> str:
        found = freezing.others(self.journal.source, self._kept)
        return f"still at the old source: {'; '.join(found.values())}" if found else "nobody"

    def _detail(self, step: str) -> Any:  # noqa: ANN401 - what JSON has
        record = self.journal.last(step, State.KEPT)
        if record is None:
            raise FerryError(
                f"The journal has not what {step} goes by.",
                "Run this on the machine where the cutover began, which has all of it.",
            )
        return record.detail

    def _hook(self, step: Any, command: tuple[str, ...]) -> str:  # noqa: ANN401 - one of the hook's steps
        deployment = self.asked.deployment
        told = hooks.Told(
            environment=self.name,
            account_id=deployment.account.account_id,
            region=deployment.account.region,
            endpoint=deployment.outputs[outputs.CLUSTER_ENDPOINT],
            port=self.works[0].sides.target.server.port,
            run=self.journal.run,
            direction="cutover",
            step=step,
        )
        ran = hooks.run(command, told, folder=self.asked.folder)
        for line in ran.lines:
            self.asked.tell(f"  {line}")
        return "the hook has ended"


@contextmanager
def opened(asked: Asked) -> Iterator[Running]:
    """A cutover that has its locks, and knows whether it begins or goes on.

    A run that has closed the source and is gone is ended first: the source is opened.

    Raises:
        FerryError: Another is under way, a server refuses, or this one is done.
    """
    deployment = asked.deployment
    with ExitStack() as stack:
        found = works(deployment.environment, asked.sides)
        sides = found[0].sides
        ends = (sides.source.server, sides.target.server)
        command = f"cutover {deployment.environment.name}"
        held = [
            stack.enter_context(alone(ends, Doing.CUTOVER, command=command)),
            stack.enter_context(
                alone([it.sides.source.server for it in found], Doing.TASKS, command=command)
            ),
            stack.enter_context(
                alone([it.sides.target.server for it in found], Doing.SCHEMA, command=command)
            ),
        ]
        source, target = _both(stack, found[0])
        apart(source, target)
        kept_journal = journal.opened(
            deployment.environment.name, journal.new_run(), source, target
        )
        running = Running(asked=asked, works=found, held=held, journal=kept_journal)
        last = _last(kept_journal)
        if last is not None:
            saved = Saved.of_json(last.detail)
            if freezing.phase(source, last.run) == SWITCHING:
                kept_journal.run = last.run
                if kept_journal.last(FINISHED, State.DONE):
                    raise FerryError(
                        f"{deployment.environment.name} is cut over: the run {last.run} is done.",
                        "The applications write to Aurora.",
                    )
                running.saved, running.record_id = saved, last.id
            elif freezing.phase(source, last.run) in {FROZEN, None}:
                done = freezing.thaw(source, saved, record_id=last.id)
                asked.tell(
                    f"The run {last.run} ended before its point of no return: source {done}."
                )
        yield running


def _last(kept_journal: Journal) -> Record | None:
    """The record with which the last run kept what opens the source."""
    saved = [it for it in kept_journal.records if it.step == SAVE and it.state is State.KEPT]
    return saved[-1] if saved else None


def _both(stack: ExitStack, work: Work) -> tuple[Session, Session]:
    """A session at each side of a database; both may write."""
    return (
        stack.enter_context(connect(work.sides.source.server, purpose=_PURPOSE, read_only=False)),
        stack.enter_context(connect(work.sides.target.server, purpose=_PURPOSE, read_only=False)),
    )


def _statuses(dms: Any, arns: list[str]) -> dict[str, str]:  # noqa: ANN401 - DMS's client
    with explained("read the tasks of the way back"):
        pages = dms.get_paginator("describe_replication_tasks").paginate(
            Filters=[{"Name": "replication-task-arn", "Values": arns}]
        )
        return {
            task["ReplicationTaskArn"]: task["Status"]
            for page in pages
            for task in page["ReplicationTasks"]
        }
