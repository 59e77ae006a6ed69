"""Whether both sides hold the same rows, told by nothing that ferry has: each row's text, by its key.

While changes are on their way a row that differs proves nothing. So rows that differ are looked at
again: at the source, then, when everything up to there has arrived, at the target, then at the source
again. A row that the target has as the source had it at one of the two is equal. One that did not change
at the source between them and is otherwise at the target is different. Anything else moved, and is
looked at once more.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.rehearsal.shop import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_TURNS = 10
_TURNS_OF_ALL = 2
_SECONDS_TO_ARRIVE = 300.0
Rows = dict[str, tuple[str, str]]
"""The rows of a table by their keys: what they are, and which version of it."""


class NotEqualError(Exception):
    """The two sides differ; the text says where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """The source and the target, as somebody who may read everything."""

    source: Database
    target: Database

    def compare(self) -> int:
        """Compare every row of every table, whatever goes on meanwhile.

        Returns:
            How many rows the source has.

        Raises:
            NotEqualError: They differ, or a row never stood still.
        """
        tables = dict(self.source.rows(_TABLES, [list(SCHEMAS)]))
        before, there = self._read(self.source, tables), self._read(self.target, tables)
        count = sum(map(len, before.values()))
        suspects = {name: _apart(before[name], there[name]) for name in tables}
        for turn in range(_TURNS):
            suspects = {name: rows for name, rows in suspects.items() if rows}
            if not suspects:
                return count
            # All at once, and then what is written to all the time table by table: the less there is
            # to read, the less moves meanwhile.
            groups = [{name: rows} for name, rows in suspects.items()]
            for group in [suspects] if turn < _TURNS_OF_ALL else groups:
                suspects |= self._look_again(group, tables)
        raise NotEqualError(f"rows that never stood still: {suspects}")

    def _look_again(
        self, suspects: Mapping[str, set[str]], tables: Mapping[str, list[str] | None]
    ) -> dict[str, set[str]]:
        """The suspects of some tables that still are.

        Raises:
            NotEqualError: One is different.
        """
        keys = {name: tables[name] for name in suspects}
        before = self._read(self.source, keys)
        self.wait_until_arrived()
        there = self._read(self.target, keys)
        after = self._read(self.source, keys)
        left = {}
        for name, rows in suspects.items():
            left[name] = rows & _apart(before[name], there[name]) & _apart(after[name], there[name])
            if still := {
                row for row in left[name] if before[name].get(row) == after[name].get(row)
            }:
                row = min(still)
                raise NotEqualError(
                    f"{name} {row}: {_seen(before[name], row)} at the source, "
                    f"{_seen(there[name], row)} at the target; {len(still)} such rows"
                )
        return left

    @staticmethod
    def _read(database: Database, tables: Mapping[str, list[str] | None]) -> dict[str, Rows]:
        with database.connect() as connection:
            return {name: _rows(connection, name, key) for name, key in tables.items()}

    def wait_until_arrived(self) -> None:
        """Wait until the target has what is committed at the source by now.

        A row of each task's table `marker` is written last, and arrives last: DMS carries a task's
        transactions in the order of their commits.

        Raises:
            NotEqualError: It does not arrive within five minutes.
        """
        id_ = time.monotonic_ns()
        deadline = time.monotonic() + _SECONDS_TO_ARRIVE
        self.source.run(*(f"insert into {it}.marker values ({id_}, now())" for it in SCHEMAS))
        with self.target.connect() as connection:
            for schema in SCHEMAS:
                query = f"select from {schema}.marker where id = {id_}".encode()
                while not connection.execute(query).rowcount:
                    if time.monotonic() > deadline:
                        raise NotEqualError(f"a row of {schema}.marker never arrived")
                    time.sleep(0.01)


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
