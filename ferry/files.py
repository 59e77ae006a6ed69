"""Writes files whole: whoever reads one sees what was there or what is new, whatever ends ferry."""

from __future__ import annotations

import glob
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_UNFINISHED: Final = ".ferry"
_SECONDS_OF_A_WRITE: Final = 3600.0
"""Longer than any: what is older is of a ferry that was killed."""


def replace(file: Path, content: bytes, *, mode: int) -> None:
    """Give a file its content; it is there and on the disk, or all is as it was.

    A symbolic link stays one: what it leads to is replaced. What a ferry that was killed has left
    beside it, an hour ago or longer, is removed.

    Args:
        file: The file; its folder is there.
        content: All of it.
        mode: Its permissions, such as `0o600`.

    Raises:
        OSError: It cannot be written.
    """
    file = file.resolve()
    _tidy(file)
    descriptor, name = tempfile.mkstemp(
        dir=file.parent, prefix=f".{file.name}.", suffix=_UNFINISHED
    )
    try:
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(descriptor, mode)
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _tidy(file: Path) -> None:
    """Remove what was to become the file and never did; another ferry may be writing one now."""
    for left in file.parent.glob(f".{glob.escape(file.name)}.????????{_UNFINISHED}"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _SECONDS_OF_A_WRITE:
                left.unlink()
