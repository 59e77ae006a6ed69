"""Waits before the window as long as a file is there: what is carried goes on, and nothing is closed.

The word is gh-ost's, whose --postpone-cut-over-flag-file does the same before its tables are swapped
(https://github.com/github/gh-ost/blob/master/doc/command-line-flags.md). gh-ost makes the file where there
is none; here nobody is to wait for a file that he has not made, and that is said.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.migrate.cutover import reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ferry.migrate.cutover.running import Running

SECONDS_BETWEEN_LOOKS: Final = 1.0
SECONDS_BETWEEN_WORDS: Final = 60.0
"""How often it says what it waits for. Each time a row of each marker is written, as `ferry watch` does."""


def postponed(running: Running, file: Path) -> bool:
    """Wait as long as a file is there; whether it was there at all.

    Args:
        running: What is to begin, with its locks: they are seen to be held all the while.
        file: The file, whatever is in it.

    Raises:
        FerryError: A lock is lost, or whether the file is there cannot be told. Nothing was done.
    """
    asked = running.asked
    file = file.absolute()

    def behind() -> str:
        found = reading.lags(asked.deployment, asked.sides, asked.direction)
        return "; ".join(
            f"{task}: {lag.why}"
            if isinstance(lag, FerryError)
            else f"the marker of the task {task} {'took' if lag.has_arrived else 'has not arrived within'} "
            f"{lag.seconds:.1f} s"
            for task, lag in found.items()
        )

    return wait(file, still=running.still, behind=behind, tell=asked.tell)


def wait(
    file: Path, *, still: Callable[[], None], behind: Callable[[], str], tell: Callable[[str], None]
) -> bool:
    """Wait as long as a file is there; whether it was there at all.

    Args:
        file: The file.
        still: Makes sure that what is held is still held.
        behind: Says how far behind is what is carried.
        tell: Is told what is waited for.

    Raises:
        FerryError: `still` or `behind` does; or whether the file is there cannot be told.
    """
    if not _is_there(file):
        tell(f"There is no file {file}: nothing is waited for.")
        return False
    tell(f"Waits until the file {file} is gone. Nothing is closed; changes are carried on.")
    began = time.monotonic()
    said = began - SECONDS_BETWEEN_WORDS
    while _is_there(file):
        still()
        if (now := time.monotonic()) - said >= SECONDS_BETWEEN_WORDS:
            said = now
            tell(f"Has waited {now - began:.0f} s for {file} to go; {behind() or 'nothing runs'}.")
        time.sleep(SECONDS_BETWEEN_LOOKS)
    tell(f"The file {file} is gone.")
    return True


def _is_there(file: Path) -> bool:
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise FerryError(
            f"Whether the file {file} is there cannot be told: {error.strerror}.",
            "Nothing was done. Mend that, then run this again.",
        ) from None
    return True
