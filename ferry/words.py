"""How a sentence names a number of things."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its word: `1 table`, `2,000 tables`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def capital(words: str) -> str:
    """Words as a sentence begins with them: `The source`."""
    return f"{words[:1].upper()}{words[1:]}"
