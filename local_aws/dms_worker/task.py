"""One run of a replication task: slot, full load, changes, until it is stopped or done."""

from __future__ import annotations

import re
import threading
import time
import zlib
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg

from local_aws.dms_worker.applying import ERROR, Applying, TaskFailed
from local_aws.dms_worker.carried import CarriedTable, LobTooLarge, carry
from local_aws.dms_worker.catalog import read_tables
from local_aws.dms_worker.control_tables import ControlTables, checkpoint_text, position_from
from local_aws.dms_worker.databases import connect_source, connect_target, outlive, passes, wal_end
from local_aws.dms_worker.grouping import Grouping
from local_aws.dms_worker.job import TableProgress
from local_aws.dms_worker.loading import Loaded, Loading, empty, prepare
from local_aws.dms_worker.mappings import MappingError, Mappings
from local_aws.dms_worker.stream import RefusedError, Replication, ReplicationError, Slot
from local_aws.dms_worker.validating import Validating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local_aws.dms_worker.grouping import Transaction
    from local_aws.dms_worker.job import Endpoint, Job, Voice

FATAL = "Stop Reason FATAL_ERROR"
_COMPLETED = "Table completed"
_LOADING = "Full load"
_RELOADING = "Table is being reloaded"
_NOT_THERE = "Table does not exist"
_SECONDS_BETWEEN_READS = 0.05
_SECONDS_BETWEEN_REPORTS = 1.0
_SECONDS_BETWEEN_TRIES = 1.0
_LONGEST_NAME = 63
_ALL = 2**64
# A failed connection has no code: what will be refused again is told by the server's words.
_LASTING = re.compile(
    r"authentication failed|does not exist|permission denied|no pg_hba.conf entry|certificate"
)

TableId = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a run ended: DMS's status, its stop reason, and where it failed why."""

    status: str
    reason: str
    message: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sides:
    """The connections of one try, and what they show."""

    source: psycopg.Connection[Any]
    target: psycopg.Connection[Any]
    tables: dict[TableId, CarriedTable]


@dataclass(kw_only=True)
class Task:
    """A task's run.

    `stopping` ends it after the group that is being applied. `to_reload` takes tables, from any
    thread, while it runs.
    """

    job: Job
    voice: Voice
    stopping: threading.Event = field(default_factory=threading.Event)
    to_reload: list[TableId] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin where the job says that the tables stood."""
        self._mappings = Mappings(rules=self.job.mappings.get("rules", []))
        self._control = ControlTables.of(self.job)
        minutes = self.job.setting("ControlTablesSettings", "HistoryTimeslotInMinutes", default=5)
        self._minutes = float(minutes)
        self._timeslot = time.monotonic()
        self._recorded = 0
        self._progress: dict[TableId, TableProgress] = dict(self.job.tables)
        self._begun = self.job.start == "resume"
        # A stop after the load comes once: who resumes the task wants it to go on.
        self._has_loaded = self._begun and all(
            table.state in {_COMPLETED, ERROR} for table in self.job.tables.values()
        )
        self._slot = self.job.slot or _slot_name(self.job.task)
        self._reported = 0.0
        self._said: dict[TableId, str] = {}

    def run(self) -> Ended:
        """Work until the task is stopped, done or failed; a server that is gone is waited for."""
        while True:
            try:
                return self._try()
            except (
                TaskFailed,
                LobTooLarge,
                MappingError,
                psycopg.Error,
                ReplicationError,
            ) as error:
                lasting = isinstance(error, RefusedError) or _LASTING.search(str(error))
                if lasting or not (passes(error) or isinstance(error, ReplicationError)):
                    return Ended(status="failed", reason=FATAL, message=_line(error))
                if self.stopping.is_set():
                    return _stopped()
                self.voice.log("E", f"{_line(error)}; tried again from the last checkpoint")
            if self.stopping.wait(_SECONDS_BETWEEN_TRIES):
                return _stopped()

    def _try(self) -> Ended:
        with ExitStack() as stack:
            source = stack.enter_context(connect_source(self.job.source, self.stopping))
            target = stack.enter_context(
                connect_target(self.job.target, self.stopping, task=self.job.task)
            )
            outlive(target, task=self.job.task)
            self._control.create(target)
            sides = _Sides(source=source, target=target, tables=self._carried(source))
            if self.job.migration_type == "full-load":
                self._load_only(sides)
                if self.stopping.is_set():
                    return _stopped()
                return _stopped("FULL_LOAD_ONLY_FINISHED")
            stream = Replication(self.job.source.parameters, self.stopping)
            stack.callback(stream.close)
            if not self._begun:
                self._begin(stream, sides)
            return self._go_on(stream, sides)

    def _carried(self, source: psycopg.Connection[Any]) -> dict[TableId, CarriedTable]:
        """The tables that the mappings select, and of those that they name the ones not there."""
        found = {
            key: carry(table, job=self.job, mappings=self._mappings)
            for key, table in read_tables(source).items()
            if self._mappings.selects(*key)
        }
        for table in found.values():
            if table.filter:
                table.filter.check(source)
        for named in self._mappings.named:
            if named not in found and self._mappings.selects(*named):
                self._set(named, TableProgress(state=_NOT_THERE))
        if not found and self.job.setting("ErrorBehavior", "FailOnNoTablesCaptured", default=False):
            raise TaskFailed(
                "No tables were found at task initialization. Either the selected table(s) no "
                "longer exist or no match was found for the table selection pattern(s)."
            )
        return found

    # Beginning.

    def _begin(self, stream: Replication, sides: _Sides) -> None:
        """Take a slot, empty the task's own records, load what is there."""
        self._control.forget(sides.target)
        loads = self.job.migration_type == "full-load-and-cdc"
        if self.job.slot or self.job.position:
            if loads or not (self.job.slot and self.job.position):
                raise TaskFailed(
                    "a position needs a slot that is there, and a task of changes alone"
                )
            try:
                begins = position_from(self.job.position)
            except ValueError as error:
                raise TaskFailed(
                    f"position {self.job.position!r}: give a log sequence number or a checkpoint"
                ) from error
            slot = None
        else:
            if _has_slot(sides.source, self._slot):
                stream.drop_slot(self._slot)
            slot = stream.create_slot(self._slot)
            begins = slot.lsn
        with sides.target.transaction():
            self._control.reach(sides.target, begins)
        for key in sides.tables:
            # Of changes alone: what is there already is somebody else's to carry.
            state = "Before load" if loads else _COMPLETED
            self._set(key, TableProgress(state=state, valid_from=begins))
        self.voice.say("begun", slot=self._slot, checkpoint=checkpoint_text(begins))
        self._begun = True
        if loads and slot:
            self._load(sides, slot, list(sides.tables))

    def _load_only(self, sides: _Sides) -> None:
        with connect_source(self.job.source, self.stopping) as holder, holder.transaction():
            holder.execute("set transaction isolation level repeatable read read only")
            row = holder.execute("select pg_catalog.pg_export_snapshot()").fetchone()
            if row:
                slot = Slot(name="", lsn=0, snapshot=row[0])
                self._load(sides, slot, self._unloaded(sides))
        validating = self._validating(sides)
        while not self.stopping.is_set() and validating.step(_ALL, at_once=True):
            pass
        for key, progress in self._progress.items():
            self._set(key, progress)

    def _unloaded(self, sides: _Sides) -> list[TableId]:
        """The tables whose load has not ended, new ones among them."""
        ended = (_COMPLETED, ERROR)
        return [
            key
            for key in sides.tables
            if key not in self._progress or self._progress[key].state not in ended
        ]

    def _load(self, sides: _Sides, slot: Slot, keys: Sequence[TableId]) -> None:
        """Load tables as the slot's snapshot shows them."""
        mode = self.job.setting("FullLoadSettings", "TargetTablePrepMode", default="DO_NOTHING")
        full_lob = self.job.setting("TargetMetadata", "FullLobMode", default=False)
        ready = []
        for key in keys:
            table = sides.tables[key]
            reason = table.why_not(full_lob=full_lob)
            if not reason:
                try:
                    prepare(sides.target, table, mode=mode)
                except psycopg.Error as error:
                    if passes(error):
                        raise
                    reason = _line(error)
            if reason:
                self._ended(sides, Loaded(table=table, rows=0, error=reason))
                continue
            ready.append(key)
        self._narrow(sides)
        Loading(
            job=self.job,
            mappings=self._mappings,
            voice=self.voice,
            snapshot=slot.snapshot,
            stopping=self.stopping,
        ).load(
            [sides.tables[key] for key in ready],
            began=lambda table: self._set(
                table.source, TableProgress(state=_LOADING, valid_from=slot.lsn)
            ),
            ended=lambda loaded: self._ended(sides, loaded),
        )
        self._control.history(
            sides.target,
            kind="FULL LOAD",
            minutes=self._minutes,
            latency=0,
            records=sum(self._progress[key].rows for key in ready),
        )

    def _ended(self, sides: _Sides, loaded: Loaded) -> None:
        key = loaded.table.source
        progress = self._progress.setdefault(key, TableProgress(state=_LOADING))
        progress.rows = loaded.rows
        progress.state = ERROR if loaded.error else _COMPLETED
        self._control.resume(sides.target, key)
        if loaded.error:
            self.voice.log("E", f"{'.'.join(key)}: {loaded.error}")
            self._control.suspend(sides.target, key)
        self._set(key, progress)

    def _narrow(self, sides: _Sides) -> None:
        """Leave out the columns that the target does not have, with a word, as DMS does."""
        there = read_tables(sides.target)
        for key, table in sides.tables.items():
            target = there.get(table.target)
            if target is None:
                continue
            names = {column.name for column in target.columns}
            missing = {each.column.name for each in table.columns if each.target not in names}
            if not missing:
                continue
            for name in sorted(missing):
                self.voice.log(
                    "W", f"{'.'.join(key)}: column {name} is removed: the target does not have it"
                )
            sides.tables[key] = replace(
                table,
                columns=tuple(each for each in table.columns if each.column.name not in missing),
                left_out=table.left_out | missing,
            )

    # Going on.

    def _go_on(self, stream: Replication, sides: _Sides) -> Ended:
        """Load what is left, then apply changes until something ends the run."""
        if not _has_slot(sides.source, self._slot):
            raise TaskFailed(f"the replication slot {self._slot} does not exist")
        if unloaded := self._unloaded(sides):
            self._empty_interrupted(sides, unloaded)
            self._load_later(sides, unloaded)
        if self.stopping.is_set():
            return _stopped()
        stops = self.job.setting
        if not self._has_loaded and stops(
            "FullLoadSettings", "StopTaskCachedChangesNotApplied", default=False
        ):
            return _stopped("STOPPED_AFTER_FULL_LOAD")
        until = None
        if not self._has_loaded and stops(
            "FullLoadSettings", "StopTaskCachedChangesApplied", default=False
        ):
            until = wal_end(sides.source)
        self._narrow(sides)
        begins = self._control.position(sides.target)
        if begins is None:
            raise TaskFailed("the target has no checkpoint of this task: awsdms_txn_state is empty")
        stream.start(self._slot, begins)
        return self._follow(stream, sides, begins=begins, until=until)

    def _empty_interrupted(self, sides: _Sides, keys: Sequence[TableId]) -> None:
        """Take away what a load wrote of which nobody knows whether it ended; it begins anew."""
        for key in keys:
            progress = self._progress.get(key)
            if progress and progress.state == _LOADING:
                empty(sides.target, sides.tables[key])
            if progress and progress.state == _RELOADING:
                self._set(key, progress)

    def _load_later(self, sides: _Sides, keys: Sequence[TableId]) -> None:
        """Load tables beside a slot that is there already, as of a moment of their own.

        A slot that lasts as long as its connection gives a snapshot and its position: what was
        committed before is in the rows, and is passed over in the stream.
        """
        helper = Replication(self.job.source.parameters, self.stopping)
        try:
            slot = helper.create_slot(_slot_name(f"{self.job.task}_reload"), temporary=True)
            self._load(sides, slot, keys)
        finally:
            helper.close()

    def _follow(
        self, stream: Replication, sides: _Sides, *, begins: int, until: int | None
    ) -> Ended:
        """Apply changes until the task is to stop, or has reached what it was to reach."""
        applying = Applying(
            job=self.job,
            source=sides.source,
            tables=sides.tables,
            progress=self._progress,
            control=self._control,
            voice=self.voice,
        )
        self.voice.say("running")
        validating = self._validating(sides)
        group = Grouping(stream=stream, after=begins)
        applied, latency = begins, 0.0
        ended = None
        while not (ended or self.stopping.is_set()):
            if self.to_reload:
                self._reload(stream, sides)
            waiting, ended = self._until_stop(group.read(_SECONDS_BETWEEN_READS))
            latency = _seconds_since(waiting[-1].at) if waiting else 0.0
            if waiting:
                with stream.answering():
                    applying.apply(sides.target, waiting)
                applied = waiting[-1].lsn
                stream.confirm(applied)
            elif group.is_between and not ended:
                stream.idle()
                if until is not None and stream.position >= until:
                    ended = _stopped("STOPPED_AFTER_CACHED_EVENTS")
            if time.monotonic() - self._reported >= _SECONDS_BETWEEN_REPORTS:
                reached = stream.position if group.is_between and not waiting else applied
                with stream.answering():
                    validating.step(reached)
                self._report(stream, sides, applied=applied, latency=latency)
        self._report(stream, sides, applied=applied, latency=latency)
        return ended or _stopped()

    def _validating(self, sides: _Sides) -> Validating:
        return Validating(
            job=self.job,
            tables=sides.tables,
            progress=self._progress,
            control=self._control,
            source=sides.source,
            target=sides.target,
        )

    def _until_stop(self, waiting: list[Transaction]) -> tuple[list[Transaction], Ended | None]:
        """What is to be applied still, and how the task ends where its CdcStopPosition is reached.

        https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTask.html, StopReason
        """
        if self.job.stop_position is None:
            return waiting, None
        kind, _, text = self.job.stop_position.partition(":")
        stop = datetime.fromisoformat(text).replace(tzinfo=UTC)
        if kind == "server_time":
            reached = datetime.now(UTC) >= stop
            return waiting, _stopped("STOPPED_AT_SERVER_TIME") if reached else None
        before = [each for each in waiting if each.at and datetime.fromisoformat(each.at) <= stop]
        reached = len(before) < len(waiting)
        return before, _stopped("STOPPED_AT_COMMIT_TIME") if reached else None

    def _reload(self, stream: Replication, sides: _Sides) -> None:
        """Load tables again while the source's other changes wait."""
        keys = []
        while self.to_reload:
            # Told before it is taken out: whatever ends the worker now, the next one reloads.
            if (key := self.to_reload[0]) in sides.tables:
                self._set(key, TableProgress(state=_RELOADING))
                keys.append(key)
            self.to_reload.pop(0)
        with stream.answering():
            self._load_later(sides, keys)

    # Telling.

    def _set(self, key: TableId, progress: TableProgress) -> None:
        waits = progress.validation["state"] == "Not enabled"
        if waits and self.job.setting("ValidationSettings", "EnableValidation", default=False):
            progress.validation = progress.validation | {"state": "Pending validation"}
        self._progress[key] = progress
        self.voice.table(*key, progress)
        self._said[key] = repr(progress)

    def _report(self, stream: Replication, sides: _Sides, *, applied: int, latency: float) -> None:
        """Tell where the tables and the task stand: about once a second, and at the end."""
        self._reported = time.monotonic()
        for key, progress in self._progress.items():
            if self._said.get(key) != repr(progress):
                self._set(key, progress)
        self.voice.say(
            "progress",
            # No less than what was confirmed: the slot cannot give it again.
            checkpoint=checkpoint_text(max(applied, stream.confirmed)),
            latency_source_seconds=round(latency, 3),
            latency_target_seconds=round(latency, 3),
        )
        self._control.status(
            sides.target, status="RUNNING", pending=0, lsn=applied, tail=stream.position
        )
        if time.monotonic() - self._timeslot >= self._minutes * 60:
            records = sum(sum(each.counts.values()) for each in self._progress.values()) // 2
            self._control.history(
                sides.target,
                kind="CHANGE PROCESSING",
                minutes=self._minutes,
                latency=latency,
                records=records - self._recorded,
            )
            self._timeslot, self._recorded = time.monotonic(), records


def drop_slot(source: Endpoint, name: str) -> None:
    """Drop a task's slot, as DMS does with the task.

    Raises:
        ReplicationError: The source cannot be reached, or has no such slot.
    """
    stream = Replication(source.parameters)
    try:
        stream.drop_slot(name)
    finally:
        stream.close()


def _stopped(reason: str = "NORMAL") -> Ended:
    return Ended(status="stopped", reason=f"Stop Reason {reason}")


def _has_slot(source: psycopg.Connection[Any], name: str) -> bool:
    found = source.execute(
        "select 1 from pg_catalog.pg_replication_slots where slot_name = %s", [name]
    ).fetchone()
    return found is not None


def _slot_name(task: str) -> str:
    """The slot of a task: of its resource id, and told apart where that is cut or spelt anew."""
    mark = f"_{zlib.crc32(task.encode()):08x}"
    return re.sub(r"[^a-z0-9_]", "_", task.lower())[: _LONGEST_NAME - len(mark)] + mark


def _seconds_since(at: str | None) -> float:
    if at is None:
        return 0.0
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds())


def _line(error: Exception) -> str:
    return str(error).strip().replace("\n", " ")
