"""Knows secrets by what stands before them, where no mask of Terraform's marks them.

Every text is read once, from its beginning to its end, however it was made up: no pattern here goes
back over what it has passed (their repeats are possessive), and what a search has passed is never
searched again. What takes long is done only where a word stands that it begins with (`words`).

No value reaches over a line by which Terraform begins what it says of a resource: whoever may write
a value could hide from readers what else happens.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from ferry.review.plan.secret_names import (
    ALWAYS,
    ARN,
    MEMBERS,
    MOSTLY,
    TELLING,
    always_names_a_secret,
    is_arn,
    names_a_secret,
    names_a_secret_in_text,
    names_objects,
    tells_a_name,
    tells_a_value,
)
from ferry.review.plan.secret_shapes import (
    QUOTE_MARK,
    WORDS,
    may_be_password_file,
    password_files,
    shaped,
    tokens,
)
from ferry.review.plan.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Span = tuple[int, int]

SENSITIVE: Final = "(sensitive)"
"""What is shown in a secret's place."""

_HEADER: Final = re.compile(
    r"^(?:  \# [^\n]*(?P<fate> (?:will|must|has|is)\ [^\n]*)|Plan: \d[^\n]*|Changes to Outputs:)$",
    re.MULTILINE,
)
r"""A line by which Terraform begins what it says of a resource, and the last ones of a plan.

What becomes of the resource stands apart: its key may be anything.
"""

_LEADING: Final = ("access", "api", "auth", "private", "secret", "security", "session")
"""First words of names that are written with spaces: a secret access key."""

_NAMED: Final = re.compile(
    rf"""
    (?<![\w.\-])
    (?:(?<=\\)(?:[nrt]|u[0-9A-Fa-f]{{4}})|(?<=%)[0-9A-Fa-f]{{2}})?+  # as JSON and URLs write them
    (?P<option>-{{0,2}}+)\.?+
    (?P<name>
        (?:(?<!-)(?i:{"|".join(_LEADING)})[ ](?=[A-Za-z_])){{0,3}}+
        [A-Za-z_][\w.\-]*+
    )
    (?P<quote>{QUOTE_MARK})?+(?:\[[^\]\s]{{0,40}}+\])?+\]?+\s*+
    (?:
        (?P<sign>=>|:=|={{1,3}}+|:|\\++u003[dD]|%(?:25)*+3[dD]|(?<=\w-)>(?!\s))
        |(?P<comma>,)
        |(?P<is>(?<=\s)is\s(?=\s*+(?:{QUOTE_MARK}|cty\.)))
        |(?P<space>(?<=\s))
    )
    \s*+
    """,
    re.VERBOSE,
)
_UNBROKEN: Final = re.compile(r"[\w.\-]*+")
"""What has no second place at which `_NAMED` could begin."""

_IN_SECRETS_NAMES: Final = Words({*ALWAYS, *MOSTLY, *MEMBERS, *(f"{it} " for it in _LEADING)})
_IN_TELLING_NAMES: Final = Words(TELLING)

_LINE_BEGINS: Final = re.compile(
    r"(?:^|[\n{\[(,;&?\"'<>]|\\[nrt]|\\u[0-9A-Fa-f]{4})[\s\"'\\+~\-]*+$"
)
_BEFORE: Final = 40
"""Characters that are looked at before a name."""

_NAME_TOLD: Final = re.compile(rf"{QUOTE_MARK}?+([\w.\-/]{{1,128}}+)")
_IN_SIGHT: Final = 4_096
"""Characters in which a quoted text is sought whose brackets are not those of what it stands in."""
_DEEPEST: Final = 16
"""Characters of a quote mark up to which names and values that belong together are told."""

_QUOTE: Final = re.compile(rf"(?P<kind>(?:[A-Za-z]{{1,2}}+&?+)?+)(?P<mark>{QUOTE_MARK})")
_IN_QUOTES: Final = re.compile(rf"[\[{{(\s]{{0,8}}+{QUOTE_MARK}")
_SQL: Final = re.compile(r"(?:[A-Za-z]{1,2}+&?+)?+'|\$(?:[A-Za-z_]\w*+)?+\$")
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
_OBJECTS: Final = re.compile(r"\[\s*+(?:[+~\-]\s++)?\{")
_OPENING: Final = frozenset("[{(")
_TAIL: Final = re.compile(r"(?:\w[^\s\"';&},)\]]*+)?+")
_LINE: Final = re.compile(r"\n(?P<indent>[ \t│]*+(?:(?:-/\+|\+/-|[+~\-])[ ]++)?+)(?P<rest>[^\n]*+)")
_FIRST: Final = re.compile(_LINE.pattern.removeprefix(r"\n"))
_CLOSING_LINE: Final = re.compile(r"\n[ \t│]*+[\])}]++")

_ELEMENT: Final = re.compile(
    r"(?:<|\\u003[cC]|&lt;)(?P<name>[A-Za-z_][\w.:\-]*+)(?:\s[^<>\\&]{0,200}+)?+"
    r"(?:>|\\++u003[eE]|&gt;)"
)
_END_OF_ELEMENT: Final = re.compile(r"(?:<|(?<!\\)\\++u003[cC]|&lt;)\\*+/")

_USER_IN_URL: Final = re.compile(r":(?://|\\/\\/)(?=(?P<user>[^/\s:@]*+:))")
_END_OF_URL: Final = re.compile(r"[\s\"']|\Z")
_KEY: Final = re.compile(r"-----(?i:BEGIN [a-z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?)-----")
_KEY_LINES: Final = re.compile(
    r"(?:[ ]?+[A-Za-z0-9+/=]{40,}+)*+[A-Za-z0-9+/=]*+"
    r"(?:[ \t│+~\-]*+(?:\r?\n|\\++[nrt])[ \t│+~\-]*+"
    r"(?:(?:Proc-Type|DEK-Info|Version|Comment|Hash):[^\n\\\"]*+|[A-Za-z0-9+/=]*+"
    r"(?=[ \t]*+(?:[\n\r\\\"'<]|\Z|-----END))))*+"
)
_LONG: Final = 100_000
"""Characters of a text whose redaction is remembered; the last few, for they take memory."""

_WORTH_A_LOOK: Final = Words({*ALWAYS, *MOSTLY, *MEMBERS, *WORDS, "://", r":\/\/"})
"""A text that has none of them has no secret; a private key has the word key."""


def redacted(text: str) -> str:
    """A text without what follows a secret's name, credentials in URLs, and private keys.

    Terraform masks whole values. A secret inside another text, such as a DMS connection attribute
    or a JSON document, is known by what stands before it alone.
    """
    if not _is_worth_a_look(text):
        return text
    return _redacted(text) if len(text) < _LONG else _redacted_once(text)


def _is_worth_a_look(text: str) -> bool:
    return _WORTH_A_LOOK.stand_in(text) or may_be_password_file(text)


@lru_cache(maxsize=8)
def _redacted_once(text: str) -> str:
    """A long text is looked at once, however often it is shown: in a sentence, in a table."""
    return _redacted(text)


def _redacted(text: str) -> str:
    parts = []
    for part, in_log in _parts(text):
        for spans in _KINDS:
            part = _without(part, spans(part, in_log=in_log))  # noqa: PLW2901 - bit by bit
        parts.append(part)
    return "".join(parts)


def secrets_in(text: str) -> Iterator[str]:
    """The secrets in a text that are known by what stands before them."""
    if not _is_worth_a_look(text):
        return
    for part, in_log in _parts(text):
        for spans in _KINDS:
            for start, end in spans(part, in_log=in_log):
                yield part[start:end]
                if spans is _credentials:
                    yield part[start:end].partition(":")[2]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """What Terraform says of each resource, which one it is, and what becomes of it.

    Each with whether it comes behind such a line: it is Terraform's way of writing then.
    """
    done, in_log = 0, False
    for header in _HEADER.finditer(text):
        for cut in (header.start(), header.start("fate"), header.end()):
            if cut > done:
                yield text[done:cut], in_log
                done = cut
            in_log = True
    if done < len(text):
        yield text[done:], in_log


def _without(text: str, spans: Iterable[Span]) -> str:
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], SENSITIVE]
        done = end
    return "".join([*parts, text[done:]]) if parts else text


def _credentials(text: str, *, in_log: bool) -> Iterator[Span]:  # noqa: ARG001 - as the others
    """What stands between `://` and the last `@` of a URL that has a password.

    Each URL is searched for its `@` once, however many `://` it has: one pattern would search on
    from each of them to the end, and take a quarter of a minute for 64 KB that somebody made up.
    What may be a port and a path is hidden, too: a password may be `5432/x`.
    """
    end = at = -1
    for url in _USER_IN_URL.finditer(text):
        start, behind = url.span("user")
        if behind > end and (found := _END_OF_URL.search(text, behind)):
            end = found.start()
            at = text.rfind("@", behind, end)
        if at > behind:
            yield start, at
            at = -1


def _keys(text: str, *, in_log: bool) -> Iterator[Span]:
    """What private keys in PEM consist of; of one without an end, the lines that look like it."""
    done, end = 0, -1
    for begin in _KEY.finditer(text):
        if begin.end() < done:
            continue
        if done <= end < begin.end() or end < 0 <= done:
            end = text.find("-----END", begin.end())
            end = len(text) if end < 0 else end
        lines = _KEY_LINES.match(text, begin.end())
        done = begin.end() if lines is None else lines.end()
        if end < len(text) and not (in_log and "\n" in text[begin.end() : end]):
            done = end
        if done > begin.end():
            yield begin.end(), done


def _elements(text: str, *, in_log: bool) -> Iterator[Span]:  # noqa: ARG001 - as the others
    """What XML has in an element that bears the name of a secret."""
    end = 0
    for element in _ELEMENT.finditer(text):
        if element.start() < end or not names_a_secret(element["name"].rpartition(":")[2]):
            continue
        closing = _END_OF_ELEMENT.search(text, element.end())
        if closing is None:
            return
        end = closing.start()
        if end > element.end():
            yield element.end(), end


class _Names:
    """Finds in a text what `_NAMED` does, of names that have one of some words in them alone."""

    __slots__ = ("_backwards", "_found", "_text")

    def __init__(self, text: str, words: Words) -> None:
        self._text = text
        self._backwards = text[::-1]
        self._found = words.found(text)

    def search(self, at: int) -> re.Match[str] | None:
        """The next one that begins at a place or behind it; the places must not go back."""
        length = len(self._text)
        for place, _ in self._found:
            if place < at:
                continue
            before = _UNBROKEN.match(self._backwards, length - place, length - at)
            begin = place - len(before[0]) if before else place
            if match := _NAMED.match(self._text, begin):
                return match
            at = place + 1  # what is unbroken has one beginning
        return None


class _Pair:
    """An object of which one member may say the name of what another one holds."""

    __slots__ = ("end", "is_secret", "value")

    def __init__(self) -> None:
        self.end = 0
        self.is_secret = False
        self.value: re.Match[str] | None = None


def _named(text: str, *, in_log: bool) -> Iterator[Span]:
    """What follows the name of a secret, or stands beside it."""
    values = _Values(text, in_log=in_log)
    search = (
        partial(_NAMED.search, text)
        if _tells_a_secret(text)
        else _Names(text, _IN_SECRETS_NAMES).search
    )
    pairs: dict[str, _Pair] = {}
    found: list[Span] = []
    at = 0
    while match := search(at):
        at = match.end("name")
        value = None
        if names_a_secret(match["name"]):
            value = match if _is_followed(text, match) else None
        elif match["sign"] and len(match["quote"] or "") <= _DEEPEST:
            pair = pairs.setdefault(match["quote"] or "", _Pair())
            value = _of_pair(text, match, pair)
        if value:
            spans, end = values.behind(value)
            found += spans
            at = max(at, end, match.end())
    done = 0
    for start, end in sorted(found):
        if end > done:
            yield max(start, done), end
            done = end


def _tells_a_secret(text: str) -> bool:
    """Whether the name of a secret may stand beside its value: all names count then."""
    names = _Names(text, _IN_TELLING_NAMES)
    at = 0
    while match := names.search(at):
        at = match.end("name")
        if match["sign"] and tells_a_name(match["name"]):
            told = _NAME_TOLD.match(text, match.end())
            if told and names_a_secret(told[1]):
                return True
    return False


def _of_pair(text: str, match: re.Match[str], pair: _Pair) -> re.Match[str] | None:
    """The member whose value is a secret, as soon as both it and what names it are known."""
    gap = text[pair.end : match.start()]
    if "{" in gap or "}" in gap:
        pair.is_secret, pair.value = False, None
    pair.end = match.end()
    if quote := _QUOTE.match(text, match.end()):
        closing = text.find(quote["mark"], quote.end(), quote.end() + _IN_SIGHT)
        pair.end = quote.end() if closing < 0 else closing
    if tells_a_value(match["name"]):
        pair.value = match
        return match if pair.is_secret else None
    if tells_a_name(match["name"]) and (told := _NAME_TOLD.match(text, match.end())):
        pair.is_secret = names_a_secret(told[1])
        value, pair.value = pair.value, None
        return value if pair.is_secret else None
    return None


def _is_followed(text: str, match: re.Match[str]) -> bool:
    """Whether it is a value that follows a name, and not the rest of a sentence or of an ARN."""
    name = match["name"]
    if names_objects(name) and _OBJECTS.match(text, match.end()):
        return False
    if not names_a_secret_in_text(name):
        return bool(match["sign"] and (match["quote"] or _IN_QUOTES.match(text, match.end())))
    if match["comma"] is not None or match["space"] is not None:
        if match["option"]:
            return True
        is_sql = match["space"] is not None and _SQL.match(text, match.end())
        return bool(is_sql) and always_names_a_secret(name)
    always = always_names_a_secret(name)
    if match["is"] is not None or match["sign"] != ":" or (always and " " not in name):
        return always or match["is"] is None or "." in name
    begin = match.start("option")
    before = text[max(0, begin - _BEFORE) : begin]
    return _LINE_BEGINS.search(before) is not None


class _Values:
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
        if quote := _QUOTE.match(text, at):
            start = at if quote["kind"] else quote.end()
            if is_arn(text[quote.end() : quote.end() + _BEFORE]):
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


_KINDS: Final = (_credentials, _keys, _elements, _named, tokens, password_files, shaped)
"""What finds secrets in a text, one after the other."""
