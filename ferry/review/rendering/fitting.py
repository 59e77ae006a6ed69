"""Keeps a report below the size that GitHub takes, and says loudly what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LIMIT_BYTES: Final = 60_000
"""GitHub takes comments of 65,536 characters. Bytes are never fewer than characters, and what
posts the comment adds a line or two of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A part of the report, written.

    Args:
        title: What it is called where it is left out.
        head: What comes first.
        items: Its lines, each in full and in short.
        tail: What comes last.
    """

    title: str
    head: str
    items: Sequence[tuple[str, str]]
    tail: str


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

    While less than half of the room is left, lines come in short; then they are left out. The note
    that says so stands below the head. A part's last room is kept for the parts after it, so that
    none goes without its heading unseen.

    Args:
        head: What the report begins with.
        pieces: Its parts, the most important first.
        note: Writes the note of a sentence that says what is missing.
        limit_bytes: The size of the whole, in bytes of UTF-8.
    """
    room = _Room(limit_bytes - len(head.encode()) - len(note("").encode()) - 1_000)
    half = room.left // 2
    written: list[str] = []
    missing: list[str] = []
    for index, piece in enumerate(pieces):
        later = sum(len(it.head.encode()) + len(it.tail.encode()) for it in pieces[index + 1 :])
        later += 600 * (len(pieces) - index - 1)
        if not room.takes(piece.head + piece.tail):
            missing.append(f"{piece.title} (all {len(piece.items):,})")
            continue
        written.append(piece.head)
        left_out = 0
        shortened = 0
        for full, short in piece.items:
            if room.left > half and room.takes(full, keep=later):
                written.append(full)
            elif room.takes(short, keep=later):
                written.append(short)
                shortened += full != short
            else:
                left_out += 1
        written.append(piece.tail)
        if left_out:
            missing.append(f"{piece.title} ({left_out:,} of {len(piece.items):,})")
        elif shortened:
            missing.append(f"{piece.title} (attributes of {shortened:,})")
    if missing:
        return head + note(f"Left out: {'; '.join(missing)}.") + "".join(written)
    return head + "".join(written)
