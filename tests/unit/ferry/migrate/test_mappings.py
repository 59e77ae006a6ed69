from __future__ import annotations

import json

import pytest

from ferry.migrate.mappings import Mappings, TableName
from tests.unit.ferry.migrate.tasks import selects

ORDERS = TableName("public", "orders")


def renames(target: str, action: str, **more: str) -> dict[str, object]:
    locator = {"schema-name": "public"} | ({"table-name": "%"} if target == "table" else {})
    return {
        "rule-type": "transformation",
        "rule-id": "7",
        "rule-target": target,
        "rule-action": action,
        "object-locator": locator,
        **more,
    }


def read(*rules: dict[str, object]) -> Mappings:
    return Mappings.parse(json.dumps({"rules": rules}))


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
    rules: list[dict[str, object]], *, carried: bool
) -> None:
    assert read(*rules).selects(ORDERS) is carried


@pytest.mark.parametrize(
    ("rule", "target"),
    [
        (renames("schema", "rename", value="app"), "app.orders"),
        (renames("table", "convert-uppercase"), "public.ORDERS"),
        (renames("table", "convert-lowercase"), "public.orders"),
        (renames("table", "add-prefix", value="old_"), "public.old_orders"),
        (renames("table", "add-suffix", value="_old"), "public.orders_old"),
        (renames("table", "remove-prefix", value="or"), "public.ders"),
        (renames("table", "remove-suffix", value="rs"), "public.orde"),
        (renames("table", "replace-prefix", value="b", **{"old-value": "or"}), "public.bders"),
        (renames("table", "replace-suffix", value="b", **{"old-value": "rs"}), "public.ordeb"),
        (renames("table", "replace-suffix", value="b", **{"old-value": "x"}), "public.orders"),
        (renames("column", "remove-column"), "public.orders"),
    ],
)
def test_a_table_is_called_at_aurora_as_the_transformations_say(
    rule: dict[str, object], target: str
) -> None:
    assert str(read(selects("include", "public", "%"), rule).target(ORDERS)) == target


def test_transformations_are_applied_in_the_order_of_their_numbers() -> None:
    later = {**renames("table", "add-suffix", value="_2"), "rule-id": "10"}
    sooner = {**renames("table", "rename", value="a"), "rule-id": "9"}

    assert read(later, sooner).target(ORDERS) == TableName("public", "a_2")


def test_a_table_is_filtered_where_one_of_its_rules_leaves_out_rows() -> None:
    rules = read(selects("include", "public", "%", filters=[{"column-name": "id"}]))

    assert rules.is_filtered(ORDERS)
    assert not rules.is_filtered(TableName("app", "orders"))
