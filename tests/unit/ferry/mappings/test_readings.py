"""What a file says and what DMS got of it are read alike, and as local AWS's DMS reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.replication.table_mappings import table_mappings
from ferry.mappings import Mappings, TableName
from ferry.postgres.catalog.rows import Column
from local_aws.dms_worker.mappings import Mappings as Workers
from settings.dms import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.mappings.columns import SourceColumn

SCHEMAS = st.sampled_from(["public", "app", "pub_ic"])
NAMES = st.sampled_from(["orders", "order-s", "Items", "order_s", "o%"])
COLUMN_NAMES = ["id", "total", "Total", "to_al", "old_id"]
PATTERNS = st.sampled_from(["%", "public", "p%", "pub_ic", "[a-p]%"])
TABLES = st.sampled_from(["%", "orders", "order_s", "order[_]s", "I%", "[[]", "o[%]"])
COLUMN_PATTERNS = st.sampled_from(["%", "id", "to_al", "to[_]al", "T%"])
VALUES = {
    "rename": ("value",),
    "convert-lowercase": (),
    "convert-uppercase": (),
    "add-prefix": ("value",),
    "add-suffix": ("value",),
    "remove-prefix": ("value",),
    "remove-suffix": ("value",),
    "replace-prefix": ("value", "old_value"),
    "replace-suffix": ("value", "old_value"),
}
TEXTS = st.sampled_from(["old_", "o", "s", "l", "new"])


def renames(target: str, **locator: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    actions = [
        st.fixed_dictionaries(
            {
                "target": st.just(target),
                "action": st.just(action),
                "schema": PATTERNS,
                **locator,
                **dict.fromkeys(takes, TEXTS),
            }
        )
        for action, takes in VALUES.items()
    ]
    return st.one_of(actions)


def of_a_column(action: str, **details: object) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "target": st.just("column"),
            "action": st.just(action),
            "schema": PATTERNS,
            "table": TABLES,
            "column": COLUMN_PATTERNS,
            **{name: st.just(value) for name, value in details.items()},
        }
    )


KEYS = st.fixed_dictionaries(
    {
        "target": st.just("table"),
        "action": st.just("define-primary-key"),
        "schema": PATTERNS,
        "table": TABLES,
        "primary_key": st.just({"name": "k", "columns": ["total", "id"]}),
    }
)
# AWS takes one rename an object: their order is nobody's.
TRANSFORMATIONS = st.tuples(
    st.lists(renames("schema"), max_size=1),
    st.lists(renames("table", table=TABLES), max_size=1),
    st.lists(renames("column", table=TABLES, column=COLUMN_PATTERNS), max_size=1),
    st.lists(of_a_column("remove-column"), max_size=2),
    st.lists(of_a_column("include-column"), max_size=2),
    st.lists(of_a_column("change-data-type", data_type={"type": "int8"}), max_size=1),
    st.lists(of_a_column("data-masking-hash-mask"), max_size=1),
    st.lists(KEYS, max_size=1),
).map(lambda some: [rule for rules in some for rule in rules])
SELECTIONS = st.one_of(
    st.fixed_dictionaries(
        {
            "schema": PATTERNS,
            "table": TABLES,
            "action": st.sampled_from(["include", "include", "exclude"]),
        }
    ),
    st.fixed_dictionaries({"schema": SCHEMAS, "name": NAMES}),
)
TASKS = st.builds(
    lambda tables, transformations: Task.model_validate(
        {"name": "all", "tables": tables, "transformations": transformations}
    ),
    st.lists(SELECTIONS, min_size=1, max_size=3),
    TRANSFORMATIONS,
)
TABLE_NAMES = st.builds(TableName, SCHEMAS, NAMES)
COLUMNS: Sequence[SourceColumn] = [
    Column(1, number, name, "integer", "int4") for number, name in enumerate(COLUMN_NAMES)
]


@given(task=TASKS, table=TABLE_NAMES)
@pytest.mark.unfollowed
def test_a_file_and_what_dms_got_of_it_are_read_alike(task: Task, table: TableName) -> None:
    deployed = Mappings.parse(table_mappings(task, marker="fence_all", beside=()))

    assert Mappings.of(task).carried(table, COLUMNS) == deployed.carried(table, COLUMNS)


@given(task=TASKS, table=TABLE_NAMES)
@pytest.mark.unfollowed
def test_ferry_reads_what_local_aws_s_dms_reads(task: Task, table: TableName) -> None:
    text = table_mappings(task, marker="fence_all", beside=())
    workers = Workers(rules=json.loads(text)["rules"])
    found = Mappings.parse(text)

    carried = found.carried(table, COLUMNS)

    assert found.selects(table) == workers.selects(*table)
    assert found.target(table) == workers.target_table(*table)
    names = {name: workers.target_column(*table, name) for name in COLUMN_NAMES}
    assert {name: found.target_column(table, name) for name in COLUMN_NAMES} == names
    if carried is None:
        return
    assert {column.name: column.target for column in carried.columns} == names
    assert list(carried.key) == workers.new_key(*table)
    changing = ("change-data-type", "data-masking-hash-mask")
    assert {column.name for column in carried.columns if column.changed} == {
        name
        for name, target in names.items()
        if target is not None and workers.transformations(*table, name, *changing)
    }
