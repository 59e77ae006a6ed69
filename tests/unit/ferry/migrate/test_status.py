"""Where a migration stands, and the exact next command, by what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ferry.errors import FerryError
from ferry.mappings import TableName
from ferry.migrate.schema.phases import Phase
from ferry.migrate.starting import Marker, Refusal, Tables
from ferry.migrate.status import Course, Databases, Left, Seen, State, steps
from ferry.migrate.tasks import Counts, MigrationType, Settings, Task
from ferry.migrate.watching.tables import TableRow
from ferry.migrate.ways import Direction
from ferry.own_tables.shape import Oddity
from tests.unit.ferry.migrate.tasks import task

GONE = FerryError("The source is gone.", "Start it.")
AT = datetime(2026, 11, 27, 6, 42, tzinfo=UTC)
ODD = Oddity(what="is something else: id integer", remedy="Drop it")
THERE = (Marker(side="the source", exists=True), Marker(side="Aurora", exists=True))
ORDERS, ITEMS, PARTS = (TableName("public", name) for name in ("orders", "items", "parts"))
PREPARED = Databases(markers=THERE, carried=(ORDERS, ITEMS, PARTS))
ARRIVED = replace(PREPARED, last=AT - timedelta(seconds=7), has_arrived=True)
STARTED = task(status="running", was_started=True, counts=Counts(loaded=1, loading=1, queued=1))
LOADED = task(status="running", was_started=True, counts=Counts(loaded=4))


def rows(**more: str) -> dict[TableName, TableRow]:
    """The source's tables as DMS counts them, and others by their state; `__` stands for the dot."""
    states = dict.fromkeys(PREPARED.carried, "Table completed")
    states |= {TableName(*name.split("__")): state for name, state in more.items()}
    return {name: TableRow(name=name, state=state) for name, state in states.items()}


def seen(databases: Databases, one: Task | None = None) -> Seen:
    return Seen(
        environment="dev",
        tasks=(one or task(),),
        databases={"all": databases},
        tables={"all": rows()},
        at=AT,
    )


def standing(found: Seen) -> tuple[list[str], str]:
    """The steps with their states, and what comes next."""
    known = steps(found)
    return (
        [f"{step.name}: {step.state}" for step in known],
        next((step.next for step in known if step.next), ""),
    )


@pytest.mark.parametrize(
    ("found", "states", "following"),
    [
        (
            Seen(environment="dev", not_deployed="It has no outputs."),
            ["deployed: now"],
            "cdktf deploy dev",
        ),
        (
            Seen(environment="dev", trouble=FerryError("AWS denied it.")),
            ["deployed: not known"],
            "ferry status dev",
        ),
        (
            Seen(environment="dev", tasks=(task(),), trouble=GONE),
            [
                "deployed: done",
                "databases: not known",
                "loaded all: to come",
                "replicating all: to come",
            ],
            "Start it. Then: ferry status dev",
        ),
        (
            Seen(environment="dev", tasks=(LOADED,), trouble=GONE),
            [
                "deployed: done",
                "databases: not known",
                "loaded all: done",
                "replicating all: not known",
            ],
            "Start it. Then: ferry status dev",
        ),
        (
            seen(Databases(markers=(Marker(side="Aurora", exists=True, odd=ODD),))),
            [
                "deployed: done",
                "databases-prepared: wrong",
                "schema-before-load: done",
                "loaded all: to come",
                "replicating all: to come",
            ],
            "Drop it; then: ferry prepare-databases dev",
        ),
        (
            seen(Databases(markers=(Marker(side="Aurora", exists=False),))),
            [
                "deployed: done",
                "databases-prepared: now",
                "schema-before-load: done",
                "loaded all: to come",
                "replicating all: to come",
            ],
            "ferry prepare-databases dev",
        ),
        (
            seen(replace(PREPARED, tables=Tables(missing=(TableName("public", "orders"),)))),
            [
                "deployed: done",
                "databases-prepared: done",
                "schema-before-load: now",
                "loaded all: to come",
                "replicating all: to come",
            ],
            "ferry schema dev before-load",
        ),
        (
            seen(PREPARED),
            [
                "deployed: done",
                "databases-prepared: done",
                "schema-before-load: done",
                "loaded all: now",
                "replicating all: to come",
            ],
            "ferry start dev --task all",
        ),
        (
            seen(PREPARED, STARTED),
            [
                "deployed: done",
                "databases-prepared: done",
                "schema-before-load: done",
                "loaded all: now",
                "replicating all: to come",
            ],
            "ferry watch dev --task all",
        ),
        (
            seen(PREPARED, LOADED),
            [
                "deployed: done",
                "databases-prepared: done",
                "schema-before-load: done",
                "loaded all: done",
                "replicating all: now",
            ],
            "ferry watch dev --task all",
        ),
        (
            seen(ARRIVED, LOADED),
            [
                "deployed: done",
                "databases-prepared: done",
                "schema-before-load: done",
                "loaded all: done",
                "replicating all: done",
            ],
            "ferry verify dev",
        ),
        (
            seen(ARRIVED, replace(LOADED, status="stopped", stop_reason="NORMAL")),
            [
                "deployed: done",
                "databases-prepared: done",
                "schema-before-load: done",
                "loaded all: done",
                "replicating all: now",
            ],
            "ferry start dev --task all",
        ),
        (
            seen(ARRIVED, replace(LOADED, status="failed", failure="No slot.")),
            [
                "deployed: done",
                "databases-prepared: done",
                "schema-before-load: done",
                "loaded all: wrong",
                "replicating all: to come",
            ],
            "ferry start dev --task all",
        ),
        (
            seen(ARRIVED, replace(LOADED, counts=Counts(loaded=2, errored=1))),
            [
                "deployed: done",
                "databases-prepared: done",
                "schema-before-load: done",
                "loaded all: wrong",
                "replicating all: done",
            ],
            "ferry watch dev --task all",
        ),
        (
            seen(PREPARED, replace(LOADED, migration_type=MigrationType.LOAD)),
            [
                "deployed: done",
                "databases-prepared: done",
                "schema-before-load: done",
                "loaded all: done",
            ],
            "ferry verify dev",
        ),
    ],
)
def test_each_stand_names_the_next_command(found: Seen, states: list[str], following: str) -> None:
    if found.tasks is not None:
        verified = "now" if following == "ferry verify dev" else "to come"
        states = [*states, f"verified: {verified}", "cutover: to come"]

    assert standing(found) == (states, following)


def test_a_marker_that_is_on_its_way_is_no_proof() -> None:
    waiting = replace(ARRIVED, has_arrived=False)

    assert steps(seen(waiting, LOADED))[-3].what == (
        "The last marker of the task all, 7 s old, is not at Aurora yet."
    )


def test_a_marker_of_long_ago_says_nothing_of_now() -> None:
    old = replace(ARRIVED, last=AT - timedelta(minutes=10))
    (*_, step, _, _) = steps(seen(old, LOADED))

    assert step.state is State.UNKNOWN
    assert step.what == (
        "The last marker of the task all is at Aurora, and was written 600 s ago; whether changes "
        "arrive since is not known."
    )
    assert step.next == "ferry watch dev --task all"


def test_changes_that_were_not_applied_are_not_done_with() -> None:
    (*_, step, _, _) = steps(seen(replace(ARRIVED, unapplied=2), LOADED))

    assert step.state is State.NOW
    assert step.what == (
        "2 changes of the task all were not applied; which tables lack them is seen by watching."
    )


@pytest.mark.parametrize(
    "tables",
    [
        rows(),
        rows(public__more="Table does not exist"),
        rows(public__gone="Table completed"),
        rows(public__awsdms_ddl_audit="Table completed"),
    ],
    ids=["not shown", "not found", "another dropped since", "DMS's own beside it"],
)
def test_a_table_that_the_task_does_not_carry_is_not_loaded(
    tables: dict[TableName, TableRow],
) -> None:
    there = replace(ARRIVED, carried=(*ARRIVED.carried, TableName("public", "more")))
    (_, _, _, step, *_) = steps(replace(seen(there, LOADED), tables={"all": tables}))
    loaded = 4 - (TableName("public", "awsdms_ddl_audit") in tables)

    assert step.state is State.WRONG
    assert step.what == (
        "The source has 1 table that the task all selects and does not carry, such as public.more; "
        f"{loaded} of {loaded} tables are loaded."
    )


def test_one_of_dms_s_own_tables_that_it_does_not_carry_is_told() -> None:
    lacking = replace(LOADED, counts=Counts(loaded=3, errored=1))
    found = replace(
        seen(ARRIVED, lacking), tables={"all": rows(public__awsdms_ddl_audit="Table error")}
    )
    (_, _, _, step, *_) = steps(found)

    assert (step.state, step.what) == (
        State.WRONG,
        "Of the task all 1 table is not carried; 3 of 4 tables are loaded.",
    )


def test_it_is_said_whether_aurora_is_open() -> None:
    doors = (
        replace(PREPARED, is_open=True),
        replace(PREPARED, let_in=("app", "report")),
        PREPARED,
    )
    said = [steps(seen(door))[2].what for door in doors]

    assert said == [
        "Aurora has all 3 tables, and is open to everybody.",
        "Aurora has all 3 tables, and is open to app, report.",
        "Aurora has all 3 tables, and is closed to all but those who need it.",
    ]


def test_tables_that_dms_makes_are_not_missing() -> None:
    makes = task(settings=Settings(preparation="DROP_AND_CREATE"))
    missing = replace(PREPARED, tables=Tables(missing=(TableName("public", "orders"),)))

    assert standing(seen(missing, makes))[1] == "ferry start dev --task all"


@pytest.mark.parametrize(("unknown", "state"), [(False, State.WRONG), (True, State.UNKNOWN)])
def test_a_slot_from_which_a_stopped_task_cannot_go_on_is_told(
    *, unknown: bool, state: State
) -> None:
    refusal = Refusal(
        check="slot-ahead",
        task="all",
        what="It begins at 0/2.",
        why="",
        remedy="Load again.",
        unknown=unknown,
    )
    stopped = replace(LOADED, status="stopped")
    (*_, step, _, _) = steps(seen(replace(ARRIVED, slot=(refusal,)), stopped))

    assert (step.state, step.what, step.next) == (state, "It begins at 0/2.", "Load again.")


def test_a_task_that_cannot_go_on_says_how_it_begins_anew() -> None:
    gone = replace(LOADED, status="failed", failure='replication slot "all_1" does not exist')

    assert standing(seen(ARRIVED, gone))[1] == (
        "Load all its tables again: ferry start dev --task all --reload"
    )


@pytest.mark.parametrize(
    ("state", "counts", "said"),
    [
        ("Table completed", Counts(loaded=1, queued=1), "running: 0 of 1 table is loaded."),
        ("Before load", Counts(loaded=2, queued=2), "running: 2 of 3 tables are loaded."),
        ("Full load", Counts(loaded=1, loading=2), "running: 1 of 2 tables are loaded."),
        (
            "Table error",
            Counts(loaded=3, errored=2),
            "Of the task all 1 table is not carried; 3 of 4 tables are loaded.",
        ),
        # The one was read after the other: DMS had gone on.
        ("Table completed", Counts(loading=1, queued=1), "running: 0 of 2 tables are loaded."),
    ],
)
def test_a_tasks_marker_is_none_of_its_tables(state: str, counts: Counts, said: str) -> None:
    found = replace(
        seen(ARRIVED, replace(STARTED, counts=counts)), tables={"all": rows(ferry__fence_all=state)}
    )
    (_, _, _, step, *_) = steps(found)

    assert step.what.endswith(said)


def test_a_marker_that_is_not_carried_is_wrong() -> None:
    found = replace(
        seen(ARRIVED, LOADED), tables={"all": rows(ferry__fence_all="Table does not exist")}
    )
    step = steps(found)[-3]

    assert (step.state, step.next) == (State.WRONG, "ferry watch dev --task all")
    assert "does not carry its marker ferry.fence_all (Table does not exist)" in step.what


def test_a_task_that_stopped_before_its_slot_says_how_it_begins_anew() -> None:
    nothing = Refusal(
        check="nothing-to-resume", task="all", what="It has no slot.", why="", remedy="Load it."
    )
    at_rest = task(status="stopped", was_started=True)
    found = steps(seen(replace(ARRIVED, slot=(nothing,)), at_rest))

    assert [(it.state, it.what, it.next) for it in found if it.name == "loaded all"] == [
        (State.WRONG, "It has no slot.", "Load it.")
    ]


@pytest.mark.parametrize("status", ["starting", "stopping", "modifying"])
def test_what_passes_by_itself_is_watched(status: str) -> None:
    passing = task(status=status, was_started=True)

    assert standing(seen(PREPARED, passing))[1] == "ferry watch dev --task all"


NOTHING_LEFT = dict.fromkeys((Phase.BEFORE_LOAD, Phase.AFTER_LOAD, Phase.BEFORE_CUTOVER), Left())
SOME = Left(steps=("INDEX public.orders_at", "ANALYZE public.orders"))
STOPPED_THERE = replace(LOADED, status="stopped", stop_reason="STOPPED_AFTER_FULL_LOAD")


@pytest.mark.parametrize(
    ("phase", "one", "step", "following"),
    [
        (Phase.BEFORE_LOAD, task(), "schema-before-load", "ferry schema dev before-load"),
        (Phase.AFTER_LOAD, STOPPED_THERE, "schema-after-load", "ferry schema dev after-load"),
        (Phase.BEFORE_CUTOVER, LOADED, "schema-before-cutover", "ferry schema dev before-cutover"),
    ],
)
def test_a_phase_of_which_something_is_left_comes_next_where_it_is_due(
    phase: Phase, one: Task, step: str, following: str
) -> None:
    found = replace(seen(ARRIVED, one), schema={**NOTHING_LEFT, phase: SOME})

    (left,) = [each for each in steps(found) if each.name == step]

    assert left.state is State.NOW
    assert "2 steps are left, such as: INDEX public.orders_at" in left.what
    assert standing(found)[1] == following


def test_a_phase_that_is_not_due_yet_does_not_come_next() -> None:
    loading = replace(seen(PREPARED, STARTED), schema={**NOTHING_LEFT, Phase.AFTER_LOAD: SOME})

    states, following = standing(loading)

    assert "schema-after-load: to come" in states
    assert following == "ferry watch dev --task all"


@pytest.mark.parametrize("phase", NOTHING_LEFT)
def test_what_stands_against_a_phase_is_wrong_with_its_remedy(phase: Phase) -> None:
    left = Left(wrong=(("TABLE public.orders is at Aurora, and is another.", "Drop it."),))
    found = replace(seen(ARRIVED, LOADED), schema={**NOTHING_LEFT, phase: left})

    (wrong,) = [each for each in steps(found) if each.name == f"schema-{phase}"]

    assert wrong.state is State.WRONG
    assert "TABLE public.orders is at Aurora, and is another." in wrong.what
    assert wrong.next == "Drop it."


def test_where_the_schemas_cannot_be_read_the_rest_is_told() -> None:
    found = replace(seen(ARRIVED, LOADED), schema_trouble=FerryError("There is no pg_dump."))

    assert [(step.name, step.state) for step in steps(found)][2:4] == [
        ("schema-before-load", State.DONE),
        ("schema", State.UNKNOWN),
    ]


def test_ferrys_own_table_at_aurora_is_made_by_the_first_command() -> None:
    (_, step, *_) = steps(seen(replace(PREPARED, remembers_access=False)))

    assert (step.state, step.what) == (State.NOW, "Aurora has no table ferry.access yet.")
    assert step.next == "ferry prepare-databases dev"


AT_AURORA = Course(
    run="r1",
    direction=Direction.FORWARD,
    step="stragglers",
    carriers=(("all-back", "running"),),
    deadline="2026-12-01T06:00:00+01:00",
    criteria=("orders fail for ten minutes",),
)


@pytest.mark.parametrize(
    ("course", "states", "said", "following"),
    [
        (
            replace(AT_AURORA, is_beyond=False, is_finished=False),
            ["cutover: wrong"],
            "the source may be closed",
            "Where nobody is at it, this opens the source: ferry rollback dev",
        ),
        (
            replace(AT_AURORA, is_finished=False),
            ["cutover: now"],
            "beyond its point of no return; its last step that is done is stragglers",
            "ferry cutover dev",
        ),
        (
            replace(AT_AURORA, is_finished=False, may_be_taken_back=True),
            ["cutover: now"],
            "beyond its point of no return",
            "ferry cutover dev; or take it back, as Aurora was not opened: ferry rollback dev",
        ),
        (
            replace(AT_AURORA, is_finished=False, may_be_taken_back=True, is_given_up=True),
            ["cutover: now"],
            "The cutover r1 is being taken back",
            "ferry rollback dev",
        ),
        (
            AT_AURORA,
            ["cutover: done", "following all-back: done", "rollback: to come", "finish: to come"],
            "One can go back until 2026-12-01T06:00:00+01:00: ferry rollback dev --plan. When: orders fail",
            "",
        ),
        (
            replace(AT_AURORA, carriers=(("all-back", "failed"),)),
            ["cutover: done", "following all-back: wrong", "rollback: to come", "finish: to come"],
            "what is written to Aurora does not go to the source",
            "See its log; it has to run before anybody goes back to the source.",
        ),
        (
            replace(AT_AURORA, carriers=(), goes_back=False),
            ["cutover: done", "rollback: to come", "finish: to come"],
            "There is no way back",
            "",
        ),
        (
            replace(AT_AURORA, is_ending=True),
            ["cutover: done", "finish: now"],
            "nobody goes back any more",
            "ferry finish dev",
        ),
        (
            replace(AT_AURORA, is_ending=True, is_over=True, follows="cdktf deploy dev"),
            ["cutover: done", "finish: done"],
            "The migration is finished",
            "cdktf deploy dev",
        ),
        (
            replace(AT_AURORA, direction=Direction.BACK, carriers=(("all-again", "running"),)),
            ["rollback: done", "following all-again: done", "cutover: now"],
            "The applications write to the source: the rollback r1 is done.",
            "ferry verify dev; then: ferry cutover dev --plan",
        ),
    ],
)
def test_a_cutover_or_a_rollback_says_where_it_is_and_what_is_next(
    course: Course, states: list[str], said: str, following: str
) -> None:
    found = Seen(environment="dev", tasks=(LOADED,), course=course, at=AT)

    assert standing(found) == (["deployed: done", *states], following)
    assert said in " ".join(step.what for step in steps(found))
