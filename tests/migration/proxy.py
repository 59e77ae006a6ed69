"""Something between a client and a server: it hands bytes on, until it resets, swallows or holds them."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: a reset
_SECONDS = 0.2


class Proxy:
    """Listens on `port` of 127.0.0.1 and hands on to a server's port.

    After `swallow` it takes connections and bytes, and hands nothing on; `reset` cuts what is open. Within
    `holding` it takes them too, and hands them on afterwards.

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
        self._flows = threading.Event()
        self._flows.set()
        self._ended = threading.Event()
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_SECONDS)
        self.port: int = self._listener.getsockname()[1]
        self._handing: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._accepting.join()
        self._listener.close()
        for each in list(self._open):
            with suppress(OSError):  # it is cut already
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._handing:
            thread.join()

    def swallow(self) -> None:
        """Hand nothing on from now."""
        self._swallowing.set()

    def reset(self) -> None:
        """Cut the connections that are open, as a firewall that forgot them does."""
        for each in list(self._open):
            with suppress(OSError):  # it has just ended by itself
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            each.close()
        self._open.clear()

    def mend(self) -> None:
        """Hand on again; what was open is cut: it lacks what was swallowed."""
        self.reset()
        self._swallowing.clear()

    @contextmanager
    def letting_nobody_in(self) -> Iterator[None]:
        """Whoever comes meanwhile is handed on afterwards."""
        with self._door:
            yield

    @contextmanager
    def holding(self) -> Iterator[None]:
        """What is sent meanwhile arrives afterwards, also of those who have given up."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

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
            self._handing = [it for it in self._handing if it.is_alive()]
            self._handing.append(threading.Thread(target=self._hand_on, args=(here, there)))
            self._handing[-1].start()

    def _hand_on(self, here: socket.socket, there: socket.socket) -> None:
        """Hand on what comes from either end until both have ended, or one was cut."""
        others = {here: there, there: here}
        with suppress(OSError, ValueError), selectors.DefaultSelector() as ready:
            for one in others:
                ready.register(one, selectors.EVENT_READ)
            while ready.get_map() and here.fileno() >= 0 and not self._ended.is_set():
                for key, _ in ready.select(_SECONDS):
                    end: Any = key.fileobj
                    if not self._took(end, others[end], is_client=end is here):
                        ready.unregister(end)
        for one in others:
            with suppress(ValueError):
                self._open.remove(one)
            one.close()

    def _took(self, one: socket.socket, other: socket.socket, *, is_client: bool) -> bool:
        """Hand on what one end has sent; False where that has ended."""
        taken = one.recv(65536)
        if is_client and taken:
            self._left -= 1
            if self._left == 0 and self._at is not None:
                self._at(self)
        self._ended.wait(self.delay_seconds)
        while not self._flows.wait(_SECONDS) and not self._ended.is_set():
            pass
        if self._swallowing.is_set():
            return bool(taken)
        if not taken:
            other.shutdown(socket.SHUT_WR)
            return False
        other.sendall(taken)
        return True
