"""What DMS's transformations make of a name.

Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RENAMES: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    "rename": lambda _name, value, _old: value,
    "convert-lowercase": lambda name, _value, _old: name.lower(),
    "convert-uppercase": lambda name, _value, _old: name.upper(),
    "add-prefix": lambda name, value, _old: value + name,
    "add-suffix": lambda name, value, _old: name + value,
    "remove-prefix": lambda name, value, _old: name.removeprefix(value),
    "remove-suffix": lambda name, value, _old: name.removesuffix(value),
    "replace-prefix": lambda name, value, old: (
        value + name[len(old) :] if name.startswith(old) else name
    ),
    "replace-suffix": lambda name, value, old: (
        name[: len(name) - len(old)] + value if name.endswith(old) else name
    ),
}
"""The actions that give another name, by the name, the rule's value and its old value."""
