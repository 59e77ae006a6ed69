"""What is said of a setting: its docstring, then what it allows and its default, from the model.

pydantic can read the docstrings too (``use_attribute_docstrings``), but does it whenever the sections
are imported, a third of the time that their import takes; only what is generated needs them.
"""

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import get_origin

from pydantic.fields import FieldInfo

from settings.notation import toml
from settings.reading.shape import KEY, Location, fields, find, in_words
from settings.section import Section


def descriptions(section: type[Section]) -> dict[str, str]:
    """What is said of each setting of a section, by its name in a file."""
    docstrings = attribute_docstrings(section)
    return {
        name: _description(section, name, info, docstrings[name])
        for name, info in fields(section).items()
    }


def attribute_docstrings(section: type[Section]) -> dict[str, str]:
    """The docstring of each setting, by its name in a file."""
    [node] = ast.parse(textwrap.dedent(inspect.getsource(section))).body
    found = {}
    for statement, after in pairwise(node.body if isinstance(node, ast.ClassDef) else ()):
        match statement, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[section.model_fields[name].alias or name] = " ".join(text.split())
    return found


def _description(section: type[Section], name: str, info: FieldInfo, docstring: str) -> str:
    # What becomes of a setting that is not there, the docstring may explain.
    text, _, explained = docstring.partition("Default: ")
    default = f"Default: {explained}" if explained else _default(info)
    return " ".join(filter(None, (text.strip(), _allowed(section, name), default)))


def _allowed(section: type[Section], name: str) -> str:
    shape = find(section, (name,))
    # "Whether ..." and a table's own settings say it already.
    return "" if shape.section or shape.kind is bool else f"Allowed: {_in_words(section, (name,))}."


def _in_words(section: type[Section], location: Location) -> str:
    """What a setting allows, its items, keys and values included."""
    shape = find(section, location)
    words = in_words(shape)
    if get_origin(shape.kind) is tuple and not find(section, (*location, 0)).section:
        words += f"; its items: {_in_words(section, (*location, 0))}"
    if get_origin(shape.kind) is dict:
        words += f"; its keys: {in_words(find(section, (*location, '', KEY)))}"
        value = find(section, (*location, ""))
        words += "" if value.section else f"; its values: {in_words(value)}"
    return words


def _default(info: FieldInfo) -> str:
    default = info.get_default(call_default_factory=True, validated_data={})
    if info.is_required() or isinstance(default, Section):
        return ""
    return "Default: none." if default in (None, (), {}) else f"Default: `{toml(default)}`."
