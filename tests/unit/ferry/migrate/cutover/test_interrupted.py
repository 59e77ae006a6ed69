"""What ends a run behind the point of no return says what is left, and what goes on from there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from ferry.errors import FerryError, InterruptedWithinError
from ferry.migrate.cutover import freezing
from ferry.migrate.cutover.rights import SWITCHING, Saved
from ferry.migrate.cutover.running import Running
from ferry.migrate.cutover.seen import NotNowError
from ferry.migrate.cutover.unfreezing import GivenUpError
from ferry.migrate.ways import Direction
from ferry.postgres import UnreachableError
from tests.unit.ferry.environments import environment


class Ended(Running):
    """A run of which each step ends in an error."""

    error: BaseException

    def _do(self, step: object) -> NoReturn:
        del step
        raise self.error


def ended(
    monkeypatch: pytest.MonkeyPatch, direction: Direction, error: BaseException
) -> tuple[FerryError, list[str]]:
    """How a run ends that is behind the point, and what is told."""
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
    said: list[str] = []
    asked: Any = SimpleNamespace(direction=direction, deployment=deployment, tell=said.append)
    run = Ended(asked=asked, works=(), held=(), journal=journal, saved=saved)
    run.error = error
    with pytest.raises(FerryError) as caught:
        run.go()
    return caught.value, said


BOTH = pytest.mark.parametrize(
    ("direction", "side", "command"),
    [
        (Direction.FORWARD, "the source", "ferry cutover dev"),
        (Direction.BACK, "Aurora", "ferry rollback dev"),
    ],
)


@BOTH
def test_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, direction: Direction, side: str, command: str
) -> None:
    error, said = ended(monkeypatch, direction, KeyboardInterrupt())
    assert error.exit_code == 130
    assert f"{side} stays closed" in error.why
    assert error.remedy == f"It goes on from there: {command}"
    assert not said


@BOTH
def test_a_server_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, direction: Direction, side: str, command: str
) -> None:
    gone = UnreachableError("Nobody answers.")
    error, said = ended(monkeypatch, direction, gone)
    assert error is gone
    left = f"Stopped behind the point of no return: {side} stays closed, and not all is done."
    assert said == [f"{left} It goes on from there: {command}"]


@pytest.mark.parametrize(
    "error",
    [
        NotNowError("The source was opened again."),
        GivenUpError("It was taken back."),
        InterruptedWithinError("DMS goes on."),
    ],
)
def test_what_says_itself_what_has_become_of_it(
    monkeypatch: pytest.MonkeyPatch, error: FerryError
) -> None:
    assert ended(monkeypatch, Direction.FORWARD, error) == (error, [])
