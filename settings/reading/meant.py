"""What a refused value was probably meant for: one that the setting takes, and that says the same."""

import difflib
import re
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from settings.notation import toml
from settings.reading.shape import Shape
from settings.reading.texts import unfit

_SWITCHES: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
}
_LIKENESS: Final = 0.8
_MOST_CORRECTIONS: Final = 3
_LONGEST_NUMBER: Final = 18
_NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
_QUOTES: Final = " \t\r\n\"'\u201c\u201d\u201e\u2018\u2019"

_VERSION: Final = re.compile(r"v[0-9.]+")
_HOSTS: Final = ("host", "https_hosts")
_ADDRESS: Final = re.compile(r"(?:[a-z+]+://)?([^:/?#]+).*")
"""Of a web page's or a server's address, its host."""


def meant(shape: Shape, value: object, *correction: object) -> object | None:
    """A value that the setting takes and that the given one was probably meant for; None without one.

    Nothing is guessed that could be another value: case, blanks, quotes, hyphens for underscores, a
    number in quotes, a list of one. It reaches AWS as it is written.

    Args:
        shape: The setting's.
        value: What the file holds.
        correction: What the setting's own rule tells to write instead.
    """
    adapter = _adapter(shape)
    corrected = (_corrected(adapter, it) for it in correction)
    spelt = (_corrected(adapter, it, 0) for it in _candidates(shape, value))
    found = (it for it in chain(corrected, spelt) if it is not None)
    return next((it for it in found if not any(unfit({"": it}))), None)


def takes(shape: Shape, value: object) -> bool:
    """Whether a setting takes a value."""
    return _corrected(_adapter(shape), value, 0) is not None


def _adapter(shape: Shape) -> TypeAdapter[Any]:
    if shape.section:
        return TypeAdapter(shape.section)
    kind: Any = Annotated[shape.kind, *shape.metadata] if shape.metadata else shape.kind
    return TypeAdapter(kind, config=ConfigDict(strict=True, hide_input_in_errors=True))


def _corrected(
    adapter: TypeAdapter[Any], value: object, corrections: int = _MOST_CORRECTIONS
) -> object | None:
    """A value that the type takes, or what its rules tell to write instead until it does."""
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        context = error.errors(include_url=False)[0].get("ctx", {})
        if not corrections or "instead" not in context:
            return None
        return _corrected(adapter, context["instead"], corrections - 1)
    return value


def _candidates(shape: Shape, value: object) -> Iterator[object]:
    kind = shape.kind
    if get_origin(kind) is tuple:
        if isinstance(value, str):
            yield [value]
            yield [part.strip(_QUOTES) for part in value.strip("[] ").split(",")]
        return
    if isinstance(value, list | tuple) and len(value) == 1:
        (value,) = value
        if isinstance(value, dict):
            return
        yield value
    if kind is bool:
        yield value == 1 if value in (0, 1) else _SWITCHES.get(str(value).strip(_QUOTES).lower())
    elif kind is int or (get_origin(kind) is Literal and isinstance(get_args(kind)[0], int)):
        yield _whole(value)
    elif kind is float:
        yield _number(value)
    elif isinstance(value, bool | int | float):
        yield toml(value)
    elif isinstance(value, str):
        yield from _spellings(shape, value)


def _whole(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        digits = value.strip(_QUOTES).replace("_", "")
        return int(digits) if digits.isascii() and digits.removeprefix("-").isdigit() else None
    return None


def _number(value: object) -> float | None:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip(_QUOTES)):
        return None
    return float(value.strip(_QUOTES))


def _spellings(shape: Shape, value: str) -> Iterator[str]:
    stripped = value.strip(_QUOTES)
    lowered = stripped.lower()
    yield from (stripped, lowered, lowered.replace("_", "-"))
    if any(str(it).endswith("/") for it in shape.examples) and (folder := stripped.strip("/")):
        yield f"{folder}/"
    if _VERSION.fullmatch(lowered):
        yield lowered[1:]
    if shape.name in _HOSTS:
        yield _ADDRESS.sub(r"\1", lowered)
    if get_origin(shape.kind) is Literal:
        choices = {it.lower().replace("_", "-"): it for it in map(str, get_args(shape.kind))}
        word = lowered.replace("_", "-")
        yield from (choices[it] for it in difflib.get_close_matches(word, choices, 1, _LIKENESS))
