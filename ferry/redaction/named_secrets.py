"""Knows secrets in a text by the names that stand before them, or beside them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from ferry.redaction.secret_names import (
    ALWAYS,
    MEMBERS,
    MOSTLY,
    TELLING,
    always_names_a_secret,
    names_a_secret,
    names_a_secret_in_text,
    names_objects,
    tells_a_name,
    tells_a_value,
)
from ferry.redaction.secret_shapes import QUOTE_MARK
from ferry.redaction.secret_values import BEFORE, QUOTE, Values
from ferry.redaction.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int]

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

IN_NAMES: Final = frozenset({*ALWAYS, *MOSTLY, *MEMBERS})
"""A name that has none of them names no secret."""

_IN_SECRETS_NAMES: Final = Words({*IN_NAMES, *(f"{it} " for it in _LEADING)})
_IN_TELLING_NAMES: Final = Words(TELLING)

_LINE_BEGINS: Final = re.compile(
    r"(?:^|[\n{\[(,;&?\"'<>]|\\[nrt]|\\u[0-9A-Fa-f]{4})[\s\"'\\+~\-]*+$"
)
_NAME_TOLD: Final = re.compile(rf"{QUOTE_MARK}?+([\w.\-/]{{1,128}}+)")
_IN_SIGHT: Final = 4_096
"""Characters in which a quoted text is sought whose brackets are not those of what it stands in."""
_DEEPEST: Final = 16
"""Characters of a quote mark up to which names and values that belong together are told."""

_IN_QUOTES: Final = re.compile(rf"[\[{{(\s]{{0,8}}+{QUOTE_MARK}")
_SQL: Final = re.compile(r"(?:[A-Za-z]{1,2}+&?+)?+'|\$(?:[A-Za-z_]\w*+)?+\$")
_OBJECTS: Final = re.compile(r"\[\s*+(?:[+~\-]\s++)?\{")


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


def named(text: str, *, in_log: bool) -> Iterator[Span]:
    """What follows the name of a secret, or stands beside it."""
    values = Values(text, in_log=in_log)
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
    if quote := QUOTE.match(text, match.end()):
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
    before = text[max(0, begin - BEFORE) : begin]
    return _LINE_BEGINS.search(before) is not None
