"""What is wrong with an environment's file: one line for each problem."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_LONGEST_VALUE: Final = 60
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_SECRET_SETTING: Final = re.compile(
    r"passw|token|credential|api_?key|(^|[._-])secret([._-]|$)", re.IGNORECASE
)
_SECRET_VALUE: Final = re.compile(r"://|:[^@\s]*@|PRIVATE KEY", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem of one file.

    Attributes:
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
        line = f"{place}: {self.given}; {self.allowed}; {self.mend}"
        return "".join(
            character if character.isprintable() else character.encode("unicode_escape").decode()
            for character in line
        )


class EnvironmentsError(Exception):
    """The environments' files hold problems; the message has a line for each, sorted."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def path(location: Iterable[str | int]) -> str:
    """Return a location as a setting's path, such as `dms.tasks[0].name`."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if _BARE_KEY.fullmatch(part) else json.dumps(part)
            text += f".{key}" if text else key
    return text


def toml(value: object) -> str:
    """Return a value as TOML writes it, in one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{path([key])} = {toml(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


def may_hold_secret(setting: str) -> bool:
    """Tell whether a setting's path sounds as if someone could put a secret there."""
    return bool(_SECRET_SETTING.search(setting))


def given(setting: str, value: object) -> str:
    """Return a given value for a line; nothing of it where it may be a secret.

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
    if isinstance(value, str) and (may_hold_secret(setting) or _SECRET_VALUE.search(value)):
        return "text given that may hold a secret and is not shown"
    text = toml(value)
    shown = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
    return f"{shown} given"
