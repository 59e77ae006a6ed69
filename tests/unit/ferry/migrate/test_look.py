"""Where a task is, why it waits, what is to be done, and when watching ends: by what was seen."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ferry.mappings import Mappings, TableName
from ferry.migrate.markers import rows_of_a_proof
from ferry.migrate.starting import Refusal
from ferry.migrate.tasks import Counts, MigrationType, Settings
from ferry.migrate.watching.look import (
    Difference,
    Ending,
    Phase,
    Proof,
    TaskLook,
    Unapplied,
    Uncounted,
    ending,
)
from tests.unit.ferry.migrate.looks import AT, ITEMS, ORDERS, look, row, running, seen
from tests.unit.ferry.migrate.tasks import MAPPINGS, task

COUNTED = Proof(counted=1, of=1)
UNCOUNTED = Uncounted(table=ORDERS, why="its filter names note, and DMS compares no large object")
ARRIVED = Proof(counted=1, of=1, marker_seconds=0.2)
DIFFERS = Proof(of=1, differs=(Difference(table=ORDERS, source=100, target=93),))
LOADING = seen(tables=(row(state="Full load", rows=10), row(ITEMS, "Before load")))
HAS_LOADED: dict[str, Any] = {"was_started": True, "counts": Counts(loaded=1)}
FAILED = seen(task=task(status="failed", failure="No slot.", **HAS_LOADED))
STOPPED = seen(task=task(status="stopped", was_started=True, stop_reason="NORMAL"))


def stopped(reason: str, **changes: object) -> TaskLook:
    return seen(task=task(status="stopped", was_started=True, stop_reason=reason, **changes))


@pytest.mark.parametrize(
    ("task_look", "phase", "waiting"),
    [
        (
            seen(task=task(), tables=()),
            Phase.NOT_STARTED,
            "for its start: ferry start dev --task all",
        ),
        (seen(task=running(status="starting")), Phase.STARTING, "DMS is starting it"),
        (seen(tables=()), Phase.LOADING, "DMS is reading which tables there are"),
        (
            seen(tables=(row(state="Before load"),)),
            Phase.LOADING,
            "DMS has begun no table's load yet",
        ),
        (LOADING, Phase.LOADING, ""),
        (
            seen(task=running(counts=Counts(queued=1))),
            Phase.LOADING,
            "DMS has begun no table's load yet",
        ),
        (
            seen(proof=Proof(of=3, counted=1, moving=1)),
            Phase.COUNTING,
            "both sides are counted: 1 of 3 tables, 1 table changes all the while",
        ),
        (
            seen(proof=Proof(of=3, trouble="The source could not be reached.")),
            Phase.COUNTING,
            "The source could not be reached.",
        ),
        (seen(proof=DIFFERS), Phase.DIFFERS, ""),
        (seen(proof=COUNTED), Phase.CATCHING_UP, "for its marker to arrive at Aurora"),
        (
            seen(proof=Proof(counted=1, of=1, marker_waits=12.3)),
            Phase.CATCHING_UP,
            "for its marker, written 12 s ago, to arrive",
        ),
        (seen(proof=ARRIVED), Phase.REPLICATING, ""),
        (
            seen(tables=(), marker=row(TableName("ferry", "fence_all"))),
            Phase.CATCHING_UP,
            "for its marker to arrive at Aurora",
        ),
        (
            seen(proof=COUNTED, marker=row(TableName("ferry", "fence_all"), "Table error")),
            Phase.UNPROVABLE,
            "",
        ),
        (
            seen(proof=COUNTED, task=running(migration_type=MigrationType.LOAD)),
            Phase.LOADED,
            "",
        ),
        (
            seen(task=running(migration_type=MigrationType.CHANGES)),
            Phase.CATCHING_UP,
            "for its marker to arrive at Aurora",
        ),
        (
            STOPPED,
            Phase.STOPPED,
            "for somebody to go on (NORMAL): ferry start dev --task all",
        ),
        (
            FAILED,
            Phase.FAILED,
            "it has failed: No slot. Mend it, then: ferry start dev --task all",
        ),
        (seen(task=running(status="modifying")), Phase.BUSY, "DMS: it is modifying"),
        (
            seen(task=running(status="ready")),
            Phase.STOPPED,
            "for somebody to go on (ready): ferry start dev --task all",
        ),
    ],
)
def test_a_task_says_where_it_is_and_why_it_waits(
    task_look: TaskLook, phase: Phase, waiting: str
) -> None:
    assert (task_look.phase, task_look.waiting) == (phase, waiting)


@pytest.mark.parametrize(
    "reason", ["FULL_LOAD_ONLY_FINISHED", "STOPPED_AFTER_FULL_LOAD", "STOPPED_AFTER_CACHED_EVENTS"]
)
def test_a_task_that_stops_where_it_was_told_to_is_loaded_once_it_is_counted(reason: str) -> None:
    told = stopped(reason)
    uncounted = TaskLook(environment="dev", task=told.task, tables=told.tables, proof=Proof(of=1))

    assert uncounted.phase is Phase.COUNTING
    assert told.phase is Phase.LOADED


def test_the_next_start_of_a_task_that_stops_after_its_load_is_said() -> None:
    assert stopped("STOPPED_AFTER_FULL_LOAD").waiting == (
        "for its next start, as after_full_load says: ferry start dev --task all"
    )
    assert stopped("FULL_LOAD_ONLY_FINISHED").waiting == ""


def test_a_table_that_dms_calls_complete_and_is_empty_is_not_loaded() -> None:
    empty = Proof(of=1, differs=(Difference(table=ORDERS, source=1_000_000, target=0),))
    (trouble,) = seen(proof=empty).troubles

    assert seen(proof=empty).phase is Phase.DIFFERS
    assert trouble.what == "1,000,000 rows at the source, 0 at Aurora"
    assert trouble.remedy == "load it again: ferry reload dev public.orders"


@pytest.mark.parametrize(
    ("table", "what", "remedy"),
    [
        (
            row(state="Table error"),
            "Table error",
            "its reason is in the log; mend it, then ferry reload dev public.orders",
        ),
        (
            row(state="Table cancelled"),
            "Table cancelled",
            "its reason is in the log; mend it, then ferry reload dev public.orders",
        ),
        (
            row(state="Table does not exist"),
            "Table does not exist",
            (
                "make it at both sides, then ferry stop dev --task all and ferry start dev --task all"
            ),
        ),
        (
            row(state="Table sleeps"),
            "DMS says 'Table sleeps', which says not that it is carried",
            "see the task's log, then ferry reload dev public.orders",
        ),
        (
            row(validation="Mismatched records", failed=1),
            "DMS's validation: 1 row differs, 0 could not be compared",
            "see which, then ferry reload dev public.orders",
        ),
        (
            row(validation="Mismatched records", failed=3),
            "DMS's validation: 3 rows differ, 0 could not be compared",
            "see which, then ferry reload dev public.orders",
        ),
    ],
)
def test_a_table_in_trouble_says_what_to_do(table: object, what: str, remedy: str) -> None:
    (trouble,) = seen(tables=(table,)).troubles

    assert (str(trouble.table), trouble.what, trouble.remedy) == ("public.orders", what, remedy)


def test_a_marker_that_is_not_carried_is_made() -> None:
    (trouble,) = seen(marker=NO_MARKER).troubles

    assert trouble.remedy == (
        "make it: ferry prepare-databases dev; then ferry stop dev --task all and ferry start dev "
        "--task all"
    )


LOST = Refusal(
    check="slot-lost",
    task="all",
    what="The slot has lost changes.",
    why="",
    remedy="Load all its tables again: ferry start dev --task all --reload",
)
AGAIN = "oad all its tables again: ferry start dev --task all --reload"


@pytest.mark.parametrize(
    ("task_look", "waiting"),
    [
        (
            replace(STOPPED, slot=(LOST,)),
            f"for somebody to go on (NORMAL); the slot has lost changes. L{AGAIN}",
        ),
        (
            replace(stopped("STOPPED_AFTER_FULL_LOAD"), slot=(LOST,)),
            f"for its next start, as after_full_load says; the slot has lost changes. L{AGAIN}",
        ),
        (
            replace(FAILED, slot=(LOST,)),
            f"it has failed: No slot. The slot has lost changes. L{AGAIN}",
        ),
        (
            seen(task=task(status="failed", failure="slot x does not exist", **HAS_LOADED)),
            f"it has failed: slot x does not exist. L{AGAIN}",
        ),
        (
            seen(task=task(status="failed", was_started=True, failure="No rights.")),
            f"it has failed: No rights. Mend what it says, then l{AGAIN}",
        ),
    ],
)
def test_a_task_that_cannot_go_on_names_what_a_start_would_not_refuse(
    task_look: TaskLook, waiting: str
) -> None:
    assert task_look.waiting == waiting
    assert ending(look(task_look), until="replicating") is Ending.BAD


def test_a_slot_that_is_read_just_now_is_no_loss() -> None:
    read = replace(STOPPED, slot=(replace(LOST, check="slot-read", passes=True),))

    assert ending(look(read), until="replicating") is Ending.STILL


@pytest.mark.parametrize(
    ("changes", "slot", "remedy"),
    [
        (
            {"status": "stopped", "stop_reason": "NORMAL"},
            (),
            "ferry start dev --task all, then ferry reload dev public.orders",
        ),
        ({"status": "stopped"}, (LOST,), f"l{AGAIN}"),
        (
            {
                "status": "stopped",
                "stop_reason": "FULL_LOAD_ONLY_FINISHED",
                "migration_type": MigrationType.LOAD,
            },
            (),
            f"l{AGAIN}",
        ),
        (
            {"status": "running", "migration_type": MigrationType.CHANGES},
            (),
            "mend its rows at Aurora by hand: a task of changes alone loads none again",
        ),
    ],
)
def test_a_table_in_trouble_is_mended_in_the_state_that_its_task_is_in(
    changes: dict[str, Any], slot: tuple[Refusal, ...], remedy: str
) -> None:
    found = seen(task=task(**HAS_LOADED, **changes), slot=slot, tables=(row(state="Table error"),))
    (trouble,) = found.troubles

    assert trouble.remedy == f"its reason is in the log; mend it, then {remedy}"


def test_a_table_that_is_not_there_is_read_with_the_next_start() -> None:
    missing = (row(state="Table does not exist"),)
    at_rest = replace(STOPPED, tables=missing)
    lost = replace(at_rest, slot=(LOST,))

    assert [it.remedy for it in at_rest.troubles] == [
        "make it at both sides, then ferry start dev --task all"
    ]
    assert [it.remedy for it in lost.troubles] == [f"make it at both sides, then l{AGAIN}"]


def test_a_task_that_carries_no_marker_is_not_waited_for() -> None:
    unmarked = Mappings(selections=MAPPINGS.selections[1:])
    (trouble,) = (old := seen(task=running(mappings=unmarked), proof=COUNTED)).troubles

    assert old.phase is Phase.UNPROVABLE
    assert ending(look(old), until="replicating") is Ending.BAD
    assert (str(trouble.table), trouble.what) == (
        "ferry.fence_all",
        "the task's rules do not select it: nobody can tell when changes arrive",
    )
    assert trouble.remedy == (
        "ferry stop dev --task all; deploy it with its marker: cdktf deploy dev; then ferry start dev "
        "--task all"
    )


def test_a_name_is_quoted_as_a_shell_takes_it() -> None:
    (trouble,) = seen(tables=(row(TableName("a b", "it's"), "Table error"),)).troubles

    assert shlex.split(trouble.remedy.rpartition("then ")[2]) == [
        "ferry",
        "reload",
        "dev",
        "a b.it's",
    ]


def test_a_table_that_is_suspended_is_named_once() -> None:
    error = seen(tables=(row(state="Table error"),), suspended=(ORDERS,))
    silent = seen(suspended=(ORDERS,))

    assert len(list(error.troubles)) == 1
    assert [trouble.what for trouble in silent.troubles] == ["suspended by DMS"]


@pytest.mark.parametrize("in_error", [True, False])
def test_a_table_that_is_carried_no_more_is_named_once_with_what_was_not_applied(
    *, in_error: bool
) -> None:
    lacks = Unapplied(table=ORDERS, changes=2, last=AT)
    found = seen(
        tables=(row(state="Table error" if in_error else "Table completed"),),
        suspended=(ORDERS,),
        unapplied=(lacks,),
    )
    (trouble,) = found.troubles
    said = "Table error" if in_error else "suspended by DMS"
    assert trouble.what == f"{said}; 2 changes were not applied"
    assert trouble.remedy == (
        "its reason is in public.awsdms_apply_exceptions; mend it, then ferry reload dev public.orders"
    )
    # no load brings them where a task has none: what is left there is to be deleted by hand
    alone = replace(found, task=running(migration_type=MigrationType.CHANGES))
    assert len(list(alone.troubles)) == 2


def test_a_table_that_the_rules_select_and_dms_does_not_show_is_not_carried() -> None:
    made_since = seen(expected={ORDERS: 1, ITEMS: 1}, proof=ARRIVED)
    (trouble,) = made_since.troubles

    assert (trouble.table, trouble.what) == (
        ITEMS,
        "the task's rules select it, and DMS does not carry it",
    )
    assert trouble.remedy == (
        "make it at Aurora (ferry schema dev before-load), then ferry stop dev --task all and "
        "ferry start dev --task all"
    )
    assert list(seen(expected={ORDERS: 1, ITEMS: 1}, tables=()).troubles) == []  # not read yet


def test_a_table_lacks_the_changes_that_were_not_applied_until_it_is_loaded_again() -> None:
    lost = Unapplied(table=ORDERS, changes=2, last=AT)
    before = seen(tables=(row(loaded_at=AT - timedelta(hours=1)),), unapplied=(lost,))
    since = seen(tables=(row(loaded_at=AT + timedelta(hours=1)),), unapplied=(lost,))
    (trouble,) = before.troubles

    assert (str(trouble.table), trouble.what) == ("public.orders", "2 changes were not applied")
    assert trouble.remedy == (
        "see why in public.awsdms_apply_exceptions, mend it, then ferry reload dev public.orders"
    )
    assert before.exceptions == 2
    assert list(since.troubles) == []
    assert since.exceptions == 0
    assert [each.table for each in seen(tables=(row(ITEMS),), unapplied=(lost,)).troubles] == [
        ORDERS
    ]


def test_a_marker_that_was_not_applied_is_trouble_until_another_has_arrived() -> None:
    marker = TableName("ferry", "fence_all")
    lost = (Unapplied(table=marker, changes=1, last=AT),)
    waits = seen(proof=Proof(counted=1, of=1, marker_waits=9.0), unapplied=lost)
    (trouble,) = waits.troubles

    assert trouble.table == marker
    assert "ferry reload" not in trouble.remedy  # which takes no table of ferry's
    assert trouble.remedy.startswith("see why in public.awsdms_apply_exceptions")
    assert waits.exceptions == 0
    assert list(seen(proof=ARRIVED, unapplied=lost).troubles) == []


@pytest.mark.parametrize("state", ["Full load", "Before load", "Table is being reloaded"])
def test_of_a_table_that_is_loaded_again_what_was_not_applied_is_history(state: str) -> None:
    lost = Unapplied(table=ORDERS, changes=2, last=AT)
    again = seen(tables=(row(state=state),), unapplied=(lost,))

    assert list(again.troubles) == []
    assert again.exceptions == 0


def test_changes_of_a_task_that_never_loads_are_mended_by_hand() -> None:
    lost = Unapplied(table=ORDERS, changes=2, last=AT)
    changes_alone = running(migration_type=MigrationType.CHANGES)
    (trouble,) = seen(task=changes_alone, unapplied=(lost,)).troubles

    assert trouble.remedy == (
        "see why in public.awsdms_apply_exceptions, mend these rows at Aurora by hand, then delete "
        "what it says of them"
    )


@pytest.mark.parametrize(
    ("loaded", "expected", "seconds", "left"),
    [
        (50, 100, 60.0, 60.0),
        (1, 100, 10.0, 990.0),
        (1, 1000, 10.0, None),  # below 1 %
        (50, None, 60.0, None),  # never analyzed
        (50, 100, None, None),  # DMS has not said when it began
        (1, 100, 86_400.0 * 30, None),  # beyond a year
        (150, 100, 60.0, 0.0),  # the estimate is too low
    ],
)
def test_the_time_to_go_is_told_from_one_per_cent_on(
    loaded: int, expected: int | None, seconds: float | None, left: float | None
) -> None:
    loading = seen(
        tables=(row(state="Full load", rows=loaded),),
        expected={ORDERS: expected},
        loading_seconds=seconds,
    )

    assert loading.seconds_left == pytest.approx(left)


def test_a_table_that_is_loaded_has_the_rows_that_it_has() -> None:
    half = seen(
        tables=(row(rows=80), row(ITEMS, "Full load", rows=20)),
        expected={ORDERS: 100, ITEMS: 40},
    )

    assert half.expected_rows == 120
    assert half.share == pytest.approx(100 / 120)


NO_MARKER = row(TableName("ferry", "fence_all"), "Table does not exist")
CATCHING_UP, REPLICATING = seen(proof=COUNTED), seen(proof=ARRIVED)
NOT_STARTED = seen(task=task(), tables=())
ERROR = seen(proof=ARRIVED, tables=(row(), row(ITEMS, "Table error")))
PLANNED = stopped("STOPPED_AFTER_FULL_LOAD")


@pytest.mark.parametrize(
    ("looks", "loaded", "replicating", "never"),
    [
        ([LOADING], None, None, None),
        ([seen(proof=Proof(of=1))], None, None, None),
        ([CATCHING_UP], Ending.REACHED, None, None),
        ([REPLICATING], Ending.REACHED, Ending.REACHED, None),
        ([REPLICATING, LOADING], None, None, None),
        ([REPLICATING, FAILED], Ending.BAD, Ending.BAD, Ending.BAD),
        ([LOADING, FAILED], Ending.BAD, Ending.BAD, Ending.BAD),
        ([ERROR], Ending.BAD, Ending.BAD, Ending.BAD),
        ([ERROR, LOADING], None, None, None),
        ([seen(proof=DIFFERS)], Ending.BAD, Ending.BAD, Ending.BAD),
        ([NOT_STARTED], Ending.STILL, Ending.STILL, Ending.STILL),
        ([NOT_STARTED, LOADING], None, None, None),
        ([STOPPED], Ending.STILL, Ending.STILL, Ending.STILL),
        ([STOPPED, REPLICATING], Ending.STILL, Ending.STILL, None),
        (
            [seen(proof=Proof(counted=1, of=2, left_out=(UNCOUNTED,), marker_seconds=0.1))],
            Ending.IN_PART,
            Ending.IN_PART,
            None,
        ),
        ([seen(proof=COUNTED, marker=NO_MARKER)], Ending.BAD, Ending.BAD, Ending.BAD),
        ([PLANNED], Ending.REACHED, Ending.REACHED, Ending.STILL),
        ([PLANNED, REPLICATING], Ending.REACHED, Ending.REACHED, None),
    ],
)
def test_watching_ends_by_itself(
    looks: list[TaskLook],
    loaded: Ending | None,
    replicating: Ending | None,
    never: Ending | None,
) -> None:
    found = look(*looks)

    assert [ending(found, until=until) for until in ("loaded", "replicating", None)] == [
        loaded,
        replicating,
        never,
    ]


def test_what_did_not_answer_is_no_good_end() -> None:
    silent = look(REPLICATING, unanswered=("Aurora has not answered for 12 s.",))
    failed = look(REPLICATING, FAILED, unanswered=("Aurora has not answered for 12 s.",))

    assert ending(silent, until="replicating") is Ending.UNTOLD
    assert ending(failed, until="replicating") is Ending.BAD


@pytest.mark.parametrize("until", ["loaded", "replicating", None])
def test_what_stays_refused_is_not_waited_for(until: str | None) -> None:
    loading = [look(LOADING, refused=looks) for looks in (0, 2, 3)]

    assert [ending(each, until=until) for each in loading] == [None, None, Ending.REFUSED]
    assert ending(look(LOADING, FAILED, refused=3), until=until) is Ending.BAD


def test_two_markers_prove_a_batch() -> None:
    assert rows_of_a_proof(task()) == 1
    assert rows_of_a_proof(task(settings=Settings(batch_apply=True))) == 2
