"""A task's table mappings, as the JSON that DMS takes and gives back."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from facts.ferry_schema import SCHEMA, left_out
from facts.table_patterns import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.replication.protocols import Filter, Table, Task, Transformation

_RULE_IDS = 10**9


def table_mappings(task: Task, *, marker: str, beside: Iterable[str]) -> str:
    """The tables of a task; equal rules in equal order give equal text.

    Besides the file's tables it carries its own marker, by its exact name, and leaves out what else
    of ferry's tables the file's patterns match.

    A rule's number and name follow from the tables it is about, so that a rule that is added,
    removed or moved leaves all others as they are, and a plan shows what changed and no more. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html

    Args:
        task: The task.
        marker: Its marker.
        beside: The markers of the other tasks that carry the same database.
    """
    rules = [
        *_ferrys(task, marker, beside),
        *(_selection(table) for table in task.tables),
        *(_transformation(transformation) for transformation in task.transformations),
        *(
            _table_settings(task, table)
            for table in task.tables
            if table.parallel_load or table.lob
        ),
    ]
    return json.dumps({"rules": rules}, sort_keys=True)


def _ferrys(task: Task, marker: str, beside: Iterable[str]) -> Iterator[dict[str, Any]]:
    """What ferry needs: its marker of the task, and its other tables left out."""
    included = [
        (table.schema_name, table.table)
        if table.name is None
        else (literal(table.schema_name), literal(table.name))
        for table in task.tables
        if table.action == "include"
    ]
    yield _selects("explicit", SCHEMA, marker)
    for name in left_out(included, beside=beside):
        yield _selects("exclude", SCHEMA, name)


def _selection(table: Table) -> dict[str, Any]:
    action = table.action if table.name is None else "explicit"
    return _selects(
        action,
        table.schema_name,
        _name(table),
        **({} if table.load_order is None else {"load-order": str(table.load_order)}),
        **({"filters": [_filter(it) for it in table.filters]} if table.filters else {}),
    )


def _selects(action: str, schema: str, name: str, **details: object) -> dict[str, Any]:
    return _rule(
        "selection",
        f"{action}-{schema}.{name}",
        {
            "rule-action": action,
            "object-locator": {"schema-name": schema, "table-name": name},
            **details,
        },
    )


def _filter(rows: Filter) -> dict[str, Any]:
    return {
        "filter-type": "source",
        "column-name": rows.column,
        "filter-conditions": [
            _given(
                {
                    "filter-operator": condition.operator,
                    "value": condition.value,
                    "start-value": condition.start_value,
                    "end-value": condition.end_value,
                }
            )
            for condition in rows.conditions
        ],
    }


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """What is not None."""
    return {name: value for name, value in values.items() if value is not None}


def _name(table: Table) -> str:
    return table.table if table.name is None else table.name


def _transformation(transformation: Transformation) -> dict[str, Any]:
    locator = {"schema-name": transformation.schema_name}
    if transformation.target != "schema":
        locator["table-name"] = transformation.table
    if transformation.column is not None:
        locator["column-name"] = transformation.column
    added = f"-{transformation.value}" if transformation.action == "add-column" else ""
    return _rule(
        "transformation",
        f"{transformation.action}-{transformation.target}-{'.'.join(locator.values())}{added}",
        {
            "rule-target": transformation.target,
            "rule-action": transformation.action,
            "object-locator": locator,
            **_given(
                {
                    "value": transformation.value,
                    "old-value": transformation.old_value,
                    "expression": transformation.expression,
                    **_details(transformation),
                }
            ),
        },
    )


def _details(transformation: Transformation) -> dict[str, Any]:
    """A type, a key, earlier values: what is a table of its own."""
    type_, key, image = (
        transformation.data_type,
        transformation.primary_key,
        transformation.before_image,
    )
    return {
        "data-type": type_
        and _given(
            {
                "type": type_.type,
                "length": type_.length,
                "precision": type_.precision,
                "scale": type_.scale,
            }
        ),
        "primary-key-def": key
        and {"name": key.name, "origin": key.origin, "columns": list(key.columns)},
        "before-image-def": image
        and {
            "column-filter": image.column_filter,
            "column-prefix": image.column_prefix or "",
            "column-suffix": image.column_suffix or "",
        },
    }


def _table_settings(task: Task, table: Table) -> dict[str, Any]:
    """What one table needs besides its selection."""
    details: dict[str, Any] = {}
    if table.parallel_load:
        details["parallel-load"] = {
            "type": "ranges",
            "columns": list(table.parallel_load.columns),
            "boundaries": [list(boundary) for boundary in table.parallel_load.boundaries],
        }
    if table.lob:
        # In unlimited mode 0, each looked up on its own: DMS mixes the two for other engines only.
        limited = table.lob.mode == "limited"
        size_kb = (table.lob.max_size_kb or task.lob_max_size_kb) if limited else 0
        details["lob-settings"] = {"mode": table.lob.mode, "bulk-max-size": str(size_kb)}
    return _rule(
        "table-settings",
        f"settings-{table.schema_name}.{_name(table)}",
        {
            "object-locator": {"schema-name": table.schema_name, "table-name": _name(table)},
            **details,
        },
    )


def _rule(type_: str, label: str, body: dict[str, Any]) -> dict[str, Any]:
    """A rule with an id and a name made from its label: letters, digits and hyphens, as DMS asks."""
    digest = hashlib.sha256(label.encode()).digest()
    rule_id = str(int.from_bytes(digest[:8], "big") % _RULE_IDS + 1)
    return {"rule-type": type_, "rule-id": rule_id, "rule-name": f"{type_}-{rule_id}", **body}
