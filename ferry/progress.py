"""What a command that takes long keeps between its runs, so that the next goes on where one ended.

A file an environment, command and database: `$XDG_STATE_HOME/ferry/ENV/COMMAND.DATABASE.json`, where
XDG_STATE_HOME is `~/.local/state` unless it says otherwise. Its folders are the user's alone (0700), as
it is (0600). It holds names, counts and measures, and never a value of a row or a secret.

Source: https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import hashlib
import json
import os
import string
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ferry.errors import FerryError
from ferry.files import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN: Final = frozenset((string.ascii_lowercase + string.digits + "-_").encode())
_FOLDERS: Final = 0o700
_FILES: Final = 0o600


class UnusableError(FerryError):
    """There is progress that nobody can go on from: it is torn, or belongs to something else."""


class NewerError(UnusableError):
    """A newer ferry has written it: it is not to be written over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Where a command's progress is kept.

    Args:
        environment: The environment's name.
        command: The command, such as `check-source`.
        database: The database that it is about.
        version: The version of what is kept: 1 or more. Another one is not understood.
        of: What it belongs to, such as the server's system identifier: progress of something else is
            not used.
    """

    environment: str
    command: str
    database: str
    version: int
    of: Mapping[str, str]

    @property
    def file(self) -> Path:
        """Where it is.

        Raises:
            FerryError: The user has no home folder, and XDG_STATE_HOME is not set.
        """
        name = f"{_plain(self.command)}.{_plain(self.database)}.json"
        return _state_home() / "ferry" / _plain(self.environment) / name

    def read(self) -> Any:  # noqa: ANN401 - what JSON has
        """What was kept; None where nothing was.

        What comes back is what `write` was given, to the last character.

        Raises:
            NewerError: A newer ferry has kept it.
            UnusableError: It is torn, changed by somebody else, older, or of something else.
            FerryError: The file cannot be read.
        """
        found = self._read()
        if found is None:
            return None
        of, kept = found
        if of != dict(self.of):
            raise UnusableError(f"{self.file} is of another server or database.")
        return kept

    def belongs_to(self) -> Mapping[str, str] | None:
        """What it belongs to that was kept, for whoever cannot ask that; None where nothing was kept.

        Raises:
            FerryError: As `read`.
        """
        found = self._read()
        return None if found is None else found[0]

    def _read(self) -> tuple[dict[str, str], Any] | None:
        file = self.file
        try:
            text = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FerryError(f"{file} cannot be read: {error.strerror}.") from None
        try:
            document = json.loads(text)
            version, of, kept, sum_ = (document[key] for key in ("version", "of", "kept", "sha256"))
        except (ValueError, TypeError, KeyError, RecursionError):
            raise UnusableError(f"{file} is torn, or not ferry's.") from None
        if isinstance(version, int) and version > self.version:
            raise NewerError(
                f"{file} was written by a newer ferry (version {version}; this one knows "
                f"{self.version}).",
                "Use that ferry, or remove the file.",
            )
        if sum_ != _sum(version, of, kept):
            raise UnusableError(f"{file} was changed by somebody else than ferry.")
        if version != self.version:
            raise UnusableError(f"{file} was written by an older ferry (version {version}).")
        return of, kept

    def write(self, kept: object) -> None:
        """Keep this instead of what was kept; it is on the disk afterwards, whole.

        Args:
            kept: What JSON has: texts, numbers, lists, dictionaries with texts as keys.

        Raises:
            FerryError: The file cannot be written; what was kept is still there.
        """
        file = self.file
        of = dict(self.of)
        document = {
            "version": self.version,
            "of": of,
            "kept": kept,
            "sha256": _sum(self.version, of, kept),
        }
        try:
            _own_folder(file.parent)
            replace(file, json.dumps(document).encode(), mode=_FILES)
        except OSError as error:
            raise FerryError(f"{file} cannot be written: {error.strerror}.") from None

    def forget(self) -> None:
        """Keep nothing any more.

        Raises:
            FerryError: The file cannot be removed.
        """
        file = self.file
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise FerryError(f"{file} cannot be removed: {error.strerror}.") from None


def folder(environment: str) -> Path:
    """The folder of what is kept of an environment; it is there, and the user's alone.

    Raises:
        FerryError: It cannot be made; or the user has no home folder, and XDG_STATE_HOME is not set.
    """
    found = _state_home() / "ferry" / _plain(environment)
    try:
        _own_folder(found)
    except OSError as error:
        raise FerryError(f"{found} cannot be made: {error.strerror}.") from None
    return found


def _sum(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _plain(name: str) -> str:
    """A name as a file's, on file systems too that do not tell upper from lower case."""
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02x}" for byte in name.encode())


def _state_home() -> Path:
    """The user's folder for what programs keep; a relative XDG_STATE_HOME does not count."""
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    if given.is_absolute():
        return given
    try:
        return Path.home() / ".local" / "state"
    except RuntimeError:
        raise FerryError(
            "There is no home folder to keep progress in.", "Set XDG_STATE_HOME to a folder."
        ) from None


def _own_folder(folder: Path) -> None:
    """Make ferry's folder, the environment's in it, and what is missing above."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=_FOLDERS, exist_ok=True)
    for each in (folder.parent, folder):
        each.chmod(_FOLDERS)
