"""Remembers the type hints that a provider's generated code resolves anew for every object.

Every constructor and setter checks its arguments against ``typing.get_type_hints`` of a function
that never changes. Code that jsii-pacmak generates from 1.138 on remembers the result (aws/jsii
#5177); the prebuilt providers are older. It takes a fifth off building constructs.
"""

from __future__ import annotations

import sys
import types
import typing

_remembered: dict[object, dict[str, typing.Any]] = {}


def _get_type_hints(stub: object) -> dict[str, typing.Any]:
    """What ``typing.get_type_hints`` says of a function, which the caller must not change."""
    hints = _remembered.get(stub)
    if hints is None:
        hints = _remembered[stub] = typing.get_type_hints(stub)
    return hints


_typing = types.ModuleType("typing", "typing, as a provider's generated modules see it.")
vars(_typing).update({**vars(typing), "get_type_hints": _get_type_hints})


def remember_type_hints(package: str) -> None:
    """Lets the submodules of ``package`` that have been imported remember their type hints."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{package}.") and vars(module).get("typing") is typing:
            vars(module)["typing"] = _typing
