"""Compares what was carried while nobody writes at either side: what is unlike now is a difference."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ferry.errors import FerryError
from ferry.migrate.verify import kept
from ferry.migrate.verify import verify as verifying
from ferry.migrate.verify.comparing import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ferry.mappings import TableName
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.verify import Result, Scope
    from ferry.migrate.ways import Direction

_PROVED: Final = (Verdict.SAME, Verdict.IN_PART)
_AT_ONCE: Final = 4
"""How many tables are compared at once: nobody else is at work at either side, and writers wait."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What comparing came to.

    Args:
        tables: What each table came to, for the journal: counts, hashes, times.
        accepted: The tables that differ, and may.
    """

    tables: tuple[dict[str, Any], ...]
    accepted: tuple[str, ...]

    @property
    def said(self) -> str:
        """It in words."""
        more = f"; not the same, and accepted: {', '.join(self.accepted)}" if self.accepted else ""
        return f"{len(self.tables) - len(self.accepted)} tables are the same{more}"


def compare(
    scopes: Sequence[Scope],
    *,
    environment: str,
    direction: Direction,
    accepted: Collection[TableName],
    mend: Callable[[Result], str],
    check: Callable[[], None] = lambda: None,
) -> Comparison:
    """Compare what was written since the last time, tables that were not proved then as a whole.

    Args:
        scopes: The databases and their tables.
        environment: The environment's name.
        direction: Where the tables are carried.
        accepted: The tables that may differ. One that was not compared is not accepted: nobody knows
            what is lost then.
        mend: What to do about one that is not the same.
        check: Is called after each table.

    Raises:
        FerryError: One is not the same; or `check` raises.
    """
    known = {
        it.database: kept.opened(
            it.identity
            if isinstance(it.identity, str)
            else kept.where(environment, it.database, it.identity, direction),
            it.plans,
            it.files,
            resume=True,
            is_run=False,
        )
        for it in scopes
    }
    compared: list[dict[str, Any]] = []
    others: list[str] = []
    scopes = [_moving_first(it, known[it.database]) for it in scopes]
    # Whoever compares has ended, and what differs is kept, before the side is opened again.
    with closing(
        verifying.verify(
            scopes, settling=lambda *_: None, kept=known, is_delta=True, at_once=_AT_ONCE
        )
    ) as results:
        for result in results:
            check()
            if result.verdict not in _PROVED:
                if result.verdict is not Verdict.DIFFERENT or result.table not in accepted:
                    raise FerryError(
                        f"{result.table or result.database} is {result.verdict}"
                        f"{': ' + result.why.rstrip('.') if result.why else ''}.",
                        mend(result),
                    )
                others.append(str(result.table))
            if found := result.compared:
                compared.append(
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
    return Comparison(tables=tuple(compared), accepted=tuple(others))


def _moving_first(scope: Scope, known: kept.Kept) -> Scope:
    """The same with the tables first of which rows were on their way: one that still differs ends it soonest."""

    def is_at_rest(plan: Plan) -> bool:
        last = known.last_found(plan)
        return last is None or last[0] is not Verdict.NOT_PROVED

    return replace(scope, plans=tuple(sorted(scope.plans, key=is_at_rest)))
