"""What ends a run behind the point of no return says what is left, and what goes on from there."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

from ferry.errors import FerryError, InterruptedWithinError
from ferry.migrate.cutover import freezing, running
from ferry.migrate.cutover.freezing import Thaw
from ferry.migrate.cutover.rights import FROZEN, SWITCHING, Saved
from ferry.migrate.cutover.running import Running
from ferry.migrate.cutover.seen import NotNowError
from ferry.migrate.cutover.steps import POINT, Step
from ferry.migrate.cutover.unfreezing import GivenUpError
from ferry.migrate.ways import Direction
from ferry.postgres import UnreachableError
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import ExitStack

_Run = TypeVar("_Run", bound=Running)


class Ended(Running):
    """A run of which each step ends in an error."""

    error: BaseException

    def _do(self, step: object) -> NoReturn:
        del step
        raise self.error


def made(direction: Direction, kind: type[_Run], tell: Callable[[str], None]) -> _Run:
    """A run that has kept what it closes."""
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
    journal: Any = SimpleNamespace(
        run="r1",
        source=None,
        target=None,
        last=lambda step, *_: step == POINT or None,
        write=lambda step, state, **_: tell(f"{step} {state}"),
    )
    asked: Any = SimpleNamespace(direction=direction, deployment=deployment, tell=tell)
    work: Any = SimpleNamespace(sides=SimpleNamespace(source=SimpleNamespace(server=None)))
    return kind(asked=asked, works=(work,), held=(), journal=journal, saved=saved)


def ended(
    monkeypatch: pytest.MonkeyPatch, direction: Direction, error: BaseException
) -> tuple[FerryError, list[str]]:
    """How a run ends that is behind the point, and what is told."""
    monkeypatch.setattr(freezing, "phase", lambda *_: SWITCHING)
    said: list[str] = []
    run = made(direction, Ended, said.append)
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


def test_what_cannot_be_written_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freezing, "phase", lambda *_: SWITCHING)
    said: list[str] = []
    run = made(Direction.FORWARD, Running, said.append)
    monkeypatch.setattr(run.journal, "last", lambda *_: True)  # each step is done

    def write(*_: object) -> None:
        raise UnreachableError("Nobody answers.")

    monkeypatch.setattr(run.journal, "write", write)
    with pytest.raises(UnreachableError):
        run.go()
    assert said[0].startswith("Stopped behind the point of no return: ")


class Dog:
    """A watchdog that is there."""

    is_dismissed = False

    def dismiss(self) -> None:
        self.is_dismissed = True


class Failing(Running):
    """A run that closes a side, and then its server does not answer."""

    def _begin_window(self, stack: ExitStack) -> None:
        stack.callback(self.asked.tell, "the watchdog has ended")
        self._dog = Dog()  # type: ignore[assignment]  # what is asked of it

    def _gate(self) -> str:
        return ""

    _save = _gate

    def _freeze(self) -> str:
        raise UnreachableError("Nobody answers.")


@pytest.mark.parametrize("is_reached", [True, False])
def test_a_side_is_opened_before_its_journals_wait(
    monkeypatch: pytest.MonkeyPatch, *, is_reached: bool
) -> None:
    done: list[str] = []

    @contextmanager
    def connected(*_: object, **__: object) -> Iterator[None]:
        if not is_reached:
            raise UnreachableError("Nobody answers.")
        yield

    def opened(*_: object, **__: object) -> Thaw:
        done.append("open")
        return Thaw.OPENED

    monkeypatch.setattr(running, "connect", connected)
    monkeypatch.setattr(freezing, "phase", lambda *_: FROZEN)
    monkeypatch.setattr(freezing, "thaw", opened)
    monkeypatch.setattr(freezing, "script_of", lambda *_: "thaw-dev.sql")
    run = made(Direction.FORWARD, Failing, done.append)
    with pytest.raises(UnreachableError):
        run.go()
    assert [it for it in done if "freeze" in it or it in {"open", "the watchdog has ended"}] == (
        ["freeze begun", "open", "freeze failed", "the watchdog has ended"]
        if is_reached
        else ["freeze begun", "the watchdog has ended", "freeze failed"]
    )


class Beyond(Failing):
    """A run that goes beyond its point, and cannot write that down."""

    def _do(self, step: Step) -> None:
        if step.name == POINT and self._dog is not None:
            self._dog.dismiss()
            raise UnreachableError("Nobody answers.")


def test_what_is_known_to_be_behind_is_not_tried_to_be_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(freezing, "phase", lambda *_: FROZEN)
    said: list[str] = []
    with pytest.raises(FerryError) as caught:
        made(Direction.FORWARD, Beyond, said.append).go()
    assert caught.value.why == "The point of no return is behind, and then: Nobody answers."
    assert caught.value.remedy == "It goes on from there: ferry cutover dev"
    assert said == ["the watchdog has ended"]


def test_what_was_opened_is_written_down_where_nobody_can_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []

    def tell(line: str) -> None:
        if line == "The source is open again, as it was.":
            raise BrokenPipeError
        done.append(line)

    monkeypatch.setattr(running, "connect", lambda *_, **__: nullcontext())
    monkeypatch.setattr(freezing, "phase", lambda *_: FROZEN)
    monkeypatch.setattr(freezing, "thaw", lambda *_, **__: Thaw.OPENED)
    with pytest.raises(UnreachableError):
        made(Direction.FORWARD, Failing, tell).go()
    assert "thaw done" in done


class Early(Running):
    """A run whose server does not answer before anything is closed."""

    def _do(self, step: Step) -> NoReturn:
        raise UnreachableError(step.name)


def test_nobody_tries_on_to_open_what_was_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def connected(*_: object, **__: object) -> NoReturn:
        raise UnreachableError("Nobody answers.")

    monkeypatch.setattr(running, "connect", connected)
    monkeypatch.setattr(freezing, "phase", lambda *_: None)
    said: list[str] = []
    with pytest.raises(UnreachableError, match="gate"):
        made(Direction.FORWARD, Early, said.append).go()
    assert said == ["The source was not closed."]
