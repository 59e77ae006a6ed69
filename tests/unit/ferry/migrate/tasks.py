"""Tasks for the tests: one of development's, with what a test changes."""

from __future__ import annotations

import json
from typing import Any

from ferry.mappings import Mappings
from ferry.migrate.tasks import MigrationType, Task
from settings.databases import Database


def selects(action: str, schema: str, table: str, **more: object) -> dict[str, Any]:
    """A rule that selects tables."""
    return {
        "rule-type": "selection",
        "rule-action": action,
        "object-locator": {"schema-name": schema, "table-name": table},
        **more,
    }


def mappings(*rules: dict[str, Any]) -> Mappings:
    """A task's mappings, as they are read from DMS."""
    return Mappings.parse(json.dumps({"rules": rules}))


MAPPINGS = mappings(selects("explicit", "ferry", "fence_all"), selects("include", "public", "%"))


def task(**changes: Any) -> Task:  # noqa: ANN401 - any of a task's members
    """The task `all`, ready and never started."""
    return Task(
        **{
            "name": "all",
            "arn": "arn:aws:dms:eu-central-1:111122223333:task:aurora-ferry-dev-all",
            "database": Database(source="app", aurora="app"),
            "migration_type": MigrationType.LOAD_AND_CHANGES,
            "status": "ready",
            "mappings": MAPPINGS,
            **changes,
        }
    )
