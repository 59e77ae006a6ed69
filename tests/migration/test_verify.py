"""`ferry verify`: rows of two servers compared, to the key and the column."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ferry.mappings import Mappings
from ferry.migrate.sides import Side, Sides
from ferry.migrate.verify import comparing, scans
from ferry.migrate.verify.comparing import MOST_KEYS, Kind, Settled, Verdict
from ferry.migrate.verify.expressions import Form
from ferry.migrate.verify.proving import Proving
from ferry.migrate.verify.sessions import Sessions
from ferry.migrate.verify.verify import Nobody, chosen, look, verify
from ferry.migrate.watching.tables import TableRow
from ferry.postgres import PostgresError, Server, connect, sql
from harness.postgres import SUPERUSER
from tests.migration.databases import Database, Pair, as_soon_as
from tests.migration.deployed import PASSWORD, marker
from tests.migration.test_start import ORDERS
from tests.unit.ferry.migrate.tasks import mappings, selects, task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferry.migrate.verify.comparing import Compared, Suspect
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.verify import Result, Scope
    from tests.migration.deployed import Deployed

TABLES = (
    "create extension citext",
    "create schema ext",
    "create extension hstore with schema ext",
    "create type mood as enum ('sad', 'happy')",
    "create type pair as (a int, m mood)",
    "create type span as range (subtype = float8)",
    "create domain positive as numeric check (value > 0)",
    "create collation any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    """create table items (
        id int primary key, "t" text, "%s {} ""x\" int, small numeric(10, 2), any_scale numeric,
        positive positive, real float4, double float8, mood mood, moods mood[], pair pair,
        span span, days daterange, json json, jsonb jsonb, xml xml, four char(4), blanks bpchar,
        loose text collate any_case, length interval, map ext.hstore, ci citext, bytes bytea,
        at timestamptz, money money, bits bit(3), point point, words tsvector, regclass regclass,
        doubled int generated always as (id * 2) stored)""",
    """insert into items
       select n, 't', n, 1.5, 1.5, 2.5, 0.1, n / 3.0, 'sad', '{sad,happy}', row(n, 'sad')::pair,
         '[1.5,2.5)', '[2024-01-01,2024-02-01)', '{"a":  1}', '{"a": 1.0}', '<a/>', 'ab', 'ab ',
         'Loose', '1 day', 'a=>1', 'Ci', '\\xdead', '2024-02-29 12:34:56+02', 12.5, b'101',
         '(1,2)', 'a:1 b', 'pg_class'
       from generate_series(-300, 700) n""",
    'create table texts (code text collate "C" primary key, v int)',
    """insert into texts
       select 'k-' || n || case when n % 2 = 0 then 'A' else 'a' end, n from generate_series(1, 1000) n""",
    "create table composite (mood mood, ci citext, at date, v int, primary key (ci, mood))",
    "insert into composite select 'sad', 'Ci' || n, '2024-01-01', 1 from generate_series(1, 500) n",
    "create table keyless (a int, b text)",
    "insert into keyless select n % 10, 'x' from generate_series(1, 100) n",
    "create table far (id bigint primary key, v text)",
    "insert into far values (-9223372036854775808, 'a'), (0, 'a'), (9223372036854775807, 'a')",
    "create table unique_alone (a int, b uuid not null unique, c int unique)",
    "insert into unique_alone select n, md5(n::text)::uuid, n from generate_series(1, 50) n",
    "create table empty (id int primary key)",
)  # fmt: skip
PARTITIONED = (
    "create table parts (id int, at date, v text, primary key (id, at)) partition by range (at)"
)
PARTS = "insert into parts select n, date '2024-01-01' + n, 'v' from generate_series(1, 400) n"


def server(database: Database, side: str) -> Server:
    return Server(
        side=side,
        host="127.0.0.1",
        port=database.server.port,
        database=database.name,
        username=SUPERUSER,
        password=database.server.password,
        ssl_mode="none",
    )


def sides(pair: Pair) -> Sides:
    return Sides(
        source=Side(server=server(pair.source, "the source"), dms_user="dms"),
        target=Side(server=server(pair.target, "Aurora"), dms_user="ferry_admin"),
    )


def seen(pair: Pair, status: str = "ready") -> Scope:
    """What there is to compare where a task carries schema public."""
    return look("app", sides(pair), [task(status=status)])


def _carries_markers(pair: Pair, ended: threading.Event, names: tuple[str, ...]) -> None:
    """All that a task does of which the rows under test need nothing: markers arrive."""
    while not ended.is_set():
        for name in names:
            found = pair.source.rows(f'select id, at::text from ferry."{name}"')
            for key, at in found:
                pair.target.run(
                    f"insert into ferry.\"{name}\" values ({key}, '{at}') on conflict do nothing"
                )
        ended.wait(0.01)


@contextmanager
def arriving(pair: Pair, *names: str) -> Iterator[None]:
    """Have markers arrive for as long."""
    ended = threading.Event()
    thread = threading.Thread(target=_carries_markers, args=(pair, ended, names))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def at_rest(_scope: Scope, _plan: Plan) -> None:
    """No change is on its way."""


def results(pair: Pair, *, most_keys: int = MOST_KEYS, values_of: int = 0) -> dict[str, Result]:
    """What each table came to, by its name."""
    found = verify([seen(pair)], settling=at_rest, most_keys=most_keys, values_of=values_of)
    return {str(it.table): it for it in found}


def compared(result: Result) -> Compared:
    assert result.compared is not None, result.why
    return result.compared


def test_equal_rows_are_the_same_on_servers_of_different_oids(pair: Pair) -> None:
    pair.target.run("create type first_here as enum ('a')", "drop type first_here")
    pair.on_both(*TABLES, PARTITIONED)
    pair.source.run("create table parts_all partition of parts default", PARTS)
    pair.target.run(
        "create table parts_1 partition of parts for values from ('2024-01-01') to ('2024-06-01')",
        "create table parts_all partition of parts default",
        PARTS,
    )
    oid = "select 'mood'::regtype::oid::int"

    found = results(pair)

    assert pair.source.value(oid) != pair.target.value(oid)
    assert {name: (it.verdict, compared(it).rows) for name, it in found.items()} == {
        f"public.{name}": (Verdict.SAME, (rows, rows))
        for name, rows in (
            ("composite", 500),
            ("empty", 0),
            ("far", 3),
            ("items", 1001),
            ("keyless", 100),
            ("parts", 400),
            ("texts", 1000),
            ("unique_alone", 50),
        )
    }
    assert all(compared(it).hashes[0] == compared(it).hashes[1] for it in found.values())
    assert not compared(found["public.keyless"]).has_key


PLANTED = (
    ("update items set any_scale = 1.50 where id = -300", "items", "-300", "any_scale"),
    ("update items set double = '-0' where id = 0", "items", "0", "double"),
    ("update items set double = double + 1e-16 where id = 1", "items", "1", "double"),
    ("update items set moods = '{{sad,happy}}' where id = 2", "items", "2", "moods"),
    ("update items set jsonb = '{\"a\": 1.00}' where id = 3", "items", "3", "jsonb"),
    ("update items set blanks = 'ab' where id = 4", "items", "4", "blanks"),
    ("update items set loose = 'loose' where id = 5", "items", "5", "loose"),
    ("update items set ci = 'ci' where id = 6", "items", "6", "ci"),
    ("update items set length = '24 hours' where id = 7", "items", "7", "length"),
    ("update items set bytes = '\\xdeac' where id = 255", "items", "255", "bytes"),
    ("update items set at = at + interval '1 us' where id = 256", "items", "256", "at"),
    ('update items set "t" = null, "%s {} ""x" = 0 where id = 700', "items", "700", 't,%s {} "x'),
    ("update composite set v = 2 where ci = 'ci7'", "composite", "Ci7,sad", "v"),
    ("update texts set v = 0 where code = 'k-10A'", "texts", "k-10A", "v"),
    ("update far set v = 'b' where id > 0", "far", "9223372036854775807", "v"),
    ("update far set v = 'b' where id < 0", "far", "-9223372036854775808", "v"),
    ("update unique_alone set a = 0 where c = 3", "unique_alone",
     "eccbc87e-4b5c-e2fe-2830-8fd9f2a7baf3", "a"),
)  # fmt: skip


def test_what_differs_is_told_by_key_and_column_whatever_the_type(pair: Pair) -> None:
    pair.on_both(*TABLES)
    pair.target.run(*(statement for statement, *_ in PLANTED))

    found = results(pair)

    assert sorted(
        (name.removeprefix("public."), ",".join(it.key), ",".join(it.columns))
        for name, result in found.items()
        for it in compared(result).found
    ) == sorted((table, key, columns) for _, table, key, columns in PLANTED)
    assert {it.kind for result in found.values() for it in compared(result).found} == {
        Kind.DIFFERENT
    }


def test_values_that_rows_of_a_bucket_have_swapped_are_told(pair: Pair) -> None:
    """No sum over the columns, and none over the rows, sees that."""
    pair.on_both(
        "create table swapped (id int primary key, a int, b text)",
        "insert into swapped values (1, 1, 'x'), (2, 2, 'y'), (3, 3, null)",
    )
    pair.target.run(
        "update swapped set a = 3 - a where id < 3",
        "update swapped set b = case id when 2 then null else 'y' end where id > 1",
    )

    found = compared(results(pair)["public.swapped"])

    assert [(it.key, it.columns) for it in found.found] == [
        (("1",), ("a",)),
        (("2",), ("a", "b")),
        (("3",), ("b",)),
    ]


def test_a_row_of_one_side_is_missing_or_extra_and_a_key_in_another_case_is_both(
    pair: Pair,
) -> None:
    pair.on_both(*TABLES)
    pair.target.run(
        "delete from items where id = 17",
        "insert into items (id) values (5000)",
        "update texts set code = 'k-8a' where code = 'k-8A'",
    )

    found = results(pair)

    assert compared(found["public.items"]).counts == {Kind.MISSING: 1, Kind.EXTRA: 1}
    assert {(it.key, it.kind) for it in compared(found["public.texts"]).found} == {
        (("k-8A",), Kind.MISSING),
        (("k-8a",), Kind.EXTRA),
    }


def test_a_table_without_a_key_is_told_by_how_often_each_row_is_there(pair: Pair) -> None:
    pair.on_both(*TABLES)
    pair.target.run(
        "insert into keyless values (3, 'x')",
        "update keyless set b = 'y' where a = 5",
    )

    found = results(pair, values_of=10)["public.keyless"]

    assert compared(found).counts == {Kind.COUNT: 1, Kind.MISSING: 10, Kind.EXTRA: 10}
    assert sorted((it.times, it.values["a"], it.values["b"]) for it in compared(found).found) == [
        ((0, 10), (None, "5"), (None, "y")),
        ((10, 0), ("5", None), ("x", None)),
        ((10, 11), ("3", "3"), ("x", "x")),
    ]


def test_keys_are_kept_up_to_a_number_and_rows_are_counted_on(pair: Pair) -> None:
    pair.on_both(*TABLES)
    pair.target.run("update texts set v = v + 1", "delete from texts where v < 12")

    found = compared(results(pair, most_keys=7, values_of=2)["public.texts"])

    assert found.counts == {Kind.DIFFERENT: 990, Kind.MISSING: 10}
    assert len(found.found) == 7
    assert sum(bool(it.values) for it in found.found) == 2
    assert found.is_exact


def test_more_rows_than_are_looked_at_are_said_to_be_more(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.on_both(*TABLES)
    pair.target.run("update texts set v = v + 1")
    monkeypatch.setattr(comparing, "_SLICE", 100)

    in_slices = compared(results(pair)["public.texts"])
    monkeypatch.setattr(comparing, "_SLICES", 2)
    in_part = compared(results(pair)["public.texts"])

    assert (in_slices.counts, in_slices.is_exact) == ({Kind.DIFFERENT: 1000}, True)
    assert (in_part.counts, in_part.is_exact) == ({Kind.DIFFERENT: 200}, False)


def test_values_are_read_of_the_rows_that_are_asked_for(pair: Pair) -> None:
    pair.on_both(*TABLES)
    pair.target.run(
        "update items set blanks = 'ab', double = null, pair = row(null, null) where id = 4"
    )

    (found,) = compared(results(pair, values_of=1)["public.items"]).found

    assert found.values == {
        "double": ("1.3333333333333333", None),
        "pair": ("(4,sad)", "(,)"),
        "blanks": ("ab ", "ab"),
    }


def test_keys_that_the_other_side_has_no_room_for_are_missing(pair: Pair) -> None:
    pair.source.run('create table a ("value 0" bigint primary key, v int)')
    pair.target.run('create table a ("value 0" int primary key, v int)')
    pair.source.run("insert into a values (3000000000, 1), (1, 1)")
    pair.target.run("insert into a values (1, 2)")

    found = compared(results(pair, values_of=2)["public.a"])

    assert [(it.key, it.kind) for it in found.found] == [
        (("1",), Kind.DIFFERENT),
        (("3000000000",), Kind.MISSING),
    ]


def test_numerics_that_aurora_pads_are_the_same(pair: Pair) -> None:
    pair.source.run("create table a (id numeric(5, 1) primary key, v numeric(10, 2), w numeric)")
    pair.target.run(
        "create table a (id numeric(6, 2) primary key, v numeric(12, 4), w numeric(9, 3))"
    )
    pair.on_both("insert into a values (1, 1.5, 1.5), (2, 2.5, 'NaN'), (3, 3, -3)")
    pair.target.run("update a set v = 2.4999 where id = 2", "update a set w = 3 where id = 3")

    found = compared(results(pair)["public.a"])

    assert [(it.key, it.columns) for it in found.found] == [(("2",), ("v",)), (("3",), ("w",))]


def test_xml_is_the_same_where_what_servers_send_of_it_is(pair: Pair) -> None:
    """A declaration of the default version is sent to nobody, so nobody can carry it."""
    pair.on_both("create table a (id int primary key, v xml)")
    pair.source.run(
        """insert into a values (1, '<?xml version="1.0" encoding="UTF-8"?><a/>'),
             (2, '<?xml version="1.0"?><a/>'), (3, '<?xml version="1.0" standalone="yes"?><a/>')"""
    )
    for key, value in pair.source.rows("select id, v from a"):
        pair.target.run(f"insert into a values ({key}, '{value}')")

    same = compared(results(pair)["public.a"])
    pair.target.run("update a set v = '<a/>' where id = 3", "update a set v = '<a />' where id = 1")
    unlike = compared(results(pair)["public.a"])

    assert same.verdict is Verdict.SAME
    assert [it.key for it in unlike.found] == [("1",), ("3",)]


@pytest.mark.parametrize("rows", [1, 2000])
@pytest.mark.parametrize("side", ["source", "target"])
def test_rows_that_a_damaged_index_let_in_are_never_the_same(
    pair: Pair, side: str, rows: int
) -> None:
    """Of few rows all are read; of many the index is asked, which does not have them all."""
    pair.on_both(
        "create table a (id int primary key, v int)",
        f"insert into a select n, 1 from generate_series(1, {rows}) n",
    )
    ready = "update pg_index set indisready = {} where indexrelid = 'a_pkey'::regclass"
    one: Database = getattr(pair, side)
    one.run(ready.format("false"), "insert into a values (1, 1)", ready.format("true"))

    found = results(pair)["public.a"]

    assert found.verdict is Verdict.NOT_VERIFIED
    where = {"source": "at the source", "target": "in Aurora"}[side]
    assert f"1 of the rows looked at {where} have the key of another row there" in found.why
    assert "REINDEX" in found.why


def test_what_is_unlike_is_handed_to_what_settles_it(pair: Pair) -> None:
    pair.on_both(*TABLES)
    pair.target.run("update texts set v = 0 where v <= 3")
    handed: list[Suspect] = []

    def settle(_sessions: Sessions, _plan: Plan, suspects: Sequence[Suspect]) -> Settled:
        handed.extend(suspects)
        return Settled(
            proved=tuple(suspects[:1]), moving=tuple(suspects[1:2]), why="One still moves."
        )

    def settling(_scope: Scope, _plan: Plan) -> Callable[..., Settled]:
        return settle

    found = {str(it.table): it for it in verify([seen(pair)], settling=settling)}

    assert [it.key for it in handed] == [("k-1a",), ("k-2A",), ("k-3a",)]
    texts = compared(found["public.texts"])
    assert (texts.counts, texts.moving, texts.why) == ({Kind.DIFFERENT: 1}, 1, "One still moves.")
    assert found["public.items"].verdict is Verdict.SAME


def test_columns_of_one_side_and_of_other_types_are_said_and_the_rest_is_compared(
    pair: Pair,
) -> None:
    pair.source.run("create table a (id int primary key, here int, n int, wide int, v varchar(9))")
    pair.target.run("create table a (id int primary key, there int, n text, wide bigint, v text)")
    pair.source.run("insert into a values (1, 1, 1, 1, 'x')")
    pair.target.run("insert into a values (1, 1, '1', 1, 'x')")

    found = results(pair)["public.a"]

    assert found.verdict is Verdict.IN_PART
    assert [(it.column, it.why) for it in compared(found).left_out] == [
        ("here", "Aurora has no such column"),
        ("n", "it is integer at the source and text in Aurora"),
        ("there", "the source has no such column"),
    ]
    pair.target.run("update a set wide = 2")
    assert results(pair)["public.a"].verdict is Verdict.DIFFERENT


def test_a_table_that_cannot_be_read_does_not_stop_the_others(pair: Pair) -> None:
    pair.on_both(*TABLES)
    scope = seen(pair)
    pair.target.run("drop table far")

    found = {str(it.table): it for it in verify([scope], settling=at_rest)}

    assert found["public.far"].verdict is Verdict.NOT_VERIFIED
    assert (
        found["public.far"].why
        == "public.far is gone in Aurora since the run began; run this again."
    )
    assert {it.verdict for name, it in found.items() if name != "public.far"} == {Verdict.SAME}


def test_a_connection_that_broke_is_made_anew_for_the_next_table(pair: Pair) -> None:
    pair.on_both(*TABLES)

    class Breaks(Nobody):
        def begins(self, plan: Plan) -> None:
            if plan.name.table == "far":
                pair.target.run(
                    "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
                    "where application_name = 'ferry' and datname = current_database()"
                )

    found = {str(it.table): it for it in verify([seen(pair)], settling=at_rest, listener=Breaks())}

    assert found["public.far"].verdict is Verdict.NOT_VERIFIED
    assert {it.verdict for name, it in found.items() if name != "public.far"} == {Verdict.SAME}


def test_a_server_that_is_gone_is_tried_once(pair: Pair) -> None:
    pair.on_both(*TABLES)
    scope = seen(pair)
    target = replace(scope.sides.target.server, port=1)
    gone = replace(scope.sides, target=replace(scope.sides.target, server=target))

    found = list(verify([replace(scope, sides=gone)], settling=at_rest))

    assert len(found) == 7
    assert {it.verdict for it in found} == {Verdict.NOT_VERIFIED}
    assert all("Aurora" in it.why for it in found)


def test_a_database_out_of_reach_is_a_result_of_its_own(pair: Pair) -> None:
    pair.on_both(*TABLES)
    both = sides(pair)
    nowhere = Sides(source=both.source, target=both.source)

    (found,) = verify([look("app", nowhere, [task()])], settling=at_rest)

    assert found.table is None
    assert found.verdict is Verdict.NOT_VERIFIED
    assert "are one and the same database" in found.why


@pytest.fixture
def limited(pair: Pair) -> Iterator[Sides]:
    """Both sides, where the source's operator is a role without rights."""
    pair.source.run(f"create role limited login password '{PASSWORD}'")
    usual = sides(pair)
    yield replace(
        usual,
        source=replace(
            usual.source,
            server=replace(usual.source.server, username="limited", password=PASSWORD),
        ),
    )
    pair.source.run("drop owned by limited", "drop role limited")


def test_what_the_operator_may_not_read_is_not_called_the_same(pair: Pair, limited: Sides) -> None:
    pair.on_both(
        *(
            f"create table {name} (id int primary key, v text, secret text)"
            for name in ("columns_of", "secured", "denied")
        )
    )
    pair.source.run(
        "grant select (id, v) on columns_of to limited",
        "grant select on secured to limited",
        "alter table secured enable row level security",
        "create policy positive on secured using (id > 0)",
    )

    found = {str(it.table): it for it in verify([look("app", limited, [task()])], settling=at_rest)}

    assert {name: it.verdict for name, it in found.items()} == {
        "public.columns_of": Verdict.IN_PART,
        "public.denied": Verdict.NOT_VERIFIED,
        "public.secured": Verdict.NOT_VERIFIED,
    }
    assert [(it.column, it.why) for it in compared(found["public.columns_of"]).left_out] == [
        ("secret", "the source's operator has no SELECT on it")
    ]
    assert "permission denied for table denied" in found["public.denied"].why
    assert 'row-level security policy for table "secured"' in found["public.secured"].why


def test_only_the_rows_that_a_filter_lets_pass_are_compared(pair: Pair) -> None:
    table = 'create table items (id int primary key, "100%s" text)'
    pair.on_both(table, "insert into items select n, n from generate_series(1, 300) n")
    pair.source.run("delete from items where id > 250")
    rule = {
        "rule-id": "1",
        "rule-name": "1",
        **selects("include", "public", "items"),
        "filters": [
            {
                "filter-type": "source",
                "column-name": "id",
                "filter-conditions": [{"filter-operator": "ste", "value": "200"}],
            }
        ],
    }
    some = task(mappings=Mappings.parse(json.dumps({"rules": [rule]})))

    (found,) = verify([look("app", sides(pair), [some])], settling=at_rest)
    pair.target.run("update items set \"100%s\" = '' where id in (200, 201)")
    (differs,) = verify([look("app", sides(pair), [some])], settling=at_rest)

    assert (found.verdict, compared(found).rows) == (Verdict.SAME, (200, 200))
    assert [it.key for it in compared(differs).found] == [("200",)]


def test_rows_that_a_filter_leaves_out_on_one_side_alone_are_told_from_those_that_are_not_there(
    pair: Pair,
) -> None:
    """By a key's column too, and one that is called as ferry's own list of keys calls its."""
    pair.on_both(
        'create table items (id int, "value 0" int, v int, primary key (id, "value 0"))',
        "insert into items select n, n, n from generate_series(1, 300) n",
    )
    filters = [
        {
            "filter-type": "source",
            "column-name": column,
            "filter-conditions": [{"filter-operator": "ste", "value": "200"}],
        }
        for column in ("value 0", "v")
    ]
    some = task(mappings=mappings(selects("include", "public", "items", filters=filters)))
    pair.source.run("update items set v = 999 where id = 5", "delete from items where id = 6")
    pair.target.run("update items set v = 999 where id = 7", "update items set v = 0 where id = 8")

    (found,) = verify([look("app", sides(pair), [some])], settling=at_rest, values_of=9)

    assert {(it.key, it.kind, it.is_outside) for it in compared(found).found} == {
        (("5", "5"), Kind.EXTRA, True),
        (("6", "6"), Kind.EXTRA, False),
        (("7", "7"), Kind.MISSING, True),
        (("8", "8"), Kind.DIFFERENT, False),
    }
    assert compared(found).outside == {Kind.EXTRA: 1, Kind.MISSING: 1}


def test_a_large_object_that_was_cut_is_told_from_one_that_differs(pair: Pair) -> None:
    pair.on_both(
        "create table items (id int primary key, body text, doc bytea, more varchar, note text)",
        "insert into items select n, repeat('süß', 2000), repeat('ab', 1000)::bytea, 'x', 'y' "
        "from generate_series(1, 5) n",
    )
    pair.target.run(
        "update items set body = left(body, 512), note = 'other' where id = 1",
        "update items set doc = substr(doc, 1, 1024) where id = 2",
        "update items set body = left(body, 600) || 'else', more = '' where id = 3",
    )

    assert compared(results(pair)["public.items"]).cut == ("body", "doc")
    pair.target.run("update items set body = left(body, 3) where id in (1, 2)")
    assert compared(results(pair)["public.items"]).cut == ("doc",)


def test_a_few_keys_far_from_all_others_do_not_cost_a_scan(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.on_both(
        "create table t (id bigint primary key, v int)",
        "insert into t select n, n from generate_series(1, 60000) n",
        "insert into t values (-9000000000000000000, 0), (1000000000000, 0)",
        "analyze t",
    )
    pair.target.run("update t set v = -1 where id in (7, 1000000000000)")
    looked: list[tuple[int | None, bool]] = []
    made = scans.Reading.hashes

    def hashes(
        reading: scans.Reading, cut: scans.Buckets, wanted: Sequence[int], *, by_index: bool
    ) -> sql.Composed:
        looked.append((cut.shift, by_index))
        return made(reading, cut, wanted, by_index=by_index)

    monkeypatch.setattr(scans.Reading, "hashes", hashes)

    found = compared(results(pair)["public.t"])

    assert [it.key for it in found.found] == [("1000000000000",), ("7",)]
    assert looked == [(scans.LEAST_SHIFT, True)] * 2


def test_a_table_that_aurora_lacks_is_said(pair: Pair) -> None:
    pair.source.run("create table only_here (a int)")

    (found,) = verify([seen(pair)], settling=at_rest)

    assert (str(found.table), found.why) == (
        "public.only_here",
        "Aurora has no table public.only_here.",
    )


def test_no_function_of_the_databases_own_runs(pair: Pair) -> None:
    pair.on_both(
        "create type mood as enum ('sad', 'happy')",
        "create type span as range (subtype = float8)",
        "create table items (id mood, span span, moods mood[], primary key (id))",
        "insert into items values ('sad', '[1,2)', '{sad}'), ('happy', '[1,3)', '{happy}')",
    )
    pair.target.run("update items set span = '[1,4)', moods = '{sad,sad}' where id = 'happy'")
    fails = "language plpgsql immutable as $$ begin raise 'it ran'; end $$"
    pair.on_both(
        *(
            statement
            for number, type_ in enumerate(("mood", "span", "mood[]"))
            for statement in (
                f"create function f{number}({type_}) returns text {fails}",
                f"create cast ({type_} as text) with function f{number}({type_})",
            )
        ),
        f"create function same(mood, mood) returns bool {fails}",
        "create operator = (leftarg = mood, rightarg = mood, function = same)",
    )

    (found,) = compared(results(pair, values_of=1)["public.items"]).found

    assert (found.key, found.columns) == (("happy",), ("span", "moods"))


def test_types_that_are_called_as_postgresqls_own_are_not_taken_for_these(pair: Pair) -> None:
    """What ferry does with these would run a cast that somebody made."""
    fails = "language plpgsql immutable as $$ begin raise 'it ran'; end $$"
    pair.on_both(
        *(f"create type public.{name} as range (subtype = date)" for name in ("int8", "float8")),
        *(f"create type public.{name} as enum ('a', 'b')" for name in ("int4", "text")),
        "create table a (id public.int4 primary key, n public.int8, v public.text)",
        "insert into a values ('a', '[2024-01-01,)', 'a'), ('b', 'empty', 'a')",
        "create table b (id public.text primary key, n public.float8)",
        "insert into b values ('a', '[2024-01-01,)'), ('b', 'empty')",
    )
    pair.target.run("update a set n = '(,)' where id = 'b'", "update b set n = null where id = 'b'")
    pair.on_both(
        *(
            statement
            for name, to, how in (
                ("int8", "int8", ""),
                ("float8", "int4", "as implicit"),
                ("int4", "int8", ""),
                ("text", "text", "as implicit"),
            )
            for statement in (
                f"create function of_{name}(public.{name}) returns pg_catalog.{to} {fails}",
                (
                    f"create cast (public.{name} as pg_catalog.{to}) "
                    f"with function of_{name}(public.{name}) {how}"
                ),
            )
        ),
    )
    rule = {"rule-id": "1", "rule-name": "1", **selects("include", "public", "%")}
    of_a = {
        "filter-type": "source",
        "column-name": "v",
        "filter-conditions": [{"filter-operator": "eq", "value": "a"}],
    }
    filtered = rule | selects("include", "public", "a", filters=[of_a])
    one, other = (
        task(mappings=Mappings.parse(json.dumps({"rules": [it]}))) for it in (filtered, rule)
    )

    for each in (one, other):
        for found in verify([look("app", sides(pair), [each])], settling=at_rest, values_of=1):
            assert [(it.key, it.columns) for it in compared(found).found] == [(("b",), ("n",))]


@pytest.mark.parametrize(
    ("form", "patched", "instead"),
    [
        (Form.TEXT, "asking.CONSTANT", sql.SQL("select pg_postmaster_start_time()")),
        (Form.OLD_TEXT, "asking.Form.of", lambda *_, **__: Form.OLD_TEXT),
    ],
)
def test_a_table_is_hashed_as_text_where_servers_do_not_agree(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, form: Form, patched: str, instead: object
) -> None:
    pair.on_both(*TABLES)
    pair.target.run(*(statement for statement, *_ in PLANTED))
    monkeypatch.setattr(f"ferry.migrate.verify.{patched}", instead)

    scope = seen(pair)

    assert {plan.source.form for plan in scope.plans} == {form}
    found = [it for result in verify([scope], settling=at_rest) for it in compared(result).found]
    assert sorted(",".join(it.columns) for it in found) == sorted(
        columns for *_, columns in PLANTED
    )


@pytest.fixture
def recoded(pair: Pair) -> Iterator[Pair]:
    """Two databases, the target's of LATIN1."""
    name, server = "latin 1", Database(server=pair.target.server, name=SUPERUSER)
    server.run(f"create database \"{name}\" encoding 'LATIN1' template template0 locale 'C'")
    yield Pair(source=pair.source, target=Database(server=pair.target.server, name=name))
    server.run(f'drop database "{name}" with (force)')


def test_rows_of_databases_of_two_encodings_are_the_same(recoded: Pair) -> None:
    recoded.on_both(
        "set client_encoding to 'UTF8'",
        "create type mood as enum ('süß')",
        """create table items
           (k varchar(9) primary key, e mood, es mood[], c char(4), n name, j jsonb)""",
        """insert into items values
           ('ä', 'süß', '{süß}', 'ö', 'ü', '"ß"'), ('a', null, null, '', '', null)""",
    )

    (same,) = verify([seen(recoded)], settling=at_rest)
    recoded.target.run("update items set c = 'o', n = 'u' where c <> ''")
    (differs,) = verify([seen(recoded)], settling=at_rest)

    assert compared(same).found == ()
    assert [(it.key, it.columns) for it in compared(differs).found] == [(("ä",), ("c", "n"))]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_key_that_the_other_sides_encoding_cannot_write_is_missing_there(
    recoded: Pair, *, is_reversed: bool
) -> None:
    pair = Pair(source=recoded.target, target=recoded.source) if is_reversed else recoded
    pair.on_both(
        "create schema ferry",
        marker(),
        "create table items (k text primary key, v int)",
        "insert into items select 'k' || n, n from generate_series(1, 99) n",
    )
    recoded.source.run("insert into items select 'Ω' || n, n from generate_series(1, 9) n")
    pair.target.run("update items set v = 0 where k = 'k7'")
    running = task(status="running")
    proving = Proving(
        tasks=lambda: [running],
        statistics=lambda _task, name: TableRow(name=name, state="Table completed"),
    )

    (at_once,) = verify([seen(pair)], settling=at_rest, values_of=20)
    with arriving(pair, "fence_all"):
        (proved,) = verify(
            chosen([look("app", sides(pair), [running])], ["public.items"]), settling=proving
        )

    counts = {Kind.EXTRA if is_reversed else Kind.MISSING: 9, Kind.DIFFERENT: 1}
    assert compared(at_once).counts == compared(proved).counts == counts
    assert {it.key[0][0] for it in compared(at_once).found} == {"Ω", "k"}


def test_a_table_of_as_many_columns_as_postgresql_allows_is_compared(pair: Pair) -> None:
    """1,600, of a type that takes two entries of a record, which has room for 1,664."""
    names = ", ".join(f"c{n} real" for n in range(1599))
    pair.on_both(
        f"create table wide (id int primary key, {names})", "insert into wide values (1), (2)"
    )
    pair.target.run("update wide set c0 = 0, c1598 = 1 where id = 2")

    found = compared(results(pair)["public.wide"])

    assert [(it.key, it.columns) for it in found.found] == [(("2",), ("c0", "c1598"))]


def test_one_side_that_fails_or_a_user_who_has_enough_ends_both(pair: Pair) -> None:
    slow, quick, wrong = (
        sql.SQL(each).format() for each in ("select pg_sleep(600)", "select 1", "select 1 / 0")
    )
    sleeping = (
        "select 1 from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'"
    )
    both = sides(pair)
    with (
        connect(both.source.server, purpose="look") as source,
        connect(both.target.server, purpose="look") as target,
    ):
        sessions = Sessions(source=source, target=target)
        began = time.monotonic()
        for here, there in ((slow, wrong), (wrong, slow)):
            with pytest.raises(PostgresError, match="division by zero"):
                sessions.both(here, there, seconds=600)
            assert source.rows("select 1") == target.rows("select 1") == [(1,)]
        for at, here, there in ((pair.source, slow, quick), (pair.target, quick, slow)):
            interrupted = as_soon_as(
                lambda at=at: at.rows(sleeping) != [],  # type: ignore[misc]
                lambda: os.kill(os.getpid(), signal.SIGINT),
            )
            with pytest.raises(KeyboardInterrupt):
                sessions.both(here, there, seconds=600)
            interrupted.join()
        assert time.monotonic() - began < 600


class Slow(ThreadPoolExecutor):
    """Is late to say that it has begun: what it was given may have ended by then."""

    def submit(self, *what: Any, **more: Any) -> Future[Any]:  # noqa: ANN401
        begun: Future[Any] = super().submit(*what, **more)
        wait([begun], timeout=1)
        return begun


def test_one_side_that_fails_at_once_ends_both(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ferry.migrate.verify.sessions.ThreadPoolExecutor", Slow)
    slow, wrong = (sql.SQL(each).format() for each in ("select pg_sleep(600)", "select 1 / 0"))
    both = sides(pair)
    with (
        connect(both.source.server, purpose="look") as source,
        connect(both.target.server, purpose="look") as target,
        pytest.raises(PostgresError, match="division by zero"),
    ):
        Sessions(source=source, target=target).both(slow, wrong, seconds=600)


def test_verify_is_typed_and_says_what_is_the_same_and_what_to_do_about_the_rest(
    deployed: Deployed,
) -> None:
    deployed.make()
    deployed.prepare(ORDERS, "insert into orders values (1, 'canary-value'), (2, 'canary-value')")

    same = deployed.reached("verify", "dev")

    assert same.exit_code == 0
    assert "  public.orders: same; 2 rows on both sides, hash " in same.stdout
    assert same.stdout.splitlines()[-2:] == ["dev: 1 same", "Next: ferry status dev"]

    deployed.pair.target.run("update orders set what = 'canary-other' where id = 2")
    differs = deployed.reached("verify", "dev", "--table", "public.orders")
    with_keys = deployed.reached("verify", "dev", "--keys")
    programs = deployed.reached("verify", "dev", "--json")
    programs_keys = deployed.reached("verify", "dev", "--json", "--keys")

    assert [it.exit_code for it in (differs, with_keys, programs, programs_keys)] == [4] * 4
    assert (
        "  public.orders: different; 1 different in what; 2 rows on both sides, scanned"
        in differs.stdout
    )
    assert differs.stdout.splitlines()[-1] == (
        "Next: the task all is ready; DMS loads tables again of a task that runs. Start it: "
        "ferry start dev --task all"
    )
    assert "      (2) different: what" in with_keys.stdout
    (told,) = json.loads(programs.stdout)["tables"]
    assert (told["differences"], told["columns"]) == ({"different": 1}, {"what": 1})
    assert "keys" not in told
    (told,) = json.loads(programs_keys.stdout)["tables"]
    assert told["keys"] == [{"key": ["2"], "kind": "different", "columns": ["what"]}]
    assert not any("canary" in it.output for it in (differs, with_keys, programs, programs_keys))
    assert PASSWORD not in differs.output

    unknown = deployed.reached("verify", "dev", "--table", "public.none")
    assert unknown.exit_code == 2
    assert "No task carries a table public.none" in unknown.stderr


def test_a_terminal_shows_values_of_a_table_that_is_named_and_nothing_else_does(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.make()
    deployed.prepare(ORDERS, "insert into orders values (1, 'canary')")
    deployed.pair.target.run("update orders set what = 'other canary'")
    monkeypatch.setattr("ferry.cli.verify.is_seen", lambda: True)

    named = deployed.reached("verify", "dev", "--table", "public.orders")
    all_tables = deployed.reached("verify", "dev", "--keys")
    programs = deployed.reached("verify", "dev", "--table", "public.orders", "--json", "--keys")

    assert "      (1) different" in named.stdout.splitlines()
    assert (
        "        what: 'canary' at the source, 'other canary' in Aurora"
        in named.stdout.splitlines()
    )
    assert "canary" not in all_tables.output + programs.output


def test_a_difference_is_proved_while_a_task_runs_and_not_once_it_has_stopped(
    deployed: Deployed,
) -> None:
    deployed.make()
    deployed.prepare(ORDERS)
    deployed.pair.source.run("insert into orders values (1, 'a')", "grant select on orders to dms")
    assert deployed.reached("start", "dev").exit_code == 0
    assert deployed.reached("watch", "dev", "--every", "0.3").exit_code == 0
    assert deployed.reached("verify", "dev").exit_code == 0
    deployed.pair.target.run("update orders set what = 'b'")

    running = deployed.reached("verify", "dev")
    assert deployed.ferry("stop", "dev").exit_code == 0
    stopped = deployed.reached("verify", "dev")

    assert (running.exit_code, running.stdout.splitlines()[-1]) == (
        4,
        "Next: ferry reload dev public.orders",
    )
    assert (stopped.exit_code, stopped.stdout.splitlines()[-1]) == (3, "dev: 1 not proved")
    assert "The task all is stopped: what was written at the source since" in stopped.stdout


def test_functions_and_operators_of_one_name_are_told_apart(pair: Pair) -> None:
    pair.on_both(
        "create function f(int) returns int language sql as 'select 1'",
        "create function f(text) returns int language sql as 'select 1'",
        "create table named (id int primary key, f regproc, o regoper)",
        "create table by_name (f regproc primary key, v int)",
        "insert into by_name values ('f(int)'::regprocedure, 1), ('f(text)'::regprocedure, 2)",
        "create extension seg",
        "create table spans (id int primary key, span seg)",
        "insert into spans values (1, '1.0')",
    )
    row = "insert into named values (1, 'f({0})'::regprocedure, '+({0},{0})'::regoperator)"
    pair.source.run(row.format("int").replace("+(int,int)", "+(int4,int4)"))
    pair.target.run(
        "insert into named values (1, 'f(text)'::regprocedure, '+(int8,int8)'::regoperator)",
        "update by_name set v = 3 where f = 'f(text)'::regprocedure",
    )

    found = results(pair)

    assert [it.columns for it in compared(found["public.named"]).found] == [("f", "o")]
    assert [it.key for it in compared(found["public.by_name"]).found] == [("public.f(text)",)]
    assert found["public.spans"].verdict is Verdict.SAME
    assert found["public.spans"].written_alike == ("span",)
