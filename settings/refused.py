"""Makes problems' lines of what pydantic refuses."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic_core import ErrorDetails

from settings.environment import Environment
from settings.problem import Problem, given, path, toml
from settings.section import Section
from settings.shape import KEY, Location, Shape, example, fields, find, in_words, required

_Line = tuple[str, str, str]
"""What was given, what is allowed, how to mend it."""


def problem(file: str, root: type[Section], error: ErrorDetails) -> Problem:
    """Return the line of one error.

    Args:
        file: The file, with its folder.
        root: The model of the whole file.
        error: What pydantic found; its own message is not used.
    """
    location = error["loc"]
    is_key = location[-1:] == (KEY,)
    setting = path(location[:-2] if is_key else location)
    if error["type"] == "extra_forbidden":
        line = _unknown(find(root, location[:-1]).kind, location)
    else:
        shape = find(root, location)
        line = _LINES.get(error["type"], _value)(shape, location, error)
    return Problem(file, setting, *line)


def misnamed(file: str, error: ErrorDetails) -> Problem:
    """Return the line of a file whose name is none for an environment."""
    allowed = in_words(find(Environment, ("name",)))
    return Problem(
        file, "", f"the name {toml(error['input'])} given", f"allowed: {allowed}", "rename the file"
    )


def _header(location: Location) -> str:
    """Return a table as a file heads it, `[aws]`, or the file itself."""
    return f"[{path(location)}]" if location else "the file"


def _unknown(section: type[Section], location: Location) -> _Line:
    """Name the nearest setting that there is. The value is not shown: it may be a password."""
    known = list(fields(section))
    table = _header(location[:-1])
    nearest = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.7)
    if nearest:
        return (
            "no setting of this name",
            f"{table} knows {nearest[0]}",
            f"rename it to {nearest[0]}, or remove it",
        )
    return "no setting of this name", f"{table} knows {', '.join(known)}", "remove it"


def _missing(shape: Shape, location: Location, _: ErrorDetails) -> _Line:
    if shape.section:
        needed = required(shape.section)
        contents = f" with {', '.join(needed)}" if needed else ""
        return "nothing given", f"needed: {in_words(shape)}", f"add {_header(location)}{contents}"
    return (
        "nothing given",
        f"needed: {in_words(shape)}",
        f"add {shape.name} = {toml(example(shape))} to {_header(location[:-1])}",
    )


def _length(shape: Shape, location: Location, error: ErrorDetails) -> _Line:
    verb = "add to" if error["type"] == "too_short" else "take from"
    return (
        given(path(location), error["input"]),
        f"allowed: {in_words(shape)}",
        f"{verb} {shape.name}",
    )


def _value(shape: Shape, location: Location, error: ErrorDetails) -> _Line:
    """Say what the setting allows, whatever rule of it the value breaks."""
    context: Mapping[str, Any] = error.get("ctx", {})
    kind = "a whole number, " if error["type"] == "int_type" else ""
    allowed = context.get("allowed", kind + in_words(shape))
    if location[-1:] == (KEY,):
        return f"the key {toml(location[-2])} given", f"allowed: {allowed}", "rename the key"
    instead = toml(context.get("instead", example(shape)))
    listed = isinstance(location[-1], int)
    return (
        given(path(location), error["input"]),
        f"allowed: {allowed}",
        f"write {instead}" if listed else f"set {shape.name} = {instead}",
    )


_LINES: Final[Mapping[str, Callable[[Shape, Location, ErrorDetails], _Line]]] = {
    "missing": _missing,
    "too_short": _length,
    "too_long": _length,
}
