"""Makes a problem's line of what TOML's reader refuses: the setting, the text, and how to mend it.

The reader names a line and a reason. Which setting stands there is read from the text around it, as
far as a line shows it; text is shown of settings alone that there are, for others may be passwords.
"""

import re
from typing import Final, get_origin

from settings.environment import EnvironmentFile
from settings.notation import path, toml
from settings.reading.meant import meant
from settings.reading.problem import Problem, hides_secret, may_hold_secret
from settings.reading.shape import Location, example, find

_AT: Final = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
_WORD: Final = r"[A-Za-z0-9_-]+"
_NAMES: Final = rf"{_WORD}(?:[ \t]*\.[ \t]*{_WORD})*"
_HEADER: Final = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_NAMES})[ \t]*\]")
_STATEMENT: Final = re.compile(rf"[ \t]*({_NAMES})[ \t]*=[ \t]*(.*)")
_BARE: Final = re.compile(r"[^\"'\[{#][^\"'#]*")
_LONGEST_LINE: Final = 1000
_LONGEST_TEXT: Final = 60

_END: Final = "end the text with the quote that it begins with, in the same line"
_MENDS: Final = (
    ("Cannot overwrite", "remove one of the two, this one or an earlier one"),
    ("Cannot declare", "put all of it under the first"),
    ("Unescaped", "put it in single quotes, or write \\\\ for each \\"),
    (r"Illegal character '\n'", _END),
    ("Illegal character", "remove the character"),
    ("Expected newline", "write one setting in a line, and text in quotes"),
    ("Expected '='", "write it as name = value"),
    ("Expected ']", "close the bracket"),
    ("Found invalid character", _END),
    ("Unterminated string", _END),
    ("Expected \"'", _END),
    ("Unclosed array", "part what is listed by commas, and close the list with ]"),
    ("Unclosed inline table", "close the table with }, in the same line"),
    ("Invalid initial character", "take out a comma before }, and write a name before ="),
    ("Invalid value", "put text in quotes"),
)
"""What the reader's reasons begin with, and what to do."""


def not_toml(label: str, text: str, message: str) -> Problem:
    """The line of what tomllib refuses.

    Args:
        label: The file, with its folder.
        text: What it holds.
        message: The reader's; it shows single characters at most, and names of tables.
    """
    match = _AT.fullmatch(message)
    reason, at = match.groups() if match else (message, None)
    at = at or _opened(reason, text)
    if at is None:
        return Problem(
            label, "", f"not TOML ({_said(reason)})", "allowed: TOML 1.0", "correct the file's end"
        )
    lines = [line[:_LONGEST_LINE] for line in text.split("\n")[: int(at)]]
    header = _HEADER.match(lines[-1])
    statement = _STATEMENT.match(lines[-1])
    location = (*_table(lines), *_names(statement[1])) if statement else ()
    setting, given = "", f"line {at}: "
    if header and reason.startswith("Cannot"):
        given += f"[{header[2]}] given, "
    elif statement and _is_known(location):
        setting = path(location)
        given += f"{_shown(setting, statement[2])} given, "
    return Problem(
        label,
        setting,
        f"{given}not TOML ({_said(reason)})",
        "allowed: TOML 1.0",
        _mend(reason, statement[2], location) if setting and statement else _mend(reason),
    )


def _opened(reason: str, text: str) -> str | None:
    """The line of a quote that never ends: the reader notices at the file's end."""
    quotes = {"Unterminated string": ('"""', '"'), 'Expected "\'"': ("'",)}
    for quote in quotes.get(reason, ("'''",) if reason.startswith("Expected \"'") else ()):
        opens = re.compile(rf".*?=[ \t]*{quote}(?!.*{quote})")
        found = [number for number, line in enumerate(text.split("\n"), 1) if opens.match(line)]
        if found:
            return str(found[-1])
    return None


def _said(reason: str) -> str:
    names = re.fullmatch(r"(Cannot \w+(?: \w+)*) \((.*)\)( twice)?", reason)
    if names:
        table = ".".join(re.findall(r"'([^']*)'", names[2]))
        reason = f"{names[1]} [{table}]{names[3] or ''}"
    return reason[:1].lower() + reason[1:]


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in dotted.split("."))


def _table(lines: list[str]) -> Location:
    """The table in which the last line stands, with the number of an item of a list."""
    headers = [match for line in lines if (match := _HEADER.match(line))]
    if not headers:
        return ()
    names = _names(headers[-1][2])
    if headers[-1][1] == "[":
        return names
    return (*names, sum(_names(it[2]) == names for it in headers) - 1)


def _is_known(location: Location) -> bool:
    """Whether the model knows the setting; items of lists have numbers, and nothing else has."""
    try:
        return all(
            isinstance(part, int)
            == (get_origin(find(EnvironmentFile, location[:depth]).kind) is tuple)
            and find(EnvironmentFile, location[: depth + 1]) is not None
            for depth, part in enumerate(location)
        )
    except (KeyError, ValueError):
        return False


def _shown(setting: str, value: str) -> str:
    value = value.partition("#")[0].strip() if _BARE.match(value) else value.strip()
    if hides_secret(setting, value) or may_hold_secret(value):
        return "text that may hold a secret and is not shown"
    return (value if len(value) <= _LONGEST_TEXT else f"{value[:_LONGEST_TEXT]}...") or "nothing"


def _mend(reason: str, value: str = "", location: Location = ()) -> str:
    """What to do; by the setting's own type, where a value is none of TOML's."""
    value = value.partition("#")[0].strip()
    if reason == "Invalid value" and location:
        if not value:
            return "give it a value, or remove the line"
        shape = find(EnvironmentFile, location)
        if _BARE.fullmatch(value):
            hidden = hides_secret(path(location), value)
            found = None if hidden else meant(shape, value)
            if isinstance(found, str):
                return f"put it in quotes: {toml(found[:_LONGEST_TEXT])}"
            if found is not None or shape.kind is not str:
                return f"write it as {toml(example(shape) if found is None else found)}"
            if not hidden:
                return f'put it in quotes: "{value[:_LONGEST_TEXT]}"'
    return next((mend for start, mend in _MENDS if reason.startswith(start)), "correct the line")
