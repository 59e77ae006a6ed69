"""Does what was decided at Aurora, step by step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ferry.errors import InterruptedWithinError
from ferry.findings import blocked
from ferry.migrate.schema import access, reading
from ferry.migrate.schema.dumping import dump
from ferry.migrate.schema.given import Given
from ferry.migrate.schema.names import shown
from ferry.migrate.schema.orphans import MOST, foreign_key, orphans
from ferry.postgres import PostgresError, UnreachableError, apart, connect, programs, sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferry.findings import Finding
    from ferry.migrate.schema.orphans import ForeignKey
    from ferry.migrate.schema.sides import Side
    from ferry.migrate.schema.steps import Step
    from ferry.postgres import Server, Session

DEADLINE_SECONDS: Final = 120.0
"""For how long a statement may take that reads no rows."""

ROWS_DEADLINE_SECONDS: Final = 86_400.0
"""For how long one may take that does: an index of a large table takes hours."""

_TRIES: Final = 6
_LOCKED: Final = "55P03"
_ORPHANS: Final = "23503"

_MISSING: Final = "What it names is missing: look at the steps above that failed."
# As pg_restore's, ferry's sessions have an empty search_path.
_UNFOUND: Final = (
    f"{_MISSING} Where it is there, a function that is called here names it without its schema: give "
    "that function a search_path at the source and at Aurora (ALTER FUNCTION ... SET search_path = "
    "...), or name the schema in its body at both."
)
_REMEDIES: Final = {
    "42501": "The operator lacks a right: sign in as Aurora's master user, or grant it.",
    "42704": _UNFOUND,
    "42P01": _UNFOUND,
    "3F000": _MISSING,
    "42883": _UNFOUND,
    "58P01": "It needs a library that Aurora does not have: do without it at the source.",
    "0A000": "Aurora cannot do it: change it at the source, or make something like it by hand.",
    "42710": "It is there as something else: drop it at Aurora, or leave it and make this by hand.",
    "42P07": "It is there as something else: drop it at Aurora, or leave it and make this by hand.",
    "23505": "Rows are there twice: wait until the load has ended; then compare with the source.",
    "23514": "Rows do not pass it: wait until changes are applied; then compare with the source.",
    _LOCKED: "Somebody held a lock on it: run this again in a quieter moment.",
}
_SETTING: Final = "permission denied to set parameter"
_AGAIN: Final = "Mend it, then run this again: what is done already is left alone."


class Outcome(StrEnum):
    """What came of a step. The value is the word that is shown."""

    DONE = "done"
    FAILED = "failed"
    LEFT = "not tried"


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """A step and what came of it.

    Args:
        step: The step.
        outcome: What came of it.
        why: Why it failed or was not tried.
        remedy: How to mend it.
    """

    step: Step
    outcome: Outcome
    why: str = ""
    remedy: str = ""


def look(
    source: Server,
    target: Server,
    *,
    keepers: Sequence[str] = (),
    reader: str = "",
    environment: str = "ENV",
    control_schemas: Sequence[str] = (),
) -> Given:
    """What is known of a database at both ends; changes nothing.

    Args:
        source: The source's database.
        target: Aurora's.
        keepers: Whom DMS signs in as at Aurora.
        reader: Whom it signs in as at the source.
        environment: The environment's name, for messages.
        control_schemas: The schemas in which DMS keeps tables of its own in Aurora.

    Raises:
        FerryError: A server refuses or does not answer, or there is no pg_dump.
    """
    purpose = "say what its schema is"
    with connect(source, purpose=purpose) as here, connect(target, purpose=purpose) as there:
        apart(here, there)
        ours = reading.read(here)
        theirs = reading.read(there, is_target=True)
    folder = programs.folder_of_programs(max(ours.release, theirs.release))
    with ThreadPoolExecutor(2) as both:
        wanted, found = (both.submit(dump, each, folder=folder) for each in (source, target))
    owners = {ours.owner, *(each.owner for each in wanted.result())}
    return Given(
        source=replace(ours, replicator="" if reader in owners else reader),
        target=theirs,
        wanted=wanted.result(),
        there=found.result(),
        keepers=tuple(keepers),
        environment=environment,
        control_schemas=tuple(control_schemas),
    )


def carry(
    source: Server,
    target: Server,
    steps: Sequence[Step],
    *,
    tell: Callable[[Step], None] = lambda _: None,
) -> Iterator[Done]:
    """Do the steps, one after the other; one whose needs failed is not tried.

    Args:
        source: The source, which is asked for orphans of its own.
        target: Aurora.
        steps: The steps.
        tell: Is told of each that reads rows before it begins: it may take hours.

    Raises:
        FerryError: Aurora is out of reach; what was done is done.
        InterruptedWithinError: Ctrl-C. PostgreSQL undoes the step that was under way.
    """
    failed: set[int] = set()
    with connect(target, purpose="make the schema", read_only=False) as session:
        # pg_dump's order is by names; a function's body may call what comes later.
        session.execute("set check_function_bodies = off")
        session.execute("set client_min_messages = warning")
        for step in steps:
            missing = failed.intersection(step.needs)
            if missing:
                failed.add(step.number)
                yield Done(
                    step=step,
                    outcome=Outcome.LEFT,
                    why="it needs what failed above.",
                    remedy=_AGAIN,
                )
                continue
            if step.rows_checked:
                tell(step)
            try:
                done = _do(source, session, step)
            except KeyboardInterrupt:
                raise InterruptedWithinError(
                    f"Interrupted at: {step.what}. What is above is done.",
                    "Run this again: it goes on from there.",
                ) from None
            if done.outcome is Outcome.FAILED and step.number:
                failed.add(step.number)
            yield done


# Of another role an operator who is no superuser sees that it is connected, and as whom.
_CONNECTED: Final = (
    "select a.usename::text, pg_catalog.count(*) from pg_catalog.pg_stat_activity a "
    "join pg_catalog.pg_roles r on r.oid = a.usesysid "
    "where a.datname = pg_catalog.current_database() and not r.rolsuper "
    "and a.pid <> pg_catalog.pg_backend_pid() and not (a.usename = any(%s)) group by 1 order by 1"
)


def closed(target: Server, keepers: Sequence[str]) -> list[Finding]:
    """Whether nobody but the keepers may connect to a database, or is connected since before.

    Superusers are let be.
    """
    with connect(target, purpose="say who may connect") as session:
        side = reading.read(session)
        connected = session.rows(_CONNECTED, [[*keepers, side.user]])
    return [*_open(target, side, keepers), *_connected(target, connected)]


def _connected(target: Server, connected: Sequence[tuple[Any, ...]]) -> list[Finding]:
    if not connected:
        return []
    those = shown([f"{user} ({sessions})" for user, sessions in connected])
    return [
        blocked(
            "schema-connected",
            f"Sessions from before are still connected to {target.database} at Aurora: {those}.",
            why=(
                "REVOKE CONNECT ends none. What they write before the cutover is lost, or stands in the "
                "way of DMS's rows."
            ),
            remedy=(
                "End them: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                "current_database() AND usename = '...'; look at what they have written."
            ),
        )
    ]


def _open(target: Server, side: Side, keepers: Sequence[str]) -> list[Finding]:
    still = access.still_in(side, keepers)
    if not still:
        return []
    return [
        blocked(
            "schema-open",
            f"Database {target.database} is open at Aurora: {shown(still)} may connect.",
            why=(
                "An application that writes there before the cutover loses its rows. REVOKE by one who "
                "does not own the database changes nothing."
            ),
            remedy=f"As {side.owner}, who owns it: REVOKE CONNECT ON DATABASE from them.",
        )
    ]


def _do(source: Server, session: Session, step: Step) -> Done:
    deadline = ROWS_DEADLINE_SECONDS if step.rows_checked else DEADLINE_SECONDS
    for attempt in range(_TRIES):
        try:
            session.execute(_sql(step.sql), deadline_seconds=deadline)
        except UnreachableError:
            raise
        except PostgresError as error:
            if error.sqlstate == _LOCKED and attempt + 1 < _TRIES:
                continue
            return _failed(source, session, step, error)
        if session.ungranted:
            return Done(
                step=step,
                outcome=Outcome.FAILED,
                why=f"Aurora warns: {shown(list(session.ungranted))}.",
                remedy=f"The operator may not grant this: do it as who owns it. {_AGAIN}",
            )
        return Done(step=step, outcome=Outcome.DONE)
    raise AssertionError


def _failed(source: Server, session: Session, step: Step, error: PostgresError) -> Done:
    why, remedy = error.why, _REMEDIES.get(error.sqlstate or "") or error.remedy
    if _SETTING in why:
        remedy = "Aurora has no superuser: set it in the cluster's parameters, or do without it at the source."
    if error.sqlstate == _ORPHANS and step.constraint is not None:
        why, remedy = _of_orphans(source, session, step.constraint, why)
    return Done(step=step, outcome=Outcome.FAILED, why=why, remedy=f"{remedy} {_AGAIN}".strip())


def _of_orphans(
    source: Server, session: Session, constraint: tuple[str, str, str], why: str
) -> tuple[str, str]:
    """Which rows point at nothing, and whether the source has them too: otherwise something is late."""
    with connect(source, purpose="look for rows that point at nothing") as at_source:
        foreign = foreign_key(at_source, constraint)
        if foreign is None:
            return why, "The source no longer has this foreign key."
        found = _looked_for(session, foreign)
        also = _looked_for(at_source, foreign)
    if isinstance(found, PostgresError):
        return why, f"Which rows point at nothing could not be told: {found}"
    if not found:
        return why, "Meanwhile no row points at nothing."
    why = f"{why} Rows that point at nothing: {_named(found)}."
    if isinstance(also, PostgresError):
        return why, f"Whether the source has some too could not be told: {also}"
    if also:
        return why, (
            f"The source has some too ({_named(also)}): delete or mend them there, and the change is "
            "carried."
        )
    return why, (
        "The source has none: the task that carries the other table is behind, or its rows were not "
        "loaded. Wait until changes are applied, then compare both tables."
    )


def _looked_for(session: Session, foreign: ForeignKey) -> list[str] | PostgresError:
    """Rows that point at nothing, or why they cannot be read: that ends no phase."""
    try:
        return orphans(session, foreign)
    except UnreachableError:
        raise
    except PostgresError as error:
        return error


def _named(rows: list[str]) -> str:
    return "; ".join(rows[:MOST]) + (", and more" if len(rows) > MOST else "")


def _sql(statements: str) -> sql.SQL:
    """Statements that PostgreSQL's own programs wrote, or ferry with names in quotes."""
    return sql.SQL(statements)
