"""What an application was told that it is committed, and what of that a database has otherwise.

Counting rows would miss a lost update: each order knows how often it was touched, each counter how often
it was counted, and of each row of the tables of types it is known what it is, by the server's own word.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.rehearsal.comparing import read
from harness.rehearsal.shop import KINDS_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.rehearsal.comparing import Rows
    from harness.rehearsal.database import Database

_COUNTERS = "shop.counters"


@dataclass(kw_only=True)
class Ledger:
    """What one writer was told that it is committed.

    Of a transaction whose session ended before the answer it is asked afterwards whether it was
    committed; where no row would tell, both will do.
    """

    placed: dict[int, int] = field(default_factory=dict)
    """The ids of its orders, by their numbers."""
    touched: Counter[int] = field(default_factory=Counter)
    cancelled: set[int] = field(default_factory=set)
    counted: Counter[int] = field(default_factory=Counter)
    perhaps_counted: Counter[int] = field(default_factory=Counter)
    rows: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """Its rows of the tables of types, by table and key: what each is."""
    loose: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often it has written a row into a table without a key, by the table and what the row is."""
    perhaps_loose: Counter[tuple[str, str]] = field(default_factory=Counter)
    commits: int = 0
    last_at: float = 0.0
    """When the last of them was acknowledged, by the monotonic clock."""
    longest_gap_seconds: float = 0.0
    at: str = ""
    """The server that acknowledged it."""
    at_work: threading.Lock = field(default_factory=threading.Lock)
    """Held while a transaction is under way."""

    def acknowledge(self, at: str, now: float) -> None:
        """Note a commit, and how long none was."""
        self.commits += 1
        self.longest_gap_seconds = max(self.longest_gap_seconds, now - self.last_at)
        self.last_at, self.at = now, at

    @property
    def open(self) -> dict[int, int]:
        """The orders that are still there."""
        return {n: id_ for n, id_ in self.placed.items() if n not in self.cancelled}


def wrongs(ledgers: Sequence[Ledger], database: Database, began: Mapping[str, Rows]) -> list[str]:
    """What a database has otherwise than it was acknowledged: lost, doubled, changed.

    Args:
        ledgers: Those of all writers, which rest.
        database: Where they wrote last, or what has all of it.
        began: The rows with which the source began.
    """
    there = read(database, began)
    found = [*_of_types(ledgers, began, there)]
    for name in began.keys() - {it.name for it in KINDS_TABLES} - {_COUNTERS}:
        found += apart(
            f"{name} of the beginning",
            _whats(began[name]),
            {key: what for key, what in _whats(there[name]).items() if key in began[name]},
        )
    lines = dict(database.rows("select order_id, count(*) from shop.order_lines group by 1"))
    for number, ledger in enumerate(ledgers, 1):
        found += _of_orders(number, ledger, database, lines)
    return found + _between(
        "counters",
        sum((it.counted for it in ledgers), Counter()),
        sum((it.perhaps_counted for it in ledgers), Counter()),
        dict(database.rows(f"select id, value from {_COUNTERS} where value > 0")),
    )


def _of_types(
    ledgers: Sequence[Ledger], began: Mapping[str, Rows], there: Mapping[str, Rows]
) -> Iterator[str]:
    loose = sum((it.loose for it in ledgers), Counter())
    perhaps = sum((it.perhaps_loose for it in ledgers), Counter())
    for table in KINDS_TABLES:
        name = table.name
        if table.key:
            wanted = _whats(began[name])
            for ledger in ledgers:
                wanted |= ledger.rows[name]
            yield from apart(name, wanted, _whats(there[name]))
            continue
        counts = Counter({what: int(count) for what, count in _whats(began[name]).items()})
        counts.update({what: n for (of, what), n in loose.items() if of == name})
        may = Counter({what: n for (of, what), n in perhaps.items() if of == name})
        found = {what: int(count) for what, count in _whats(there[name]).items()}
        yield from _between(name, counts, may, found)


def _of_orders(
    number: int, ledger: Ledger, database: Database, lines: Mapping[int, int]
) -> Iterator[str]:
    orders = {
        n: (id_, touched)
        for n, id_, touched in database.rows(
            "select n, id, touched from shop.orders where writer = %s", [number]
        )
    }
    wanted = {n: (id_, ledger.touched[id_]) for n, id_ in ledger.open.items()}
    yield from apart(f"orders of writer {number}", wanted, orders)
    yield from apart(
        f"lines of writer {number}",
        dict.fromkeys(ledger.open.values(), 2),
        {id_: lines[id_] for id_ in ledger.placed.values() if id_ in lines},
    )
    events = dict(
        database.rows("select n, count(*) from shop.events where writer = %s group by n", [number])
    )
    yield from apart(f"events of writer {number}", dict.fromkeys(ledger.placed, 1), events)
    # psycopg sends small numbers as int4[], for which PostgreSQL makes no hash: each row times each number.
    written = dict(
        database.rows(
            "select order_id, count(*) from shop.audit where order_id = any(%s::bigint[]) group by 1",
            [list(ledger.placed.values())],
        )
    )
    audited = {
        id_: 1 + ledger.touched[id_] + (n in ledger.cancelled) for n, id_ in ledger.placed.items()
    }
    yield from apart(f"audit of writer {number}", audited, written)


def _whats(rows: Rows) -> dict[str, str]:
    return {key: what for key, (what, _) in rows.items()}


def apart(what: str, wanted: Mapping[Any, Any], there: Mapping[Any, Any]) -> list[str]:
    """What is there otherwise than it was acknowledged."""
    return [
        f"{what}, {key}: {wanted.get(key, 'nothing')} was acknowledged, {there.get(key, 'nothing')} is there"
        for key in sorted(wanted.keys() | there.keys())
        if wanted.get(key) != there.get(key)
    ]


def _between(
    what: str, wanted: Counter[Any], perhaps: Counter[Any], there: Mapping[Any, int]
) -> list[str]:
    """What is there less often than it was acknowledged, or more often than it may be."""
    return [
        f"{what}, {key}: {wanted[key]} was acknowledged, {there.get(key, 0)} is there"
        for key in sorted(wanted.keys() | there.keys())
        if not wanted[key] <= there.get(key, 0) <= wanted[key] + perhaps[key]
    ]
