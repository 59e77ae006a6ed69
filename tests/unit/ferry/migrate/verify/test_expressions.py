"""What of a table is compared, how it is hashed, and by which key: decided by both sides' columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ferry.mappings import Mappings, TableName
from ferry.migrate.verify.expressions import (
    _WAYS,
    CONSTANT,
    Form,
    LeftOut,
    Way,
    columns,
    record_hash,
    row_hash,
)
from ferry.migrate.verify.keys import key
from ferry.migrate.verify.scans import MOST_BUCKETS, Buckets, buckets
from ferry.migrate.verify.tables import Table
from ferry.postgres.catalog.rows import Index
from tests.unit.ferry.check.source.built import col
from tests.unit.ferry.migrate.tasks import selects

if TYPE_CHECKING:
    from ferry.mappings import CarriedTable
    from ferry.postgres.catalog.rows import Column

NAME = TableName("public", "items")


def table(
    *of: Column,
    indexes: tuple[Index, ...] = (),
    nondeterministic: frozenset[int] = frozenset(),
    unreadable: frozenset[str] = frozenset(),
) -> Table:
    return Table(
        name=NAME,
        columns=tuple(it._replace(number=number) for number, it in enumerate(of, start=1)),
        indexes=indexes,
        nondeterministic=nondeterministic,
        unreadable=unreadable,
    )


def carried(source: Table, *rules: dict[str, object]) -> CarriedTable:
    every = [{"rule-id": "1", "rule-name": "1"} | selects("include", "public", "%"), *rules]
    made = Mappings.parse(json.dumps({"rules": every})).carried(NAME, source.columns)
    assert made
    return made


def compared(one: Column, other: Column, *weak: int) -> Way:
    source, target = table(one, nondeterministic=frozenset(weak)), table(other)
    ((found,), left_out) = columns(source, target, carried(source), form=Form.RECORD)
    assert not left_out
    return found.way


@pytest.mark.parametrize(
    ("base", "way"),
    [
        ("int4", Way.AS_IS),
        ("int8", Way.INT8),
        ("uuid", Way.AS_IS),
        ("tstzrange", Way.TEXT),
        ("text", Way.AS_IS),
        ("float4", Way.ZERO),
        ("numeric", Way.NUMERIC),
        ("interval", Way.INTERVAL),
        ("bpchar", Way.BLANKS),
        ("jsonb", Way.TEXT),
        ("regclass", Way.TEXT),
        ("citext", Way.TEXT),
        ("a type of tomorrow", Way.TEXT),
    ],
)
def test_each_type_is_written_so_that_only_the_same_is_the_same(base: str, way: Way) -> None:
    assert compared(col("a", base), col("a", base)) is way


def test_what_everybody_may_make_is_written_without_a_cast_of_theirs() -> None:
    for theirs in (
        col("a", "mood", type_kind="e"),
        col("a", "span", type_kind="r"),
        col("a", "_text", category="A"),
    ):
        assert compared(theirs, theirs) is Way.OUTPUT


def test_a_modifier_of_both_sides_says_what_a_value_looks_like() -> None:
    assert compared(col("a", "bpchar", modifier=8), col("a", "bpchar", modifier=8)) is Way.AS_IS
    assert compared(col("a", "bpchar", modifier=8), col("a", "bpchar")) is Way.BLANKS


def test_texts_under_a_collation_that_takes_unequal_ones_for_equal_are_bytes() -> None:
    loose = col("a", "text", collation=77)
    assert compared(loose, col("a", "text"), 77) is Way.BYTES
    assert compared(loose, col("a", "text"), 78) is Way.AS_IS


def test_a_wider_type_of_the_same_values_is_compared_and_another_type_is_not() -> None:
    assert compared(col("a", "int2"), col("a", "int4")) is Way.AS_IS
    assert compared(col("a", "int4"), col("a", "int8")) is Way.INT8
    assert compared(col("a", "int8"), col("a", "int4")) is Way.INT8
    assert compared(col("a", "varchar"), col("a", "text")) is Way.AS_IS
    source = table(col("a", "uuid"))
    _, left_out = columns(source, table(col("a", "text")), carried(source), form=Form.RECORD)
    assert left_out == (LeftOut(column="a", why="it is uuid at the source and text in Aurora"),)


def test_servers_that_disagree_or_are_old_are_compared_by_text() -> None:
    assert Form.of(15, agree=True) is Form.RECORD
    assert Form.of(15, agree=False) is Form.of(13, agree=True) is Form.TEXT
    assert Form.of(11, agree=True) is Form.OLD_TEXT
    assert Form.TEXT.settings == {}
    source = table(col("a", "float4"))
    ((found,), _) = columns(source, source, carried(source), form=Form.OLD_TEXT)
    assert found.way is Way.FLOAT_SENT


def test_one_row_of_all_types_that_are_hashed_as_they_are_is_compared_first() -> None:
    for base in (each for each, way in _WAYS.items() if way is Way.AS_IS):
        written = {"char": '"char"', "bpchar": "char(3)"}.get(base, base)
        assert f"::{written}" in CONSTANT.as_string(None) or base == "bool"


def test_what_a_task_leaves_behind_renames_or_changes_is_no_fault_of_the_table() -> None:
    def rule(number: int, action: str, column: str, **more: object) -> dict[str, object]:
        return {
            "rule-type": "transformation",
            "rule-id": str(number),
            "rule-name": str(number),
            "rule-target": "column",
            "rule-action": action,
            "object-locator": {
                "schema-name": "public",
                "table-name": "items",
                "column-name": column,
            },
            **more,
        }

    here = ("id", "old", "gone", "kept", "total", "typed", "hidden", "here")
    there = ("id", "new", "kept", "typed", "hidden", "there", "added")
    source = table(*(col(it, "int4") for it in here))
    computed = col("total", "int4")._replace(generated="s")
    target = table(*(col(it, "int4") for it in there), computed)
    made = carried(
        source,
        rule(2, "rename", "old", value="new"),
        rule(3, "remove-column", "gone"),
        rule(6, "remove-column", "kept"),
        rule(7, "remove-column", "total"),
        rule(4, "change-data-type", "typed", **{"data-type": {"type": "int8"}}),
        rule(5, "add-column", "added", value="added", expression="1", **{"data-type": {"type": "int8"}}),
    )  # fmt: skip
    blind = table(*source.columns, unreadable=frozenset({"hidden"}))

    found, left_out = columns(blind, target, made, form=Form.RECORD)

    # Aurora computes `total` itself, of what the task carries.
    assert [(it.source.name, it.target.name) for it in found] == [
        ("id", "id"),
        ("old", "new"),
        ("total", "total"),
    ]
    assert {it.column: (it.why, it.is_meant) for it in left_out} == {
        "gone": ("the task leaves it behind", True),
        "kept": ("the task leaves it behind", True),
        "typed": ("the task changes it (change-data-type)", True),
        "hidden": ("the source's operator has no SELECT on it", False),
        "here": ("Aurora has no such column", False),
        "there": ("the source has no such column", False),
        "added": ("the source has no such column", True),
    }


def test_more_columns_than_a_record_takes_are_hashed_in_parts() -> None:
    def records(entries: list[tuple[Way, str]]) -> int:
        return record_hash(entries, Form.RECORD).as_string(None).count("row(")

    assert records([(Way.AS_IS, "a")] * 1600) == 1
    assert records([(Way.ZERO, "a")] * 800) == 1
    assert records([(Way.ZERO, "a")] * 801) == 3


def test_a_column_is_always_named_with_the_tables_alias_and_the_seed_is_not_zero() -> None:
    assert record_hash([(Way.AS_IS, 't"')], Form.RECORD).as_string(None) == (
        'pg_catalog.hash_record_extended(row("t"."t"""), 7)'
    )
    assert record_hash([(Way.AS_IS, "t")], Form.TEXT).as_string(None) == (
        'pg_catalog.hashtextextended(row("t"."t")::pg_catalog.text, 7)'
    )
    assert row_hash([(Way.AS_IS, "t")], Form.RECORD).as_string(None) == (
        'pg_catalog.hashtextextended(pg_catalog.hash_record_extended(row("t"."t"), 7)::pg_catalog.text, 7)'
    )


FIRST, SECOND, THIRD = (
    col("a", "int4", not_null=True),
    col("b", "text", not_null=True),
    col("c", "int4", not_null=True),
)
PRIMARY = Index(1, "p", (1, 2), is_primary=True)
SHORT = Index(1, "s", (3,))


def found_key(source: Table, target: Table) -> list[str] | None:
    matched, _ = columns(source, target, carried(source), form=Form.RECORD)
    found = key(source, target, matched)
    return [it.source.name for it in found.columns] if found else None


def test_the_primary_key_tells_rows_apart_or_else_the_shortest_unique_index() -> None:
    def one(*indexes: Index) -> Table:
        return table(FIRST, SECOND, THIRD, indexes=indexes)

    assert found_key(one(SHORT, PRIMARY), one(PRIMARY, SHORT)) == ["a", "b"]
    assert found_key(one(PRIMARY, SHORT), one(SHORT)) == ["c"]
    longer = Index(1, "l", (2, 1))
    assert found_key(one(longer, SHORT), one(longer, SHORT)) == ["c"]
    # The same columns in another order are the same key.
    assert found_key(one(PRIMARY), one(longer)) == ["a", "b"]
    assert found_key(one(PRIMARY), one()) is None


@pytest.mark.parametrize(
    "index",
    [
        SHORT._replace(is_unique=False),
        SHORT._replace(is_valid=False),
        SHORT._replace(is_immediate=False),
        SHORT._replace(is_partial=True),
        Index(1, "e", (0,), expressions="lower(b)"),
        Index(1, "n", (4,)),
    ],
)
def test_an_index_that_does_not_keep_rows_apart_is_no_key(index: Index) -> None:
    source = table(FIRST, SECOND, THIRD, col("d", "int4"), indexes=(index,))
    assert found_key(source, source) is None


def test_a_column_that_is_not_compared_is_no_part_of_a_key() -> None:
    source = table(FIRST, SECOND, THIRD, indexes=(PRIMARY,))
    assert (
        found_key(source, table(FIRST, col("b", "uuid", not_null=True), indexes=(PRIMARY,))) is None
    )


def test_an_integer_key_that_lies_close_is_cut_by_ranges_and_all_else_by_hashes() -> None:
    assert buckets(rows=1_000_000, span=1_200_000).shift == 8
    assert buckets(rows=10**9, span=2 * 10**9).shift == 13
    assert buckets(rows=1_000, span=2**63).shift is None
    assert buckets(rows=1_000_000, span=None) == Buckets(shift=None, mask=8191)
    assert buckets(rows=0, span=None).mask == 4095
    assert buckets(rows=10**12, span=None).mask == MOST_BUCKETS - 1
