"""Knows secrets by their names and their looks, where no mask of Terraform's marks them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

SENSITIVE: Final = "(sensitive)"
"""What is shown in a secret's place."""

_NAMES: Final = (
    r"(?:passwords?|passwd|pwd|passphrase|secret[_-]?(?:string|binary|key)|client[_-]?secret|"
    r"private[_-]?key|(?:auth|access|refresh|session|bearer)[_-]?token|(?:secret[_-]?)?access"
    r"[_-]?key|api[_-]?key|certificate[_-]?pem)(?:_wo)?"
)
_NAME: Final = re.compile(rf"(?:^|[_.\-]){_NAMES}$", re.IGNORECASE)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_IN_TEXT: Final = re.compile(
    rf"(?P<name>{_NAMES}\\*[\"']?\s*[=:]\s*)"
    r"(?:(?P<quote>\\*[\"'])(?P<quoted>.*?)(?:(?<!\\)(?P=quote)|\Z)|(?P<bare>(?!(?:true|false|null)\b)[^\s\"';&,}]+))",
    re.IGNORECASE | re.DOTALL,
)
_USER_IN_URL: Final = re.compile(r"(?<=://)[^/\s:@]*:(?!\d{1,5}[/?#])")
_END_OF_URL: Final = re.compile(r"[\s\"']|\Z")
_KEY: Final = re.compile(
    r"(?<=PRIVATE KEY-----)(?:(?!-----).)+(?=-----END|\Z)", re.IGNORECASE | re.DOTALL
)
_WORTH_A_LOOK: Final = re.compile(
    r"passw|passphrase|pwd|secret|private.?key|token|access.?key|api.?key|certificate.?pem|://",
    re.IGNORECASE,
)


@cache
def names_a_secret(name: str) -> bool:
    """Whether an attribute of this name holds a secret; a plan has few names, each very often."""
    return _NAME.search(_CAMEL.sub("_", name)) is not None


def redacted(text: str) -> str:
    """A text without what follows a secret's name, credentials in URLs, and private keys.

    Terraform masks whole values. A secret inside another text, such as a DMS connection attribute
    or a JSON document, is known by what stands before it alone.
    """
    if not _WORTH_A_LOOK.search(text):
        return text
    text = _without_credentials(text)
    text = _KEY.sub(SENSITIVE, text)
    return _IN_TEXT.sub(_without_value, text)


def _without_credentials(text: str) -> str:
    """A text without what stands between `://` and the last `@` of a URL that has a password.

    Each URL is searched for its `@` once, however many `://` it has: one pattern would search on
    from each of them to the end, and take a quarter of a minute for 64 KB that somebody made up.
    """
    parts, done, end, at = [], 0, -1, -1
    for user in _USER_IN_URL.finditer(text):
        if user.end() > end and (found := _END_OF_URL.search(text, user.end())):
            end = found.start()
            at = text.rfind("@", user.end(), end)
        if at > user.end():
            parts += [text[done : user.start()], SENSITIVE]
            done, at = at, -1
    return "".join([*parts, text[done:]])


def _without_value(match: re.Match[str]) -> str:
    if not (match["quoted"] or match["bare"]):
        return match[0]
    quote = match["quote"] or ""
    return f"{match['name']}{quote}{SENSITIVE}{quote}"
