"""What `ferry watch` follows: what carries now what applications write."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from ferry.errors import FerryError
from ferry.migrate import following as module
from ferry.migrate.cutover import standing
from ferry.migrate.cutover.rights import Saved
from ferry.migrate.cutover.standing import Run
from ferry.migrate.following import Following, following
from ferry.migrate.ways import Direction, Way
from tests.unit.ferry.migrate.cutover.sights import AT, ROLLBACK, given
from tests.unit.ferry.migrate.tasks import task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.deployment import Deployment

FIRST, BACK, AGAIN = (task(name=name) for name in ("all", "all-back", "all-again"))
RULES = {"deadline": "2026-12-01T06:00:00+01:00", "criteria": ["orders fail for ten minutes"]}


def run(direction: Direction, **changes: Any) -> Run:  # noqa: ANN401 - any of a run's
    """A run that is done."""
    saved = Saved(
        environment="dev",
        run="r1",
        ferry="operator",
        dms=(),
        belt=True,
        databases=(),
        direction=direction,
    )
    done = Run(
        saved=saved,
        record_id="1/x",
        phase="switching",
        before="",
        is_finished=True,
        can_go_back=True,
        step="stragglers",
        is_opened=True,
    )
    return replace(done, **changes)


def followed(
    monkeypatch: pytest.MonkeyPatch,
    *runs: Run,
    dms: Mapping[str, Any] = ROLLBACK,
    trouble: str = "",
) -> Following:
    """What is followed after some runs, the newest first."""

    def look(*_: object) -> tuple[list[Any], list[Run]]:
        if trouble:
            raise FerryError(trouble)
        return [], list(runs)

    way = Way(task=FIRST, back=BACK, again=replace(AGAIN, was_started=True, started_at=AT))
    monkeypatch.setattr(standing, "look", look)
    monkeypatch.setattr(module, "read_tasks", lambda _: (FIRST,))
    monkeypatch.setattr(module, "read_ways", lambda _: (way if dms else Way(task=FIRST),))
    deployment = SimpleNamespace(environment=given(dms=dms, rollback=RULES))
    return following(cast("Deployment", deployment), lambda _: cast("Any", None))


def test_before_a_cutover_it_is_the_files_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert followed(monkeypatch) == Following(tasks=(FIRST,))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (run(Direction.FORWARD, phase="frozen"), "the cutover r1 was cut off, or is under way"),
        (
            run(Direction.BACK, is_finished=False),
            "the rollback r1 is beyond its point of no return",
        ),
    ],
)
def test_of_one_that_is_not_done_it_is_said(
    monkeypatch: pytest.MonkeyPatch, found: Run, said: str
) -> None:
    seen = followed(monkeypatch, found)

    assert (seen.tasks, seen.are_legs) == ((FIRST,), False)
    assert seen.said[0].startswith(said)


def test_after_a_cutover_it_is_the_way_back_with_its_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = followed(monkeypatch, run(Direction.FORWARD))

    assert (seen.tasks, seen.direction, seen.are_legs) == ((BACK,), Direction.BACK, True)
    assert seen.said == (
        "the applications write to Aurora, since the cutover r1",
        "the way back, until 2026-12-01T06:00:00+01:00: ferry rollback dev --plan",
        "go back when: orders fail for ten minutes",
    )
    ending = followed(monkeypatch, run(Direction.FORWARD, is_ending=True))
    assert ending.said[1] == "nobody goes back any more: ferry finish dev has begun"


def test_without_a_way_back_nothing_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = followed(monkeypatch, run(Direction.FORWARD), dms={})

    assert seen.tasks == ()
    assert seen.said[1].startswith("there is no way back")


def test_after_a_rollback_it_is_what_goes_forward_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = followed(monkeypatch, run(Direction.BACK))

    assert [it.name for it in seen.tasks] == ["all-again"]
    assert (seen.direction, seen.are_legs) == (Direction.FORWARD, True)
    assert seen.said[1] == "to cut over again: ferry cutover dev --plan"


def test_what_is_not_known_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = followed(monkeypatch, trouble="The source does not answer.")

    assert seen.tasks == (FIRST,)
    assert seen.said == ("whether dev is cut over is not known: The source does not answer.",)
