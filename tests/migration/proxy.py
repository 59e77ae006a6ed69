"""Something between the worker and a server: it hands bytes on, until it resets or swallows them."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: a reset
_SECONDS = 0.05


class Proxy:
    """Listens on `port` of 127.0.0.1 and hands on to a server's port.

    After `swallow` it takes connections and bytes, and hands nothing on; `reset` cuts what is open.

    Args:
        port: The server's port.
        at: Is called when the client has sent something for the `after`th time, before it is handed
            on; nothing by default.
        after: How often.
    """

    def __init__(
        self, port: int, *, at: Callable[[Proxy], None] | None = None, after: int = 0
    ) -> None:
        self._to = port
        self._at = at
        self._left = after
        self.delay_seconds = 0.0
        self._door = threading.Lock()
        self._swallowing = threading.Event()
        self._ended = threading.Event()
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_SECONDS)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        for each in (self._listener, *self._open):
            each.close()

    def swallow(self) -> None:
        """Hand nothing on from now."""
        self._swallowing.set()

    def reset(self) -> None:
        """Cut the connections that are open, as a firewall that forgot them does."""
        for each in self._open:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            each.close()
        self._open.clear()

    @contextmanager
    def letting_nobody_in(self) -> Iterator[None]:
        """Whoever comes meanwhile is handed on afterwards."""
        with self._door:
            yield

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                here, _ = self._listener.accept()
            except TimeoutError:
                continue
            with self._door:
                pass
            try:
                there = socket.create_connection(("127.0.0.1", self._to))
            except ConnectionRefusedError:
                here.close()
                continue
            self._open += [here, there]
            for one in (here, there):
                one.settimeout(_SECONDS)
            for one, other in ((here, there), (there, here)):
                is_client = one is here
                thread = threading.Thread(target=self._hand_on, args=(one, other, is_client))
                self._threads.append(thread)
                thread.start()

    def _hand_on(self, one: socket.socket, other: socket.socket, is_client: bool) -> None:  # noqa: FBT001 - a thread's
        while not self._ended.is_set():
            try:
                taken = one.recv(65536)
                if is_client and taken:
                    self._left -= 1
                    if self._left == 0 and self._at is not None:
                        self._at(self)
                self._ended.wait(self.delay_seconds)
                if self._swallowing.is_set():
                    continue
                if not taken:
                    other.shutdown(socket.SHUT_WR)
                    return
                other.sendall(taken)
            except TimeoutError:
                continue
            except OSError:
                return
