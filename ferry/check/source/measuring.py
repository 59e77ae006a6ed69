"""Reads the rows of the tables that are carried, as far as a time allows: what no catalog knows.

A table is read in pieces of 128 MiB, each a statement and a transaction of its own, so that no lock is
held for long, dead rows can be cleaned up meanwhile, and nobody waits behind whoever waits for this.
After each piece it rests for a quarter of its time. Sizes of texts are read from the rows alone, not
from TOAST (`octet_length`); what has to be written out is only what is compressed or large anyway.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from ferry.check.source.large import is_lob
from ferry.check.source.measure import Measure, Measured
from ferry.check.source.subject import limit_kb
from ferry.check.source.words import counted
from ferry.errors import FerryError
from ferry.postgres import UnreachableError, connect, sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.check.source.subject import Subject
    from ferry.postgres import Server, Session
    from ferry.postgres.catalog.rows import Column, Relation

_PIECE_PAGES: Final = 16_384
"""Of 8 KiB; a range of them is read without the rest of the table since PostgreSQL 14."""

_READS_RANGES: Final = 14
_REST: Final = 0.25
_LONGEST_SECONDS: Final = 60.0
"""For how long one statement may take."""

_WRITTEN_OUT_FROM: Final = 8
"""A value is written out from this part of the limit on: as text it is not so many times larger."""

_KB: Final = 1024
_TEXTS: Final = frozenset({"text", "varchar", "citext", "xml"})
_TIMES: Final = frozenset({"date", "timestamp", "timestamptz"})
_NUMBERS: Final = frozenset({"float4", "float8", "numeric"})

_OCTETS: Final = sql.SQL("max(octet_length({0}::text))")
_BYTES: Final = sql.SQL("max(octet_length({0}))")
_WRITTEN: Final = sql.SQL(
    "max(case when pg_column_size({0}) > {1} or pg_column_compression({0}) is not null"
    " then octet_length({0}::text) else pg_column_size({0}) end)"
)
_WRITTEN_BEFORE_14: Final = sql.SQL("max(octet_length({0}::text))")
_INFINITE: Final = sql.SQL("count(*) filter (where not isfinite({0}))")
_NO_NUMBER: Final = sql.SQL("count(*) filter (where {0}::text in ('NaN', 'Infinity', '-Infinity'))")
_BLANKS: Final = sql.SQL("count(*) filter (where octet_length({0}) > octet_length({0}::text))")
_NONE: Final = sql.SQL("0")


def measured(subject: Subject, server: Server, *, seconds: float) -> Measured:
    """What the rows say, of the smallest tables first.

    Args:
        subject: The database; its catalogs say what is looked for.
        server: The source.
        seconds: For how long it may read.

    Raises:
        FerryError: The source cannot be reached any more.
    """
    until = time.monotonic() + seconds
    columns: dict[tuple[int, int], Measure] = {}
    missing: dict[int, str] = {}
    wanted = [
        (relation, [each for each in subject.catalog.columns_of(relation) if _kind(each)])
        for relation in sorted(subject.carried, key=lambda each: each.pages)
        if relation.kind == "r"
    ]
    with connect(server, purpose="read its rows") as session:
        session.execute("select set_config('max_parallel_workers_per_gather', '0', false)")
        for relation, looked_at in wanted:
            if not looked_at:
                continue
            try:
                for found in _table(session, subject, relation, looked_at, until=until):
                    columns |= found
            except UnreachableError:
                raise
            except FerryError as error:
                missing[relation.oid] = error.why
    return Measured(columns=columns, missing=missing)


def key_range(session: Session, relation: Relation, column: Column) -> tuple[int, int] | None:
    """The least and the greatest value of a column with an index; None of an empty table."""
    name = sql.Identifier(column.name)
    [(least, most)] = session.rows(
        sql.SQL("select min({0}), max({0}) from only {1}").format(
            name, sql.Identifier(relation.schema, relation.name)
        )
    )
    return None if least is None else (least, most)


class _TimeIsUpError(FerryError):
    """The time is up."""


def _table(
    session: Session,
    subject: Subject,
    relation: Relation,
    columns: Sequence[Column],
    *,
    until: float,
) -> Iterator[dict[tuple[int, int], Measure]]:
    """The measures of one table's columns, as far as it was read: what was found is not lost."""
    found = [Measure() for _ in columns]
    pieces = _pieces(session, subject, relation, until=until)
    for number, where in enumerate(pieces):
        left = until - time.monotonic()
        if left <= 0:
            after = f" after {number:,} of {counted(len(pieces), 'piece')} of {relation.sql}"
            raise _TimeIsUpError(f"The time was up{after if number else ''}.")
        began = time.monotonic()
        [row] = session.rows(
            sql.SQL("select {} from only {}{}").format(
                sql.SQL(", ").join(
                    part for each in columns for part in _asked(subject, relation, each)
                ),
                sql.Identifier(relation.schema, relation.name),
                where,
            ),
            deadline_seconds=min(left, _LONGEST_SECONDS),
        )
        values = iter(row)
        found = [
            each.joined(
                Measure(
                    octets=next(values) or 0,
                    infinite=next(values),
                    no_numbers=next(values),
                    blanks=next(values),
                )
            )
            for each in found
        ]
        yield {
            (relation.oid, column.number): measure
            for column, measure in zip(columns, found, strict=True)
        }
        time.sleep(max(0.0, min((time.monotonic() - began) * _REST, until - time.monotonic())))


def _pieces(
    session: Session, subject: Subject, relation: Relation, *, until: float
) -> Sequence[sql.Composable]:
    """The conditions of the pieces that a table is read in; the last has no end."""
    if subject.catalog.server.release < _READS_RANGES:
        return [sql.SQL("")]
    [(pages,)] = session.rows(
        "select pg_relation_size(%s::oid) / 8192",
        [relation.oid],
        deadline_seconds=max(1.0, until - time.monotonic()),
    )
    starts = list(range(0, max(pages, 1), _PIECE_PAGES))
    return [
        sql.SQL(" where ctid >= {}::tid and ctid < {}::tid").format(
            sql.Literal(f"({start},0)"), sql.Literal(f"({start + _PIECE_PAGES},0)")
        )
        for start in starts[:-1]
    ] + [sql.SQL(" where ctid >= {}::tid").format(sql.Literal(f"({starts[-1]},0)"))]


def _kind(column: Column) -> bool:
    """Whether something is looked for in a column."""
    return (
        is_lob(column)
        or column.base in _TIMES | _NUMBERS
        or (column.base == "bpchar" and column.modifier == -1)
    )


def _asked(subject: Subject, relation: Relation, column: Column) -> Sequence[sql.Composable]:
    """What is asked of a column: its octets, infinities, numbers that are none, blanks."""
    name = sql.Identifier(column.name)
    octets: sql.Composable = _NONE
    if is_lob(column):
        limit = min(limit_kb(task, relation) for task in subject.tasks_of[relation.oid])
        threshold = limit * _KB // _WRITTEN_OUT_FROM
        if column.base in _TEXTS:
            octets = _OCTETS.format(name)
        elif column.base == "bytea":
            octets = _BYTES.format(name)
        elif subject.catalog.server.release < _READS_RANGES:
            octets = _WRITTEN_BEFORE_14.format(name)
        else:
            octets = _WRITTEN.format(name, sql.Literal(threshold))
    return (
        octets,
        _INFINITE.format(name) if column.base in _TIMES else _NONE,
        _NO_NUMBER.format(name) if column.base in _NUMBERS else _NONE,
        _BLANKS.format(name) if column.base == "bpchar" and column.modifier == -1 else _NONE,
    )
