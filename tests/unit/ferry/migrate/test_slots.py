"""What stands against a task that goes on, in its replication slot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.migrate.slots import Slot, against, is_needed, of_task, position, reached, whose, written
from ferry.migrate.starting import Refusal, Start, StartType, Wish
from ferry.migrate.tasks import Counts, MigrationType
from tests.unit.ferry.migrate.tasks import task

DEV = Wish(environment="dev")
DESPITE = replace(DEV, despite_slot=True)
STOPPED = task(status="stopped", was_started=True)
RESUME = Start(task=STOPPED, type=StartType.RESUME)
SLOT = Slot(name="aurora_ferry_dev_all_1", begins=0x16B3748)
REACHED = 0x16B3748
RELOAD = "oad all its tables again: ferry start dev --task all --reload"
DESPITE_IT = "ferry start dev --task all --despite-slot"
LOST = replace(SLOT, lost="wal_removed")
READ = replace(
    SLOT,
    reader="anna, psql, 10.0.0.7",
    reader_pid=4711,
    since=datetime(2026, 11, 27, 6, 42, tzinfo=UTC),
)
AHEAD = replace(SLOT, begins=REACHED + 4096)


def found(*slots: Slot, reached: int | None = REACHED, wish: Wish = DEV) -> list[Refusal]:
    return list(against(RESUME, slots, reached, wish))


@pytest.mark.parametrize("begins", [REACHED, REACHED - 4096])
def test_a_slot_that_stands_where_the_task_does_or_before_it_has_all(begins: int) -> None:
    assert found(replace(SLOT, begins=begins)) == []


@pytest.mark.parametrize(
    ("slots", "reached", "what", "remedy", "unknown"),
    [
        ((), REACHED, "has no replication slot of the task all any more.", f"L{RELOAD}", False),
        (
            (LOST,),
            REACHED,
            (
                "The replication slot aurora_ferry_dev_all_1 of the task all has lost changes that were "
                "not carried (wal_removed)."
            ),
            f"max_slot_wal_keep_size, then l{RELOAD}",
            False,
        ),
        ((replace(SLOT, begins=None),), REACHED, "(it has no position).", f"l{RELOAD}", False),
        (
            (READ,),
            REACHED,
            "by anna, psql, 10.0.0.7, process 4711, since 2026-11-27 06:42:00 UTC.",
            "select pg_terminate_backend(4711)",
            False,
        ),
        (
            (AHEAD,),
            REACHED,
            (
                "The replication slot aurora_ferry_dev_all_1 begins at 0/16B4748, and the task all has "
                "carried changes up to 0/16B3748: those between, in 4096 bytes of write-ahead log, are "
                "no longer in it."
            ),
            f"L{RELOAD}; where nothing was written between: {DESPITE_IT}",
            False,
        ),
        (
            (SLOT,),
            None,
            ("How far the task all has carried changes is not known: DMS shows no checkpoint."),
            f"read from it: {DESPITE_IT}; otherwise l{RELOAD}",
            True,
        ),
        (
            (SLOT, replace(SLOT, name="other")),
            REACHED,
            (
                "Which of the source's slots aurora_ferry_dev_all_1, other is that of the task all is "
                "not known."
            ),
            f"as DMS left it: {DESPITE_IT}",
            True,
        ),
    ],
)
def test_each_slot_that_may_lack_something_stands_against_it(
    slots: tuple[Slot, ...], reached: int | None, what: str, remedy: str, *, unknown: bool
) -> None:
    (refusal,) = found(*slots, reached=reached)

    assert what in refusal.what
    assert remedy in refusal.remedy
    assert refusal.unknown is unknown


def test_who_knows_better_goes_on_but_not_where_dms_could_not() -> None:
    other = replace(SLOT, name="other")

    assert found(AHEAD, wish=DESPITE) == []
    assert found(SLOT, reached=None, wish=DESPITE) == []
    assert found(SLOT, other, wish=DESPITE) == []
    assert [it.check for it in found(LOST, wish=DESPITE)] == ["slot-lost"]
    assert [it.check for it in found(READ, wish=DESPITE)] == ["slot-read"]
    assert [it.check for it in found(wish=DESPITE)] == ["slot-gone"]


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (
            Start(task=replace(STOPPED, slot_name="own"), type=StartType.FIRST),
            "The source has no replication slot own, which the task all is to read.",
        ),
        (
            RESUME,
            "The task all stopped before it had carried anything, and has no replication slot.",
        ),
        (
            Start(task=replace(STOPPED, counts=Counts(loaded=1)), type=StartType.RESUME),
            "The source has no replication slot of the task all any more.",
        ),
    ],
)
def test_a_slot_that_was_never_there_is_not_said_to_be_gone(start: Start, what: str) -> None:
    assert [it.what for it in against(start, (), None, DEV)] == [what]


def test_how_far_a_task_is_is_told_by_dms_before_its_table() -> None:
    shown = replace(STOPPED, checkpoint="0/5")
    anew = Start(task=replace(shown, start_position="0/7"), type=StartType.FIRST)

    assert reached(RESUME, 3) == 3
    assert reached(Start(task=shown, type=StartType.RESUME), 3) == 5
    assert reached(anew, 3) == 7


@given(
    begins=st.integers(min_value=0, max_value=2**64 - 1),
    reached=st.integers(min_value=0, max_value=2**64 - 1),
)
def test_nothing_between_is_ever_let_go(begins: int, reached: int) -> None:
    refused = bool(found(replace(SLOT, begins=begins), reached=reached))

    assert refused is (begins > reached)


@pytest.mark.parametrize(
    ("kind", "slot_name", "changes", "needed"),
    [
        (StartType.RESUME, "", MigrationType.LOAD_AND_CHANGES, True),
        (StartType.RESUME, "", MigrationType.LOAD, False),
        (StartType.FIRST, "", MigrationType.LOAD_AND_CHANGES, False),
        (StartType.RELOAD, "", MigrationType.LOAD_AND_CHANGES, False),
        (StartType.FIRST, "made", MigrationType.CHANGES, True),
    ],
)
def test_a_start_that_makes_its_slot_needs_none(
    kind: StartType, slot_name: str, changes: MigrationType, *, needed: bool
) -> None:
    one = replace(STOPPED, slot_name=slot_name, migration_type=changes)

    assert is_needed(Start(task=one, type=kind)) is needed


def test_a_slot_is_its_tasks_by_its_name_or_because_it_is_no_others() -> None:
    more = replace(STOPPED, name="all-2", arn=f"{STOPPED.arn}-2")
    long = replace(STOPPED, name="long", arn=f"arn:aws:dms:::task:aurora-ferry-dev-{'x' * 60}")
    beside = (STOPPED, more, long)
    own, others = (
        Slot(name="aurora_ferry_dev_all_1", begins=1),
        Slot(name="aurora_ferry_dev_all_2_1", begins=1),
    )
    cut = Slot(name=f"aurora_ferry_dev_{'x' * 40}_1", begins=1)
    foreign = Slot(name="debezium", begins=1)

    assert of_task(STOPPED, (own, others, cut, foreign), beside=beside) == (own,)
    assert of_task(more, (own, others, cut, foreign), beside=beside) == (others,)
    assert of_task(long, (own, others, cut, foreign), beside=beside) == (cut,)
    assert of_task(STOPPED, (others, cut, foreign), beside=beside) == (foreign,)
    assert of_task(STOPPED, (others, cut), beside=beside) == ()
    named = replace(STOPPED, slot_name="debezium")
    assert of_task(named, (own, foreign), beside=(named,)) == (foreign,)
    assert of_task(replace(named, slot_name="gone"), (own, foreign), beside=(named,)) == ()


def test_a_slot_that_is_dropped_is_a_tasks_by_its_name() -> None:
    again = task(name="all-again", slot_name="ferry_dev_all_again_1a2b3c")
    of_again, of_shop = (replace(SLOT, name=name) for name in (again.slot_name, "shop"))

    owned, others = whose((SLOT, of_again, of_shop), (STOPPED, again), beside=(STOPPED, again))
    gone, left = whose((of_shop,), (STOPPED, again), beside=(STOPPED, again))

    assert owned == {"all": (SLOT,), "all-again": (of_again,)}
    assert others == left == (of_shop,)
    assert gone == {"all": (), "all-again": ()}


def test_a_slot_of_an_environment_whose_name_goes_on_is_not_dropped() -> None:
    named = ("00016402_1f2e_4d5c", "1f2e3d4c", "trial_00016402_1f2e", "orders_1f2e3d4c")
    slots = [Slot(name=f"aurora_ferry_dev_all_{behind}", begins=1) for behind in named]

    owned, others = whose(slots, (STOPPED,), beside=(STOPPED,))

    assert owned == {"all": tuple(slots[:2])}
    assert others == tuple(slots[2:])


@pytest.mark.parametrize(
    ("text", "lsn"),
    [
        ("checkpoint:V1#34#00000132/0F000E48#0#0#*#0#121", 0x132_0F000E48),
        ("checkpoint:V1#34#00000132/0F000E48", 0x132_0F000E48),
        ("0/16B3748", 0x16B3748),
        ("", None),
        ("2026-11-27T06:42:00", None),
        ("checkpoint:V1#27#mysql-bin-changelog.157832:1975:-1:2002#0#0#*#0#93", None),
    ],
)
def test_a_position_is_read_in_each_form_that_dms_writes(text: str, lsn: int | None) -> None:
    assert position(text) == lsn


@given(st.integers(min_value=0, max_value=2**64 - 1))
def test_a_position_is_read_as_it_is_written(lsn: int) -> None:
    assert position(written(lsn)) == lsn
