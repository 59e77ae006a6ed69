"""Makes problems' lines of what pydantic refuses."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, get_args, get_origin

from pydantic_core import ErrorDetails

from settings.environment import Environment, EnvironmentFile
from settings.notation import path, toml
from settings.reading.meant import meant, takes
from settings.reading.problem import Problem, given, hides_secret, may_hold_secret
from settings.reading.shape import (
    KEY,
    Location,
    Shape,
    example,
    fields,
    find,
    in_words,
    item,
    required,
)

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
        return Problem(file, setting, *_unknown(location, error["input"]))
    line = _LINES.get(error["type"], _value)
    return Problem(file, setting, *line(find(EnvironmentFile, location), location, error))


def misnamed(file: str, error: ErrorDetails) -> Problem:
    """The line of a file whose name is none for an environment."""
    allowed = in_words(find(Environment, ("name",)))
    return Problem(
        file, "", f"the name {toml(error['input'])} given", f"allowed: {allowed}", "rename the file"
    )


def _header(location: Location) -> str:
    """A table as a file heads it, `[aws]` or `[[dms.tasks]]`, or the file itself."""
    name = path([part for part in location if isinstance(part, str)])
    if not name:
        return "the file"
    return f"[[{name}]]" if isinstance(location[-1], int) else f"[{name}]"


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
    given_name = str(location[-1]).lower()
    matches = difflib.get_close_matches(given_name, known, n=3, cutoff=_LIKENESS)
    # AWS and Terraform say preferred_backup_window, replication_instance_class.
    longer = [name for name in known if "_" in name and given_name.endswith(f"_{name}")]
    return next((name for name in (*matches, *longer) if _may_mean(given_name, name)), None)


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


def _unknown(location: Location, value: object) -> _Line:
    """Name the nearest setting that there is. The value is not shown: it may be a password."""
    nearest = _nearest(location)
    shape = find(EnvironmentFile, (*location[:-1], nearest)) if nearest else None
    elsewhere = _elsewhere(location)
    if shape and _fits(shape, value, surely=bool(elsewhere)):
        mend = f"rename it to {nearest}, or remove it"
    elif elsewhere:
        nearest, mend = None, elsewhere
    elif shape:
        mend = f"remove it, and set {nearest} = {toml(example(shape))}"
    else:
        mend = "remove it"
    taken = f"{_header(location[:-1])} takes {nearest or ', '.join(_known(location))}"
    return "no setting of this name", taken, mend


def _elsewhere(location: Location) -> str:
    """How to mend a setting that sounds like credentials; empty for others."""
    section, name = str(location[0]), str(location[-1]).lower()
    if may_hold_secret(path(location)) or name in _CREDENTIALS.get(section, ()):
        return _ELSEWHERE.get(
            section, "remove it: ferry secret source takes the source's credentials"
        )
    return ""


_CREDENTIALS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws": ("access_key", "access_key_id", "aws_access_key_id", "profile", "aws_profile"),
    "source": ("user", "username", "login", "pass", "pwd"),
}
_ELSEWHERE: Final = {
    "aws": "remove it: Terraform and ferry sign in as the AWS CLI does, by AWS_PROFILE and the like",
    "aurora": "remove it: a password is made that nobody sees; master_password_version asks for another",
}


def _fits(shape: Shape, value: object, *, surely: bool) -> bool:
    """Whether a value may be a setting's: by its type alone, or surely, where it may be a secret."""
    if surely:
        return takes(shape, value)
    if shape.section or get_origin(shape.kind) is dict:
        return isinstance(value, dict)
    if get_origin(shape.kind) is tuple:
        return isinstance(value, list)
    if get_origin(shape.kind) is Literal:
        return isinstance(value, type(get_args(shape.kind)[0]))
    return type(value) is shape.kind


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
    if header := _headed(shape, location, error["input"]):
        return given(path(location), error["input"]), f"allowed: {allowed}", f"head it {header}"
    instead = toml(_instead(shape, location, error))
    listed = isinstance(location[-1], int)
    return (
        given(path(location), error["input"]),
        f"allowed: {allowed}",
        f"write {instead}" if listed else f"set {path((shape.name,))} = {instead}",
    )


def _headed(shape: Shape, location: Location, value: object) -> str:
    """How a table is headed where a list of tables belongs, and the other way; empty for others."""
    if isinstance(value, dict) and get_origin(shape.kind) is tuple and item(shape).section:
        return f"[[{path(location)}]]"
    is_one = isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)
    return f"[{path(location)}]" if is_one and shape.section else ""


def _instead(shape: Shape, location: Location, error: ErrorDetails) -> object:
    """What to write in a refused value's place: what it was meant for, or an example.

    Of what may be a secret nothing is written anew.
    """
    context: Mapping[str, Any] = error.get("ctx", {})
    corrections = (context["instead"],) if "instead" in context else ()
    value = error["input"]
    shown = value if isinstance(value, list | tuple) else (value,)
    secret = any(hides_secret(path(location), it) for it in shown)
    found = meant(shape, None if secret else value, *corrections)
    return example(shape) if found is None else found


_KINDS: Final = {"int_type": "a whole number, ", "string_type": "text in quotes, "}

_LINES: Final[Mapping[str, Callable[[Shape, Location, ErrorDetails], _Line]]] = {
    "missing": _missing,
    "too_short": _length,
    "too_long": _length,
}
