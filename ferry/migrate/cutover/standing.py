"""Where an environment's applications write, by the rows of its cutovers and rollbacks. Nothing is changed.

A run closes one side, and its row of the phase stands there. Beyond its point of no return that side stays
closed until a run of the other direction gives it back. So of all runs the newest that is beyond its point
says where the applications write, or are about to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts.ferry_schema import JOURNAL, SCHEMA
from ferry.migrate.cutover import freezing, journal
from ferry.migrate.cutover.journal import State, last
from ferry.migrate.cutover.rights import FROZEN, OPENED, SWITCHING, THAWED, Saved
from ferry.migrate.cutover.seen import NotNowError
from ferry.migrate.cutover.steps import OPENING, SAVE
from ferry.migrate.ways import Direction
from ferry.postgres import PostgresError, connect, sql
from ferry.words import capital

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ferry.migrate.cutover.journal import Record
    from ferry.migrate.sides import Sides
    from ferry.postgres import Session

FINISHED: Final = "finished"
"""The record behind the last step: there is nothing left to go on with."""

FINISH: Final = "finish"
"""The record of `ferry finish`, of the cutover that it ends: from its beginning on nobody goes back."""
TAKEN_BACK: Final = "taken-back"
"""The record behind the last step by which a cutover was taken back."""

_CAN_GO_BACK: Final = "reverse-fence"
_PURPOSE: Final = "say where its applications write"
_OF_OTHERS: Final = sql.SQL(
    "select run, detail ->> 'environment' from {} where phase = any (%s::text[]) "
    "and detail ->> 'environment' <> %s"
).format(sql.Identifier(SCHEMA, JOURNAL))
_NOT_THERE: Final = ("42P01", "42703")
"""Undefined table, which a missing schema is too, and undefined column: no cutover has begun."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A cutover or a rollback.

    Args:
        saved: What it kept of the side that it closed.
        record_id: The record that keeps it.
        phase: How far it is, by its row at that side; None where it has not closed it.
        before: The run of the other direction that it undoes; empty for none.
        is_finished: Whether nothing of it is left to do.
        can_go_back: Of a cutover, whether what is written to Aurora arrives at the source.
        step: The last step that was done of it.
        is_ending: Of a cutover, whether `ferry finish` has begun: what the way back needs may be gone.
        is_over: Whether that is done: nothing of the migration is left.
        is_opened: Of a cutover, whether it has opened Aurora.
        is_given_up: Of a cutover, whether it was taken back, or that is under way: it does not open Aurora.
        is_taken_back: Whether nothing of that is left to do.
    """

    saved: Saved
    record_id: str
    phase: str | None
    before: str
    is_finished: bool
    can_go_back: bool
    step: str
    is_ending: bool = False
    is_over: bool = False
    is_opened: bool = False
    is_given_up: bool = False
    is_taken_back: bool = False

    @property
    def id(self) -> str:
        """Its id."""
        return self.saved.run

    @property
    def direction(self) -> Direction:
        """What it is."""
        return self.saved.direction

    @property
    def is_beyond(self) -> bool:
        """Whether it is beyond its point of no return, and no other run has undone it."""
        return self.phase == SWITCHING

    @property
    def may_be_taken_back(self) -> bool:
        """Whether it can be taken back with nothing to be carried: Aurora was not opened."""
        if self.direction is Direction.BACK or self.is_taken_back:
            return False
        return self.is_given_up or (self.is_beyond and not self.is_opened)

    @property
    def is_cut_off(self) -> bool:
        """Whether it may have closed its side, and neither has opened it nor is beyond its point."""
        return self.phase not in {SWITCHING, THAWED}


def read(records: Iterable[Record], source: Session, target: Session) -> list[Run]:
    """The runs, the newest first.

    Args:
        records: The journal's.
        source: A session at the source, in the first database that is carried.
        target: One in Aurora.

    Raises:
        PostgresError: A server refuses.
    """
    known = list(records)
    ends: Mapping[Direction, Session] = {Direction.FORWARD: source, Direction.BACK: target}
    runs = []
    for it in reversed(known):
        if it.step != SAVE or it.state is not State.KEPT:
            continue
        saved = Saved.of_json(it.detail)
        is_forward = saved.direction is Direction.FORWARD
        at_aurora = freezing.phase(target, it.run) if is_forward else None
        has_opened = last(known, it.run, OPENING, State.DONE) is not None
        runs.append(
            Run(
                saved=saved,
                record_id=it.id,
                phase=freezing.phase(ends[saved.direction], it.run),
                before=it.detail["before"],
                is_finished=last(known, it.run, FINISHED, State.DONE) is not None,
                is_opened=is_forward and (at_aurora == OPENED or has_opened),
                is_given_up=at_aurora == THAWED,
                is_taken_back=last(known, it.run, TAKEN_BACK, State.DONE) is not None,
                can_go_back=last(known, it.run, _CAN_GO_BACK, State.DONE) is not None,
                step=next(
                    (
                        each.step
                        for each in reversed(known)
                        if each.run == it.run and each.state is State.DONE
                    ),
                    "",
                ),
                is_ending=last(known, it.run, FINISH, State.BEGUN) is not None,
                is_over=last(known, it.run, FINISH, State.DONE) is not None,
            )
        )
    return runs


def refuse_others(environment: str, *sessions: Session) -> None:
    """See that no other environment's run holds a side closed: two may carry the same source.

    Raises:
        NotNowError: One does: opening or closing the side would be another environment's to decide.
        PostgresError: A server refuses, or has no such table.
    """
    for session in sessions:
        for run, other in session.rows(_OF_OTHERS, [[FROZEN, SWITCHING], environment]):
            raise NotNowError(
                f"{capital(session.server.side)} is closed by a run of another environment, {other}: "
                f"{run}.",
                f"What that came to: ferry status {other}. One environment at a time leads the "
                "applications away from a database.",
            )


def look(environment: str, sides: Sides) -> tuple[list[Record], list[Run]]:
    """The journal's records, and the runs, the newest first; none where there is no table of them.

    Args:
        environment: The environment's name.
        sides: The way to both ends of the first database that is carried.

    Raises:
        NotNowError: Another environment's run holds a side closed.
        FerryError: A server refuses or does not answer, or the journals tell different things.
    """
    with (
        connect(sides.source.server, purpose=_PURPOSE) as source,
        connect(sides.target.server, purpose=_PURPOSE) as target,
    ):
        try:
            refuse_others(environment, source, target)
            records = journal.known(environment, source, target)
        except PostgresError as error:
            if error.sqlstate not in _NOT_THERE:
                raise
            return [], []
        return records, read(records, source, target)


def half_taken_back(runs: Sequence[Run]) -> Run | None:
    """The cutover that is being taken back, of which something is left to do; None for none."""
    return next((it for it in runs[:1] if it.is_given_up and not it.is_taken_back), None)


def standing(runs: Iterable[Run]) -> Run | None:
    """The run that says where the applications write; None where none has led them anywhere."""
    return next((it for it in runs if it.is_beyond), None)
