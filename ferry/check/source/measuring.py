"""Reads the rows of the tables that are carried, as far as a time allows: what no catalog knows.

A table is read in pieces of about two seconds, each a statement and a transaction of its own, so that
no lock is held for long, dead rows can be cleaned up meanwhile, and nobody waits behind whoever waits
for this. After each piece it rests for a quarter of its time. Sizes of texts are read from the rows
alone, not from TOAST (`octet_length`); what has to be written out is only what is compressed or large
anyway. What was measured is kept, and the next run goes on from there.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from ferry.check.source.kept import VERSION, Kept, Mark, Reading
from ferry.check.source.measure import Earlier, Measure, Measured
from ferry.check.source.subject import limit_kb
from ferry.errors import FerryError
from ferry.mappings.columns import is_lob
from ferry.postgres import NoAnswerError, PostgresError, UnreachableError, connect, sql
from ferry.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ferry.check.source.subject import Subject
    from ferry.postgres import Server, Session
    from ferry.postgres.catalog.rows import Column, Relation

_FIRST_PAGES: Final = 2_048
_MOST_PAGES: Final = 16_384
"""How many pages of 8 KiB are read at once, at first and at most."""

_LEAST_SHARE: Final = 8
"""A piece for which there is not the time is tried again with so many times fewer pages."""

_MOST_GROWTH: Final = 4.0
_PIECE_SECONDS: Final = 2.0
_LONGEST_SECONDS: Final = 10.0
_LONGEST_PAGE_SECONDS: Final = 60.0
"""For how long a piece is to take, may take, and one of a single page may."""

_READS_RANGES: Final = 14
"""Since then a range of pages is read without the rest of the table; before, row by row."""

_MOST_ROWS_OF_PAGE: Final = 291
"""MaxHeapTuplesPerPage of 8 KiB. Source: PostgreSQL's src/include/access/htup_details.h"""

_REST: Final = 0.25
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


# A crash, or whoever resets them, begins the statistics anew: when that was is part of the mark.
_MARKS: Final = """
select c.oid, c.relfilenode::text,
       case when current_setting('track_counts')::bool and not pg_is_in_recovery() then
         concat_ws('/', pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid),
                   pg_stat_get_tuples_deleted(c.oid), pg_stat_get_bgwriter_stat_reset_time(),
                   (select pg_stat_get_db_stat_reset_time(oid) from pg_database
                    where datname = current_database()))
       end
from pg_class c where c.oid = any(%s::oid[])"""
_SYSTEM: Final = """
select c.system_identifier::text, d.oid::text from pg_control_system() c, pg_database d
where d.datname = current_database()"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Table:
    """A table, and its columns in which something is looked for."""

    relation: Relation
    columns: Sequence[Column]
    limit_bytes: int

    @property
    def written_out_from(self) -> int:
        return self.limit_bytes // _WRITTEN_OUT_FROM

    def is_bitten(self, measure: Measure) -> bool:
        """Whether a finding comes of a measure, which may be mended meanwhile."""
        return bool(
            measure.infinite
            or measure.no_numbers
            or measure.blanks
            or measure.octets * 2 > self.limit_bytes
        )


def measured(subject: Subject, server: Server, *, seconds: float) -> Measured:
    """What the rows say, of the smallest tables first, and what an earlier run has kept.

    Args:
        subject: The database; its catalogs say what is looked for.
        server: The source.
        seconds: For how long it may read.

    Raises:
        FerryError: The source cannot be reached any more; what was measured is kept.
    """
    until = time.monotonic() + seconds
    began = _now()
    tables = _tables(subject)
    missing = dict(_without_partitions(subject))
    with connect(server, purpose="read its rows") as session:
        session.execute("select set_config('max_parallel_workers_per_gather', '0', false)")
        marks = _marks(session, tables)
        kept = Kept(_progress(session, subject), marks)
        present = [each for each in tables if each.relation.oid in marks]
        late: dict[int, str] = {}
        try:
            for table in _in_order(present, kept, marks):
                oid = table.relation.oid
                try:
                    _read(session, subject, table, kept, marks[oid], until=until)
                except UnreachableError:
                    raise
                except FerryError as error:
                    (late if oid in kept.done else missing)[oid] = str(error)
        finally:
            kept.save()
    return Measured(
        columns=_columns(kept),
        missing=missing,
        earlier={
            oid: Earlier(
                at=_shown(reading.at),
                is_stale=not marks[oid].is_unwritten(reading.mark),
                why=late.get(oid, ""),
            )
            for oid, reading in kept.done.items()
            if reading.at < began
        },
        unused=kept.unused,
        unkept=kept.unkept,
    )


def _columns(kept: Kept) -> dict[tuple[int, int], Measure]:
    """All that is known, also of what is read for the second time."""
    found: dict[tuple[int, int], Measure] = {}
    for readings in (kept.done, kept.begun):
        for oid, reading in readings.items():
            for number, measure in reading.columns.items():
                known = found.get((oid, number), Measure())
                found[oid, number] = known.at_least(measure)
    return found


def _tables(subject: Subject) -> Sequence[_Table]:
    return [
        _Table(
            relation=relation,
            columns=columns,
            limit_bytes=_KB
            * min(limit_kb(task, relation) for task in subject.tasks_of[relation.oid]),
        )
        for relation in subject.carried
        if relation.kind == "r"
        and (columns := [each for each in subject.catalog.columns_of(relation) if _kind(each)])
    ]


def _without_partitions(subject: Subject) -> Iterator[tuple[int, str]]:
    """Partitioned tables whose rows are in tables that no task carries, and so are not read."""
    apart = {
        parent
        for each in subject.catalog.relations
        if each.is_partition and each.oid not in subject.tasks_of
        for parent in each.parents
    }
    for relation in subject.carried:
        if relation.oid in apart:
            yield relation.oid, "Its rows are read where its partitions are carried by their names."


def _in_order(tables: Iterable[_Table], kept: Kept, marks: Mapping[int, Mark]) -> Sequence[_Table]:
    """What is to be read, and when.

    First what was written to and had something that may be mended now; then what was never read to
    the end; both by their size. At last what else was written to, the earliest read first.
    """

    def rank(table: _Table) -> tuple[int, str, int]:
        done = kept.done.get(table.relation.oid)
        if done is None:
            return (1, "", table.relation.pages)
        if any(map(table.is_bitten, done.columns.values())):
            return (0, "", table.relation.pages)
        return (2, done.at, 0)

    return sorted(
        (
            each
            for each in tables
            if not (done := kept.done.get(each.relation.oid))
            or not marks[each.relation.oid].is_unwritten(done.mark)
        ),
        key=rank,
    )


def _marks(session: Session, tables: Sequence[_Table]) -> dict[int, Mark]:
    """What the tables are now; one that is gone is not there."""
    by_oid = {each.relation.oid: each for each in tables}
    return {
        oid: Mark(
            shape=_shape(file, by_oid[oid].columns),
            written=written,
            written_out_from=by_oid[oid].written_out_from,
        )
        for oid, file, written in session.rows(_MARKS, [list(by_oid)])
    }


def _shape(file: str, columns: Iterable[Column]) -> str:
    of_columns = repr([(each.number, each.name, each.type, each.base) for each in columns])
    return f"{file}/{hashlib.sha256(of_columns.encode()).hexdigest()[:16]}"


def _progress(session: Session, subject: Subject) -> Progress | str:
    try:
        [(system, database)] = session.rows(_SYSTEM)
    except UnreachableError:
        raise
    except PostgresError as error:
        return str(error)
    return Progress(
        environment=subject.environment.name,
        command="check-source",
        database=subject.database.source,
        version=VERSION,
        of={"system_identifier": system, "database": database},
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _shown(at: str) -> str:
    return f"{at[:16].replace('T', ' ')} UTC"


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


def _read(
    session: Session, subject: Subject, table: _Table, kept: Kept, mark: Mark, *, until: float
) -> None:
    """Read a table piece by piece, from where it was left: what was found is not lost."""
    oid = table.relation.oid
    reading = kept.begun.get(oid) or Reading(
        table=table.relation.sql, mark=mark, at=_now(), pages=0, at_once=_FIRST_PAGES, columns={}
    )
    if until <= time.monotonic() and not reading.pages:
        raise _TimeIsUpError("The time was up.")
    total = _pages(session, oid)
    is_whole = False
    while not is_whole:
        left = until - time.monotonic()
        if left <= 0:
            share = f" after {100 * reading.pages // total} % of {table.relation.sql}"
            raise _TimeIsUpError(f"The time was up{share if reading.pages else ''}.")
        pages = max(1, min(reading.at_once, _MOST_PAGES, total - reading.pages))
        longest = _LONGEST_SECONDS if pages > 1 else _LONGEST_PAGE_SECONDS
        is_whole = reading.pages + pages >= total
        began = time.monotonic()
        try:
            found = _piece(
                session,
                subject,
                table,
                _where(subject, reading.pages, pages, is_last=is_whole),
                deadline_seconds=min(left, longest),
            )
        except NoAnswerError:
            if pages == 1 and left > longest:
                raise
            is_whole = False
            fewer = max(1, pages // _LEAST_SHARE)
            kept.take(oid, reading := replace(reading, at_once=fewer), is_whole=False)
            continue
        took = time.monotonic() - began
        reading = reading.further(
            pages=min(reading.pages + pages, total),
            at_once=max(1, int(pages * min(_MOST_GROWTH, _PIECE_SECONDS / max(took, 1e-3)))),
            columns=found,
        )
        kept.take(oid, reading, is_whole=is_whole)
        time.sleep(max(0.0, min(took * _REST, until - time.monotonic())))


def _piece(
    session: Session,
    subject: Subject,
    table: _Table,
    where: sql.Composable,
    *,
    deadline_seconds: float,
) -> dict[int, Measure]:
    """The measures of the columns of some pages."""
    [row] = session.rows(
        sql.SQL("select {} from only {} where {}").format(
            sql.SQL(", ").join(
                part for each in table.columns for part in _asked(subject, table, each)
            ),
            sql.Identifier(table.relation.schema, table.relation.name),
            where,
        ),
        deadline_seconds=deadline_seconds,
    )
    values = iter(row)
    return {
        each.number: Measure(
            octets=next(values) or 0,
            infinite=next(values),
            no_numbers=next(values),
            blanks=next(values),
        )
        for each in table.columns
    }


def _pages(session: Session, oid: int) -> int:
    """How many pages a table has now; 1 of one that is empty or gone."""
    [(pages,)] = session.rows("select coalesce(pg_relation_size(%s::oid), 0) / 8192", [oid])
    return max(1, int(pages))


def _where(subject: Subject, first: int, pages: int, *, is_last: bool) -> sql.Composable:
    """The condition of some pages; the last piece has those too that were added meanwhile."""
    if subject.catalog.server.release < _READS_RANGES:
        return sql.SQL(
            "ctid = any(array(select format('(%s,%s)', page, line)::tid"
            " from generate_series({}, {}) page, generate_series(1, {}) line))"
        ).format(*map(sql.Literal, (first, first + pages - 1, _MOST_ROWS_OF_PAGE)))
    begins = sql.SQL("ctid >= {}::tid").format(sql.Literal(f"({first},0)"))
    if is_last:
        return begins
    return sql.SQL("{} and ctid < {}::tid").format(begins, sql.Literal(f"({first + pages},0)"))


def _kind(column: Column) -> bool:
    """Whether something is looked for in a column."""
    return (
        is_lob(column)
        or column.base in _TIMES | _NUMBERS
        or (column.base == "bpchar" and column.modifier == -1)
    )


def _asked(subject: Subject, table: _Table, column: Column) -> Sequence[sql.Composable]:
    """What is asked of a column: its octets, infinities, numbers that are none, blanks."""
    name = sql.Identifier(column.name)
    octets: sql.Composable = _NONE
    if is_lob(column):
        if column.base in _TEXTS:
            octets = _OCTETS.format(name)
        elif column.base == "bytea":
            octets = _BYTES.format(name)
        elif subject.catalog.server.release < _READS_RANGES:
            octets = _WRITTEN_BEFORE_14.format(name)
        else:
            octets = _WRITTEN.format(name, sql.Literal(table.written_out_from))
    return (
        octets,
        _INFINITE.format(name) if column.base in _TIMES else _NONE,
        _NO_NUMBER.format(name) if column.base in _NUMBERS else _NONE,
        _BLANKS.format(name) if column.base == "bpchar" and column.modifier == -1 else _NONE,
    )
