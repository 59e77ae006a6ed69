"""Makes problems' lines of what pydantic refuses."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from annotated_types import MinLen
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from settings.environment import Environment, EnvironmentFile
from settings.notation import path, toml
from settings.reading.problem import Problem, given, hides_secret, may_hold_secret
from settings.reading.shape import KEY, Location, Shape, example, fields, find, in_words, required

_Line = tuple[str, str, str]
"""What was given, what is allowed, how to mend it."""

_LIKENESS: Final = 0.75
"""How alike two names are, from 0 to 1, of which one was probably meant for the other."""

_LIKENESS_OF_WORDS: Final = 0.65
"""The same of single words; `regoin` is like `region`, `minor` is not like `major`."""


def problem(file: str, error: ErrorDetails) -> Problem:
    """The line of one error; pydantic's own message is not used.

    Args:
        file: The file, with its folder.
        error: What pydantic found in it.
    """
    location = error["loc"]
    setting = path(location[:-2] if location[-1] == KEY else location)
    if error["type"] == "extra_forbidden":
        return Problem(file, setting, *_unknown(location))
    line = _LINES.get(error["type"], _value)
    return Problem(file, setting, *line(find(EnvironmentFile, location), location, error))


def misnamed(file: str, error: ErrorDetails) -> Problem:
    """The line of a file whose name is none for an environment."""
    allowed = in_words(find(Environment, ("name",)))
    return Problem(
        file, "", f"the name {toml(error['input'])} given", f"allowed: {allowed}", "rename the file"
    )


def _header(location: Location) -> str:
    """A table as a file heads it, `[aws]`, or the file itself."""
    return f"[{path(location)}]" if location else "the file"


def misspelt(errors: Iterable[ErrorDetails]) -> frozenset[Location]:
    """Where the settings would be that were given under a name like theirs.

    One line says so; a second one that they are missing would tell nothing new.
    """
    return frozenset(
        (*error["loc"][:-1], meant)
        for error in errors
        if error["type"] == "extra_forbidden" and (meant := _nearest(error["loc"]))
    )


def _known(location: Location) -> Mapping[str, object]:
    """The settings among which an unknown one stands."""
    return fields(find(EnvironmentFile, location[:-1]).kind)


def _nearest(location: Location) -> str | None:
    """The setting that an unknown name was probably meant for."""
    known = _known(location)
    given_name = str(location[-1])
    matches = difflib.get_close_matches(given_name, known, n=3, cutoff=_LIKENESS)
    return next((name for name in matches if _may_mean(given_name, name)), None)


def _may_mean(given_name: str, name: str) -> bool:
    """Whether one name is the other misspelt, and not another setting that begins or ends alike.

    No word of one may be wholly unlike the word in its place: auto_minor_version_upgrade is not
    allow_major_version_upgrade. A word may be missing or too many.
    """
    words = given_name.split("_"), name.split("_")
    if len(words[0]) != len(words[1]):
        return True
    return all(
        difflib.SequenceMatcher(None, one, other).ratio() >= _LIKENESS_OF_WORDS
        for one, other in zip(*words, strict=True)
    )


def _unknown(location: Location) -> _Line:
    """Name the nearest setting that there is. The value is not shown: it may be a password."""
    nearest = _nearest(location)
    if nearest:
        mend = f"rename it to {nearest}, or remove it"
    elif may_hold_secret(path(location)):
        mend = "remove it: ferry secret source takes the source's credentials"
    else:
        mend = "remove it"
    taken = f"{_header(location[:-1])} takes {nearest or ', '.join(_known(location))}"
    return "no setting of this name", taken, mend


def _missing(shape: Shape, location: Location, _: ErrorDetails) -> _Line:
    if shape.section:
        needed = ", ".join(required(shape.section))
        mend = f"add {_header(location)}" + (f" with {needed}" if needed else "")
    else:
        line = f"{path((shape.name,))} = {toml(example(shape))}"
        mend = f"add {line} to {_header(location[:-1])}"
    return "nothing given", f"needed: {in_words(shape)}", mend


def _length(shape: Shape, location: Location, error: ErrorDetails) -> _Line:
    verb = "add to" if error["type"] == "too_short" else "remove some of"
    return (
        given(path(location), error["input"]),
        f"allowed: {in_words(shape)}",
        f"{verb} {path((shape.name,))}",
    )


def _value(shape: Shape, location: Location, error: ErrorDetails) -> _Line:
    """Say what the setting allows, whatever rule of it the value breaks."""
    context: Mapping[str, Any] = error.get("ctx", {})
    allowed = context.get("allowed", _KINDS.get(error["type"], "") + in_words(shape))
    if location[-1] == KEY:
        return f"the key {toml(location[-2])} given", f"allowed: {allowed}", "rename the key"
    instead = toml(context.get("instead", _meant(shape, location, error)))
    listed = isinstance(location[-1], int)
    return (
        given(path(location), error["input"]),
        f"allowed: {allowed}",
        f"write {instead}" if listed else f"set {path((shape.name,))} = {instead}",
    )


def _meant(shape: Shape, location: Location, error: ErrorDetails) -> object:
    """What was given as it has to be written, where that is all that is wrong with it; an example."""
    value = error["input"]
    if error["type"] == "string_type" and isinstance(value, int | float):
        return toml(value)
    least = shape.constraint(MinLen)
    takes_one = least is None or least.min_length <= 1
    if error["type"] == "tuple_type" and takes_one and not hides_secret(path(location), value):
        with suppress(ValidationError):
            TypeAdapter(shape.kind).validate_python((value,), strict=True)
            return [value]
    return example(shape)


_KINDS: Final = {"int_type": "a whole number, ", "string_type": "text in quotes, "}

_LINES: Final[Mapping[str, Callable[[Shape, Location, ErrorDetails], _Line]]] = {
    "missing": _missing,
    "too_short": _length,
    "too_long": _length,
}
