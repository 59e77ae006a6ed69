"""Each precondition of a rollback: what passes, what is blocked for its reason, what is not judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ferry.errors import FerryError
from ferry.findings import Level
from ferry.mappings import TableName
from ferry.migrate.cutover.gate import CHECKS_BACK, judge
from ferry.migrate.cutover.seen import Led, NotNowError, Schema, Sequence, Verified
from ferry.migrate.ways import Direction
from tests.unit.ferry.migrate.cutover.sights import ALL, AT, DATABASE, TASK, UNKNOWN, given, side
from tests.unit.ferry.migrate.looks import running, seen

if TYPE_CHECKING:
    from ferry.findings import Finding
    from ferry.migrate.cutover.seen import Seen

ORDERS = TableName("public", "orders")
BACK = replace(ALL, direction=Direction.BACK, led=(Led(what="The secret shop"),))


def of_database(**changes: Any) -> Seen:  # noqa: ANN401 - any of a database's
    """All is right but the database."""
    return replace(BACK, databases=(replace(DATABASE, **changes),))


def findings(sight: Seen, check: str) -> list[Finding]:
    """What a check finds."""
    return [each for each in judge(sight) if each.check == check]


def one(sight: Seen, check: str) -> Finding:
    """The one that a check finds beside what is right."""
    (found,) = [each for each in findings(sight, check) if each.level is not Level.RIGHT]
    return found


def test_what_is_right_passes_each_check() -> None:
    found = list(judge(BACK))

    assert {each.check for each in found} == {check.name for check in CHECKS_BACK}
    assert [each for each in found if each.level is not Level.RIGHT] == []
    said = " ".join(each.what for each in found)
    assert "was at the source after" in said
    assert "will have Aurora's values within the window" in said
    assert "dev is cut over" in said


def test_it_follows_a_cutover_that_has_ended() -> None:
    refused = one(replace(BACK, stands=NotNowError("It is not.", "Wait.")), "standing")
    assert (refused.level, refused.what, refused.remedy) == (Level.BLOCKED, "It is not.", "Wait.")
    assert one(replace(BACK, stands=UNKNOWN), "standing").level is Level.UNJUDGED


def test_without_a_way_back_each_check_says_something() -> None:
    sight = replace(BACK, stands=NotNowError("It is not.", "Wait."), tasks=())

    found = {each.check: each.what for each in judge(sight)}
    assert "no task" in found["tasks"].lower()
    assert [check for check, said in found.items() if not said] == []


def test_what_takes_a_cutover_back_that_has_not_opened_aurora_asks_for_little() -> None:
    sight = replace(BACK, takes_back=True, tasks=(), databases=())
    assert {each.check for each in judge(sight)} == {
        "standing",
        "accepted",
        "leads-back",
        "hooks",
    }
    assert "nothing is to be carried" in findings(sight, "standing")[0].what


@pytest.mark.parametrize(
    ("trouble", "level"),
    [
        (FerryError("Somebody has changed it.", "Look.", stays=True), Level.BLOCKED),
        (UNKNOWN, Level.UNJUDGED),
    ],
)
def test_what_the_cutover_led_stands_as_it_left_it(trouble: FerryError, level: Level) -> None:
    sight = replace(BACK, led=(Led(what="The secret shop", trouble=trouble),))
    assert one(sight, "leads-back").level is level
    assert one(replace(BACK, led=UNKNOWN), "leads-back").level is Level.UNJUDGED


def test_what_is_closed_is_aurora() -> None:
    at_aurora = of_database(target=side("Aurora", superusers=("boss (1)",)))
    assert one(at_aurora, "superusers").level is Level.BLOCKED
    at_source = of_database(source=side(superusers=("boss (1)",)))
    assert all(it.level is Level.RIGHT for it in findings(at_source, "superusers"))


def test_sequences_are_read_in_aurora_and_set_at_the_source() -> None:
    hidden = Sequence(name="public.orders_id_seq", is_readable=False)
    assert (
        "no SELECT on 1 sequence at Aurora"
        in one(of_database(target=side("Aurora", sequences=(hidden,))), "sequences").what
    )
    fixed = Sequence(name="public.orders_id_seq", is_settable=False)
    assert (
        "no UPDATE on 1 sequence at the source"
        in one(of_database(source=side(sequences=(fixed,))), "sequences").what
    )


def test_what_was_never_compared_on_the_way_back_is_no_obstacle() -> None:
    verified = Verified(tables=3, oldest=AT - timedelta(hours=30), never=("public.orders",))
    found = findings(of_database(verified=verified), "verified")
    assert {it.level for it in found} == {Level.WARNING, Level.RIGHT}
    assert found[0].remedy == "Compare them before: ferry verify dev --reverse"
    differs = Verified(tables=3, oldest=AT, different=("public.orders",))
    blocked = one(of_database(verified=differs), "verified")
    assert blocked.level is Level.BLOCKED
    assert blocked.why == "The source has other rows than Aurora."
    assert "reload" not in blocked.remedy
    accepted = replace(of_database(verified=differs), accepted=frozenset({ORDERS}))
    assert one(accepted, "verified").level is Level.WARNING
    other = replace(accepted, accepted=frozenset({TableName("public", "items")}))
    assert one(other, "verified").level is Level.BLOCKED


def test_a_name_that_nobody_has_is_refused_for_each_option() -> None:
    names = frozenset({"all", "public.orders", "public.items"})
    there = replace(BACK, named=names, accepted=frozenset({ORDERS}))
    assert [it.level for it in findings(there, "accepted")] == [Level.RIGHT]

    wrong = replace(
        there,
        # how `parse` reads a name with more than one dot
        accepted=frozenset(
            {ORDERS, TableName("public", "Order.s"), TableName("public.Order", "s")}
        ),
        one_way=frozenset({"all", "al", "Q"}),
    )
    assert [(it.level, it.what, it.remedy) for it in findings(wrong, "accepted")] == [
        (
            Level.BLOCKED,
            "--accept-difference is public.Order.s, and nothing that is carried is called so.",
            "Is it one of these: public.orders, public.items",
        ),
        (
            Level.BLOCKED,
            "--accept-one-way is Q, and nothing that is carried is called so.",
            "There are: all, public.items, public.orders",
        ),
        (
            Level.BLOCKED,
            "--accept-one-way is al, and nothing that is carried is called so.",
            "Is it one of these: all",
        ),
    ]
    assert one(replace(wrong, named=UNKNOWN), "accepted").level is Level.UNJUDGED


def test_a_clock_that_was_set_back_keeps_nobody_from_going_back() -> None:
    verified = Verified(tables=3, oldest=AT + timedelta(hours=1))
    found = findings(of_database(verified=verified), "verified")
    assert {it.level for it in found} == {Level.WARNING, Level.RIGHT}
    assert "the clock was set back" in found[0].why


def test_a_task_of_the_way_back_that_does_not_run_is_named_with_its_command() -> None:
    stopped = replace(TASK, task=running(status="stopped"), look=seen(unapplied=()))
    found = one(replace(BACK, tasks=(stopped,)), "tasks")
    assert found.level is Level.BLOCKED
    assert found.why == "Nothing that is written in Aurora arrives at the source."
    assert "resume-processing" in found.remedy


def test_what_was_changed_in_aurora_is_found() -> None:
    assert one(of_database(schema=UNKNOWN), "schema").level is Level.UNJUDGED
    none = of_database(schema=Schema(left={}, drift=()))
    assert [it.what for it in findings(none, "schema")] == [
        "Nothing of Aurora's schema was changed since the cutover."
    ]


@pytest.mark.parametrize(
    ("deadline", "level", "said"),
    [
        ("2026-11-27T06:41:00+00:00", Level.WARNING, "is over"),
        ("2026-11-27T07:43:00+01:00", Level.RIGHT, "is not over"),
        (None, Level.RIGHT, "names no day"),
    ],
)
def test_the_deadline_of_the_file_is_said(deadline: str | None, level: Level, said: str) -> None:
    rollback = {} if deadline is None else {"deadline": deadline}
    sight = replace(BACK, environment=given(rollback=rollback))
    (found,) = findings(sight, "deadline")
    assert found.level is level
    assert said in found.what
