"""Whether both sides hold the same rows, told by nothing that ferry has: each row's text, by its key.

While changes are on their way a row that differs proves nothing. So rows that differ are looked at
again: at the source, then, when everything up to there has arrived, at the target, then at the source
again. A row that the target has as the source had it at one of the two is equal. One that did not change
at the source between them and is otherwise at the target is different. Anything else moved, and is
looked at once more.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from harness.rehearsal.shop import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import psycopg

    from harness.rehearsal.database import Database

_TABLES = """
select c.oid::regclass::text,
       (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a, pg_index i
        where a.attrelid = c.oid and i.indrelid = c.oid and i.indisprimary
          and a.attnum = any (i.indkey))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname = any (%s) order by 1
"""
_NAMES = """
select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.oid::regclass::text = any (%s) order by 1"""
# All of them go up. One that was never asked is before its first value.
_SEQUENCES = """
select schemaname || '.' || sequencename, coalesce(last_value, start_value - 1)
from pg_sequences where schemaname = any (%s)
"""
_TURNS = 10
_TURNS_OF_ALL = 2
_SECONDS_TO_ARRIVE = 300.0
Rows = dict[str, tuple[str, str]]
"""The rows of a table by their keys: what they are, and which version of it."""


class NotEqualError(Exception):
    """The two sides differ; the text says where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class What:
    """What is compared, and by which rows it is told what has arrived.

    Attributes:
        schemas: In which schemas.
        markers: A table of each task, of a number and a time, which the task carries.
        markers_back: The same on the way back.
        only: The tables; None for all of the schemas.
    """

    schemas: tuple[str, ...]
    markers: tuple[str, ...]
    markers_back: tuple[str, ...]
    only: frozenset[str] | None = None

    def turned(self) -> Self:
        """The same the other way."""
        return replace(self, markers=self.markers_back, markers_back=self.markers)


_MARKERS = tuple(f"{schema}.marker" for schema in SCHEMAS)
SHOP = What(schemas=SCHEMAS, markers=_MARKERS, markers_back=_MARKERS)
"""The rehearsal's own tables."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """The source and the target, as somebody who may read everything."""

    source: Database
    target: Database
    what: What = SHOP
    names: tuple[str, str] = ("at the source", "in Aurora")

    def turned(self) -> Self:
        """The same the other way: what is written in Aurora is carried to the source."""
        here, there = self.names
        return replace(
            self,
            source=self.target,
            target=self.source,
            what=self.what.turned(),
            names=(there, here),
        )

    def rows(self) -> int:
        """How many rows the source has."""
        return sum(map(len, _read(self.source, _tables(self.source, self.what)).values()))

    def keyless(self) -> list[str]:
        """The tables of the source without a primary key, of those that are compared."""
        keyless = [name for name, key in _tables(self.source, self.what).items() if key is None]
        return [name for (name,) in self.source.rows(_NAMES, [keyless])]

    def sequences_behind(self) -> list[str]:
        """The sequences where is written that would give a number that was given at the other side."""
        query, schemas = _SEQUENCES, [list(self.what.schemas)]
        now = dict(self.source.rows(query, schemas))
        return [
            f"the sequence {name} is at {now.get(name)} {self.names[0]}, and was at {last}"
            for name, last in self.target.rows(query, schemas)
            if name not in now or now[name] < last
        ]

    def compare(self, *, at_rest: bool = False) -> int:
        """Compare every row of every table.

        Args:
            at_rest: Nobody writes, and nothing is on its way: a row that differs is different at once.
                By default whatever goes on meanwhile.

        Returns:
            How many rows the source has.

        Raises:
            NotEqualError: They differ, or a row never stood still.
        """
        tables = _tables(self.source, self.what)
        if at_rest and (alike := self._alike(tables)) is not None:
            return alike
        before, there = _read(self.source, tables), _read(self.target, tables)
        count = sum(map(len, before.values()))
        suspects = {name: _apart(before[name], there[name]) for name in tables}
        for turn in range(_TURNS):
            suspects = {name: rows for name, rows in suspects.items() if rows}
            if not suspects:
                return count
            if at_rest:
                name, rows = next(iter(suspects.items()))
                raise self._not_equal(name, rows, before, there)
            # All at once, and then what is written to all the time table by table: the less there is
            # to read, the less moves meanwhile.
            groups = [{name: rows} for name, rows in suspects.items()]
            for group in [suspects] if turn < _TURNS_OF_ALL else groups:
                suspects |= self._look_again(group, tables)
        raise NotEqualError(f"rows that never stood still: {suspects}")

    def _alike(self, tables: Mapping[str, list[str] | None]) -> int | None:
        """How many rows both sides have where all are alike, told by the servers; None where they are not.

        To bring half a million rows of each side here takes longer than a cutover does.
        """
        with ThreadPoolExecutor(max_workers=2) as pool:
            here, there = pool.map(lambda side: _sums(side, tables), (self.source, self.target))
        return sum(count for count, _ in here.values()) if here == there else None

    def _look_again(
        self, suspects: Mapping[str, set[str]], tables: Mapping[str, list[str] | None]
    ) -> dict[str, set[str]]:
        """The suspects of some tables that still are.

        Raises:
            NotEqualError: One is different.
        """
        keys = {name: tables[name] for name in suspects}
        before = _read(self.source, keys)
        self.wait_until_arrived()
        there = _read(self.target, keys)
        after = _read(self.source, keys)
        left = {}
        for name, rows in suspects.items():
            left[name] = rows & _apart(before[name], there[name]) & _apart(after[name], there[name])
            if still := {
                row for row in left[name] if before[name].get(row) == after[name].get(row)
            }:
                raise self._not_equal(name, still, before, there)
        return left

    def _not_equal(
        self, name: str, rows: set[str], source: Mapping[str, Rows], target: Mapping[str, Rows]
    ) -> NotEqualError:
        row, (here, there) = min(rows), self.names
        return NotEqualError(
            f"{name} {row}: {_seen(source[name], row)} {here}, "
            f"{_seen(target[name], row)} {there}; {len(rows)} such rows"
        )

    def wait_until_arrived(self) -> None:
        """Wait until the target has what is committed at the source by now.

        A row of each task's table `marker` is written last, and arrives last: DMS carries a task's
        transactions in the order of their commits.

        Raises:
            NotEqualError: It does not arrive within five minutes.
        """
        id_ = time.monotonic_ns()
        deadline = time.monotonic() + _SECONDS_TO_ARRIVE
        self.source.run(*(f"insert into {it} values ({id_}, now())" for it in self.what.markers))
        with self.target.connect() as connection:
            for marker in self.what.markers:
                query = f"select from {marker} where id = {id_}".encode()
                while not connection.execute(query).rowcount:
                    if time.monotonic() > deadline:
                        raise NotEqualError(f"a row of {marker} never arrived")
                    time.sleep(0.01)


def read(database: Database, tables: Iterable[str] | None = None) -> dict[str, Rows]:
    """The rows of the rehearsal's own tables, by their names; by default of all."""
    found = _tables(database, SHOP)
    return _read(database, found if tables is None else {name: found[name] for name in tables})


def _tables(database: Database, what: What) -> dict[str, list[str] | None]:
    """The tables that are compared, each with the columns of its key, if any."""
    found = dict(database.rows(_TABLES, [list(what.schemas)]))
    return {it: key for it, key in found.items() if what.only is None or it in what.only}


def _read(database: Database, tables: Mapping[str, list[str] | None]) -> dict[str, Rows]:
    with database.connect() as connection:
        return {name: _rows(connection, name, key) for name, key in tables.items()}


def _sums(database: Database, tables: Iterable[str]) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and the sum of a hash of each row's text."""
    hashed = "('x' || left(md5(r::text), 16))::bit(64)::bigint"
    with database.connect() as connection:
        found = {}
        for it in tables:
            query = f"select count(*), coalesce(sum({hashed}), 0)::text from only {it} r".encode()
            ((count, total),) = connection.execute(query).fetchall()
            found[it] = (count, total)
    return found


def _rows(connection: psycopg.Connection[Any], table: str, key: list[str] | None) -> Rows:
    """The rows of a table; of one without a key how often each is there."""
    if key:
        name = f"concat_ws(' ', {', '.join(f'r.{column}::text' for column in key)})"
        query = f"select {name}, md5(r::text), r.xmin::text || r.ctid from only {table} r"
    else:
        query = (
            f"select md5(r::text), count(*)::text, count(*)::text from only {table} r group by 1"
        )
    found = connection.execute(query.encode())
    return {row: (what, version) for row, what, version in found}


def _apart(one: Rows, other: Rows) -> set[str]:
    """The rows that are not the same, or on one side alone."""
    return {row for row in one.keys() | other.keys() if _seen(one, row) != _seen(other, row)}


def _seen(rows: Rows, row: str) -> str:
    return rows[row][0] if row in rows else "nothing"
