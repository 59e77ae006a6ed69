"""Which tables a task carries: the JSON, and the rules that DMS would refuse."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.replication import (
    RangesParallelLoad,
    Selection,
    SelectionAction,
    TableLobMode,
    TableLobs,
    TableMappings,
    TableSettings,
    Transformation,
    TransformationAction,
    TransformationTarget,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ORDERS = Selection(schema="orders")
COLUMN = TransformationTarget.COLUMN
TABLE = TransformationTarget.TABLE
SCHEMA = TransformationTarget.SCHEMA
GENERATED = Transformation(
    target=COLUMN,
    action=TransformationAction.REMOVE_COLUMN,
    schema="orders",
    table="lines",
    column="total",
)
UNLIMITED = TableLobs(mode=TableLobMode.UNLIMITED, bulk_max_size_kb=0)


def rules(mappings: TableMappings) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(mappings.to_json())["rules"]
    return found


def unnumbered(mappings: TableMappings) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in rule.items() if key not in {"rule-id", "rule-name"}}
        for rule in rules(mappings)
    ]


def test_a_whole_schema_is_carried_but_for_what_is_excluded() -> None:
    mappings = TableMappings(
        selections=[
            ORDERS,
            Selection(schema="orders", table="log%", action=SelectionAction.EXCLUDE),
        ]
    )
    assert unnumbered(mappings) == [
        {
            "rule-type": "selection",
            "rule-action": "include",
            "object-locator": {"schema-name": "orders", "table-name": "%"},
        },
        {
            "rule-type": "selection",
            "rule-action": "exclude",
            "object-locator": {"schema-name": "orders", "table-name": "log%"},
        },
    ]


def test_a_load_order_is_written_as_text() -> None:
    selection = Selection(
        schema="orders", table="lines", action=SelectionAction.EXPLICIT, load_order=2
    )
    assert unnumbered(TableMappings(selections=[selection])) == [
        {
            "rule-type": "selection",
            "rule-action": "explicit",
            "object-locator": {"schema-name": "orders", "table-name": "lines"},
            "load-order": "2",
        }
    ]


def test_transformations_name_as_much_as_their_target_has() -> None:
    mappings = TableMappings(
        selections=[ORDERS],
        transformations=[
            Transformation(
                target=SCHEMA, action=TransformationAction.RENAME, schema="orders", value="shop"
            ),
            Transformation(
                target=TABLE, action=TransformationAction.CONVERT_LOWERCASE, schema="orders"
            ),
            GENERATED,
        ],
    )
    assert unnumbered(mappings)[1:] == [
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
    settings = TableSettings(
        schema="orders",
        table="lines",
        parallel_load=RangesParallelLoad(
            columns=["year", "id"], boundaries=[["2024", "1000"], ["2025", "1000"]]
        ),
        lobs=TableLobs(mode=TableLobMode.LIMITED, bulk_max_size_kb=102_400),
    )
    mappings = TableMappings(selections=[ORDERS], table_settings=[settings])
    assert unnumbered(mappings)[1:] == [
        {
            "rule-type": "table-settings",
            "object-locator": {"schema-name": "orders", "table-name": "lines"},
            "parallel-load": {
                "type": "ranges",
                "columns": ["year", "id"],
                "boundaries": [["2024", "1000"], ["2025", "1000"]],
            },
            "lob-settings": {"mode": "limited", "bulk-max-size": "102400"},
        }
    ]
    assert mappings.unlimited_lob_tables == ()


def test_tables_with_unlimited_lobs_are_known() -> None:
    mappings = TableMappings(
        selections=[ORDERS],
        table_settings=[
            TableSettings(schema="orders", table="documents", lobs=UNLIMITED),
            TableSettings(
                schema="orders",
                table="lines",
                parallel_load=RangesParallelLoad(columns=["id"], boundaries=[["1000"]]),
            ),
        ],
    )
    assert mappings.unlimited_lob_tables == ("orders.documents",)
    assert unnumbered(mappings)[1] == {
        "rule-type": "table-settings",
        "object-locator": {"schema-name": "orders", "table-name": "documents"},
        "lob-settings": {"mode": "unlimited", "bulk-max-size": "0"},
    }


def test_a_rule_keeps_its_number_and_name_whatever_stands_around_it() -> None:
    alone = rules(TableMappings(selections=[ORDERS]))
    among_others = rules(
        TableMappings(
            selections=[Selection(schema="first"), ORDERS],
            transformations=[GENERATED],
            table_settings=[TableSettings(schema="orders", table="documents", lobs=UNLIMITED)],
        )
    )
    assert alone[0] in among_others


def test_rules_are_numbered_and_named_as_dms_asks() -> None:
    found = rules(
        TableMappings(
            selections=[ORDERS, Selection(schema="%", table="[_]%")],
            transformations=[GENERATED],
            table_settings=[TableSettings(schema="orders", table="documents", lobs=UNLIMITED)],
        )
    )
    assert len({rule["rule-id"] for rule in found}) == 4
    for rule in found:
        assert re.fullmatch(r"[1-9][0-9]*", rule["rule-id"])
        assert rule["rule-name"] == f"{rule['rule-type']}-{rule['rule-id']}"


def test_equal_rules_give_equal_text_with_sorted_keys() -> None:
    text = TableMappings(selections=[ORDERS]).to_json()
    assert text == TableMappings(selections=[Selection(schema="orders")]).to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True)


def rename(target: TransformationTarget, **arguments: str) -> Transformation:
    return Transformation(
        target=target, action=TransformationAction.RENAME, schema="orders", **arguments
    )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: Selection(schema="orders", action=SelectionAction.EXPLICIT),
            (
                "an explicit selection names orders.%; DMS takes no % there. Name one table, or give "
                "one rule for each."
            ),
        ),
        (
            lambda: TableSettings(schema="ord%", table="lines", lobs=UNLIMITED),
            (
                "a table's settings names ord%.lines; DMS takes no % there. Name one table, or give one "
                "rule for each."
            ),
        ),
        (
            lambda: TableSettings(schema="orders", table="lines"),
            (
                "the settings of orders.lines set nothing. Give parallel_load or lobs, or leave them "
                "out."
            ),
        ),
        (
            lambda: rename(COLUMN, value="sum"),
            "a transformation of a column names no column. Give column, a name or a pattern.",
        ),
        (
            lambda: rename(TABLE, column="total", value="sum"),
            "a transformation of a table names a column. Leave it out, or target the column.",
        ),
        (
            lambda: rename(SCHEMA, table="lines", value="shop"),
            "a transformation of a schema names a table. Leave table out, or target the table.",
        ),
        (
            lambda: Transformation(
                target=TABLE, action=TransformationAction.REMOVE_COLUMN, schema="orders"
            ),
            "remove-column has the target table. Set target to column.",
        ),
        (
            lambda: rename(TABLE),
            "rename has no value. Give value, the new name, prefix or suffix.",
        ),
        (
            lambda: Transformation(
                target=TABLE,
                action=TransformationAction.CONVERT_UPPERCASE,
                schema="orders",
                value="X",
            ),
            "convert-uppercase has the value 'X' and takes none. Leave value out.",
        ),
        (
            lambda: RangesParallelLoad(columns=[], boundaries=[["1"]]),
            (
                "the number of parallel_load.columns is 0; allowed are 1 to 10. Cut by the primary key, "
                "whose columns are indexed and never null."
            ),
        ),
        (
            lambda: RangesParallelLoad(columns=["id"], boundaries=[]),
            (
                "parallel_load.boundaries is empty; at least one is needed to cut a table in two. Give "
                "boundaries, or leave parallel_load out."
            ),
        ),
        (
            lambda: RangesParallelLoad(columns=["id"], boundaries=[["1"], ["2", "3"]]),
            (
                "the parallel_load boundary ['2', '3'] has 2 values and there are 1 columns; each "
                "boundary needs a value for each. Add or remove values."
            ),
        ),
        (
            lambda: TableLobs(mode=TableLobMode.LIMITED, bulk_max_size_kb=0),
            (
                "lobs.bulk_max_size_kb of a table in limited mode is 0 KB; allowed are 1 to 102400 KB. "
                "Use unlimited mode with 0 for larger ones."
            ),
        ),
        (
            lambda: TableLobs(mode=TableLobMode.UNLIMITED, bulk_max_size_kb=64),
            (
                "lobs.bulk_max_size_kb of a table in unlimited mode is 64 KB; allowed are 0 to 0 KB. "
                "Use limited mode to give a size."
            ),
        ),
        (
            lambda: TableMappings(
                selections=[Selection(schema="log", action=SelectionAction.EXCLUDE)]
            ),
            (
                "1 selections include no table; a task needs at least one that does. Add a selection "
                "with the action include."
            ),
        ),
        (
            lambda: TableMappings(selections=[]),
            (
                "0 selections include no table; a task needs at least one that does. Add a selection "
                "with the action include."
            ),
        ),
        (
            lambda: TableMappings(selections=[ORDERS, ORDERS]),
            "there is more than one rule that says include-orders.%. Leave one out.",
        ),
        (
            lambda: TableMappings(selections=[ORDERS], transformations=[GENERATED, GENERATED]),
            (
                "there is more than one rule that says remove-column-column-orders.lines.total. Leave "
                "one out."
            ),
        ),
        (
            lambda: TableMappings(
                selections=[ORDERS],
                transformations=[
                    rename(TABLE, table="lines", value="rows"),
                    Transformation(
                        target=TABLE,
                        action=TransformationAction.ADD_PREFIX,
                        schema="orders",
                        table="lines",
                        value="old_",
                    ),
                ],
            ),
            (
                "there is more than one transformation of table orders lines. DMS applies one to a "
                "schema or table; put them into one rule."
            ),
        ),
        (
            lambda: TableMappings(
                selections=[ORDERS],
                table_settings=[
                    TableSettings(schema="orders", table="lines", lobs=UNLIMITED),
                    TableSettings(
                        schema="orders",
                        table="lines",
                        parallel_load=RangesParallelLoad(columns=["id"], boundaries=[["1"]]),
                    ),
                ],
            ),
            (
                "there is more than one rule of settings for orders.lines. DMS reads one; put "
                "parallel_load and lobs into one rule."
            ),
        ),
    ],
)
def test_rules_that_dms_would_refuse_or_read_otherwise_are_refused(
    build: Callable[[], object], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        build()


def test_a_column_may_have_more_than_one_transformation() -> None:
    mappings = TableMappings(
        selections=[ORDERS],
        transformations=[
            rename(COLUMN, table="lines", column="total", value="sum"),
            Transformation(
                target=COLUMN,
                action=TransformationAction.ADD_SUFFIX,
                schema="orders",
                table="lines",
                column="total",
                value="_old",
            ),
        ],
    )
    assert len(rules(mappings)) == 3
