"""Workers without a start of Python each: one process has read what they need, and each is a copy of it.

To start Python and read psycopg takes half a second of a processor, to copy what has a hundredth. The
first worker starts that process; it ends when this one does, whatever ends this.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ROOT: Final = Path(__file__).resolve().parents[2]
_NUMBER: Final = struct.Struct("i")
_ENDS: Final = 3
"""A worker's standard input and output, and where it is told how it ended."""


class Worker:
    """A worker's process, as far as somebody deals with it as with one of `subprocess`.

    Attributes:
        pid: Its id.
        stdin: Its standard input: when that ends, it does.
        stdout: Its standard output.
        returncode: How it ended, as `subprocess` says it; None where that was not seen yet.
    """

    def __init__(self, pid: int, stdin: int, stdout: int, ended: int) -> None:
        self.pid = pid
        self.stdin: TextIO = os.fdopen(stdin, "w")
        self.stdout: TextIO = os.fdopen(stdout)
        self.returncode: int | None = None
        self._ended = ended
        self._looking = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for its end; the other end of its standard input is nobody's by then."""
        for stream in (self.stdin, self.stdout):
            with suppress(BrokenPipeError):
                stream.close()
        self.wait()

    def poll(self) -> int | None:
        """How it ended; None where it has not."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has.

        Raises:
            subprocess.TimeoutExpired: It has not within so many seconds.
        """
        if self.returncode is None:
            ready, _, _ = select.select([self._ended], [], [], timeout)
            if not ready:
                raise subprocess.TimeoutExpired("a worker", timeout or 0)
            with self._looking:
                if self.returncode is None:
                    said = os.read(self._ended, _NUMBER.size)
                    os.close(self._ended)
                    # Nobody is left to say it where the process that it came of has ended.
                    self.returncode = _NUMBER.unpack(said)[0] if said else -signal.SIGKILL
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end after what it is applying."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Workers:
    """Starts workers; several threads may.

    Args:
        python: How Python is started.
    """

    def __init__(self, python: Sequence[str] = (sys.executable,)) -> None:
        self._python = python
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Worker:
        """Start one.

        Raises:
            OSError: The machine has no room for another process.
        """
        theirs, ours = list[int](), list[int]()
        for is_read_there in (True, False, False):
            reads, writes = os.pipe()
            theirs.append(reads if is_read_there else writes)
            ours.append(writes if is_read_there else reads)
        try:
            pid = self._asked(theirs)
        except OSError:
            for each in ours:
                os.close(each)
            raise
        finally:
            for each in theirs:
                os.close(each)
        return Worker(pid, *ours)

    def close(self) -> None:
        """End the process that they come of; those that run go on."""
        with self._starting:
            self._end()

    def _asked(self, ends: Sequence[int]) -> int:
        """The id of a copy that has these ends."""
        with self._starting:
            for _ in range(2):
                if self._process is None:
                    self._begin()
                with suppress(ConnectionError):
                    socket.send_fds(self._line, [b"."], ends)
                    if said := self._line.recv(_NUMBER.size):
                        return int(_NUMBER.unpack(said)[0])
                self._end()  # Somebody ended it: once more, by another.
        raise OSError("the process that workers come of ends as soon as it is asked for one")

    def _begin(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - a constant, but for who starts Python
                [*self._python, "-m", "local_aws.dms_worker", str(theirs.fileno())],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def _end(self) -> None:
        if self._process is not None:
            self._line.close()
            self._process.wait()
            self._process = None


def reap(ends: dict[int, int]) -> None:
    """Tell of each worker that has ended; called within itself where one more ends meanwhile."""
    while ends:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:  # all others were told of meanwhile
            return
        if not pid:
            return
        with suppress(OSError):  # who started it is gone
            os.write(ends[pid], _NUMBER.pack(os.waitstatus_to_exitcode(status)))
        os.close(ends.pop(pid))


def serve(line: socket.socket, work: Callable[[], int]) -> int:
    """Copy this process for each worker that is asked for; in a copy, do the work.

    Returns:
        The exit status: of the work in a copy; else 0, when nobody can ask any more.
    """
    ends: dict[int, int] = {}

    signal.signal(signal.SIGCHLD, lambda *_: reap(ends))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    while True:
        given, theirs, _, _ = socket.recv_fds(line, 1, _ENDS)
        if not given:
            return 0
        # A worker that ends at once is not to be told of before it is known.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        pid = os.fork()
        if not pid:
            break
        *streams, ends[pid] = theirs
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        for each in streams:
            os.close(each)
        line.send(_NUMBER.pack(pid))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    line.close()
    for number, stream in enumerate(theirs[:2]):
        os.dup2(stream, number)
    for each in (*theirs, *ends.values()):
        os.close(each)
    return work()
