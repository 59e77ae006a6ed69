"""How a sentence names a number of things."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its word: `1 table`, `2,000 tables`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def capital(words: str) -> str:
    """Words as a sentence begins with them: `The source`."""
    return f"{words[:1].upper()}{words[1:]}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first of some names, and how many there are besides: `a, b and 3 more`."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
