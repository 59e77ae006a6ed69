"""What a cutover makes last in Aurora, and takes away again where DMS is to apply rows there once more.

Triggers and rules that are ENABLE ALWAYS fire for DMS too, row security hides rows from it, GENERATED
ALWAYS and NOT NULL refuse its rows. What takes each away is journalled before it is made: afterwards nothing
tells a column that was NOT NULL before from one that has become it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.migrate.cutover.journal import State
from ferry.postgres import sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ferry.migrate.cutover.journal import Journal, Record
    from ferry.migrate.schema.steps import Step
    from ferry.postgres import Session

LEFT_OVER: Final = "left-over"
"""The name of the step that makes it."""


def keep(journal: Journal, database: str, steps: Iterable[Step]) -> None:
    """Write down what takes away what is about to be made.

    Args:
        journal: The journal, of the run that makes it.
        database: The database's name in Aurora.
        steps: What is about to be made.

    Raises:
        FerryError: It cannot be written.
    """
    if undo := [step.undo for step in steps if step.undo]:
        journal.write(LEFT_OVER, State.KEPT, database=database, undo=undo)


def take_away(records: Iterable[Record], run: str, session: Session) -> int:
    """Take away what a run has made in a database, the last first. Return how many things.

    What is gone already stays so.

    Args:
        records: The journal's.
        run: The run that made it.
        session: A session in that database of Aurora's; it may write.

    Raises:
        FerryError: The server refuses; nothing was taken away.
    """
    made = [
        each
        for it in records
        if it.run == run and it.step == LEFT_OVER and it.state is State.KEPT
        if it.detail["database"] == session.server.database
        for each in it.detail["undo"]
    ]
    with session.transaction():
        for each in reversed(made):
            session.execute(sql.SQL(each))
    return len(made)
