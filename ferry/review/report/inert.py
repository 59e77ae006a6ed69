"""Makes text of the plan's harmless in a comment: it is shown, and does nothing."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

_BACKTICKS: Final = re.compile(r"`+")
_PLAIN: Final = re.compile(r"[\x20-\x7e]*")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_NAMED: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_SMALL: Final = 0xFFFF


def visible(text: str) -> str:
    """A text in one line: control characters, line ends and marks of direction are written out."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(map(_seen, text))


def _seen(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    number = ord(character)
    return _NAMED.get(character, f"\\u{number:04x}" if number <= _SMALL else f"\\U{number:08x}")


def code(text: str) -> str:
    """A Markdown code span, in which nothing is markup, mention, reference, link or emoji.

    Source: https://spec.commonmark.org/0.31.2/#code-spans
    """
    text = visible(text) or "(empty)"
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if text[0] in " `" or text[-1] in " `" else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def code_in_table(text: str) -> str:
    """A code span for a cell of a table, where a bar must be escaped even in code.

    Source: https://github.github.com/gfm/#example-200
    """
    return code(text).replace("|", r"\|")


def code_in_html(text: str) -> str:
    """Code in an HTML block, in which Markdown is not read."""
    return f"<code>{html.escape(visible(text) or '(empty)')}</code>"
