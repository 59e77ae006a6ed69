"""Rows that are spoilt in Aurora, to see that `ferry verify ENV` finds each of them, and no other.

They are rows that the application leaves alone. What is spoilt is kept beside it, and put back.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.rehearsal.comparing import NotEqualError
from harness.rehearsal.shop import KINDS_TABLES, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import psycopg

    from harness.rehearsal.database import Database
    from harness.rehearsal.shop import KindsTable

    Connection = psycopg.Connection[Any]

_KEPT = "planted"
_BEYOND = 900_000
"""Numbers of rows that neither the source began with nor the application makes."""
_SECONDS_HELD = 3.0


class Row(NamedTuple):
    """A row as `ferry verify ENV --keys` names it; of a table without a key it has none."""

    table: str
    key: tuple[str, ...]
    kind: str
    columns: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Planting:
    """Spoils rows of tables of schema `types`, and knows which.

    Args:
        target: Aurora, for somebody who may do everything.
        seed: From which it follows what is spoilt.
        rows: How many rows each table had at first.
        tables: Of which tables.
    """

    target: Database
    seed: int
    rows: int
    tables: Sequence[KindsTable] = KINDS_TABLES
    planted: set[Row] = field(default_factory=set)
    _doubled: dict[str, str] = field(default_factory=dict)

    def plant(self) -> int:
        """Spoil them: of each table two rows are changed, one is missing, one is extra. Return all."""
        random = Random(self.seed)  # noqa: S311 - a seed is what makes it the same again
        with self.target.connect() as connection:
            connection.execute(f"create schema {_KEPT}".encode())
            for table in self.tables:
                if not table.key:
                    self._double(connection, table)
                    continue
                numbers = random.sample(range(self.rows), 3)
                self._keep(connection, table, numbers)
                for n in numbers[:2]:
                    self._change(connection, table, n, random)
                condition = _is(table)
                connection.execute(
                    f"delete from {table.name} where {condition}".encode(), table.key_of(numbers[2])
                )
                self._note(connection, table, numbers[2], "missing")
                beyond = _BEYOND + random.randrange(1000)
                values = table.row(beyond, random)
                holders = ", ".join(["%s"] * len(values))
                connection.execute(f"insert into {table.name} values ({holders})".encode(), values)
                self._note(connection, table, beyond, "extra")
        return len(self.planted)

    def mend(self) -> None:
        """Put all of them back."""
        with self.target.connect() as connection:
            for table in self.tables:
                if not table.key:
                    query = f"delete from {table.name} where ctid = %s::tid".encode()
                    connection.execute(query, [self._doubled[table.name]])
                    continue
                with connection.transaction():
                    texts = ", ".join(f"{name}::text" for name, _ in table.key)
                    for row in self.planted:
                        if row.table == table.name:
                            holders = ", ".join(["%s"] * len(row.key))
                            connection.execute(
                                f"delete from {table.name} where ({texts}) = ({holders})".encode(),
                                row.key,
                            )
                    connection.execute(f"insert into {table.name} table {_kept(table)}".encode())
            connection.execute(f"drop schema {_KEPT} cascade".encode())
        self.planted.clear()
        self._doubled.clear()

    def compare(self, told: str) -> None:
        """Hold what ferry said against what was planted.

        Args:
            told: What `ferry verify ENV --json --keys` printed; how far it is may stand before it.

        Raises:
            NotEqualError: It missed a row, or named another.
        """
        document, _ = json.JSONDecoder().raw_decode(told, f"\n{told}".index("\n{"))
        found = {
            Row(table["table"], tuple(each.get("key", ())), each["kind"], tuple(each["columns"]))
            for table in document["tables"]
            for each in table.get("keys", ())
        }
        if wrong := sorted(found ^ self.planted):
            raise NotEqualError(
                f"seed {self.seed}: {len(found & self.planted)} of {len(self.planted)} rows are "
                f"found; missed, or named by mistake: {wrong[:10]}"
            )

    @contextmanager
    def lagging(self, table: str, *, catch_up: Callable[[], None]) -> Iterator[None]:
        """The task that writes to a table waits for it for three seconds, again and again.

        In between it is let catch up: writers that commit faster than it applies in a rest of a fixed
        length would leave it further and further behind.

        Args:
            table: The table.
            catch_up: Comes back when all has arrived that is committed at the source by then.

        Raises:
            NotEqualError: It did not catch up.
        """
        ended = threading.Event()
        with self.target.connect() as connection, ThreadPoolExecutor(max_workers=1) as pool:

            def hold() -> None:
                while not ended.is_set():
                    with connection.transaction():
                        connection.execute(f"lock table {table} in share mode".encode())
                        ended.wait(_SECONDS_HELD)
                    catch_up()

            holding = pool.submit(hold)
            try:
                yield
            finally:
                ended.set()
            holding.result()

    def _note(
        self, connection: Connection, table: KindsTable, n: int, kind: str, *columns: str
    ) -> None:
        texts = ", ".join(f"%s::{type_}::text" for _, type_ in table.key)
        key = connection.execute(f"select {texts}".encode(), table.key_of(n)).fetchone()
        self.planted.add(Row(table.name, key or (), kind, columns))

    def _keep(self, connection: Connection, table: KindsTable, numbers: Sequence[int]) -> None:
        wanted = " or ".join([f"({_is(table)})"] * len(numbers))
        texts = [text for n in numbers for text in table.key_of(n)]
        connection.execute(
            f"create table {_kept(table)} (like {table.name} including generated)".encode()
        )
        connection.execute(
            f"insert into {_kept(table)} select * from {table.name} where {wanted}".encode(), texts
        )

    def _change(self, connection: Connection, table: KindsTable, n: int, random: Random) -> None:
        place = random.randrange(len(table.kinds))
        column = f"c{place + 1}"
        # Not by a cast, which drops the blanks of bpchar.
        look = f"select concat({column}), {column} is null from {table.name} where {_is(table)}"
        before = connection.execute(look.encode(), table.key_of(n)).fetchone()
        change = f"update {table.name} set {column} = %s where {_is(table)}".encode()
        while connection.execute(look.encode(), table.key_of(n)).fetchone() == before:
            connection.execute(change, [value_of(table.kinds[place], random), *table.key_of(n)])
        self._note(connection, table, n, "different", column)

    def _double(self, connection: Connection, table: KindsTable) -> None:
        doubled = connection.execute(
            f"insert into {table.name} (select * from {table.name} limit 1) "
            "returning ctid::text".encode()
        ).fetchone()
        self._doubled[table.name] = doubled[0] if doubled else ""
        self.planted.add(Row(table.name, (), "count"))


def _kept(table: KindsTable) -> str:
    return f"{_KEPT}.t{table.number:02}"


def _is(table: KindsTable) -> str:
    """That a row has a key, whose values are parameters."""
    return " and ".join(f"{name} = %s" for name, _ in table.key)
