"""When each kind of object is made: the table, and what moves with something else."""

from __future__ import annotations

from typing import Any, Final

import pytest

from ferry.migrate.schema.archive import Entry
from ferry.migrate.schema.phases import KINDS, Phase, Placed, place

WRITTEN_BY_15: Final = """
ACCESS METHOD, ACL, AGGREGATE, BLOB, BLOBS, CAST, CHECK CONSTRAINT, COLLATION, COMMENT, CONSTRAINT,
CONVERSION, DATABASE, DATABASE PROPERTIES, DEFAULT, DEFAULT ACL, DOMAIN, ENCODING, EVENT TRIGGER,
EXTENSION, FK CONSTRAINT, FOREIGN DATA WRAPPER, FOREIGN TABLE, FUNCTION, INDEX, INDEX ATTACH,
MATERIALIZED VIEW, MATERIALIZED VIEW DATA, OPERATOR, OPERATOR CLASS, OPERATOR FAMILY, POLICY,
PROCEDURAL LANGUAGE, PROCEDURE, PUBLICATION, PUBLICATION TABLE, PUBLICATION TABLES IN SCHEMA,
ROW SECURITY, RULE, SCHEMA, SEARCHPATH, SECURITY LABEL, SEQUENCE, SEQUENCE OWNED BY, SEQUENCE SET,
SERVER, SHELL TYPE, STATISTICS, STDSTRINGS, SUBSCRIPTION, TABLE, TABLE ATTACH, TABLE DATA,
TEXT SEARCH CONFIGURATION, TEXT SEARCH DICTIONARY, TEXT SEARCH PARSER, TEXT SEARCH TEMPLATE,
TRANSFORM, TRIGGER, TYPE, USER MAPPING, VIEW
"""
"""The descriptions in `ArchiveEntry` calls of PostgreSQL 15's src/bin/pg_dump/pg_dump.c."""


def entry(number: int, kind: str, name: str = "", **more: Any) -> Entry:  # noqa: ANN401 - as _replace
    return Entry(
        number=number, oid=1000 + number, kind=kind, schema="s", name=name or f"n{number}"
    )._replace(**more)


def placed(*entries: Entry, keys: tuple[int, ...] = ()) -> dict[int, Placed]:
    found = place(entries, keys=keys, extensions={"citext"})
    return {each.entry.number: each for each in found}


@pytest.mark.parametrize("kind", " ".join(WRITTEN_BY_15.split()).split(", "))
def test_every_kind_that_pg_dump_writes_is_in_the_table_with_a_reason(kind: str) -> None:
    assert KINDS[kind].why


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_made_in_a_phase_or_with_something_or_never(kind: str) -> None:
    found = placed(entry(1, kind))[1]

    assert (found.phase is not None) == (KINDS[kind].carried and kind != "EXTENSION")
    assert found.phase is not Phase.CUTOVER


def test_a_kind_that_is_not_known_is_not_made_and_neither_is_what_needs_it() -> None:
    found = placed(
        entry(1, "PROPERTY GRAPH"), entry(2, "VIEW", needs=(1,)), entry(3, "COMMENT", needs=(2,))
    )

    assert [each.phase for each in found.values()] == [None, None, None]
    assert found[1].why == "unknown to ferry is the kind PROPERTY GRAPH"
    assert found[2].why == "it needs PROPERTY GRAPH s.n1, which is not carried"
    assert [each.quiet for each in found.values()] == [False, False, True]


def test_keys_by_which_dms_finds_rows_are_made_before_the_load() -> None:
    found = placed(
        entry(1, "CONSTRAINT"), entry(2, "CONSTRAINT"), entry(3, "INDEX"), keys=(1001, 1003)
    )

    assert [found[each].phase for each in (1, 2, 3)] == [
        Phase.BEFORE_LOAD,
        Phase.AFTER_LOAD,
        Phase.BEFORE_LOAD,
    ]


def test_what_belongs_to_something_is_made_with_it() -> None:
    found = placed(
        entry(1, "TABLE"),
        entry(2, "TRIGGER", needs=(1,)),
        entry(3, "COMMENT", needs=(2,)),
        entry(4, "ACL", needs=(1,)),
        entry(5, "COMMENT", needs=(1,)),
    )

    assert [found[each].phase for each in (3, 4, 5)] == [
        Phase.BEFORE_CUTOVER,
        Phase.BEFORE_LOAD,
        Phase.BEFORE_LOAD,
    ]


def test_what_something_earlier_needs_comes_with_it_through_any_number_of_steps() -> None:
    found = placed(
        entry(1, "INDEX"),
        entry(2, "MATERIALIZED VIEW", needs=(1,)),
        entry(3, "VIEW", needs=(2,)),
        entry(4, "MATERIALIZED VIEW"),
    )

    assert [found[each].phase for each in (1, 2, 3, 4)] == [Phase.BEFORE_LOAD] * 3 + [
        Phase.AFTER_LOAD
    ]
    assert found[2].why == "VIEW s.n3 needs it"


def test_entries_that_need_each_other_are_placed_all_the_same() -> None:
    found = placed(entry(1, "TABLE", needs=(2,)), entry(2, "TYPE", needs=(1,)))

    assert {each.phase for each in found.values()} == {Phase.BEFORE_LOAD}


@pytest.mark.parametrize("mode", ["ALWAYS", "REPLICA"])
def test_a_trigger_that_fires_for_dms_too_waits_for_the_window(mode: str) -> None:
    sql = f"CREATE TRIGGER t ...;\n\nALTER TABLE s.a ENABLE {mode} TRIGGER t;"
    found = placed(entry(1, "TRIGGER", sql=sql), entry(2, "COMMENT", needs=(1,)))

    assert [each.phase for each in found.values()] == [Phase.CUTOVER, Phase.CUTOVER]
    assert found[1].why == f"it is ENABLE {mode}: it would react to what DMS applies, a second time"


def test_forced_row_security_waits_for_the_window() -> None:
    forced = "CREATE TABLE s.n1 ();\n\nALTER TABLE ONLY s.n1 FORCE ROW LEVEL SECURITY;"
    found = placed(
        entry(1, "TABLE", sql=forced),
        entry(2, "ROW SECURITY", needs=(1,)),
        entry(3, "TABLE"),
        entry(4, "ROW SECURITY", needs=(3,)),
    )

    assert (found[2].phase, found[4].phase) == (Phase.CUTOVER, Phase.BEFORE_CUTOVER)


@pytest.mark.parametrize(
    "own",
    [
        entry(1, "SCHEMA", "ferry", schema=""),
        entry(1, "ACL", "SCHEMA ferry", schema=""),
        entry(1, "TABLE", "fence_all", schema="ferry"),
        entry(1, "TABLE", "awsdms_ddl_audit"),
        entry(1, "EVENT TRIGGER", "awsdms_intercept_ddl", schema=""),
        entry(1, "ACL", "TABLE awsdms_ddl_audit"),
        entry(1, "SEQUENCE", "awsdms_ddl_audit_c_key_seq"),
        entry(1, "CONSTRAINT", "awsdms_ddl_audit awsdms_ddl_audit_pkey"),
        entry(1, "FUNCTION", "awsdms_intercept_ddl()"),
        entry(1, "COMMENT", "COLUMN awsdms_ddl_audit.c_key"),
        entry(1, "SCHEMA", "awsdms_control", schema=""),
        entry(1, "ACL", "SCHEMA awsdms_control", schema=""),
        entry(1, "TABLE", "awsdms_changes1A2B"),
    ],
    ids=lambda own: own.label,
)
def test_what_ferry_and_dms_made_at_the_source_stays_there(own: Entry) -> None:
    assert placed(own)[1].phase is None
    assert placed(own)[1].quiet


@pytest.mark.parametrize(
    "somebodys",
    [
        entry(1, "TABLE", "awsdms_mine"),
        entry(1, "ACL", "TABLE awsdms_mine"),
        entry(1, "CONSTRAINT", "awsdms_mine awsdms_mine_pkey"),
        entry(1, "SEQUENCE", "awsdms_mine_id_seq"),
        entry(1, "TABLE", "awsdms_status_of_mine"),
    ],
    ids=lambda somebodys: somebodys.label,
)
def test_a_table_that_only_begins_like_one_of_dms_is_carried(somebodys: Entry) -> None:
    assert placed(somebodys)[1].phase is not None


def test_an_extension_that_aurora_lacks_is_left_with_what_needs_it() -> None:
    found = placed(
        entry(1, "EXTENSION", "citext"),
        entry(2, "EXTENSION", "timescaledb"),
        entry(3, "TABLE", needs=(2,)),
        entry(4, "COMMENT", "EXTENSION citext", needs=(1,)),
    )

    assert found[1].phase is Phase.BEFORE_LOAD
    assert found[2].why == "Aurora does not offer this extension"
    assert found[3].matters
    assert not found[2].matters
    assert found[4].quiet
