"""Ferry's tables in the migrated databases."""

import re

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from facts.ferry_schema import MARKER_COLUMNS, SCHEMA, TABLES, fence
from settings.dms import TaskName
from settings.fields import PlainName

TASK_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,12}(-[a-z0-9]{1,5}){0,2}", fullmatch=True).filter(
    lambda it: len(it) <= 26 and not it.startswith("rds")
)


def test_the_names_are_a_contract() -> None:
    """What is in a database by an earlier version is found again by a later one."""
    assert SCHEMA == "ferry"
    assert TABLES == ("access", "journal")
    assert fence("orders") == "fence_orders"
    assert fence("orders-archive") == "fence_orders-archive"


def test_the_columns_are_no_lobs_and_need_nothing_of_the_target() -> None:
    assert MARKER_COLUMNS == (("id", "bigint primary key"), ("at", "timestamptz not null"))


def test_the_schema_needs_no_quotes() -> None:
    assert TypeAdapter(PlainName).validate_python(SCHEMA) == SCHEMA


@given(TASK_NAMES, TASK_NAMES)
def test_each_task_has_a_marker_that_postgresql_does_not_cut(one: str, other: str) -> None:
    names = TypeAdapter(TaskName)
    assert names.validate_python(one) == one
    assert names.validate_python(other) == other
    assert len(fence(one).encode()) <= 63
    assert (fence(one) == fence(other)) == (one == other)
    assert fence(f"{one}_back") != fence(other)


def test_no_other_table_looks_like_a_marker() -> None:
    assert not [it for it in TABLES if it.startswith(fence("")) or not re.fullmatch("[a-z_]+", it)]
