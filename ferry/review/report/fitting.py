"""Keeps a report below the size that GitHub takes, and says loudly what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LIMIT_BYTES: Final = 60_000
"""GitHub takes comments of 65,536 characters. Bytes are never fewer than characters, and what
posts the comment adds a line or two of its own."""

_SHORT_LINE_BYTES: Final = 200
_SMALL_PART_BYTES: Final = 600
_NOTE_BYTES: Final = 1_000
"""About what a short line takes, the few lines of a part, and the note of what is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A part of the report, written.

    Args:
        title: What it is called where it is left out.
        head: What comes first.
        lines: How many lines it has.
        line: Writes the line of a number.
        short: Writes it with less.
        tail: What comes last.
    """

    title: str
    head: str
    lines: int
    line: Callable[[int], str]
    short: Callable[[int], str]
    tail: str = ""


@dataclass(slots=True)
class _Room:
    """How many bytes are left."""

    left: int

    def takes(self, text: str, *, keep: int = 0) -> bool:
        """Whether a text fits and leaves enough; if so it is counted."""
        size = len(text.encode())
        if size + keep > self.left:
            return False
        self.left -= size
        return True


def fitted(
    head: str,
    pieces: Sequence[Piece],
    *,
    note: Callable[[str], str],
    limit_bytes: int = LIMIT_BYTES,
) -> str:
    """Join the pieces, in their order, as far as they fit.

    A line that would take the room of the lines after it comes in short; when none is left, lines
    are left out. The note that says so stands below the head. Some room is kept for the parts after
    a part, so that none goes unseen.

    Args:
        head: What the report begins with.
        pieces: Its parts, the most important first.
        note: Writes the note of a sentence that says what is missing.
        limit_bytes: The size of the whole, in bytes of UTF-8.
    """
    room = _Room(limit_bytes - len(head.encode()) - len(note("").encode()) - _NOTE_BYTES)
    written: list[str] = []
    missing: list[str] = []
    for index, piece in enumerate(pieces):
        later = sum(len(it.head.encode()) + len(it.tail.encode()) for it in pieces[index + 1 :])
        later += _SMALL_PART_BYTES * (len(pieces) - index - 1)
        if not room.takes(piece.head + piece.tail):
            missing.append(f"{piece.title} (all {piece.lines:,})")
            continue
        lines = _lines(piece, room, keep=later)
        written += [piece.head, *(text for text, _ in lines), piece.tail]
        shortened = sum(is_short for _, is_short in lines)
        if len(lines) < piece.lines:
            missing.append(f"{piece.title} ({piece.lines - len(lines):,} of {piece.lines:,})")
        elif shortened:
            missing.append(f"{piece.title} (attributes of {shortened:,})")
    if missing:
        return head + note(f"Left out: {'; '.join(missing)}.") + "".join(written)
    return head + "".join(written)


def _lines(piece: Piece, room: _Room, *, keep: int) -> list[tuple[str, bool]]:
    """The lines that fit, each with whether it is shorter than it could be."""
    lines: list[tuple[str, bool]] = []
    for number in range(piece.lines):
        after = _SHORT_LINE_BYTES * (piece.lines - number - 1)
        full = piece.line(number) if room.left > keep + after else None
        if full is not None and room.takes(full, keep=keep + after):
            lines.append((full, False))
            continue
        short = piece.short(number)
        if not room.takes(short, keep=keep):
            break
        lines.append((short, short != (full or piece.line(number))))
    return lines
