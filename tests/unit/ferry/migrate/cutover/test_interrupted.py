"""Ctrl-C behind the point of no return ends with what is left, and with what goes on from there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from ferry.errors import InterruptedWithinError
from ferry.migrate.cutover import freezing
from ferry.migrate.cutover.rights import SWITCHING, Saved
from ferry.migrate.cutover.running import Running
from ferry.migrate.ways import Direction
from tests.unit.ferry.environments import environment


class Interrupted(Running):
    """A run of which each step is interrupted."""

    def _do(self, step: object) -> NoReturn:
        raise KeyboardInterrupt(step)


@pytest.mark.parametrize(
    ("direction", "side", "command"),
    [
        (Direction.FORWARD, "the source", "ferry cutover dev"),
        (Direction.BACK, "Aurora", "ferry rollback dev"),
    ],
)
def test_what_is_left_is_said(
    monkeypatch: pytest.MonkeyPatch, direction: Direction, side: str, command: str
) -> None:
    monkeypatch.setattr(freezing, "phase", lambda *_: SWITCHING)
    saved = Saved(
        environment="dev",
        run="r1",
        ferry="ferry",
        dms=(),
        belt=False,
        databases=(),
        direction=direction,
    )
    deployment = SimpleNamespace(environment=environment(cutover={}))
    journal: Any = SimpleNamespace(run="r1", source=None, target=None, last=lambda *_: None)
    asked: Any = SimpleNamespace(direction=direction, deployment=deployment)
    run = Interrupted(asked=asked, works=(), held=(), journal=journal, saved=saved)

    with pytest.raises(InterruptedWithinError) as ended:
        run.go()

    assert ended.value.exit_code == 130
    assert f"{side} stays closed" in ended.value.why
    assert ended.value.remedy == f"It goes on from there: {command}"
