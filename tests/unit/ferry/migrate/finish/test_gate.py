"""What stands against the end of a migration, each by its own reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from ferry.errors import FerryError
from ferry.findings import Level
from ferry.migrate.cutover.rights import FROZEN, SWITCHING, Saved
from ferry.migrate.cutover.standing import Run
from ferry.migrate.cutover.switching.cname import Cname
from ferry.migrate.finish import reading
from ferry.migrate.finish.after import following, sections, stays
from ferry.migrate.finish.gate import Seen, judge
from ferry.migrate.slots import Slot
from ferry.migrate.ways import Direction
from settings.cutover import Rollback
from tests.unit.ferry.environments import environment, of_several_databases
from tests.unit.ferry.migrate.finish.test_things import END, STATUS
from tests.unit.ferry.migrate.tasks import task

if TYPE_CHECKING:
    from ferry.findings import Finding

AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
ALL = Seen(
    environment="dev",
    at=AT,
    tasks=(task(status="stopped"),),
    ends=(END,),
    rollback=Rollback(),
    run="r1",
)


def found(**changes: Any) -> dict[str, Finding]:  # noqa: ANN401 - any of what is seen
    return {it.check: it for it in judge(replace(ALL, **changes))}


def levels(**changes: Any) -> dict[str, Level]:  # noqa: ANN401 - the same
    return {
        check: it.level for check, it in found(**changes).items() if it.level is not Level.RIGHT
    }


def test_a_cutover_that_has_ended_can_be_finished() -> None:
    assert levels() == {}
    assert set(found()) == {"standing", "stragglers", "deadline", "rights"}
    assert ALL.is_clean
    assert not replace(ALL, tasks=(task(status="running"),)).is_clean
    assert not replace(ALL, ends=(replace(END, relations=(STATUS,)),)).is_clean


def test_tables_that_nobody_has_compared_since_are_named_before_nothing_compares_them() -> None:
    one = found(uncompared=("public.big", "public.old"))["rows"]
    assert one.level is Level.WARNING
    assert one.what.endswith("that they are the same: public.big, public.old.")
    assert one.remedy == "Compare them before: ferry verify dev --reverse"
    assert "rows" not in found(uncompared=("public.big",), is_begun=True)


def test_each_obstacle_is_named() -> None:
    against = found(against=FerryError("It is not.", "Wait."))["standing"]
    assert (against.level, against.what, against.remedy) == (Level.BLOCKED, "It is not.", "Wait.")
    open_ = found(let_in=(("b", "my shop"), ("a", "my shop")))["stragglers"]
    assert open_.level is Level.BLOCKED
    assert open_.what.endswith("a, b.")
    assert 'ON DATABASE "my shop"' in open_.remedy
    assert found(noise=FerryError("Somebody writes."))["stragglers"].remedy.startswith("End what")
    closed = found(ends=(replace(END, relations=(replace(STATUS, may_drop=False),)),))["rights"]
    assert closed.level is Level.BLOCKED
    assert closed.what.startswith("operator may not read and drop the table awsdms_control.")
    assert "GRANT dms TO operator" in closed.remedy


def test_who_may_not_drop_slots_is_told_before_anything_is_dropped() -> None:
    slotless = replace(END, drops_slots=False)
    assert found(ends=(slotless,))["rights"].level is Level.RIGHT
    tasks = (task(slot_name="mine"),)
    reading = replace(
        slotless,
        wanted=replace(END.wanted, tasks=tasks, beside=tasks),
        slots=(Slot(name="mine", begins=1),),
    )
    kept = found(ends=(reading,))["rights"]
    assert kept.level is Level.BLOCKED
    assert kept.what == "operator may not drop the replication slots of shop at the source."
    assert "ALTER ROLE operator REPLICATION" in kept.remedy
    assert found(ends=(replace(reading, drops_slots=True),))["rights"].level is Level.RIGHT


@pytest.mark.parametrize(
    ("deadline", "level"),
    [("2026-11-28T03:59:59+01:00", Level.RIGHT), ("2026-11-28T04:00:01+01:00", Level.WARNING)],
)
def test_a_deadline_that_is_not_over_is_a_warning(deadline: str, level: Level) -> None:
    assert found(rollback=Rollback(deadline=deadline))["deadline"].level is level


def test_a_file_without_a_deadline_is_said_to_set_none() -> None:
    assert (
        found(rollback=Rollback())["deadline"].what == "The file sets no cutover.rollback.deadline."
    )


def test_without_a_way_back_none_is_given_up() -> None:
    assert found(goes_back=False)["deadline"].what == "There is no way back that would be given up."


def test_once_begun_it_goes_on_whoever_is_at_the_source() -> None:
    assert set(found(is_begun=True, noise=FerryError("Somebody."))) == {"standing", "rights"}


SAVED = Saved(environment="dev", run="r1", ferry="f", dms=("dms",), belt=True, databases=())
CUT_OVER = Run(
    saved=SAVED,
    record_id="1/a",
    phase=SWITCHING,
    before="",
    is_finished=True,
    can_go_back=True,
    step="",
)
BACK = replace(CUT_OVER, saved=replace(SAVED, run="r2", direction=Direction.BACK))


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ([], "dev is not cut over"),
        ([replace(CUT_OVER, phase=FROZEN)], "was cut off, or is under way"),
        ([replace(CUT_OVER, is_finished=False)], "beyond its point of no return, and not done"),
        ([replace(BACK, is_finished=False), CUT_OVER], "The rollback r2 of dev is beyond"),
        ([BACK, replace(CUT_OVER, phase="thawed")], "dev is rolled back"),
        ([replace(BACK, phase=FROZEN), CUT_OVER], "The rollback r2 of dev was cut off"),
    ],
)
def test_it_is_for_a_cutover_that_has_ended(runs: list[Run], why: str) -> None:
    against = vars(reading)["_against"]("dev", runs)
    assert why in str(against)
    assert vars(reading)["_against"]("dev", [CUT_OVER]) is None


def test_the_sections_that_go_are_those_of_the_migration() -> None:
    plain = environment()
    assert sections(plain) == ["[source]", "[dms]"]
    arn = f"arn:aws:secretsmanager:eu-central-1:{plain.aws.account_id}:secret:shop-AbCdEf"
    more = environment(cutover={"application_secret_arns": [arn]})
    assert sections(more) == ["[source]", "[dms]", "[cutover]"]
    assert [what for what, _ in following(more)] == [
        "ferry report dev",
        "ferry secret application dev --drop",
        "take [source], [dms] and [cutover] out of environments/dev.toml",
        "cdktf deploy dev",
    ]
    assert "/home/me/dev" in [what for what, _ in stays(more, "/home/me/dev")]
    record = Cname(zone_id="Z1", name="db.example.com", value="aurora", ttl_seconds=300)
    assert "give the record db.example.com its TTL of 300 seconds again" in [
        what for what, _ in following(more, record)
    ]


def test_what_stays_and_goes_of_an_environment_that_has_more() -> None:
    several = of_several_databases(app="shop", other="clients")
    assert sections(several) == ["[source]", "[dms]", "[[databases]]"]
    route = {
        "vpc": {"cidr": "10.20.0.0/20"},
        "route_to_source": {"virtual_private_gateway_id": "vgw-0123456789abcdef0"},
    }
    more = environment(
        source={"accepted_publications": ["of_shop"]}, dms={"rollback": True}, network=route
    )
    kept = " ".join(what for what, _ in stays(more, "/home/me/dev"))
    assert "at the subscribers of of_shop" in kept
    assert "aurora-ferry-dev/reverse" in kept
    assert "take [network.route_to_source] out too" in [what for what, _ in following(more)]
