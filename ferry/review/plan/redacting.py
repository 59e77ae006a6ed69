"""Knows secrets by their names and their looks, where no mask of Terraform's marks them.

Every text is read once, from its beginning to its end, however it was made up: no pattern here goes
back over what it has passed (their repeats are possessive), and what a search has passed is never
searched again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Span = tuple[int, int]

SENSITIVE: Final = "(sensitive)"
"""What is shown in a secret's place."""

_ALWAYS: Final = re.compile(
    r"(?:^|_)(?:[a-z0-9]*(?:password|passwd|passphrase)s?|pwd|[dp][bg]pass|psk|"
    r"secret_(?:string|binary|value)|client_secret|"
    r"(?:auth|access|refresh|session|bearer|security)_?token|"
    r"(?:access|api|auth|pre_?shared|private|secret|shared|signing)_?key|certificate_pem)(?:_wo)?$"
)
"""Last words of names that mean a secret wherever they stand."""

_MOSTLY: Final = re.compile(r"(?:^|_)(?:authorization|credentials?|pass|secret|token)(?:_wo)?$")
"""Last words of names that are words of plain English, too, or parts of an ARN."""

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN_WORDS: Final = re.compile(r"[_.\-]++")

_NAMED: Final = re.compile(
    r"(?<![\w.\-])"
    r"(?:(?<=\\)(?:[nrt]|u[0-9A-Fa-f]{4}))?+"  # a line end and the like, as JSON writes them
    r"(?P<option>-{0,2}+)(?P<name>[A-Za-z_][\w.\-]*+)"
    r"(?P<between>\\*+[\"']?+\]?+\s*+(?:=>|[=:]|(?P<comma>,)|(?P<space>(?<=\s)))\s*+)",
)
_LINE_BEGINS: Final = re.compile(r"(?:^|[\n{\[(,;&?\"']|\\[nrt])[\s\"'\\\-]*+$")
_LONG: Final = 100_000
"""Characters of a text whose redaction is remembered; the last few, for they take memory."""

_BEFORE: Final = 40
"""Characters that are looked at before a name."""

_QUOTE: Final = re.compile(r"\\*+[\"']")
_WORD: Final = re.compile(r"(?:[^\s\"';&},]|,(?!\s|$))++")
_NO_SECRET: Final = re.compile(r"(?:true|false|null)\b|arn:", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(?:basic|bearer|digest|negotiate|token)\s++", re.IGNORECASE)
_HEREDOC: Final = re.compile(r"<<[-~]?+\\?+[\"']?+(?P<end>\w++)[\"']?+[^\n]*+\n")
_BLOCK: Final = re.compile(r"[|>][+\-0-9]*+[ \t]*+\n(?:[ \t]++[^\n]*+(?:\n|\Z)|\n)*+")
_IN_JSON: Final = re.compile(r"(?:<<[-~]?+\w++|[|>][+\-0-9]*+)[ \t]*+\\++n")
"""A heredoc or a block of YAML inside of a JSON text, whose end cannot be told."""

_BRACKETS: Final = re.compile(r"\\*+[\"']|[\[{(\]})]")
_OPENING: Final = frozenset("[{(")

_TOKEN: Final = re.compile(
    r"\b(?:basic|bearer)\s++(?=[A-Za-z._~+/\-]*+[0-9=])(?P<token>[\w.~+/=\-]{8,})", re.IGNORECASE
)
"""What follows the word alone; it has a digit, for there is basic monitoring, too."""

_USER_IN_URL: Final = re.compile(r"(?<=://)[^/\s:@]*+:(?!\d{1,5}[/?#])")
_END_OF_URL: Final = re.compile(r"[\s\"']|\Z")
_KEY: Final = re.compile(r"-----BEGIN [a-z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----", re.IGNORECASE)
_WORTH_A_LOOK: Final = re.compile(
    r"pass|pwd|psk|secret|token|authoriz|credential|certificate.?pem|basic|bearer|"
    r"(?:access|api|auth|shared|private|signing).?key|://",
    re.IGNORECASE,
)


def _words(name: str) -> str:
    """A name's words, in small letters, with `_` between them."""
    return _BETWEEN_WORDS.sub("_", _CAMEL.sub("_", name)).strip("_").lower()


@lru_cache(maxsize=10_000)
def names_a_secret(name: str) -> bool:
    """Whether an attribute of this name holds a secret; a plan has few names, each very often."""
    return _always_names_a_secret(name) or _MOSTLY.search(_words(name)) is not None


@lru_cache(maxsize=10_000)
def _always_names_a_secret(name: str) -> bool:
    return _ALWAYS.search(_words(name)) is not None


def may_be_secret(value: object) -> bool:
    """Whether a value under a secret's name can be one: ARNs and yes or no are none."""
    if isinstance(value, str):
        return value != "" and not value.startswith("arn:")
    return not isinstance(value, bool)


def is_option_for_a_secret(text: object) -> bool:
    """Whether a text is an option, such as `--password`, and what comes next its value."""
    return isinstance(text, str) and text.startswith("-") and names_a_secret(text.lstrip("-"))


def redacted(text: str) -> str:
    """A text without what follows a secret's name, credentials in URLs, and private keys.

    Terraform masks whole values. A secret inside another text, such as a DMS connection attribute
    or a JSON document, is known by what stands before it alone.
    """
    return _redacted(text) if len(text) < _LONG else _redacted_once(text)


@lru_cache(maxsize=8)
def _redacted_once(text: str) -> str:
    """A long text is looked at once, however often it is shown: in a sentence, in a table."""
    return _redacted(text)


def _redacted(text: str) -> str:
    if _WORTH_A_LOOK.search(text):
        for spans in (_credentials, _keys, _named, _tokens):
            text = _without(text, spans(text))
    return text


def secrets_in(text: str) -> Iterator[str]:
    """The secrets in a text that are known by what stands before them."""
    if _WORTH_A_LOOK.search(text):
        for spans in (_credentials, _keys, _named, _tokens):
            for start, end in spans(text):
                yield text[start:end]
                if spans is _credentials:
                    yield text[start:end].partition(":")[2]


def _without(text: str, spans: Iterable[Span]) -> str:
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], SENSITIVE]
        done = end
    return "".join([*parts, text[done:]]) if parts else text


def _credentials(text: str) -> Iterator[Span]:
    """What stands between `://` and the last `@` of a URL that has a password.

    Each URL is searched for its `@` once, however many `://` it has: one pattern would search on
    from each of them to the end, and take a quarter of a minute for 64 KB that somebody made up.
    """
    end = at = -1
    for user in _USER_IN_URL.finditer(text):
        if user.end() > end and (found := _END_OF_URL.search(text, user.end())):
            end = found.start()
            at = text.rfind("@", user.end(), end)
        if at > user.end():
            yield user.start(), at
            at = -1


def _keys(text: str) -> Iterator[Span]:
    """What private keys in PEM consist of; all that comes after one that has no end."""
    done = 0
    for begin in _KEY.finditer(text):
        if begin.end() < done:
            continue
        end = text.find("-----END", begin.end())
        done = len(text) if end < 0 else end
        if done > begin.end():
            yield begin.end(), done


def _tokens(text: str) -> Iterator[Span]:
    """What follows the word Bearer, or Basic."""
    return (match.span("token") for match in _TOKEN.finditer(text))


def _named(text: str) -> Iterator[Span]:
    """What follows the name of a secret."""
    at = 0
    while match := _NAMED.search(text, at):
        at = match.end()
        if not names_a_secret(match["name"]) or not _is_followed(text, match):
            at = match.end("name")
            continue
        start, end = _value(text, at)
        if end > start:
            yield start, end
        at = max(end, at)


def _is_followed(text: str, match: re.Match[str]) -> bool:
    """Whether it is a value that follows a name, and not the rest of a sentence or of an ARN."""
    if match["comma"] is not None or match["space"] is not None:
        if match["option"]:
            return True
        quoted = match["space"] is not None and text[match.end() : match.end() + 1] == "'"
        return quoted and _always_names_a_secret(match["name"])
    if "=" in match["between"] or _always_names_a_secret(match["name"]):
        return True
    begin = match.start("option")
    before = text[max(0, begin - _BEFORE) : begin]
    return _LINE_BEGINS.search(before) is not None


def _value(text: str, at: int) -> Span:
    """Where a value begins and ends; nowhere where it can be no secret."""
    if quote := _QUOTE.match(text, at):
        is_arn = text.startswith("arn:", quote.end())
        return (at, at) if is_arn else (quote.end(), _closing(text, quote)[0])
    if scheme := _SCHEME.match(text, at):
        at = scheme.end()
    if _IN_JSON.match(text, at):
        return at, len(text)
    if heredoc := _HEREDOC.match(text, at):
        last = re.compile(rf"\n[ \t]*+{heredoc['end']}\b").search(text, heredoc.end() - 1)
        return heredoc.end(), last.start() if last else len(text)
    if block := _BLOCK.match(text, at):
        return block.start(), block.start() + len(block[0].rstrip("\n"))
    if text[at : at + 1] in _OPENING:
        return at, _closing_bracket(text, at)
    word = _WORD.match(text, at)
    return (at, at) if word is None or _NO_SECRET.match(text, at) else word.span()


def _closing(text: str, quote: re.Match[str]) -> Span:
    """Where the quote is that closes another, deeper ones inside of it; the text's end if nowhere."""
    at = quote.end()
    while (found := text.find(quote[0], at)) >= 0:
        if text[found - 1 : found] != "\\":
            return found, found + len(quote[0])
        at = found + 1
    return len(text), len(text)


def _closing_bracket(text: str, at: int) -> int:
    """Behind the bracket that closes the one that stands there; the text's end if nowhere."""
    depth = 0
    while found := _BRACKETS.search(text, at):
        at = found.end()
        if found[0] in _OPENING:
            depth += 1
        elif found[0][-1] in "\"'":
            at = _closing(text, found)[1]
        else:
            depth -= 1
            if depth == 0:
                return at
    return len(text)
