"""Secrets that are known by their own shape, or by that of what stands before them, and not by a name."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final

from ferry.redaction.words import Shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int]

QUOTE_MARK: Final = r"(?:\\*+[\"']|\\++u002[27]|&(?:quot|apos|\#34|\#39);)"
"""A quote as it is, within JSON, as Terraform's jsonencode may write it, and within XML."""

TOKENS: Final = {
    "basic bearer": re.compile(
        r"\b(?:basic|bearer)\s++(?=[A-Za-z._~+/\-]*+[0-9=])(?P<secret>[\w.~+/=\-]{8,})",
        re.IGNORECASE,
    )
}
"""What follows the word alone; it has a digit, for there is basic monitoring, too."""
_TOKENS: Final = Shapes(TOKENS)

_NO_SHAPE: Final = r"(?!\(|alias/|(?:true|false|null|scram-sha-256)\b|arn:aws)"
_IN_WORD: Final = r"[^\s\"'\\&;,<>]"
_MIXED: Final = (
    rf"(?=(?:(?!\d){_IN_WORD}){{0,128}}+\d)(?=(?:(?![A-Za-z]){_IN_WORD}){{0,128}}+[A-Za-z])"
)
"""A word with letters and digits, as hardly one of a sentence is."""
SHAPES: Final = {
    # Tokens of GitHub and Slack, and JSON Web Tokens (RFC 7519), each known by how it begins.
    "ghp_ gho_ ghs_ ghu_ ghr_ github_pat_ xox eyj": re.compile(
        r"(?:(?<![\w\-])|(?<=\\[nrt]))(?P<secret>gh[opsur]_[A-Za-z0-9]{16,}+|github_pat_\w{20,}+|"
        r"xox[a-z]-[A-Za-z0-9\-]{10,}+|eyJ[\w\-]{8,}+\.[\w\-]{8,}+(?:\.[\w\-]*+)?+)"
    ),
    # Pages whose path is what lets one in.
    "hook webhook events. alert.victorops discord": re.compile(
        r"(?<![\w\-])(?:(?:web)?hooks?\.[\w.\-]{1,100}+|events(?:\.eu)?\.pagerduty\.com|"
        r"alert\.victorops\.com|webhook\.office\.com|discord(?:app)?\.com\\*+/api\\*+/webhooks)"
        r"(?::\d{1,5}+)?+\\*+/(?!\(sensitive)(?P<secret>(?:[^\s\"'<>\\]|\\++/)++)",
        re.IGNORECASE,
    ),
    # Options of programs that are written as one letter.
    "curl psql mysql mariadb": re.compile(
        r"(?:\bcurl\s(?:[^\n|;]{0,200}?\s)?(?:-u|--user)[ =]?+[\"']?+[^\s:\"'/]{0,64}+:|"
        r"\bpsql\s(?:[^\n|;]{0,200}?\s)?-W[ ]|"
        r"\b(?:mysql|mariadb)[\w\-]{0,10}+\s(?:[^\n|;]{0,200}?\s)?-p)"
        r"(?![\-(])(?P<secret>[^\s\"'\\]++)"
    ),
    # MySQL's and Oracle's PASSWORD '...'.
    "identified": re.compile(
        r"(?i:\bidentified\s{1,9}+by\s{1,9}+(?:\\*+'|\\++u0027))(?P<secret>[^'\\\n;(]++)"
    ),
    # After a password's name without a sign, and in the next line or column.
    "passw passphrase kennwort": re.compile(
        r"(?:passw(?:or)?d|passwort|passphrase|kennwort)(?:[ ]is)?+"
        rf"(?:,|[ \t]*+(?:\r?\n|\\n)[ \t]*+|[ \t]++){_NO_SHAPE}{_MIXED}(?P<secret>{_IN_WORD}{{8,}}+)",
        re.IGNORECASE,
    ),
    # What is a secret in a text, and mostly none as an attribute's name.
    "encryption licen otp sig x-amz-sig session cookie salt webhook": re.compile(
        r"(?<![A-Za-z0-9])(?:(?:encryption|licen[cs]e)[_\-]?key|otp|sig|(?:x-amz-)?signature|"
        r"session(?:[_\-]?id)?+|cookie|salt|webhook[_\-]?url)"
        rf"{QUOTE_MARK}?+\s{{0,3}}+(?:[:=]?=>?|%3D|:(?=\s{{0,3}}+{QUOTE_MARK}?+{_MIXED}))\s{{0,3}}+"
        rf"{QUOTE_MARK}?+{_NO_SHAPE}(?P<secret>{_IN_WORD}{{6,}}+)",
        re.IGNORECASE,
    ),
    # What PostgreSQL keeps of a password, from which it can be guessed.
    "md5": re.compile(
        r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))md5(?P<secret>[0-9a-f]{32})(?![0-9A-Za-z])",
        re.IGNORECASE,
    ),
    "scram-sha-": re.compile(
        r"scram-sha-(?:1|256)(?:\$|%24|\\++u0024)(?!\()(?P<secret>(?:[\w:$+=%\-]|\\*+/){8,}+)",
        re.IGNORECASE,
    ),
    "cookie set-cookie": re.compile(
        r"(?<![A-Za-z0-9])(?:set-)?cookie:[ ]?+(?=[^\s\"'\\(=0-9]{0,128}+[=0-9])"
        r"(?P<secret>[^\n\"'\\]++)",
        re.IGNORECASE,
    ),
}
"""Secrets that are known by their own shape, or that of what stands before them.

Each by the words that it begins with, in small letters: it is looked for where they stand.
"""
_SHAPES: Final = Shapes(SHAPES)

_FIELD: Final = r"(?:\\{1,16}+:|[^:\s\"'\\/])++"
_PGPASS: Final = re.compile(
    rf"(?<=[\w.*\]\-]):(?:[1-9][0-9]{{2,4}}+|\*):{_FIELD}:{_FIELD}:"
    r"(?P<secret>(?:(?!\\{1,16}+\")[^\n\"])++)"
)
"""A line of a password file: host, port, database, user, password. Source:
https://www.postgresql.org/docs/current/libpq-pgpass.html"""
_ADDRESS: Final = re.compile(r"[0-9A-Fa-f:.]*+")
_LONGEST_ADDRESS: Final = 45

WORDS: Final = (*_TOKENS.words, *_SHAPES.words)
"""What has none of them has none of these shapes, but for a password file's."""


def may_be_password_file(text: str) -> bool:
    """Whether a text may have a line of a password file, which begins with no word."""
    return _PGPASS.search(text) is not None


def tokens(text: str, *, in_log: bool) -> Iterator[Span]:  # noqa: ARG001 - as the others
    """What follows the word Bearer, or Basic."""
    return (match.span("secret") for match in _TOKENS.found(text))


def shaped(text: str, *, in_log: bool) -> Iterator[Span]:  # noqa: ARG001 - as the others
    """What is known by its shape."""
    done = 0
    for start, end in sorted(match.span("secret") for match in _SHAPES.found(text)):
        if end > done:
            yield max(start, done), end
            done = end


def password_files(text: str, *, in_log: bool) -> Iterator[Span]:  # noqa: ARG001 - as the others
    """The passwords of a password file."""
    return (it.span("secret") for it in _PGPASS.finditer(text) if not _in_an_address(text, it))


def _in_an_address(text: str, match: re.Match[str]) -> bool:
    """Whether what looks like a password file's line is a part of an address of IPv6."""
    begin = max(0, match.start() - _LONGEST_ADDRESS)
    before = _ADDRESS.match(text[begin : match.start()][::-1])
    after = _ADDRESS.match(text, match.start(), match.start() + _LONGEST_ADDRESS)
    token = (before[0][::-1] if before else "") + (after[0] if after else "")
    try:
        ipaddress.IPv6Address(token)
    except ValueError:
        return False
    return True
