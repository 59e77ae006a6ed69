"""Row filters: the same rows pass in the load and in the changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.migration.databases import EVERYTHING, Worker
from tests.migration.test_worker import EXCEPTIONS, arrived, with_marker

if TYPE_CHECKING:
    from tests.migration.databases import Pair

# A column's type, a filter by it, the values that pass and those that do not.
CASES: tuple[tuple[str, list[dict[str, str]], list[str | None], list[str | None]], ...] = (
    ("integer", [{"filter-operator": "gte", "value": "10"}], ["10", "100"], ["9", "-11", None]),
    ("bigint", [{"filter-operator": "ste", "value": "9.5"}], ["9", "-100"], ["10", None]),
    ("numeric(9,2)", [{"filter-operator": "eq", "value": "1.5"}], ["1.50"], ["1.51", None]),
    ("float8", [{"filter-operator": "lte", "value": "0.1"}], ["0.1", "-Infinity"], ["0.2", "NaN"]),
    ("real", [{"filter-operator": "eq", "value": "0.1"}], ["0.1"], ["0.2"]),
    # By their bytes: a server's collation may put small letters before large ones, and a before _.
    ("varchar(9)", [{"filter-operator": "gte", "value": "a"}], ["a", "a_", "é"],
     ["B", "_", "", None]),
    ("char(3)", [{"filter-operator": "eq", "value": "x"}], ["x"], ["X", "y"]),
    ("varchar(9)", [{"filter-operator": "noteq", "value": "it's"}], ["its", "null", ""],
     ["it's", None]),
    ("varchar(9)", [{"filter-operator": "null"}], [None], ["null", ""]),
    ("varchar(9)", [{"filter-operator": "notnull"}], ["null", ""], [None]),
    ("date", [{"filter-operator": "between", "start-value": "2020-01-01",
               "end-value": "2020-12-31"}],
     ["2020-01-01", "2020-12-31"], ["2019-12-31", "2021-01-01", "0044-03-15 BC", None]),
    ("timestamp", [{"filter-operator": "notbetween", "start-value": "2020-01-01",
                    "end-value": "2020-12-31"}],
     ["2020-12-31 00:00:00.000001", "2019-12-31 23:59"], ["2020-01-01", None]),
    ("timestamptz", [{"filter-operator": "eq", "value": "2020-01-01 02:00+02"}],
     ["2020-01-01 00:00Z"], ["2020-01-01 00:00:01Z"]),
    ("boolean", [{"filter-operator": "eq", "value": "true"}], ["t"], ["f", None]),
    ("uuid", [{"filter-operator": "gte", "value": "f" * 32}], ["f" * 32], ["e" * 32]),
    ("integer", [{"filter-operator": "eq", "value": "1"}, {"filter-operator": "gte", "value": "5"},
                 {"filter-operator": "null"}], ["1", "5", None], ["2", "4"]),
)  # fmt: skip
NAMES = [f"case_{number}" for number in range(len(CASES))]


def filtering(table: str, *filters: tuple[str, list[dict[str, str]]]) -> dict[str, Any]:
    """A selection of one table's rows."""
    return {
        "rule-type": "selection",
        "rule-id": table,
        "rule-name": table,
        "rule-action": "include",
        "object-locator": {"schema-name": "public", "table-name": table},
        "filters": [
            {"filter-type": "source", "column-name": column, "filter-conditions": conditions}
            for column, conditions in filters
        ],
    }


def test_the_same_rows_pass_in_the_load_and_in_the_changes(pair: Pair) -> None:
    pair.on_both(
        *with_marker(
            *(
                f'create table {name} (id integer primary key, "a Column" {case[0]})'
                for name, case in zip(NAMES, CASES, strict=True)
            )
        )
    )
    rules = [
        filtering("marker"),
        *(filtering(name, ("a Column", case[1])) for name, case in zip(NAMES, CASES, strict=True)),
    ]

    def write(first: int) -> None:
        for name, (_, _, passing, other) in zip(NAMES, CASES, strict=True):
            rows = ", ".join(
                f"({first + number}, {_literal(value)})"
                for number, value in enumerate((*passing, *other))
            )
            pair.source.run(f"insert into {name} values {rows}")

    write(0)
    with Worker(job=pair.job(rules=rules)) as worker:
        worker.wait_running()
        write(100)
        arrived(pair)
        worker.stop()
    passed = {
        name: [key for (key,) in pair.target.rows(f"select id from {name} order by id")]
        for name in NAMES
    }
    assert passed == {
        name: [first + number for first in (0, 100) for number in range(len(case[2]))]
        for name, case in zip(NAMES, CASES, strict=True)
    }
    assert worker.table("case_0")["counts"]["Inserts"] == len(CASES[0][2])


def _literal(value: str | None) -> str:
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


ORDERS = "create table orders (id integer primary key, year integer, what varchar(10))"
OF_2020 = filtering("orders", ("year", [{"filter-operator": "gte", "value": "2020"}]))


def test_a_row_has_to_pass_every_filter_of_every_rule_and_of_ranges_too(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run(
        "insert into orders values (1, 2019, 'a'), (2, 2020, 'a'), (3, 2021, 'b'), (4, 2022, null)"
    )
    ranges = {
        "rule-type": "table-settings", "rule-id": "9", "rule-name": "9",
        "object-locator": {"schema-name": "public", "table-name": "orders"},
        "parallel-load": {"type": "ranges", "columns": ["id"], "boundaries": [["2"]]},
    }  # fmt: skip
    by_what = ("what", [{"filter-operator": "notnull"}])
    by_id = ("id", [{"filter-operator": "ste", "value": "9"}])
    rules = [*EVERYTHING, OF_2020, filtering("orders", by_what, by_id), ranges]
    with Worker(job=pair.job(rules=rules)) as worker:
        worker.wait_running()
        pair.source.run("insert into orders values (8, 2020, null), (9, 2020, 'c'), (10, 2020, '')")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id from orders order by id") == [(2,), (3,), (9,)]
    assert worker.table("orders")["rows"] == 2


def test_of_an_update_the_new_values_decide_and_of_a_deletion_what_is_told(pair: Pair) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run(
        "insert into orders select n, 2020, 'x' from generate_series(1, 4) n",
        "insert into orders values (5, 2019, 'x')",
    )
    with Worker(job=pair.job(rules=[*EVERYTHING, OF_2020])) as worker:
        worker.wait_running()
        pair.source.run(
            "update orders set what = 'y' where id = 1",
            "update orders set year = 2019, what = 'y' where id = 2",  # passes no longer: it stays
            "update orders set year = 2020 where id = 5",  # it is not there to be updated
            "delete from orders where id = 3",  # which tells its key alone
            "alter table orders replica identity full",
            "delete from orders where id = 4",
        )
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id, year, what from orders order by id") == [
        (1, 2020, "y"),
        (2, 2020, "x"),
        (3, 2020, "x"),
    ]
    assert pair.target.rows(EXCEPTIONS) == []


def test_a_deletion_tells_its_key_and_is_carried_where_that_is_the_filters_column(
    pair: Pair,
) -> None:
    pair.on_both(*with_marker(ORDERS))
    pair.source.run("insert into orders select n, n, 'x' from generate_series(1, 3) n")
    pair.target.run("insert into orders values (1, 0, 'theirs')")
    of_the_key = filtering("orders", ("id", [{"filter-operator": "gte", "value": "2"}]))
    with Worker(job=pair.job(rules=[*EVERYTHING, of_the_key])) as worker:
        worker.wait_running()
        pair.source.run("delete from orders where id in (1, 2)")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id from orders order by id") == [(1,), (3,)]


def test_an_update_that_leaves_the_filters_value_out_of_line_is_carried(pair: Pair) -> None:
    pair.on_both(
        *with_marker("create table long (id integer primary key, n integer, v varchar(9000))")
    )
    pair.source.run(
        "alter table long alter v set storage external",
        "insert into long values (1, 1, repeat('a', 5000)), (2, 1, repeat('b', 5000))",
    )
    of_b = filtering("long", ("v", [{"filter-operator": "gte", "value": "b"}]))
    with Worker(job=pair.job(rules=[*EVERYTHING, of_b])) as worker:
        worker.wait_running()
        pair.source.run("update long set n = 2")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id, n from long") == [(2, 2)]
    assert pair.target.rows(EXCEPTIONS) == []


def test_values_of_rows_that_do_not_pass_are_not_told_as_truncated(pair: Pair) -> None:
    pair.on_both("create table documents (id integer primary key, t text)")
    pair.source.run("insert into documents values (1, 'short'), (2, repeat('x', 2000))")
    one = filtering("documents", ("id", [{"filter-operator": "eq", "value": "1"}]))
    limited = {"TargetMetadata": {"LimitedSizeLobMode": True, "LobMaxSize": 1}}
    with Worker(job=pair.job(rules=[one], settings=limited, migration_type="full-load")) as worker:
        worker.end()
    assert worker.said("log") == []


def test_a_value_that_the_column_cannot_have_fails_the_task(pair: Pair) -> None:
    pair.on_both(ORDERS)
    rule = filtering("orders", ("id", [{"filter-operator": "eq", "value": "one"}]))
    with Worker(job=pair.job(rules=[rule])) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert ended["message"] == (
        'the filters of public.orders: invalid input syntax for type numeric: "one"'
    )
