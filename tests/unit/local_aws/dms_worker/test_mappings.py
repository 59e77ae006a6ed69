from __future__ import annotations

from typing import Any

import pytest

from local_aws.dms_worker.mappings import MappingError, Mappings, Segment


def selection(action: str, schema: str, table: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    locator = {"schema-name": schema, "table-name": table}
    return {"rule-type": "selection", "rule-id": "1", "rule-name": "1", "rule-action": action,
            "object-locator": locator, **more}  # fmt: skip


def renaming(target: str, action: str, rule_id: int = 2, **more: str) -> dict[str, Any]:
    locator = {
        f"{part}-name": more.pop(part) for part in ("schema", "table", "column") if part in more
    }
    named = {key.replace("_", "-"): value for key, value in more.items()}
    return {"rule-type": "transformation", "rule-id": str(rule_id), "rule-target": target,
            "rule-action": action, "object-locator": locator, **named}  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("orders", "orders", True),
        ("orders", "Orders", False),
        ("order%", "order_items", True),
        ("order_items", "order-items", True),
        ("order[_]items", "order_items", True),
        ("order[_]items", "order-items", False),
        ("a.b", "axb", False),
        ("data[1-3]", "data2", True),
        ("data[1-3]", "data-", False),
        ("data[1-3]", "data4", False),
        ("data[13-]", "data-", True),
        ("data[3-1]", "data-", True),
        ("data[^1]", "data2", False),
        ("data[]", "data[]", True),
        ("[", "[", True),
        ("%", "any\nname", True),
    ],
)
def test_a_pattern_is_one_of_dms(pattern: str, name: str, expected: bool) -> None:  # noqa: FBT001 - a table
    mappings = Mappings(rules=[selection("include", "public", pattern)])
    assert mappings.selects("public", name) is expected


def test_an_exact_name_is_no_pattern() -> None:
    mappings = Mappings(rules=[selection("explicit", "public", "order_items")])
    assert mappings.selects("public", "order_items")
    assert not mappings.selects("public", "order-items")
    assert mappings.named == [("public", "order_items")]


def test_filters_of_a_table_by_its_exact_name_are_passed_over() -> None:
    rules = [
        selection("include", "public", "orders", filters=[{"column-name": "id"}]),
        selection("explicit", "public", "orders", filters=[{"column-name": "at"}]),
    ]
    assert Mappings(rules=rules).filters("public", "orders") == [{"column-name": "id"}]


def test_what_is_excluded_stays_out_whatever_includes_it() -> None:
    mappings = Mappings(
        rules=[
            selection("exclude", "public", "secret%"),
            selection("explicit", "public", "secrets"),
        ]
    )
    assert not mappings.selects("public", "secrets")


def test_names_of_patterns_are_not_missed_where_they_are_not_there() -> None:
    mappings = Mappings(rules=[selection("include", "a", "b%"), selection("include", "a", "c")])
    assert mappings.named == [("a", "c")]


@pytest.mark.parametrize(
    ("action", "given", "expected"),
    [
        ("rename", {"value": "new"}, "new"),
        ("convert-uppercase", {}, "OLD_ORDERS"),
        ("convert-lowercase", {}, "old_orders"),
        ("add-prefix", {"value": "x_"}, "x_old_orders"),
        ("add-suffix", {"value": "_x"}, "old_orders_x"),
        ("remove-prefix", {"value": "old_"}, "orders"),
        ("remove-suffix", {"value": "_orders"}, "old"),
        ("replace-prefix", {"value": "new_", "old_value": "old_"}, "new_orders"),
        ("replace-prefix", {"value": "new_", "old_value": "other_"}, "old_orders"),
        ("replace-suffix", {"value": "_sales", "old_value": "_orders"}, "old_sales"),
    ],
)
def test_a_table_has_another_name_at_the_target(
    action: str, given: dict[str, str], expected: str
) -> None:
    rule = renaming("table", action, 2, schema="public", table="old%", **given)
    mappings = Mappings(rules=[rule])
    assert mappings.target_table("public", "old_orders") == ("public", expected)
    assert mappings.target_table("public", "new") == ("public", "new")


def test_transformations_are_applied_in_the_order_of_their_numbers() -> None:
    mappings = Mappings(
        rules=[
            renaming("table", "add-suffix", 10, schema="%", table="%", value="_b"),
            renaming("table", "add-suffix", 9, schema="%", table="%", value="_a"),
            renaming("schema", "rename", 3, schema="public", value="shop"),
        ]
    )
    assert mappings.target_table("public", "t") == ("shop", "t_a_b")


def test_a_column_has_another_name_or_is_left_out() -> None:
    mappings = Mappings(
        rules=[
            renaming("column", "rename", schema="a", table="b", column="c", value="d"),
            renaming("column", "remove-column", schema="a", table="b", column="secret"),
        ]
    )
    assert mappings.target_column("a", "b", "c") == "d"
    assert mappings.target_column("a", "b", "secret") is None
    assert mappings.target_column("a", "other", "secret") == "secret"


def test_ranges_have_an_open_first_and_last_segment() -> None:
    rule = {"rule-type": "table-settings", "object-locator": {"schema-name": "a", "table-name": "b"},
            "parallel-load": {"type": "ranges", "columns": ["k"], "boundaries": [["1"], ["9"]]},
            "lob-settings": {"mode": "limited", "bulk-max-size": "5"}}  # fmt: skip
    mappings = Mappings(rules=[rule])
    assert mappings.segments("a", "b") == [
        Segment(columns=("k",), after=None, upto=("1",)),
        Segment(columns=("k",), after=("1",), upto=("9",)),
        Segment(columns=("k",), after=("9",), upto=None),
    ]
    assert mappings.segments("a", "other") == []
    assert mappings.lob("a", "b") == {"mode": "limited", "bulk-max-size": "5"}


def test_the_highest_load_order_counts() -> None:
    rules = [selection("include", "a", "%"), selection("include", "a", "b", **{"load-order": "5"})]
    mappings = Mappings(rules=rules)
    assert (mappings.load_order("a", "b"), mappings.load_order("a", "c")) == (5, 0)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (selection("include", "a", "%", filters=[{}]),
         "filters of a.%: DMS filters tables by their exact names"),
        (renaming("column", "define-primary-key", schema="a", table="b"),
         "the transformation define-primary-key of a column is not there"),
        (renaming("column", "add-before-image-columns", schema="a", table="b"),
         "add-before-image-columns is not there: DMS brings earlier values to streams"),
        ({"rule-type": "table-settings",
          "object-locator": {"schema-name": "a", "table-name": "b"},
          "parallel-load": {"type": "partitions-auto"}},
         "parallel-load of type 'partitions-auto': for PostgreSQL there are ranges"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_and_not_passed_over(
    rule: dict[str, Any], message: str
) -> None:
    with pytest.raises(MappingError, match=message):
        Mappings(rules=[rule]).segments("a", "b")
