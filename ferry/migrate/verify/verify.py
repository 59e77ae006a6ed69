"""Compares the tables of an environment, one after the other."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from ferry.errors import FerryError, InputError
from ferry.migrate.reloading import parse
from ferry.migrate.verify import asking
from ferry.migrate.verify.comparing import MOST_KEYS, Verdict, compare
from ferry.migrate.verify.pairing import NotCompared, pairs
from ferry.migrate.verify.sessions import Sessions
from ferry.postgres import NoAnswerError, UnreachableError, apart, connect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ferry.mappings import TableName
    from ferry.migrate.sides import Sides
    from ferry.migrate.tasks import Task
    from ferry.migrate.verify.comparing import Compared, Settle
    from ferry.migrate.verify.expressions import Form
    from ferry.migrate.verify.plan import Plan

_PURPOSE: Final = "compare its rows"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What of one database is compared.

    Args:
        database: Its name in Aurora.
        sides: How both ends are reached.
        tasks: The tasks that carry it.
        plans: The tables that are compared.
        others: Those that cannot be.
        trouble: Why none is known; None where they are.
    """

    database: str
    sides: Sides
    tasks: tuple[Task, ...]
    plans: tuple[Plan, ...] = ()
    others: tuple[NotCompared, ...] = ()
    trouble: FerryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What a table came to.

    Args:
        database: The database's name in Aurora.
        table: Its name at the source; None for the whole database, of which no table is known.
        tasks: The tasks that carry it.
        parts: What DMS carries of it, by the names at the source.
        compared: What the comparison found; None where there was none.
        why: Why there was none.
    """

    database: str
    table: TableName | None
    tasks: tuple[str, ...] = ()
    parts: tuple[TableName, ...] = ()
    compared: Compared | None = None
    why: str = ""

    @property
    def verdict(self) -> Verdict:
        """What it came to."""
        return Verdict.NOT_VERIFIED if self.compared is None else self.compared.verdict

    def without_keys(self) -> Result:
        """The same without the rows that differ, which may be very many."""
        return replace(
            self, compared=self.compared and replace(self.compared, found=(), unproved=())
        )


class Settling(Protocol):
    """Picks what settles the suspects of a table; None where both sides are at rest."""

    def __call__(self, scope: Scope, plan: Plan, /) -> Settle | None:
        """What settles them."""


def look(database: str, sides: Sides, tasks: Sequence[Task]) -> Scope:
    """What of a database there is to compare; what cannot be read is said in it."""
    scope = Scope(database=database, sides=sides, tasks=tuple(tasks))
    try:
        with _open(sides) as sessions:
            source = asking.database(sessions.source)
            target = asking.database(sessions.target)
            form = asking.form(sessions, source, target)
    except FerryError as error:
        return replace(scope, trouble=error)
    found = list(pairs(source, target, {it.name: it.mappings for it in tasks}, form=form))
    return replace(
        scope,
        plans=tuple(each for each in found if not isinstance(each, NotCompared)),
        others=tuple(each for each in found if isinstance(each, NotCompared)),
    )


def chosen(scopes: Sequence[Scope], names: Iterable[str]) -> tuple[Scope, ...]:
    """The tables of some names, all where none is named; a partition's name stands for the whole.

    Raises:
        InputError: No task carries one of them.
    """
    wanted: set[TableName] = set()
    for name in names:
        meant = set(parse(name))
        known = {
            table
            for scope in scopes
            for table in (
                *(it for plan in scope.plans for it in (plan.name, *plan.parts)),
                *(it.table for it in scope.others),
            )
        }
        if not meant & known and not any(scope.trouble for scope in scopes):
            raise InputError(
                f"No task carries a table {name}; names are those of the source, letter by letter."
            )
        wanted |= meant
    if not wanted:
        return tuple(scopes)
    return tuple(
        replace(
            scope,
            plans=tuple(it for it in scope.plans if wanted.intersection({it.name, *it.parts})),
            others=tuple(it for it in scope.others if it.table in wanted),
        )
        for scope in scopes
    )


class Listener(Protocol):
    """Is told what is being compared."""

    def begins(self, plan: Plan) -> None:
        """A table is looked at now."""


def verify(
    scopes: Iterable[Scope],
    *,
    settling: Settling,
    listener: Listener | None = None,
    most_keys: int = MOST_KEYS,
    values_of: int = 0,
) -> Iterator[Result]:
    """Compare tables, and say of each what it came to as soon as that is known.

    Args:
        scopes: The databases and their tables.
        settling: What settles the suspects of a table.
        listener: Who is told what is being compared.
        most_keys: How many keys that differ are kept of a table.
        values_of: Of how many rows of a table that differ the values are read too.
    """
    for scope in scopes:
        if scope.trouble:
            yield Result(database=scope.database, table=None, why=str(scope.trouble))
        for other in scope.others:
            yield Result(
                database=scope.database, table=other.table, tasks=other.tasks, why=other.why
            )
        yield from _tables(scope, settling, listener, most_keys=most_keys, values_of=values_of)


def _tables(
    scope: Scope,
    settling: Settling,
    listener: Listener | None,
    *,
    most_keys: int,
    values_of: int,
) -> Iterator[Result]:
    with ExitStack() as stack:
        sessions: Sessions | None = None
        gone = ""
        for plan in scope.plans:
            compared, why = None, gone
            if listener:
                listener.begins(plan)
            try:
                if sessions is None and not gone:
                    stack.close()
                    sessions = stack.enter_context(_open(scope.sides, plan.source.form))
                if sessions is not None:
                    compared = compare(
                        sessions,
                        plan,
                        settle=settling(scope, plan),
                        most_keys=most_keys,
                        values_of=values_of,
                    )
            except FerryError as error:
                why = str(error)
                if sessions is None:  # Nor will the next one reach it.
                    gone = why
                elif isinstance(error, UnreachableError | NoAnswerError):
                    sessions = None
            yield Result(
                database=scope.database,
                table=plan.name,
                tasks=plan.tasks,
                parts=plan.parts,
                compared=compared,
                why=why,
            )


@contextmanager
def _open(sides: Sides, form: Form | None = None) -> Iterator[Sessions]:
    """A session at each side, prepared.

    Raises:
        FerryError: One of them cannot be reached, or both are the same database.
    """
    with (
        connect(sides.source.server, purpose=_PURPOSE) as source,
        connect(sides.target.server, purpose=_PURPOSE) as target,
    ):
        apart(source, target)
        sessions = Sessions(source=source, target=target)
        sessions.prepare(form)
        yield sessions
