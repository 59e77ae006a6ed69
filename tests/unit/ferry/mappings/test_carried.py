from __future__ import annotations

from typing import Any

import pytest

from ferry.mappings import CarriedColumn, Inexpressible, TableName
from ferry.postgres.catalog.rows import Column
from tests.unit.ferry.migrate.tasks import mappings, selects

ORDERS = TableName("public", "orders")
EVERYTHING = selects("include", "public", "%")
ID = Column(1, 1, "id", "integer", "int4")
NAME = Column(1, 2, "name", "character varying(9)", "varchar", modifier=13)


def transforms(
    target: str, action: str, column: str | None = None, /, **more: object
) -> dict[str, Any]:
    """A rule for schema public, its tables, or the columns of them."""
    locator = {"schema-name": "public"}
    if target != "schema":
        locator["table-name"] = "%"
    if column:
        locator["column-name"] = column
    return {
        "rule-type": "transformation",
        "rule-id": "7",
        "rule-target": target,
        "rule-action": action,
        "object-locator": locator,
        **more,
    }


def filters(column: str, *conditions: dict[str, str]) -> dict[str, Any]:
    """The rows of a selection."""
    return {"filters": [{"column-name": column, "filter-conditions": list(conditions)}]}


ABOVE_9 = filters("id", {"filter-operator": "gte", "value": "10"})


@pytest.mark.parametrize(
    ("rules", "carried"),
    [
        ([selects("include", "public", "%")], True),
        ([selects("include", "public", "order_")], True),
        ([selects("include", "public", "order[rs]")], True),
        ([selects("include", "public", "order[")], False),
        ([selects("include", "public", "orders[]")], False),
        ([selects("explicit", "public", "orders")], True),
        ([selects("explicit", "public", "order_")], False),
        ([selects("include", "app", "%")], False),
        ([selects("exclude", "public", "orders"), selects("include", "public", "%")], False),
        ([], False),
    ],
)
def test_leaving_out_wins_and_a_pattern_is_none_where_it_is_explicit(
    rules: list[dict[str, Any]], *, carried: bool
) -> None:
    assert mappings(*rules).selects(ORDERS) is carried
    assert (mappings(*rules).carried(ORDERS, [ID]) is not None) is carried


@pytest.mark.parametrize(
    ("rule", "target"),
    [
        (transforms("schema", "rename", value="app"), "app.orders"),
        (transforms("table", "convert-uppercase"), "public.ORDERS"),
        (transforms("table", "convert-lowercase"), "public.orders"),
        (transforms("table", "add-prefix", value="old_"), "public.old_orders"),
        (transforms("table", "add-suffix", value="_old"), "public.orders_old"),
        (transforms("table", "remove-prefix", value="or"), "public.ders"),
        (transforms("table", "remove-suffix", value="rs"), "public.orde"),
        (transforms("table", "replace-prefix", value="b", **{"old-value": "or"}), "public.bders"),
        (transforms("table", "replace-suffix", value="b", **{"old-value": "rs"}), "public.ordeb"),
        (transforms("table", "replace-suffix", value="b", **{"old-value": "x"}), "public.orders"),
        (transforms("column", "remove-column", "id"), "public.orders"),
    ],
)
def test_a_table_is_called_at_aurora_as_the_transformations_say(
    rule: dict[str, Any], target: str
) -> None:
    assert str(mappings(EVERYTHING, rule).target(ORDERS)) == target


def test_transformations_are_applied_in_the_order_of_their_numbers() -> None:
    later = {**transforms("table", "add-suffix", value="_2"), "rule-id": "10"}
    sooner = {**transforms("table", "rename", value="a"), "rule-id": "9"}

    assert mappings(later, sooner).target(ORDERS) == TableName("public", "a_2")


@pytest.mark.parametrize(
    ("rules", "id_", "name"),
    [
        ([transforms("column", "add-prefix", "%", value="o_")], ("o_id",), ("o_name",)),
        ([transforms("column", "remove-column", "n_me")], ("id",), (None,)),
        ([transforms("column", "include-column", "id")], ("id",), (None,)),
        (
            [transforms("column", "change-data-type", "id")],
            ("id", "change-data-type"),
            ("name",),
        ),
        (
            [
                transforms("column", "rename", "name", value="who"),
                transforms("column", "data-masking-hash-mask", "name"),
            ],
            ("id",),
            ("who", "data-masking-hash-mask"),
        ),
        (
            [transforms("column", "add-column", value="id", expression="1")],
            ("id",),
            ("name",),
        ),
    ],
)
def test_of_each_column_it_is_said_what_it_is_called_and_whether_its_values_differ(
    rules: list[dict[str, Any]],
    id_: tuple[str | None, *tuple[str, ...]],
    name: tuple[str | None, *tuple[str, ...]],
) -> None:
    carried = mappings(EVERYTHING, *rules).carried(ORDERS, [ID, NAME])

    assert carried is not None
    assert carried.columns == (
        CarriedColumn(name="id", target=id_[0], changed=frozenset(id_[1:])),
        CarriedColumn(name="name", target=name[0], changed=frozenset(name[1:])),
    )


def test_a_column_and_a_key_that_aurora_alone_has_are_named() -> None:
    carried = mappings(
        EVERYTHING,
        transforms("column", "add-column", value="whole", expression="$id || $name"),
        transforms("column", "add-before-image-columns"),
        {**transforms("table", "define-primary-key"), "primary-key-def": {"columns": ["name"]}},
    ).carried(ORDERS, [ID, NAME])

    assert carried is not None
    assert carried.added == ("whole",)
    assert carried.key == ("name",)


def test_a_filter_stands_on_both_sides_by_the_names_of_each() -> None:
    renamed = transforms("column", "rename", "id", value="number")
    carried = mappings(selects("include", "public", "orders", **ABOVE_9), renamed).carried(
        ORDERS, [ID, NAME]
    )

    assert carried is not None
    assert carried.is_filtered
    assert carried.inexpressible is None
    sides = (carried.at_source, carried.at_target)
    assert [
        [each.column for group in rows.groups for each in group]
        for rows in sides
        if not isinstance(rows, Inexpressible)
    ] == [["id"], ["number"]]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (transforms("column", "remove-column", "id"), "which the task leaves behind"),
        (transforms("column", "change-data-type", "id"), "which change-data-type changes"),
        (
            transforms("column", "data-masking-digits-mask", "id", value="#"),
            "which data-masking-digits-mask changes",
        ),
    ],
)
def test_a_column_that_does_not_arrive_as_it_is_tells_nothing_of_aurora_s_rows(
    rule: dict[str, Any], why: str
) -> None:
    carried = mappings(selects("include", "public", "orders", **ABOVE_9), rule).carried(
        ORDERS, [ID]
    )

    assert carried is not None
    assert not isinstance(carried.at_source, Inexpressible)
    assert carried.inexpressible == Inexpressible(why=f"its filter names id, {why}")


def test_where_two_rules_filter_a_table_a_row_has_to_pass_both() -> None:
    named = selects("include", "public", "orders", **filters("name", {"filter-operator": "null"}))
    carried = mappings(selects("include", "public", "orders", **ABOVE_9), named).carried(
        ORDERS, [ID, NAME]
    )

    assert carried is not None
    assert not isinstance(carried.at_source, Inexpressible)
    assert [[each.column for each in group] for group in carried.at_source.groups] == [
        ["id"],
        ["name"],
    ]


def test_filters_of_a_table_by_its_exact_name_are_passed_over_as_dms_does() -> None:
    rules = mappings(selects("explicit", "public", "orders", **ABOVE_9))

    assert not rules.is_filtered(ORDERS)


def test_a_table_is_filtered_where_one_of_its_rules_leaves_out_rows() -> None:
    rules = mappings(selects("include", "public", "%", **ABOVE_9))

    assert rules.is_filtered(ORDERS)
    assert not rules.is_filtered(TableName("app", "orders"))
