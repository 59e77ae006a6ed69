"""What must not be while things are killed, and waiting until something is so."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS: Final = 900.0
"""For how long anything is waited for: nothing fails because a machine is busy."""


class WrongError(Exception):
    """Something that must not be; the message says what."""


def eventually(check: Callable[[], bool], what: str) -> None:
    """Wait until something is so.

    Raises:
        WrongError: It is not within a quarter of an hour.
    """
    until, pause = time.monotonic() + SECONDS, 0.02
    while not check():
        if time.monotonic() > until:
            raise WrongError(f"it never was so: {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
