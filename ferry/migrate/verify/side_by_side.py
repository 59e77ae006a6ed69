"""Has several do a work at once, each in a thread, and hands on what comes of it as it comes."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

_SECONDS_BETWEEN: Final = 0.05

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Worker(Protocol[T_co]):
    """One of those who work."""

    def work(self) -> Iterator[T_co]:
        """What comes of its part of the work; in a thread of its own."""

    def cancel(self) -> None:
        """End what it is doing now, and begin nothing else; from another thread, and more than once."""


def side_by_side(workers: Sequence[Worker[T]], *, ends_at: float | None = None) -> Generator[T]:
    """What comes of the work of all, as it comes.

    Where one fails, or nobody wants to know any more, all are cancelled and waited for; so they are when
    their time is over, and then what had come of it by then is still handed on.

    Args:
        workers: They.
        ends_at: When their time is over, by the monotonic clock; None for never.
    """
    found: SimpleQueue[tuple[T] | BaseException | None] = SimpleQueue()

    def work(worker: Worker[T]) -> None:
        try:
            for outcome in worker.work():
                found.put((outcome,))
        except BaseException as error:  # noqa: BLE001 - raised by who waits for it
            found.put(error)
        finally:
            found.put(None)

    threads = [threading.Thread(target=work, args=[it], daemon=True) for it in workers]
    try:
        for thread in threads:
            thread.start()
        at_work = yield from _outcomes(found, len(threads), ends_at=ends_at)
        if at_work:
            _end(workers, threads)
            yield from _outcomes(found, at_work, ends_at=None)
    finally:
        _end(workers, threads)


def _outcomes(
    found: SimpleQueue[tuple[T] | BaseException | None], at_work: int, *, ends_at: float | None
) -> Generator[T, None, int]:
    """What comes of the work until all have ended or their time is over; return how many are at work."""
    while at_work:
        left = None if ends_at is None else ends_at - time.monotonic()
        if left is not None and left <= 0:
            break
        try:
            outcome = found.get(timeout=left)
        except Empty:
            break
        if outcome is None:
            at_work -= 1
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            yield outcome[0]
    return at_work


def _end(workers: Sequence[Worker[T]], threads: Sequence[threading.Thread]) -> None:
    while alive := [it for it in zip(workers, threads, strict=True) if it[1].is_alive()]:
        for worker, _ in alive:
            worker.cancel()
        alive[0][1].join(_SECONDS_BETWEEN)
