"""Knows secrets by what stands before them, where no mask of Terraform's marks them.

Every text is read once, from its beginning to its end, however it was made up: no pattern here goes
back over what it has passed (their repeats are possessive), and what a search has passed is never
searched again. What takes long is done only where a word stands that it begins with (`words`).

No value reaches over a line by which Terraform begins what it says of a resource: whoever may write
a value could hide from readers what else happens.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ferry.redaction.named_secrets import IN_NAMES, named
from ferry.redaction.secret_names import names_a_secret
from ferry.redaction.secret_shapes import (
    WORDS,
    may_be_password_file,
    password_files,
    shaped,
    tokens,
)
from ferry.redaction.words import Words

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

_SHORT: Final = 64
"""Characters of a text that may stand in many places."""

_WORTH_A_LOOK: Final = Words({*IN_NAMES, *WORDS, "://", r":\/\/"})
"""A text that has none of them has no secret; a private key has the word key."""


def redacted(text: str) -> str:
    """A text without what follows a secret's name, credentials in URLs, and private keys.

    Terraform masks whole values. A secret inside another text, such as a DMS connection attribute
    or a JSON document, is known by what stands before it alone.
    """
    if len(text) <= _SHORT:
        return _redacted_often(text)
    return _redacted_once(text) if len(text) >= _LONG else _looked_at(text)


def _is_worth_a_look(text: str) -> bool:
    return _WORTH_A_LOOK.stand_in(text) or may_be_password_file(text)


@lru_cache(maxsize=8)
def _redacted_once(text: str) -> str:
    """A long text is looked at once, however often it is shown: in a sentence, in a table."""
    return _looked_at(text)


@lru_cache(maxsize=10_000)
def _redacted_often(text: str) -> str:
    """What many resources say alike, such as an action of IAM's, is looked at once."""
    return _looked_at(text)


def _looked_at(text: str) -> str:
    return _redacted(text) if _is_worth_a_look(text) else text


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


_KINDS: Final = (_credentials, _keys, _elements, named, tokens, password_files, shaped)
"""What finds secrets in a text, one after the other."""
