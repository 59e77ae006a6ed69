"""DMS's own tables at the target: what failed, what is suspended, how far a task is.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html;
the names of the columns are those of a real target. A task of the full load alone has none of them.
The volumes of awsdms_history are not measured: 0. The position of a task is written down whatever
TaskRecoveryTableEnabled says, for here it is what a resumed task goes on from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql

from local_aws.dms_worker.stream import lsn_from, lsn_text

if TYPE_CHECKING:
    import psycopg

    from local_aws.dms_worker.job import Job, TableId

_FAILURE = """"TASK_NAME" varchar(128) not null, "TABLE_OWNER" varchar(128) not null,
        "TABLE_NAME" varchar(128) not null, "FAILURE_TIME" timestamp not null,
        "KEY_TYPE" varchar(128) not null, "KEY" varchar(7800) not null,
        "FAILURE_TYPE" varchar(128) not null,"""
_TABLES = {
    "awsdms_apply_exceptions": """(
        "TASK_NAME" varchar(128) not null, "TABLE_OWNER" varchar(128) not null,
        "TABLE_NAME" varchar(128) not null, "ERROR_TIME" timestamp not null,
        "STATEMENT" text not null, "ERROR" text not null)""",
    "awsdms_suspended_tables": """(
        server_name varchar(128) not null, task_name varchar(128) not null,
        table_owner varchar(128) not null, table_name varchar(128) not null,
        suspend_reason varchar(32), suspend_timestamp timestamp)""",
    "awsdms_status": """(
        server_name varchar(128) not null, task_name varchar(128) not null,
        task_status varchar(32), status_time timestamp, pending_changes bigint,
        disk_swap_size bigint, task_memory bigint, source_current_position varchar(128),
        source_current_timestamp timestamp, source_tail_position varchar(128),
        source_tail_timestamp timestamp, source_timestamp_applied timestamp,
        primary key (server_name, task_name))""",
    "awsdms_history": """(
        server_name varchar(128) not null, task_name varchar(128) not null,
        timeslot_type varchar(32) not null, timeslot timestamp not null,
        timeslot_duration bigint, timeslot_latency bigint, timeslot_records bigint,
        timeslot_volume bigint)""",
    "awsdms_validation_failures_v1": f"""({_FAILURE}
        "DETAILS" varchar(7800) not null)""",
    "awsdms_validation_failures_v2": f"""(
        "RESYNC_ID" bigint generated always as identity primary key, {_FAILURE}
        "DETAILS" varchar(7000) not null, "RESYNC_RESULT" varchar(128),
        "RESYNC_TIME" timestamp, "RESYNC_ACTION" varchar(128))""",
    "awsdms_txn_state": """(
        "SERVER_NAME" varchar(128) not null, "TASK_NAME" varchar(128) not null,
        "STATE_TIME" timestamp not null, "CHECKPOINT" text not null,
        primary key ("SERVER_NAME", "TASK_NAME"))""",
}
_ENABLED_BY = {
    "awsdms_suspended_tables": "SuspendedTablesTableEnabled",
    "awsdms_status": "StatusTableEnabled",
    "awsdms_history": "HistoryTableEnabled",
}
_FAILURES = ("awsdms_validation_failures_v1", "awsdms_validation_failures_v2")
# Before it the first is there, from it on the second.
_VERSION_OF_THE_SECOND = (3, 6, 1)
_NOW = "now"
_OF_A_TABLE = "task_name = %s and table_owner = %s and table_name = %s"
_OF_A_TABLE_QUOTED = '"TASK_NAME" = %s and "TABLE_OWNER" = %s and "TABLE_NAME" = %s'
_MAKING = 0x444D53_0001  # "DMS"


def checkpoint_text(lsn: int) -> str:
    """A checkpoint as DMS writes one of a PostgreSQL source."""
    high, low = lsn >> 32, lsn & 0xFFFFFFFF
    return f"checkpoint:V1#34#{high:08X}/{low:08X}#0#0#*#0#0"


def position_from(text: str) -> int:
    """The position of a checkpoint, or of a log sequence number alone.

    Raises:
        ValueError: Neither.
    """
    return lsn_from(text.split("#")[2] if text.startswith("checkpoint:") else text)


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlTables:
    """The tables of one task that its settings ask for, in the schema that they name.

    What is written to a table that the task does not have is left out.
    """

    connection: psycopg.Connection[Any]
    schema: str
    server: str
    task: str
    names: frozenset[str]

    @classmethod
    def of(cls, job: Job, connection: psycopg.Connection[Any]) -> ControlTables:
        """The tables of a job, on a connection to its target; what is not there is made."""
        names = {"awsdms_apply_exceptions", "awsdms_txn_state"} | {
            name
            for name, setting in _ENABLED_BY.items()
            if job.setting("ControlTablesSettings", setting, default=False)
        }
        if job.migration_type == "full-load":
            names.clear()
        if job.validates:
            version = tuple(int(part) for part in job.engine_version.split("."))
            names.add(_FAILURES[version >= _VERSION_OF_THE_SECOND])
        schema = job.setting("ControlTablesSettings", "ControlSchema", default="") or "public"
        made = cls(
            connection=connection,
            schema=schema,
            server=job.server,
            task=job.task,
            names=frozenset(names),
        )
        with connection.transaction():
            # IF NOT EXISTS fails where another task makes the same table at the same time.
            connection.execute("select pg_catalog.pg_advisory_xact_lock(%s)", [_MAKING])
            for name in sorted(names):
                made._run(name, "create table if not exists {} " + _TABLES[name])
        return made

    def begin(self, lsn: int) -> None:
        """Take away what an earlier run of the task left, and write down where this one begins."""
        with self.connection.transaction():
            self._delete("awsdms_txn_state", '"TASK_NAME" = %s', self.task)
            for name in ("awsdms_suspended_tables", "awsdms_status"):
                self._delete(name, "task_name = %s", self.task)
            self._insert("awsdms_txn_state", self.server, self.task, _NOW, checkpoint_text(lsn))

    def position(self) -> int | None:
        """Up to where the changes of the source are applied, where the task has run before.

        A worker that was killed may have sent a COMMIT that its session still carries out. That
        session holds the row's lock, so the position is read when it is done.
        """
        text = (
            'select "CHECKPOINT" from {} where "SERVER_NAME" = %s and "TASK_NAME" = %s for update'
        )
        statement = sql.SQL(text).format(sql.Identifier(self.schema, "awsdms_txn_state"))
        row = self.connection.execute(statement, [self.server, self.task]).fetchone()
        return position_from(row[0]) if row else None

    def reach(self, lsn: int) -> None:
        """Write down a position in the transaction that is open: it is reached with its changes."""
        self._run(
            "awsdms_txn_state",
            'update {} set "STATE_TIME" = localtimestamp, "CHECKPOINT" = %s '
            'where "SERVER_NAME" = %s and "TASK_NAME" = %s',
            *(checkpoint_text(lsn), self.server, self.task),
        )

    def note_exception(self, table: TableId, *, statement: str, error: str) -> None:
        """Write down a change that could not be applied."""
        self._insert("awsdms_apply_exceptions", self.task, *table, _NOW, statement, error)

    def suspend(self, table: TableId) -> None:
        """Write down that a table is no longer carried."""
        row = (self.server, self.task, *table, "TABLE ERROR", _NOW)
        self._insert("awsdms_suspended_tables", *row)

    def resume(self, table: TableId) -> None:
        """A table is carried again."""
        self._delete("awsdms_suspended_tables", _OF_A_TABLE, self.task, *table)

    def status(self, *, lsn: int, tail: int) -> None:
        """Write down where the task is: what it has applied, and what it has read."""
        task = (self.server, self.task)
        with self.connection.transaction():
            self._delete("awsdms_status", "server_name = %s and task_name = %s", *task)
            self._insert(
                "awsdms_status",
                *(*task, "RUNNING", _NOW, 0, 0, 0, lsn_text(lsn), _NOW, lsn_text(tail), _NOW, _NOW),
            )

    def history(self, kind: str, *, minutes: float, latency: float, records: int) -> None:
        """Write down what was done in a slot of time that ends now; latency in seconds."""
        row = (self.server, self.task, kind, _NOW, round(minutes), round(latency), records, 0)
        self._insert("awsdms_history", *row)

    def note_failure(self, table: TableId, *, key: str, kind: str) -> None:
        """Write down a row that differs: its key, and how."""
        for name in _FAILURES:
            self._run(
                name,
                'insert into {} ("TASK_NAME", "TABLE_OWNER", "TABLE_NAME", "FAILURE_TIME", '
                '"KEY_TYPE", "KEY", "FAILURE_TYPE", "DETAILS") '
                "values (%s, %s, %s, localtimestamp, 'Row', %s, %s, '')",
                *(self.task, *table, key, kind),
            )

    def forget_failures(self, table: TableId) -> None:
        """Take away the rows of a table that differed: it is compared anew."""
        for name in _FAILURES:
            self._delete(name, _OF_A_TABLE_QUOTED, self.task, *table)

    def _insert(self, table: str, *values: str | int) -> None:
        places = ", ".join(["%s"] * len(values))
        self._run(table, f"insert into {{}} values ({places})", *values)  # noqa: S608 - %s

    def _delete(self, table: str, condition: str, *values: str) -> None:
        self._run(table, "delete from {} where " + condition, *values)  # noqa: S608 - ours

    def _run(self, table: str, text: str, *values: str | int) -> None:
        if table in self.names:
            statement = sql.SQL(text).format(sql.Identifier(self.schema, table))
            self.connection.execute(statement, values, prepare=bool(values))
