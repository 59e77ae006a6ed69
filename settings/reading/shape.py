"""What the model says of a place in a file: its type, what it allows in words, an example."""

import types
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from settings.notation import either
from settings.section import Allowed, Section

_Kind = TypeVar("_Kind")

Location = tuple[str | int, ...]
"""Where in a file: the keys and the positions in lists that lead there, as pydantic gives them."""

KEY: Final = "[key]"
"""What ends the location of a table's key that is refused, as opposed to its value."""

_UNITS: Final = {
    "days": "days",
    "seconds": "seconds",
    "minutes": "minutes",
    "ms": "milliseconds",
    "percent": "percent",
    "gib": "GiB",
    "mib": "MiB",
    "kb": "KB",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A setting's type, freed of its wrappers.

    Args:
        name: The setting's own name, or its list's or table's.
        kind: The bare type: a section, tuple, dict, str, int, bool, or a Literal.
        metadata: The type's constraints and `Allowed`.
        examples: The setting's default, if it has one that says something, then its examples.
    """

    name: str
    kind: Any
    metadata: tuple[Any, ...] = ()
    examples: tuple[Any, ...] = ()

    @property
    def section(self) -> type[Section] | None:
        """The section that the setting is, if it is one."""
        return self.kind if isinstance(self.kind, type) and issubclass(self.kind, Section) else None

    def constraint(self, sort: type[_Kind]) -> _Kind | None:
        """The constraint of a sort, if the setting has one."""
        return next((item for item in self.metadata if isinstance(item, sort)), None)


def _shape(
    name: str,
    kind: Any,  # noqa: ANN401 -- whatever may stand behind a colon
    metadata: Sequence[Any] = (),
    examples: Sequence[Any] = (),
) -> Shape:
    """Free a type of Annotated, and of the None that stands for "not set"."""
    info = FieldInfo.from_annotation(kind)
    metadata, examples = (*metadata, *info.metadata), (*examples, *(info.examples or ()))
    if get_origin(info.annotation) in (types.UnionType, Union):
        bare = next(each for each in get_args(info.annotation) if each is not types.NoneType)
        return _shape(name, bare, metadata, examples)
    return Shape(name, info.annotation, metadata, examples)


def fields(section: type[Section]) -> dict[str, FieldInfo]:
    """A section's settings under the names that a file uses."""
    return {info.alias or name: info for name, info in section.model_fields.items()}


def required(section: type[Section]) -> list[str]:
    """The names of the settings that a section cannot do without."""
    return [name for name, info in fields(section).items() if info.is_required()]


def _setting(section: type[Section], name: str) -> Shape:
    info = fields(section)[name]
    default = () if info.default in (PydanticUndefined, None, ()) else (info.default,)
    return _shape(name, info.annotation, info.metadata, (*default, *(info.examples or ())))


def find(root: type[Section], location: Location) -> Shape:
    """The shape of the place in a file that a location names.

    Args:
        root: The model of the whole file.
        location: Where, in names that the model knows.
    """
    shape = Shape("", root)
    for part, following in zip_longest(location, location[1:]):
        if shape.section:
            shape = _setting(shape.section, str(part))
        elif get_origin(shape.kind) is tuple:
            shape = _shape(shape.name, get_args(shape.kind)[0])
        else:
            key, value = get_args(shape.kind)
            if following == KEY:
                return _shape(str(part), key)
            shape = _shape(str(part), value)
    return shape


def in_words(shape: Shape) -> str:
    """What a setting allows, in words that stand after "allowed:"."""
    allowed = shape.constraint(Allowed)
    if allowed is not None:
        return allowed.text
    if get_origin(shape.kind) is Literal:
        return f"{either(map(str, get_args(shape.kind)))} {_unit(shape)}".rstrip()
    if get_origin(shape.kind) is tuple:
        return f"a list{_lengths(shape)}"
    if shape.kind is bool:
        return "true or false"
    lowest, highest = shape.constraint(Ge), shape.constraint(Le)
    if lowest is not None and highest is not None:
        return f"{lowest.ge} to {highest.le} {_unit(shape)}".rstrip()
    return f"a table{_lengths(shape)}"


def _unit(shape: Shape) -> str:
    """The unit that a setting's name ends in."""
    return _UNITS.get(shape.name.rpartition("_")[2], "")


def _lengths(shape: Shape) -> str:
    least, most = shape.constraint(MinLen), shape.constraint(MaxLen)
    if least is not None and most is not None:
        return f" of {least.min_length} to {most.max_length}"
    if least is not None:
        return f" of {least.min_length} or more"
    return f" of {most.max_length} at most" if most is not None else ""


def item(shape: Shape) -> Shape:
    """What a list holds."""
    return _shape(shape.name, get_args(shape.kind)[0])


def example(shape: Shape) -> Any:  # noqa: ANN401 -- whatever TOML can hold
    """A value that the setting takes, as TOML holds it."""
    if shape.section and not (shape.examples and isinstance(shape.examples[0], dict)):
        return {name: example(_setting(shape.section, name)) for name in required(shape.section)}
    if shape.examples:
        return shape.examples[0]
    if get_origin(shape.kind) is Literal:
        return get_args(shape.kind)[0]
    return [example(item(shape))]
