"""Looks for the tests: of the task `all` between two servers, with what a test changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ferry.mappings import TableName
from ferry.migrate.watching.look import Look, TaskLook
from ferry.migrate.watching.tables import TableRow
from tests.unit.ferry.migrate.tasks import task

if TYPE_CHECKING:
    from ferry.migrate.tasks import Task

AT = datetime(2026, 11, 27, 6, 42, 15, tzinfo=UTC)
ORDERS, ITEMS = TableName("public", "orders"), TableName("public", "items")


def row(name: TableName = ORDERS, state: str = "Table completed", **more: Any) -> TableRow:  # noqa: ANN401 - any of a row's
    return TableRow(name=name, state=state, **more)


def running(**changes: Any) -> Task:  # noqa: ANN401 - any of a task's
    return task(**{"status": "running", "was_started": True, **changes})


def seen(**changes: Any) -> TaskLook:  # noqa: ANN401 - any of a look's
    """A task that runs, with one table that DMS says is loaded."""
    return TaskLook(**{"environment": "dev", "task": running(), "tables": (row(),), **changes})


def look(*tasks: TaskLook, **changes: Any) -> Look:  # noqa: ANN401 - any of a look's
    return Look(environment="dev", at=AT, tasks=tasks, **changes)
