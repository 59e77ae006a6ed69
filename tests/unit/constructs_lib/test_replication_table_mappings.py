"""Which tables a task carries: the JSON that DMS takes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from constructs_lib.replication.table_mappings import table_mappings
from tests.unit.constructs_lib.replication_examples import (
    BeforeImage,
    DataType,
    Filter,
    FilterCondition,
    ParallelLoad,
    PrimaryKey,
    Table,
    TableLob,
    Task,
    Transformation,
)

GENERATED = Transformation("column", "remove-column", table="lines", column="total")
DOCUMENTS = Table(table="documents", lob=TableLob("unlimited"))


def rules(task: Task, *beside: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        table_mappings(task, marker=f"fence_{task.name}", beside=map("fence_{}".format, beside))
    )["rules"]
    return found


def unnumbered(task: Task) -> list[dict[str, Any]]:
    """The rules of what the file says: all but ferry's."""
    return [
        {key: value for key, value in rule.items() if key not in {"rule-id", "rule-name"}}
        for rule in rules(task)
        if rule["object-locator"]["schema-name"] != "ferry"
    ]


def of_ferry(task: Task, *beside: str) -> list[str]:
    """The rules about ferry's tables, each as its action and its table; they are first."""
    found = rules(task, *beside)
    own = [it for it in found if it["object-locator"]["schema-name"] == "ferry"]
    assert found[: len(own)] == own
    assert {tuple(it) for it in own} == {
        ("object-locator", "rule-action", "rule-id", "rule-name", "rule-type")
    }
    return [f"{it['rule-action']} {it['object-locator']['table-name']}" for it in own]


def test_a_task_carries_its_own_marker_by_its_exact_name() -> None:
    assert of_ferry(Task(), "archive") == ["explicit fence_orders"]
    assert of_ferry(Task(name="orders-archive")) == ["explicit fence_orders-archive"]


def test_what_else_of_ferrys_a_pattern_matches_is_left_out_by_name() -> None:
    every = Task(tables=[Table("%")])
    journals = Task(tables=[Table("f%", "journal%"), Table("archive", name="access")])
    excluded = Task(tables=[Table(), Table("%", action="exclude")])

    assert of_ferry(every, "crm", "archive") == [
        "explicit fence_orders",
        "exclude access",
        "exclude fence_archive",
        "exclude fence_crm",
        "exclude journal",
    ]
    assert of_ferry(journals, "crm") == ["explicit fence_orders", "exclude journal"]
    assert of_ferry(excluded, "crm") == ["explicit fence_orders"]


def test_a_whole_schema_is_carried_but_for_what_is_excluded() -> None:
    task = Task(tables=[Table(load_order=2), Table(table="log%", action="exclude")])

    assert unnumbered(task) == [
        {
            "rule-type": "selection",
            "rule-action": "include",
            "object-locator": {"schema-name": "orders", "table-name": "%"},
            "load-order": "2",
        },
        {
            "rule-type": "selection",
            "rule-action": "exclude",
            "object-locator": {"schema-name": "orders", "table-name": "log%"},
        },
    ]


def test_rows_are_chosen_by_columns() -> None:
    recent = FilterCondition("between", start_value="2024-01-01", end_value="2025-12-31")
    undated = FilterCondition("null")
    task = Task(
        tables=[
            Table(
                filters=[
                    Filter("created_at", [recent, undated]),
                    Filter("tenant", [FilterCondition("noteq", value="")]),
                ]
            )
        ]
    )

    assert unnumbered(task) == [
        {
            "rule-type": "selection",
            "rule-action": "include",
            "object-locator": {"schema-name": "orders", "table-name": "%"},
            "filters": [
                {
                    "filter-type": "source",
                    "column-name": "created_at",
                    "filter-conditions": [
                        {
                            "filter-operator": "between",
                            "start-value": "2024-01-01",
                            "end-value": "2025-12-31",
                        },
                        {"filter-operator": "null"},
                    ],
                },
                {
                    "filter-type": "source",
                    "column-name": "tenant",
                    "filter-conditions": [{"filter-operator": "noteq", "value": ""}],
                },
            ],
        }
    ]


def test_each_transformation_has_what_it_takes() -> None:
    key = PrimaryKey("lines_key", ["order", "line"], origin="unique-index")
    task = Task(
        transformations=[
            Transformation("table", "replace-prefix", value="new_", old_value="old_"),
            Transformation("column", "change-data-type", column="n", data_type=DataType("int8")),
            Transformation(
                "column",
                "add-column",
                value="name",
                expression="$a || $b",
                data_type=DataType("numeric", precision=12, scale=0),
            ),
            Transformation("table", "define-primary-key", table="lines", primary_key=key),
            Transformation(
                "column", "add-before-image-columns", before_image=BeforeImage(column_suffix="_old")
            ),
        ]
    )

    of_all = {"schema-name": "orders", "table-name": "%"}
    assert unnumbered(task)[1:] == [
        {
            "rule-type": "transformation",
            "rule-target": "table",
            "rule-action": "replace-prefix",
            "object-locator": of_all,
            "value": "new_",
            "old-value": "old_",
        },
        {
            "rule-type": "transformation",
            "rule-target": "column",
            "rule-action": "change-data-type",
            "object-locator": {**of_all, "column-name": "n"},
            "data-type": {"type": "int8"},
        },
        {
            "rule-type": "transformation",
            "rule-target": "column",
            "rule-action": "add-column",
            "object-locator": of_all,
            "value": "name",
            "expression": "$a || $b",
            "data-type": {"type": "numeric", "precision": 12, "scale": 0},
        },
        {
            "rule-type": "transformation",
            "rule-target": "table",
            "rule-action": "define-primary-key",
            "object-locator": {"schema-name": "orders", "table-name": "lines"},
            "primary-key-def": {
                "name": "lines_key",
                "origin": "unique-index",
                "columns": ["order", "line"],
            },
        },
        {
            "rule-type": "transformation",
            "rule-target": "column",
            "rule-action": "add-before-image-columns",
            "object-locator": of_all,
            "before-image-def": {
                "column-filter": "pk-only",
                "column-prefix": "",
                "column-suffix": "_old",
            },
        },
    ]


def test_added_columns_have_numbers_of_their_own() -> None:
    task = Task(
        transformations=[
            Transformation(
                "column", "add-column", value=name, expression="1", data_type=DataType("int4")
            )
            for name in ("a", "b")
        ]
    )

    assert len({rule["rule-id"] for rule in rules(task)}) == 4


@pytest.mark.parametrize(
    "pattern", ["order_items", "order[_]items", "data[[]1]", "data[12]", "%", "[ab]%_"]
)
def test_a_pattern_reaches_dms_as_it_is_written(pattern: str) -> None:
    (rule,) = unnumbered(Task(tables=[Table(schema_name=pattern, table=pattern)]))

    assert rule["object-locator"] == {"schema-name": pattern, "table-name": pattern}


def test_a_table_by_its_name_is_explicit() -> None:
    lob = TableLob("limited", 64)
    assert unnumbered(Task(tables=[Table(name="order_items", lob=lob)])) == [
        {
            "rule-type": "selection",
            "rule-action": "explicit",
            "object-locator": {"schema-name": "orders", "table-name": "order_items"},
        },
        {
            "rule-type": "table-settings",
            "object-locator": {"schema-name": "orders", "table-name": "order_items"},
            "lob-settings": {"mode": "limited", "bulk-max-size": "64"},
        },
    ]


def test_transformations_name_as_much_as_their_target_has() -> None:
    task = Task(
        transformations=[
            Transformation("schema", "rename", value="shop"),
            Transformation("table", "convert-lowercase"),
            GENERATED,
        ]
    )

    assert unnumbered(task)[1:] == [
        {
            "rule-type": "transformation",
            "rule-target": "schema",
            "rule-action": "rename",
            "object-locator": {"schema-name": "orders"},
            "value": "shop",
        },
        {
            "rule-type": "transformation",
            "rule-target": "table",
            "rule-action": "convert-lowercase",
            "object-locator": {"schema-name": "orders", "table-name": "%"},
        },
        {
            "rule-type": "transformation",
            "rule-target": "column",
            "rule-action": "remove-column",
            "object-locator": {
                "schema-name": "orders",
                "table-name": "lines",
                "column-name": "total",
            },
        },
    ]


def test_a_table_is_loaded_in_segments_and_has_its_own_lob_mode() -> None:
    task = Task(
        lob_max_size_kb=48,
        tables=[
            Table(table="lines", parallel_load=ParallelLoad(), lob=TableLob("limited")),
            Table(table="notes", lob=TableLob("limited", 102_400)),
            DOCUMENTS,
        ],
    )

    assert unnumbered(task)[3:] == [
        {
            "rule-type": "table-settings",
            "object-locator": {"schema-name": "orders", "table-name": "lines"},
            "parallel-load": {
                "type": "ranges",
                "columns": ["year", "id"],
                "boundaries": [["2024", "1000"], ["2025", "1000"]],
            },
            "lob-settings": {"mode": "limited", "bulk-max-size": "48"},
        },
        {
            "rule-type": "table-settings",
            "object-locator": {"schema-name": "orders", "table-name": "notes"},
            "lob-settings": {"mode": "limited", "bulk-max-size": "102400"},
        },
        {
            "rule-type": "table-settings",
            "object-locator": {"schema-name": "orders", "table-name": "documents"},
            "lob-settings": {"mode": "unlimited", "bulk-max-size": "0"},
        },
    ]


def test_a_rule_keeps_its_number_and_name_whatever_stands_around_it() -> None:
    alone = rules(Task())
    among_others = rules(
        Task(tables=[Table("first"), Table(), DOCUMENTS], transformations=[GENERATED])
    )

    assert [it for it in alone if it in among_others] == alone


def test_rules_are_numbered_and_named_as_dms_asks() -> None:
    found = rules(
        Task(tables=[Table(), Table("%", "[_]%"), DOCUMENTS], transformations=[GENERATED])
    )

    assert len({rule["rule-id"] for rule in found}) == len(found) == 6
    for rule in found:
        assert re.fullmatch(r"[1-9][0-9]*", rule["rule-id"])
        assert rule["rule-name"] == f"{rule['rule-type']}-{rule['rule-id']}"


def test_equal_rules_give_equal_text_with_sorted_keys() -> None:
    text = table_mappings(Task(tables=[Table("%")]), marker="x", beside=["one", "two"])

    assert text == table_mappings(Task(tables=[Table("%", "%")]), marker="x", beside=["two", "one"])
    assert text == json.dumps(json.loads(text), sort_keys=True)
