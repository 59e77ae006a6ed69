"""Finds words in a text, however many they are and in whatever letters, in one go.

A pattern that has many beginnings, or disregards case, tries each of them at each character: forty
times as long. So what is looked for behind a word is tried where the word stands, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ahocorasick_rs import BytesAhoCorasick

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping

_ALSO: Final = {
    "\N{LATIN SMALL LETTER LONG S}": "s",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}": "i",
    "\N{KELVIN SIGN}": "k",
}
"""What `re.IGNORECASE` takes for a letter of ASCII."""

_AT_ONCE: Final = 65_536
"""Characters that are searched at once: what is found in them takes memory."""


class Words:
    """Finds where words stand, also inside of others.

    Args:
        words: In ASCII; a text may have them in capitals or small letters.
    """

    __slots__ = ("_finder", "_longest", "words")

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        folded = list(map(_folded, self.words))
        self._longest = max(map(len, folded))
        self._finder = BytesAhoCorasick(folded)

    def stand_in(self, text: str) -> bool:
        """Whether a text has any of them."""
        if len(text) <= _AT_ONCE:
            return bool(self._finder.find_matches_as_indexes(_folded(text)))
        return any(map(self._finder.find_matches_as_indexes, self._parts(text)))

    def found(self, text: str) -> Iterator[tuple[int, int]]:
        """Where each begins, in order, and which one it is."""
        for number, part in enumerate(self._parts(text)):
            matches = self._finder.find_matches_as_indexes(part, overlapping=True)
            for start, which in sorted((start, which) for which, start, _ in matches):
                if start < _AT_ONCE:  # what begins behind is the next part's
                    yield number * _AT_ONCE + start, which

    def _parts(self, text: str) -> Iterator[bytes]:
        """A text in parts, each with what a word needs that begins in it, and letters folded."""
        for at in range(0, len(text), _AT_ONCE):
            yield _folded(text[at : at + _AT_ONCE + self._longest - 1])


class Shapes:
    """Finds what has a shape that begins with one of a few words.

    Args:
        shapes: Patterns, each by the words, with spaces between, that what it matches begins with:
            it is tried there alone.
    """

    __slots__ = ("_shapes", "_words", "words")

    def __init__(self, shapes: Mapping[str, re.Pattern[str]]) -> None:
        self._shapes = [
            (number, shape)
            for number, (words, shape) in enumerate(shapes.items())
            for _ in words.split()
        ]
        self.words = " ".join(shapes).split()
        self._words = Words(self.words)

    def found(self, text: str) -> Iterator[re.Match[str]]:
        """What `finditer` of each pattern finds, by where it begins."""
        ends = [0] * len(self._shapes)
        for start, which in self._words.found(text):
            number, shape = self._shapes[which]
            if start >= ends[number] and (match := shape.match(text, start)):
                ends[number] = match.end()
                yield match


def _folded(text: str) -> bytes:
    """A text in small letters, with as many bytes as it has characters."""
    if not text.isascii():
        for letter, plain in _ALSO.items():
            text = text.replace(letter, plain)
    return text.encode("ascii", "replace").lower()
