"""An application that goes on writing, wherever it is led, and keeps a ledger of what was acknowledged."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Protocol, Self

import psycopg

from harness.rehearsal.comparing import read
from harness.rehearsal.ledger import Ledger, wrongs
from harness.rehearsal.shop import KINDS_TABLES, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.rehearsal.comparing import Rows
    from harness.rehearsal.database import Database
    from harness.rehearsal.shop import KindsTable

    Connection = psycopg.Connection[Any]

COUNTERS = 5
_APART = 1_000_000
"""Numbers of rows of one writer, apart from those of another."""
# A try, both ends together, took 21 ms of a processor (100 tries, TLS, refused): at 0.05 s the four writers
# take one of two, on which the cutover is measured.
_SECONDS_TO_TRY_AGAIN = 0.2
_SECONDS_TO_COME = 300.0
_SENT_AWAY = (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction)
"""What an application sees where its session is ended, or it is not let in: it connects anew."""


class Load(Protocol):
    """What an application writes, and what of it has to be there."""

    def begin(self, source: Database) -> None:
        """Remember what was there before anybody writes."""

    def writer(self, number: int, ledger: Ledger, random: Random) -> Commits:
        """One of the writers."""

    def wrongs(self, ledgers: Sequence[Ledger], database: Database) -> list[str]:
        """What a database has otherwise than it was acknowledged: lost, doubled, changed."""


class Commits(Protocol):
    """One of the writers."""

    def commit_one(self, connection: Connection) -> bool:
        """One transaction, in the ledger once it is acknowledged; whether it was taken."""

    def settle(self, connection: Connection) -> None:
        """Ask what became of the transaction whose session ended before the answer, if any."""


class ShopLoad:
    """What the application writes to the rehearsal's own tables."""

    def __init__(self) -> None:
        self._began: dict[str, Rows] = {}

    def begin(self, source: Database) -> None:
        """Remember what was there before anybody writes."""
        self._began = read(source)

    def writer(self, number: int, ledger: Ledger, random: Random) -> Commits:
        """One of the writers."""
        return _Writer(number=number, ledger=ledger, random=random)

    def wrongs(self, ledgers: Sequence[Ledger], database: Database) -> list[str]:
        """What a database has otherwise than it was acknowledged: lost, doubled, changed."""
        return wrongs(ledgers, database, self._began)


@dataclass(kw_only=True)
class Writers:
    """Writes with several connections from entry to exit.

    One whose session ends asks anew where its database is, and tries until it is let in.

    Args:
        find: Where they write, and as whom; asked before each connection.
        load: What they write.
        seed: From which everything that they write follows, but for how they take turns.
        count: How many.
        commits_a_second: Of all together; a writer makes up for at most a second.
    """

    find: Callable[[], Database]
    load: Load
    seed: int
    count: int = 3
    commits_a_second: float = 60.0
    ledgers: list[Ledger] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _resting: threading.Event = field(default_factory=threading.Event)
    _failures: list[Exception] = field(default_factory=list)
    _sent_away: str = ""

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
        self._raise()

    def _raise(self) -> None:
        if self._failures:
            raise RuntimeError(f"a writer failed: {self._failures[0]}") from self._failures[0]

    @property
    def commits(self) -> int:
        """How many transactions were acknowledged so far."""
        return sum(ledger.commits for ledger in self.ledgers)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nobody writes meanwhile; sessions stay."""
        self._resting.set()
        with ExitStack() as held:
            for ledger in self.ledgers:
                held.enter_context(ledger.at_work)
            yield
            now = time.monotonic()
            for ledger in self.ledgers:
                ledger.last_at = now
        self._resting.clear()

    def measure(self) -> None:
        """Measure anew for how long none of a writer's commits was acknowledged."""
        for ledger in self.ledgers:
            ledger.longest_gap_seconds = 0.0

    def wait_until_at(self, server: str) -> None:
        """Wait until each of them writes to a server.

        Raises:
            RuntimeError: One failed, or does not come.
        """
        deadline = time.monotonic() + _SECONDS_TO_COME
        while any(ledger.at != server for ledger in self.ledgers):
            self._raise()
            if time.monotonic() > deadline:
                raise RuntimeError(f"a writer does not come to {server}: {self._sent_away}")
            time.sleep(0.01)

    def _write(self, number: int, ledger: Ledger) -> None:
        random = Random(self.seed * 100 + number)  # noqa: S311 - to be the same again
        writer = self.load.writer(number, ledger, random)
        ledger.last_at = time.monotonic()
        try:
            while not self._stopping.is_set():
                try:
                    database = self.find()
                    with database.connect() as connection:
                        self._go_on(writer, connection, ledger=ledger, at=database.name)
                except _SENT_AWAY as error:
                    self._sent_away = str(error)
                    self._stopping.wait(_SECONDS_TO_TRY_AGAIN)
        except Exception as error:  # noqa: BLE001 - told by stop()
            self._failures.append(error)

    def _go_on(self, writer: Commits, connection: Connection, *, ledger: Ledger, at: str) -> None:
        """Write until it is stopped, or the session ends."""
        with ledger.at_work:
            writer.settle(connection)
        due = time.monotonic()
        while not self._stopping.is_set():
            if self._resting.is_set():
                self._stopping.wait(_SECONDS_TO_TRY_AGAIN)
                continue
            with ledger.at_work:
                is_taken = writer.commit_one(connection)
                now = time.monotonic()
                if is_taken:
                    ledger.acknowledge(at, now)
            due = max(due + self.count / self.commits_a_second, now - 1)
            self._stopping.wait(max(due - now, 0))


@dataclass(kw_only=True)
class _Writer:
    number: int
    ledger: Ledger
    random: Random
    _n: int = 0
    _orders: list[int] = field(default_factory=list)
    """The numbers of its orders that are still there: to choose one must not take longer with each."""
    _rows: list[tuple[KindsTable, dict[str, str], str]] = field(default_factory=list)
    """Its rows of tables with a key: the table, the key by columns, and as the ledger has it."""
    _doubt: Callable[[Connection], None] | None = None
    """Asks whether what was begun last is committed, and notes it."""

    def commit_one(self, connection: Connection) -> bool:
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
        self._doubt = None
        return True

    def settle(self, connection: Connection) -> None:
        """Ask what became of the transaction whose session ended before the answer, if any."""
        if self._doubt:
            self._doubt(connection)
            self._doubt = None

    def _place(self, connection: Connection) -> None:
        n = self._n

        def ask(connection: Connection) -> None:
            query = "select id from shop.orders where (writer, n) = (%s, %s)"
            for (id_,) in connection.execute(query, [self.number, n]):
                self._placed(n, id_)

        self._doubt = ask
        with connection.transaction():
            row = connection.execute(
                "insert into shop.orders (writer, n, what, quantity, price)"
                " values (%s, %s, %s, %s, %s) returning id",
                [self.number, n, f"it's \\ {n}", self.random.randint(1, 9), "9.90"],
            ).fetchone()
            id_ = row[0] if row else 0
            for line in (1, 2):
                connection.execute(
                    "insert into shop.order_lines values (%s, %s, %s)",
                    [id_, line, "x" * self.random.randint(0, 150)],
                )
            connection.execute(
                "insert into shop.events values (%s, %s, 'placed')", [self.number, n]
            )
        self._placed(n, id_)

    def _placed(self, n: int, id_: int) -> None:
        self.ledger.placed[n] = id_
        self._orders.append(n)

    def _touch(self, connection: Connection) -> None:
        id_ = self.ledger.placed[self.random.choice(self._orders)]

        def ask(connection: Connection) -> None:
            query = "select from shop.orders where id = %s and touched = %s"
            if connection.execute(query, [id_, self.ledger.touched[id_] + 1]).rowcount:
                self.ledger.touched[id_] += 1

        self._doubt = ask
        connection.execute(
            "update shop.orders set touched = touched + 1, quantity = mod(quantity, 9) + 1"
            " where id = %s",
            [id_],
        )
        self.ledger.touched[id_] += 1

    def _cancel(self, connection: Connection) -> None:
        place = self.random.randrange(len(self._orders))
        n, last = self._orders[place], self._orders.pop()
        if n != last:
            self._orders[place] = last
        id_ = self.ledger.placed[n]

        def ask(connection: Connection) -> None:
            if connection.execute("select from shop.orders where id = %s", [id_]).rowcount:
                self._orders.append(n)
            else:
                self.ledger.cancelled.add(n)

        self._doubt = ask
        connection.execute("delete from shop.orders where id = %s", [id_])
        self.ledger.cancelled.add(n)

    def _count(self, connection: Connection) -> None:
        counter = self.random.randint(1, COUNTERS)

        def ask(_: Connection) -> None:  # others count it too
            self.ledger.perhaps_counted[counter] += 1

        self._doubt = ask
        connection.execute("update shop.counters set value = value + 1 where id = %s", [counter])
        self.ledger.counted[counter] += 1

    def _insert(self, connection: Connection) -> None:
        table = self.random.choice(KINDS_TABLES)
        n = self.number * _APART + self._n
        values = table.row(n, self.random)
        holders = ", ".join(["%s"] * len(values))
        insert = f"insert into {table.name} as r values ({holders}) returning {table.told}".encode()
        if not table.key:
            self._insert_loose(connection, table, insert, values)
            return
        names = [name for name, _ in table.key]
        key = dict(zip(names, table.key_of(n), strict=True))

        def ask(connection: Connection) -> None:
            if found := _look(connection, table, key):
                self._written(table, key, *found)

        self._doubt = ask
        told = connection.execute(insert, values).fetchone()
        self._written(table, key, *(told or ("", "")))

    def _insert_loose(
        self, connection: Connection, table: KindsTable, insert: bytes, values: list[str | None]
    ) -> None:
        """Into a table without a key: what the row is has to be known before it is committed."""
        with connection.transaction():
            ((what,),) = connection.execute(insert, values).fetchall()

            def ask(_: Connection) -> None:  # another may be like it
                self.ledger.perhaps_loose[table.name, what] += 1

            self._doubt = ask
        self.ledger.loose[table.name, what] += 1

    def _written(self, table: KindsTable, key: dict[str, str], name: str, what: str) -> None:
        if name not in self.ledger.rows[table.name]:
            self._rows.append((table, key, name))
        self.ledger.rows[table.name][name] = what

    def _update(self, connection: Connection) -> None:
        table, key, _ = self.random.choice(self._rows)
        place = self.random.randrange(len(table.kinds))
        value = value_of(table.kinds[place], self.random)

        def ask(connection: Connection) -> None:
            if found := _look(connection, table, key):
                self._written(table, key, *found)

        self._doubt = ask
        told = connection.execute(
            f"update {table.name} r set c{place + 1} = %s where {_where(key)} "
            f"returning {table.told}".encode(),
            [value, *key.values()],
        ).fetchone()
        if told:  # otherwise it is lost, which the ledger knows
            self._written(table, key, *told)

    def _delete(self, connection: Connection) -> None:
        row = self._rows.pop(self.random.randrange(len(self._rows)))
        table, key, name = row

        def ask(connection: Connection) -> None:
            if _look(connection, table, key):
                self._rows.append(row)
            else:
                del self.ledger.rows[table.name][name]

        self._doubt = ask
        connection.execute(
            f"delete from {table.name} where {_where(key)}".encode(), list(key.values())
        )
        del self.ledger.rows[table.name][name]


def _look(
    connection: Connection, table: KindsTable, key: Mapping[str, str]
) -> tuple[str, str] | None:
    """A row's key and what it is, as the comparison reads them; None where it is not there."""
    query = f"select {table.told} from {table.name} r where {_where(key)}".encode()
    found: tuple[str, str] | None = connection.execute(query, list(key.values())).fetchone()
    return found


def _where(key: Mapping[str, str]) -> str:
    return " and ".join(f"{name} = %s" for name in key)
