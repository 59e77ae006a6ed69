"""For how long a side is closed: a clock that goes on while the machine sleeps.

`time.monotonic` stands still meanwhile on Linux (https://docs.python.org/3/library/time.html#time.CLOCK_BOOTTIME),
and writers are kept out all the same. On macOS its own CLOCK_MONOTONIC goes on.
"""

from __future__ import annotations

import time
from typing import Final

_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def seconds() -> float:
    """The time in seconds, from some moment on; it is never set."""
    return time.clock_gettime(_CLOCK)
