"""Text of others made inert: it is shown, and neither steers nor deceives whoever reads it.

Terminals obey what cannot be seen: control characters, line ends, marks of direction. GitHub's
runner obeys a line of a log that begins with `::` and one of its words, in large or small letters, such as
`::stop-commands::`, and what stands in `##[...]` anywhere in a line. A reader takes a letter without
ink for nothing, letters that run from right to left turn round what stands beside them, and accents
in heaps, or without a letter, are drawn over it. All of it is written out, as TOML, JSON and
Terraform write it too.

Sources: https://unicode.org/reports/tr9/, https://unicode.org/reports/tr36/,
https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions,
https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from unicodedata import bidirectional, category, combining

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMANDS: Final = re.compile(r"^(\s*):(?=:[A-Za-z-]+( .*)?::)|#(?=#\[)")
_NAMED: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_SMALL: Final = 0xFFFF

# Default_Ignorable_Code_Point, https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt:
# Python knows this property of no character.
_IGNORABLE: Final = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
_BLANK: Final = ((0x2800, 0x2800), (0x1D159, 0x1D159))
"""What is drawn without ink and is no space: Braille's empty pattern, music's empty note."""
_UNSEEN: Final = re.compile(
    f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in _IGNORABLE + _BLANK)}]"
)
_FROM_THE_RIGHT: Final = frozenset({"R", "AL", "AN"})
_OVERLAY: Final = 1
_MOST_MARKS: Final = 4
"""How many accents a letter may carry; Hebrew and Vietnamese come to three."""


def visible(text: str) -> str:
    """A text in one line. What is inert already stays as it is."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_shown(text))
    return _COMMANDS.sub(lambda found: f"{found[1] or ''}{_escape(found[0][-1])}", text)


def visible_lines(text: str) -> str:
    """A text of several lines, which stay lines."""
    return "\n".join(map(visible, text.split("\n")))


def visible_json(document: object, *, indent: int | None) -> str:
    """A document as JSON, in one line without `indent`; to a program the values are what they were."""
    return json.dumps(document, indent=indent).replace("##[", rf"{_escape('#')}#[")


def _shown(text: str) -> Iterator[str]:
    """A text's characters, those written out that are not what they look like."""
    room = 0
    for it in text:
        mark = category(it).startswith("M")
        if mark:
            seen = room > 0 and combining(it) != _OVERLAY and category(it) != "Me"
        else:
            seen = bidirectional(it) not in _FROM_THE_RIGHT
        if seen and it.isprintable() and not _UNSEEN.match(it):
            room = room - 1 if mark else _MOST_MARKS * it.isalpha()
            yield it
        else:
            room = 0
            yield _written_out(it)


def _written_out(character: str) -> str:
    return _NAMED.get(character, _escape(character))


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= _SMALL else f"\\U{number:08x}"
