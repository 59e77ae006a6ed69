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

    from harness.rehearsal.database import Database

_TABLES = """
select c.oid::regclass::text,
       (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a, pg_index i
        where a.attrelid = c.oid and i.indrelid = c.oid and i.indisprimary
          and a.attnum = any (i.indkey))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname = any (%s) order by 1
"""
_ROUNDS = 10
_SECONDS_TO_ARRIVE = 60.0
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
        count = 0
        differing: list[str] = []
        for table, key in self.source.rows(_TABLES, [list(SCHEMAS)]):
            rows, wrong = self._compare_table(table, key)
            count += rows
            differing += wrong
        if differing:
            raise NotEqualError("; ".join(differing[:20]))
        return count

    def wait_until_arrived(self) -> None:
        """Wait until the target has what is committed at the source by now.

        A row of each task's table `marker` is written last, and arrives last: DMS carries a task's
        transactions in the order of their commits.

        Raises:
            NotEqualError: It does not arrive within a minute.
        """
        id_ = time.monotonic_ns()
        deadline = time.monotonic() + _SECONDS_TO_ARRIVE
        for schema in SCHEMAS:
            self.source.run(f"insert into {schema}.marker values ({id_}, now())")
        for schema in SCHEMAS:
            query = f"select count(*) from {schema}.marker where id = {id_}"
            while not self.target.value(query):
                if time.monotonic() > deadline:
                    raise NotEqualError(f"a row of {schema}.marker never arrived")
                time.sleep(0.02)

    def _compare_table(self, table: str, key: list[str] | None) -> tuple[int, list[str]]:
        before = _rows(self.source, table, key)
        there = _rows(self.target, table, key)
        suspects = {row for row in before.keys() | there.keys() if _differ(before, there, row)}
        for _ in range(_ROUNDS):
            if not suspects:
                return len(before), []
            before = _rows(self.source, table, key)
            self.wait_until_arrived()
            there = _rows(self.target, table, key)
            after = _rows(self.source, table, key)
            suspects = {
                row
                for row in suspects
                if _differ(before, there, row) and _differ(after, there, row)
            }
            proved = sorted(row for row in suspects if before.get(row) == after.get(row))
            if proved:
                return len(before), [
                    f"{table} {row}: {_seen(before, row)} at the source, {_seen(there, row)} at the target"
                    for row in proved
                ]
        return len(before), [f"{table}: {len(suspects)} rows never stood still"]


def _rows(database: Database, table: str, key: list[str] | None) -> Rows:
    """The rows of a table; of one without a key how often each is there."""
    if key:
        name = f"concat_ws(' ', {', '.join(f'r.{column}::text' for column in key)})"
        query = f"select {name}, md5(r::text), r.xmin::text || r.ctid from only {table} r"
    else:
        query = (
            f"select md5(r::text), count(*)::text, count(*)::text from only {table} r group by 1"
        )
    return {row: (what, version) for row, what, version in database.rows(query)}


def _differ(one: Mapping[str, Any], other: Mapping[str, Any], row: str) -> bool:
    return _seen(one, row) != _seen(other, row)


def _seen(rows: Mapping[str, Any], row: str) -> str:
    return rows[row][0] if row in rows else "nothing"
