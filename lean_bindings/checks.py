"""Remembers what a provider's generated code works out anew for every object.

Every constructor and setter looks up ``typing.get_type_hints`` of a function that never changes,
and has ``typeguard`` hold each argument, given or not, against a nest of unions. Code that
jsii-pacmak generates from 1.138 on remembers the type hints (aws/jsii #5177); the prebuilt
packages are older. The same arguments are refused, in the same words, in half the time.
"""

from __future__ import annotations

import sys
import types
import typing

if typing.TYPE_CHECKING:
    from collections.abc import Callable

# Of these, a type that allows one value allows every one: jsii knows no literal types.
_PLAIN = frozenset({type(None), str, bool, int, float})

_remembered: dict[object, dict[str, typing.Any]] = {}


def _get_type_hints(stub: object) -> dict[str, typing.Any]:
    """What ``typing.get_type_hints`` says of a function, which the caller must not change."""
    hints = _remembered.get(stub)
    if hints is None:
        hints = _remembered[stub] = typing.get_type_hints(stub)
    return hints


_typing = types.ModuleType("typing", "typing, as a provider's generated modules see it.")
vars(_typing).update({**vars(typing), "get_type_hints": _get_type_hints})


def remember_checks() -> None:
    """Lets all generated modules that have been imported remember hints and plain arguments."""
    for name, module in list(sys.modules.items()):
        # Some programs put None there, or an object of their own.
        content = getattr(module, "__dict__", {})
        if content.get("typing") is typing and f"{name.partition('.')[0]}._jsii" in sys.modules:
            content["typing"] = _typing
            if check := content.get("check_type"):
                content["check_type"] = _remembering(check)


def _remembering(check: Callable[..., None]) -> Callable[..., None]:
    """A module's ``check_type`` that asks once whether a type allows ``None``, ``str``, ..."""
    # By identity, for a union is slow to hash. The types are kept, so no other gets the same.
    allowed: dict[tuple[int, type], object] = {}

    def check_type(argname: str, value: object, expected_type: object) -> None:
        key = (id(expected_type), type(value))
        if key not in allowed:
            check(argname=argname, value=value, expected_type=expected_type)
            if type(value) in _PLAIN:
                allowed[key] = expected_type

    return check_type
