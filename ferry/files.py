"""Writes files whole: whoever reads one sees what was there or what is new, whatever ends ferry."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def replace(file: Path, content: bytes, *, mode: int) -> None:
    """Give a file its content; it is there and on the disk, or all is as it was.

    A symbolic link stays one: what it leads to is replaced.

    Args:
        file: The file; its folder is there.
        content: All of it.
        mode: Its permissions, such as `0o600`.

    Raises:
        OSError: It cannot be written.
    """
    file = file.resolve()
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
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
