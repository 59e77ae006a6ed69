"""What a task's transformations would have to find at Aurora."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.findings import Level
from ferry.migrate.schema.archive import Entry
from ferry.migrate.schema.transformations import findings
from settings.dms import Task

TABLE = Entry(
    number=1,
    oid=1,
    kind="TABLE",
    schema="shop",
    name="old_orders",
    sql='CREATE TABLE shop.old_orders (\n    id integer NOT NULL,\n    "Total" numeric\n);',
)


def task(**rule: Any) -> Task:  # noqa: ANN401 - as a file's
    return Task.model_validate(
        {
            "name": "orders",
            "tables": [{"schema": "shop"}],
            "transformations": [{"schema": "shop", **rule}],
        }
    )


@pytest.mark.parametrize(
    ("rule", "renamed"),
    [
        ({"target": "schema", "action": "rename", "value": "app"}, "shop to app"),
        ({"target": "table", "action": "add-prefix", "value": "x_"}, "old_orders to x_old_orders"),
        ({"target": "table", "action": "remove-prefix", "value": "old_"}, "old_orders to orders"),
        (
            {"target": "table", "action": "replace-prefix", "old_value": "old", "value": "new"},
            "old_orders to new_orders",
        ),
        ({"target": "column", "action": "convert-lowercase", "column": "%"}, "Total to total"),
        (
            {
                "target": "column",
                "action": "rename",
                "column": "id",
                "value": "key",
                "table": "old%",
            },
            "id to key",
        ),
    ],
)
def test_a_rename_blocks(rule: dict[str, Any], renamed: str) -> None:
    (found,) = findings([task(**rule)], [TABLE])

    assert found.level is Level.BLOCKED
    assert found.what == f"Task orders renames at Aurora: {renamed}."


@pytest.mark.parametrize(
    "rule",
    [
        {"target": "schema", "action": "rename", "value": "shop"},
        {"target": "table", "action": "convert-lowercase"},
        {"target": "table", "action": "remove-prefix", "value": "new_"},
        {"target": "table", "action": "rename", "table": "other", "value": "x"},
        {"target": "column", "action": "remove-column", "column": "Total"},
    ],
)
def test_what_leaves_names_as_they_are_passes(rule: dict[str, Any]) -> None:
    assert findings([task(**rule)], [TABLE]) == []


def test_another_shape_is_for_a_person() -> None:
    rule = {
        "target": "column",
        "action": "change-data-type",
        "column": "id",
        "data_type": {"type": "int8"},
    }

    (found,) = findings([task(**rule)], [TABLE])

    assert found.level is Level.WARNING
    assert found.what == "Task orders: change-data-type on shop.old_orders."
