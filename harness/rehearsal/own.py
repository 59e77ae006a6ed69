"""An application of nobody's, which writes to a user's own tables as far as they take made-up rows.

It inserts rows and changes its own; it deletes none, as what hangs on a row only its owner knows. A table
that takes no row is left alone.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from harness.rehearsal.filling import Filling
from harness.rehearsal.ledger import apart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from harness.rehearsal.database import Database
    from harness.rehearsal.filling import Table
    from harness.rehearsal.ledger import Ledger

    Connection = psycopg.Connection[Any]

_KEYS = """
select i.indrelid, array_agg(quote_ident(a.attname) order by a.attnum), array_agg(a.attnum::int)
from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
where i.indisprimary group by 1"""
_TRIGGERS = "select exists (select from pg_trigger where not tgisinternal)"
_REFUSED = (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.RaiseException,
            psycopg.errors.InsufficientPrivilege, psycopg.errors.InternalError_)  # fmt: skip


@dataclass(kw_only=True)
class OwnLoad:
    """What is written to a user's own tables, and what of it has to be there.

    Args:
        filling: What has filled them.
        tables: Those of them that are carried, and have rows.
    """

    filling: Filling
    tables: Sequence[Table]
    _keys: dict[int, list[str]] = field(default_factory=dict)
    _numbers: dict[int, set[int]] = field(default_factory=dict)
    _has_triggers: bool = False

    def begin(self, source: Database) -> None:
        """Read which columns are keys."""
        for oid, names, numbers in source.rows(_KEYS):
            self._keys[oid], self._numbers[oid] = names, set(numbers)
        self._has_triggers = source.value(_TRIGGERS)

    def key(self, table: Table) -> Sequence[str]:
        """The columns of a table's primary key; none where it has none."""
        return self._keys.get(table.oid, ())

    def told(self, table: Table) -> str:
        """What tells a row `r`: its key, if any, and its text."""
        key = ", ".join(f"r.{name}::text" for name in self.key(table))
        return f"concat_ws(' ', {key}), md5(r::text)" if key else "null, md5(r::text)"

    def changeable(self, table: Table) -> list[int]:
        """The columns that may be changed: of no key and no foreign key."""
        fixed = self._numbers.get(table.oid, set()).union(*(it.columns for it in table.references))
        return [n for n, it in enumerate(table.columns) if it.number not in fixed]

    def writer(self, number: int, ledger: Ledger, random: Random) -> OwnWriter:  # noqa: ARG002 - a load's
        """One of the writers."""
        filling = Filling(
            connection=self.filling.connection, random=random, tables=self.filling.tables
        )
        return OwnWriter(load=self, ledger=ledger, random=random, filling=filling)

    def wrongs(self, ledgers: Sequence[Ledger], database: Database) -> list[str]:
        """What a database has otherwise than it was acknowledged.

        Where there are triggers, which may change a row afterwards, only whether it is there.
        """
        found = []
        for table in self.tables:
            wanted = {key: what for it in ledgers for key, what in it.rows[table.name].items()}
            if not wanted:
                continue
            query = f"select {self.told(table)} from {table.name} r"
            there = {key: what for key, what in database.rows(query) if key in wanted}
            if self._has_triggers:
                wanted, there = (dict.fromkeys(it, "a row") for it in (wanted, there))
            found += apart(table.name, wanted, there)
        return found


@dataclass(kw_only=True)
class OwnWriter:
    """Writes to them, by one session at a time."""

    load: OwnLoad
    ledger: Ledger
    random: Random
    filling: Filling
    _rows: list[tuple[Table, str]] = field(default_factory=list)
    _doubt: Callable[[Connection], None] | None = None

    def commit_one(self, connection: Connection) -> bool:
        """One transaction; whether there was one that was taken."""
        self.filling.connection = connection
        done = False
        with suppress(*_REFUSED):
            is_change = self._rows and self.random.random() < 1 / 2
            done = self._change(connection) if is_change else self._insert(connection)
        self._doubt = None
        return done

    def settle(self, connection: Connection) -> None:
        """Ask what became of a change whose session ended before the answer; of a row nobody knows it."""
        if self._doubt:
            self._doubt(connection)
            self._doubt = None

    def _insert(self, connection: Connection) -> bool:
        table = self.random.choice(self.load.tables)
        told = self.filling.insert(table, connection, self.load.told(table))
        if told is None:
            return False
        key, what = told
        if key is not None:
            self.ledger.rows[table.name][key] = what
            self._rows.append((table, key))
        return True

    def _change(self, connection: Connection) -> bool:
        table, key = self.random.choice(self._rows)
        places = self.load.changeable(table)
        if not places:
            return False
        column = table.columns[self.random.choice(places)]
        names = ", ".join(f"r.{name}::text" for name in self.load.key(table))
        name, names = table.name.replace("%", "%%"), names.replace("%", "%%")
        is_it = f"concat_ws(' ', {names}) = %s"

        def ask(connection: Connection) -> None:
            query = f"select md5(r::text) from {name} r where {is_it}"
            for (what,) in connection.execute(query.encode(), [key]):
                self.ledger.rows[table.name][key] = what

        self._doubt = ask
        query = f"update {name} r set {column.name.replace('%', '%%')} = %s where {is_it} returning md5(r::text)"
        found = connection.execute(query.encode(), [column.make(self.random), key]).fetchone()
        if found is None:
            return False
        self.ledger.rows[table.name][key] = found[0]
        return True
