"""Text of others made inert: it is shown, and steers neither a terminal nor a workflow.

Terminals obey what cannot be seen: control characters, line ends, marks of direction. GitHub's
runner obeys a line of a log that begins with `::` and one of its words, in large or small letters, such as
`::stop-commands::`, and what stands in `##[...]` anywhere in a line. All of it is written out.

Sources: https://unicode.org/reports/tr9/,
https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions,
https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""

from __future__ import annotations

import json
import re
from typing import Final

_COMMANDS: Final = re.compile(r"^(\s*):(?=:[A-Za-z-]+( .*)?::)|#(?=#\[)")
_NAMED: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_SMALL: Final = 0xFFFF


def visible(text: str) -> str:
    """A text in one line. What is inert already stays as it is."""
    if not text.isprintable():
        text = "".join(it if it.isprintable() else _written_out(it) for it in text)
    return _COMMANDS.sub(lambda found: f"{found[1] or ''}{_escape(found[0][-1])}", text)


def visible_lines(text: str) -> str:
    """A text of several lines, which stay lines."""
    return "\n".join(map(visible, text.split("\n")))


def visible_json(document: object, *, indent: int) -> str:
    """A document as JSON; to a program the values are what they were."""
    return json.dumps(document, indent=indent).replace("##[", rf"{_escape('#')}#[")


def _written_out(character: str) -> str:
    return _NAMED.get(character, _escape(character))


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= _SMALL else f"\\U{number:08x}"
