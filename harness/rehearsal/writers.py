"""An application that goes on writing, and a ledger of what was acknowledged to it.

Counting rows would miss a lost update: each order knows how often it was touched, and each counter how
often it was counted.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Self

from harness.rehearsal.shop import KINDS_TABLES, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

    from harness.rehearsal.database import Database
    from harness.rehearsal.shop import KindsTable

COUNTERS = 5
_APART = 1_000_000
"""Numbers of rows of one writer, apart from those of another."""


@dataclass(kw_only=True)
class Ledger:
    """What one writer was told that it is committed."""

    placed: dict[int, int] = field(default_factory=dict)
    """The ids of its orders, by their numbers."""
    touched: Counter[int] = field(default_factory=Counter)
    cancelled: set[int] = field(default_factory=set)
    counted: Counter[int] = field(default_factory=Counter)
    commits: int = 0
    longest_gap_seconds: float = 0.0

    @property
    def open(self) -> dict[int, int]:
        """The orders that are still there."""
        return {n: id_ for n, id_ in self.placed.items() if n not in self.cancelled}


@dataclass(kw_only=True)
class Writers:
    """Writes with several connections from entry to exit.

    Args:
        source: Where, and as whom.
        seed: From which everything that they write follows, but for how they take turns.
        count: How many.
        commits_a_second: Of all together; a writer makes up for at most a second.
    """

    source: Database
    seed: int
    count: int = 3
    commits_a_second: float = 60.0
    ledgers: list[Ledger] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _failures: list[Exception] = field(default_factory=list)

    def __enter__(self) -> Self:
        for number in range(1, self.count + 1):
            ledger = Ledger()
            self.ledgers.append(ledger)
            self._threads.append(
                threading.Thread(target=self._write, args=(number, ledger), daemon=True)
            )
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop; what was begun is committed and in the ledgers.

        Raises:
            RuntimeError: One of them failed.
        """
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise RuntimeError(f"a writer failed: {self._failures[0]}") from self._failures[0]

    @property
    def commits(self) -> int:
        """How many transactions were acknowledged so far."""
        return sum(ledger.commits for ledger in self.ledgers)

    def _write(self, number: int, ledger: Ledger) -> None:
        random = Random(self.seed * 100 + number)  # noqa: S311 - to be the same again
        writer = _Writer(number=number, ledger=ledger, random=random)
        try:
            with self.source.connect() as connection:
                last = due = time.monotonic()
                while not self._stopping.is_set():
                    writer.commit_one(connection)
                    now = time.monotonic()
                    ledger.commits += 1
                    ledger.longest_gap_seconds = max(ledger.longest_gap_seconds, now - last)
                    last = now
                    due = max(due + self.count / self.commits_a_second, now - 1)
                    self._stopping.wait(max(due - now, 0))
        except Exception as error:  # noqa: BLE001 - told by stop()
            self._failures.append(error)


@dataclass(kw_only=True)
class _Writer:
    number: int
    ledger: Ledger
    random: Random
    _n: int = 0
    _orders: list[int] = field(default_factory=list)
    """The numbers of its orders that are still there: to choose one must not take longer with each."""
    _rows: list[tuple[KindsTable, dict[str, str]]] = field(default_factory=list)

    def commit_one(self, connection: psycopg.Connection[Any]) -> None:
        """One transaction, in the ledger once it is acknowledged."""
        self._n += 1
        kind = self.random.choices(
            (self._place, self._touch, self._cancel, self._count, self._insert, self._update,
             self._delete),
            (25, 25, 5, 10, 15, 15, 5),
        )[0]  # fmt: skip
        if (kind in (self._touch, self._cancel) and not self._orders) or (
            kind in (self._update, self._delete) and not self._rows
        ):
            kind = self._place
        kind(connection)

    def _place(self, connection: psycopg.Connection[Any]) -> None:
        with connection.transaction():
            row = connection.execute(
                "insert into shop.orders (writer, n, what, quantity, price)"
                " values (%s, %s, %s, %s, %s) returning id",
                [self.number, self._n, f"it's \\ {self._n}", self.random.randint(1, 9), "9.90"],
            ).fetchone()
            id_ = row[0] if row else 0
            connection.cursor().executemany(
                "insert into shop.order_lines values (%s, %s, %s)",
                [(id_, line, "x" * self.random.randint(0, 150)) for line in (1, 2)],
            )
            connection.execute(
                "insert into shop.events values (%s, %s, 'placed')", [self.number, self._n]
            )
        self.ledger.placed[self._n] = id_
        self._orders.append(self._n)

    def _touch(self, connection: psycopg.Connection[Any]) -> None:
        id_ = self.ledger.placed[self.random.choice(self._orders)]
        connection.execute(
            "update shop.orders set touched = touched + 1, quantity = mod(quantity, 9) + 1"
            " where id = %s",
            [id_],
        )
        self.ledger.touched[id_] += 1

    def _cancel(self, connection: psycopg.Connection[Any]) -> None:
        place = self.random.randrange(len(self._orders))
        n, last = self._orders[place], self._orders.pop()
        if n != last:
            self._orders[place] = last
        connection.execute("delete from shop.orders where id = %s", [self.ledger.placed[n]])
        self.ledger.cancelled.add(n)

    def _count(self, connection: psycopg.Connection[Any]) -> None:
        counter = self.random.randint(1, COUNTERS)
        connection.execute("update shop.counters set value = value + 1 where id = %s", [counter])
        self.ledger.counted[counter] += 1

    def _insert(self, connection: psycopg.Connection[Any]) -> None:
        table = self.random.choice(KINDS_TABLES)
        n = self.number * _APART + self._n
        values = table.row(n, self.random)
        holders = ", ".join(["%s"] * len(values))
        connection.execute(f"insert into {table.name} values ({holders})".encode(), values)
        if table.key:
            names = [name for name, _ in table.key]
            self._rows.append((table, dict(zip(names, table.key_of(n), strict=True))))

    def _update(self, connection: psycopg.Connection[Any]) -> None:
        table, key = self.random.choice(self._rows)
        place = self.random.randrange(len(table.kinds))
        value = value_of(table.kinds[place], self.random)
        connection.execute(
            f"update {table.name} set c{place + 1} = %s where {_where(key)}".encode(),
            [value, *key.values()],
        )

    def _delete(self, connection: psycopg.Connection[Any]) -> None:
        table, key = self._rows.pop(self.random.randrange(len(self._rows)))
        connection.execute(
            f"delete from {table.name} where {_where(key)}".encode(), list(key.values())
        )


def _where(key: Mapping[str, str]) -> str:
    return " and ".join(f"{name} = %s" for name in key)


def wrongs(ledgers: list[Ledger], target: Database) -> list[str]:
    """What of the ledgers the target does not have as it was acknowledged: lost, doubled, changed.

    For writers that have stopped, and a target that has all of it.
    """
    found = []
    for number, ledger in enumerate(ledgers, 1):
        orders = {
            n: (id_, touched)
            for n, id_, touched in target.rows(
                "select n, id, touched from shop.orders where writer = %s", [number]
            )
        }
        wanted = {n: (id_, ledger.touched[id_]) for n, id_ in ledger.open.items()}
        found += _apart(f"orders of writer {number}", wanted, orders)
        events = dict(
            target.rows(
                "select n, count(*) from shop.events where writer = %s group by n", [number]
            )
        )
        found += _apart(f"events of writer {number}", dict.fromkeys(ledger.placed, 1), events)
        written = dict(
            target.rows(
                "select order_id, count(*) from shop.audit where order_id = any(%s) group by 1",
                [list(ledger.placed.values())],
            )
        )
        audited = {
            id_: 1 + ledger.touched[id_] + (n in ledger.cancelled)
            for n, id_ in ledger.placed.items()
        }
        found += _apart(f"audit of writer {number}", audited, written)
    counted = sum((ledger.counted for ledger in ledgers), Counter())
    values = dict(target.rows("select id, value from shop.counters where value > 0"))
    return found + _apart("counters", dict(counted), values)


def _apart(what: str, wanted: Mapping[Any, Any], there: Mapping[Any, Any]) -> list[str]:
    return [
        f"{what}, {key}: {wanted.get(key, 'nothing')} was acknowledged, {there.get(key, 'nothing')} is there"
        for key in sorted(wanted.keys() | there.keys())
        if wanted.get(key) != there.get(key)
    ]
