"""Which filters can be said in SQL, and as what; which rows pass is seen in tests/migration."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.mappings import Inexpressible, TableName
from ferry.mappings.rendering import where
from ferry.postgres.catalog.rows import Column
from tests.unit.ferry.mappings.test_carried import filters
from tests.unit.ferry.migrate.tasks import mappings, selects

ORDERS = TableName("public", "orders")


def column(base: str, modifier: int = -1, kind: str = "b", category: str = "U") -> Column:
    return Column(1, 1, "a", base, base, kind, category, modifier)


def condition(operator: str, *values: str) -> dict[str, str]:
    names = ("start-value", "end-value") if len(values) == len(("start", "end")) else ("value",)
    return {"filter-operator": operator, **dict(zip(names, values, strict=False))}


def rows(of: Column, *conditions: dict[str, str]) -> tuple[Any, Any]:
    """The rows at the source and at Aurora."""
    carried = mappings(selects("include", "public", "orders", **filters("a", *conditions))).carried(
        ORDERS, [of]
    )
    assert carried is not None
    return carried.at_source, carried.at_target


@pytest.mark.parametrize(
    ("of", "conditions", "sql"),
    [
        (
            column("int4"),
            [condition("gte", "10")],
            """("a" >= '10'::"pg_catalog"."int8")""",
        ),
        (
            column("int8"),
            [condition("between", "1", "1.5")],
            """("a" between '1'::"pg_catalog"."numeric" and '1.5'::"pg_catalog"."numeric")""",
        ),
        (
            column("varchar", 13),
            [condition("eq", "it's"), condition("null")],
            """("a" collate pg_catalog."C" = 'it''s'::"pg_catalog"."text" or "a" is null)""",
        ),
        (
            column("mood", kind="e", category="E"),
            [condition("noteq", "ok")],
            (
                """(case when "a" is not null then pg_catalog.concat("a") end """
                """collate pg_catalog."C" <> 'ok'::"pg_catalog"."text")"""
            ),
        ),
        (
            column("date"),
            [condition("notbetween", "2020-01-01", "2020-12-31")],
            (
                """("a" not between '2020-01-01'::"pg_catalog"."date" and """
                """'2020-12-31'::"pg_catalog"."date")"""
            ),
        ),
        (column("xid"), [condition("notnull")], """("a" is not null)"""),
    ],
)
def test_a_filter_is_a_condition_of_typed_literals(
    of: Column, conditions: list[dict[str, str]], sql: str
) -> None:
    at_source, at_target = rows(of, *conditions)

    assert where(at_source).as_string(None) == sql
    assert where(at_target).as_string(None) == sql


def test_without_a_filter_all_rows_are_meant() -> None:
    carried = mappings(selects("include", "public", "%")).carried(ORDERS, [column("int4")])

    assert carried is not None
    assert not carried.is_filtered
    assert not isinstance(carried.at_target, Inexpressible)
    assert where(carried.at_target).as_string(None) == "true"


@pytest.mark.parametrize(
    ("of", "conditions", "why"),
    [
        (
            Column(1, 1, "b", "integer", "int4"),
            [condition("eq", "1")],
            "its filter names a, which the table has not",
        ),
        (
            column("text"),
            [condition("eq", "1")],
            "its filter names a, and DMS compares no large object",
        ),
        (
            column("varchar"),
            [condition("eq", "1")],
            "its filter names a, and DMS compares no large object",
        ),
        (
            column("int4"),
            [condition("noteq", "1"), condition("eq", "2")],
            "its filter by a has a negative condition beside others, which AWS rules out",
        ),
        (
            column("int4"),
            [condition("like", "1")],
            "its filter by a is 'like' with a value, which is none of DMS's",
        ),
        (
            column("int4"),
            [condition("between", "1")],
            "its filter by a is 'between' with a value, which is none of DMS's",
        ),
        (
            column("inet"),
            [condition("eq", "10.0.0.1")],
            "its filter by a is one of type inet, and AWS does not say how DMS compares those",
        ),
        (
            column("mood", kind="e", category="E"),
            [condition("gte", "ok")],
            "its filter by a is one of type mood, and AWS does not say how DMS compares those",
        ),
        (
            column("int4"),
            [condition("eq", "1e3")],
            "its filter by a names '1e3', which is no int4 that every server reads alike",
        ),
        (
            column("date"),
            [condition("eq", "01/02/2020")],
            "its filter by a names '01/02/2020', which is no date that every server reads alike",
        ),
        (
            column("date"),
            [condition("eq", "2020-02-30")],
            "its filter by a names '2020-02-30', which is no date that every server reads alike",
        ),
        (
            column("timestamptz"),
            [condition("between", "2020-01-01", "today")],
            "its filter by a names '2020-01-01' and 'today', which is no timestamptz that every server reads alike",
        ),
        (
            column("varchar", 13),
            [condition("eq", "\ud800")],
            "its filter by a names '\\ud800', which is no varchar that every server reads alike",
        ),
    ],
)
def test_what_cannot_be_said_says_why(
    of: Column, conditions: list[dict[str, str]], why: str
) -> None:
    assert rows(of, *conditions) == (Inexpressible(why=why), Inexpressible(why=why))


@pytest.mark.parametrize(
    "given",
    [condition("gte", "1.0000001"), condition("noteq", "1"), condition("notbetween", "1", "2")],
)
def test_a_numeric_that_dms_rounds_may_pass_on_one_side_alone(given: dict[str, str]) -> None:
    at_source, at_target = rows(column("numeric"), given)

    assert not isinstance(at_source, Inexpressible)
    assert at_target == Inexpressible(
        why="its filter by a compares a numeric without a scale, which DMS rounds to 6 decimals"
    )
    assert rows(column("numeric"), condition("gte", "1.000001"))[1].groups
