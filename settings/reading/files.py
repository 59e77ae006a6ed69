"""Reads regular files, and no more of one than may be in it: of what a person writes, 1 MB."""

import errno
import stat
import tomllib
from pathlib import Path
from typing import Any, Final, Self

from settings.reading import limits

_BYTES_OF_MB: Final = 1_000_000


class NotTomlError(ValueError):
    """A text that is no TOML; the message is the reader's."""

    def __init__(self, message: str, *, text: str) -> None:
        super().__init__(message)
        self.text = text


class WrittenFloat(float):
    """A fraction that is shown as it was written: `15.10` is another version than `15.1`."""

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str) -> Self:
        """Of a number as TOML writes it."""
        fraction = super().__new__(cls, text)
        fraction._text = text
        return fraction

    def __repr__(self) -> str:
        """The number as it was written."""
        return self._text

    def __deepcopy__(self, _: object) -> Self:
        """Itself, for it does not change."""
        return self


def toml_files(folder: Path) -> list[Path]:
    """A folder's TOML files, sorted; on some disks DEV.TOML and dev.toml are two."""
    held = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        (file for file in held if file.suffix.lower() == ".toml"),
        key=lambda file: (file.stem, file.name),
    )


def document(file: Path) -> dict[str, Any]:
    """What a TOML file says.

    Raises:
        OSError: As of `content`.
        ValueError: It is no TOML (NotTomlError); UnicodeDecodeError where it is not even text in UTF-8,
            TooLongError where a number or a key is too long.
        RecursionError: It nests too deeply.
    """
    # Editors on Windows begin a file with a byte order mark.
    text = content(file).decode("utf-8-sig")
    limits.check(text)
    try:
        return tomllib.loads(text, parse_float=WrittenFloat)
    except ValueError as error:
        raise NotTomlError(str(error), text=text) from None


def content(file: Path, *, largest_mb: int = 1) -> bytes:
    """What a file holds. Nothing else is even opened: a pipe would wait for its other end.

    Args:
        file: The file.
        largest_mb: More than this many MB are not read.

    Raises:
        OSError: It cannot be read, is no regular file, or is larger.
    """
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    with file.open("rb") as stream:
        held = stream.read(largest_mb * _BYTES_OF_MB + 1)
    if len(held) > largest_mb * _BYTES_OF_MB:
        raise OSError(errno.EFBIG, f"larger than {largest_mb:,} MB")
    return held
