"""DMS's own tables at the target: what failed, what is suspended, how far a task is.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html;
the names of the columns are those of a real target. A task of the full load alone has none of them.
The volumes of awsdms_history are not measured: 0. The position of a task is written down whatever
TaskRecoveryTableEnabled says, for here it is what a resumed task goes on from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from psycopg import sql

from local_aws.dms_worker.stream import lsn_from, lsn_text

if TYPE_CHECKING:
    import psycopg

    from local_aws.dms_worker.job import Job

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
_SUSPENDED = "TABLE ERROR"
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
    if not text.startswith("checkpoint:"):
        return lsn_from(text)
    return lsn_from(text.split("#")[2])


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlTables:
    """The tables of one task that its settings ask for, in the schema that they name."""

    schema: str
    server: str
    task: str
    names: frozenset[str]

    @classmethod
    def of(cls, job: Job) -> ControlTables:
        """The tables of a job."""
        names = {"awsdms_apply_exceptions", "awsdms_txn_state"} | {
            name
            for name, setting in _ENABLED_BY.items()
            if job.setting("ControlTablesSettings", setting, default=False)
        }
        if job.migration_type == "full-load":
            names.clear()
        if job.setting("ValidationSettings", "EnableValidation", default=False):
            version = tuple(int(part) for part in job.engine_version.split("."))
            names.add(_FAILURES[version >= _VERSION_OF_THE_SECOND])
        return cls(
            schema=job.setting("ControlTablesSettings", "ControlSchema", default="") or "public",
            server=job.server,
            task=job.task,
            names=frozenset(names),
        )

    def create(self, connection: psycopg.Connection[Any]) -> None:
        """Make what is not there."""
        with connection.transaction():
            # IF NOT EXISTS fails where another task makes the same table at the same time.
            connection.execute("select pg_catalog.pg_advisory_xact_lock(%s)", [_MAKING])
            for name in sorted(self.names):
                connection.execute(
                    sql.SQL("create table if not exists {} ").format(self._name(name))
                    + sql.SQL(_TABLES[name])
                )

    def forget(self, connection: psycopg.Connection[Any]) -> None:
        """Take away what an earlier run of the task left: it begins anew."""
        self._run(
            connection, "awsdms_txn_state", 'delete from {} where "TASK_NAME" = %s', self.task
        )
        for name in ("awsdms_suspended_tables", "awsdms_status"):
            self._run(connection, name, "delete from {} where task_name = %s", self.task)

    def position(self, connection: psycopg.Connection[Any]) -> int | None:
        """Up to where the changes of the source are applied, where the task has run before."""
        row = connection.execute(
            sql.SQL(
                'select "CHECKPOINT" from {} where "SERVER_NAME" = %s and "TASK_NAME" = %s'
            ).format(self._name("awsdms_txn_state")),
            [self.server, self.task],
        ).fetchone()
        return position_from(row[0]) if row else None

    def reach(self, connection: psycopg.Connection[Any], lsn: int) -> None:
        """Write down a position in the transaction that is open: it is reached with its changes."""
        self._run(
            connection,
            "awsdms_txn_state",
            "insert into {} values (%s, %s, localtimestamp, %s) "
            'on conflict ("SERVER_NAME", "TASK_NAME") '
            'do update set "STATE_TIME" = excluded."STATE_TIME", '
            '"CHECKPOINT" = excluded."CHECKPOINT"',
            *(self.server, self.task, checkpoint_text(lsn)),
        )

    def note_exception(
        self,
        connection: psycopg.Connection[Any],
        table: tuple[str, str],
        *,
        statement: str,
        error: str,
    ) -> None:
        """Write down a change that could not be applied."""
        self._run(
            connection,
            "awsdms_apply_exceptions",
            "insert into {} values (%s, %s, %s, localtimestamp, %s, %s)",
            *(self.task, *table, statement, error),
        )

    def suspend(self, connection: psycopg.Connection[Any], table: tuple[str, str]) -> None:
        """Write down that a table is no longer carried."""
        self._run(
            connection,
            "awsdms_suspended_tables",
            "insert into {} values (%s, %s, %s, %s, %s, localtimestamp)",
            *(self.server, self.task, *table, _SUSPENDED),
        )

    def resume(self, connection: psycopg.Connection[Any], table: tuple[str, str]) -> None:
        """A table is carried again."""
        self._run(
            connection,
            "awsdms_suspended_tables",
            "delete from {} where task_name = %s and table_owner = %s and table_name = %s",
            *(self.task, *table),
        )

    def status(
        self, connection: psycopg.Connection[Any], *, status: str, pending: int, lsn: int, tail: int
    ) -> None:
        """Write down where the task is: what it has read, and what it has applied."""
        self._run(
            connection,
            "awsdms_status",
            "insert into {} values (%s, %s, %s, localtimestamp, %s, 0, 0, %s, localtimestamp, "
            "%s, localtimestamp, localtimestamp) on conflict (server_name, task_name) do update "
            "set task_status = excluded.task_status, status_time = excluded.status_time, "
            "pending_changes = excluded.pending_changes, "
            "source_current_position = excluded.source_current_position, "
            "source_current_timestamp = excluded.source_current_timestamp, "
            "source_tail_position = excluded.source_tail_position, "
            "source_tail_timestamp = excluded.source_tail_timestamp, "
            "source_timestamp_applied = excluded.source_timestamp_applied",
            *(self.server, self.task, status, pending, lsn_text(lsn), lsn_text(tail)),
        )

    def history(
        self,
        connection: psycopg.Connection[Any],
        *,
        kind: Literal["FULL LOAD", "CHANGE PROCESSING"],
        minutes: float,
        latency: float,
        records: int,
    ) -> None:
        """Write down what was done in a slot of time that ends now; latency in seconds."""
        self._run(
            connection,
            "awsdms_history",
            "insert into {} values (%s, %s, %s, localtimestamp, %s, %s, %s, 0)",
            *(self.server, self.task, kind, round(minutes), round(latency), records),
        )

    def note_failure(
        self, connection: psycopg.Connection[Any], table: tuple[str, str], *, key: str, kind: str
    ) -> None:
        """Write down a row that differs: its key, and how."""
        for name in _FAILURES:
            self._run(
                connection,
                name,
                'insert into {} ("TASK_NAME", "TABLE_OWNER", "TABLE_NAME", "FAILURE_TIME", '
                '"KEY_TYPE", "KEY", "FAILURE_TYPE", "DETAILS") '
                "values (%s, %s, %s, localtimestamp, 'Row', %s, %s, '')",
                *(self.task, *table, key, kind),
            )

    def forget_failures(self, connection: psycopg.Connection[Any], table: tuple[str, str]) -> None:
        """Take away the rows of a table that differed: it is compared anew."""
        for name in _FAILURES:
            self._run(
                connection,
                name,
                'delete from {} where "TASK_NAME" = %s and "TABLE_OWNER" = %s '
                'and "TABLE_NAME" = %s',
                *(self.task, *table),
            )

    def _run(
        self, connection: psycopg.Connection[Any], table: str, text: str, *values: str | int
    ) -> None:
        """A statement about one of the tables, where the task has it."""
        if table in self.names:
            statement = sql.SQL(text).format(self._name(table))
            connection.execute(statement, values, prepare=True)

    def _name(self, table: str) -> sql.Identifier:
        return sql.Identifier(self.schema, table)
