"""Does a cutover or a rollback: a table of steps, one after the other, each written down before and after.

Both are the same with the sides in each other's place: one is closed, where applications write, and they are
led to the other. Before the point of no return whatever fails opens the one that was closed, and the run is
over: the next one begins anew. After it nothing is undone: the next run goes on with the first step that is
not done. Which of both it is says the row of the phase at the side that is closed, and nobody's memory.
"""

from __future__ import annotations

import shlex
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from facts import outputs
from facts.ferry_schema import SCHEMA
from facts.names import AGAIN, BACK
from ferry.account import explained
from ferry.errors import FerryError, InterruptedWithinError
from ferry.mappings import TableName
from ferry.migrate import markers
from ferry.migrate.alone import Doing, alone
from ferry.migrate.cutover import (
    clock,
    comparing,
    fence,
    freezing,
    journal,
    left_over,
    leg_slots,
    lowering,
    sequences,
    standing,
    unfreezing,
)
from ferry.migrate.cutover.freezing import ClosedError, Thaw
from ferry.migrate.cutover.journal import Journal, State
from ferry.migrate.cutover.rights import SWITCHING, Saved
from ferry.migrate.cutover.seen import NotNowError
from ferry.migrate.cutover.standing import FINISHED
from ferry.migrate.cutover.steps import (
    OPENING,
    POINT,
    SAVE,
    SLOTS,
    SWITCH_DNS,
    SWITCH_SECRETS,
    VERIFY,
    Stage,
    Step,
    steps,
)
from ferry.migrate.cutover.switching import cname, dns, hooks, secrets
from ferry.migrate.cutover.watchdog import Watchdog, Watched, watching
from ferry.migrate.reading import read_ways
from ferry.migrate.schema import carrying
from ferry.migrate.schema.drift import FIRING
from ferry.migrate.schema.phases import Phase
from ferry.migrate.schema.work import works
from ferry.migrate.slots import whose
from ferry.migrate.source_slots import read_slots
from ferry.migrate.verify import verify as verifying
from ferry.migrate.verify.comparing import Verdict
from ferry.migrate.waiting import RUNNING, interruption_told, stop
from ferry.migrate.ways import Direction, carriers
from ferry.postgres import PostgresError, apart, connect, sql
from ferry.words import capital, counted
from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ferry.deployment import Deployment
    from ferry.migrate.alone import Alone
    from ferry.migrate.cutover.journal import Record
    from ferry.migrate.cutover.standing import Run
    from ferry.migrate.cutover.switching.cname import Lowered
    from ferry.migrate.schema.steps import Orders
    from ferry.migrate.schema.work import Work
    from ferry.migrate.sides import Side, Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.verify import Result, Scope
    from ferry.migrate.ways import Way
    from ferry.postgres import Session
    from settings.cutover import Dns
    from settings.databases import Database
    from settings.environment import Environment, Leg

CLOSED: Final = "closed_seconds"
"""The detail that says for how long writers were kept out."""

BY: Final = "by"
"""The record of who goes on with a run, with which ferry, and what was shown before."""

_PURPOSE: Final = {Direction.FORWARD: "cut over", Direction.BACK: "roll back"}
_LEGS: Final = {Direction.FORWARD: AGAIN, Direction.BACK: BACK}
"""What carries changes into a direction when a run of the other one has ended."""
_SECONDS_OF_THE_NEXT_WAY: Final = 900.0
_SECONDS_BETWEEN_LOOKS: Final = 2.0
_SECONDS_TO_ANALYZE: Final = 4 * 3600.0
_VIEWS: Final = """
select n.nspname::text, c.relname::text
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'm' and n.nspname !~ '^pg_' order by c.oid"""


class _Taken(Exception):  # noqa: N818 - no error: it ends a transaction that is only tried
    """Ends a transaction that is only tried."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is cut over or rolled back, and how it is told of.

    Args:
        direction: Which way changes are carried until then: forward before a cutover.
        deployment: The environment as it is deployed.
        sides: The way to both ends of a database.
        back_user: The role as which DMS writes back to the source; None without a way back.
        folder: The project's folder, in which hooks run.
        tell: Is told what is done, a line each.
        accepted: The tables that may differ, by their names at the source.
    """

    direction: Direction
    deployment: Deployment
    sides: Callable[[Database], Sides]
    back_user: str | None
    folder: Path
    tell: Callable[[str], None]
    accepted: frozenset[TableName] = frozenset()


@dataclass(kw_only=True)
class Running:
    """A cutover or a rollback that has its locks.

    Args:
        asked: What is cut over.
        works: The databases.
        held: Its locks.
        journal: Its journal, with a session at each side.
        before: The run of the other direction that it undoes; None where applications never wrote to the
            other side.
        saved: What is kept of the side that it closes; None before that.
        record_id: The record that keeps it.
        undone: What opening the source came to, where there was a cutover to undo before its point of no
            return; None where there was none.
    """

    asked: Asked
    works: tuple[Work, ...]
    held: Sequence[Alone]
    journal: Journal
    before: Run | None = None
    saved: Saved | None = None
    record_id: str = ""
    undone: Thaw | None = None
    _scopes: list[Scope] = field(default_factory=list)
    _compared_afterwards: frozenset[str] = frozenset()
    _orders: dict[str, Orders] = field(default_factory=dict)
    _dog: Watchdog | None = None
    _closed_at: float | None = None
    _slots: list[tuple[Work, str]] = field(default_factory=list)
    _at: str = ""
    _failed: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.asked.deployment.environment.name

    @property
    def direction(self) -> Direction:
        """Which way changes were carried."""
        return self.asked.direction

    @property
    def session(self) -> Session:
        """A session at the side that is closed."""
        return self.journal.source if self.direction is Direction.FORWARD else self.journal.target

    @property
    def is_beyond(self) -> bool:
        """Whether it goes on behind the point of no return."""
        return self.saved is not None and (
            freezing.phase(self.session, self.journal.run) == SWITCHING
        )

    def _sides(self, work: Work) -> Sides:
        """A database's sides, the one first that is closed."""
        return work.sides if self.direction is Direction.FORWARD else work.sides.turned()

    def _both(self, stack: ExitStack, work: Work) -> tuple[Session, Session]:
        """A session at each side of a database, first the one that is closed; both may write."""
        sides = self._sides(work)
        return (self._connected(stack, sides.source), self._connected(stack, sides.target))

    def _connected(self, stack: ExitStack, side: Side) -> Session:
        return stack.enter_context(
            connect(side.server, purpose=_PURPOSE[self.direction], read_only=False)
        )

    def _ways(self) -> tuple[Way, ...]:
        return read_ways(self.asked.deployment)

    @property
    def settings(self) -> Cutover:
        """What the file says of it."""
        return self.asked.deployment.environment.cutover or Cutover()

    def go(self, by: Mapping[str, Any] | None = None) -> None:
        """Do all steps that are not done.

        Args:
            by: Who does them, for the journal: names, versions and findings; None where nobody says.

        Raises:
            FerryError: One failed. Before the point of no return what was closed is open again; where it
                could not be opened, that is what is said.
        """
        table = steps(self.asked.deployment.environment, self.direction)
        place = [it.name for it in table].index(POINT)
        if by is not None:
            self.journal.write(BY, State.KEPT, environment=self.name, **by)
        if not self.is_beyond:
            with ExitStack() as stack:
                stack.callback(self._write_failure)  # at the latest when the watchdog has ended
                try:
                    for step in table[: place + 1]:
                        self._at = step.name
                        if step.stage is Stage.WINDOW and self._dog is None:
                            self._begin_window(stack)
                        self._do(step)
                except BaseException as error:
                    self._undo(error)
                    raise
        with self._left_told():
            self.see_point()
            for step in table[place + 1 :]:
                if not self.journal.last(step.name, State.DONE):
                    self._see_not_undone()
                    self._do(step)
            if self.direction is Direction.BACK:
                self.put_back_ttl()
            self.journal.write(FINISHED, State.DONE)

    @property
    def has_left(self) -> bool:
        """Whether the window had no time for some tables."""
        compared = self.journal.last(VERIFY, State.KEPT)
        return compared is not None and bool(compared.detail.get("left"))

    def see_point(self) -> None:
        """Write down that the point is behind where whoever went beyond it did not live to, or was not told."""
        if self.journal.last(POINT, State.DONE) is None:
            self.journal.write(POINT, State.DONE)

    @contextmanager
    def _left_told(self) -> Iterator[None]:
        """Say of a run that ends behind the point of no return what stays closed, and what goes on from there."""
        left = (
            f"behind the point of no return: {self._kept.side} stays closed, and not all is done."
        )
        on = f"It goes on from there: {self._kept.again}"
        with interruption_told(f"Interrupted {left}", on):
            try:
                yield
            except (NotNowError, unfreezing.GivenUpError, InterruptedWithinError):
                raise  # they say what has become of it
            except FerryError:
                self.asked.tell(f"Stopped {left} {on}")
                raise

    def _see_not_undone(self) -> None:
        """See that no run of the other direction has given back what this one has closed.

        Raises:
            NotNowError: One has: this run was halted, and is over.
        """
        if not self.is_beyond:
            raise NotNowError(
                f"{capital(self._kept.side)} was opened again: the {self.direction.command} "
                f"{self.journal.run} is over.",
                f"See where it stands: ferry status {self.name}",
            )

    def _do(self, step: Step) -> None:
        for each in self.held:
            each.still()
        is_within = step.stage is Stage.WINDOW and self._closed_at is not None
        if is_within and not self.is_beyond:
            self._check()
        self.write_down(step, getattr(self, f"_{step.name.replace('-', '_')}"))

    def write_down(self, step: Step, act: Callable[[], str]) -> None:
        """Do a step, and write it down before and after.

        Args:
            step: The step.
            act: Does it, and says what was done.

        Raises:
            FerryError: It failed, or cannot be written down.
        """
        self.journal.write(step.name, State.BEGUN)
        began = time.monotonic()
        try:
            said = act()
        except Exception as error:
            self._failed = step.name, str(error)[:500]
            # A server that does not answer is waited for: what is closed is opened before.
            if self._dog is None or self._dog.is_dismissed:
                self._write_failure()
            raise
        seconds = time.monotonic() - began
        more = {}
        if step.name == OPENING and (closed := self._seconds_closed()) is not None:
            said += f"; {self.direction.ends[0]} was closed {closed:.1f} s before"
            more = {CLOSED: round(closed, 3)}
        self.journal.write(step.name, State.DONE, seconds=round(seconds, 3), **more)
        self.asked.tell(f"{step.name:<18} {seconds:7.2f} s  {said}")

    def _write_failure(self) -> None:
        """Write down which step has failed, once."""
        if self._failed is not None:
            (step, why), self._failed = self._failed, None
            with suppress(FerryError):
                self.journal.write(step, State.FAILED, why=why)

    def _seconds_closed(self) -> float | None:
        """For how long writers are kept out, by one clock; None where another process closed the side."""
        return None if self._closed_at is None else clock.seconds() - self._closed_at

    def _check(self) -> None:
        """See that the side is closed, that somebody opens it where this ends, and that there is time."""
        freezing.stay_closed(self.session, self._kept)
        if self._dog is None or not self._dog.watches():
            raise FerryError(
                f"The process that opens {self._kept.side} again where ferry is killed has ended."
            )
        if self._closed_at is not None:
            closed = clock.seconds() - self._closed_at
            if closed > self.settings.max_outage_seconds:
                raise FerryError(
                    f"{capital(self._kept.side)} has been closed for {closed:.0f} s, and "
                    f"{self.settings.max_outage_seconds} are allowed.",
                    "See above which step takes so long; cutover.max_outage_seconds says how long all may "
                    "take, cutover.compare_seconds how long of it tables are compared.",
                )

    @property
    def _kept(self) -> Saved:
        if self.saved is None:
            raise FerryError(f"Nothing is kept of {self.direction.ends[0]}'s rights.")
        return self.saved

    # before the window

    def _gate(self) -> str:
        """The gate itself is judged by the command; here is looked at what the window needs ready."""
        ways = self._ways()
        self._scopes = verifying.scopes(self.name, ways, self.asked.sides, self.direction)
        self._compared_afterwards = frozenset(
            task.name
            for way in ways
            if (task := way.of(self.direction)) and way.of(self.direction.other)
        )
        for scope in self._scopes:
            if scope.trouble:
                raise scope.trouble
            for plan in scope.plans:
                scope.ways.of(plan)  # Writers wait when it is asked for.
        if self.direction is Direction.FORWARD:
            for work in self.works:
                server = work.sides.target.server
                self._orders[server.database] = work.orders(Phase.CUTOVER)
                if self.before is None:
                    unfreezing.read_of(server)
        return "what the window needs is read"

    def _save(self) -> str:
        self.journal.write(SWITCH_SECRETS, State.KEPT, moves=[it.as_json() for it in self._moves()])
        if self.settings.dns is not None:
            self._keep_record(self.settings.dns)
        sides = self._sides(self.works[0])
        dms = [sides.source.dms_user]
        if self.direction is Direction.FORWARD and self.asked.back_user is not None:
            dms.append(self.asked.back_user)
        saved = freezing.save(
            self.session,
            environment=self.name,
            run=self.journal.run,
            databases=[self._sides(work).source.server.database for work in self.works],
            dms=dms,
            direction=self.direction,
        )
        before = self.before.id if self.before else ""
        self.record_id = self.journal.write(SAVE, State.KEPT, **saved.as_json(), before=before).id
        self.saved = saved
        return f"without ferry this opens {saved.side}: {freezing.write_script(saved)}"

    def _moves(self) -> list[secrets.Move]:
        """The moves of the applications' secrets; a rollback's are the cutover's, turned round."""
        client = self.asked.deployment.account.secretsmanager
        if self.direction is Direction.FORWARD:
            return secrets.read(client, self.settings.application_secret_arns)
        moves = moves_back(self.journal.records, self._undoes.id)
        for move in moves:
            secrets.look(client, move)
        return moves

    @property
    def _undoes(self) -> Run:
        if self.before is None:
            raise FerryError("Which cutover is rolled back is not known.")
        return self.before

    def _keep_record(self, given: Dns) -> None:
        client = self.asked.deployment.account.route53
        if self.direction is Direction.FORWARD:
            record = dns.read(client, given).record
            to = self.asked.deployment.outputs[outputs.CLUSTER_ENDPOINT]
            if record.ttl_seconds > given.ttl_seconds:
                raise FerryError(
                    f"The record {given.name} has a TTL of {record.ttl_seconds} s by now, and "
                    f"cutover.dns.ttl_seconds is {given.ttl_seconds}: somebody has changed it.",
                    "Run this again: it is lowered first, and what was judged before is judged again.",
                )
        else:
            record, source = record_back(self.journal.records, self._undoes.id)
            dns.look(client, given, before=record, after=source)
            to = source.value
        self.journal.write(SWITCH_DNS, State.KEPT, record=record.as_json(), to=to)

    def lower_ttl(self) -> Lowered | None:
        """Give the applications' record its low TTL, one old TTL before a cutover.

        What was judged is old when that has been waited for: it is done before the gate is judged last.

        Raises:
            FerryError: It could not be lowered; nothing else was done.
        """
        given = self.settings.dns
        if given is None or self.direction is Direction.BACK:
            return None
        return lowering.lower(self.journal, self.asked.deployment.account.route53, given)

    def wait_out(self, lowered: Lowered | None) -> bool:
        """Wait until no resolver keeps the record with its old TTL; whether there was something to wait for.

        Raises:
            FerryError: A lock is lost, or a server ends a session. Nothing was done.
        """
        left = lowered.seconds_left(datetime.now(UTC)) if lowered else 0.0
        if not lowered or not left:
            return False
        self.asked.tell(
            f"The record {lowered.before.name} had a TTL of {lowered.before.ttl_seconds} s; waiting {left:.0f} s "
            "until nobody keeps it longer."
        )
        ends = time.monotonic() + left
        while (left := ends - time.monotonic()) > 0:
            self.still()
            time.sleep(min(left, _SECONDS_BETWEEN_LOOKS))
        return True

    def put_back_ttl(self) -> None:
        """Give the applications' record the TTL that it had. Where that cannot be done it is told of."""
        given = self.settings.dns
        if given is None:
            return
        try:
            said = lowering.put_back(self.journal, self.asked.deployment.account.route53, given)
        except FerryError as trouble:
            said = f"The record {given.name} may keep its low TTL: {trouble}"
        if said:
            self.asked.tell(said)

    def give_up_ttl(self) -> None:
        """Put the record's TTL back where this run ends before its point of no return.

        Not a rollback's: the next one needs it as low as the cutover left it.
        """
        if self.direction is Direction.FORWARD:
            self.put_back_ttl()

    def still(self) -> None:
        """See that the locks are held, and that no server ends the sessions that are needed afterwards.

        Raises:
            FerryError: A lock is lost, or a server does not answer.
        """
        for each in self.held:
            each.still()
        for session in (self.journal.source, self.journal.target):
            session.rows("select 1")

    def _before_freeze(self) -> str:
        return self.run_hook("before-freeze", self.settings.hooks.before_freeze)

    # within the window, before the point of no return

    def _begin_window(self, stack: ExitStack) -> None:
        watched = Watched(
            server=self._sides(self.works[0]).source.server,
            saved=self._kept,
            record_id=self.record_id,
            seconds=float(self.settings.max_outage_seconds),
        )
        self._dog = stack.enter_context(watching(watched, tell=self.asked.tell))

    def _freeze(self) -> str:
        self._closed_at = clock.seconds()
        freezing.freeze(self.session, self._kept, record_id=self.record_id)
        ended = freezing.end_sessions(self.session, self._kept)
        belt = "" if self._kept.belt else "; ferry may not make new sessions read-only besides"
        return f"{counted(ended, 'session')} ended{belt}"

    def _silence(self) -> str:
        return freezing.prove_silence(self.session, self._kept)

    def _fence(self) -> str:
        tasks = carriers(self._ways(), self.direction)
        with ExitStack() as stack:
            streams = [
                fence.Stream(
                    task=task.name,
                    marker=task.marker,
                    rows=markers.rows_of_a_proof(task),
                    written_at=written_at,
                    seen_at=seen_at,
                )
                for database, work in self._databases()
                for written_at, seen_at in [self._both(stack, work)]
                for task in tasks
                if task.database == database
            ]
            taken = fence.arrive(streams, seconds=self._seconds_left(), check=self._check)
        return f"{counted(len(taken), 'marker')} arrived"

    def _databases(self) -> Iterator[tuple[Database, Work]]:
        carried = self.asked.deployment.environment.migration.databases
        return zip(carried, self.works, strict=True)

    def _seconds_left(self) -> float:
        spent = self._seconds_closed() or 0.0
        return max(1.0, self.settings.max_outage_seconds - spent)

    def _verify(self) -> str:
        found = comparing.compare(
            self._scopes,
            environment=self.name,
            direction=self.direction,
            accepted=self.asked.accepted,
            mend=self._over_a_difference,
            check=self._check,
            seconds=self.settings.compare_seconds,
            most_seconds=self._seconds_left(),
            may_be_left=self._may_be_left,
        )
        self.journal.write(
            VERIFY,
            State.KEPT,
            tables=list(found.tables),
            accepted=list(found.accepted),
            left=[[database, str(table)] for database, table in found.left],
        )
        if not found.left:
            return found.said
        afterwards = f"ferry verify {self.name}{self.direction.other.option}"
        return f"{found.said}, which {afterwards} compares afterwards"

    def _may_be_left(self, plan: Plan, same_at: datetime) -> bool:
        """Whether there may be no time for a table.

        It was the same since the applications write where they do, and something compares it afterwards.
        """
        if not self._compared_afterwards.issuperset(plan.tasks):
            return False
        if self.before is None:
            return True
        led = self.journal.last(POINT, State.DONE, run=self.before.id)
        return led is not None and led.at <= same_at

    def _over_a_difference(self, result: Result) -> str:
        see = f"See which rows: ferry verify {self.name}{self.direction.option} --keys"
        if self.direction is Direction.FORWARD or result.verdict is not Verdict.DIFFERENT:
            return see
        return (
            f"{see}. To go back without them: ferry rollback {self.name} --accept-difference "
            f"{shlex.quote(str(result.table))}"
        )

    def _sequences(self) -> str:
        raised = 0
        for work in self.works:
            with ExitStack() as stack:
                closed, other = self._both(stack, work)
                raised += sequences.raise_to(other, sequences.read(closed))
        return f"{counted(raised, 'sequence')} raised"

    def _try_left_over(self) -> str:
        tried = 0
        for work in self.works:
            orders = self._orders[work.sides.target.server.database]
            with (
                ExitStack() as stack,
                suppress(_Taken),
                (session := self._connected(stack, work.sides.target)).transaction(),
            ):
                session.execute("set local check_function_bodies = off")
                for each in orders.steps:
                    session.execute(sql.SQL(each.sql))
                    tried += 1
                raise _Taken
        return f"{counted(tried, 'thing')} can be made"

    def _slot(self) -> str:
        """Make what carries into the other direction from now on."""
        made = {}
        for work, leg in self._legs():
            slot = self.asked.deployment.environment.names.slot(leg.leg, leg.of.name)
            with ExitStack() as stack:
                session = self._connected(stack, self._sides(work).target)
                self._slots.append((work, slot))
                made[leg.of.name] = leg_slots.make(session, slot)
        self.journal.write(SLOTS[self.direction], State.KEPT, positions=made)
        return f"{counted(len(made), 'slot')} made"

    _reverse_slot = _forward_slot = _slot

    def _legs(self, of: Direction | None = None) -> Iterator[tuple[Work, Leg]]:
        """What carries into the other direction when a run has ended: this one, or one of a direction."""
        wanted = _LEGS[(of or self.direction).other]
        for leg in self.asked.deployment.environment.legs:
            if leg.leg == wanted:
                for work in self.works:
                    if leg.of.name in {it.name for it in work.tasks}:
                        yield work, leg

    def drop_slots_of(self, direction: Direction) -> None:
        """Drop what a run of a direction has made and did not live to use: it would keep WAL for ever."""
        for work, leg in self._legs(direction):
            sides = work.sides if direction is Direction.FORWARD else work.sides.turned()
            with suppress(FerryError), ExitStack() as stack:
                slot = self.asked.deployment.environment.names.slot(leg.leg, leg.of.name)
                leg_slots.drop(self._connected(stack, sides.target), slot)

    def _see_what_leads(self) -> None:
        """See that the applications can be led away: behind the point both sides would stay closed.

        Raises:
            FerryError: Somebody has changed a secret or the record meanwhile, or AWS refuses.
        """
        account = self.asked.deployment.account
        for it in self._detail(SWITCH_SECRETS)["moves"]:
            secrets.look(account.secretsmanager, secrets.Move.of(it))
        if self.settings.dns is not None:
            kept_record = self._detail(SWITCH_DNS)
            before = cname.Cname.of(kept_record["record"])
            after = before.leading(kept_record["to"])
            dns.look(account.route53, self.settings.dns, before=before, after=after)

    def _point_of_no_return(self) -> str:
        self._see_what_leads()
        freezing.go_beyond(self.session, self._kept)
        if self._dog:
            self._dog.dismiss()
        return "from here on only forward"

    def _undo(self, error: BaseException) -> None:
        """Open what was closed, and take back what was made; say what could not be done."""
        if self.saved is None:
            self.give_up_ttl()
            return
        behind = FerryError(
            f"The point of no return is behind, and then: {str(error) or 'interrupted.'}",
            f"It goes on from there: {self._kept.again}",
        )
        if self._dog is not None and self._dog.is_dismissed:
            raise behind from None
        side = capital(self._kept.side)
        try:
            with connect(
                self._sides(self.works[0]).source.server,
                purpose=f"open {self._kept.side} again",
                read_only=False,
            ) as session:
                done = freezing.thaw(session, self._kept, record_id=self.record_id)
        except ClosedError:
            if self._dog:
                self._dog.dismiss()
            raise behind from None
        except FerryError as trouble:
            if self._dog is None:  # it begins before anything is closed
                self.asked.tell(f"{side} was not closed.")
                self.give_up_ttl()
                return
            self.asked.tell(
                f"{side} could not be opened: {trouble} It is tried on; or by psql: "
                f"{freezing.script_of(self.name, self.direction)}"
            )
            return
        if self._dog:
            self._dog.dismiss()
        said = {
            Thaw.OPENED: f"{side} is open again, as it was.",
            Thaw.OTHERWISE: f"{side} is open again. Somebody has changed rights on it meanwhile.",
            Thaw.WAS_OPEN: f"{side} had been opened again already.",
            Thaw.NEVER_CLOSED: f"{side} was not closed.",
        }[done]
        closed = self._seconds_closed()
        with suppress(OSError, ValueError):  # Whoever reads what is told may be gone.
            self.asked.tell(said)
        self._write_failure()
        more = {} if closed is None else {CLOSED: round(closed, 3)}
        with suppress(FerryError):
            self.journal.write("thaw", State.DONE, came_to=done.value, **more)
        for work, slot in self._slots:
            with suppress(FerryError), ExitStack() as stack:
                leg_slots.drop(self._connected(stack, self._sides(work).target), slot)
        self.give_up_ttl()
        if self.settings.hooks.on_failure:
            with suppress(FerryError):
                self.run_hook("on-failure", self.settings.hooks.on_failure, failed=self._at)

    # after the point of no return

    def _left_over(self) -> str:
        made = 0
        for work in self.works:
            database = work.sides.target.server.database
            orders = self._orders.get(database) or work.orders(Phase.CUTOVER)
            left_over.keep(self.journal, database, orders.steps)
            for done in carrying.carry(
                work.sides.source.server, work.sides.target.server, orders.steps
            ):
                if done.outcome is not carrying.Outcome.DONE:
                    raise FerryError(f"{done.step.what}: {done.why}", done.remedy)
                made += 1
        return f"{counted(made, 'thing')} made"

    def _switch_secrets(self) -> str:
        client = self.asked.deployment.account.secretsmanager
        moves = [secrets.Move.of(it) for it in self._detail(SWITCH_SECRETS)["moves"]]
        for move in moves:
            secrets.carry_out(client, move)
        return f"{counted(len(moves), 'secret leads', 'secrets lead')} to {self.direction.ends[1]}"

    def _switch_dns(self) -> str:
        given = self.settings.dns
        if given is None:
            return ""
        kept_record = self._detail(SWITCH_DNS)
        before = cname.Cname.of(kept_record["record"])
        dns.change(
            self.asked.deployment.account.route53,
            given,
            before=before,
            after=before.leading(kept_record["to"]),
        )
        return f"{given.name} leads to {self.direction.ends[1]}"

    def _switch_hook(self) -> str:
        return self.run_hook("switch", self.settings.hooks.switch)

    def _unfreeze(self) -> str:
        if self.before is not None:
            return self._give_back(self.before)
        run, record_id = self.journal.run, self.record_id
        with ExitStack() as stack:
            sessions = [self._connected(stack, work.sides.target) for work in self.works]
            for session in sessions:
                self.journal.write(
                    OPENING,
                    State.KEPT,
                    database=session.server.database,
                    acl=unfreezing.acl(session),
                )
            given = unfreezing.open_(sessions, run=run, record_id=record_id)
        return f"{counted(given, 'right')} given"

    def _give_back(self, closed: Run) -> str:
        """Open the side that the run of the other direction closed, as it was then."""
        with ExitStack() as stack:
            session = self._connected(stack, self._sides(self.works[0]).target)
            first = partial(unfreezing.opens, run=self.journal.run, record_id=self.record_id)
            done = (
                freezing.give_back(session, closed.saved, first=first)
                if self.direction is Direction.FORWARD
                else freezing.give_back(session, closed.saved)
            )
        side = self.direction.ends[1]
        if done is Thaw.OTHERWISE:
            return f"{side} is open; somebody has changed rights on it meanwhile"
        return f"{side} is open as it was"

    def _after_switch(self) -> str:
        return self.run_hook("after-switch", self.settings.hooks.after_switch)

    def _stop(self) -> str:
        """Stop what carried until now."""
        stopped = list(stop(self.asked.deployment, self._carried()))
        return f"{counted(len(stopped), 'task')} stopped"

    _stop_forward = _stop_reverse = _stop

    def _undo_left_over(self) -> str:
        return self.undo_left_over(self._undoes)

    def undo_left_over(self, cutover: Run) -> str:
        """Take away in Aurora what a cutover made last: DMS is about to apply rows there again."""
        taken = 0
        for work in self.works:
            with ExitStack() as stack:
                session = self._connected(stack, work.sides.target)
                taken += left_over.take_away(self.journal.records, cutover.id, session)
        return f"{counted(taken, 'thing')} taken away; the next cutover makes them again"

    def _carried(self) -> list[Task]:
        """All tasks that carry into the direction of this run, whichever of them was last at work."""
        ways = self._ways()
        if self.direction is Direction.BACK:
            return list(carriers(ways, Direction.BACK))
        return [it for way in ways for it in (way.task, way.again) if it]

    def _start(self) -> str:
        """Start what carries into the other direction, each from its slot."""
        if self.direction is Direction.BACK:
            self._see_nothing_fires()
        positions = self._detail(SLOTS[self.direction])["positions"]
        dms = self.asked.deployment.account.dms
        for name, task in self._next().items():
            if name in positions and task.status not in RUNNING:
                with explained(f"start the task {task.name}"):
                    dms.start_replication_task(**leg_slots.how_to_start(task, positions[name]))
        until = time.monotonic() + _SECONDS_OF_THE_NEXT_WAY
        while late := [
            it for name, it in self._next().items() if name in positions and it.status != "running"
        ]:
            if time.monotonic() > until or any(it.status == "failed" for it in late):
                raise FerryError(
                    f"What is written to {self.direction.ends[1]} is not carried: {'; '.join(map(_stands, late))}.",
                    "Mend what it says, or see its log; then run this again.",
                )
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        return f"{counted(len(positions), 'task runs', 'tasks run')}"

    def _next(self) -> dict[str, Task]:
        """What carries into the other direction, by the names of the file's tasks."""
        is_back = self.direction is Direction.FORWARD
        legs = {way.task.name: way.back if is_back else way.again for way in self._ways()}
        return {name: leg for name, leg in legs.items() if leg is not None}

    _start_reverse = _start_forward = _start

    def _see_nothing_fires(self) -> None:
        """See that nothing in Aurora reacts to what DMS is about to apply there.

        What the cutover made at its end was taken away. The gate has seen that there was nothing else, and
        somebody may have made it since.

        Raises:
            FerryError: Something does.
        """
        for work in self.works:
            for each in work.drift(Phase.BEFORE_CUTOVER):
                if each.check in FIRING:
                    raise FerryError(
                        f"{each.what} {each.why}", f"{each.remedy} Then run this again."
                    )

    def _next_fence(self) -> str:
        with ExitStack() as stack:
            streams = [
                fence.Stream(
                    task=leg.task.name,
                    marker=TableName(SCHEMA, leg.marker),
                    rows=2,
                    written_at=written_at,
                    seen_at=seen_at,
                )
                for work, leg in self._legs()
                for seen_at, written_at in [self._both(stack, work)]
            ]
            fence.arrive(streams, seconds=_SECONDS_OF_THE_NEXT_WAY)
        if self.direction is Direction.BACK:
            return "what is written at the source arrives at Aurora: a cutover needs no new load"
        return "what is written to Aurora arrives at the source: one can go back"

    _reverse_fence = _forward_fence = _next_fence

    def _drop_slots(self) -> str:
        dropped, left, strange = 0, list[str](), list[str]()
        tasks = self._carried()
        for database, work in self._databases():
            with ExitStack() as stack:
                session = self._connected(stack, self._sides(work).source)
                here = [it for it in tasks if it.database == database]
                owned, others = whose(read_slots(session), here, beside=tasks)
                for name, found in owned.items():
                    try:
                        if len(found) == 1:
                            dropped += leg_slots.drop_unread(session, found[0].name)
                        elif found:
                            left.append(name)
                    except PostgresError:
                        raise
                    except FerryError:  # Somebody reads it still.
                        left.append(name)
                strange += [it.name for it in others]
        more = f"; drop by hand those of {', '.join(left)}" if left else ""
        if strange:
            more += f"; whose these are is not known, and they stay: {', '.join(strange)}"
        return f"{counted(dropped, 'slot')} dropped{more}"

    def _refresh(self) -> str:
        views = 0
        for work in self.works:
            with ExitStack() as stack:
                session = self._connected(stack, work.sides.target)
                for schema, view in session.rows(_VIEWS):
                    session.execute(
                        sql.SQL("refresh materialized view {}").format(
                            sql.Identifier(schema, view)
                        ),
                        deadline_seconds=_SECONDS_TO_ANALYZE,
                    )
                    views += 1
                session.execute("analyze", deadline_seconds=_SECONDS_TO_ANALYZE)
        return f"{counted(views, 'materialized view')} filled, all tables analyzed"

    def _stragglers(self) -> str:
        found = freezing.others(self.session, self._kept)
        where = "the old source" if self.direction is Direction.FORWARD else self._kept.side
        return f"still at {where}: {'; '.join(found.values())}" if found else "nobody"

    def _detail(self, step: str) -> Any:  # noqa: ANN401 - what JSON has
        return detail(self.journal.records, self.journal.run, step)

    def run_hook(self, step: Any, command: tuple[str, ...], *, failed: str = "") -> str:  # noqa: ANN401 - one of the hook's steps
        """Run a program of the user's own to its end.

        Args:
            step: Which hook it is.
            command: Its words.
            failed: Of `on-failure`, the step that failed.

        Raises:
            HookError: It failed.
        """
        deployment = self.asked.deployment
        told = hooks.Told(
            environment=self.name,
            account_id=deployment.account.account_id,
            region=deployment.account.region,
            endpoint=deployment.outputs[outputs.CLUSTER_ENDPOINT],
            port=self.works[0].sides.target.server.port,
            run=self.journal.run,
            direction=self.direction.command,
            step=step,
            failed_step=failed,
        )
        ran = hooks.run(command, told, folder=self.asked.folder)
        for line in ran.lines:
            self.asked.tell(f"  {line}")
        return "the hook has ended"


def detail(records: Iterable[Record], run: str, step: str) -> Any:  # noqa: ANN401 - what JSON has
    """What a run has kept for a step, by the journal.

    Raises:
        FerryError: It has nothing.
    """
    record = journal.last(records, run, step, State.KEPT)
    if record is None:
        raise FerryError(
            f"The journal has not what {step} of the run {run} goes by.",
            "Run this on the machine where that run began, which has all of it.",
        )
    return record.detail


def moves_back(records: Iterable[Record], run: str) -> list[secrets.Move]:
    """The moves of the applications' secrets that undo a cutover's.

    Raises:
        FerryError: The journal has not which they were.
    """
    moves = detail(records, run, SWITCH_SECRETS)["moves"]
    return [secrets.Move.of(it).back for it in moves]


def record_back(records: Iterable[Record], run: str) -> tuple[cname.Cname, cname.Cname]:
    """The applications' record as a cutover has led it to Aurora, and as it was before.

    Raises:
        FerryError: The journal has not which it was.
    """
    led = detail(records, run, SWITCH_DNS)
    source = cname.Cname.of(led["record"])
    return source.leading(led["to"]), source


@contextmanager
def opened(asked: Asked) -> Iterator[Running]:
    """A cutover or a rollback that has its locks, and knows whether it begins or goes on.

    A run that has closed a side and is gone before its point of no return is ended first: that side is
    opened. Where a rollback is asked for, and that was a cutover, it is what was asked for.

    Raises:
        FerryError: Another is under way, a server refuses, this one is done, or it cannot be begun.
    """
    deployment, direction = asked.deployment, asked.direction
    with ExitStack() as stack:
        found = works(deployment.environment, asked.sides)
        sides = found[0].sides
        ends = (sides.source.server, sides.target.server)
        command = f"{direction.command} {deployment.environment.name}"
        held = [
            stack.enter_context(alone(ends, Doing.CUTOVER, command=command)),
            stack.enter_context(
                alone([it.sides.source.server for it in found], Doing.TASKS, command=command)
            ),
            stack.enter_context(
                alone([it.sides.target.server for it in found], Doing.SCHEMA, command=command)
            ),
        ]
        source, target = (
            stack.enter_context(connect(server, purpose=_PURPOSE[direction], read_only=False))
            for server in ends
        )
        apart(source, target)
        standing.refuse_others(deployment.environment.name, source, target)
        kept_journal = journal.opened(
            deployment.environment.name, journal.new_run(), source, target
        )
        running = Running(asked=asked, works=found, held=held, journal=kept_journal)
        runs = standing.read(kept_journal.records, source, target)
        if runs and runs[0].is_cut_off:
            running.undone = _end(running, runs[0])
        if runs and not runs[0].is_beyond:
            running.drop_slots_of(runs[0].direction)
        _place(running, runs)
        yield running


def _end(running: Running, run: Run) -> Thaw | None:
    """End a run that is gone before its point of no return; what that came to, of a cutover."""
    is_forward = run.direction is Direction.FORWARD
    session = running.journal.source if is_forward else running.journal.target
    done = freezing.thaw(session, run.saved, record_id=run.record_id)
    running.asked.tell(
        f"The run {run.id} ended before its point of no return: {run.saved.side} {done}."
    )
    return done if is_forward else None


def _place(running: Running, runs: Sequence[Run]) -> None:
    """Say which run it is, and what it undoes.

    Args:
        running: It.
        runs: All runs, the newest first.

    Raises:
        NotNowError: It is done, cannot be begun, or one of the other direction has to end first.
    """
    stands, direction = standing.standing(runs), running.direction
    if running.undone is not None and direction is Direction.BACK:
        return
    if (
        stands is not None
        and stands.direction is direction
        and not (stands.is_finished or stands.is_given_up)
    ):
        running.journal.run = stands.id
        running.saved, running.record_id = stands.saved, stands.record_id
        running.before = next((it for it in runs if it.id == stands.before), None)
        return
    running.before = begun_after(running.asked.deployment.environment, runs, direction)


def begun_after(environment: Environment, runs: Sequence[Run], direction: Direction) -> Run | None:
    """The run of the other direction that one which begins now undoes; None where there is none.

    Args:
        environment: The environment.
        runs: All runs, the newest first.
        direction: Which way changes are carried until then.

    Raises:
        NotNowError: It cannot begin.
    """
    name, stands = environment.name, standing.standing(runs)
    half = standing.half_taken_back(runs)
    if half is not None and direction is Direction.BACK:
        return half
    if half is not None and half.is_beyond:
        raise NotNowError(
            f"The cutover {half.id} of {name} is being taken back.",
            f"Let that end first: ferry rollback {name}",
        )
    if stands is not None and stands.direction is direction:
        raise _is_done(name, stands)
    if direction is Direction.FORWARD:
        if stands is not None and not stands.is_finished:
            raise NotNowError(
                f"The rollback {stands.id} of {name} is not done.",
                f"Let it end first: {stands.saved.again}",
            )
        return stands
    return _rolled_back(environment, stands)


def _is_done(name: str, run: Run) -> NotNowError:
    """That what is asked for is done, or under way."""
    if run.is_finished:
        done = "cut over" if run.direction is Direction.FORWARD else "rolled back"
        return NotNowError(
            f"{name} is {done}: the run {run.id} is done.",
            f"The applications write to {run.direction.ends[1]}.",
        )
    return NotNowError(
        f"The {run.direction.command} {run.id} of {name} is under way, beyond its point of no return.",
        f"It goes on from there: {run.saved.again}",
    )


def _rolled_back(environment: Environment, stands: Run | None) -> Run:
    """The cutover that a rollback undoes which begins now.

    Raises:
        NotNowError: It cannot begin.
    """
    name = environment.name
    if stands is None:
        raise NotNowError(
            f"{name} is not cut over: there is nothing to roll back.",
            "The applications write to the source.",
        )
    if stands.is_ending:
        raise NotNowError(
            f"The migration of {name} is finished: what carried back what is written to Aurora was dropped.",
            "The applications write to Aurora, and stay there.",
        )
    if stands.may_be_taken_back:
        return stands
    if not environment.legs:
        raise NotNowError(
            f"{name} has no way back: nothing carries what is written to Aurora to the source.",
            "What applications have written to Aurora would be lost: mend it there.",
        )
    if not stands.can_go_back:
        raise NotNowError(
            f"The cutover {stands.id} of {name} is not as far that one can go back: what is written to "
            "Aurora does not arrive at the source yet.",
            f"Let it end first: {stands.saved.again}",
        )
    return stands


def _stands(task: Task) -> str:
    """Where a task stands that should run, with what DMS says of it."""
    return f"{task.name} is {task.status}{': ' if task.failure else ''}{task.failure.rstrip('.')}"
