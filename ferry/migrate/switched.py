"""Refuses what would write into Aurora from the source once applications write to Aurora.

A load empties tables or writes over them, changes from a closed source are none, and a phase of the schema
may close Aurora to applications: beyond the point of no return of a cutover each loses rows, or is an outage.
The run's phase at the source says so: docs/decisions/0025. After a rollback other tasks go forward again,
and what the first ones load or bring would be written beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from facts.ferry_schema import JOURNAL, SCHEMA
from facts.names import AGAIN
from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.migrate.cutover.rights import SWITCHING
from ferry.migrate.cutover.standing import FINISH
from ferry.postgres import PostgresError, connect, sql

if TYPE_CHECKING:
    from ferry.postgres import Server

_NOT_THERE: Final = "42P01"
"""Undefined table, which a missing schema is too: no cutover has begun."""

_UNDONE: Final = f"update {SCHEMA}.{JOURNAL} set phase = 'thawed' where phase = '{SWITCHING}'"  # noqa: S608 - shown, not run
_SWITCHED: Final = sql.SQL(
    "select s.run, exists (select from {0} f where f.run = s.run and f.step = %s), "
    "coalesce(s.detail ->> 'environment', '') from {0} s where s.phase = %s order by s.at desc limit 1"
).format(sql.Identifier(SCHEMA, JOURNAL))


class SwitchedError(FerryError):
    """Applications write to Aurora: what was asked for would write over that."""

    exit_code: ClassVar = ExitStatus.STOP


def refuse_switched(source: Server, environment: str, *, what: str) -> None:
    """See that no cutover of an environment is beyond its point of no return.

    Args:
        source: The source, in the first database that is carried: its journal has the run's phase.
        environment: The environment's name.
        what: What is refused, as the beginning of a sentence.

    Raises:
        SwitchedError: One is.
        FerryError: The server does not answer, or refuses to say it.
    """
    if found := _switching(source, environment, what=what):
        run, is_ended = found
        raise SwitchedError(
            f"{what} would write over what applications have written to Aurora: {environment} is cut over, "
            f"or about to be (run {run}).",
            f"The way back was given up; what is left to do: ferry finish {environment}. Where they write to "
            f"the source again, and what they wrote to Aurora may be lost, say so there: {_UNDONE}"
            if is_ended
            else f"What is left to do of the cutover: ferry cutover {environment}. To have them write to the source "
            f"again, with all that they wrote to Aurora: ferry rollback {environment}. Where they do, and that may "
            f"be lost, say so there: {_UNDONE}",
        )


def refuse_rolled_back(target: Server, environment: str, *, what: str) -> None:
    """See that no other tasks go forward again since a rollback.

    Args:
        target: Aurora, in the first database that is carried: its journal has the rollback's phase.
        environment: The environment's name.
        what: What is refused, as the beginning of a sentence.

    Raises:
        SwitchedError: They do.
        FerryError: The server does not answer, or refuses to say it.
    """
    if found := _switching(target, environment, what=what):
        run, _ = found
        raise SwitchedError(
            f"{what} would write into Aurora beside the tasks that go forward again: {environment} was rolled "
            f"back (run {run}), and since then these carry what is written at the source.",
            f"To cut over again no load is needed: ferry cutover {environment} --plan. Rows that differ (ferry "
            f"verify {environment}) are mended in Aurora by hand. To load all anew, stop each of these tasks, "
            f"which end in -{AGAIN} (aws dms stop-replication-task), and then say in Aurora that they go "
            f"forward no more: {_UNDONE}",
        )


def _switching(server: Server, environment: str, *, what: str) -> tuple[str, bool] | None:
    """The newest run that has closed a side for good, by its row there, and whether it is finished with.

    None for none.

    Raises:
        SwitchedError: It is another environment's: two may carry the same source.
    """
    with connect(server, purpose="say whether its applications were switched") as session:
        try:
            rows = session.rows(_SWITCHED, [FINISH, SWITCHING])
        except PostgresError as error:
            if error.sqlstate != _NOT_THERE:
                raise
            return None
    if not rows:
        return None
    ((run, is_ended, of),) = rows
    if of not in {"", environment}:
        raise SwitchedError(
            f"{what} is refused: {server.side} is closed by a run of another environment, {of}: {run}.",
            f"What that came to: ferry status {of}. One environment at a time leads the applications away "
            "from a database.",
        )
    return str(run), bool(is_ended)
