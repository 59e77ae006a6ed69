"""Words that are found in a text, and what is looked for where they stand."""

from __future__ import annotations

import re
import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.redaction import words as module
from ferry.redaction.words import Shapes, Words

WORDS = ("a", "ab", "bab", "k", "si", "x-y", "ab")
TEXTS = st.text(alphabet="abABkKxX-yiIsS \u017f\u0131\u0130\N{KELVIN SIGN}é漢\ud800", max_size=30)

EVERY_CHARACTER = "".join(map(chr, range(sys.maxunicode + 1)))


@pytest.mark.parametrize("letter", string.ascii_lowercase)
def test_letters_are_those_that_a_pattern_takes_for_one(letter: str) -> None:
    matched = re.finditer(letter, EVERY_CHARACTER, re.IGNORECASE)

    assert list(Words([letter]).found(EVERY_CHARACTER)) == [(it.start(), 0) for it in matched]


@pytest.mark.parametrize("at_once", [1, 3, 65_536])
@given(text=TEXTS)
def test_each_word_is_found_wherever_it_stands(at_once: int, text: str) -> None:
    words = Words(WORDS)
    expected = sorted(
        (match.start(), which)
        for which, word in enumerate(WORDS)
        for match in re.finditer(f"(?={word})", text, re.IGNORECASE)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_AT_ONCE", at_once)
        assert list(words.found(text)) == expected
        assert words.stand_in(text) == bool(expected)


@given(text=TEXTS)
def test_each_shape_is_found_as_its_pattern_alone_finds_it(text: str) -> None:
    shapes = {
        "a b": re.compile(r"[ab]+?b|(?<!b)a", re.IGNORECASE),
        "ab": re.compile(r"ab."),
        "kk": re.compile(r"kk+", re.IGNORECASE),
    }
    expected = [it.span() for shape in shapes.values() for it in shape.finditer(text)]

    assert [it.span() for it in Shapes(shapes).found(text)] == sorted(
        expected, key=lambda it: it[0]
    )
