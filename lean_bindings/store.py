"""Keeps slimmed packages in the user's cache folder."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# As long as jsii keeps an unpacked package that nobody asks for.
_KEEP_SECONDS = 30 * 24 * 60 * 60


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder that everything is kept in; deleting it costs the next run a few seconds.

    ``~/Library/Caches`` on macOS, ``%LOCALAPPDATA%`` on Windows, otherwise ``$XDG_CACHE_HOME`` if
    it is an absolute path, or ``~/.cache`` (XDG Base Directory Specification).

    Raises:
        RuntimeError: The user has no home folder.
    """
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(environment.get("XDG_CACHE_HOME", ""))
        base = base if base.is_absolute() else Path.home() / ".cache"
    return base / "lean-bindings"


class Store:
    """Files that appear whole or not at all, so processes need not wait for each other."""

    def __init__(self, folder: Path) -> None:
        """Uses ``folder``, which is made when something is first kept."""
        self._folder = folder

    def tarball(self, name: str, build: Callable[[], bytes]) -> Path:
        """The file of this name, built if it is not there yet.

        Two processes that find it missing both build it, from the same input to the same bytes;
        the second puts its file in the first one's place. A build that is killed leaves a
        temporary file, which a later build clears away.

        Raises:
            OSError: The folder cannot be written, or the disk is full.
        """
        path = self._folder / name
        if path.is_file():
            with contextlib.suppress(OSError):
                os.utime(path)
            return path
        content = build()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=f"{name}.", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        self._clear_unused()
        return path

    def _clear_unused(self) -> None:
        oldest = time.time() - _KEEP_SECONDS
        for path in self._folder.glob("*.t[gm][zp]"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()
