"""Finds where the value behind a name begins and ends in a text, however it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferry.redaction.secret_names import ARN, is_arn
from ferry.redaction.secret_shapes import QUOTE_MARK

if TYPE_CHECKING:
    Span = tuple[int, int]

BEFORE: Final = 40
"""Characters that are looked at before a name, and of what may be an ARN."""

QUOTE: Final = re.compile(rf"(?P<kind>(?:[A-Za-z]{{1,2}}+&?+)?+)(?P<mark>{QUOTE_MARK})")
_DOLLARS: Final = re.compile(r"\$(?:[A-Za-z_]\w*+)?+\$")
_WORD: Final = re.compile(r"(?:[^\s\"';&},]|,(?!\s|$))++")
_NO_SECRET: Final = re.compile(
    rf"(?:(?i:true|false|null)|{ARN}[^\s\"',;&}})\]\\]*+|\((?:known\ after\ apply|sensitive\ value)\))"
    r"(?=[\s\"',;&})\]\\]|\Z)"
)
_LEADS: Final = re.compile(
    r"(?:basic|bearer|digest|negotiate|token)\s++|(?:[a-z]++\s){1,4}+(?=cty\.|\(sensitive\))",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(r"\s*+->\s++|(?:(?!cty\.)[a-z\s,.]){0,60}+(?=cty\.|\(sensitive\))")
"""What stands between the value that was and the one that will be."""

_HEREDOC: Final = re.compile(r"<<[-~]?+\\?+[\"']?+(?P<end>\w++)[\"']?+[^\n]*+\n")
_HEREDOC_CHANGED: Final = re.compile(r"\n[ \t]*+\w++(?=[ ]->[ ])")
_BLOCK: Final = re.compile(r"[|>][+\-0-9]*+[ \t]*+(?=\n)")
_IN_JSON: Final = re.compile(r"(?:<<[-~]?+\w++|[|>][+\-0-9]*+)[ \t]*+\\++n")
"""A heredoc or a block of YAML inside of a JSON text, whose end cannot be told."""

_CALL: Final = re.compile(r"(?:\(\*?+[\w.]++\)(?=\())?+(?:[A-Za-z_][\w.]*+)?+(?P<bracket>[\[{(])")
"""An opening bracket, with what Terraform's functions and Go's types put before it."""
_BRACKETS: Final = re.compile(r"\\*+[\"']|[\[{(\]})]")
_OPENING: Final = frozenset("[{(")
_TAIL: Final = re.compile(r"(?:\w[^\s\"';&},)\]]*+)?+")
_LINE: Final = re.compile(r"\n(?P<indent>[ \t│]*+(?:(?:-/\+|\+/-|[+~\-])[ ]++)?+)(?P<rest>[^\n]*+)")
_FIRST: Final = re.compile(_LINE.pattern.removeprefix(r"\n"))
_CLOSING_LINE: Final = re.compile(r"\n[ \t│]*+[\])}]++")


class Values:
    """Finds where the values in a text begin and end.

    A value ends at its own quote, bracket or word, with the lines that are indented below its name,
    or else with its line: never with something that only a text in another value holds.

    Args:
        text: The text.
        in_log: Whether Terraform wrote it, which puts no line end into quotes.
    """

    __slots__ = ("_in_log", "_line_end", "_text", "_unclosed")

    def __init__(self, text: str, *, in_log: bool) -> None:
        self._text = text
        self._in_log = in_log
        self._line_end = -1
        self._unclosed: set[str] = set()

    def behind(self, match: re.Match[str]) -> tuple[list[Span], int]:
        """The values behind a name, one or, of a change, two; and where they end."""
        spans: list[Span] = []
        at = match.end()
        if "\n" in match[0] and (below := self._below(self._text.index("\n", match.end("name")))):
            return [(at, below)] if below > at else [], max(at, below)
        while True:
            start, end, at = self._one(at)
            if end > start:
                spans.append((start, end))
            more = _GOES_ON.match(self._text, at)
            if more is None:
                return spans, at
            at = more.end()

    def _one(self, at: int) -> tuple[int, int, int]:
        """Where a value begins and ends, and where what follows it begins."""
        text = self._text
        if leads := _LEADS.match(text, at):
            at = leads.end()
        if none := _NO_SECRET.match(text, at):
            return at, at, none.end()
        if quote := QUOTE.match(text, at):
            start = at if quote["kind"] else quote.end()
            if is_arn(text[quote.end() : quote.end() + BEFORE]):
                start = len(text)
            return start, *self._closing(quote["mark"], quote.end())
        if dollars := _DOLLARS.match(text, at):
            return dollars.end(), *self._closing(dollars[0], dollars.end())
        if heredoc := _HEREDOC.match(text, at):
            end = self._end_of_heredoc(heredoc)
            changed = _HEREDOC_CHANGED.match(text, end)
            return heredoc.end(), end, changed.end() if changed else end
        end = self._end(at)
        return at, end, end

    def _end(self, at: int) -> int:
        """Where a value ends that is in no quotes."""
        text = self._text
        if _IN_JSON.match(text, at):
            return self._end_of_line(at)
        if block := _BLOCK.match(text, at):
            return self._below(block.end()) or block.end()
        if call := _CALL.match(text, at):
            return self._closing_bracket(call)
        word = _WORD.match(text, at)
        return at if word is None else word.end()

    def _end_of_line(self, at: int) -> int:
        if at > self._line_end:
            end = self._text.find("\n", at)
            self._line_end = len(self._text) if end < 0 else end
        return self._line_end

    def _below(self, line_end: int) -> int:
        """Where the lines end that are indented deeper than the one that ends there; 0 if none."""
        first = _FIRST.match(self._text, self._text.rfind("\n", 0, line_end) + 1)
        indent = len(first["indent"]) if first else 0
        end, at = 0, line_end
        while line := _LINE.match(self._text, at):
            at = line.end()
            if line["rest"]:
                if len(line["indent"]) <= indent:
                    break
                end = at
        return end

    def _end_of_heredoc(self, heredoc: re.Match[str]) -> int:
        if self._in_log:
            return self._below(heredoc.end() - 1) or heredoc.end()
        last = re.compile(rf"\n[ \t]*+{heredoc['end']}\b").search(self._text, heredoc.end() - 1)
        return last.start() if last else len(self._text)

    def _closing(self, mark: str, at: int) -> Span:
        """Where the quote is that closes another, deeper ones inside of it; the line's if nowhere."""
        text, begin = self._text, at
        limit = self._end_of_line(at) if self._in_log else len(text)
        while mark not in self._unclosed and (found := text.find(mark, at, limit)) >= 0:
            at = found + len(mark)
            if text[found - 1 : found] == "\\":
                continue
            if mark == "'" and found > begin and text[at : at + 1] == "'":
                at += 1  # SQL writes a quote within quotes so
                continue
            return found, found + len(mark)
        if not self._in_log:
            self._unclosed.add(mark)
        end = self._end_of_line(begin)
        end = self._below(end) or end
        return end, end

    def _closing_bracket(self, call: re.Match[str]) -> int:
        """Behind the bracket that closes another on its line, or below the lines in between."""
        text, at, depth = self._text, call.start("bracket"), 0
        limit = self._end_of_line(at)
        while found := _BRACKETS.search(text, at, limit):
            at = found.end()
            if found[0] in _OPENING:
                depth += 1
            elif found[0][-1] in "\"'":
                closing = self._quoted(found[0], at, limit)
                if closing < 0:
                    break
                at = closing
            else:
                depth -= 1
                if depth == 0:
                    tail = _TAIL.match(text, at)
                    return at if tail is None else tail.end()
        end = self._below(limit) or limit
        closing_line = _CLOSING_LINE.match(text, end)
        return closing_line.end() if closing_line and end > limit else end

    def _quoted(self, mark: str, at: int, limit: int) -> int:
        """Behind the quote that closes another on its line; negative if none does."""
        while (found := self._text.find(mark, at, limit)) >= 0:
            at = found + len(mark)
            if self._text[found - 1 : found] != "\\":
                return at
        return -1
