"""Every kind of value and name, loaded and changed; and how a changed row is found at the target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.migration.databases import EVERYTHING, Worker, eventually
from tests.migration.test_worker import EXCEPTIONS, FULL_LOB, SUSPENDED, arrived, with_marker

if TYPE_CHECKING:
    from tests.migration.databases import Pair

TYPES = (
    "create extension hstore",
    "create extension citext",
    """create type "mood [of: a.b] ""c" as enum ('it''s', 'a[b]:', 'Null', 'null')""",
    'create type "Pair" as (a integer, "B c" text)',
    "create domain cents as numeric(12, 8) check (value >= 0)",
    "create domain cents_again as cents",
    "create domain moment as timestamptz",
    "create domain words as text[]",
    "create type spans as range (subtype = text)",
    *(f"create extension {name}" for name in ("ltree", "cube", "seg", "isn")),
    """create collation "no case" (
      provider = icu, locale = 'und-u-ks-level2', deterministic = false)""",
    'create type nested as (pair "Pair", numbers integer[])',
    'create domain pairs as "Pair"',
    """create domain feeling as "mood [of: a.b] ""c\"""",
)
# Type and three values: usual, odd, and one that a careless reader takes for another.
VALUES = (
    ("bigint", "-9223372036854775808", "0", "9223372036854775807"),
    ("boolean", "true", "false", "true"),
    ("float4", "3.4028235e+38", "NaN", "-0"),
    ("float8", "0.1", "-Infinity", "5e-324"),
    ("numeric(30, 10)", "12345678901234567890.0123456789", "NaN", "0.0000000000"),
    ("oid", "4294967295", "0", "1"),
    ("money", "-92233720368547758.08", "0", "1.5"),
    ("char(5)", "ab", "", "null"),
    ("varchar(40)", "it's", "", "unchanged-toast-datum"),
    ("text", "a\\b\n\t", "", " new-tuple: x[text]:'y'"),
    ('"char"', "a", "", "'"),
    ("name", "Some", "", "a b"),
    ("bytea", "\\x00ff27", "\\x", "\\x5c78"),
    ("bit(3)", "101", "000", "111"),
    ("bit varying", "1", "", "0101"),
    ("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "0" * 32, "f" * 32),
    ("date", "2024-02-29", "0044-03-15 BC", "5874897-12-31"),
    ("time(3)", "24:00:00", "00:00:00.001", "23:59:59"),
    ("timetz", "12:00+05:30", "00:00-15:59", "23:59:59.999999+00"),
    ("timestamp", "2024-02-29 12:00:00.000001", "0001-01-01 BC", "294276-12-31"),
    ("timestamptz", "2024-02-29 12:00+05:30", "0001-01-01 00:00Z BC", "2024-10-27 02:30Z"),
    ("interval", "1 mon -1 day 00:00:00.000001", "24:00:00", "-1 year"),
    ("interval day to second", "1 day", "24:00:00", "0"),
    ("inet", "::ffff:1.2.3.4/128", "10.0.0.1/8", "::1"),
    ("cidr", "10.0.0.0/8", "::/0", "1.2.3.4/32"),
    ("macaddr8", "08:00:2b:01:02:03:04:05", "00:00:00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff:ff:ff"),
    ("json", '{"a": 1,  "a": null}', '""', "null"),
    ("jsonb", '{"a": "it\'s"}', "[]", "null"),
    ("xml", "<a b='c'>&amp;</a>", "", "<a/><b/>"),
    ("tsvector", "'it''s':1A 'b c':2", "", "'null'"),
    ("tsquery", "'a b' & !'c':*", "", "'it''s'"),
    ("point", "(0.1,-0)", "(0,0)", "(1e+300,NaN)"),
    ("polygon", "((0,0),(1,1),(1,0))", "((0,0))", "((1e-5,2))"),
    ("integer[]", "{1,NULL,3}", "{}", "[2:3]={1,2}"),
    ("text[]", '{"a,b","it\'s",NULL,"NULL",""}', "{}", '{{"[x]:","\\\\"},{"\\"",b}}'),
    ("timestamptz[]", '{"2024-01-01 00:00:00+00"}', "{}", "{NULL}"),
    ("int4range", "[1,5)", "empty", "(,)"),
    ("tstzrange", '["2024-01-01 00:00:00+00",)', "empty", "(,)"),
    ("nummultirange", "{[1.0,2.00),[3,4]}", "{}", "{(,)}"),
    ("spans", '["it\'s","z ]"]', "empty", "(,)"),
    ("hstore", '"a b"=>"it\'s", "c"=>NULL', "", '"null"=>"NULL"'),
    ("citext", "MiXed", "", "null"),
    ('"mood [of: a.b] ""c"', "it's", "a[b]:", "null"),
    ('"mood [of: a.b] ""c"[]', '{it\'s,"a[b]:","Null"}', "{}", '{NULL,"null"}'),
    ('"Pair"', '(1,"it\'s, ""x""")', "(,)", "(0,)"),
    ('"Pair"[]', '{"(1,x)"}', "{}", "{NULL}"),
    ("cents", "1.23456789", "0", "0.00000001"),
    ("cents_again", "1.23456789", "0", "0.00000001"),
    ("moment", "2024-01-01 00:00Z", "0001-01-01 00:00Z", "2024-12-31 23:59:59.999999Z"),
    ("words", "{a,NULL}", "{}", '{""}'),
    ("pg_lsn", "16/B374D848", "0/0", "FFFFFFFF/FFFFFFFF"),
    ("xid8", "18446744073709551615", "0", "1"),
    ("jsonpath", '$."a b"[*]', "$", "null"),
    ("regclass", "pg_catalog.pg_class", "-", "pg_type"),
    ("smallint", "-32768", "0", "32767"),
    ("integer", "-2147483648", "0", "2147483647"),
    ("xid", "4294967295", "0", "3"),
    ("cid", "4294967295", "0", "3"),
    ("tid", "(4294967295,65535)", "(0,0)", "(1,2)"),
    ("bpchar", "ab  ", "", "null"),
    ('text collate "no case"', "Abc", "", "ABC"),
    ("macaddr", "08:00:2b:01:02:03", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"),
    ("timestamp(0)", "2024-02-29 12:00:00", "0001-01-01 BC", "294276-12-31"),
    ("line", "{1,2,3}", "{0,1,0}", "{-1,0,1e-05}"),
    ("lseg", "[(0,0),(1,1)]", "[(0,0),(0,0)]", "[(-0,NaN),(1,1e+300)]"),
    ("box", "(1,1),(0,0)", "(0,0),(0,0)", "(Infinity,1),(0,-1)"),
    ("path", "((0,0),(1,1))", "[(0,0)]", "[(0,0),(1e+300,1)]"),
    ("circle", "<(0,0),1>", "<(0,0),0>", "<(1e-05,2),3>"),
    ("int8range", "[1,9223372036854775807)", "empty", "(,5)"),
    ("numrange", "[1.0,2.00]", "empty", "(,)"),
    ("daterange", "[2024-01-01,2024-02-01)", "empty", "[2024-01-01,infinity)"),
    ("tsrange", '["2024-01-01 00:00:00",)', "empty", "(,)"),
    ("int4multirange", "{[1,3),[5,8)}", "{}", "{(,)}"),
    ("int8multirange", "{[1,3)}", "{}", "{(,5)}"),
    ("datemultirange", "{[2024-01-01,2024-02-01)}", "{}", "{(,)}"),
    ("tsmultirange", '{["2024-01-01 00:00:00",)}', "{}", "{(,)}"),
    ("tstzmultirange", '{["2024-01-01 00:00:00+00",)}', "{}", "{(,)}"),
    ("pg_snapshot", "10:20:10,14,15", "1:1:", "10:20:"),
    ("txid_snapshot", "10:20:10,14,15", "1:1:", "10:20:"),
    ("int2vector", "1 -2 3", "", "0"),
    ("oidvector", "1 4294967295", "", "0"),
    ("aclitem", "postgres=r*w/postgres", "=r/postgres", "postgres=/postgres"),
    ("regtype", "integer[]", "-", '"Pair"'),
    ("regproc", "pg_catalog.version", "-", "pg_backend_pid"),
    ("regprocedure", "pg_catalog.now()", "-", "abs(integer)"),
    ("regoper", "pg_catalog.|/", "0", "||/"),
    ("regoperator", "+(integer,integer)", "0", "-(NONE,integer)"),
    ("regrole", "postgres", "-", "pg_monitor"),
    ("regnamespace", "pg_catalog", "-", "public"),
    ("regconfig", "english", "-", "simple"),
    ("regdictionary", "english_stem", "-", "simple"),
    ("regcollation", '"C"', "-", '"POSIX"'),
    ("ltree", "a.b_c.D", "", "null"),
    ("lquery", "a.*{1,2}.b", "*", "!a"),
    ("ltxtquery", "a & !b*", "a", "a | b"),
    ("cube", "(1, 2),(3, 4)", "(0)", "(1e-05, NaN)"),
    ("seg", "1.0 .. 2.00", "<5", "~6.50"),
    ("isbn13", "978-0-393-04002-9", "978-0-11-000222-4", "978-0-393-04002-9"),
    ("ean13", "978-0-393-04002-9", "978-0-11-000222-4", "978-0-393-04002-9"),
    ("issn", "1436-4522", "1436-4522", "1436-4522"),
    ("boolean[]", "{t,f,NULL}", "{}", "{{t},{f}}"),
    ("numeric[]", "{1.50,NaN,1.23456789}", "{}", "{0.000}"),
    ("uuid[]", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "{}", "{NULL}"),
    ("bytea[]", '{"\\\\x00ff"}', "{}", '{"\\\\x"}'),
    ("jsonb[]", '{"{\\"a\\": \\"it\'s\\"}"}', "{}", '{"null",NULL}'),
    ("interval[]", '{"1 mon",24:00:00}', "{}", "{NULL}"),
    ("date[]", "{infinity,2024-02-29}", "{}", "{NULL}"),
    ("int4range[]", '{"[1,5)",empty}', "{}", "{NULL}"),
    ("name[]", '{"a b",NULL}', "{}", '{"NULL"}'),
    ("cents[]", "{1.23456789}", "{}", "{NULL}"),
    ("nested", '("(1,""it\'s"")","{1,NULL}")', "(,)", '("(,)",{})'),
    ("pairs", '(1,"x y")', "(,)", "(0,)"),
    ("feeling", "it's", "a[b]:", "null"),
)  # fmt: skip


NAMES = [
    f'"{number}: 100% [{kind[:9].replace(chr(34), "")}]"'
    for number, (kind, *_) in enumerate(VALUES)
]
ODD_TABLE = '"%s All. of: [it]"'
NUMBERED = "create table numbered (id integer primary key, n integer, t text)"


def values(place: int | None) -> str:
    """The values of a place of `VALUES`, as SQL; None for NULL in every column."""
    if place is None:
        return ", ".join("null" for _ in VALUES)
    return ", ".join("'" + each[place].replace("'", "''") + "'" for each in VALUES)


def assert_same(pair: Pair, table: str, *, rows: int) -> None:
    query = f"select t.*::text from {table} t order by 1"
    found = pair.source.rows(query)
    assert len(found) == rows
    assert pair.target.rows(query) == found


def selecting(*others: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything, and transformations of which the rest is usual."""
    return [
        *EVERYTHING,
        *(
            {
                "rule-type": "transformation",
                "rule-id": str(number),
                "rule-name": str(number),
                **other,
            }
            for number, other in enumerate(others, 2)
        ),
    ]


def column(name: str, table: str = "%") -> dict[str, Any]:
    """A transformation's target: a column of a table."""
    return {
        "rule-target": "column",
        "object-locator": {"schema-name": "public", "table-name": table, "column-name": name},
    }


def test_every_type_is_loaded_inserted_updated_and_deleted_as_it_is(pair: Pair) -> None:
    columns = ", ".join(f"{name} {each[0]}" for name, each in zip(NAMES, VALUES, strict=True))
    pair.on_both(
        *with_marker(*TYPES, f"create table {ODD_TABLE} (id integer primary key, {columns})")
    )
    insert = f"insert into {ODD_TABLE} values ({{}}, {{}})"
    update = f"update {ODD_TABLE} set ({', '.join(NAMES)}) = row({{}}) where id = {{}}"
    places = (1, 2, 3, None)
    pair.source.run(*(insert.format(n, values(place)) for n, place in enumerate(places)))
    with Worker(job=pair.job(settings=FULL_LOB)) as worker:
        worker.wait_running()
        assert_same(pair, ODD_TABLE, rows=4)
        pair.source.run(
            *(insert.format(10 + n, values(place)) for n, place in enumerate(places)),
            *(update.format(values(place), (n + 1) % 4) for n, place in enumerate(places)),
            f"delete from {ODD_TABLE} where id = 11",
        )
        arrived(pair)
        worker.stop()
    assert pair.target.rows(EXCEPTIONS) == []
    assert_same(pair, ODD_TABLE, rows=7)


def test_a_domain_is_what_it_is_over(pair: Pair) -> None:
    pair.on_both(
        *with_marker(
            "create domain exact as numeric(12, 8)",
            "create domain exact_again as exact",
            "create domain moment as timestamptz",
            "create table domains (id integer primary key, a exact, b exact_again, m moment)",
        )
    )
    insert = "insert into domains values ({}, 1.23456789, 1.23456789, 'infinity')"
    pair.source.run(insert.format(1))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run(insert.format(2))
        arrived(pair)
        worker.stop()
    assert (
        pair.target.rows("select a::text, b::text, extract(year from m) from domains")
        == [("1.23456789", "1.23456789", 9999)] * 2
    )


def test_keys_of_types_of_extensions_find_their_rows(pair: Pair) -> None:
    pair.on_both(
        *with_marker(
            "create extension ltree",
            "create extension citext",
            "create table keyed (l ltree, c citext, n integer, primary key (c, l))",
        )
    )
    pair.source.run("insert into keyed values ('a.b', 'X', 1), ('a', 'x', 2), ('a', 'Y', 3)")
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("update keyed set n = 4 where l = 'a.b'", "delete from keyed where c = 'Y'")
        arrived(pair)
        worker.stop()
    assert pair.target.rows(EXCEPTIONS) == []
    assert_same(pair, "keyed", rows=2)


@pytest.mark.parametrize("key", ["primary key", "unique"])
def test_an_index_as_replica_identity_finds_the_row(pair: Pair, key: str) -> None:
    pair.on_both(
        *with_marker(f"create table named (id integer {key}, name text not null, n integer)")
    )
    pair.on_both("create unique index by_name on named (name)")
    pair.source.run(
        "alter table named replica identity using index by_name",
        "insert into named values (1, 'a', 1), (2, 'b', 1), (3, 'c', 1)",
    )
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("update named set n = 2 where id = 1", "delete from named where id = 2")
        pair.source.run("update named set name = 'd' where id = 3")
        arrived(pair)
        worker.stop()
    assert pair.target.rows(EXCEPTIONS) == []
    assert_same(pair, "named", rows=2)


def test_a_deletion_that_tells_no_key_is_not_carried(pair: Pair) -> None:
    pair.on_both(*with_marker(NUMBERED))
    pair.source.run(
        "alter table numbered replica identity nothing", "insert into numbered values (1), (2)"
    )
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run(
            "update numbered set n = 3 where id = 1", "delete from numbered where id = 2"
        )
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id, n from numbered order by id") == [(1, 3), (2, None)]
    assert pair.target.rows(EXCEPTIONS) == []


def test_a_full_identity_finds_rows_by_values_as_they_were_carried(pair: Pair) -> None:
    pair.on_both(*with_marker("create table wide (n numeric, d date, v integer)"))
    pair.source.run(
        "alter table wide replica identity full",
        "insert into wide values (1.23456789, 'infinity', 1), (2.23456789, '-infinity', 2)",
    )
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run("update wide set v = 3 where v = 1", "delete from wide where v = 2")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select n::text, v from wide") == [("1.234568", 3)]


def test_a_key_under_another_name_finds_its_row(pair: Pair) -> None:
    pair.source.run(*with_marker(NUMBERED))
    pair.target.run(
        *with_marker("create table numbered (number integer primary key, n integer, t text)")
    )
    pair.source.run("insert into numbered values (1), (2)")
    rename = {"rule-action": "rename", "value": "number", **column("id", "numbered")}
    with Worker(job=pair.job(rules=selecting(rename))) as worker:
        worker.wait_running()
        pair.source.run(
            "update numbered set n = 3 where id = 1", "delete from numbered where id = 2"
        )
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select number, n from numbered") == [(1, 3)]


@pytest.mark.parametrize("identity", ["default", "full"])
def test_a_table_whose_key_is_left_out_in_part_is_as_one_without_a_key(
    pair: Pair, identity: str
) -> None:
    pair.source.run(
        *with_marker("create table pairs (a integer, b integer, n integer, primary key (a, b))")
    )
    pair.target.run(*with_marker())
    pair.source.run(
        f"alter table pairs replica identity {identity}", "insert into pairs values (1, 1), (1, 2)"
    )
    remove = {"rule-action": "remove-column", **column("b", "pairs")}
    with Worker(job=pair.job(rules=selecting(remove))) as worker:
        worker.wait_running()
        pair.source.run(
            "update pairs set n = 1 where b = 1",
            "delete from pairs where b = 2",
            "insert into pairs values (2, 1, 2)",
        )
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select a, n from pairs order by a") == [(1, None), (1, None), (2, 2)]
    assert pair.target.rows(EXCEPTIONS) == []


def test_a_table_of_another_schema_and_name_is_loaded_and_changed(pair: Pair) -> None:
    pair.source.run(*with_marker(NUMBERED))
    pair.target.run(
        *with_marker('create schema "New: x"', NUMBERED.replace("numbered", '"New: x"."%n"'))
    )
    pair.source.run("insert into numbered values (1), (2)")
    where = {"object-locator": {"schema-name": "public", "table-name": "numbered"}}
    rules = selecting(
        {"rule-action": "rename", "rule-target": "table", "value": "%n", **where},
        {"rule-action": "rename", "rule-target": "schema", "value": "New: x", **where},
    )
    with Worker(job=pair.job(rules=rules)) as worker:
        worker.wait_running()
        pair.source.run(
            "update numbered set n = 3 where id = 1", "delete from numbered where id = 2"
        )
        eventually(lambda: pair.target.value('select count(*) from "New: x"."%n"') == 1)
        worker.stop()
    assert pair.target.rows('select id, n from "New: x"."%n"') == [(1, 3)]


def test_a_key_that_stands_out_of_line_and_does_not_change_finds_its_row(pair: Pair) -> None:
    pair.on_both(*with_marker("create table long (k text primary key, n integer, t text)"))
    pair.on_both("alter table long alter k set storage external, alter t set storage external")
    pair.source.run("insert into long values (repeat('k', 2500), 1, repeat('t', 5000))")
    with Worker(job=pair.job(settings=FULL_LOB)) as worker:
        worker.wait_running()
        pair.source.run("update long set n = 2")
        arrived(pair)
        worker.stop()
    assert pair.target.rows(EXCEPTIONS) == []
    assert_same(pair, "long", rows=1)


def test_a_value_too_large_for_an_index_is_an_exception_and_the_task_goes_on(pair: Pair) -> None:
    pair.on_both(*with_marker(NUMBERED))
    pair.target.run("create index on numbered (t)")
    words = "(select string_agg(md5(n::text), '') from generate_series(1, 200) n)"
    with Worker(job=pair.job(settings=FULL_LOB)) as worker:
        worker.wait_running()
        pair.source.run(f"insert into numbered values (1, 1, {words}), (2, 1, 'short')")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id from numbered") == [(2,)]
    ((table, error),) = pair.target.rows(EXCEPTIONS)
    assert (table, error.split(" exceeds")[0]) == ("numbered", "index row size 6416")


def test_a_table_that_does_not_fit_an_index_is_suspended_by_its_load(pair: Pair) -> None:
    pair.on_both(*with_marker(NUMBERED))
    pair.target.run("create index on numbered (t)")
    words = "(select string_agg(md5(n::text), '') from generate_series(1, 200) n)"
    pair.source.run(f"insert into numbered values (1, 1, {words})")
    with Worker(job=pair.job(settings=FULL_LOB)) as worker:
        worker.wait_running()
        worker.stop()
    assert worker.table("numbered")["state"] == "Table error"
    assert pair.target.rows(SUSPENDED) == [("numbered",)]


def test_savepoints_that_were_rolled_back_and_prepared_transactions(pair: Pair) -> None:
    pair.on_both(*with_marker(NUMBERED))
    with Worker(job=pair.job()) as worker:
        worker.wait_running()
        pair.source.run(
            "begin; insert into numbered values (1); savepoint a; insert into numbered values (2);"
            "savepoint b; insert into numbered values (3); rollback to a;"
            "insert into numbered values (4); release a; commit",
            "begin; insert into numbered values (5); prepare transaction 'kept'",
            "begin; insert into numbered values (6); prepare transaction 'not kept'",
            "commit prepared 'kept'",
            "rollback prepared 'not kept'",
        )
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id from numbered order by id") == [(1,), (4,), (5,)]


def test_a_constraint_that_is_checked_at_the_end_fails_its_row_alone(pair: Pair) -> None:
    pair.on_both(*with_marker(NUMBERED))
    pair.target.run("alter table numbered add unique (n) deferrable initially deferred")
    job = pair.job()
    job["target"]["after_connect"] = ""
    with Worker(job=job) as worker:
        worker.wait_running()
        pair.source.run("insert into numbered values (1, 1), (2, 1), (3, 2)")
        arrived(pair)
        worker.stop()
    assert pair.target.rows("select id from numbered order by id") == [(1,), (3,)]
    assert pair.target.rows(EXCEPTIONS) == [
        ("numbered", 'duplicate key value violates unique constraint "numbered_n_key"')
    ]


def test_leaves_of_partitions_are_carried_under_their_own_names(pair: Pair) -> None:
    pair.on_both(
        *with_marker(
            "create table parted (id integer primary key, n integer) partition by range (id)",
            "create table low partition of parted for values from (0) to (10)",
            "create table high partition of parted for values from (10) to (20)",
        )
    )
    pair.source.run("insert into parted values (1, 1), (2, 2), (11, 3)")
    exclude = {"rule-type": "selection", "rule-id": "9", "rule-name": "9", "rule-action": "exclude",
               "object-locator": {"schema-name": "public", "table-name": "parted"}}  # fmt: skip
    with Worker(job=pair.job(rules=[*EVERYTHING, exclude])) as worker:
        worker.wait_running()
        pair.source.run("update parted set id = 12 where id = 1", "delete from parted where id = 2")
        arrived(pair)
        worker.stop()
    assert_same(pair, "parted", rows=2)
