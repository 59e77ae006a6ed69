"""Refuses what would write into Aurora from the source once applications write to Aurora.

A load empties tables or writes over them, changes from a closed source are none, and a phase of the schema
may close Aurora to applications: beyond the point of no return of a cutover each loses rows, or is an outage.
The run's phase at the source says so: docs/decisions/0025.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from facts.ferry_schema import JOURNAL, SCHEMA
from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.migrate.cutover.rights import SWITCHING
from ferry.postgres import PostgresError, connect, sql

if TYPE_CHECKING:
    from ferry.postgres import Server

_NOT_THERE: Final = "42P01"
"""Undefined table, which a missing schema is too: no cutover has begun."""

_SWITCHED: Final = sql.SQL("select run from {} where phase = %s order by at desc limit 1").format(
    sql.Identifier(SCHEMA, JOURNAL)
)


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
    with connect(source, purpose="say whether its applications were switched to Aurora") as session:
        try:
            rows = session.rows(_SWITCHED, [SWITCHING])
        except PostgresError as error:
            if error.sqlstate != _NOT_THERE:
                raise
            return
    if rows:
        undone = f"update {SCHEMA}.{JOURNAL} set phase = 'thawed' where phase = '{SWITCHING}'"  # noqa: S608 - shown, not run
        raise SwitchedError(
            f"{what} would write over what applications have written to Aurora: {environment} is cut over, "
            f"or about to be (run {rows[0][0]}).",
            f"What is left to do of the cutover: ferry cutover {environment}. To have them write to the source "
            f"again, with all that they wrote to Aurora: ferry rollback {environment}. Where they do, and that may "
            f"be lost, say so there: {undone}",
        )
