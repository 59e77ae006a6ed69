"""Keeps slimmed packages in the user's cache folder."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lean_bindings.errors import say

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
        # node is given a path that no link above it leads elsewhere later.
        self._folder = folder.parent.resolve() / folder.name

    def tarball(self, name: str, build: Callable[[], bytes]) -> Path:
        """The file of this name, built if it is not there yet.

        node runs what is in it, so a file that somebody else may have written is not used but
        built anew; where that can be said of the folder, or somebody else may put another in its
        place, in a folder for this process alone.

        Two processes that find it missing both build it, from the same input to the same bytes;
        the second puts its file in the first one's place. A build that is killed leaves a
        temporary file, which a later build clears away.

        Raises:
            OSError: The folder cannot be written, the disk is full, or nothing can be kept from
                others, not even in the folder for temporary files.
        """
        path = self._folder / name
        if self._open_to_others() is None and _is_ours_alone(path, stat.S_ISREG):
            with contextlib.suppress(OSError):
                os.utime(path)
            return path
        content = build()
        missing = [it for it in self._folder.parents if not it.exists()]
        for folder in (*reversed(missing), self._folder):
            folder.mkdir(mode=0o700, exist_ok=True)
        if others := self._open_to_others():
            return self._private(name, content, others=others)
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

    def _open_to_others(self) -> Path | None:
        """The folder, or the one above it, that somebody else may write to; None if there is none."""
        if not _is_ours_alone(self._folder, stat.S_ISDIR):
            return self._folder
        return _above_open_to_others(self._folder)

    def _private(self, name: str, content: bytes, *, others: Path) -> Path:
        mend = "make it yours, with no rights for others, or delete it"
        if others != self._folder:
            mend = "take from others the right to write there, or set XDG_CACHE_HOME"
        say(
            f"{others} is not yours alone, so nothing is kept in {self._folder} and each run takes "
            f"seconds longer; {mend}."
        )
        folder = Path(tempfile.mkdtemp(prefix="lean-bindings-")).resolve()
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        if found := _above_open_to_others(folder):
            raise PermissionError(f"{found}, which holds temporary files, is open to others too")
        path = folder / name
        path.write_bytes(content)
        return path

    def _clear_unused(self) -> None:
        oldest = time.time() - _KEEP_SECONDS
        for path in self._folder.glob("*.t[gm][zp]"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()


def _above_open_to_others(folder: Path) -> Path | None:
    """The folder above in which somebody else may put another in this one's place, if there is one.

    Who may write to a folder may rename what is in it, unless it is sticky, as /tmp is: then its
    owner may. Source: https://man7.org/linux/man-pages/man2/rename.2.html, EPERM
    """
    return next((it for it in folder.parents if not _keeps_names(it)), None)


def _keeps_names(folder: Path) -> bool:
    if sys.platform == "win32":
        return True
    found = folder.lstat()
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return found.st_uid in (0, os.getuid()) and (
        not others_write or bool(found.st_mode & stat.S_ISVTX)
    )


def _is_ours_alone(path: Path, is_kind: Callable[[int], bool]) -> bool:
    """Whether it is there, of its kind, no link, the user's, and nobody else may write to it.

    On Windows the cache lies in the user's own folder, which others may not write to.
    """
    try:
        found = path.lstat()
    except OSError:
        return False
    if sys.platform == "win32":
        return is_kind(found.st_mode)
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return is_kind(found.st_mode) and found.st_uid == os.getuid() and not others_write
