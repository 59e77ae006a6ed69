"""The steps of a cutover and their order."""

from __future__ import annotations

from ferry.cli.cutover import lines
from ferry.migrate.cutover.steps import (
    POINT,
    STEPS,
    STEPS_BACK,
    STEPS_TAKING_BACK,
    Stage,
    steps,
)
from ferry.migrate.ways import Direction
from tests.unit.ferry.environments import environment
from tests.unit.ferry.migrate.cutover.sights import ROLLBACK, given

EVERYTHING = given(
    dms=ROLLBACK,
    dns={"zone_id": "Z0123456789ABCDEFGHIJ", "name": "db.shop.example.org"},
    hooks={"before_freeze": ["./a"], "switch": ["./b"], "after_switch": ["./c"]},
)


def test_the_order_is_the_one_that_lost_no_row() -> None:
    assert [step.name for step in steps(environment())] == [
        "gate",
        "save",
        "freeze",
        "silence",
        "fence",
        "verify",
        "sequences",
        "try-left-over",
        "point-of-no-return",
        "left-over",
        "unfreeze",
        "stop-forward",
        "drop-slots",
        "refresh",
        "stragglers",
    ]


def test_a_rollback_is_the_same_the_other_way_round() -> None:
    assert [step.name for step in steps(given(dms=ROLLBACK), Direction.BACK)] == [
        "gate",
        "save",
        "freeze",
        "silence",
        "fence",
        "verify",
        "sequences",
        "forward-slot",
        "point-of-no-return",
        "switch-secrets",
        "unfreeze",
        "stop-reverse",
        "undo-left-over",
        "start-forward",
        "forward-fence",
        "drop-slots",
        "stragglers",
    ]
    assert steps(EVERYTHING, Direction.BACK) == list(STEPS_BACK)
    shown = [line.plain for line in lines(STEPS_BACK, Direction.BACK)]
    assert max(map(len, shown)) <= 80
    assert shown[0] == "The steps of the rollback, none of which is done:"
    assert "from here on only forward, or by another cutover" in shown


def test_a_cutover_is_taken_back_when_it_can_open_aurora_no_more() -> None:
    assert [step.name for step in steps(given(), Direction.BACK, takes_back=True)] == [
        "close-aurora",
        "compare",
        "give-up",
        "undo-left-over",
        "secrets-back",
        "open-source",
    ]
    assert steps(EVERYTHING, Direction.BACK, takes_back=True) == list(STEPS_TAKING_BACK)
    shown = [line.plain for line in lines(STEPS_TAKING_BACK, Direction.BACK)]
    assert max(map(len, shown)) <= 80


def test_what_a_file_names_has_its_steps() -> None:
    assert steps(EVERYTHING) == list(STEPS)
    assert "switch-secrets" in {step.name for step in steps(given())}
    assert "switch-dns" not in {step.name for step in steps(given())}
    assert "start-reverse" not in {step.name for step in steps(given())}


def test_what_is_before_the_point_of_no_return_can_be_undone_and_nothing_after() -> None:
    for table in (STEPS, STEPS_BACK):
        point = [step.name for step in table].index(POINT)

        assert all(step.undo for step in table[:point])
        assert not any(step.undo for step in table[point:])
        assert table[point].stage is Stage.WINDOW


def test_the_table_has_a_line_a_step_of_80_columns_at_most() -> None:
    shown = [line.plain for line in lines(STEPS, Direction.FORWARD)]

    assert max(map(len, shown)) <= 80
    assert shown[:4] == [
        "The steps of the cutover, none of which is done:",
        "before the window",
        "  1 gate               judge all of the above again",
        "    when the environment's name is typed; undo: nothing is changed",
    ]
    position = next(place for place, line in enumerate(shown) if POINT in line)
    assert shown[position + 2] == "from here on only forward, or by a rollback"
    alone = [line.plain for line in lines(steps(given()), Direction.FORWARD)]
    assert "from here on only forward: there is no way back" in alone
    for step in STEPS:
        assert sum(step.what in line for line in shown) == 1
