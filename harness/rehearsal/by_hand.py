"""The steps of the runbook that no command does yet, done through DMS's calls and SQL.

Each function goes as soon as there is a command for it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness.rehearsal.shop import AFTER_LOAD, SCHEMAS, before_load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_dms import DatabaseMigrationServiceClient
    from types_boto3_dms.type_defs import ReplicationTaskTypeDef, TableStatisticsTypeDef

    from harness.rehearsal.database import Database

_TASKS = ("shop", "types")
_CONTROL_SCHEMA = "awsdms_control"
_SECONDS = 300.0
_SECONDS_BETWEEN_LOOKS = 0.5
_ENDED = ("Table completed", "Table error", "Table does not exist", "Table cancelled")


class MovementError(Exception):
    """DMS does not do what it was to do; the text says what it says."""


def prepare_databases(source: Database, target: Database, *, dms_user: str) -> None:
    """Make each task's marker, let DMS's user read the source, and make the schema of its own tables."""
    for database in (source, target):
        database.run("create schema ferry")
        for task in _TASKS:
            table = f'ferry."fence_{task}"'
            database.run(f"create table {table} (id bigint primary key, at timestamptz not null)")
    for schema in (*SCHEMAS, "ferry"):
        source.run(
            f"grant usage on schema {schema} to {dms_user}",
            f"grant select on all tables in schema {schema} to {dms_user}",
        )
    target.run(f"create schema {_CONTROL_SCHEMA}")


def make_schema_before_load(target: Database) -> None:
    """Make extensions, types, tables and keys."""
    target.run(*before_load())


def make_schema_after_load(target: Database) -> None:
    """Make secondary indexes, foreign keys and triggers."""
    target.run(*AFTER_LOAD)


def start(dms: DatabaseMigrationServiceClient, *, prefix: str) -> None:
    """Test the connections and start the tasks whose names begin so.

    Raises:
        MovementError: A connection fails, or a task does not run.
    """
    tasks = list(_tasks(dms, prefix))
    instance = tasks[0]["ReplicationInstanceArn"]
    ends = {task[end] for task in tasks for end in ("SourceEndpointArn", "TargetEndpointArn")}
    for endpoint in ends:
        dms.test_connection(ReplicationInstanceArn=instance, EndpointArn=endpoint)
    _wait(lambda: _tested(dms, instance), "connections that were tested")
    for task in tasks:
        dms.start_replication_task(
            ReplicationTaskArn=task["ReplicationTaskArn"],
            StartReplicationTaskType="start-replication",
        )


def wait_until_loaded(
    dms: DatabaseMigrationServiceClient, *, prefix: str, tables: int, show: Callable[[str], None]
) -> None:
    """Wait until every table is loaded, but for ferry's own.

    Raises:
        MovementError: A table or a task fails, or it takes too long.
    """
    said = ""

    def loaded() -> bool:
        nonlocal said
        for task in _tasks(dms, prefix):
            if task["Status"] in ("failed", "stopped"):
                raise MovementError(
                    f"{task['ReplicationTaskIdentifier']} is {task['Status']}: "
                    f"{task.get('LastFailureMessage', task.get('StopReason'))}"
                )
        found = list(_statistics(dms, prefix))
        if wrong := [it for it in found if it["TableState"] in _ENDED[1:]]:
            raise MovementError(
                "; ".join(
                    f"{it['SchemaName']}.{it['TableName']}: {it['TableState']}" for it in wrong
                )
            )
        done = [it for it in found if it["TableState"] == _ENDED[0]]
        line = f"{len(done)} of {tables} tables, {sum(it['FullLoadRows'] for it in done)} rows"
        if line != said:
            said = line
            show(line)
        return len(done) == tables

    _wait(loaded, "the load")


def stop(dms: DatabaseMigrationServiceClient, *, prefix: str) -> None:
    """Stop the tasks whose names begin so, and wait until they have stopped."""
    for task in _tasks(dms, prefix):
        dms.stop_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
    _wait(lambda: all(task["Status"] == "stopped" for task in _tasks(dms, prefix)), "the stop")


def _tasks(dms: DatabaseMigrationServiceClient, prefix: str) -> Iterator[ReplicationTaskTypeDef]:
    for task in dms.describe_replication_tasks()["ReplicationTasks"]:
        if task["ReplicationTaskIdentifier"].startswith(prefix):
            yield task


def _statistics(
    dms: DatabaseMigrationServiceClient, prefix: str
) -> Iterator[TableStatisticsTypeDef]:
    for task in _tasks(dms, prefix):
        answer = dms.describe_table_statistics(
            ReplicationTaskArn=task["ReplicationTaskArn"], MaxRecords=500
        )
        yield from (it for it in answer["TableStatistics"] if it["SchemaName"] != "ferry")


def _tested(dms: DatabaseMigrationServiceClient, instance: str) -> bool:
    found = dms.describe_connections(
        Filters=[{"Name": "replication-instance-arn", "Values": [instance]}]
    )["Connections"]
    for connection in found:
        if connection["Status"] == "failed":
            raise MovementError(
                f"{connection['EndpointIdentifier']}: {connection['LastFailureMessage']}"
            )
    return all(connection["Status"] == "successful" for connection in found)


def _wait(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise MovementError(f"{what} took longer than {_SECONDS:.0f} s")
        time.sleep(_SECONDS_BETWEEN_LOOKS)
