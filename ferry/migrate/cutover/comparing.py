"""Compares what was carried while nobody writes at either side: what is unlike now is a difference."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from ferry.errors import FerryError
from ferry.migrate.verify import kept
from ferry.migrate.verify import verify as verifying
from ferry.migrate.verify.comparing import Verdict
from ferry.words import counted, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from ferry.mappings import TableName
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.verify import Result, Scope
    from ferry.migrate.ways import Direction

_PROVED: Final = (Verdict.SAME, Verdict.IN_PART)
_BITS_OF_A_MAGNITUDE: Final = 10
"""Of a table's size in bytes: those below a megabyte are of one, then those below a gigabyte."""
_AT_ONCE: Final = 4
"""How many tables are compared at once: nobody else is at work at either side, and writers wait."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What comparing came to.

    Args:
        tables: What each table came to, for the journal: counts, hashes, times.
        accepted: The tables that differ, and may.
        left: Those for which there was no time: their databases' names and their own.
    """

    tables: tuple[dict[str, Any], ...]
    accepted: tuple[str, ...]
    left: tuple[tuple[str, TableName], ...] = ()

    @property
    def said(self) -> str:
        """It in words."""
        said = (
            f"{counted(len(self.tables) - len(self.accepted), 'table is', 'tables are')} the same"
        )
        if self.accepted:
            said += f"; not the same, and accepted: {', '.join(self.accepted)}"
        if self.left:
            said += f"; no time was left for {listed([str(table) for _, table in self.left])}"
        return said


def compare(
    scopes: Sequence[Scope],
    *,
    environment: str,
    direction: Direction,
    accepted: Collection[TableName],
    mend: Callable[[Result], str],
    check: Callable[[], None] = lambda: None,
    seconds: float | None = None,
    most_seconds: float | None = None,
    may_be_left: Callable[[Plan, datetime], bool] = lambda _plan, _at: True,
) -> Comparison:
    """Compare what was written since the last time, tables that were not proved then as a whole.

    Args:
        scopes: The databases and their tables.
        environment: The environment's name.
        direction: Where the tables are carried.
        accepted: The tables that may differ. One that was not compared is not accepted: nobody knows
            what is lost then.
        mend: What to do about one that is not the same.
        check: Is called after each table, and when the time is over.
        seconds: For how long those tables are compared that were the same the last time and may be left, the
            biggest last; None for as long as it takes. The others come before, and have no limit of their
            own.
        most_seconds: How long all of it may take; None for as long as it takes.
        may_be_left: Says of a table that was the same, and when that was, whether there may be no time for
            it.

    Raises:
        FerryError: One is not the same, or there was no time for one that has to be compared; or `check`
            raises.
    """
    run = _Run(
        known={
            it.database: kept.opened(
                it.identity
                if isinstance(it.identity, str)
                else kept.where(environment, it.database, it.identity, direction),
                it.plans,
                it.ways,
                resume=True,
                is_run=False,
            )
            for it in scopes
        },
        accepted=accepted,
        mend=mend,
        check=check,
        may_be_left=may_be_left,
    )
    ends_at = None if most_seconds is None else time.monotonic() + most_seconds
    # Before the first is compared, whereafter it is proved.
    first, others = [run.first(it) for it in scopes], [run.others(it) for it in scopes]
    if seconds is not None and len(others) > 1:
        others = _smallest_first(others)
    left = run.compare(first, ends_at=ends_at)
    is_allowed = seconds is not None and not left
    if not left:
        ends = [ends_at, None if seconds is None else time.monotonic() + seconds]
        left = run.compare(others, ends_at=min((it for it in ends if it is not None), default=None))
    check()
    if left and not is_allowed:
        names = listed([str(table) for _, table in left])
        raise FerryError(f"No time was left to compare {names}.")
    return run.comparison(left)


def _smallest_first(scopes: Sequence[Scope]) -> list[Scope]:
    """Scopes with the smallest of their tables first, those of one magnitude database by database.

    A database's giant tables come behind the small ones of all, and no database is signed in to for each
    table anew. Of one database alone that would only have its comparers wait for one another.
    """
    sized = [
        (plan.bytes.bit_length() // _BITS_OF_A_MAGNITUDE, place, plan.bytes, number)
        for place, scope in enumerate(scopes)
        for number, plan in enumerate(scope.plans)
    ]
    return [
        replace(scopes[place], plans=tuple(scopes[place].plans[it[-1]] for it in them))
        for (_, place), them in groupby(sorted(sized), key=itemgetter(0, 1))
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """Compares tables, and keeps what they came to.

    Args:
        known: What is known of earlier comparisons, by database.
        accepted: The tables that may differ.
        mend: What to do about one that is not the same.
        check: Is called after each table.
        may_be_left: Says of a table that was the same, and when that was, whether there may be no time for
            it.
    """

    known: Mapping[str, kept.Kept]
    accepted: Collection[TableName]
    mend: Callable[[Result], str]
    check: Callable[[], None]
    may_be_left: Callable[[Plan, datetime], bool]
    _tables: list[dict[str, Any]] = field(default_factory=list)
    _others: list[str] = field(default_factory=list)

    def first(self, scope: Scope) -> Scope:
        """The same with the tables alone that have to be compared.

        Those first of which rows were on their way: one that still differs ends it soonest. Those last
        that were the same.
        """
        known = self.known[scope.database]
        last = {it.name: known.last_found(it) for it in scope.plans}
        plans = [it for it in scope.plans if not self._may_be_left(it, last[it.name])]
        return replace(scope, plans=tuple(sorted(plans, key=lambda it: _place(last[it.name]))))

    def others(self, scope: Scope) -> Scope:
        """The same with the other tables alone, the biggest last."""
        known = self.known[scope.database]
        plans = [it for it in scope.plans if self._may_be_left(it, known.last_found(it))]
        return replace(
            scope,
            plans=tuple(sorted(plans, key=lambda it: it.bytes)),
            others=(),
            refused=(),
            trouble=None,
        )

    def compare(
        self, scopes: Sequence[Scope], *, ends_at: float | None
    ) -> tuple[tuple[str, TableName], ...]:
        """Compare some; return those for which there was no time."""
        left = {(scope.database, plan.name): None for scope in scopes for plan in scope.plans}
        # Whoever compares has ended, and what differs is kept, before the side is opened again.
        with closing(
            verifying.verify(
                scopes,
                settling=lambda *_: None,
                kept=self.known,
                is_delta=True,
                at_once=_AT_ONCE,
                ends_at=ends_at,
            )
        ) as results:
            for result in results:
                self.check()
                if result.table is not None:
                    left.pop((result.database, result.table), None)
                self._take(result)
        return tuple(left)

    def comparison(self, left: tuple[tuple[str, TableName], ...]) -> Comparison:
        """What it came to."""
        return Comparison(tables=tuple(self._tables), accepted=tuple(self._others), left=left)

    def _may_be_left(self, plan: Plan, last: tuple[Verdict, datetime] | None) -> bool:
        return last is not None and last[0] in _PROVED and self.may_be_left(plan, last[1])

    def _take(self, result: Result) -> None:
        if result.verdict not in _PROVED:
            if result.verdict is not Verdict.DIFFERENT or result.table not in self.accepted:
                raise FerryError(
                    f"{result.table or result.database} is {result.verdict}"
                    f"{': ' + result.why.rstrip('.') if result.why else ''}.",
                    self.mend(result),
                )
            self._others.append(str(result.table))
        if found := result.compared:
            self._tables.append(
                {
                    "database": result.database,
                    "table": None if result.table is None else list(result.table),
                    "verdict": result.verdict,
                    "at": found.scanned_at.isoformat(),
                    "rows": list(found.rows),
                    "hashes": list(found.hashes),
                    "newer": None if found.newer is None else list(found.newer),
                }
            )


def _place(last: tuple[Verdict, datetime] | None) -> int:
    if last is None:
        return 1
    return 2 if last[0] in _PROVED else 0
