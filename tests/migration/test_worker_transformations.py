"""Transformations: what arrives of columns that are masked, left out, of another type or key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.migration.databases import Worker
from tests.migration.test_worker import EXCEPTIONS, arrived, with_marker
from tests.migration.test_worker_rows import column, selecting

if TYPE_CHECKING:
    from tests.migration.databases import Pair

PEOPLE = "create table people (id integer primary key, passport varchar(70), n integer)"


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"rule-action": "data-masking-digits-mask", "value": "#"}, r"C#BGJ######K\n-"),
        ({"rule-action": "data-masking-digits-mask", "value": "\\"}, r"C\\BGJ\\{6}K\n-"),
        ({"rule-action": "data-masking-digits-randomize"}, r"C[0-9]BGJ[0-9]{6}K\n-"),
        ({"rule-action": "data-masking-hash-mask"}, r"[0-9A-F]{64}"),
    ],
)
def test_a_mask_hides_the_loaded_and_the_changed_alike(
    pair: Pair, action: dict[str, str], expected: str
) -> None:
    pair.on_both(*with_marker(PEOPLE))
    insert = "insert into people values ({}, E'C6BGJ566669K\\n-'), ({}, null), ({}, '')"
    pair.source.run(insert.format(1, 2, 3))
    with Worker(job=pair.job(rules=selecting(action | column("passport", "people")))) as worker:
        worker.wait_running()
        pair.source.run(insert.format(11, 12, 13), "update people set passport = passport, n = 5")
        arrived(pair)
        worker.stop()
    loaded, changed = (
        pair.target.rows(f"select passport from people where id {which} 10 order by id")
        for which in ("<", ">")
    )
    matches = f"select count(*) from people where passport ~ E'^({expected})$' and n = 5"
    assert pair.target.value(matches.replace("\\", "\\\\")) >= 2
    assert changed == loaded or action["rule-action"] == "data-masking-digits-randomize"
    assert loaded[1] == (None,)


def test_the_hash_is_the_one_of_dms_own_example(pair: Pair) -> None:
    pair.on_both(*with_marker(PEOPLE))
    insert = "insert into people values ({}, 'C6BGJ566669K')"
    pair.source.run(insert.format(1))
    mask = {"rule-action": "data-masking-hash-mask", **column("passport", "people")}
    with Worker(job=pair.job(rules=selecting(mask))) as worker:
        worker.wait_running()
        pair.source.run(insert.format(2))
        arrived(pair)
        worker.stop()
    assert (
        pair.target.rows("select passport from people")
        == [("7CB06784764C9030CCC41E25C15339FEB293FFE9B329A72B5FED564E99900C75",)] * 2
    )


def test_included_columns_are_carried_and_no_others(pair: Pair) -> None:
    pair.on_both(*with_marker(PEOPLE))
    insert = "insert into people values ({0}, 'secret', {0})"
    pair.source.run(insert.format(1), insert.format(2))
    included = [{"rule-action": "include-column", **column(name, "people")} for name in ("id", "n")]
    with Worker(job=pair.job(rules=selecting(*included))) as worker:
        worker.wait_running()
        pair.source.run(
            insert.format(3),
            "update people set n = 4 where id = 1",
            "delete from people where id = 2",
        )
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select * from people order by id") == [(1, None, 4), (3, None, 3)]


def test_another_type_and_key_are_those_of_a_table_that_is_made(pair: Pair) -> None:
    pair.on_both(*with_marker())
    pair.source.run(
        "create table made (a integer, n integer, s varchar(5))",
        "insert into made values (1, 2, 'x')",
    )
    types: dict[str, dict[str, Any]] = {
        "n": {"type": "numeric", "precision": 9, "scale": 2},
        "s": {"type": "string", "length": 20},
    }
    rules = selecting(
        *(
            {"rule-action": "change-data-type", "data-type": type_, **column(name, "made")}
            for name, type_ in types.items()
        ),
        {
            "rule-action": "define-primary-key",
            "rule-target": "table",
            "object-locator": {"schema-name": "public", "table-name": "made"},
            "primary-key-def": {"name": "made_key", "columns": ["a"]},
        },
    )
    with Worker(job=pair.job(rules=rules)) as worker:
        worker.wait_running()
        pair.source.run("insert into made values (2, 3, 'y')")
        arrived(pair)
        worker.stop()
    shown = (
        "select string_agg(format_type(atttypid, atttypmod), ', ' order by attnum) "
        "from pg_attribute where attrelid = 'made'::regclass and attnum > 0"
    )
    assert pair.target.value(shown) == "integer, numeric(9,2), character varying(20)"
    key = "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'made'::regclass"
    assert pair.target.rows(key) == [("PRIMARY KEY (a)",)]
    assert pair.target.value("select count(*) from made") == 2


def test_of_a_table_that_is_there_its_own_types_count(pair: Pair) -> None:
    pair.source.run(*with_marker("create table there (id integer primary key, n integer)"))
    pair.target.run(*with_marker("create table there (id integer primary key, n varchar(9))"))
    change = {"rule-action": "change-data-type", "data-type": {"type": "string", "length": 5}}
    pair.source.run("insert into there values (1, 10)")
    with Worker(job=pair.job(rules=selecting(change | column("n", "there")))) as worker:
        worker.wait_running()
        pair.source.run("insert into there values (2, 20)")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id, n from there order by id") == [(1, "10"), (2, "20")]
    assert pair.target.rows(EXCEPTIONS) == []


def adding(expression: str) -> dict[str, Any]:
    """A transformation that adds a column to the people."""
    return {
        "rule-action": "add-column",
        "rule-target": "column",
        "object-locator": {"schema-name": "public", "table-name": "people"},
        "value": "added",
        "expression": expression,
        "data-type": {"type": "string", "length": 50},
    }


@pytest.mark.parametrize("made", [True, False])
def test_an_added_column_holds_what_sqlite_makes_of_the_others(pair: Pair, made: bool) -> None:  # noqa: FBT001 - a table
    pair.source.run(*with_marker(PEOPLE))
    pair.target.run(*with_marker())
    if not made:
        pair.target.run(f"{PEOPLE[:-1]}, added varchar(50))")
    rows = "insert into people values ({}, 'It''s', 9), ({}, null, 10)"
    pair.source.run(rows.format(1, 2))
    expression = "coalesce($passport, $AR_M_SOURCE_TABLE_NAME) || '_' || iif($n < 10, $n + 1, 'x')"
    with Worker(job=pair.job(rules=selecting(adding(expression)))) as worker:
        worker.wait_running()
        pair.source.run(rows.format(3, 4), "update people set n = 1 where id = 2")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id, added from people order by id") == [
        (1, "It's_10"),
        (2, "people_2"),
        (3, "It's_10"),
        (4, "people_x"),
    ]
    assert pair.target.rows(EXCEPTIONS) == []


def test_an_added_column_keeps_its_value_where_an_update_does_not_tell_the_whole_row(
    pair: Pair,
) -> None:
    people = "create table people (id integer primary key, n integer, t text)"
    pair.source.run(*with_marker(people, "alter table people alter t set storage external"))
    pair.target.run(*with_marker(f"{people[:-1]}, added varchar(50))"))
    pair.source.run("insert into people values (1, 1, repeat('x', 5000))")
    with Worker(job=pair.job(rules=selecting(adding("length($t) + $n")))) as worker:
        worker.wait_running()
        pair.source.run("update people set n = 2")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select n, added from people") == [(2, "5001")]


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("operation_indicator('D', 'U', 'I')", "no such function: operation_indicator"),
        ("$nothing", "You did not supply a value for binding parameter :nothing."),
        ("$passport ||", "incomplete input"),
    ],
)
def test_what_sqlite_does_not_know_fails_the_task(pair: Pair, expression: str, why: str) -> None:
    pair.on_both(PEOPLE)
    with Worker(job=pair.job(rules=selecting(adding(expression)))) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert ended["message"] == f"the expression of public.people.added: {why}"


@pytest.mark.parametrize(
    "action",
    [
        {"rule-action": "change-data-type", "data-type": {"type": "string"}},
        {"rule-action": "data-masking-hash-mask"},
    ],
)
def test_large_objects_are_not_changed(pair: Pair, action: dict[str, Any]) -> None:
    pair.on_both("create table documents (id integer primary key, t text)")
    with Worker(job=pair.job(rules=selecting(action | column("t")))) as worker:
        ended = worker.end()
    assert ended["status"] == "failed"
    assert ended["message"] == (
        "a transformation of public.documents.t: DMS leaves out or renames large objects, and "
        "changes them no other way"
    )
