"""Opens the side again that a run closed, where ferry no longer can: a process of its own, which ferry has to go on calling.

It begins before anything is closed, and has signed in by then. Where ferry is killed its calls end; where
ferry is halted, or its machine's network, they stay away; and however often it calls, what it was given for
the whole window is not exceeded. Then it opens that side, unless the run is beyond its point of no return:
one row decides, as for whoever else opens it, so that it does no harm where ferry comes to itself again.
Each call is answered, so that ferry knows of a watchdog that is halted.

What it needs comes by its standard input, the password too, and stands in no argument and no file.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ferry.errors import FerryError
from ferry.migrate.cutover import clock
from ferry.migrate.cutover.freezing import ClosedError, phase, thaw
from ferry.migrate.cutover.rights import Saved
from ferry.postgres import Address, Server, connect
from ferry.words import capital

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from io import RawIOBase

    from ferry.postgres import Session

SECONDS_BETWEEN_CALLS: Final = 1.0

SECONDS_WITHOUT_A_CALL: Final = 10.0
"""After so many without one ferry is taken for gone. A machine that is busy may take some."""

_SECONDS_BETWEEN_TRIES: Final = 1.0
_SECONDS_BETWEEN_WORDS: Final = 30.0
_SECONDS_OF_TRIES: Final = 24 * 3600.0
"""For how long it tries to reach a server that does not answer."""

_SECONDS_TO_BEGIN: Final = 60.0
_SECONDS_TO_END: Final = 10.0
_MODULE: Final = "ferry.migrate.cutover.watchdog"
_OPENED: Final = 1
_BEYOND: Final = 2
_NOT: Final = 3
"""How it ends where it was not dismissed: its exit status."""

_SAID: Final = {
    _OPENED: "{subject} is open.",
    _BEYOND: "The point of no return is behind: {side} stays closed. It goes on from there: {again}",
}

_CALL: Final = b"."
_DONE: Final = b"!"
_READY: Final = b"ready\n"
_ENVIRONMENT: Final = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "XDG_STATE_HOME")


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """What it watches over.

    Args:
        server: The side that is closed, in its first database that is carried, as ferry signs in there.
        saved: What opens it.
        record_id: The journal's record that keeps it.
        seconds: For how long it may be closed before the point of no return.
        silence_seconds: How long ferry may stay silent.
    """

    server: Server
    saved: Saved
    record_id: str
    seconds: float
    silence_seconds: float = SECONDS_WITHOUT_A_CALL

    def as_json(self) -> dict[str, Any]:
        """It as it is handed over; with the password."""
        return {
            "server": asdict(self.server),
            "saved": self.saved.as_json(),
            "record_id": self.record_id,
            "seconds": self.seconds,
            "silence_seconds": self.silence_seconds,
        }

    @classmethod
    def of_json(cls, given: dict[str, Any]) -> Watched:
        """It as it was handed over."""
        server = dict(given["server"])
        if server["address"] is not None:
            server["address"] = Address(**server["address"])
        return cls(
            server=Server(**server),
            saved=Saved.of_json(given["saved"]),
            record_id=given["record_id"],
            seconds=given["seconds"],
            silence_seconds=given["silence_seconds"],
        )


@dataclass(kw_only=True)
class Watchdog:
    """The process, as ferry sees it.

    Args:
        process: It.
        silence_seconds: After how long without an answer it is taken for halted.
    """

    process: subprocess.Popen[bytes]
    silence_seconds: float
    is_dismissed: bool = False
    _ends: threading.Event = field(default_factory=threading.Event)
    _answered_at: float = field(default_factory=time.monotonic)

    def watches(self) -> bool:
        """Whether it is there, and answers: nothing must be closed, or stay closed, where it does not."""
        is_silent = time.monotonic() - self._answered_at > self.silence_seconds
        return self.process.poll() is None and not is_silent

    def call(self) -> None:
        """Call it until the end, from a thread of its own."""
        while not self._ends.wait(SECONDS_BETWEEN_CALLS):
            if not self._tell(_CALL):
                return

    def listen(self, descriptor: int) -> None:
        """Hear its answers until the end, from a thread of its own."""
        with suppress(OSError):
            while os.read(descriptor, 4096):
                self._answered_at = time.monotonic()

    def dismiss(self) -> None:
        """Tell it that it is no longer needed: the side is open, or the point of no return behind."""
        self.is_dismissed = True
        self._ends.set()
        self._tell(_DONE)

    def _tell(self, what: bytes) -> bool:
        try:
            if self.process.stdin:
                self.process.stdin.write(what)
                self.process.stdin.flush()
        except (OSError, ValueError):
            return False
        return True


@contextmanager
def watching(
    watched: Watched, *, tell: Callable[[str], None] = lambda _: None
) -> Iterator[Watchdog]:
    """A watchdog that is ready. Where this block ends without `dismiss`, it opens that side.

    Args:
        watched: What it watches over.
        tell: Is told now and then that it has not been able to, as a server that is away is tried for long;
            and what it came to.

    Raises:
        FerryError: It could not begin, or not sign in: nothing must be closed then.
    """
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen(  # noqa: S603 - this module
        [sys.executable, "-m", _MODULE],
        cwd=root,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Ctrl-C in ferry's terminal, or its end, is not its own.
        start_new_session=True,
    )
    dog = Watchdog(process=process, silence_seconds=watched.silence_seconds)
    threads = []
    try:
        said = b""
        with suppress(OSError):
            if process.stdin and process.stdout:
                process.stdin.write(json.dumps(watched.as_json()).encode() + b"\n")
                process.stdin.flush()
                if select.select([process.stdout], [], [], _SECONDS_TO_BEGIN)[0]:
                    said = process.stdout.readline()
        if said != _READY:
            process.kill()
            raise FerryError(
                f"The process that opens {watched.saved.side} again where ferry is killed could not begin"
                f"{': ' + said.decode(errors='replace').strip() if said else ''}.",
                "Nothing is closed without it. Look whether this machine may start processes, then run this "
                "again.",
            )
        dog._answered_at = time.monotonic()  # noqa: SLF001 - its own module
        threads = [threading.Thread(target=dog.call, daemon=True)]
        if process.stdout:
            descriptor = process.stdout.fileno()
            threads.append(threading.Thread(target=dog.listen, args=[descriptor], daemon=True))
        for thread in threads:
            thread.start()
        yield dog
    finally:
        dog._ends.set()  # noqa: SLF001 - its own module
        if process.stdin:
            with suppress(OSError):
                process.stdin.close()
        let_end(dog, watched, tell)
        for thread in threads:
            thread.join()
        if process.stdout:
            process.stdout.close()


def let_end(dog: Watchdog, watched: Watched, tell: Callable[[str], None]) -> None:
    """Wait until it has opened that side, and say so; one that is halted, and that nobody needs, is ended."""
    while True:
        try:
            came_to = dog.process.wait(
                _SECONDS_TO_END if dog.is_dismissed else _SECONDS_BETWEEN_WORDS
            )
        except subprocess.TimeoutExpired:
            if dog.is_dismissed:
                dog.process.kill()
                continue
            tell(
                f"{capital(watched.saved.side)} is not open yet, and is tried on. By psql: "
                f"{watched.saved.script_name}, beside the journal."
            )
        else:
            if not dog.is_dismissed and came_to in _SAID:
                saved = watched.saved
                tell(
                    _SAID[came_to].format(
                        subject=capital(saved.side), side=saved.side, again=saved.again
                    )
                )
            return


def main(given: RawIOBase, *, out: RawIOBase) -> int:
    """Be the watchdog. Return 0 where it was dismissed, and otherwise what it came to."""
    watched = Watched.of_json(json.loads(given.readline()))
    with ExitStack() as stack:
        try:
            kept = stack.enter_context(_reached(watched))
            phase(kept, watched.saved.run)
        except FerryError as error:
            out.write(f"{error.why}\n".encode())
            return _NOT
        out.write(_READY)
        if _is_dismissed(given, watched, out):
            return 0
        until = time.monotonic() + _SECONDS_OF_TRIES
        while time.monotonic() < until:
            # A session of now is surer to be one with a server that answers. The one that was kept needs
            # no password, which may be another by now, and no room for one more.
            for by in (_reached(watched), nullcontext(kept)):
                if came_to := _settled(watched, by):
                    return came_to
            time.sleep(_SECONDS_BETWEEN_TRIES)
    return _NOT


def _reached(watched: Watched) -> AbstractContextManager[Session]:
    return connect(watched.server, purpose=f"open {watched.saved.side}", read_only=False)


def _settled(watched: Watched, by: AbstractContextManager[Session]) -> int | None:
    """Open that side; what that came to, or None where it was not possible."""
    try:
        with by as session:
            thaw(session, watched.saved, record_id=watched.record_id)
    except ClosedError:
        return _BEYOND
    except Exception:  # noqa: BLE001 - such as a disk that is full: nobody else opens it
        return None
    return _OPENED


def _is_dismissed(given: RawIOBase, watched: Watched, out: RawIOBase) -> bool:
    """Answer ferry until it says that it is done; False where it is silent, or the time is up."""
    ends = clock.seconds() + watched.seconds
    descriptor = given.fileno()
    while (left := ends - clock.seconds()) > 0:
        ready, _, _ = select.select([descriptor], [], [], min(left, watched.silence_seconds))
        if not ready:
            return False
        said = os.read(descriptor, 4096)
        if _DONE in said:
            return True
        if not said:
            return False
        with suppress(OSError):  # ferry was killed: the next look tells
            out.write(_CALL)
    return False


if __name__ == "__main__":
    with os.fdopen(0, "rb", buffering=0) as _given, os.fdopen(1, "wb", buffering=0) as _out:
        sys.exit(main(_given, out=_out))
