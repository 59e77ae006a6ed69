"""Types ferry's commands, and has them wait at a record of their journal."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from ferry.migrate.cutover.standing import FINISHED
from ferry.migrate.cutover.steps import POINT, SAVE, Stage, steps
from harness.deployment import ROOT
from harness.rehearsal.halting import Typed
from harness.rehearsal.wrong import SECONDS, WrongError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ferry.migrate.ways import Direction
    from settings.environment import Environment

_KEEP: Final = (SAVE, "verify", "reverse-slot", "forward-slot")


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A record of the journal, at which something is killed."""

    step: str
    state: str

    def __str__(self) -> str:
        return f"{self.step}:{self.state}"


def point(text: str) -> Point:
    """One from its words, such as `freeze:done`."""
    step, _, state = text.partition(":")
    return Point(step=step, state=state)


def points(environment: Environment, direction: Direction) -> list[Point]:
    """All records of a run, in their order."""
    found = []
    for each in steps(environment, direction):
        kept = [Point(step=each.name, state="kept")] if each.name in _KEEP else []
        begun, done = (Point(step=each.name, state=state) for state in ("begun", "done"))
        found += [begun, *kept, done]
    return [*found, Point(step=FINISHED, state="done")]


def before(environment: Environment, direction: Direction) -> list[Point]:
    """The records before the point of no return."""
    found = points(environment, direction)
    return found[: found.index(Point(step=POINT, state="begun")) + 1]


def watched(environment: Environment, direction: Direction) -> list[Point]:
    """Those of them at which a watchdog is there."""
    windows = {it.name for it in steps(environment, direction) if it.stage is Stage.WINDOW}
    return [it for it in before(environment, direction) if it.step in windows]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a command ended.

    Args:
        status: Its exit status; that of a signal is below 0.
        output: What it printed.
        is_reached: Whether it came to its record.
    """

    status: int
    output: str
    is_reached: bool


class Ferries:
    """Types ferry's commands, each in a process of its own.

    Args:
        folder: Where the environments' files are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._files = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.rehearsal.halting", str(self._folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # what was said is not to be found before it is waited for
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.wait()
            self._process.stdout.close()
        self._files.cleanup()

    @property
    def _output(self) -> Path:
        return Path(self._files.name) / "output"

    def said(self) -> str:
        """What the command has said so far that is typed, or was last."""
        return self._output.read_text()

    def run(
        self,
        *words: str,
        at: Point | None = None,
        then: Callable[[int], None] = lambda _: None,
        clock_seconds: float = 0.0,
        patience_seconds: float = 0.0,
    ) -> Ended:
        """Run one to its end.

        Args:
            words: What is typed behind `ferry`.
            at: The record at which it waits.
            then: What is done there, with its process id.
            clock_seconds: How far its clock is put forward or back.
            patience_seconds: How long it waits for an answer at the most, from its record on; 0 for as
                long as it does by itself.

        Raises:
            WrongError: It goes on for a quarter of an hour.
        """
        output, is_reached = self._output, False
        with socket.create_server(("127.0.0.1", 0)) as door:
            typed = Typed(
                words=words,
                output=str(output),
                port=door.getsockname()[1],
                step=at.step if at else "",
                state=at.state if at else "",
                clock_seconds=clock_seconds,
                patience_seconds=patience_seconds,
            )
            said = self._process.stdout
            if self._process.stdin is None or said is None:
                raise WrongError("there is nobody to type it")
            self._process.stdin.write(typed.line().encode())
            pid = int(said.readline())
            looks = select.poll()  # whatever numbers they have
            for each in (door, said):
                looks.register(each, select.POLLIN)
            while True:
                ready = [number for number, _ in looks.poll(SECONDS * 1000)]
                if not ready:
                    os.kill(pid, signal.SIGKILL)
                    raise WrongError(f"ferry {' '.join(words)} did not end:\n{output.read_text()}")
                if said.fileno() in ready:
                    status = int(said.readline())
                    return Ended(status=status, output=output.read_text(), is_reached=is_reached)
                line, _ = door.accept()
                is_reached = True
                with line:
                    then(pid)
                    with suppress(OSError):  # it was killed
                        line.sendall(b".")
