"""Makes text of the plan's harmless in a comment: it is shown, and does nothing."""

from __future__ import annotations

import html
import re
from typing import Final

from facts.inert import visible

_BACKTICKS: Final = re.compile(r"`+")


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
