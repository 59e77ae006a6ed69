"""What a task's transformations would have to find at Aurora, and a carried schema has not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from facts.renames import RENAMES
from facts.table_patterns import matches
from ferry.findings import blocked, warning
from ferry.mappings import renamed
from ferry.migrate.schema.names import NAME, shown, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ferry.findings import Finding
    from ferry.migrate.schema.archive import Entry
    from settings.dms import Task
    from settings.table_mappings import Transformation

_COLUMN: Final = re.compile(rf"^    ({NAME}) ", re.MULTILINE)

_OTHER_SHAPES: Final = frozenset(
    {"add-column", "change-data-type", "define-primary-key", "add-before-image-columns"}
)


def findings(tasks: Iterable[Task], entries: Iterable[Entry]) -> list[Finding]:
    """What transformations rename, which is not carried, and what they shape otherwise.

    Args:
        tasks: The tasks of one database.
        entries: The source's entries.
    """
    tables = [each for each in entries if each.kind == "TABLE"]
    return [
        finding
        for task in tasks
        for rule in task.transformations
        for finding in _of(task, rule, tables)
    ]


def _of(task: Task, rule: Transformation, tables: list[Entry]) -> list[Finding]:
    action, those = rule.action, [each for each in tables if _selects(rule, each)]
    if action in _OTHER_SHAPES and those:
        return [
            warning(
                "schema-shape",
                f"Task {task.name}: {action} on {shown([_name(each) for each in those])}.",
                why="Ferry makes the source's tables, which are not what this transformation writes.",
                remedy="Once they are made, change these tables at Aurora by hand.",
            )
        ]
    names = [f"{old} to {new}" for each in those for old, new in _renamed(rule, each) if old != new]
    if not names:
        return []
    return [
        blocked(
            "schema-renamed",
            f"Task {task.name} renames at Aurora: {shown(list(dict.fromkeys(names)))}.",
            why="Ferry carries names as they are, and DMS would write to tables that are not there.",
            remedy="Take the transformation out, and rename after the migration.",
        )
    ]


def _renamed(rule: Transformation, table: Entry) -> list[tuple[str, str]]:
    if rule.action not in RENAMES:
        return []
    names = {
        "schema": [table.schema],
        "table": [table.name],
        "column": [
            name
            for name in map(unquoted, _COLUMN.findall(table.sql))
            if matches(rule.column or "%", name)
        ],
    }[rule.target]
    return [(name, renamed(name, rule)) for name in names]


def _selects(rule: Transformation, table: Entry) -> bool:
    return matches(rule.schema_name, table.schema) and matches(rule.table, table.name)


def _name(table: Entry) -> str:
    return f"{table.schema}.{table.name}"
