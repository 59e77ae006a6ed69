"""The steps of the runbook that no command does yet, done through DMS's calls and SQL.

Each function goes as soon as there is a command for it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness.rehearsal.shop import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_dms import DatabaseMigrationServiceClient
    from types_boto3_dms.type_defs import ReplicationTaskTypeDef, TableStatisticsTypeDef

    from harness.rehearsal.database import Database

_CONTROL_SCHEMA = "awsdms_control"
_SECONDS = 300.0
_SECONDS_BETWEEN_LOOKS = 0.5
_ENDED = ("Table completed", "Table error", "Table does not exist", "Table cancelled")


class MovementError(Exception):
    """DMS does not do what it was to do; the text says what it says."""


def prepare_databases(source: Database, target: Database, *, dms_user: str) -> None:
    """Let DMS's user read the source, and make the schema of its own tables in Aurora."""
    for schema in SCHEMAS:
        source.run(
            f"grant usage on schema {schema} to {dms_user}",
            f"grant select on all tables in schema {schema} to {dms_user}",
        )
    target.run(f"create schema {_CONTROL_SCHEMA}")


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


def _wait(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise MovementError(f"{what} took longer than {_SECONDS:.0f} s")
        time.sleep(_SECONDS_BETWEEN_LOOKS)
