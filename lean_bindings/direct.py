"""Speaks to jsii's kernel itself, without the process that jsii puts in between.

jsii starts a node process that starts another, in which the kernel runs, and passes on each message
and each answer. Without it the kernel starts sooner, and a call is a fifth faster. What the first
process does besides: it warns of old versions of node, and wraps what JavaScript prints, which here
goes straight to where Python's own output goes.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import platform
import shutil
import socket
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Any

from jsii._kernel.providers.process import ProcessProvider, _NodeProcess

from lean_bindings.errors import say

# The kernel reads and writes file descriptor 3. A shell can put a socket there; Python only by
# running code between fork and exec, which is not safe where there are threads.
_SHELL = ("/bin/sh", "-c", 'exec 3<&0 </dev/null; exec "$@"', "sh")
_STOP_SECONDS = 5


def direct(provider: Any) -> Any:  # noqa: ANN401 (any of jsii's)
    """A provider that speaks to the kernel itself, or ``provider`` where that is not possible.

    It is not on Windows, nor with a kernel that the user has chosen by ``JSII_RUNTIME``.
    """
    plain = type(provider) is ProcessProvider and "JSII_RUNTIME" not in os.environ
    return DirectProvider() if plain and os.name == "posix" else provider


class DirectProvider(ProcessProvider):
    """jsii's own, with another way to start node and to end it."""

    @cached_property
    def _process(self) -> _DirectNode:
        node = _DirectNode()  # type: ignore[no-untyped-call]  # jsii's
        node.start()
        return node


class _DirectNode(_NodeProcess):
    _process: Any
    _is_direct = False

    def start(self) -> None:
        """Starts the kernel; as jsii does it, if that does not work."""
        try:
            self._start_directly()
        except Exception as error:  # noqa: BLE001 (whatever it is, jsii's own way works)
            say(f"node is started the way jsii does it ({type(error).__name__}: {error})")
            if self._is_direct:
                self._end()
                self._is_direct = False
            super().start()  # type: ignore[no-untyped-call]  # jsii's

    def _start_directly(self) -> None:
        node = shutil.which(os.environ.get("JSII_NODE", "node"))
        if node is None:
            raise FileNotFoundError("node")
        program = Path(self._jsii_runtime()).parent.parent / "lib" / "program.js"
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._process = subprocess.Popen(  # noqa: S603 (what jsii starts)
                [*_SHELL, node, "--max-old-space-size=4069", "--preserve-symlinks", str(program)],
                stdin=theirs.fileno(),
                env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}"},
            )
            # The connection stays open until both of these are closed.
            self._process.stdin, self._process.stdout = ours.makefile("wb"), ours.makefile("rb")
        self._is_direct = True
        atexit.register(self.stop)
        self.handshake()

    def stop(self) -> None:
        """Ends the kernel; a second call does nothing."""
        if not self._is_direct:
            super().stop()
        elif not self._process.stdin.closed:
            self._process.stdin.write(b'{"exit":0}\n')
            self._end()

    def _end(self) -> None:
        """Closes the connection, and waits until node has ended."""
        atexit.unregister(self.stop)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._ctx_stack.close()
