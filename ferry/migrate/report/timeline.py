"""What a journal's records say of each run: its steps, its seconds, how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ferry.migrate.cutover.freezing import Thaw
from ferry.migrate.cutover.journal import State
from ferry.migrate.cutover.rights import FROZEN, SWITCHING, THAWED
from ferry.migrate.cutover.running import BY, CLOSED
from ferry.migrate.cutover.standing import FINISH, FINISHED
from ferry.migrate.cutover.steps import (
    GIVE_UP,
    OPEN_SOURCE,
    OPENING,
    POINT,
    SAVE,
    STEPS,
    STEPS_BACK,
    STEPS_TAKING_BACK,
    VERIFY,
    Stage,
)
from ferry.migrate.report.told import By, Done, Ending, Look, Outage, Run
from ferry.migrate.ways import Direction
from ferry.redaction.redacting import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ferry.migrate.cutover.journal import Record

_KNOWN: Final = {
    Direction.FORWARD: {step.name: step for step in (*STEPS, *STEPS_TAKING_BACK)},
    Direction.BACK: {step.name: step for step in STEPS_BACK},
}
_FREEZE, _THAW = "freeze", "thaw"
_OPENED_BY: Final = {
    Ending.FINISHED: OPENING,
    Ending.BEYOND: OPENING,
    Ending.TAKEN_BACK: OPEN_SOURCE,
}
"""The step that lets the applications in again, of a run that was beyond its point of no return."""


def runs(
    records: Iterable[Record], phases: Mapping[str, Mapping[str, str | None]]
) -> tuple[Run, ...]:
    """The runs, in the order in which they began.

    Args:
        records: The journal's records, in order.
        phases: By the side that was asked, `source` or `target`, the phases of the runs that it knows.
    """
    by_run: dict[str, list[Record]] = {}
    for record in records:
        by_run.setdefault(record.run, []).append(record)
    return tuple(_run(run, them, phases) for run, them in by_run.items())


def _run(
    run: str, records: Sequence[Record], phases: Mapping[str, Mapping[str, str | None]]
) -> Run:
    saved = _last(records, SAVE, State.KEPT)
    point = _last(records, POINT, State.DONE)
    thaw = _last(records, _THAW, State.DONE)
    came_to = str(thaw.detail.get("came_to", "")) if thaw else ""
    verify = _last(records, VERIFY, State.KEPT)
    given_up = next((it for it in records if (it.step, it.state) == (FINISH, State.BEGUN)), None)
    over = _last(records, FINISH, State.DONE)
    direction = str((saved and saved.detail.get("direction")) or Direction.FORWARD)
    # The phase is at the side that a run closes.
    told = phases.get("target" if direction == Direction.BACK else "source")
    ending = _by_journal(records) if told is None else _ending(records, told.get(run))
    return Run(
        id=run,
        direction=direction,
        ending=ending,
        outage=_outage(records, ending, came_to),
        by=tuple(_by(it) for it in records if it.step == BY and it.state is State.KEPT),
        steps=tuple(_steps(records, Direction(direction))),
        point_at=point.at if point else None,
        opened=came_to,
        looks={} if verify is None else _looks(verify.detail.get("tables", ())),
        left=tuple(
            (database, table)
            for database, table in (verify.detail if verify else {}).get("left", ())
        ),
        given_up_at=given_up.at if given_up else None,
        over_at=over.at if over else None,
    )


def _last(records: Iterable[Record], step: str, state: State) -> Record | None:
    found = [it for it in records if it.step == step and it.state is state]
    return found[-1] if found else None


def _ending(records: Sequence[Record], phase: str | None) -> Ending:
    """How a run ended whose phase a database has told."""
    # A run that was beyond its point is `thawed` by the next, of the other direction: it had ended before.
    if phase == SWITCHING or (phase == THAWED and _last(records, POINT, State.DONE)):
        if phase == THAWED and _last(records, GIVE_UP, State.DONE):
            return Ending.TAKEN_BACK
        return Ending.FINISHED if _last(records, FINISHED, State.DONE) else Ending.BEYOND
    if phase == THAWED:
        never = Thaw.NEVER_CLOSED in {
            it.detail.get("came_to") for it in records if it.step == _THAW
        } or not _last(records, _FREEZE, State.BEGUN)
        return Ending.NOT_CLOSED if never else Ending.OPENED
    if phase == FROZEN:
        return Ending.CLOSED
    return Ending.NOT_CLOSED if phase is None else Ending.UNKNOWN


def _by_journal(records: Sequence[Record]) -> Ending:
    """The same where no database tells: by what was written down alone."""
    if _last(records, FINISHED, State.DONE):
        return Ending.FINISHED
    if _last(records, OPEN_SOURCE, State.DONE):
        return Ending.TAKEN_BACK
    if _last(records, POINT, State.DONE):
        return Ending.BEYOND
    thaw = _last(records, _THAW, State.DONE)
    if thaw:
        never = thaw.detail.get("came_to") == Thaw.NEVER_CLOSED
        return Ending.NOT_CLOSED if never else Ending.OPENED
    return Ending.UNKNOWN if _last(records, _FREEZE, State.BEGUN) else Ending.NOT_CLOSED


def _outage(records: Sequence[Record], ending: Ending, came_to: str) -> Outage:
    closed = _last(records, _FREEZE, State.BEGUN)
    if closed is None or ending is Ending.NOT_CLOSED:
        return Outage(seconds=0.0, how="writers were not kept out")
    if ending in _OPENED_BY:
        opened = _last(records, _OPENED_BY[ending], State.DONE)
        if opened is None:
            return Outage(seconds=None, how="nobody was let in again yet", closed_at=closed.at)
        return _measured(closed, opened)
    thaw = _last(records, _THAW, State.DONE)
    if thaw is None:
        how = (
            "writers are still kept out"
            if ending is Ending.CLOSED
            else "it was opened without ferry, by the process beside it or the script, which write down no time"
        )
        return Outage(seconds=None, how=how, closed_at=closed.at)
    found = _measured(closed, thaw)
    if came_to == Thaw.WAS_OPEN:
        return Outage(
            seconds=found.seconds,
            how="at most: the process beside ferry, or somebody by the script, had opened it before",
            closed_at=closed.at,
        )
    return found


def _measured(closed: Record, opened: Record) -> Outage:
    seconds = opened.detail.get(CLOSED)
    if seconds is not None:
        return Outage(
            seconds=float(seconds),
            how="from closing to opening, by one clock",
            closed_at=closed.at,
            opened_at=opened.at,
        )
    return Outage(
        seconds=(opened.at - closed.at).total_seconds(),
        how="from the journal's times: the run was interrupted, or its ferry is older",
        closed_at=closed.at,
        opened_at=opened.at,
    )


def _by(record: Record) -> By:
    it = record.detail
    return By(
        at=record.at,
        caller=str(it.get("caller", "")),
        user=str(it.get("user", "")),
        machine=str(it.get("machine", "")),
        ferry=str(it.get("ferry", "")),
        typed=bool(it.get("typed")),
        warnings=tuple(redacted(str(each)) for each in it.get("warnings", ())),
    )


def _steps(records: Sequence[Record], direction: Direction) -> Iterable[Done]:
    """Each beginning with how it ended; `finished` and what is only kept are no steps."""
    for place, begun in enumerate(records):
        if begun.state is not State.BEGUN:
            continue
        known = _KNOWN[direction].get(begun.step)
        ended = next(
            (
                it
                for it in records[place + 1 :]
                if it.step == begun.step and it.state is not State.KEPT
            ),
            None,
        )
        if ended is None or ended.state is State.BEGUN:
            seconds, state, why = None, str(State.BEGUN), ""
        else:
            told = ended.detail.get("seconds")
            seconds = (ended.at - begun.at).total_seconds() if told is None else float(told)
            state, why = str(ended.state), redacted(str(ended.detail.get("why", "")))
        yield Done(
            step=begun.step,
            what=known.what if known else "",
            at=begun.at,
            seconds=seconds,
            state=state,
            why=why,
            in_window=known is not None and known.stage is Stage.WINDOW,
        )


def _looks(kept: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Look]:
    return {
        (it["database"], ".".join(it["table"])): Look(
            at=datetime.fromisoformat(it["at"]),
            verdict=it["verdict"],
            rows=(it["rows"][0], it["rows"][1]),
            hashes=(it["hashes"][0], it["hashes"][1]),
            newer=None if it["newer"] is None else (it["newer"][0], it["newer"][1]),
        )
        for it in kept
        if it["table"] is not None
    }
