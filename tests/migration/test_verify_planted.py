"""`ferry verify` finds whatever is planted, of every type, at every edge, and nothing else.

The two servers agree about as little as may be: the OIDs of types, the order in which an enum's labels
were made, the locale, the settings of the database.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import pytest

from ferry.migrate.verify.comparing import Kind, Verdict
from ferry.migrate.verify.verify import verify
from ferry.postgres import sql
from harness.postgres import SUPERUSER
from tests.migration.databases import Database, Pair
from tests.migration.test_verify import at_rest, compared, seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.migrate.verify.comparing import Compared
    from ferry.migrate.verify.sessions import Key
    from ferry.migrate.verify.verify import Scope
    from harness.postgres import Postgres

VALUES: Final[dict[str, tuple[str, ...]]] = {
    "bool": ("t", "f"),
    "int2": ("0", "-32768", "32767"),
    "int4": ("0", "-2147483648", "2147483647"),
    "int8": ("0", "1", "4294967296", "-9223372036854775808", "9223372036854775807"),
    "oid": ("0", "4294967295"),
    "xid": ("0", "4294967295"),
    "xid8": ("0", "1", "4294967296", "18446744073709551615"),
    "cid": ("0", "4294967295"),
    "tid": ("(0,0)", "(0,1)", "(1,0)"),
    "pg_lsn": ("0/0", "0/1", "1/0"),
    "date": ("2024-02-29", "2024-03-01", "infinity", "-infinity", "4713-01-01 BC"),
    "time": ("00:00:00.000001", "01:11:34.967296", "12:34:56.789012", "12:34:56.789013", "00:00", "24:00"),
    "timetz": ("00:00:00.000001+0", "01:11:34.967296+0", "12:00+02", "10:00+00", "12:00+00", "12:00-02"),
    "timestamp": ("2000-01-01 00:00:00.000001", "2000-01-01 01:11:34.967296", "2024-02-29 12:00", "2024-02-29 12:00:00.000001", "infinity", "-infinity"),
    "timestamptz": ("2000-01-01 00:00:00.000001+00", "2000-01-01 01:11:34.967296+00", "2024-02-29 12:00+00", "2024-02-29 12:00+01", "infinity", "-infinity"),
    "interval": ("1 day", "24 hours", "1 mon", "30 days", "-1 days +24:00", "0", "1 us"),
    "uuid": ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"),
    "bytea": ("", r"\x00", r"\x0000", r"\x01"),
    "inet": ("10.1.2.3", "10.1.2.3/8", "10.1.2.3/31", "::ffff:10.1.2.3"),
    "cidr": ("10.0.0.0/8", "10.0.0.0/9", "2001:db8::/32"),
    "macaddr": ("08:00:2b:01:02:03", "08:00:2b:01:02:04"),
    "macaddr8": ("08:00:2b:ff:fe:01:02:03", "08:00:2b:ff:ff:01:02:03"),
    "name": ("", "n", "N", "n "),
    '"char"': ("", "c", "C", " "),
    "text": ("", " ", "é", "e\u0301", "É", "a-b", "ab", "AB", "null", r"\N", 5000 * "ab", 4999 * "ab" + "AB"),
    'text collate "C"': ("", "a-b", "ab", "AB"),
    "text collate app.any_case": ("", "a-b", "A-b", "ab", "AB"),
    "varchar": ("", " ", "a", "a ", "A"),
    "varchar(9)": ("", " ", "a", "a ", "A"),
    "char(4)": ("", "ab", "a b", "AB"),
    "char(4) collate app.any_case": ("", "ab", "AB"),
    "bpchar": ("", " ", "ab", "ab ", "AB"),
    "numeric": ("0", "0.0", "1.5", "1.50", "-1.50", "NaN", "Infinity", "-Infinity", "1e-30", "1e100"),
    "numeric(10,2)": ("0", "0.01", "-0.01", "1.5", "NaN"),
    "float4": ("0", "-0", "0.1", "0.10000001", "NaN", "Infinity", "-Infinity", "1e-45"),
    "float8": ("0", "-0", "0.1", "0.10000000000000002", "NaN", "Infinity", "-Infinity", "5e-324"),
    "money": ("0", "0.01", "-0.01"),
    "bit(3)": ("000", "001"),
    "varbit": ("", "0", "00", "1"),
    "int4range": ("empty", "(,)", "[1,2)", "[1,)", "(,2)"),
    "int8range": ("empty", "(,)", "[1,9)", "[1,4294967304)", "[1,2)", "[1,)", "(,2)"),
    "numrange": ("empty", "[1,2)", "[1.0,2)", "(1,2)", "[1,2]"),
    "daterange": ("empty", "[2024-01-01,infinity)", "[2024-01-01,)"),
    "tsrange": ("empty", "[2024-01-01,infinity)", "[2024-01-01,)"),
    "tstzrange": ("empty", "[2024-01-01,infinity)", "[2024-01-01,infinity]"),
    "int4multirange": ("{}", "{[1,2)}", "{[1,2),[3,4)}"),
    "int8multirange": ("{}", "{[1,2)}", "{[1,2),[3,4)}"),
    "nummultirange": ("{}", "{[1,2)}", "{[1.0,2)}"),
    "datemultirange": ("{}", "{[2024-01-01,)}", "{[2024-01-01,infinity)}"),
    "tsmultirange": ("{}", "{[2024-01-01,)}", "{[2024-01-01,infinity)}"),
    "tstzmultirange": ("{}", "{[2024-01-01,)}", "{[2024-01-01,infinity)}"),
    "json": ("{}", "{ }", "[]", "null", '{"a":1,"a":2}', '{"a":2,"a":1}'),
    "jsonb": ("{}", "[]", "null", '{"a": 1}', '{"a": 1.0}', '"1"', "1"),
    "jsonpath": ("$", "strict $", '$."a"', '$."A"'),
    "xml": ("", "<a/>", "<a></a>", "<a />"),
    "point": ("(0,0)", "(-0,0)", "(1,0)", "(NaN,0)"),
    "line": ("{1,2,3}", "{2,4,6}"),
    "lseg": ("[(0,0),(1,1)]", "[(1,1),(0,0)]"),
    "box": ("(1,1),(0,0)", "(1,1),(-0,0)"),
    "path": ("((0,0),(1,1))", "[(0,0),(1,1)]"),
    "polygon": ("((0,0),(1,1))", "((1,1),(0,0))"),
    "circle": ("<(0,0),1>", "<(-0,0),1>"),
    "tsvector": ("", "a", "a:1", "a:1A", "a:1 b"),
    "tsquery": ("", "a", "a:*", "a:A", "a & b"),
    "int2vector": ("", "0", "0 0"),
    "oidvector": ("", "0", "0 0"),
    "regclass": ("-", "app.tables", 'app."TABLES"'),
    "regtype": ("-", "app.mood", "app.pair"),
    "regproc": ("-", "app.f", "app.g"),
    "regprocedure": ("-", "app.f(app.mood)", "app.g()"),
    "regoper": ("0", "pg_catalog.||/", "app.==="),
    "regoperator": ("0", "app.===(app.mood,app.mood)"),
    "regnamespace": ("-", "app", "ext"),
    "regrole": ("-", "pg_monitor", "postgres"),
    "regconfig": ("-", "app.words", "pg_catalog.english"),
    "regdictionary": ("-", "app.lexemes", "pg_catalog.simple"),
    "regcollation": ("-", "app.any_case", '"C"'),
    "refcursor": ("", "a", "A"),
    "aclitem": ("pg_monitor=r/postgres", "pg_monitor=r*/postgres", "=r/postgres"),
    "pg_snapshot": ("10:20:", "10:20:15", "10:20:15,16"),
    "txid_snapshot": ("10:20:", "10:20:15"),
    "int4[]": ("{}", "{0}", "{NULL}", "{{0}}", "[0:0]={0}"),
    "numeric[]": ("{1}", "{1.0}", "{NULL,1}"),
    "float8[]": ("{0}", "{-0}", "{NaN}"),
    "text[]": ("{}", "{''}", "{NULL}", '{"NULL"}', "{a}", "{A}"),
    "interval[]": ("{1 day}", "{24 hours}"),
    "app.mood": ("sad", "happy"),
    "app.mood[]": ("{}", "{sad}", "{{sad}}", "{NULL}", "{happy,sad}"),
    "app.pair": ("(,)", "(1,)", "(1.0,)", "(1,sad)", "(1,happy)"),
    "app.pair[]": ("{}", '{"(1,sad)"}', '{"(1.0,sad)"}'),
    "app.nested": ("(,)", '("(,)",)', '("(1,sad)",{sad})'),
    "app.span": ("empty", "[0,1)", "[-0,1)"),
    "app.spans": ("{}", "{[0,1)}", "{[-0,1)}"),
    "app.moods": ("empty", "[sad,sad]", "[happy,happy]"),
    "app.positive": ("1", "1.0"),
    "app.positive[]": ("{1}", "{1.0}"),
    "app.further": ("2", "2.0"),
    "app.mood_or_not": ("sad", "happy"),
    "app.loose": ("a", "A", ""),
    "ext.citext": ("", "a", "A", "a "),
    "ext.citext[]": ("{a}", "{A}"),
    "ext.hstore": ("", "a=>1", "a=>NULL", "A=>1", 'a=>"1", b=>2'),
    "ext.ltree": ("", "a", "a.b", "A"),
    "ext.lquery": ("*", "a", "a@"),
    "ext.ltxtquery": ("a", "a & b", "A"),
    "ext.cube": ("(0)", "(-0)", "(0),(1)", "(0, 0)"),
    "ext.seg": ("1.0", "1.00", "~1.0", "1.0 .. 2"),
    "ext.query_int": ("1", "1 & 2"),
    "ext.ean13": ("978-0-393-04002-9", "978-0-306-40615-7"),
    "ext.isbn13": ("978-0-393-04002-9", "978-0-306-40615-7"),
    "ext.ismn13": ("979-0-2306-7118-7", "979-0-060-11561-5"),
    "ext.issn13": ("977-1436-452-00-8", "977-0378-595-00-2"),
    "ext.isbn": ("0-393-04002-X", "0-306-40615-2"),
    "ext.ismn": ("M-2306-7118-7", "M-060-11561-5"),
    "ext.issn": ("1436-4522", "0378-5955"),
    "ext.upc": ("036000291452", "012345678905"),
}  # fmt: skip
"""By type, values that resemble their neighbours; each of them, and NULL, is to be told from the next."""

UNSTORED: Final = frozenset({"gtsvector", "ghstore", "ltree_gist", "intbig_gkey"})
"""What indexes keep; and nothing makes a value of the types `pg_...` but PostgreSQL itself."""

UNORDERED: Final = frozenset({
    "aclitem", "box", "cid", "circle", "ext.lquery", "ext.ltxtquery", "ext.query_int", "json",
    "jsonpath", "line", "lseg", "path", "pg_snapshot", "point", "polygon", "refcursor",
    "txid_snapshot", "xid", "xml",
})  # fmt: skip
"""Types that no key is of."""

SHAPES: Final = (
    *(
        f"create extension {name} with schema ext"
        for name in ("citext", "hstore", "ltree", "cube", "seg", "intarray", "isn")
    ),
    "create type app.pair as (a numeric, m app.mood)",
    "create type app.nested as (p app.pair, ms app.mood[])",
    "create type app.span as range (subtype = float8, multirange_type_name = app.spans)",
    "create type app.moods as range (subtype = app.mood)",
    "create domain app.positive as numeric check (value > 0)",
    "create domain app.further as app.positive check (value > 1)",
    "create domain app.mood_or_not as app.mood",
    (
        "create collation app.any_case "
        "(provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
    ),
    "create domain app.loose as text collate app.any_case",
    "create function app.f(app.mood) returns int language sql as 'select 1'",
    "create function app.g() returns int language sql as 'select 1'",
    "create function app.same(app.mood, app.mood) returns bool language sql as 'select true'",
    "create operator app.=== (function = app.same, leftarg = app.mood, rightarg = app.mood)",
    "create table app.tables ()",
    'create table app."TABLES" ()',
    "create text search configuration app.words (copy = pg_catalog.english)",
    "create text search dictionary app.lexemes (template = pg_catalog.simple)",
)
MOODS: Final = ("create type app.mood as enum ('sad', 'happy')",)
OTHER_MOODS: Final = (
    "select lo_unlink(lo_create(0)) from generate_series(1, 500)",  # Takes an OID each.
    "create type app.mood as enum ('happy')",
    "alter type app.mood add value 'sad' after 'happy'",
)

EDGES: Final = (
    -(2**63), -(2**63) + 255, -(2**63) + 256, -257, -256, -255, -1, 0, 1, 254, 255, 256, 257,
    511, 512, 100_000, 100_095, 100_096, 2**63 - 256, 2**63 - 1,
)  # fmt: skip
"""The least and the greatest key, both ends of ranges of 256, and what follows on a gap."""
BETWEEN: Final = tuple(edge + 20 for edge in EDGES[:-1])
INTEGERS: Final = sorted(
    {*EDGES, *BETWEEN, *(256 * n + m for n in range(-170, 171) for m in (0, 9, 255))}
)

TABLES: Final[dict[str, tuple[str, str, str]]] = {
    "integers": ("t bigint", "t", f"select unnest(array{INTEGERS}::bigint[])"),
    "texts": (
        "k text",
        "k",
        (
            "select case n % 4 when 0 then 'K' else 'k' end || case n % 3 when 0 then '-' else '' end "
            "|| n || case n % 2 when 0 then '-A' else 'a-' end from generate_series(1, 400) n"
        ),
    ),
    "uuids": ("x uuid", "x", "select md5(n::text)::uuid from generate_series(1, 400) n"),
    "composites": (
        """h app.mood, b ext.citext, "value 0" date""",
        """"value 0", b, h""",
        (
            "select (case n % 2 when 0 then 'sad' else 'happy' end)::app.mood, 'B-' || n / 2, "
            "date '1999-12-31' + n % 7 from generate_series(1, 400) n"
        ),
    ),
    "keyless": ("n int", "", "select least(n, 300) from generate_series(1, 400) n"),
}
"""Each with a column of each type: the key's columns, the key, and its values. They are called as what
ferry's statements have themselves."""


def name(text: str) -> str:
    return sql.Identifier(text).as_string()


def value(type_: str, place: int) -> str:
    """A value of a type in SQL, NULL among them, round and round."""
    values = (None, *VALUES[type_])
    text = sql.Literal(values[place % len(values)]).as_string()
    return f"{text}::{type_.partition(' collate')[0]}"


def wide() -> Iterator[str]:
    """The tables of `TABLES`, with rows."""
    columns = ", ".join(f"{name(type_)} {type_}" for type_ in VALUES)
    values = ", ".join(value(type_, 1) for type_ in VALUES)
    for table, (of_key, key, keys) in TABLES.items():
        yield f"create table {table} ({of_key}, {columns})"
        yield f"insert into {table} select x.*, {values} from ({keys}) x"
        if key:
            yield f"alter table {table} add primary key ({key})"


def narrow(*, turned: int) -> Iterator[str]:
    """A table of each type: its values at the edges, and one and the same between them."""
    for type_ in VALUES:
        rows = [f"({key}, {value(type_, place + turned)})" for place, key in enumerate(EDGES)]
        rows += [f"({key}, {value(type_, 1)})" for key in BETWEEN]
        yield (
            f"create table {name(type_)} (id bigint primary key, value {type_}); "
            f"insert into {name(type_)} values {', '.join(rows)}"
        )


@pytest.fixture(scope="module")
def made(source_server: Postgres, target_server: Postgres) -> Iterator[Pair]:
    """Two databases that have the same rows, in the tables of `TABLES`."""
    servers = [Database(server=it, name=SUPERUSER) for it in (source_server, target_server)]
    icu = "template template0 locale_provider icu icu_locale 'de-AT'"
    for server, other, moods in zip(servers, ("", icu), (MOODS, OTHER_MOODS), strict=True):
        server.run(f'create database "planted" {other}')
        database = Database(server=server.server, name="planted")
        database.run("create schema app", "create schema ext", *moods, *SHAPES, *wide())
    source, target = (Database(server=it.server, name="planted") for it in servers)
    yield Pair(source=source, target=target)
    for server in servers:
        server.run('drop database "planted" with (force)')


@pytest.fixture
def planted(made: Pair) -> Iterator[Pair]:
    """Copies of them, for one test."""
    servers = [Database(server=it.server, name=SUPERUSER) for it in (made.source, made.target)]
    for server in servers:
        server.run('create database "copy" template "planted"')
    source, target = (Database(server=it.server, name="copy") for it in servers)
    yield Pair(source=source, target=target)
    for server in servers:
        server.run('drop database "copy" with (force)')


def results(pair: Pair, *, values_of: int = 0) -> dict[str, Compared]:
    """What each table came to, by its name."""
    return {
        str(it.table).removeprefix("public."): compared(it)
        for it in verify([seen(pair)], settling=at_rest, values_of=values_of)
    }


def told(found: Compared) -> dict[Key, tuple[str, ...]]:
    """The columns that differ, by key."""
    assert found.left_out == ()
    return {it.key: it.columns for it in found.found}


def test_every_type_that_a_column_may_have_is_among_the_values(made: Pair) -> None:
    known = ", ".join(f"'{type_.partition(' collate')[0]}'::regtype" for type_ in VALUES)
    others = made.source.rows(
        "select typname from pg_type where typtype in ('b', 'r', 'm') and typcategory <> 'A' "
        "and typnamespace in ('pg_catalog'::regnamespace, 'ext'::regnamespace) "
        f"and typname !~ '^pg_(?!lsn|snapshot)' and oid not in ({known})"
    )

    assert {type_ for (type_,) in others} == UNSTORED
    assert len(VALUES) > 110


def test_a_value_is_told_from_what_resembles_it_at_every_edge(planted: Pair) -> None:
    """One table a type; what is NULL at one side is the first value at the other, and so on."""
    planted.on_both(*(f"drop table {table}" for table in TABLES))
    planted.source.run(*narrow(turned=0))
    planted.target.run(*narrow(turned=1))

    found = results(planted)

    edges = {(str(edge),): ("value",) for edge in EDGES}
    assert {table: told(it) for table, it in found.items()} == dict.fromkeys(VALUES, edges)


def test_a_value_of_each_type_is_told_whatever_the_key(planted: Pair) -> None:
    """Of a table without a key, by what the row has on both sides."""
    draw = random.Random(7)  # noqa: S311 - where things are planted
    wanted: dict[str, dict[Key, tuple[str, ...]]] = {}
    for table, (_, key, _) in TABLES.items():
        by = key or "n"
        rows = planted.target.rows(
            f"select ctid::text, {', '.join(f'{it}::text' for it in by.split(', '))} from {table} "
            f"where {'true' if key else 'n < 300'} order by ctid"
        )
        edges = [row for row in rows if row[1] in map(str, EDGES)] if table == "integers" else []
        places = [rows[0], rows[-1], *edges, *rows]
        types = [*VALUES]
        draw.shuffle(types)
        chosen = dict(zip(dict.fromkeys(places), types, strict=False))
        wanted[table] = {tuple(of_key): (type_,) for (_, *of_key), type_ in chosen.items()}
        planted.target.run(
            *(
                f"update {table} set {name(type_)} = {value(type_, 2)} where ctid = '{ctid}'"
                for (ctid, *_), type_ in chosen.items()
            )
        )

    found = results(planted, values_of=1000)

    assert {table: told(it) for table, it in found.items() if table != "keyless"} == {
        table: it for table, it in wanted.items() if table != "keyless"
    }
    assert {kind for it in found.values() for kind in it.counts} == set(Kind) - {Kind.COUNT}
    here, there = (
        {
            str(it.values["n"][side]): {column: both[side] for column, both in it.values.items()}
            for it in found["keyless"].found
            if it.kind is kind
        }
        for side, kind in enumerate((Kind.MISSING, Kind.EXTRA))
    )
    assert {
        (key,): tuple(it for it in here[key] if here[key][it] != there[key][it]) for key in here
    } == wanted["keyless"]


def test_a_row_of_one_side_is_told_at_every_edge_whatever_the_key(planted: Pair) -> None:
    wanted: dict[str, set[Key]] = {}
    for table, (_, key, _) in TABLES.items():
        if not key:
            continue
        of_key = ", ".join(f"{it}::text" for it in key.split(", "))
        rows = planted.target.rows(f"select ctid::text, {of_key} from {table} order by {key}")
        chosen = {row for row in rows if row[1] in map(str, EDGES)} | {rows[0], rows[-1], rows[99]}
        wanted[table] = {tuple(it) for _, *it in chosen}
        ctids = ", ".join(f"'{ctid}'" for ctid, *_ in chosen)
        planted.target.run(f"delete from {table} where ctid in ({ctids})")
    planted.target.run("delete from keyless where n in (1, 300)")

    missing = results(planted)
    extra = results(Pair(source=planted.target, target=planted.source))

    for kind, found in ((Kind.MISSING, missing), (Kind.EXTRA, extra)):
        assert found.pop("keyless").counts == {kind: 102}
        assert {table: {it.key for it in each.found} for table, each in found.items()} == wanted
        assert {it.kind for each in found.values() for it in each.found} == {kind}


WITH_ARGUMENTS: Final = {"regproc": "regprocedure", "regoper": "regoperator"}


def test_rows_are_told_by_keys_of_every_type(planted: Pair) -> None:
    planted.on_both(*(f"drop table {table}" for table in TABLES))
    ordered = [type_ for type_ in VALUES if type_ not in UNORDERED]
    planted.on_both(
        *(
            f"create table {name(type_)} (t {type_} primary key, v int); "
            f"insert into {name(type_)} values {values} on conflict do nothing"
            for type_ in ordered
            for values in [
                ", ".join(f"({value(type_, place + 1)}, 1)" for place in range(len(VALUES[type_])))
            ]
        )
    )
    keys: dict[str, set[Key]] = {type_: set() for type_ in ordered}
    for type_, key in planted.source.rows(
        " union all ".join(
            # Functions and operators with their arguments.
            f"select '{it}', t::{WITH_ARGUMENTS.get(it, 'text')}::text from {name(it)}"
            for it in ordered
        )
    ):
        keys[type_].add((key,))
    planted.target.run(*(f"update {name(type_)} set v = 2" for type_ in keys))

    found = results(planted)

    assert {type_: told(it) for type_, it in found.items()} == {
        type_: dict.fromkeys(it, ("v",)) for type_, it in keys.items()
    }


HOSTILE: Final = {
    "datestyle": "German",
    "timezone": "Asia/Kathmandu",
    "intervalstyle": "sql_standard",
    "extra_float_digits": "-10",
    "bytea_output": "escape",
    "xmlbinary": "hex",
    "xmloption": "document",
    "search_path": "app, ext, pg_catalog",
    "quote_all_identifiers": "on",
    "transform_null_equals": "on",
    "standard_conforming_strings": "off",
    "default_text_search_config": "pg_catalog.german",
    "default_transaction_isolation": "serializable",
    "force_parallel_mode": "on",
    "enable_hashagg": "off",
    "enable_hashjoin": "off",
    "enable_indexscan": "off",
    "row_security": "on",
}
AS_IT_WAS: Final[dict[str, tuple[str, ...]]] = {
    "as they were made": (),
    "estimates": ("analyze {table}",),
    "new versions": ('update {table} set "int4" = "int4"',),
    "the room of the old ones": ("vacuum {table}",),
    "vacuum full": ("vacuum full {table}",),
    "without order": (
        "create temp table held as select * from {table} order by random()",
        "truncate {table}",
        "insert into {table} select * from held",
        "drop table held",
    ),
    "rows that came and went": ("begin; delete from {table}; rollback", "vacuum {table}"),
    "another compression": ('alter table {table} alter column "text" set storage external',),
    "little on a page": ("alter table {table} set (fillfactor = 10)", "vacuum full {table}"),
    "no WAL": ("alter table {table} set unlogged",),
    "indexes": ('create index on {table} ("uuid" desc)', "reindex table {table}"),
    "statistics": ('create statistics {table}_s on "int2", "bool" from {table}', "analyze {table}"),
}
"""Ways to have the same rows in a table of the same shape."""
RESHAPED: Final[dict[str, tuple[str, ...]]] = {
    "a column that came and went": (
        "alter table {table} add column extra text default 'x'",
        "alter table {table} drop column extra",
    ),
    "columns in another order": (
        "alter table {table} add column moved numeric",
        'update {table} set moved = "numeric"',
        'alter table {table} drop column "numeric"',
        'alter table {table} rename column moved to "numeric"',
    ),
    "wider types": (
        'alter table {table} alter column "int4" type bigint, alter column "varchar(9)" type text',
    ),
    "partitions": (
        "alter table {table} rename to held",
        "create table {table} (like held including all) partition by hash ({key})",
        "create table {table}_1 partition of {table} for values with (modulus 3, remainder 0)",
        "create table {table}_2 partition of {table} for values with (modulus 3, remainder 1)",
        "create table {table}_3 partition of {table} for values with (modulus 3, remainder 2)",
        "insert into {table} select * from held",
        "drop table held",
    ),
    "partitions in another order": (
        "alter table {table} detach partition {table}_2",
        "alter table {table}_2 add column z int",
        "alter table {table}_2 drop column z",
        "alter table {table} attach partition {table}_2 for values with (modulus 3, remainder 1)",
    ),
}
"""And in one of another, whatever ferry has to know of it."""


def test_equal_rows_are_the_same_however_they_lie_and_whatever_the_settings(planted: Pair) -> None:
    same_shape = seen(planted)
    steps: list[tuple[Database, Sequence[str], Scope | None]] = [
        (planted.target, statements, same_shape) for statements in of_all(AS_IT_WAS)
    ]
    steps += [(planted.target, statements, None) for statements in of_all(RESHAPED)]
    hostile = [f"alter database copy set {name} = '{it}'" for name, it in HOSTILE.items()]
    steps += [(planted.target, hostile, None), (planted.source, hostile, None)]
    for database, statements, scope in steps:
        database.run(*statements)
        for it in verify([scope or seen(planted)], settling=at_rest):
            assert (it.why, it.verdict) == ("", Verdict.SAME), (it.table, statements)

    assert len(steps) * len(TABLES) >= 95


def of_all(ways: dict[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """The statements of each way, for each table."""
    for statements in ways.values():
        yield [
            statement.format(table=table, key=key or "n")
            for table, (_, key, _) in TABLES.items()
            for statement in statements
        ]
