"""Questions that nobody waits for longer than he wants: each is asked in a thread of its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from ferry.account import Unanswered
from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


@dataclass(kw_only=True)
class Asking(Generic[_T]):
    """One question, asked again and again; never twice at the same time.

    Args:
        who: Who is asked, where a sentence begins with it: `The source`.
        ask: Asks; it may take as long as it likes.
    """

    who: str
    ask: Callable[[], _T]

    def __post_init__(self) -> None:
        """Nothing was asked yet."""
        self._thread: threading.Thread | None = None
        self._began = 0.0
        self._found: _T | Unanswered | None = None

    def begin(self) -> None:
        """Ask, unless the last answer has not come yet, or was not taken yet."""
        if self._thread is None:
            self._found, self._began = None, time.monotonic()
            # A daemon: one that hangs does not keep the process.
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def answer(self, *, until: float) -> _T | Unanswered:
        """The answer, or why there is none by a moment of `time.monotonic`."""
        if self._thread is None:
            return Unanswered(f"{self.who} was not asked.")
        self._thread.join(max(0.0, until - time.monotonic()))
        if self._thread.is_alive():
            seconds = time.monotonic() - self._began
            return Unanswered(f"{self.who} has not answered for {seconds:.0f} s.")
        self._thread = None
        return self._found  # type: ignore[return-value]  # the thread has set it

    @property
    def is_asking(self) -> bool:
        """Whether the answer has not come yet, or was not taken yet."""
        return self._thread is not None

    def is_quiet(self, *, within: float) -> bool:
        """Whether nobody is being asked any more, soon."""
        if self._thread is not None:
            self._thread.join(within)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._found = self.ask()
        except FerryError as error:
            self._found = Unanswered(error.why, error.remedy, stays=error.stays)
        except Exception as error:  # noqa: BLE001 - a fault of ferry's own ends no watch
            self._found = Unanswered(
                f"{self.who} could not be asked: {type(error).__name__}: {error}."
            )
