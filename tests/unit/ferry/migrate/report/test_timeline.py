from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ferry.migrate.cutover.journal import Record, State
from ferry.migrate.report.timeline import runs
from ferry.migrate.report.told import Ending, Run
from tests.unit.ferry.migrate.report.sample import AT

Phases = dict[str, dict[str, str | None]]
ACL = {"direction": "forward", "databases": []}


def records(*said: tuple[str, str, dict[str, Any]], run: str = "r1") -> list[Record]:
    """A record a second."""
    return [
        Record(
            number=number,
            writer="w",
            run=run,
            at=AT + timedelta(seconds=number),
            step=step,
            state=State(state),
            detail=detail,
        )
        for number, (step, state, detail) in enumerate(said, start=1)
    ]


def step(name: str, **more: Any) -> tuple[tuple[str, str, dict[str, Any]], ...]:  # noqa: ANN401 - what JSON has
    return ((name, "begun", {}), (name, "done", {"seconds": 0.25, **more}))


WHO = ("by", "kept", {"caller": "arn:x", "user": "kim", "machine": "m", "ferry": "1", "typed": True, "warnings": ["w"]})  # fmt: skip
CLOSED = (WHO, *step("gate"), ("save", "kept", ACL), *step("save"), *step("freeze"))
COMPARED = {"database": "shop", "table": ["public", "orders"], "verdict": "same", "at": AT.isoformat(), "rows": [4, 4], "hashes": ["", ""], "newer": [1, 2]}  # fmt: skip
BEYOND = (
    *CLOSED,
    ("verify", "begun", {}),
    (
        "verify",
        "kept",
        {"tables": [COMPARED, {**COMPARED, "newer": None}], "left": [["shop", "public.big"]]},
    ),
    ("verify", "done", {"seconds": 1.5}),
    *step("point-of-no-return"),
)
FINISHED = (*BEYOND, *step("unfreeze", closed_seconds=3.4), ("finished", "done", {}))
SWITCHING: Phases = {"source": {"r1": "switching"}, "target": {"r1": None}}


def only(said: tuple[Any, ...], phases: Phases | None = None) -> Run:
    (run,) = runs(records(*said), SWITCHING if phases is None else phases)
    return run


def test_a_run_that_is_done() -> None:
    run = only(FINISHED)

    assert (run.id, run.direction, run.ending) == ("r1", "forward", Ending.FINISHED)
    assert (run.outage.seconds, run.outage.how) == (3.4, "from closing to opening, by one clock")
    assert (run.by[0].caller, run.by[0].typed, run.by[0].warnings) == ("arn:x", True, ("w",))
    assert run.point_at is not None
    assert [(it.step, it.seconds, it.state) for it in run.steps] == [
        ("gate", 0.25, "done"),
        ("save", 0.25, "done"),
        ("freeze", 0.25, "done"),
        ("verify", 1.5, "done"),
        ("point-of-no-return", 0.25, "done"),
        ("unfreeze", 0.25, "done"),
    ]
    assert [it.in_window for it in run.steps] == [False, False, True, True, True, True]
    look = run.looks["shop", "public.orders"]
    assert (look.verdict, look.rows, look.newer) == ("same", (4, 4), None)
    assert run.left == (("shop", "public.big"),)


def test_an_outage_over_two_processes_is_told_by_the_journals_times() -> None:
    run = only((*BEYOND, *step("unfreeze"), ("finished", "done", {})))

    assert run.outage.seconds == 8.0
    assert "interrupted" in run.outage.how


def test_beyond_its_point_and_not_opened_nothing_is_measured() -> None:
    run = only(BEYOND)

    assert run.ending is Ending.BEYOND
    assert (run.outage.seconds, run.outage.how) == (None, "nobody was let in again yet")


@pytest.mark.parametrize(
    ("said", "phase", "ending", "seconds"),
    [
        (CLOSED, "frozen", Ending.CLOSED, None),
        (CLOSED, "thawed", Ending.OPENED, None),
        ((*CLOSED, ("thaw", "done", {"came_to": "opened", "closed_seconds": 2.0})), "thawed", Ending.OPENED, 2.0),
        ((*CLOSED, ("thaw", "done", {"came_to": "was open", "closed_seconds": 2.0})), "thawed", Ending.OPENED, 2.0),
        ((*CLOSED, ("thaw", "done", {"came_to": "never closed"})), "thawed", Ending.NOT_CLOSED, 0.0),
        (CLOSED[:5], None, Ending.NOT_CLOSED, 0.0),
        (CLOSED, "of another version", Ending.UNKNOWN, None),
    ],
)  # fmt: skip
def test_how_a_run_ended_says_the_phase_at_the_source(
    said: tuple[Any, ...], phase: str | None, ending: Ending, seconds: float | None
) -> None:
    run = only(said, {"source": {"r1": phase}})

    assert (run.ending, run.outage.seconds) == (ending, seconds)


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        (FINISHED, Ending.FINISHED),
        (BEYOND, Ending.BEYOND),
        ((*CLOSED, ("thaw", "done", {"came_to": "opened"})), Ending.OPENED),
        ((*CLOSED, ("thaw", "done", {"came_to": "never closed"})), Ending.NOT_CLOSED),
        (CLOSED, Ending.UNKNOWN),
        (CLOSED[:3], Ending.NOT_CLOSED),
    ],
)
def test_where_the_source_does_not_answer_what_was_written_down_says_it(
    said: tuple[Any, ...], ending: Ending
) -> None:
    assert only(said, {"target": {}}).ending is ending


def test_of_a_rollback_the_phase_is_in_aurora() -> None:
    back = tuple(
        (name, state, {"direction": "back"} if name == "save" else detail)
        for name, state, detail in FINISHED
    )

    run = only(back, {"source": {"r1": None}, "target": {"r1": "switching"}})

    assert (run.direction, run.ending) == ("back", Ending.FINISHED)


def test_the_end_of_the_migration_is_of_the_cutover_that_it_ends() -> None:
    begun = (*FINISHED, ("finish", "begun", {}), ("finish", "begun", {}))
    at_source: dict[str, dict[str, str | None]] = {"source": {"r1": "switching"}}

    ending, over = only(begun, at_source), only((*begun, ("finish", "done", {})), at_source)

    assert (ending.ending, ending.over_at) == (Ending.FINISHED, None)
    assert ending.given_up_at is not None
    assert over.given_up_at == ending.given_up_at
    assert over.over_at is not None


def test_a_rollback_after_a_cutover_has_its_own_steps_and_seconds() -> None:
    back = (
        ("save", "kept", {"direction": "back", "databases": []}),
        *step("freeze"),
        *step("forward-slot"),
        *step("point-of-no-return"),
        *step("unfreeze", closed_seconds=1.2),
        *step("undo-left-over"),
        *step("start-forward"),
        ("finished", "done", {}),
    )
    told = [*records(*FINISHED), *records(*back, run="r2")]

    cut_over, rolled_back = runs(
        told, {"source": {"r1": "thawed"}, "target": {"r1": "opened", "r2": "switching"}}
    )

    assert (cut_over.ending, cut_over.outage.seconds) == (Ending.FINISHED, 3.4)
    assert (rolled_back.direction, rolled_back.ending) == ("back", Ending.FINISHED)
    assert rolled_back.outage.seconds == 1.2
    assert rolled_back.point_at is not None
    assert [(it.step, it.in_window) for it in rolled_back.steps] == [
        ("freeze", True),
        ("forward-slot", True),
        ("point-of-no-return", True),
        ("unfreeze", True),
        ("undo-left-over", False),
        ("start-forward", False),
    ]
    # in the words of the rollback, and not of the cutover
    assert rolled_back.steps[0].what == "close Aurora to all but ferry and DMS, end sessions"
    assert all(it.what for it in rolled_back.steps)


@pytest.mark.parametrize("phases", [{"source": {"r1": "thawed"}}, {"target": {}}])
def test_a_cutover_that_was_taken_back_is_none(phases: Phases) -> None:
    run = only((*BEYOND, *step("give-up"), *step("open-source")), phases)

    assert run.ending is Ending.TAKEN_BACK
    assert run.outage.seconds == 10.0
    assert run.steps[-1].what == "give the source its rights back, as they were kept"


def test_while_it_is_taken_back_writers_are_kept_out() -> None:
    run = only((*BEYOND, *step("give-up")))

    assert run.ending is Ending.BEYOND
    assert (run.outage.seconds, run.outage.how) == (None, "nobody was let in again yet")


def test_a_step_that_failed_says_why_without_a_secret() -> None:
    run = only(
        (
            *CLOSED,
            ("fence", "begun", {}),
            ("fence", "failed", {"why": "password=hunter2 is wrong"}),
        ),
        {"source": {"r1": "thawed"}},
    )

    failed = run.steps[-1]
    assert (failed.step, failed.state, failed.seconds) == ("fence", "failed", 1.0)
    assert "hunter2" not in failed.why


def test_a_step_that_was_begun_again_is_there_twice() -> None:
    run = only((*CLOSED, ("silence", "begun", {}), ("silence", "begun", {}), ("own", "begun", {})))

    assert [(it.step, it.what != "", it.state) for it in run.steps[-3:]] == [
        ("silence", True, "begun"),
        ("silence", True, "begun"),
        ("own", False, "begun"),
    ]


def test_runs_are_told_apart() -> None:
    found = runs([*records(*CLOSED), *records(*FINISHED, run="r2")], {})

    assert [(it.id, it.ending) for it in found] == [
        ("r1", Ending.UNKNOWN),
        ("r2", Ending.FINISHED),
    ]
