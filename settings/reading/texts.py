"""Finds the texts of a file that would not reach AWS as they are written.

Terraform brings every text into Unicode's form NFC, drops a byte order mark where a text begins with
one, doubles a dollar sign after a carriage return, and misses the end of a text whose last character
joins what follows it: it looks for the quote in whole graphemes. What comes back from AWS comes in XML, which
knows no other control characters than tab, line feed and carriage return, and takes the last for a
line feed. A password or a name that changes on the way opens nothing; so such a text is refused, and
never mended in silence.

What Terraform does was seen: tests/terraform/test_files_are_data.py sends it every character.
Sources: https://developer.hashicorp.com/terraform/language/expressions/types#string,
https://www.unicode.org/reports/tr15/, https://www.w3.org/TR/xml/#charsets
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from settings.notation import path
from settings.reading.problem import given, hides_secret
from settings.reading.shape import KEY, Location
from settings.reading.tokens import is_token

# Control characters; halves of characters; what Python's Unicode does not know yet, so that a newer
# Python takes more. Terraform's may know it, and set it in another order.
_REFUSED: Final = frozenset({"Cc", "Cs", "Cn"})
_KNOWN: Final = f"characters of Unicode {unicodedata.unidata_version} and later emoji"
# Blocks of symbols alone, none of which is set in order: an emoji is taken whatever Python knows.
# https://www.unicode.org/reports/tr51/#def_emoji_set, Extended_Pictographic
_EMOJI: Final = re.compile("[\U0001f000-\U0001faff]")
# Grapheme_Cluster_Break=Prepend, in Terraform's Unicode and later ones; Python knows it of no character.
# https://www.unicode.org/Public/15.0.0/ucd/auxiliary/GraphemeBreakProperty.txt
_JOINING: Final = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890-\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2-\U000111c3"
    "\U000113d1\U0001193f\U00011941\U00011a3a\U00011a84-\U00011a89\U00011d46\U00011f02]"
)
# jsii refuses the one with a traceback, cdktf leaves the other out without a word.
_LOST_KEYS: Final = ("__proto__", "//")

_CHARACTERS: Final[tuple[tuple[str, Callable[[str], str | None]], ...]] = (
    (
        f"{_KNOWN}, without control characters other than tab and line feed",
        lambda text: next((it for it in text if _is_refused(it)), None),
    ),
    (
        "characters that do not join the one that follows them",
        lambda text: found[0] if (found := _JOINING.search(text)) else None,
    ),
    ("text without byte order marks", lambda text: "\ufeff" if "\ufeff" in text else None),
)
"""Rules of single characters: what is allowed, and a text's first character that is not."""

_MOST_SPELT: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """A text that would not arrive as it is written.

    Args:
        location: Where it stands; ends with `KEY` where it is a table's key.
        given: What was given, the characters spelt out.
        allowed: What is allowed, in words that stand after "allowed:".
        mend: What to do.
    """

    location: Location
    given: str
    allowed: str
    mend: str

    @property
    def setting(self) -> str:
        """The setting's path; of a key, that of its table."""
        return path(_table(self.location))


def unfit(document: Mapping[str, object]) -> Iterator[Unfit]:
    """Every unfit text of a document, values and keys; a key comes before what stands below it."""
    for location, value in _scalars(document):
        found = _found_key(value) if location[-1] == KEY else _found(value)
        if found is None:
            continue
        characters, allowed, mend = found
        setting = path(_table(location))
        shown = given(setting, value)
        if location[-1] == KEY:
            shown = f"the key {shown}"
            mend = mend if characters else "rename the key"
        if hides_secret(setting, value):
            mend = mend.partition(":")[0]
        elif characters:
            shown = f"{_spelt(characters)} in {shown}"
        yield Unfit(location=location, given=shown, allowed=f"allowed: {allowed}", mend=mend)


def _table(location: Location) -> Location:
    return location[:-2] if location[-1] == KEY else location


def _scalars(value: object, location: Location = ()) -> Iterator[tuple[Location, object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield (*location, key, KEY), key
            yield from _scalars(item, (*location, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _scalars(item, (*location, index))
    else:
        yield location, value


def _found_key(key: object) -> tuple[str, str, str] | None:
    """What is wrong with a table's key."""
    if key in _LOST_KEYS:
        return (
            "",
            f"a key other than {' and '.join(_LOST_KEYS)}, which cdktf loses",
            "rename the key",
        )
    return _found(key)


def _found(value: object) -> tuple[str, str, str] | None:
    """What is wrong with a value: its characters, what is allowed, how to mend it."""
    text = str(value)
    if is_token(text):
        return "", "text without the marks of cdktf's own references", "remove it"
    if text.isascii() and text.isprintable():
        return None
    for allowed, refused in _CHARACTERS:
        if found := refused(text):
            return found, allowed, "remove it"
    if decomposed := _decomposed(text):
        composed = _spelt(unicodedata.normalize("NFC", decomposed))
        return (
            decomposed,
            "text in Unicode's form NFC, for Terraform changes every other into it",
            f"write it composed: {composed}",
        )
    return None


def _is_refused(character: str) -> bool:
    taken = character in "\t\n" or _EMOJI.fullmatch(character)
    return not taken and unicodedata.category(character) in _REFUSED


def _decomposed(text: str) -> str:
    """The first part of a text that is not in NFC, with the marks that follow it.

    Every part of a text in NFC is in NFC itself, so that halving finds both ends.
    """
    if _composed(text):
        return ""
    end = bisect_left(range(len(text)), x=True, key=lambda end: not _composed(text[:end]))
    start = bisect_left(range(end), x=True, key=lambda start: _composed(text[start:end]))
    while unicodedata.combining(text[end : end + 1] or " "):
        end += 1
    return text[start - 1 : end]


def _composed(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


def _spelt(characters: str) -> str:
    spelt = [f"U+{ord(character):04X}" for character in characters[:_MOST_SPELT]]
    return " ".join(spelt if len(characters) <= _MOST_SPELT else [*spelt, "..."])
