"""Reads what lies in the environments' folder: regular files, and no more of one than a person writes."""

import errno
import stat
from pathlib import Path
from typing import Final

_LARGEST_BYTES: Final = 1_000_000


def content(file: Path) -> bytes:
    """What a file holds. Nothing else is even opened: a pipe would wait for its other end.

    Raises:
        OSError: It cannot be read, is no regular file, or is larger than 1 MB.
    """
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    with file.open("rb") as stream:
        held = stream.read(_LARGEST_BYTES + 1)
    if len(held) > _LARGEST_BYTES:
        raise OSError(errno.EFBIG, "larger than 1 MB")
    return held
