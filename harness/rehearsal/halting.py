"""Runs commands of ferry's that wait at a record of their journal, for somebody who kills them or others.

One process has read what ferry needs, and each command is a copy of it: that takes a tenth of the time.
It takes a line of JSON a command (`Typed`), and says the copy's id in one line and how that ended in the
next. A command that comes to the record calls the port that it was given, and goes on when it is answered:
by then the record is on the disk, and in no database yet.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ferry import environments
from ferry.cli import cutover as _cutover  # noqa: F401 - what follows is read before a copy is made
from ferry.cli import migration as _migration  # noqa: F401
from ferry.cli import report as _report  # noqa: F401
from ferry.cli.app import app
from ferry.migrate.cutover import gate as _gate  # noqa: F401
from ferry.migrate.cutover import journal
from ferry.migrate.cutover import reading as _reading  # noqa: F401
from ferry.migrate.cutover import running as _running  # noqa: F401
from ferry.postgres import session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ferry.migrate.cutover.journal import Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """A command.

    Args:
        words: What is typed behind `ferry`.
        output: The file that gets what it prints.
        port: The port of 127.0.0.1 that it calls at the record.
        step: The record's step; empty for a command that waits nowhere.
        state: The record's state.
        clock_seconds: How far this machine's clock is put forward, or back, for it.
        patience_seconds: How long it waits for an answer at the most, from its record on; 0 for as long as
            its deadlines say. Of a network that is gone the keepalives tell sooner than a deadline of hours
            does, and what stands in for one answers them.
    """

    words: tuple[str, ...]
    output: str
    port: int = 0
    step: str = ""
    state: str = ""
    clock_seconds: float = 0.0
    patience_seconds: float = 0.0

    def line(self) -> str:
        """It as it is handed over."""
        return json.dumps(asdict(self)) + "\n"


def _wait_at(typed: Typed) -> None:
    """Have the command call at its record, once, and wait for the answer."""
    append, called = vars(journal)["_append"], list[bool]()

    def appended(file: Path, records: Iterable[Record]) -> None:
        those = list(records)
        append(file, those)
        if not called and any((it.step, it.state) == (typed.step, typed.state) for it in those):
            called.append(True)
            if typed.patience_seconds:
                _lose_patience(typed.patience_seconds)
            with socket.create_connection(("127.0.0.1", typed.port)) as line:
                line.recv(1)

    setattr(journal, "_append", appended)  # noqa: B010 - there is no public way


def _lose_patience(seconds: float) -> None:
    """Have no statement wait longer for its answer."""
    run = vars(session.Session)["_run"]

    def runs(
        self: session.Session, statement: object, parameters: object, deadline_seconds: float
    ) -> object:
        return run(self, statement, parameters, min(seconds, deadline_seconds))

    setattr(session.Session, "_run", runs)  # noqa: B010 - there is no public way
    setattr(session, "_SECONDS_TO_CANCEL", 1)  # noqa: B010 - as above


def _put_clock(seconds: float) -> None:
    """Have all of ferry's modules read another clock."""
    apart = timedelta(seconds=seconds)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:  # noqa: ANN401 - as datetime's own
            return datetime.now(tz or UTC) + apart

    for name, module in list(sys.modules.items()):
        if name.startswith("ferry.") and vars(module).get("datetime") is datetime:
            setattr(module, "datetime", Clock)  # noqa: B010 - as above


def _run(typed: Typed) -> None:
    """Be the command."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(typed.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for number, there in enumerate((nothing, output, output)):
        os.dup2(there, number)
    if typed.step:
        _wait_at(typed)
    if typed.clock_seconds:
        _put_clock(typed.clock_seconds)
    app(list(typed.words), prog_name="ferry")


def main(folder: str) -> None:
    """Run the commands that come by the standard input.

    Args:
        folder: Where the environments' files are.
    """
    setattr(environments, "FOLDER", Path(folder))  # noqa: B010 - a constant but here
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            _run(Typed(**{**asked, "words": tuple(asked["words"])}))
            return
        os.write(1, f"{pid}\n".encode())
        _, status = os.waitpid(pid, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1])
