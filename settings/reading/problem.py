"""What is wrong with an environment's file: one line for each problem."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from facts.inert import visible
from settings.notation import toml

_LONGEST_VALUE: Final = 60
_SECRET_SETTING: Final = re.compile(
    r"passw|token|credential|api_?key|(^|[._-])secret([._-]|$)", re.IGNORECASE
)
# Of a page's address what follows the host, as in a web hook; of others a user, or what a ? begins; of
# JSON what has a secret's name.
_SECRET_VALUE: Final = re.compile(
    r"https?://[^/?#\s]*[/?#]\S|://\S*[@?]|(?<!mailto):[^@\s]*@|PRIVATE KEY"
    r"|\"[^\"]*(passw|secret|token|credential|key)[^\"]*\"\s*:",
    re.IGNORECASE,
)
_ARN: Final = re.compile(r"arn:aws[a-z-]*:[A-Za-z0-9/_+=,.@:*-]*")
"""What names a thing and opens nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem of one file.

    Args:
        file: The file, with its folder.
        setting: The setting's path, such as `aurora.port`; empty for the file as a whole.
        given: What was given.
        allowed: What is allowed.
        mend: What to do about it.
    """

    file: str
    setting: str
    given: str
    allowed: str
    mend: str

    def __str__(self) -> str:
        """The problem's line: one line, whatever characters the file holds."""
        place = f"{self.file}: {self.setting}" if self.setting else self.file
        return visible(f"{place}: {self.given}; {self.allowed}; {self.mend}")


class EnvironmentsError(Exception):
    """The environments' files hold problems; the message has a line for each, sorted."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def may_hold_secret(setting: str) -> bool:
    """Whether a setting's path sounds as if someone could put a secret there."""
    return bool(_SECRET_SETTING.search(setting))


def hides_secret(setting: str, value: object) -> bool:
    """Whether a value may be a secret, so that nothing of it is shown.

    Args:
        setting: The setting's path.
        value: What the file holds there.
    """
    if not isinstance(value, str) or _ARN.fullmatch(value):
        return False
    return bool(may_hold_secret(setting) or _SECRET_VALUE.search(value))


def given(setting: str, value: object) -> str:
    """A given value for a line; nothing of it where it may be a secret.

    Args:
        setting: The setting's path; text in a secret's or password's setting is not shown.
        value: What the file holds there.
    """
    if isinstance(value, dict):
        return "a table given"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)} given" if value else "an empty list given"
    if not isinstance(value, str | bool | int | float):
        return f"a {type(value).__name__} given"
    if hides_secret(setting, value):
        return "text given that may hold a secret and is not shown"
    text = toml(value)
    shown = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
    return f"{shown} given"
