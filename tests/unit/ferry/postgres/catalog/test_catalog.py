"""What a catalog says of itself, and that what was not read is no empty part."""

from __future__ import annotations

import pytest

from ferry.postgres.catalog import Part, UnreadError
from ferry.postgres.catalog.rows import Index, Relation, Sequence
from tests.unit.ferry.check.source.built import catalog, col, table


def test_a_part_that_was_not_read_raises_where_its_rows_are_asked_for() -> None:
    part = Part[int](why="Reading it failed: lock timeout.", remedy="Run this again.")

    with pytest.raises(UnreadError, match=r"Reading it failed: lock timeout\.") as raised:
        list(part)

    assert raised.value.remedy == "Run this again."


def test_a_part_without_rows_has_none() -> None:
    assert list(Part[int]()) == []


def test_a_setting_that_is_not_shown_is_not_known() -> None:
    with pytest.raises(UnreadError) as raised:
        catalog().setting("primary_conninfo")

    assert (
        raised.value.why
        == "The server has no setting primary_conninfo, or does not show it to ferry."
    )
    assert raised.value.remedy == "GRANT pg_monitor TO ferry;"


def test_a_tables_columns_and_indexes_are_its_own() -> None:
    one = table("one", col("x", "int4"), indexes=[Index(0, "one_x", (2,), is_unique=False)])
    other = table("other", key=())
    both = catalog(one, other)

    assert [column.name for column in both.columns_of(one.relation)] == ["id", "x"]
    assert [index.name for index in both.indexes_of(one.relation)] == ["one_pkey", "one_x"]
    primary = both.primary_key(one.relation)
    assert primary is not None
    assert primary.columns == (1,)
    assert both.primary_key(other.relation) is None
    assert both.constraints_of(other.relation) == ()
    assert both.by_oid == {one.oid: one.relation, other.oid: other.relation}


def test_names_are_written_as_sql_takes_them() -> None:
    assert Relation(1, "Shop", "order").sql == '"Shop"."order"'
    assert Sequence(1, "public", "a b").sql == 'public."a b"'


def test_a_tables_size_has_its_toast() -> None:
    assert Relation(1, "public", "t", pages=2, toast_pages=3).bytes == 5 * 8192
