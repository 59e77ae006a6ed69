"""Texts that PostgreSQL 15 wrote, read again and wrote otherwise, and texts that mean something else."""

from __future__ import annotations

import pytest

from ferry.migrate.schema.wording import alike


@pytest.mark.parametrize(
    ("written", "again"),
    [
        (
            "CHECK (((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
            (
                "CHECK (((v)::text = ANY (ARRAY[('a'::character varying)::text, "
                "('b'::character varying)::text])))"
            ),
        ),
        ("((a OR b) OR (c = 'k'::text))", "(a OR b OR (c = 'k'::text))"),
        (
            "FROM (VALUES (1,'x%s'::text)) \"*VALUES*\"",
            "FROM ( VALUES (1,'x%s'::text)) \"*VALUES*\"",
        ),
        ("(v = ( SELECT 'a'::text))", "(v = ( SELECT 'a'::text AS text))"),
        (
            'x IN (a::"Odd S"."T"[], b::numeric(5,-2), c::timestamp(3) without time zone)',
            "x IN (a, b, c)",
        ),
    ],
)
def test_what_postgresql_writes_otherwise_the_second_time_is_alike(
    written: str, again: str
) -> None:
    assert alike(written, again)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a text NOT NULL", "a varchar NOT NULL"),
        ("v = ANY (ARRAY['a'::text])", "v = ANY (ARRAY['b'::text])"),
        ("DEFAULT 'a (b)'::text", "DEFAULT 'a b'::text"),
        ("DEFAULT E'a\\'::text'", "DEFAULT E'a\\''"),
        ("AS $$ return (a + b) * c; $$", "AS $$ return a + b * c; $$"),
        ("AS $f$ a::int $$ $f$", "AS $f$ a $$ $f$"),
        ('"a (b)"', '"a b"'),
        ("a::text AS name", "a::text AS other"),
        ("a b", "ab"),
        ("PRIMARY KEY (a, b)", "PRIMARY KEY (b, a)"),
        ("numeric(5,2)", "numeric(5,3)"),
    ],
)
def test_what_says_something_else_is_not(one: str, other: str) -> None:
    assert not alike(one, other)
