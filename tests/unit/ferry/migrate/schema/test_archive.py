"""What pg_restore lists and writes: each entry once, or nothing at all."""

from __future__ import annotations

import pytest

from ferry.migrate.schema.archive import ForgedError, entries

END = "\n-- Completed on 2026-11-27\n\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict x\n"


def header(
    number: int, name: str, kind: str, *, schema: str = "s", owner: str = "-", needs: str = ""
) -> str:
    depends = f"-- Dependencies: {needs}\n" if needs else ""
    return (
        f"--\n-- TOC entry {number} (class 1259 OID {number}0)\n{depends}"
        f"-- Name: {name}; Type: {kind}; Schema: {schema}; Owner: {owner}\n-- Data Pos: 0\n--\n\n"
    )


LISTED = "; a comment\n1; 1259 10 TABLE s a bob\n9; 0 0 ENCODING - ENCODING \n2; 1259 20 INDEX s a b c bob\n"
PREAMBLE = "--\n-- PostgreSQL database dump\n--\n\n\\restrict x\n\nSET statement_timeout = 0;\n\n"
TABLE = "CREATE TABLE s.a (\n);\n\n\n"
INDEX = 'CREATE INDEX "a b c" ON s.a;\n\n\n'


def written(table: str = TABLE, *, owner: str = "-") -> str:
    owned = "" if owner == "-" else f"ALTER TABLE s.a OWNER TO {owner};\n\n"
    return (
        f"{PREAMBLE}{header(1, 'a', 'TABLE', owner=owner)}{table}{owned}"
        f"{header(2, 'a b c', 'INDEX', owner=owner, needs='1 7')}{INDEX}{END}"
    )


def test_each_entry_has_its_sql_and_its_owner_apart() -> None:
    table, index = entries(listed=LISTED, written=written(), with_owners=written(owner="bob"))

    assert table.key == ("TABLE", "s", "a")
    assert (table.sql, table.owner_sql) == (
        "CREATE TABLE s.a (\n);",
        "ALTER TABLE s.a OWNER TO bob;",
    )
    assert index.key == ("INDEX", "s", "a b c")
    assert (index.oid, index.owner, index.needs) == (20, "bob", (1, 7))
    assert (index.sql, index.owner_sql) == ('CREATE INDEX "a b c" ON s.a;', "")
    assert index.label == "INDEX s.a b c"


def test_an_owner_is_who_its_sql_names_where_a_header_shortens_it() -> None:
    owned = f'{TABLE}ALTER TABLE s.a OWNER TO "b\nob";\n\n'
    with_owners = f"{PREAMBLE}{header(1, 'a', 'TABLE', owner='b ob')}{owned}{END}"
    text = f"{PREAMBLE}{header(1, 'a', 'TABLE')}{TABLE}{END}"

    (found,) = entries(listed="1; 1259 10 TABLE s a b ob\n", written=text, with_owners=with_owners)

    assert found.owner == "b\nob"


def test_an_empty_archive_has_none() -> None:
    assert entries(listed="; nothing", written=PREAMBLE + END, with_owners=PREAMBLE + END) == ()


def test_a_name_may_look_like_a_header() -> None:
    name = "x; Type: TABLE; Schema: y; Owner: z"
    text = f"{PREAMBLE}{header(1, name, 'TABLE')}{TABLE}{END}"

    (found,) = entries(listed=f"1; 1259 10 TABLE s {name} bob", written=text, with_owners=text)

    assert (found.schema, found.name) == ("s", name)


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        (header(2, "a b c", "INDEX"), "entry 2 is written twice"),
        (header(3, "evil", "TABLE"), "entry 3 is written and not listed"),
    ],
)
def test_a_text_that_looks_like_a_header_is_refused(forged: str, why: str) -> None:
    table = f"CREATE FUNCTION f() AS $$\n{forged}DROP TABLE x;\n$$;\n"

    with pytest.raises(ForgedError) as refused:
        entries(listed=LISTED, written=written(table), with_owners=written(table, owner="bob"))

    assert str(refused.value) == (
        f"The schema could not be read: {why}. Look for a function, a view or a comment that holds the "
        "text '-- TOC entry', and take it out there."
    )


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        (LISTED + "5; 1259 50 TABLE s gone bob\n", r"entry 5 \(TABLE s gone bob\) has no SQL"),
        (
            LISTED.replace("1259 20", "1259 21"),
            "entry 2 is listed as INDEX s a b c bob, and written as",
        ),
        (LISTED.replace("INDEX", "RULE"), "entry 2 is listed as RULE s a b c bob, and written as"),
    ],
)
def test_what_is_written_has_to_be_what_is_listed(listed: str, why: str) -> None:
    with pytest.raises(ForgedError, match=why):
        entries(listed=listed, written=written(), with_owners=written(owner="bob"))


def test_what_has_no_end_is_refused() -> None:
    cut = written().partition("-- Completed")[0]

    with pytest.raises(ForgedError, match="what pg_restore wrote has no end"):
        entries(listed=LISTED, written=cut, with_owners=cut)
