"""Reads what stands beside the settings of a section, as docstrings.

pydantic can do it too (``use_attribute_docstrings``), but does it whenever the sections are
imported, a third of the time that their import takes; only the schema and a test need it.
"""

import ast
import inspect
import textwrap
from itertools import pairwise

from settings.section import Section


def documentation(section: type[Section]) -> dict[str, str]:
    """Return the docstring of each setting that has one, by its name in a file."""
    found: dict[str, str] = {}
    for owner in reversed(section.__mro__):
        if issubclass(owner, Section):
            found |= _docstrings(owner)
    return {section.model_fields[name].alias or name: text for name, text in found.items()}


def _docstrings(section: type[Section]) -> dict[str, str]:
    [node] = ast.parse(textwrap.dedent(inspect.getsource(section))).body
    found = {}
    for statement, after in pairwise(node.body if isinstance(node, ast.ClassDef) else ()):
        match statement, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = inspect.cleandoc(text)
    return found
