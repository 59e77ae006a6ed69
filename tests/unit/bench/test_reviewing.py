"""Which plans `python -m bench review` is asked for."""

from __future__ import annotations

import pytest

from bench.__main__ import main
from bench.mixes import LISTS, MIXED, MIXES
from bench.reviewing import EVERY, ITEMS, MANY, plans


def test_all_are_measured_unless_one_is_asked_for() -> None:
    assert plans([]) == EVERY
    assert {mix for mix, _ in EVERY} == {*MIXES, *LISTS}


def test_one_is_asked_for_by_a_part_of_its_name() -> None:
    assert plans(["mixed", "50000"]) == [(MIXED, 50_000)]
    assert plans(["Mixed"]) == [(MIXED, MANY)]
    assert plans(["routes of a table"])[0][1] == ITEMS


def test_every_plan_can_be_asked_for_by_its_name() -> None:
    assert [plans([it.name])[0][0] for it in (*MIXES, *LISTS)] == [*MIXES, *LISTS]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (["nonsense"], "'nonsense' is 0 kinds of plan"),
        (
            ["roles"],
            "'roles' is 3 kinds of plan; a part of one name is allowed: Roles and policies;",
        ),
        (["mixed", "many"], "'many' given; a number of changes is allowed, such as 10000"),
        (["mixed", "0"], "'0' given"),
        (["mixed", "1", "2"], "'1 2' given"),
    ],
)
def test_what_is_no_plan_is_told_apart(
    wanted: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", *wanted]) == 2
    assert message in capsys.readouterr().err
