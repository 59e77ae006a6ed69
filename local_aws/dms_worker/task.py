"""One run of a replication task: slot, full load, changes, until it is stopped or done."""

from __future__ import annotations

import re
import threading
import time
import zlib
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg

from local_aws.dms_worker.applying import NOT_THERE, apply
from local_aws.dms_worker.carried import carry
from local_aws.dms_worker.catalog import read_tables
from local_aws.dms_worker.control_tables import ControlTables, checkpoint_text, position_from
from local_aws.dms_worker.databases import (
    connect_source,
    connect_target,
    first_line,
    passes,
    sender_timeout_seconds,
    wal_end,
)
from local_aws.dms_worker.job import COMPLETED, ERROR, TableProgress, TaskFailed, log, say
from local_aws.dms_worker.loading import LOADING, Snapshot, empty, load
from local_aws.dms_worker.mappings import Mappings
from local_aws.dms_worker.sides import Sides
from local_aws.dms_worker.stream import Replication, lsn_text
from local_aws.dms_worker.validating import Validating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local_aws.dms_worker.job import Job, TableId
    from local_aws.dms_worker.stream import Transaction

    Ended = dict[str, str]
    """How a run ended: DMS's status, its stop reason, and where it failed why."""

_RELOADING = "Table is being reloaded"
_SECONDS_BETWEEN_READS = 0.05
_SECONDS_BETWEEN_REPORTS = 1.0
_SECONDS_BETWEEN_TRIES = 1.0
_LONGEST_NAME = 63
_ALL = 2**64
# A failed connection has no code: what will be refused again is told by the server's words.
_LASTING = re.compile(
    r"authentication failed|does not exist|permission denied|no pg_hba.conf entry|certificate"
)


class Task:
    """A task's run.

    `stopping` ends it after the group that is being applied. `to_reload` takes tables, from any
    thread, while it runs.
    """

    def __init__(self, job: Job) -> None:
        """Begin where the job says that the tables stood."""
        self._job = job
        self.stopping = threading.Event()
        self.to_reload: list[TableId] = []
        self._progress = dict(job.tables)
        self._told: dict[TableId, str] = {}
        self._begun = job.start == "resume"
        # A stop after the load comes once: who resumes the task wants it to go on.
        self._has_loaded = self._begun and all(
            table.state in (COMPLETED, ERROR) for table in job.tables.values()
        )
        self._slot = job.slot or _slot_name(job)
        self._sender_timeout_seconds = 0.0
        self._in_use: tuple[str, float] = ("", 0.0)
        self._timeslot, self._recorded = time.monotonic(), 0

    def run(self) -> Ended:
        """Work until the task is stopped, done or failed; a server that is gone is waited for."""
        while True:
            try:
                return self._try()
            except (TaskFailed, psycopg.Error) as error:
                lasts = _LASTING.search(str(error)) or self._is_anothers(error)
                if not passes(error) or lasts:
                    return failed(first_line(error))
                if not self.stopping.is_set():
                    log("E", f"{first_line(error)}; tried again from the last checkpoint")
            if self.stopping.wait(_SECONDS_BETWEEN_TRIES):
                return _stopped()

    def _is_anothers(self, error: Exception) -> bool:
        """Whether the slot is read by one who lives, and so is not what is left of this task's last run.

        The source ends what nobody answers for after wal_sender_timeout, so that who reads for longer
        is somebody else: PostgreSQL's words name the process.
        """
        if not isinstance(error, psycopg.errors.ObjectInUse):
            return False
        said, since = self._in_use
        if said != first_line(error):
            self._in_use = first_line(error), time.monotonic()
            return False
        return time.monotonic() - since > self._sender_timeout_seconds

    def _try(self) -> Ended:
        job = self._job
        mappings = Mappings(job.mappings.get("rules", []))
        with (
            connect_source(job.source, self.stopping) as source,
            connect_target(job.target, self.stopping) as target,
        ):
            sides = Sides(
                job=job,
                mappings=mappings,
                stopping=self.stopping,
                source=source,
                target=target,
                control=ControlTables.of(job, target),
                tables={
                    name: carry(table, job=job, mappings=mappings)
                    for name, table in read_tables(source).items()
                    if mappings.selects(*name)
                },
                progress=self._progress,
                told=self._told,
            )
            self._check(sides)
            self._sender_timeout_seconds = sender_timeout_seconds(source)
            if job.migration_type == "full-load":
                return self._load_only(sides)
            with closing(Replication(job.source, self.stopping)) as stream:
                if not self._begun:
                    self._begin(stream, sides)
                return self._go_on(stream, sides)

    def _check(self, sides: Sides) -> None:
        """See that there is something to carry, and tell which tables are named and not there."""
        for table in sides.tables.values():
            if table.filter:
                table.filter.check(sides.source)
        for named in sides.mappings.named:
            if named not in sides.tables and sides.mappings.selects(*named):
                sides.set(named, TableProgress(state=NOT_THERE))
        if not sides.tables and self._job.setting(
            "ErrorBehavior", "FailOnNoTablesCaptured", default=False
        ):
            raise TaskFailed(
                "No tables were found at task initialization. Either the selected table(s) no "
                "longer exist or no match was found for the table selection pattern(s)."
            )

    # Beginning.

    def _begin(self, stream: Replication, sides: Sides) -> None:
        """Take a slot, empty the task's own records, load what is there."""
        loads, snapshot = self._job.migration_type == "full-load-and-cdc", ""
        if self._job.slot or self._job.position:
            if loads or not (self._job.slot and self._job.position):
                raise TaskFailed(
                    "a position needs a slot that is there, and a task of changes alone"
                )
            try:
                begins = position_from(self._job.position)
            except (ValueError, IndexError) as error:
                raise TaskFailed(
                    f"position {self._job.position!r}: give a log sequence number or a checkpoint"
                ) from error
            self._require_slot(sides, begins)
        else:
            sides.source.execute(
                "select pg_catalog.pg_drop_replication_slot(slot_name) "
                "from pg_catalog.pg_replication_slots where slot_name = %s",
                [self._slot],
            )
            begins, snapshot = stream.create_slot(self._slot)
        sides.control.begin(begins)
        for key in sides.tables:
            # Of changes alone: what is there already is somebody else's to carry.
            state = "Before load" if loads else COMPLETED
            sides.set(key, TableProgress(state=state, valid_from=begins))
        say("begun", slot=self._slot, checkpoint=checkpoint_text(begins))
        self._begun = True
        if loads:
            load(sides, Snapshot(name=snapshot, lsn=begins), list(sides.tables))

    def _require_slot(self, sides: Sides, begins: int) -> None:
        """See that the slot that was given has all that comes after the position.

        PostgreSQL begins where the slot stands, without a word, where it is asked for what is before:
        https://www.postgresql.org/docs/15/protocol-replication.html. Nothing of the task's last run
        is taken away before.
        """
        found = sides.source.execute(
            "select confirmed_flush_lsn - '0/0' from pg_catalog.pg_replication_slots "
            "where slot_name = %s and database = pg_catalog.current_database()",
            [self._slot],
        ).fetchone()
        if found is None:
            raise TaskFailed(f"the replication slot {self._slot} does not exist")
        if begins < found[0]:
            raise TaskFailed(
                f"position {lsn_text(begins)} is before {lsn_text(int(found[0]))}, from which the "
                f"replication slot {self._slot} has the changes"
            )

    def _load_only(self, sides: Sides) -> Ended:
        with connect_source(self._job.source, self.stopping) as holder, holder.transaction():
            holder.execute("set transaction isolation level repeatable read read only")
            for (name,) in holder.execute("select pg_catalog.pg_export_snapshot()"):
                load(sides, Snapshot(name=name, lsn=0), self._unloaded(sides))
        validating = Validating(sides=sides)
        while not self.stopping.is_set() and validating.step(_ALL, at_once=True):
            pass
        sides.tell()
        return _stopped("NORMAL" if self.stopping.is_set() else "FULL_LOAD_ONLY_FINISHED")

    def _unloaded(self, sides: Sides) -> list[TableId]:
        """The tables whose load has not ended, new ones among them.

        Of a load that began nobody knows whether it ended: what it wrote is taken away.
        """
        ended = {key for key, each in self._progress.items() if each.state in (COMPLETED, ERROR)}
        unloaded = [key for key in sides.tables if key not in ended]
        for key in unloaded:
            progress = self._progress.get(key)
            if progress and progress.state == LOADING:
                empty(sides.target, sides.tables[key])
            if progress and progress.state == _RELOADING:
                sides.set(key, progress)
        return unloaded

    # Going on.

    def _go_on(self, stream: Replication, sides: Sides) -> Ended:
        """Load what is left, then apply changes until something ends the run."""
        found = "select 1 from pg_catalog.pg_replication_slots where slot_name = %s"
        if not sides.source.execute(found, [self._slot]).fetchone():
            raise TaskFailed(f"the replication slot {self._slot} does not exist")
        if unloaded := self._unloaded(sides):
            self._load_later(sides, unloaded)
        if self.stopping.is_set():
            return _stopped()

        def ends(setting: str) -> bool:
            wanted = self._job.setting("FullLoadSettings", setting, default=False)
            return wanted and not self._has_loaded

        if ends("StopTaskCachedChangesNotApplied"):
            return _stopped("STOPPED_AFTER_FULL_LOAD")
        until = wal_end(sides.source) if ends("StopTaskCachedChangesApplied") else _ALL
        sides.narrow()
        begins = sides.control.position()
        if begins is None:
            raise TaskFailed("the target has no checkpoint of this task: awsdms_txn_state is empty")
        stream.start(self._slot, begins)
        return self._follow(stream, sides, applied=begins, until=until)

    def _load_later(self, sides: Sides, keys: Sequence[TableId]) -> None:
        """Load tables beside a slot that is there already, as of a moment of their own.

        A slot that lasts as long as its connection gives a snapshot and its position: what was
        committed before is in the rows, and is passed over in the stream.
        """
        with closing(Replication(self._job.source, self.stopping)) as helper:
            name = _slot_name(self._job, "_reload")
            begins, snapshot = helper.create_slot(name, temporary=True)
            load(sides, Snapshot(name=snapshot, lsn=begins), keys)

    def _follow(self, stream: Replication, sides: Sides, *, applied: int, until: int) -> Ended:
        """Apply changes until the task is to stop, or has reached what it was to reach."""
        say("running")
        validating = Validating(sides=sides)
        latency, reported = 0.0, 0.0
        ended = None
        while not (ended or self.stopping.is_set()):
            if self.to_reload:
                self._reload(sides)
            waiting, ended = self._until_stop(stream.read(_SECONDS_BETWEEN_READS))
            latency = _seconds_since(waiting[-1].at) if waiting else 0.0
            if waiting:
                apply(sides, waiting)
                applied = waiting[-1].lsn
                stream.confirm(applied)
            elif stream.is_between and not ended:
                # What the source skipped need not be kept either.
                stream.confirm(stream.position)
                if stream.position >= until:
                    ended = _stopped("STOPPED_AFTER_CACHED_EVENTS")
            if time.monotonic() - reported >= _SECONDS_BETWEEN_REPORTS:
                reported = time.monotonic()
                idle = stream.is_between and not waiting
                validating.step(stream.position if idle else applied)
                self._report(stream, sides, applied=applied, latency=latency)
        self._report(stream, sides, applied=applied, latency=latency)
        return ended or _stopped()

    def _until_stop(self, waiting: list[Transaction]) -> tuple[list[Transaction], Ended | None]:
        """What is to be applied still, and how the task ends where its CdcStopPosition is reached.

        https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTask.html, StopReason
        """
        if self._job.stop_position is None:
            return waiting, None
        kind, _, text = self._job.stop_position.partition(":")
        stop = datetime.fromisoformat(text).replace(tzinfo=UTC)
        if kind == "server_time":
            reached = datetime.now(UTC) >= stop
            return waiting, _stopped("STOPPED_AT_SERVER_TIME") if reached else None
        before = [each for each in waiting if datetime.fromisoformat(each.at) <= stop]
        reached = len(before) < len(waiting)
        return before, _stopped("STOPPED_AT_COMMIT_TIME") if reached else None

    def _reload(self, sides: Sides) -> None:
        """Load tables again while the source's other changes wait."""
        keys = []
        while self.to_reload:
            # Told before it is taken out: whatever ends the worker now, the next one reloads.
            if (key := self.to_reload[0]) in sides.tables:
                sides.set(key, TableProgress(state=_RELOADING))
                keys.append(key)
            self.to_reload.pop(0)
        self._load_later(sides, keys)

    def _report(self, stream: Replication, sides: Sides, *, applied: int, latency: float) -> None:
        """Tell where the tables and the task stand: about once a second, and at the end."""
        sides.tell()
        say(
            "progress",
            # No less than what was confirmed: the slot cannot give it again.
            checkpoint=checkpoint_text(max(applied, stream.confirmed)),
            latency_source_seconds=round(latency, 3),
            latency_target_seconds=round(latency, 3),
        )
        sides.control.status(lsn=applied, tail=stream.position)
        minutes = self._job.setting("ControlTablesSettings", "HistoryTimeslotInMinutes", default=5)
        if time.monotonic() - self._timeslot >= minutes * 60:
            records = sum(sum(each.counts.values()) for each in self._progress.values()) // 2
            sides.control.history(
                "CHANGE PROCESSING",
                minutes=minutes,
                latency=latency,
                records=records - self._recorded,
            )
            self._timeslot, self._recorded = time.monotonic(), records


def failed(message: str) -> Ended:
    """The end of a task that cannot go on."""
    return {"status": "failed", "reason": "Stop Reason FATAL_ERROR", "message": message}


def _stopped(reason: str = "NORMAL") -> Ended:
    return {"status": "stopped", "reason": f"Stop Reason {reason}", "message": ""}


def _slot_name(job: Job, purpose: str = "") -> str:
    """A slot of a task: of its resource id, and told apart where that is cut, spelt anew or another's.

    DMS's have something behind the id that no two tasks share.
    """
    task = f"{job.task}{purpose}"
    mark = f"_{zlib.crc32(f'{job.origin}{task}'.encode()):08x}"
    return re.sub(r"[^a-z0-9_]", "_", task.lower())[: _LONGEST_NAME - len(mark)] + mark


def _seconds_since(at: str) -> float:
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds())
